from __future__ import annotations

from time import perf_counter
from typing import get_args

import pytest

from agent.core.odds import Odds, Studies, specialized_odds
from agent.errors import InputError
from agent.kinds.option_rows import TIE_SHARE
from knowledge.documents import CORPUS, load_folder
from knowledge.schema import Study, TaskType, Training


@pytest.fixture(scope="module")
def papers() -> list[Study]:
    found = [loaded.document for loaded in load_folder(CORPUS / "studies")]
    return [document for document in found if isinstance(document, Study)]


@pytest.fixture(scope="module")
def studies(papers: list[Study]) -> Studies:
    return Studies.from_documents(papers)


def tickets(studies: Studies, examples: int | None) -> float:
    return studies.odds(
        "classify support tickets into queues",
        task_type="classification",
        domain="support",
        training="task",
        train_examples=examples,
    ).value


def test_odds_lie_within_their_interval_and_between_0_and_1(studies: Studies) -> None:
    odds = studies.odds("sort tickets", task_type="classification", train_examples=2000)
    assert odds.low is not None
    assert odds.high is not None
    assert 0 < odds.low < odds.value < odds.high < 1


def test_more_labels_never_lower_the_odds(studies: Studies) -> None:
    chances = [tickets(studies, n) for n in (1, 10, 30, 100, 300, 1000, 5000, 60_000, 10**7)]
    assert chances == sorted(chances)


def test_under_50_labels_the_large_model_is_preferred(studies: Studies) -> None:
    assert tickets(studies, 30) < 0.45


def test_a_few_hundred_labels_leave_it_open(studies: Studies) -> None:
    assert 0.45 < tickets(studies, 300) < 0.75


def test_thousands_of_labels_for_narrow_outputs_favour_the_specialized_model(
    studies: Studies,
) -> None:
    assert tickets(studies, 5000) > 0.75


@pytest.mark.parametrize("task_type", ["classification", "extraction", "text_to_sql"])
def test_a_model_tuned_on_the_task_stands_better_than_one_tuned_on_something_else(
    studies: Studies, task_type: TaskType
) -> None:
    tuned = studies.odds("", task_type=task_type, training="task").value
    strayed = studies.odds("", task_type=task_type, training="off_task").value
    assert strayed < 0.4 < tuned


def test_a_domain_on_the_box_is_weak_evidence(studies: Studies) -> None:
    assert (
        studies.odds(
            "answer medical exam questions",
            task_type="qa_closed",
            domain="medical",
            training="domain",
        ).value
        < 0.4
    )


def test_labels_given_without_a_training_mean_a_model_tuned_on_the_task(studies: Studies) -> None:
    implied = studies.odds("sort tickets", task_type="classification", train_examples=4000)
    stated = studies.odds(
        "sort tickets", task_type="classification", training="task", train_examples=4000
    )
    assert implied.value == stated.value


def test_without_labels_no_model_tuned_on_the_task_is_promised(studies: Studies) -> None:
    none = studies.odds("sort tickets", task_type="classification", train_examples=0)
    assert none.value == max(
        studies.odds("sort tickets", task_type="classification", training=kind).value
        for kind in ("skill", "domain")
    )


def test_an_inferred_type_widens_the_interval(studies: Studies) -> None:
    task = "write SQL queries that answer questions about a database"
    known = studies.odds(task, task_type="text_to_sql", training="task")
    guessed = studies.odds(task, training="task")
    assert _width(guessed) > _width(known)


def test_a_type_that_no_paper_tested_widens_the_interval(studies: Studies) -> None:
    tested = studies.odds("", task_type="function_calling", training="skill")
    untested = studies.odds("", task_type="agentic", training="skill")
    assert _width(untested) > _width(tested)


def test_the_nearest_studies_are_documents_of_the_corpus(
    studies: Studies, papers: list[Study]
) -> None:
    odds = studies.odds("label court opinions", task_type="classification", domain="legal")
    assert odds.studies
    assert set(odds.studies) <= {paper.id for paper in papers}
    assert odds.sources == odds.studies
    assert "studies/lawma-2024" in odds.studies[:2]


def test_a_new_study_moves_the_odds(studies: Studies, papers: list[Study]) -> None:
    loser = (
        papers[0]
        .comparisons[0]
        .model_copy(
            update={"task_type": "time_series", "winner": "ultra_large", "reliability": "high"}
        )
    )
    paper = papers[0].model_copy(update={"id": "studies/new", "comparisons": (loser,) * 4})
    more = Studies.from_documents([*papers, paper])
    training: Training = loser.specialized.training or "skill"
    before = studies.odds("forecast", task_type="time_series", training=training).value
    assert more.odds("forecast", task_type="time_series", training=training).value < before


@pytest.mark.parametrize(
    ("task_type", "training", "wins", "rows"),
    [
        (None, None, 98, 207),
        (None, "task", 65, 87),
        (None, "skill", 22, 66),
        (None, "domain", 7, 31),
        (None, "off_task", 4, 23),
        ("classification", None, 28, 47),
        ("classification", "task", 26, 34),
        ("extraction", None, 13, 17),
        ("extraction", "task", 12, 12),
        ("moderation", None, 12, 16),
        ("text_to_sql", "task", 6, 7),
        ("qa_closed", "task", 4, 12),
        ("function_calling", None, 4, 19),
    ],
)
def test_counts_agree_with_the_published_table(
    studies: Studies,
    task_type: TaskType | None,
    training: Training | None,
    wins: int,
    rows: int,
) -> None:
    counts = studies.counts(task_type, training)
    assert (counts.specialized, counts.n) == (wins, rows)
    assert counts.calculation.value == wins


