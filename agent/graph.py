"""The whole flow: understand -> plan -> act -> decide -> compose -> verify.

Nodes are thin: each calls one port or one pure function and returns a small update. What is
given (knowledge, ports, settings) is the context; what changes is the state. A thread's profile,
its last understanding and its last answer are kept by the checkpointer; the rest is cleared.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
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
    """What a turn reads and writes. The first six keys last; the others belong to one turn."""

    message: str
    edited: Profile | None
    turns: int
    profile: Profile
    last: Understanding | None
    answer: Answer | None
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
    understanding = settled(
        runtime.context.interpreter.understand(state["message"], profile=profile, last=last)
    )
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
        last_answer=state.get("answer"),
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
    return {"draft": runtime.context.writer.write(findings, _given(state.get("turn")))}


def verify(state: AdvisorState, runtime: Runtime[Context]) -> AdvisorState:
    """Check every claim against its evidence, number the sources, and close the turn."""
    turn, context = _given(state.get("turn")), runtime.context
    answer = assemble(
        _given(state.get("draft")),
        turn,
        engine=context.writer.name,
        snapshot=context.knowledge.snapshot,
    )
    answer = answer.model_copy(update={"question": state["message"]})
    kept = replace_intent(_given(state.get("understanding")), state.get("last"))
    return {
        "answer": answer,
        "turns": state.get("turns", 0) + 1,
        "last": kept,
        "edited": None,
        "understanding": None,
        "plan": None,
        "turn": None,
        "findings": None,
        "draft": None,
    }


def replace_intent(now: Understanding, last: Understanding | None) -> Understanding:
    """Return what later messages refer to: small talk does not replace the last question."""
    passing = {"greeting", "off_topic", "hostile", "invalid", "explain", "sources"}
    return last if last is not None and (now.intent in passing or now.problems) else now


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
