"""How much memory context takes: the key-value cache of a model, worked from its layout."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent.answer import Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.precision import parse_precision
from agent.core.sizing import (
    KV_BYTES,
    cached_layers,
    context_limit,
    kv_bytes_per_token,
    kv_cache_gb,
)
from agent.errors import InputError
from agent.kinds.naming import short
from agent.turn import Draft, Turn
from agent.wording import gigabytes, plural
from knowledge.schema import Architecture, Model

LENGTHS = (8_192, 32_768, 131_072)
"""Contexts shown where none is asked for, in tokens."""
CACHE_BITS = {"fp32": 32.0, "fp8": 8.0, "int8": 8.0, "q8_0": 8.5}
"""Widths other than 16 bit that a bare precision in a question about the cache means."""
_POWER = re.compile(r"\b(\d{1,4})\s?k\b", re.IGNORECASE)
_MILLIONS = re.compile(r"\b(\d{1,3})\s?m(?:illion)?\b", re.IGNORECASE)
_CACHE_WIDTH = re.compile(
    r"\b(fp8|int8|q8(?:_0)?|q4(?:_0)?|int4|fp16|bf16|[48]\s?bit)\s+(?:kv|cache)"
    r"|(?:kv|cache)[\s-]*(?:cache|type|quant\w*)?\s+(?:at|in|as|of)?\s*(fp8|int8|q8(?:_0)?|q4(?:_0)?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cached:
    """The cache of one model: for one token, and at each length for `users` at once."""

    model: Model
    bits: float
    users: int
    token: Calculation
    whole: tuple[Calculation, ...]
    length_asked: bool


def work_out(turn: Turn, model: Model) -> Cached | None:
    """Work the cache out from the layout, or return None where that is not published.

    Raises:
        InputError: if the context asked for is above what the model accepts.
    """
    architecture = model.architecture
    if architecture is None:
        return None
    bits, users = _bits(turn), turn.understanding.concurrency or 1
    limit = context_limit(model) or architecture.context_tokens
    asked = _length(turn)
    if asked and asked > max(limit, architecture.context_tokens):
        raise InputError(
            f"{model.title} accepts at most {limit:,} tokens, not {asked:,}.",
            cites=(f"{model.id}#context",),
        )
    lengths = (asked,) if asked else (*(n for n in LENGTHS if n < limit), limit)
    token = _token(model, architecture, bits)
    whole = tuple(_whole(model, architecture, token, n, users, bits) for n in lengths)
    return Cached(model, bits, users, token, whole, asked is not None)


def _bits(turn: Turn) -> float:
    said = _CACHE_WIDTH.search(turn.message)
    if said:
        name = parse_precision(said[1] or said[2], engine="llama.cpp").name
        return {"q4_k_m": 4.5, "int4": 4.5}.get(name, CACHE_BITS.get(name, 16.0))
    return CACHE_BITS.get(turn.understanding.precision or "", 8 * KV_BYTES)


def _length(turn: Turn) -> int | None:
    """Return the tokens asked about; "128k" is 128 x 1,024, as context windows are counted."""
    said = _POWER.search(turn.message)
    if said and (power := int(said[1])) & (power - 1) == 0 and power:
        return power * 1024
    if turn.understanding.context_tokens:
        return turn.understanding.context_tokens
    if said:
        return int(said[1]) * 1000
    millions = _MILLIONS.search(turn.message)
    return int(millions[1]) * 1_000_000 if millions else None


def _token(model: Model, architecture: Architecture, bits: float) -> Calculation:
    """Return the cache of one token; the inputs are those that its kind of attention keeps."""
    layers = architecture.full_attention_layers or architecture.layers
    mla, window = architecture.mla, architecture.sliding_window
    heads = architecture.heads if architecture.attention == "mha" else architecture.kv_heads
    widths: tuple[Input, ...]
    if mla is not None:
        formula = "layers x (latent rank + rotary part) x bytes"
        widths = (
            Input(name="latent rank", value=mla.kv_lora_rank),
            Input(name="rotary part", value=mla.qk_rope_head_dim),
        )
    else:
        formula = "2 (keys and values) x layers x KV heads x head width x bytes"
        widths = (
            Input(name="KV heads", value=heads),
            Input(name="head width", value=architecture.head_dim),
        )
    if window is not None and window.kv_heads is not None:
        layers, windowed = cached_layers(architecture)
        formula += " over the full layers, and the same over those with a window"
        widths += (
            Input(name="layers with a window", value=windowed),
            Input(name="KV heads there", value=window.kv_heads),
            Input(name="head width there", value=window.head_dim or architecture.head_dim),
        )
    return Calculation(
        id=f"calc/{model.id}/cache-per-token",
        name=f"key-value cache of {model.title} for one token",
        formula=formula,
        inputs=(
            Input(name="layers", value=layers, source=f"{model.id}#architecture"),
            *widths,
            Input(name="bytes", value=bits / 8),
        ),
        value=kv_bytes_per_token(architecture, kv_bytes=bits / 8),
        unit="bytes",
    )


def _whole(
    model: Model,
    architecture: Architecture,
    token: Calculation,
    tokens: int,
    users: int,
    bits: float,
) -> Calculation:
    window = architecture.sliding_window
    windowed = (
        (
            Input(name="layers with a window", value=window.local_layers),
            Input(name="window", value=window.window, unit="tokens"),
        )
        if window
        else ()
    )
    return Calculation(
        id=f"calc/{model.id}/cache-{tokens}x{users}",
        name=f"key-value cache of {model.title} at {tokens:,} tokens",
        formula="cache of one token x tokens x users"
        + ("; layers with a window keep no more than it" if window else ""),
        inputs=(
            Input(name="cache of one token", value=token.value, unit="bytes", source=token.id),
            Input(name="tokens", value=tokens),
            Input(name="users", value=users),
            *windowed,
        ),
        value=kv_cache_gb(architecture, tokens, sequences=users, kv_bytes=bits / 8),
        unit="GB",
        sources=(token.id,),
    )


def write(found: Cached, turn: Turn) -> Draft:
    """Draft the cache with its working."""
    book, model = turn.book, found.model
    name, width = short(model), f"{found.bits:g} bit"
    book.name(name, model.title, width)
    book.work(found.token, *found.whole)
    first = found.whole[0]
    if found.length_asked:
        headline = f"{_size(first)} for {int(_tokens(first)):,} tokens at {width}"
        headline += f", {plural(found.users, 'user')} together" if found.users > 1 else ""
    else:
        headline = f"{found.token.value:,.0f} bytes a token at {width}"
    claims = _window_notes(found)
    sections = [] if found.length_asked else [_lengths(found)]
    if claims:
        sections.append(Section(title="", claims=claims, style="sentences"))
    return Draft(
        kind="fact",
        headline=headline,
        summary=Claim(
            text=f"The key-value cache of {name}: {_working(found)}.",
            evidence_ids=(found.token.id, first.id),
        ),
        sections=tuple(sections),
        suggestions=(f"How much memory does {name} need?", f"What runs {name} at that length?"),
    )


def _size(work: Calculation) -> str:
    """Return GB to three digits: the cache is exact."""
    return gigabytes(work.value) if work.value >= 100 else f"{work.value:.3g} GB"


def _tokens(work: Calculation) -> float:
    return next(float(item.value) for item in work.inputs if item.name == "tokens")


def _working(found: Cached) -> str:
    """Return the multiplication in words and figures."""
    values = {item.name: float(item.value) for item in found.token.inputs}
    size = f"{found.token.value:,.0f} bytes a token"
    if "latent rank" in values:
        kept = f"({values['latent rank']:g} + {values['rotary part']:g}) numbers"
        text = f"{values['layers']:g} layers x {kept} x {values['bytes']:g} bytes = {size}"
    else:
        text = f"2 (keys and values) x {_heads(values)} x {values['bytes']:g} bytes = {size}"
    if not found.length_asked:
        return text
    architecture = found.model.architecture
    if architecture is not None and architecture.sliding_window is not None:
        return text
    first = found.whole[0]
    users = f" x {found.users} users" if found.users > 1 else ""
    return f"{text}, x {int(_tokens(first)):,} tokens{users} = {_size(first)}"


def _heads(values: Mapping[str, float]) -> str:
    """Return layers x heads x width, of the layers with a window too where they differ."""
    every = (
        f"{values['layers']:g} layers x {values['KV heads']:g} KV heads "
        f"x {values['head width']:g} wide"
    )
    if "KV heads there" not in values:
        return every
    return (
        f"({every} + {values['layers with a window']:g} layers with a window "
        f"x {values['KV heads there']:g} KV heads x {values['head width there']:g} wide)"
    )


def _window_notes(found: Cached) -> tuple[Claim, ...]:
    architecture = found.model.architecture
    window = architecture.sliding_window if architecture else None
    if architecture is None or window is None:
        return ()
    ids = (found.token.id, found.whole[0].id)
    return (
        Claim(
            text=f"{window.local_layers} of its {architecture.layers} layers see only the last "
            f"{window.window:,} tokens, so their part stops growing there.",
            evidence_ids=ids,
        ),
    )


def _lengths(found: Cached) -> Section:
    rows = tuple(
        Row(
            cells=(
                Claim(text=f"{int(_tokens(work)):,} tokens", evidence_ids=(work.id,)),
                Claim(text=_size(work), evidence_ids=(work.id,)),
            )
        )
        for work in found.whole
    )
    users = f"cache, {found.users} users" if found.users > 1 else "cache, one user"
    return Section(title="", table=Table(columns=("context", users), rows=rows))
