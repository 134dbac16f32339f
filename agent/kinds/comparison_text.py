"""The words of a comparison, by the kind of product."""

from __future__ import annotations

from agent.kinds.compare_devices import write_devices
from agent.kinds.compare_models import write_models
from agent.kinds.compare_toolkits import write_toolkits
from agent.kinds.comparison import Compared
from agent.kinds.naming import short
from agent.turn import Draft, Turn
from knowledge.schema import Hardware, Model


def write(found: Compared, turn: Turn) -> Draft:
    """Draft the comparison."""
    names = [short(document) for document in found.documents]
    for document in found.documents:
        turn.book.name(short(document), document.title, *document.aliases)
    first = found.documents[0]
    if isinstance(first, Hardware):
        return write_devices(found, turn, names)
    if isinstance(first, Model):
        return write_models(found, turn, names)
    return write_toolkits(found, turn, names)
