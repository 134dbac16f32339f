"""The job in numbers: what is missing is assumed and says so."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from agent.core.defaults import defaults
from agent.errors import InputError
from agent.job import DEFAULT_REQUESTS, Job, job_of
from agent.profile import Profile
from knowledge.schema import TaskType

DEFAULTS = defaults()
FULL = Profile(
    task="route tickets",
    task_type="classification",
    requests_per_day=20_000,
    input_tokens=400,
    output_tokens=6,
    labeled_examples=60_000,
    wrong_answer_usd=2.0,
    rules_change_often=True,
    latency_ms=300,
    budget_usd_per_month=2_000,
    data_residency="eu",
    hardware=(("hardware/nvidia-l4", 2),),
    languages=("de", "en"),
    quality_bar=0.9,
)


def job(profile: Profile) -> Job:
    return job_of(profile, DEFAULTS, years=3)


def test_what_the_user_said_is_taken_as_said_and_nothing_is_assumed() -> None:
    said = job(FULL)

    assert said.assumed == {}
    assert (said.requests_per_day, said.input_tokens, said.output_tokens) == (20_000, 400, 6)
    assert (said.labeled_examples, said.wrong_answer_usd) == (60_000, 2.0)
    assert said.rules_change_often
    assert (said.latency_ms, said.budget_usd_per_month) == (300, 2_000)
    assert said.residency == "eu"
    assert said.hardware == (("hardware/nvidia-l4", 2),)
    assert said.languages == ("de", "en")


def test_every_missing_slot_is_assumed_in_words() -> None:
    empty = job(Profile())

    assert set(empty.assumed) == {
        "task_type", "requests_per_day", "tokens", "labeled_examples", "wrong_answer_usd",
    }  # fmt: skip
    assert empty.requests_per_day == DEFAULT_REQUESTS
    assert "1,000 requests a day" in empty.assumed["requests_per_day"]


@pytest.mark.parametrize("task_type", get_args(TaskType))
def test_tokens_and_the_cost_of_an_error_follow_the_type_of_task(task_type: TaskType) -> None:
    assumed = job(Profile(task_type=task_type))
    usual = DEFAULTS.tasks[task_type]

    assert (assumed.input_tokens, assumed.output_tokens) == (
        usual.input_tokens,
        usual.output_tokens,
    )
    assert f"{usual.input_tokens:,} tokens in" in assumed.assumed["tokens"]
    assert assumed.wrong_answer_usd == DEFAULTS.wrong_answer_usd(task_type)


def test_one_known_length_is_kept_and_the_other_assumed() -> None:
    half = job(Profile(task_type="classification", input_tokens=777))

    assert half.input_tokens == 777
    assert half.assumed["tokens"].startswith("777 tokens in")


def test_a_stated_zero_is_no_gap() -> None:
    stated = job(Profile(labeled_examples=0, wrong_answer_usd=0))

    assert "labeled_examples" not in stated.assumed
    assert "wrong_answer_usd" not in stated.assumed
    assert stated.wrong_answer_usd == 0


def test_no_gpus_is_not_the_same_as_not_having_said_so() -> None:
    assert job(Profile(hardware=())).hardware == ()
    assert job(Profile()).hardware is None


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("requests_per_day", 5.0),
        ("labeled_examples", 12),
        ("wrong_answer_usd", 0.25),
        ("residency", "on_premises"),
        ("rules_change_often", True),
    ],
)
def test_one_slot_can_be_varied_and_the_rest_stays(slot: str, value: float | str) -> None:
    before = job(Profile(task_type="classification"))
    after = before.with_value(slot, value)

    assert getattr(after, slot) == value
    assert after != before
    assert replace(after, **{slot: getattr(before, slot)}) == before


def test_a_slot_that_cannot_be_varied_is_named() -> None:
    with pytest.raises(InputError, match="'deadline'"):
        job(FULL).with_value("deadline", 1.0)


@pytest.mark.parametrize(
    ("task", "task_type", "tokens"),
    [
        ("classify discharge letters", "classification", 1200),
        ("classify pages of contracts", "classification", 600),
        ("summarize contracts", "summarization", 6000),
        ("extract fields from contract pages", "extraction", 1500),
        ("label product photos", "vision_document", 1000),
        ("read invoices from scans", "vision_document", 2500),
    ],
)
def test_a_named_document_gives_the_length_where_it_is_longer(
    task: str, task_type: TaskType, tokens: int
) -> None:
    assert job(Profile(task=task, task_type=task_type)).input_tokens == tokens


@pytest.mark.parametrize(
    ("task", "stated", "labels", "instructed"),
    [
        ("tag user pictures", "classification", True, True),
        ("write descriptions from photos", "open_writing", False, True),
        ("detect defects in photos", "vision_document", True, True),
        ("read invoices from scans", "vision_document", False, False),
    ],
)
def test_a_job_that_takes_in_pictures_is_one_on_pictures(
    task: str, stated: TaskType, labels: bool, instructed: bool
) -> None:
    found = job(Profile(task=task, task_type=stated))

    assert found.task_type == "vision_document"
    assert (found.labels_only, found.instructed) == (labels, instructed)
    assert (found.output_tokens < 10) == labels


def test_titles_of_pictures_are_text() -> None:
    assert job(Profile(task="sort images captions", task_type="classification")).task_type == (
        "classification"
    )
