"""The whole flow: understand -> plan -> act -> decide -> compose -> verify.

Nodes are thin: each calls one port or one pure function and returns a small update. What is
given (knowledge, ports, settings) is the context; what changes is the state. A thread's profile,
its last understanding and its last answer are kept by the checkpointer; the rest is cleared.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypedDict, TypeVar

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agent.answer import Answer
from agent.assemble import assemble
from agent.core.odds import Studies
from agent.decide import decide as work_out
from agent.kinds.findings import Findings
from agent.kinds.plain import unchanged, with_jobs_left
from agent.market import Market
from agent.planners import Plan, Planner
from agent.profile import Profile
from agent.settings import Settings
from agent.settling import settled
from agent.turn import Draft, Turn
from agent.understanding import Interpreter, Understanding
from agent.writers import Writer
from knowledge import KnowledgeBase

T = TypeVar("T")


class AdvisorState(TypedDict, total=False):
    """What a turn reads and writes. The first eight keys last; the others belong to one turn.

    `answer` is the last one given, `standing` the last that small talk does not replace, `picked`
    the model that was last recommended.
    """

    message: str
    edited: Profile | None
    turns: int
    profile: Profile
    last: Understanding | None
    answer: Answer | None
    standing: Answer | None
    picked: str | None
    understanding: Understanding | None
    plan: Plan | None
    turn: Turn | None
    findings: Findings | None
    draft: Draft | None


@dataclass(frozen=True, slots=True)
class Context:
    """What every node is given."""

    knowledge: KnowledgeBase
    studies: Studies
    market: Market
    interpreter: Interpreter
    planner: Planner
    writer: Writer
    settings: Settings
    today: date


def understand(state: AdvisorState, runtime: Runtime[Context]) -> AdvisorState:
    """Read the message in the light of the thread, and bring its profile up to date."""
    edited, last = state.get("edited"), state.get("last")
    if edited is not None and last is not None:
        again = last.model_copy(update={"patch": Profile(), "cleared": (), "problems": ()})
        return {"understanding": settled(again), "profile": edited}
    profile = state.get("profile") or Profile()
    said = runtime.context.interpreter.understand(state["message"], profile=profile, last=last)
    understanding = settled(of_the_pick(said, last, state.get("picked")))
    profile = profile.without(*understanding.cleared).merged(understanding.patch)
    return {"understanding": understanding, "profile": profile}


def plan(state: AdvisorState, runtime: Runtime[Context]) -> AdvisorState:
    """Choose what to look up."""
    understanding = _given(state.get("understanding"))
    return {"plan": runtime.context.planner.plan(understanding, state["profile"])}


def act(state: AdvisorState, runtime: Runtime[Context]) -> AdvisorState:
    """Look it up."""
    context = runtime.context
    passages = [
        passage
        for search in _given(state.get("plan")).searches
        for passage in context.knowledge.search(search.query, k=search.k, kind=search.kind)
    ]
    unique = {passage.id: passage for passage in passages}
    turn = Turn(
        understanding=_given(state.get("understanding")),
        profile=state["profile"],
        catalogue=context.knowledge.catalogue,
        studies=context.studies,
        market=context.market,
        settings=context.settings,
        today=context.today,
        last_answer=state.get("standing"),
        passages=tuple(unique.values()),
    )
    turn.book.describe(turn.profile)
    turn.book.slots["profile/message"] = turn.message[:4000]
    return {"turn": turn}


def decide(state: AdvisorState, runtime: Runtime[Context]) -> AdvisorState:
    """Compute options, fits and costs; the pick is made here and nowhere else."""
    return {"findings": work_out(_given(state.get("turn")))}


def compose(state: AdvisorState, runtime: Runtime[Context]) -> AdvisorState:
    """Put the findings into words."""
    findings = state.get("findings")
    if findings is None:
        raise RuntimeError("nothing was decided before composing")
    turn = _given(state.get("turn"))
    return {"draft": with_jobs_left(runtime.context.writer.write(findings, turn), turn)}


def verify(state: AdvisorState, runtime: Runtime[Context]) -> AdvisorState:
    """Check every claim against its evidence, number the sources, and close the turn."""
    turn, context = _given(state.get("turn")), runtime.context
    draft, standing, last = _given(state.get("draft")), state.get("standing"), state.get("last")
    close = partial(
        assemble, turn=turn, engine=context.writer.name, snapshot=context.knowledge.snapshot
    )
    answer = close(draft)
    if standing and last and _changed_nothing(turn.understanding, last, answer, standing):
        answer = close(unchanged(draft))
    answer = answer.model_copy(update={"question": state["message"]})
    passing = is_passing(turn.understanding)
    asks_back = answer.kind == "clarification"
    return {
        "answer": answer,
        "turns": state.get("turns", 0) + 1,
        "edited": None,
        "standing": standing if passing or asks_back else answer,
        "picked": _picked(answer) or state.get("picked"),
        "last": last if last and passing else turn.understanding,
        "understanding": None,
        "plan": None,
        "turn": None,
        "findings": None,
        "draft": None,
    }


def is_passing(now: Understanding) -> bool:
    """Return whether later messages refer past this one: small talk, or what could not be read."""
    passing = {"greeting", "off_topic", "hostile", "invalid", "explain", "sources"}
    return now.intent in passing or bool(now.problems or now.unread)


def of_the_pick(
    asked: Understanding, last: Understanding | None, picked: str | None
) -> Understanding:
    """Return `asked` with the model that was picked, where "does it run here?" names none."""
    of_the_job = last is not None and last.intent in ("recommendation", "cost")
    if not (picked and of_the_job and asked.follow_up) or asked.models or asked.parameters_b:
        return asked
    if asked.intent not in ("fit", "speed", "deploy", "finetune"):
        return asked
    return asked.model_copy(update={"models": (picked,)})


def _picked(answer: Answer) -> str | None:
    """Return the model that `answer` recommends, if it recommends one."""
    if answer.verdict is None:
        return None
    return next((o.model for o in answer.options if not o.ruled_out_because), None)


def _changed_nothing(
    asked: Understanding, last: Understanding, answer: Answer, standing: Answer
) -> bool:
    """Return whether a follow-up asks for a change and gets the standing answer again."""
    if not asked.follow_up or is_passing(asked) or answer.text != standing.text:
        return False
    as_many = last.model_copy(update={"concurrency": asked.concurrency})
    return bool(asked.patch.stated() or asked.cleared) or not asked.asks_as(as_many)


def _given(value: T | None) -> T:
    if value is None:
        raise RuntimeError("a node ran before the one that feeds it")
    return value


def build_graph(
    checkpointer: BaseCheckpointSaver[Any] | None = None,
) -> CompiledStateGraph[AdvisorState, Context, AdvisorState, AdvisorState]:
    """Return the compiled flow."""
    graph = StateGraph(AdvisorState, context_schema=Context)
    graph.add_node("understand", understand)
    graph.add_node("plan", plan)
    graph.add_node("act", act)
    graph.add_node("decide", decide)
    graph.add_node("compose", compose)
    graph.add_node("verify", verify)
    graph.add_edge(START, "understand")
    graph.add_edge("understand", "plan")
    graph.add_edge("plan", "act")
    graph.add_edge("act", "decide")
    graph.add_edge("decide", "compose")
    graph.add_edge("compose", "verify")
    graph.add_edge("verify", END)
    return graph.compile(checkpointer=checkpointer)
