"""How it should run, from free text: precision, context, users at once."""

from __future__ import annotations

import pytest

from agent.core.precision import parse_precision
from agent.interpreters import RuleInterpreter
from agent.profile import Profile
from agent.understanding import Understanding


def read(interpreter: RuleInterpreter, text: str) -> Understanding:
    return interpreter.understand(text, profile=Profile(), last=None)


@pytest.mark.parametrize(
    ("text", "users", "context"),
    [
        ("h100 80gb 70b awq 20 users 8k each", 20, 8000),
        ("4 x h200 100 users 16k each Llama 3.3 70B", 100, 16_000),
        ("Llama 3.3 70B on 4 H100, 50 concurrent users each 4k", 50, 4000),
        ("can 2 L40S serve 20 users with 8k context each, Qwen3 32B", 20, 8000),
        ("rtx 6000 pro 96gb gpt-oss 120b mxfp4 10 users at 32k", 10, 32_000),
        ("Qwen3 32B on an A100, 64 sessions, each 2048 tokens of context", 64, 2048),
        ("Llama 3.3 70B on 4 H100, 50 users each sending 20 messages a day", None, None),
    ],
)
def test_users_at_once_and_the_context_of_each_are_read(
    text: str, users: int | None, context: int | None, interpreter: RuleInterpreter
) -> None:
    said = read(interpreter, text)

    assert (said.concurrency, said.context_tokens) == (users, context)


@pytest.mark.parametrize(
    ("words", "precision"),
    [
        ("AWQ", "awq"),
        ("GPTQ", "gptq"),
        ("gptq int8", "gptq 8bit"),
        ("4-bit AWQ", "4bit"),
        ("EXL2 4.0bpw", "4.0bpw"),
        ("MLX 4bit", "mlx-4bit"),
        ("NF4", "nf4"),
        ("Q5_K_M", "q5_k_m"),
        ("q4_k_s", "q4_k_s"),
        ("UD-Q4_K_XL", "q4_k_xl"),
    ],
)
def test_a_precision_is_read_as_a_name_that_is_known(
    words: str, precision: str, interpreter: RuleInterpreter
) -> None:
    said = read(interpreter, f"Can I run Qwen3 32B {words} on a 4090?")

    assert said.precision == precision
    assert parse_precision(precision).bits > 0


@pytest.mark.parametrize(
    ("words", "precision"), [("UD-IQ1_S", "iq1_s"), ("1.58 bit", "1.58bit"), ("q2_k_xl", "q2_k_xl")]
)
def test_a_rare_precision_keeps_its_name(
    words: str, precision: str, interpreter: RuleInterpreter
) -> None:
    assert read(interpreter, f"DeepSeek R1 {words} on 2 H100").precision == precision
