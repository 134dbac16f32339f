"""Find what reads like a product's name but is not known."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.mentions import Mention
from knowledge.resolving import Resolver


def find_unknown(text: str, mentions: Sequence[Mention], resolver: Resolver) -> tuple[str, ...]:
    return ()
