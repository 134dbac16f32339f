from __future__ import annotations

import pytest

from knowledge.catalogue import Catalogue
from knowledge.documents import CORPUS, load_folder


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue(load_folder(CORPUS))
