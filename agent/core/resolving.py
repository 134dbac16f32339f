"""Which document does a name mean? The one place where calculators meet the catalogue."""

from __future__ import annotations

from functools import lru_cache

from agent.core.memory_stated import with_memory
from agent.errors import UnknownName
from knowledge.catalogue import Catalogue, NameUnknown
from knowledge.devices import DeviceName, gpu_cores, read_device, sold_in_sizes
from knowledge.documents import CORPUS, load_folder
from knowledge.names import without_brackets
from knowledge.schema import Hardware, Model


def model_of(model: str | Model, catalogue: Catalogue | None) -> Model:
    """Return the model that `model` names; `catalogue` None is the one that ships.

    Raises:
        UnknownName: if the catalogue holds no such model.
    """
    if isinstance(model, Model):
        return model
    try:
        found = (catalogue or _bundled()).resolve(model, kind="model").document
    except NameUnknown as error:
        raise UnknownName(model, kind="model", nearest=error.nearest) from error
    if not isinstance(found, Model):
        raise UnknownName(model, kind="model", nearest=())
    return found


def hardware_of(hardware: str | Hardware, catalogue: Catalogue | None) -> Hardware:
    """Return the device that `hardware` names; `catalogue` None is the one that ships.

    Of a device sold in several sizes it is the one with the memory that the name states. Where it
    states other graphics cores than the document, these are named and peaks of compute left out.

    Raises:
        UnknownName: if the catalogue holds no such device.
    """
    if isinstance(hardware, Hardware):
        return hardware
    try:
        found = (catalogue or _bundled()).resolve(hardware, kind="hardware").document
    except NameUnknown as error:
        raise UnknownName(hardware, kind="device", nearest=error.nearest) from error
    if not isinstance(found, Hardware):
        raise UnknownName(hardware, kind="device", nearest=())
    return _as_named(found, read_device(hardware))


def _as_named(hardware: Hardware, named: DeviceName) -> Hardware:
    cores, memory = named.gpu_cores, named.memory_gb
    if cores is not None and cores != gpu_cores(hardware):
        title = f"{without_brackets(hardware.title)} ({cores}-core GPU)"
        facts = tuple(item for item in hardware.facts if not item.name.startswith("compute_"))
        hardware = hardware.model_copy(update={"title": title, "facts": facts})
    if memory is None or memory == hardware.value("memory") or not sold_in_sizes(hardware):
        return hardware
    return with_memory(hardware, memory)


@lru_cache(maxsize=1)
def _bundled() -> Catalogue:
    """Load the catalogue that ships with the package, once and only when a name is given."""
    return Catalogue(load_folder(CORPUS))
