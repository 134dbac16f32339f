"""Conversations: memory, streams, edits, and reopening the store."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from agent import Advisor, Answer, InputError, Settings, Stage, TextDelta

JOB = "Sort 5,000 emails a day into 8 folders, we have 20,000 labeled"


def test_a_stream_tells_each_step_then_the_text_then_the_answer(advisor: Advisor) -> None:
    events = list(advisor.stream(JOB, thread="stream"))

    stages = [event.name for event in events if isinstance(event, Stage)]
    assert stages == ["understand", "plan", "act", "decide", "compose", "verify"]
    assert isinstance(events[-1], Answer)
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == events[-1].text


def test_the_async_doors_give_the_same_answer(advisor: Advisor) -> None:
    async def both() -> tuple[Answer, Answer | Stage | TextDelta]:
        awaited = await advisor.aask(JOB, thread="async")
        events = [event async for event in advisor.astream(JOB, thread="astream")]
        return awaited, events[-1]

    asked = advisor.ask(JOB, thread="sync")
    with ThreadPoolExecutor(1) as elsewhere:
        awaited, streamed = elsewhere.submit(asyncio.run, both()).result()

    assert isinstance(streamed, Answer)
    assert asked.text == awaited.text == streamed.text


def test_an_edited_profile_answers_the_last_question_again(advisor: Advisor) -> None:
    before = advisor.ask(JOB, thread="edit")
    edited = before.profile.model_copy(update={"labeled_examples": 10})
    after = advisor.update_profile("edit", edited)

    assert after.question == "Changed: labeled examples to 10"
    assert after.profile.labeled_examples == 10
    assert after.verdict != before.verdict
    assert [turn.question for turn in advisor.turns("edit")] == [JOB, after.question]


def test_an_edit_after_the_sources_works_out_the_job_again(advisor: Advisor) -> None:
    before = advisor.ask(JOB, thread="edit-sources")
    advisor.ask("Show the sources", thread="edit-sources")
    edited = before.profile.model_copy(update={"requests_per_day": 80.0})
    after = advisor.update_profile("edit-sources", edited)

    assert after.headline != "Where that comes from"
    assert after.profile.requests_per_day == 80


def test_a_question_asked_twice_is_answered_twice(advisor: Advisor) -> None:
    for _ in range(2):
        advisor.ask("What bandwidth has an H100 SXM?", thread="twice")

    assert len(advisor.turns("twice")) == 2


def test_a_thread_without_a_question_can_not_be_answered_again(advisor: Advisor) -> None:
    with pytest.raises(InputError, match="'nobody'"):
        advisor.update_profile("nobody", advisor.ask(JOB, thread="other").profile)


def test_conversations_survive_reopening(index_folder: Path, tmp_path: Path) -> None:
    settings = Settings(
        index=index_folder, threads=tmp_path / "threads.sqlite", today=date(2026, 11, 24)
    )
    with Advisor(settings) as first:
        first.ask(JOB, thread="kept")
        first.ask("and with no labels?", thread="kept")
    with Advisor(settings) as second:
        assert [t.id for t in second.threads()] == ["kept"]
        assert second.threads()[0].title == JOB
        turns = second.turns("kept")
        assert [turn.question for turn in turns] == [JOB, "and with no labels?"]
        answer = second.ask("and if volume grows tenfold?", thread="kept")
        assert answer.profile.requests_per_day == 50_000
        assert answer.profile.labeled_examples == 0
        second.forget("kept")
        assert second.threads() == ()


def test_threads_do_not_share_a_profile(advisor: Advisor) -> None:
    advisor.ask(JOB, thread="one")
    answer = advisor.ask("Summarize 50 reports a day", thread="another")

    assert answer.profile.labeled_examples is None


def test_what_is_no_text_is_refused(advisor: Advisor) -> None:
    with pytest.raises(InputError, match="'int'"):
        advisor.ask(3)  # type: ignore[arg-type]


def test_an_answer_can_be_exported_whole(advisor: Advisor) -> None:
    answer = advisor.ask(JOB, thread="export")

    markdown = answer.to_markdown()
    assert "## Sources" in markdown
    assert "## Workings" in markdown
    assert Answer.model_validate(answer.to_dict()) == answer


def test_the_same_question_gives_the_same_answer(advisor: Advisor) -> None:
    first, second = advisor.ask(JOB, thread="same-1"), advisor.ask(JOB, thread="same-2")

    assert first.text == second.text
    assert first.options == second.options


def test_what_was_not_understood_leaves_the_answer_standing(advisor: Advisor) -> None:
    first = advisor.ask(JOB, thread="unread")
    unread = advisor.ask("the purple one smells nice though", thread="unread")
    why = advisor.ask("why?", thread="unread")

    assert unread.kind == "clarification"
    assert len(unread.suggestions) == 3
    assert why.kind == first.kind
    assert why.verdict == first.verdict


def test_a_change_without_effect_says_so(advisor: Advisor) -> None:
    advisor.ask(JOB, thread="same")
    again = advisor.ask("what about 20,000 labeled?", thread="same")

    assert again.headline.startswith("No change. ")


def test_it_means_the_model_that_was_picked(advisor: Advisor) -> None:
    pick = advisor.ask(JOB, thread="pick")
    advisor.ask("thanks!", thread="pick")
    fit = advisor.ask("can it run on a 16 GB MacBook?", thread="pick")

    assert fit.kind == "fit"
    assert pick.options[0].model in {c.doc_id for c in fit.citations} | {
        source.partition("#")[0] for c in fit.calculations for source in c.sources
    }


def test_other_jobs_of_a_list_are_named(advisor: Advisor) -> None:
    answer = advisor.ask("sort emails, summarize meetings and translate manuals, 2000 a month")

    assert "Summarize meetings and translate manuals are other jobs" in answer.text