def test_the_usual_gap_is_in_points_of_a_hundred(studies: Studies) -> None:
    gap = studies.typical_gap("classification", "task")
    assert 0 < gap.low < gap.points < gap.high < 100
    assert gap.calculation.unit == "points"


def test_a_type_without_rows_gets_the_gap_of_all(studies: Studies) -> None:
    gap = studies.typical_gap("time_series", None)
    assert gap.n == 0
    assert gap.points > 0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"task_type": "sorting"}, "'sorting'.*classification"),
        ({"training": "magic"}, "'magic'.*off_task"),
        ({"train_examples": -1}, "-1"),
        ({"specialized_params_b": 0.0}, "0.0"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(InputError, match=named):
        specialized_odds("sort tickets", **change)  # type: ignore[arg-type]  # wrong on purpose


def test_the_same_question_gets_the_same_odds_from_a_fresh_fit(papers: list[Study]) -> None:
    assert tickets(Studies.from_documents(papers), 700) == tickets(
        Studies.from_documents(papers), 700
    )


def test_fitting_and_asking_are_quick(papers: list[Study]) -> None:
    start = perf_counter()
    fitted = Studies.from_documents(papers)
    fitting = perf_counter() - start
    start = perf_counter()
    for _ in range(50):
        tickets(fitted, 700)
    assert fitting < 1.0
    assert (perf_counter() - start) / 50 < 0.01


def _width(odds: Odds) -> float:
    assert odds.low is not None
    assert odds.high is not None
    return odds.high - odds.low


def test_labels_teach_format_not_facts(studies: Studies) -> None:
    def exam(examples: int) -> float:
        return studies.odds(
            "answer medical exam questions",
            task_type="qa_closed",
            domain="medical",
            training="task",
            train_examples=examples,
        ).value

    assert exam(100_000) == exam(1000) < 0.65


@pytest.mark.parametrize(
    ("task", "task_type"),
    [
        ("write SQL queries that answer questions about a database", "text_to_sql"),
        ("flag toxic comments", "moderation"),
        ("translate product pages to German", "translation"),
        ("fix bugs in python code", "code_generation"),
    ],
)
def test_plain_words_name_the_type_of_task(
    studies: Studies, task: str, task_type: TaskType
) -> None:
    guessed = studies.odds(task, training="task").value
    assert guessed == studies.odds(task, task_type=task_type, training="task").value


def test_words_that_no_study_knows_name_no_type(studies: Studies) -> None:
    odds = studies.odds("xyzzy plugh", training="task")
    assert any(i.name == "type of task" and i.value == "unknown" for i in odds.inputs)


@pytest.mark.parametrize("training", ["task", "skill", "domain", "off_task"])
def test_no_odds_are_certain(studies: Studies, training: Training) -> None:
    for task_type in get_args(TaskType):
        odds = studies.odds("", task_type=task_type, training=training)
        assert odds.low is not None
        assert odds.high is not None
        assert 0.01 < odds.low < odds.value < odds.high < 0.99


@pytest.mark.parametrize("task_type", get_args(TaskType))
def test_more_labels_never_lower_the_odds_of_any_type(
    studies: Studies, task_type: TaskType
) -> None:
    chances = [
        studies.odds("", task_type=task_type, training="task", train_examples=n).value
        for n in (0, 5, 20, 100, 1_000, 20_000)
    ]
    assert chances == sorted(chances)


def test_the_share_of_ties_is_the_one_that_answers_assume(studies: Studies) -> None:
    counts = studies.counts()
    assert (counts.ties, counts.n) == (16, 207)
    assert counts.ties / counts.n == pytest.approx(TIE_SHARE, abs=0.005)


def test_counts_add_up_over_trainings_and_types(studies: Studies) -> None:
    every = studies.counts()
    assert every.n == sum(studies.counts(training=kind).n for kind in get_args(Training))
    assert every.n == sum(studies.counts(kind).n for kind in get_args(TaskType))
    assert every.n == every.specialized + every.ties + every.ultra_large


def test_the_nearest_comparisons_are_of_the_type_of_task(
    studies: Studies, papers: list[Study]
) -> None:
    known = {paper.id: paper for paper in papers}
    found = studies.nearest_comparisons(
        "route support tickets", task_type="classification", domain=None, training="task"
    )
    assert len(found) == 3
    for doc_id, comparison in found:
        assert comparison.task_type == "classification"
        assert comparison in known[doc_id].comparisons


def test_the_bundled_studies_answer_without_being_handed_in(studies: Studies) -> None:
    asked = specialized_odds("sort tickets", task_type="classification", train_examples=2000)
    assert asked.value == pytest.approx(
        studies.odds("sort tickets", task_type="classification", train_examples=2000).value
    )
    assert asked.n == studies.counts(training="task").n
