"""Which products does the message name, how many, and which of them does the user own?"""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.efficiency import engine_name
from agent.errors import InputError
from agent.interpreters.device_memory import StatedMemory, stated_memory
from agent.interpreters.phrasebook import Hit
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots
from agent.profile import Owned
from knowledge import Catalogue
from knowledge.schema import Hardware, Toolkit

_REACH = 8
_MOST_DEVICES = 100_000


@dataclass(frozen=True, slots=True)
class Entities:
    """Catalogue ids by kind, in the order of mention, and what is not known."""

    models: tuple[str, ...]
    hardware: tuple[Owned, ...]
    toolkits: tuple[str, ...]
    documents: tuple[str, ...]
    unknown: tuple[str, ...]
    parameters_b: float | None
    memory_gb: float | None = None
    """Memory of one device, as stated."""
    stands_in: bool = False
    """Whether the hardware stands for a card named by its memory only."""
    tunes: bool = False
    """Whether a named toolkit is one for fine-tuning."""

    @property
    def is_any(self) -> bool:
        """Whether a product is named, known or not."""
        return bool(self.models or self.hardware or self.toolkits or self.unknown)

    @property
    def is_sized(self) -> bool:
        """Whether a model is named, or a size such as 70B."""
        return bool(self.models) or self.parameters_b is not None

    @property
    def has_device(self) -> bool:
        """Whether a device is named, be it by its memory alone."""
        return bool(self.hardware) or self.memory_gb is not None

    @property
    def are_several(self) -> bool:
        """Whether more than one product of a kind is named."""
        return max(len(self.models), len(self.hardware), len(self.toolkits)) > 1


def find_entities(reading: Reading, catalogue: Catalogue) -> Entities:
    """Return what the message names; the user's own words come before a quotation's."""
    quoted = [m for m in reading.mentions if not reading.text[m.start : m.end].strip()]
    own = [m for m in reading.mentions if m not in quoted]
    ids: dict[str, dict[str, int]] = {}
    for mention in (*own, *quoted):
        kind = ids.setdefault(mention.kind, {})
        kind[mention.doc_id] = max(kind.get(mention.doc_id, 0), mention.count)
    memory = stated_memory(reading)
    named = tuple(ids.get("hardware", {}).items())
    others = [doc for kind in ("study", "cost", "note") for doc in ids.get(kind, {})]
    sizes = [token.size_b for token in reading.tokens if token.size_b is not None]
    return Entities(
        models=tuple(ids.get("model", {})),
        hardware=named or generic_device(memory, catalogue),
        toolkits=tuple(ids.get("toolkit", {})),
        documents=tuple(others),
        unknown=reading.unknown,
        parameters_b=sizes[0] if sizes else None,
        memory_gb=memory.gb if memory else None,
        stands_in=not named,
        tunes=any(_is_tuner(doc_id, catalogue) for doc_id in ids.get("toolkit", {})),
    )


def _is_tuner(doc_id: str, catalogue: Catalogue) -> bool:
    document = catalogue.get(doc_id)
    return isinstance(document, Toolkit) and document.category == "fine_tuning"


def generic_device(memory: StatedMemory | None, catalogue: Catalogue) -> tuple[Owned, ...]:
    """Return a device that stands for one named by its memory only ("two 24 GB cards").

    It is the shipping GPU of that memory with the most rental offers, then the lowest id.
    """
    if memory is None or not memory.is_card:
        return ()
    found = [
        device
        for device in catalogue.of("hardware")
        if isinstance(device, Hardware)
        and _is_common(device)
        and device.value("memory") == memory.gb
    ]
    if not found:
        return ()
    chosen = min(found, key=lambda device: (-len(device.rentals), device.id))
    return ((chosen.id, memory.count),)


def _is_common(device: Hardware) -> bool:
    return (
        device.device == "gpu" and device.status == "shipping" and device.unit_scope == "per device"
    )


def engine_of(toolkits: tuple[str, ...], catalogue: Catalogue) -> str | None:
    """Return the name of the first serving engine among `toolkits` that can be estimated."""
    for doc_id in toolkits:
        document = catalogue.get(doc_id)
        if not isinstance(document, Toolkit) or document.category != "serving":
            continue
        for name in (document.title, doc_id.partition("/")[2], *document.aliases):
            try:
                return engine_name(name)
            except InputError:
                continue
    return None


