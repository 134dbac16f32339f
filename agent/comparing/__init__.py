"""Products side by side, without a question: stated figures, our estimates, and what differs."""

from agent.comparing.estimates import Placed, Setting, estimate_lines, place
from agent.comparing.field import Field, Point, device_field, model_field
from agent.comparing.lines import Cell, Line, Side
from agent.comparing.stated import disagreements, stated_lines

__all__ = [
    "Cell",
    "Field",
    "Line",
    "Placed",
    "Point",
    "Setting",
    "Side",
    "device_field",
    "disagreements",
    "estimate_lines",
    "model_field",
    "place",
    "stated_lines",
]
