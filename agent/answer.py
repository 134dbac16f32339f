"""The public answer: verdict, text, claims, sources, workings and what to draw."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.calculation import Calculation
from agent.profile import Profile
from knowledge.schema import Basis

AnswerKind = Literal[
    "recommendation",
    "comparison",
    "fit",
    "cost",
    "finetune",
    "deploy",
    "toolkit",
    "fact",
    "reality_check",
    "clarification",
    "refusal",
    "no_evidence",
]
Verdict = Literal["ultra_large", "specialized", "small_general", "hybrid"]
Route = Literal["api", "rented_gpu", "owned_hardware", "cpu", "cascade"]


class Part(BaseModel):
    """A frozen part of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Claim(Part):
    """One statement of the answer and the ids of the evidence that carries it.

    Ids name a statement or passage of a document ("hardware/nvidia-l4#memory"), a calculation
    ("calc/...") or a slot of the profile ("profile/requests_per_day").
    """

    text: str
    evidence_ids: tuple[str, ...] = ()


class Row(Part):
    """One table row; the first cell is its label. `picked` marks the recommended one."""

    cells: tuple[Claim, ...]
    picked: bool = False


class Table(Part):
    """A table drawn from facts and calculations."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class Section(Part):
    """A titled block of an answer: claims as bullets or sentences, then perhaps a table."""

    title: str
    claims: tuple[Claim, ...] = ()
    table: Table | None = None
    style: Literal["bullets", "sentences", "numbered"] = "bullets"


class Citation(Part):
    """A source, numbered in the order of first use. `quote` is what the claims rest on."""

    number: int
    doc_id: str
    kind: str
    title: str
    url: str | None
    published: str | None
    basis: Basis
    quote: str
    evidence_ids: tuple[str, ...] = ()


class CostLine(Part):
    """One line of an option's cost; `note` says how it was reckoned, where `source` is an id."""

    item: str
    usd_per_month: float = 0.0
    usd_one_time: float = 0.0
    source: str = Field(description="evidence id, or the assumption in words")
    note: str = ""
    people: bool = False


class Option(Part):
    """A concrete way to do the job. `quality_odds`: chance that it at least matches the best."""

    label: str
    route: Route
    verdict: Verdict
    model: str | None = None
    hardware: str | None = None
    devices: int | None = None
    toolkit: str | None = None
    quality_odds: float | None = None
    usd_per_month: float | None = None
    usd_one_time: float | None = None
    latency_ms: float | None = None
    ruled_out_because: str | None = None
    lines: tuple[CostLine, ...] = ()
    evidence_ids: tuple[str, ...] = ()


class Flip(Part):
    """A value of one slot at which the pick changes, solved and checked by running again."""

    slot: str
    text: str
    value: float | None
    yours: float | None
    unit: str = ""
    direction: Literal["below", "above", "if"] = "below"
    verdict: Verdict | None = None
    label: str = ""
    evidence_ids: tuple[str, ...] = ()


class Question(Part):
    """A question back: asked only where the answer could change the pick."""

    slot: str
    text: str
    default: str
    choices: tuple[str, ...] = ()


class Attachment(Part):
    """A file that the answer brings: training script, serve recipe."""

    name: str
    media_type: str
    content: str
    caption: str = ""


class Series(Part):
    """One line of a chart, as (x, y) points; `band` is its 80% interval as (x, low, high)."""

    label: str
    verdict: Verdict | None = None
    points: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float, float], ...] = ()


class Chart(Part):
    """What to draw, in words too (`alt`). `you` is the volume or the number of users asked about.

    `cost`: USD a month (`y_name` says what is in it) over requests a day; the first line and a
    large model's change places at `break_even` and at `crosses_again`.
    `memory`: GB per part, with the 80% interval of their sum (`needed`); `limit` is usable of
    `full`.
    `speed`: tokens a second over users at once; `limit` is how many the memory holds, `rate` the
    tokens a second that each should see and `break_even` how many still do.
    """

    kind: Literal["cost", "memory", "speed"]
    series: tuple[Series, ...] = ()
    parts: tuple[tuple[str, float], ...] = ()
    limit: float | None = None
    full: float | None = None
    needed: tuple[float, float] | None = None
    you: float | None = None
    rate: float | None = None
    break_even: float | None = None
    crosses_again: float | None = None
    y_name: str = ""
    alt: str = ""


class Answer(Part):
    """What the advisor says, and everything it rests on."""

    kind: AnswerKind
    headline: str
    verdict: Verdict | None = None
    outcome: Literal["yes", "no"] | None = None
    confidence: float | None = None
    confidence_low: float | None = None
    confidence_high: float | None = None
    text: str
    summary: Claim | None = None
    sections: tuple[Section, ...] = ()
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    calculations: tuple[Calculation, ...] = ()
    profile: Profile = Profile()
    assumed: dict[str, str] = {}
    options: tuple[Option, ...] = ()
    flips: tuple[Flip, ...] = ()
    missing: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    chart: Chart | None = None
    suggestions: tuple[str, ...] = ()
    engine: str = "embedded"
    fallbacks: tuple[str, ...] = ()
    snapshot: str = ""
    as_of: str = ""
    question: str = ""
    thread: str = ""
    seconds: float | None = None

    def to_markdown(self) -> str:
        """Return the text followed by its sources and workings, as Markdown."""
        from agent.render import answer_markdown

        return answer_markdown(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain JSON values."""
        return self.model_dump(mode="json")


class Stage(Part):
    """Progress, for people: what was just done, in a few words."""

    name: Literal["understand", "plan", "act", "decide", "compose", "verify"]
    text: str


class TextDelta(Part):
    """The next piece of the answer's text. Only checked text is streamed."""

    text: str


Event = Stage | TextDelta | Answer
