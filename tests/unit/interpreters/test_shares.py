"""Shares of easy and hard requests, and jobs on users' own devices, as people say them."""

from __future__ import annotations

import pytest

from agent.interpreters.shares import read_shares
from agent.interpreters.slots import Slots


def read(message: str) -> Slots:
    slots = Slots()
    read_shares(message, slots)
    return slots


@pytest.mark.parametrize(
    ("message", "share"),
    [
        ("85% are the same 200 questions, the rest is gnarly multi-step stuff", 0.85),
        ("70% of our calls are simple resets, the other 30% need reasoning", 0.7),
        ("20 percent of the claims are complicated, the rest are trivial", 0.8),
        ("four out of five tickets are routine, the others are messy", 0.8),
        ("60% standard forms, 40% weird ones", 0.6),
        ("90 % sind einfache Fragen, der Rest ist schwierig", 0.9),
    ],
)
def test_an_easy_share_beside_a_rest_is_read(message: str, share: float) -> None:
    assert read(message).values["routine_share"] == pytest.approx(share)


@pytest.mark.parametrize(
    "message",
    [
        "we want 95% accuracy on 12 queues",
        "80% of the tickets are in English, the rest in German",
        "about 30% are hard",
        "cut cost by 50%, the same quality",
        "one of the three models is better than the rest",
    ],
)
def test_other_shares_are_no_split(message: str) -> None:
    assert "routine_share" not in read(message).values


@pytest.mark.parametrize(
    ("message", "on_device"),
    [
        ("NPC talk that runs offline on the player's 8 GB graphics card", True),
        ("an assistant that runs on each user's phone", True),
        ("on-device summaries of notes", True),
        ("translate chat on the tablet, offline", True),
        ("fine-tune on a laptop", False),
        ("train on one graphics card that we own", False),
        ("answer questions about the phone", False),
    ],
)
def test_a_job_on_users_devices_is_told_from_a_server(message: str, on_device: bool) -> None:
    assert ("on_device" in read(message).values) is on_device
