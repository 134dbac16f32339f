"""What a message asks for."""

from __future__ import annotations

import pytest
from intent_questions import QUESTIONS, Question

from agent.interpreters import RuleInterpreter
from agent.profile import Profile


@pytest.mark.parametrize("case", QUESTIONS, ids=lambda case: case.id)
def test_the_question_is_understood(case: Question, interpreter: RuleInterpreter) -> None:
    said = interpreter.understand(case.text, profile=Profile(), last=None)

    assert said.intent == case.intent
    for field_name, value in case.want.items():
        assert getattr(said, field_name) == value, field_name


@pytest.mark.parametrize("name", ["NVIDIA Zeta-9000", "Zephyron X9"])
def test_an_unknown_product_is_named_as_unknown(name: str, interpreter: RuleInterpreter) -> None:
    said = interpreter.understand(f"how fast is the {name}?", profile=Profile(), last=None)

    assert said.intent in ("fact", "speed")
    assert any(part in name for part in said.unknown)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Which model should we use for this?", "en"),
        ("Welches Modell sollten wir dafür nehmen?", "de"),
        ("Quel modèle devrions-nous utiliser pour cela ?", "fr"),
        ("¿Qué modelo deberíamos usar para esto?", "es"),
        ("我们应该用哪个模型？", "zh"),
        ("Quale modello dovremmo usare per questo?", "other"),
        ("Какую модель нам использовать?", "other"),
    ],
)
def test_the_language_is_recognised(text: str, language: str, interpreter: RuleInterpreter) -> None:
    assert interpreter.understand(text, profile=Profile(), last=None).language == language


@pytest.mark.parametrize(
    ("text", "task", "left"),
    [
        (
            "claims triage, draft emails, fraud scoring for an insurer, 5000 claims a month",
            "claims triage",
            ("draft emails", "fraud scoring for an insurer"),
        ),
        ("We sort emails, summarize meetings and translate manuals", "sort emails", None),
        ("We want to sort, tag and route emails", "sort, tag and route emails", ()),
        ("extract names, dates and amounts, and summarize the contract", None, ()),
    ],
)
def test_the_first_of_several_jobs_is_answered(
    text: str, task: str | None, left: tuple[str, ...] | None, interpreter: RuleInterpreter
) -> None:
    said = interpreter.understand(text, profile=Profile(), last=None)

    assert task is None or said.patch.task == task
    assert said.left == (("summarize meetings", "translate manuals") if left is None else left)
