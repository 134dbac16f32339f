"""How the tests themselves run: no network, no setting of the caller, strict stores."""

from __future__ import annotations

import os
import socket

import pytest

from agent import Settings

OUTSIDE = ("192.0.2.1", 80)
"""An address that is reserved for documentation and never answers."""


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
@pytest.mark.parametrize("again", [False, True], ids=["first test", "after a test has ended"])
def test_the_network_is_closed(again: bool) -> None:
    with socket.socket() as outward, pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
        outward.connect(OUTSIDE)


def test_this_machine_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_no_setting_of_the_caller_reaches_a_test() -> None:
    assert not [name for name in os.environ if name.startswith("ADVISOR_")]
    assert Settings() == Settings.model_construct()


def test_stored_types_are_checked_strictly() -> None:
    from langgraph.checkpoint.serde import _msgpack

    assert _msgpack.STRICT_MSGPACK_ENABLED is True
