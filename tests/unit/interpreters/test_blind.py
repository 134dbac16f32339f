"""Questions written after the rules, in the voices of people who know nothing of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from agent.interpreters import RuleInterpreter
from agent.profile import Profile


@dataclass(frozen=True)
class Voice:
    id: str
    text: str
    intent: str
    slots: dict[str, object] = field(default_factory=dict)
    names: dict[str, object] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


VOICES = [
    voice
    for name in ("voices.yaml", "hurried.yaml", "abroad.yaml")
    for voice in TypeAdapter(list[Voice]).validate_python(
        yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    )
]


def as_read(value: object) -> object:
    """Return a value of the file as the interpreter gives it: tuples, and figures within 1%."""
    if isinstance(value, list):
        return tuple(as_read(item) if isinstance(item, list) else item for item in value)
    return pytest.approx(value, rel=0.01) if isinstance(value, float) else value


@pytest.mark.parametrize("case", VOICES, ids=lambda case: case.id)
def test_a_voice_is_understood(case: Voice, interpreter: RuleInterpreter) -> None:
    said = interpreter.understand(case.text, profile=Profile(), last=None)

    assert said.intent == case.intent
    for slot, value in case.slots.items():
        assert getattr(said.patch, slot) == as_read(value), slot
    for name, value in case.names.items():
        assert getattr(said, name) == as_read(value), name
    for slot in case.absent:
        assert getattr(said.patch, slot) is None, slot
    assert said.problems == ()