def read_owned(reading: Reading, slots: Slots, catalogue: Catalogue, *, what_if: bool) -> None:
    """State hardware: what the user owns or runs on; () where there are no GPUs.

    What is asked about or may be bought is not owned, unless the message asks "what if we had".
    A card of one's own that is named by its memory is stood for by a common one.
    """
    owned: dict[str, int] = {}
    places: list[int] = []
    for index, token in enumerate(reading.tokens):
        product = token.product
        if product is None or product.kind != "hardware":
            continue
        if _is_owned(reading, index, what_if=what_if):
            owned[product.doc_id] = max(owned.get(product.doc_id, 0), product.count or 1)
            places.append(index)
    none = [hit for hit in reading.all("slots/no_gpu") if not _asks_for(reading, hit)]
    if not owned and not none:
        _put_unnamed(reading, slots, catalogue, what_if=what_if)
    if owned:
        first = max(0, min(places) - 1)
        before = reading.token(first)
        first = first if before and before.number is not None else min(places)
        slots.put("hardware", tuple(owned.items()), reading.words(first, max(places)))
    elif none:
        slots.put("hardware", (), reading.quote(max(none, key=lambda h: h.last - h.first)))


def _put_unnamed(reading: Reading, slots: Slots, catalogue: Catalogue, *, what_if: bool) -> None:
    """State the card in "on our own graphics card (8 GB)"."""
    memory = stated_memory(reading)
    device = generic_device(memory, catalogue)
    if memory is None or not device:
        return
    place = next(i for i, t in enumerate(reading.tokens) if t.end > memory.start)
    if _is_owned(reading, place, what_if=what_if):
        slots.put("hardware", device, reading.text[memory.start : memory.end].strip())


def _is_owned(reading: Reading, index: int, *, what_if: bool) -> bool:
    after = [hit for hit in reading.all("slots/owned_after") if 0 < hit.first - index <= 3]
    if any(reading.same_sentence(index, hit.first) for hit in after):
        return True
    owned = _nearest_before(reading, reading.all("slots/owned"), index)
    wanted = _nearest_before(reading, reading.all("slots/wanted"), index)
    if what_if and _nearest_before(reading, reading.all("slots/what_if_owned"), index) is not None:
        return True
    if owned is None:
        return False
    return wanted is None or wanted < owned


def _nearest_before(reading: Reading, hits: tuple[Hit, ...], index: int) -> int | None:
    """Return the last token of the nearest phrase before `index`, within a few words."""
    before = [
        hit.last
        for hit in hits
        if hit.first < index <= hit.last + _REACH and reading.same_sentence(hit.first, index)
    ]
    return max(before, default=None)


def _asks_for(reading: Reading, hit: Hit) -> bool:
    """Return whether "no GPU" is only a part of something longer ("any GPU under $500")."""
    words = {token.text for token in reading.tokens[hit.first : hit.last + 1]}
    only_any = "any" in words and not words & {"dont", "doesnt", "not", "without", "no"}
    before = {t.text for t in reading.tokens[max(0, hit.first - 4) : hit.first]}
    return only_any and not before & {"dont", "doesnt", "not", "without", "no", "have", "havent"}


def count_problems(reading: Reading, slots: Slots) -> None:
    """Reject counts of devices that cannot be: none at all, fewer, or absurdly many."""
    for index, token in enumerate(reading.tokens):
        number = token.number
        if number is None or not _counts_devices(reading, index):
            continue
        if number.value < 1 and not _has_none(reading, index):
            words = reading.words(index, min(index + 2, len(reading.tokens) - 1))
            slots.reject(words, "number of devices", "1 or more", index)
        elif number.value > _MOST_DEVICES:
            words = reading.words(index, min(index + 1, len(reading.tokens) - 1))
            slots.reject(words, "number of devices", "a number from 1 to 100,000", index)


def _counts_devices(reading: Reading, index: int) -> bool:
    following = [reading.token(index + step) for step in (1, 2)]
    for token in following:
        if token is None:
            return False
        if token.product is not None:
            return token.product.kind == "hardware"
        if token.text in ("gpus", "gpu", "cards"):
            return True
        if token.text not in ("x", "nvidia", "amd"):
            return False
    return False


def _has_none(reading: Reading, index: int) -> bool:
    before = {t.text for t in reading.tokens[max(0, index - 3) : index]}
    return bool(before & {"have", "own", "got", "with"})
