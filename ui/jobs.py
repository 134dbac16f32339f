"""Questions being answered outside any script run, so that a rerun cannot cut them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from agent.answer import Event, Stage

logger = logging.getLogger(__name__)
WORKERS = 4
MOST_JOBS = 200


class Job:
    """One question under way: its events can be read from the start, by any number of runs."""

    def __init__(self, message: str) -> None:
        """Note the question and the time."""
        self.message = message
        self.events: list[Event] = []
        self.seconds = 0.0
        self.error: BaseException | None = None
        self.stopped = False
        self._done = False
        self._changed = threading.Condition()
        self._started = time.perf_counter()

    @property
    def done(self) -> bool:
        """Return whether the last event has come, or an error."""
        return self._done

    def stages(self) -> tuple[Stage, ...]:
        """Return the steps so far."""
        return tuple(event for event in self.events if isinstance(event, Stage))

    def work(self, source: Iterator[Event]) -> None:
        """Take every event of `source`, up to the one after which the job was stopped."""
        for event in source:
            with self._changed:
                if self.stopped:
                    return
                self.events.append(event)
                self._changed.notify_all()

    def stop(self) -> None:
        """End the job for those who follow it; what is under way is finished and left out."""
        with self._changed:
            if not self._done:
                self.stopped = self._done = True
                self._changed.notify_all()

    def finish(self, future: Future[None]) -> None:
        """Note the end, and the error if there was one."""
        with self._changed:
            if self.stopped:
                return
            self.error = future.exception()
            self.seconds = time.perf_counter() - self._started
            self._done = True
            self._changed.notify_all()
        if self.error is not None:
            logger.error("a question failed", exc_info=self.error)

    def follow(self, beat: float | None = None) -> Iterator[Event | None]:
        """Yield every event from the first, waiting for those to come.

        With `beat`, None is yielded after that many seconds without an event, so that a script run
        that follows can be interrupted.
        """
        seen = 0
        while True:
            with self._changed:
                if not self._done and len(self.events) == seen:
                    self._changed.wait(beat)
                fresh, done = self.events[seen:], self._done
            yield from fresh
            seen += len(fresh)
            if done:
                return
            if not fresh and beat is not None:
                yield None


class Desk:
    """The latest job of each thread. Safe for several sessions at once."""

    def __init__(self) -> None:
        """Open a pool of workers; none starts before the first question."""
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="advisor")
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, thread: str, message: str, source: Callable[[], Iterator[Event]]) -> Job:
        """Begin to answer `message`; the events of `source()` become the job's."""
        job = Job(message)
        with self._lock:
            self._jobs.pop(thread, None)
            self._jobs[thread] = job
            while len(self._jobs) > MOST_JOBS:
                self._jobs.pop(next(iter(self._jobs)))
        future = self._pool.submit(lambda: job.work(source()))
        future.add_done_callback(job.finish)
        return job

    def of(self, thread: str) -> Job | None:
        """Return the latest job of `thread`, running or done, or None."""
        return self._jobs.get(thread)

    def drop(self, thread: str) -> None:
        """Forget the job of `thread`."""
        with self._lock:
            self._jobs.pop(thread, None)

    def close(self) -> None:
        """Wait for what is under way, and take no more."""
        self._pool.shutdown()
