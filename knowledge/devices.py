"""From a device as benchmarks write it to its document: chip, form, memory and cores in any order.

"A100 PCIe 80GB", "NVIDIA H200 141GB HBM3" and "Apple M2 Ultra (76-core GPU) 192GB" name a chip and
say what is built around it. What is said must fit the document; what carries no identity is left
out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import yaml

from knowledge.names import DATA, WORD, ambiguous_names, fold, key_of, maker_of
from knowledge.schema import Hardware, Record

SAME_SIZE = 2**30 / 1e9 - 1
"""Sizes this near are one memory: counted in GiB, or less what the device keeps for itself."""
PLUG_IN = {"pcie"}
"""The form of a device that states none."""
CPU_CORES = 16
""""16-core" without "GPU" speaks of the processor; more are cores of the graphics."""
_LIST = re.compile(r"\s[+&]\s|\band\b|\bor\b|^\d+\s?x\b|\bx\s?\d+$")
_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_CORES = re.compile(r"\b(?:(\d+)-?c/)?(\d+)(?:[\s-]?cores?|c)\b(?:[\s-]?(gpu|cpu))?")
_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)[\s-]?(gb|gib|g|tb)\b")
_CPU = re.compile(r"\bcpus?\b(?:[\s-]only)?")
_TERA = 1000


class _Words(Record):
    brands: dict[str, str]
    forms: tuple[str, ...]
    about: tuple[str, ...]
    machines: tuple[str, ...]
    noise: frozenset[str]
    variants: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    text = (DATA / "device_qualifiers.yaml").read_text(encoding="utf-8")
    return _Words.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))


@dataclass(frozen=True, slots=True)
class DeviceName:
    """A device as named. `words` are of the chip, `aside` in brackets, `forms` of the package.

    `memory_gb` is in GB as sold, `gpu_cores` what was said of the graphics; None where unsaid.
    """

    words: tuple[str, ...]
    aside: frozenset[str]
    forms: frozenset[str]
    makers: frozenset[str]
    memory_gb: float | None
    gpu_cores: int | None
    cpu: bool


def read_device(text: str) -> DeviceName:
    """Return the parts of a device's name."""
    rest = fold(text)
    cores = _gpu_cores(rest)
    rest = _CORES.sub(" ", rest)
    size = _SIZE.search(rest)
    rest = _SIZE.sub(" ", rest)
    cpu = _CPU.search(rest) is not None
    rest = _any(_words().about).sub(" ", _CPU.sub(" ", rest))
    rest = re.sub(rf"(?<=\d)({'|'.join(_words().forms)})\b", r" \1", rest)
    chip = _any(_words().machines).sub(" ", rest)
    rest = chip if WORD.search(chip) else rest
    form = _any(_words().forms)
    brands = _any(tuple(_words().brands))
    outside = brands.sub(" ", form.sub(" ", _BRACKETS.sub(" ", rest)))
    inside = form.sub(" ", " ".join(_BRACKETS.findall(rest)))
    return DeviceName(
        words=tuple(WORD.findall(outside)),
        aside=frozenset(WORD.findall(inside)),
        forms=frozenset(match[0] for match in form.finditer(rest)),
        makers=frozenset(_words().brands[match[0]] for match in brands.finditer(rest)),
        memory_gb=float(size[1]) * (_TERA if size[2] == "tb" else 1) if size else None,
        gpu_cores=cores,
        cpu=cpu,
    )


def find_device(text: str, documents: Iterable[Hardware]) -> tuple[str, ...]:
    """Return the ids of the devices that `text` may mean, the likeliest first; () for none.

    A word that no name of the device has must be known to carry no identity. A form or, where
    the memory is fixed, a size that the document contradicts rules it out.
    """
    if _LIST.search(fold(text)):
        return ()
    named = read_device(text)
    fitting = [(len(own), item) for item in documents if (own := _own_words(named, item))]
    if not fitting:
        return ()
    most = max(count for count, _ in fitting)
    found = [item for count, item in fitting if count == most and _fits(named, item)]
    return _by_default(named, sorted(found, key=lambda item: _unlike(named, item)))


def gpu_cores(hardware: Hardware) -> int | None:
    """Return the cores of the graphics that `hardware` has, None where that is not known."""
    known = hardware.value("gpu_cores")
    return int(known) if known else _gpu_cores(fold(hardware.title))


def sold_in_sizes(hardware: Hardware) -> bool:
    """Tell whether the device is sold with several sizes of memory, the document's the largest."""
    fixed = hardware.device == "apu" and "unified" not in (hardware.memory_type or "")
    return hardware.shares_memory and not fixed


def _gpu_cores(folded: str) -> int | None:
    for match in _CORES.finditer(folded):
        if match[3] == "gpu" or match[1] or (match[3] is None and int(match[2]) > CPU_CORES):
            return int(match[2])
    return None


@lru_cache(maxsize=8)
def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(patterns)})(?![a-z0-9])")


@lru_cache(maxsize=1024)
def _spellings(name: str) -> frozenset[str]:
    parts = read_device(name)
    return frozenset(parts.words) | parts.aside


def _own_words(named: DeviceName, document: Hardware) -> frozenset[str]:
    """Return the words of `named` that are the document's, () unless the rest carries nothing."""
    said = frozenset(named.words) | named.aside
    names = [_spellings(name) for name in (document.title, *document.aliases)]
    whole = [own for own in names if own and own <= said]
    if not whole:
        return frozenset()
    own = said.intersection(*[frozenset().union(*names)])
    noise = _words().noise
    telling = {
        word
        for word in said - own - noise
        if word in named.words or word in _words().variants or any(map(str.isdigit, word))
    }
    return frozenset() if telling else own


def _fits(named: DeviceName, document: Hardware) -> bool:
    if named.cpu != (document.device == "cpu") or not named.makers <= {maker_of(document)}:
        return False
    forms = read_device(document.title).forms or read_device(document.form_factor or "").forms
    if not {_plain(form) for form in named.forms} <= ({_plain(form) for form in forms} or PLUG_IN):
        return False
    memory = document.value("memory")
    if named.memory_gb is None or memory is None or sold_in_sizes(document):
        return True
    return abs(named.memory_gb - memory) <= SAME_SIZE * memory


def _unlike(named: DeviceName, document: Hardware) -> tuple[bool, bool, int]:
    """Rank the forms of a chip: the cores as stated, the memory as stated, then the fullest."""
    cores = gpu_cores(document)
    return cores != named.gpu_cores, document.value("memory") != named.memory_gb, -(cores or 0)


def _plain(form: str) -> str:
    return form.rstrip("0123456789")


def _by_default(named: DeviceName, found: Sequence[Hardware]) -> tuple[str, ...]:
    """Return the ids of `found`, the usual one first where a short name has several."""
    short = " ".join(named.words)
    sized = f"{short} {named.memory_gb:g}gb" if named.memory_gb else short
    ids = [item.id for item in found]
    for name in (sized, short):
        usual = ambiguous_names().get(("hardware", key_of(name)))
        if usual and usual.default in ids:
            ids.remove(usual.default)
            return usual.default, *ids
    return tuple(ids)
