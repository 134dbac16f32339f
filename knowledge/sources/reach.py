"""What reading from the network may touch."""

from __future__ import annotations

from dataclasses import dataclass

HUB = "https://huggingface.co"
README_HOST = "https://raw.githubusercontent.com"


@dataclass(frozen=True, slots=True)
class Reach:
    """Limits of reading from the network.

    Private addresses are refused, also after a redirect and a name lookup. `own_machine` lets a
    caller name a loopback address outright (never by redirect): right for the command line and
    the API, wrong for a page that others can open. `trusted_hosts` are hosts ("host" or
    "host:port") that may be private, such as a mirror; the hosts of `hub_url` and `readme_url`
    are trusted because the operator chose them.
    """

    hub_url: str = HUB
    readme_url: str = README_HOST
    trusted_hosts: frozenset[str] = frozenset()
    own_machine: bool = True
    largest_bytes: int = 50_000_000
    seconds: float = 30.0
