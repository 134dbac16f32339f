"""How much memory a model needs: its weights at each precision, before context and runtime."""

from __future__ import annotations

from dataclasses import dataclass

from agent.answer import Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.precision import Precision, native_precision, parse_precision
from agent.core.shape import shape_of
from agent.core.sizing import kv_bytes_per_token
from agent.kinds.naming import bits_name, short
from agent.turn import Draft, Turn
from agent.wording import gigabytes, number
from knowledge.schema import Model


@dataclass(frozen=True, slots=True)
class Heavy:
    """The weights of one model at several precisions, as worked figures."""

    model: Model
    works: tuple[Calculation, ...]
    cache: Calculation | None


def work_out(turn: Turn, model: Model) -> Heavy:
    """Work out the weights at the precision asked for, or at 16, 8 and 4 bit.

    Raises:
        InputError: if the precision is not known.
    """
    asked = turn.understanding.precision
    names = (asked,) if asked else ("bf16", "fp8", "q4_k_m")
    precisions = [parse_precision(name) for name in names]
    native = native_precision(model)
    if not asked and native.name not in {p.name for p in precisions}:
        precisions.append(native)
    works = tuple(weight_work(model, precision) for precision in precisions)
    return Heavy(model, works, _cache(model))


def weight_work(model: Model, precision: Precision) -> Calculation:
    """Return the worked size of the weights in GB."""
    shape = shape_of(model)
    return Calculation(
        id=f"calc/{model.id}/{precision.name}/weights",
        name=f"weights of {model.title} at {precision.name}",
        formula="parameters x bits per weight / 8",
        inputs=(
            Input(name="parameters", value=shape.total_b, unit="billion", source=shape.source),
            Input(name="bits per weight", value=round(shape.bits_per_weight(precision), 3)),
        ),
        value=shape.weight_gb(precision),
        unit="GB",
        sources=(shape.source,),
    )


def _cache(model: Model) -> Calculation | None:
    if model.architecture is None:
        return None
    return Calculation(
        id=f"calc/{model.id}/cache-per-token",
        name=f"key-value cache of {model.title} for one token, 16 bit",
        formula="layers x cache of one layer, as its attention keeps it",
        inputs=(Input(name="layers", value=model.architecture.layers),),
        value=kv_bytes_per_token(model.architecture) / 1000,
        unit="kB",
    )


def write(found: Heavy, turn: Turn) -> Draft:
    """Draft the sizes and what comes on top."""
    name = short(found.model)
    turn.book.name(name, found.model.title)
    turn.book.work(*found.works, found.cache)
    fact = turn.book.state(turn.fact(f"{found.model.id}#parameters"))
    first = found.works[0]
    precision = first.id.split("/")[-2]
    rows = tuple(
        Row(
            cells=(
                Claim(text=bits_name(work.id.split("/")[-2])),
                Claim(text=gigabytes(work.value), evidence_ids=(work.id,)),
            )
        )
        for work in found.works
    )
    sections = []
    if len(rows) > 1:
        sections.append(Section(title="", table=Table(columns=("precision", "weights"), rows=rows)))
    if found.cache is not None:
        sections.append(
            Section(
                title="On top",
                style="sentences",
                claims=(
                    Claim(
                        text=f"Each token of context takes {number(found.cache.value)} kB of "
                        "cache, and the engine some memory of its own.",
                        evidence_ids=(found.cache.id,),
                    ),
                ),
            )
        )
    return Draft(
        kind="fact",
        headline=f"{gigabytes(first.value)} at {bits_name(precision)}",
        summary=Claim(
            text=f"The weights of {name}, before context and runtime.",
            evidence_ids=(first.id, *fact),
        ),
        sections=tuple(sections),
        suggestions=(f"What hardware does {name} need?", f"How fast is {name} on one H100?"),
    )
