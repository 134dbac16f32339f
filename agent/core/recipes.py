"""A file that runs, made for a plan."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class RecipeFile(BaseModel):
    """A text file that runs, with the name to save it under."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    media_type: str
    content: str
    caption: str
