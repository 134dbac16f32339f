"""Several processes that write at once, and processes that are killed; small sizes.

`python -m evals.scale` measures the same with thousands.
"""

from __future__ import annotations

import json
from pathlib import Path

from small_knowledge import add_cards

from evals.scale import kills, server, writers


def test_of_three_writers_to_a_folder_two_are_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    seen = writers(12, url=None, folder=tmp_path / "kb")

    assert seen["refused"] == 2
    assert sorted(json.loads(str(seen["added"])).values()) == [0, 0, 12]
    assert (seen["there"], seen["found_by_own_text"], seen["healthy"]) == (12, 12, True)


def test_three_writers_to_a_server_all_have_their_documents_there(tmp_path: Path) -> None:
    with server(tmp_path / "chroma") as url:
        seen = writers(12, url=url, folder=tmp_path / "kb")

    assert seen["refused"] == 0
    assert (seen["there"], seen["found_by_own_text"], seen["healthy"]) == (36, 36, True)


def test_an_index_killed_at_random_points_is_sound_each_time(tmp_path: Path, corpus: Path) -> None:
    add_cards(corpus, 300, prose=" Some prose." * 30)

    seen = kills(5, folder=tmp_path / "kb", corpus=corpus, longest_s=4)

    assert seen["sound_after_each"] == 5
    assert (seen["documents_in_the_end"], seen["healthy"]) == (303, True)
