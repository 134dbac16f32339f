"""The public door: ask a question, get an answer with its sources and workings."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import date
from types import TracebackType
from typing import Self
from uuid import uuid4

from agent.answer import Answer, Event, Stage, TextDelta
from agent.core.odds import Studies
from agent.errors import InputError
from agent.graph import AdvisorState, Context, build_graph
from agent.interpreters import RuleInterpreter
from agent.market import Market
from agent.memory import Thread, answers, open_checkpointer, threads
from agent.opening import open_knowledge
from agent.planners import RulePlanner
from agent.profile import Profile
from agent.settings import Settings
from agent.stages import stage_text
from agent.writers import TemplateWriter
from knowledge import Catalogue, KnowledgeBase
from knowledge.schema import Study
from knowledge.storage.names import default_folder

MOST_CHARACTERS = 100_000


class Advisor:
    """Answers which model fits a job, on what hardware, with which toolkit, at what cost.

    Threads keep their profile and answers. One advisor may be used from several threads of a
    process. Without a key everything runs in this process and nothing leaves it.
    """

    def __init__(
        self, settings: Settings | None = None, *, knowledge: KnowledgeBase | None = None
    ) -> None:
        """Open the knowledge base (building or updating its index if needed) and the threads."""
        self.settings = settings or Settings()
        self._owns_knowledge = knowledge is None
        self.knowledge = knowledge or open_knowledge(self.settings)
        folder = self.settings.index or default_folder()
        self._saver = open_checkpointer(self.settings.threads or folder / "threads.sqlite")
        self._graph = build_graph(self._saver)
        self._lock = threading.Lock()
        self._known: tuple[Catalogue, date] | None = None
        self._context = self._present()

    def __enter__(self) -> Self:
        """Return the advisor itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def ask(self, message: str, *, thread: str | None = None) -> Answer:
        """Return the answer to `message`; `thread` names the conversation it belongs to.

        Raises:
            InputError: if `message` is no text.
        """
        for event in self.stream(message, thread=thread):
            if isinstance(event, Answer):
                return event
        raise RuntimeError("the flow ended without an answer")

    def stream(self, message: str, *, thread: str | None = None) -> Iterator[Event]:
        """Yield stages, the checked text in pieces, and last the answer."""
        if not isinstance(message, str):
            raise InputError(f"A message must be text, not {type(message).__name__!r}.")
        yield from self._run({"message": message[:MOST_CHARACTERS]}, thread or uuid4().hex[:12])

    async def aask(self, message: str, *, thread: str | None = None) -> Answer:
        """Return the answer to `message` without blocking the event loop."""
        return await asyncio.to_thread(self.ask, message, thread=thread)

    async def astream(self, message: str, *, thread: str | None = None) -> AsyncIterator[Event]:
        """Yield the events of `stream` without blocking the event loop."""
        events = self.stream(message, thread=thread)
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event

    def update_profile(self, thread: str, profile: Profile) -> Answer:
        """Answer the thread's last question again for an edited profile.

        The answer's `question` says what was changed.

        Raises:
            InputError: if the thread has no question yet.
        """
        turns = self.turns(thread)
        if not turns:
            raise InputError(f"Thread {thread!r} holds no question to answer again.")
        changes = turns[-1].profile.changes(profile)
        state: AdvisorState = {"message": f"Changed: {changes}", "edited": profile}
        for event in self._run(state, thread):
            if isinstance(event, Answer):
                return event
        raise RuntimeError("the flow ended without an answer")

    def threads(self) -> tuple[Thread, ...]:
        """Return the kept conversations, the newest first."""
        return threads(self._saver)

    def turns(self, thread: str) -> tuple[Answer, ...]:
        """Return the answers of `thread`, oldest first."""
        return answers(self._saver, thread)

    def forget(self, thread: str) -> None:
        """Delete the conversation `thread`."""
        self._saver.delete_thread(thread)

    def close(self) -> None:
        """Close the conversation store, and the knowledge base if it was opened here."""
        connection = getattr(self._saver, "conn", None)
        if connection is not None:
            connection.close()
        if self._owns_knowledge:
            self.knowledge.close()

    def _present(self) -> Context:
        """Return what every node is given, made anew on a new day or for changed documents."""
        catalogue = self.knowledge.catalogue
        today = self.settings.today or date.today()  # noqa: DTZ011 - the user's own day
        with self._lock:
            if self._known is None or self._known[0] is not catalogue or self._known[1] != today:
                self._context = self._context_of(catalogue, today)
                self._known = (catalogue, today)
            return self._context

    def _context_of(self, catalogue: Catalogue, today: date) -> Context:
        return Context(
            knowledge=self.knowledge,
            studies=Studies.from_documents(
                d for d in catalogue.of("study") if isinstance(d, Study)
            ),
            market=Market(catalogue, today),
            interpreter=RuleInterpreter(catalogue),
            planner=RulePlanner(),
            writer=TemplateWriter(),
            settings=self.settings,
            today=today,
        )

    def _run(self, state: AdvisorState, thread: str) -> Iterator[Event]:
        started = time.perf_counter()
        steps = self._graph.stream(
            state,
            {"configurable": {"thread_id": thread}},
            context=self._present(),
            stream_mode="updates",
            durability="exit",
        )
        answer: Answer | None = None
        for step in steps:
            for node, update in step.items():
                answer = update.get("answer") or answer
                yield Stage(name=node, text=stage_text(node, update))
        if answer is None:
            raise RuntimeError("the flow ended without an answer")
        for piece in answer.text.splitlines(keepends=True):
            yield TextDelta(text=piece)
        seconds = round(time.perf_counter() - started, 3)
        yield answer.model_copy(update={"thread": thread, "seconds": seconds})
