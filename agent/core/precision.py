"""Which number format do the weights have, and how many bits does one weight really take?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from agent.errors import InputError
from knowledge.schema import Hardware, Model

PrecisionKind = Literal["float", "integer", "gguf", "weight_only"]
GGUF_ENGINES = frozenset({"llama.cpp"})
NEAREST = 5
"""How many known names are offered for one that is not known."""
_FAMILIES = "awq|gptq|exl[23]|exllama(?:v[23])?|mlx|gguf|ggml|bnb|bitsandbytes|hqq|aqlm"
_VARIANT = re.compile(
    r"(?:mul1|mcg|3inst|e4m3(?:fn)?|e5m2|h\d|g\d+|gs\d+|sym|asym|dwq|dynamic|block|moe)+$"
)
"""What a format's name ends with that leaves its width as it is."""
_WIDTH = r"(\d+(?:\.\d+)?)(bpw|bitsperweight|bits?|b)?"
_TENSOR_RATES = (
    "compute_bf16",
    "compute_fp16",
    "compute_fp8",
    "compute_int8",
    "compute_fp4",
)


class Precision(BaseModel):
    """A number format. `bits` is per weight, scales and block overhead included.

    `wide_bits` is the width of embedding and output head where they are not quantized, `head_bits`
    that of the head where it has its own, `kv_bits` that of the cache where the format says it;
    `experts_only` says that just the routed experts are quantized, `text_only` that the file leaves
    out what sees and hears. `spread` is the relative
    difference between files of the name, `rate` the device fact it needs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    bits: float
    kind: PrecisionKind
    source: str
    wide_bits: float | None = None
    head_bits: float | None = None
    kv_bits: float | None = None
    text_only: bool = False
    spread: float = 0.0
    experts_only: bool = False
    rate: str | None = None
    aliases: tuple[str, ...] = ()


class _Native(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    prefix: str
    precision: str
    source: str


@dataclass(frozen=True, slots=True)
class _Table:
    by_name: dict[str, Precision]
    by_spelling: dict[str, Precision]
    native: tuple[_Native, ...]


@lru_cache(maxsize=1)
def _table() -> _Table:
    text = resources.files("agent.core").joinpath("data/precisions.yaml").read_text("utf-8")
    raw = yaml.safe_load(text)
    rows = [
        Precision.model_validate({"text_only": row["kind"] == "gguf", **row})
        for row in raw["precisions"]
    ]
    spellings = {_squeezed(word): row for row in rows for word in (row.name, *row.aliases)}
    native = tuple(_Native.model_validate(row) for row in raw["native"])
    return _Table({row.name: row for row in rows}, spellings, native)


def _squeezed(text: str) -> str:
    """Return `text` in lower case without separators: "FP-16" and "fp 16" are one spelling."""
    return re.sub(r"[\s_\-/()\[\]]+", "", text.lower())


def precision_names() -> tuple[str, ...]:
    """Return the names that `parse_precision` accepts, widest first."""
    rows = _table().by_name.values()
    return tuple(row.name for row in sorted(rows, key=lambda row: -row.bits))


def parse_precision(
    text: str, *, engine: str | None = None, hardware: Hardware | None = None
) -> Precision:
    """Return the precision that `text` names: "FP-16", "4 bit", "W4A16", "EXL2 4.25bpw".

    A bare "4 bit" or "8 bit" depends on the engine: Q4_K_M and Q8_0 in llama.cpp, MLX groups in
    MLX, elsewhere AWQ, and FP8 where `hardware` has an FP8 rate or else INT8. A width that is no
    whole number ("1.58 bit") is taken as the bits of a weight.

    Raises:
        InputError: if `text` names no known precision; the message holds the nearest names.
    """
    if text.strip().startswith("-"):
        raise _unknown(text)
    key = _squeezed(text)
    if key not in _table().by_spelling:
        key = re.sub(r"(quantized|quantization|quants?|precision)$", "", key)
        key = re.sub(r"(?<=\d)bits$", "bit", key)
    if cached := re.fullmatch(r"(.+?)kv(\d+)", key):
        weights = parse_precision(cached[1], engine=engine, hardware=hardware)
        return weights.model_copy(update={"kv_bits": float(cached[2])})
    bare = {"4bit": "4", "8bit": "8"}.get(key, key)
    if bare in {"4", "8"}:
        return _table().by_name[_bare(bare, engine, hardware)]
    found = _spelled(key)
    if found is None:
        raise _unknown(text)
    return found


def _spelled(key: str) -> Precision | None:
    """Return the precision of a squeezed spelling; family and width stand in any order."""
    spellings = _table().by_spelling
    if key not in spellings:
        key = _VARIANT.sub("", key)
    family = re.search(_FAMILIES, key)
    rest = key.replace(family[0], "", 1) if family else key
    for spelling in (key, f"{key}bit", key.removeprefix("ud"), rest):
        found = spellings.get(spelling)
        if found and not (spelling == rest != key and _foreign(found, family)):
            return found
    width = re.fullmatch(_WIDTH, rest)
    if width is None:
        return None
    if family and (found := spellings.get(f"{family[0]}{width[1]}bit")):
        return found
    own = family is not None and family[0].startswith("exl")
    if not (own or "." in width[1] or (width[2] or "").startswith(("bpw", "bitsper"))):
        return None
    return _stated_width(width[1], like=spellings["exl2"] if own else None)


def _foreign(found: Precision, family: re.Match[str] | None) -> bool:
    """Tell whether a bare width ("3 bit") would be a GGUF mix, but another family is named."""
    return found.kind == "gguf" and family is not None and not family[0].startswith("gg")


def _stated_width(digits: str, *, like: Precision | None) -> Precision | None:
    """Return a format of any width; `like` is the one whose embedding and head it has."""
    bits = float(digits)
    if not 1 <= bits <= 32:
        return None
    named = {"name": f"{digits}bpw", "bits": bits, "source": "as stated"}
    if like is not None:
        return like.model_copy(update=named)
    return Precision.model_validate({**named, "kind": "weight_only"})


def _unknown(text: str) -> InputError:
    spellings = _table().by_spelling
    near = get_close_matches(_squeezed(text), spellings, n=2 * NEAREST, cutoff=0.0)
    names = list(dict.fromkeys(spellings[word].name for word in near))[:NEAREST]
    return InputError(
        f"No precision called {text!r} is known. The nearest names are {', '.join(names)}; "
        "bits per weight such as '4.25bpw' will do too."
    )


def _bare(bits: str, engine: str | None, hardware: Hardware | None) -> str:
    if engine in GGUF_ENGINES:
        return "q4_k_m" if bits == "4" else "q8_0"
    if engine == "mlx":
        return f"mlx-{bits}bit"
    if bits == "4":
        return "awq"
    return "fp8" if hardware is not None and has_rate(hardware, "compute_fp8") else "int8"


def native_precision(model: Model) -> Precision:
    """Return the precision the maker publishes: FP8 or MXFP4 for some, otherwise 16 bit."""
    tail = model.id.rpartition("/")[2]
    matches = [row for row in _table().native if tail.startswith(row.prefix)]
    if not matches:
        return _table().by_name["bf16"]
    row = max(matches, key=lambda match: len(match.prefix))
    found = _table().by_name[row.precision]
    return found.model_copy(update={"source": row.source})


def stored_by(precision: Precision, engine: str) -> Precision:
    """Return `precision` as `engine` stores it.

    Files of llama.cpp hold the language model alone, and beside MXFP4 the rest in Q8_0. Source:
    file sizes of gpt-oss-20b, 12.1 GB as GGUF and 13.8 GB as published.
    """
    if engine not in GGUF_ENGINES:
        return precision
    stored: dict[str, object] = {"text_only": True}
    if precision.name == "mxfp4":
        stored |= {"wide_bits": _table().by_name["q8_0"].bits, "kind": "gguf"}
    return precision.model_copy(update=stored)


def has_rate(hardware: Hardware, rate: str) -> bool:
    """Return whether `hardware` states that compute rate; FP4 hardware also runs FP8."""
    wanted = ("compute_fp8", "compute_fp4") if rate == "compute_fp8" else (rate,)
    return any(hardware.value(name) for name in wanted)


def runs_on(precision: Precision, hardware: Hardware) -> bool | None:
    """Return whether `hardware` runs `precision` natively, None where its rates are not known."""
    if precision.rate is None or has_rate(hardware, precision.rate):
        return True
    if hardware.vendor == "Apple":
        return False
    return False if any(hardware.value(rate) for rate in _TENSOR_RATES) else None


def require_supported(precision: Precision, hardware: Hardware) -> None:
    """Check that `hardware` is not known to lack `precision`.

    Raises:
        InputError: if it lacks it; the message lists the precisions that it has.
    """
    if runs_on(precision, hardware) is not False:
        return
    have = ["fp16"] + (["int8"] if hardware.value("compute_int8") else [])
    raise InputError(
        f"{hardware.title} has no {precision.name.upper()} rate, so precision "
        f"{precision.name!r} can't be used. It has: {', '.join(have)}, and weight-only formats "
        "such as awq, gptq or q4_k_m."
    )
