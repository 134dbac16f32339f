"""Errors are a tree, and each names the value and what would do."""

from __future__ import annotations

import pytest

from agent import errors
from agent.errors import AdvisorError, InputError, UnknownName
from agent.opening import embedder
from agent.settings import Settings


def test_every_error_can_be_caught_at_the_root() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]

    assert len(kinds) >= 5
    assert all(issubclass(kind, AdvisorError) for kind in kinds)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    named = [kind for kind in vars(errors).values() if isinstance(kind, type)]

    assert errors.__doc__ is not None
    assert all(kind.__name__ in errors.__doc__ for kind in named)


def test_bad_input_is_a_value_error() -> None:
    assert issubclass(InputError, ValueError)


def test_an_unknown_name_brings_the_nearest() -> None:
    error = UnknownName("H1OO", kind="device", nearest=("H100 SXM", "H100 PCIe"))

    assert str(error) == "No device called 'H1OO' is known. Close: H100 SXM, H100 PCIe."
    assert error.nearest == ("H100 SXM", "H100 PCIe")


def test_an_unknown_name_without_neighbours_says_only_that() -> None:
    assert str(UnknownName("x", kind="model", nearest=())) == "No model called 'x' is known."


def test_half_an_embedding_endpoint_names_the_missing_settings() -> None:
    with pytest.raises(AdvisorError, match="ADVISOR_EMBEDDING_DIMENSIONS"):
        embedder(Settings(embedding_model="some-model"))
