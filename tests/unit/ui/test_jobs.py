"""A question is answered outside the script run: reruns see every event, errors are kept."""

from __future__ import annotations

import threading
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


def test_a_stopped_job_ends_at_once_and_takes_no_more() -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow() -> Iterator[Event]:
        yield EVENTS[0]
        asked.set()
        go_on.wait(5)
        yield EVENTS[1]

    desk = Desk()
    job = desk.start("t", "hello", slow)
    asked.wait(5)
    beats = job.follow(beat=0.001)
    assert [next(beats), next(beats)] == [EVENTS[0], None]

    job.stop()

    assert [event for event in beats if event] == []
    go_on.set()
    desk.close()
    assert (job.stopped, job.done, job.error, job.events) == (True, True, None, [EVENTS[0]])


def test_error_is_kept_with_the_question() -> None:
    desk = Desk()
    job = desk.start("t", "hello", _broken)

    assert tuple(job.follow()) == EVENTS[:1]
    assert isinstance(job.error, ValueError)
    assert desk.of("t") is job
    assert job.message == "hello"
