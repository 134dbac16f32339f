"""What can go wrong, as a tree.

AdvisorError
├── InputError          the user's value can't be used; the message names it and the valid choices
│   └── UnknownName     no such model, device or tool; the nearest names are offered
├── SettingsError       a setting can't be used
├── ThreadError         the conversation store can't be read or written
└── GroundingError      a draft stated what no evidence carries
"""

from __future__ import annotations


class AdvisorError(Exception):
    """Base of every error that the advisor raises on purpose."""


class InputError(AdvisorError, ValueError):
    """A value that can't be used. The message names it and the valid choices.

    `cites` are the ids of the statements that the message takes its bounds from.
    """

    def __init__(self, message: str, *, cites: tuple[str, ...] = ()) -> None:
        """Say what is wrong, and from which statements the bounds come."""
        super().__init__(message)
        self.cites = cites


class UnknownName(InputError):
    """A name that the catalogue does not hold."""

    def __init__(self, name: str, *, kind: str, nearest: tuple[str, ...]) -> None:
        """Name what is unknown, and the nearest names."""
        self.name = name
        self.nearest = nearest
        close = f" Close: {', '.join(nearest)}." if nearest else ""
        super().__init__(f"No {kind} called {name!r} is known.{close}")


class SettingsError(AdvisorError):
    """A setting that can't be used."""


class ThreadError(AdvisorError):
    """The conversation store can't be read or written."""


class GroundingError(AdvisorError):
    """A draft stated what no evidence carries."""
