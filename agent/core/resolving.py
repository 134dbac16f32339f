"""Which document does a name mean? The one place where calculators meet the catalogue."""

from __future__ import annotations

from functools import lru_cache

from agent.errors import UnknownName
from knowledge.catalogue import Catalogue, NameUnknown
from knowledge.documents import CORPUS, load_folder
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
    return found


@lru_cache(maxsize=1)
def _bundled() -> Catalogue:
    """Load the catalogue that ships with the package, once and only when a name is given."""
    return Catalogue(load_folder(CORPUS))
