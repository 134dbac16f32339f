"""A question is answered outside the script run: reruns see every event, errors are kept."""

from __future__ import annotations

from collections.abc import Iterator

from agent.answer import Event, Stage, TextDelta
from ui.jobs import Desk

EVENTS: tuple[Event, ...] = (Stage(name="act", text="Read"), TextDelta(text="a"))


def _good() -> Iterator[Event]:
    yield from EVENTS


def _broken() -> Iterator[Event]:
    yield EVENTS[0]
    raise ValueError("no")


def test_two_runs_see_the_same_events() -> None:
    job = Desk().start("t", "hello", _good)

    assert tuple(job.follow()) == EVENTS
    assert tuple(job.follow()) == EVENTS
    assert job.done
    assert job.error is None


def test_error_is_kept_with_the_question() -> None:
    desk = Desk()
    job = desk.start("t", "hello", _broken)

    assert tuple(job.follow()) == EVENTS[:1]
    assert isinstance(job.error, ValueError)
    assert desk.of("t") is job
    assert job.message == "hello"
