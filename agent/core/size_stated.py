"""A model of which only the size is known, as the user stated it."""

from __future__ import annotations

from knowledge.schema import Fact, Model

STATED_MODEL = "models/as-stated"
"""The id of a model that no document describes."""
STATED_SIZE = "profile/message"
"""The source of its size."""
_CLASSES = ((3, "tiny"), (15, "small"), (50, "mid"), (200, "large"), (float("inf"), "ultra_large"))
"""Upper bounds in billions of parameters."""


def stated_model(parameters_b: float, *, read_on: str) -> Model:
    """Return a model of `parameters_b` billion parameters, all active, of unknown layout."""
    words = f"{parameters_b / 1000:,g}T" if parameters_b >= 1000 else f"{parameters_b:g}B"
    found = Model.model_validate(
        {
            "id": STATED_MODEL,
            "title": f"a {words} model",
            "read_on": read_on,
            "vendor": "not known",
            "open_weights": True,
            "licence": "not known",
            "size_class": next(name for most, name in _CLASSES if parameters_b <= most),
            "specialization": "general",
        }
    )
    size = Fact(
        name="parameters", value=parameters_b, unit="billion", source=STATED_SIZE, basis="computed"
    )
    return found.model_copy(update={"facts": (size,)})
