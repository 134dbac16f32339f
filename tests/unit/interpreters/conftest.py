"""One interpreter over the bundled documents for all tests of this folder."""

from __future__ import annotations

import pytest

from agent.interpreters import RuleInterpreter
from knowledge import CORPUS, Catalogue, load_document
from knowledge.documents import document_paths


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue([load_document(path) for path in document_paths(CORPUS)])


@pytest.fixture(scope="session")
def interpreter(catalogue: Catalogue) -> RuleInterpreter:
    return RuleInterpreter(catalogue)
