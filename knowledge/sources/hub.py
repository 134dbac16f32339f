"""A model on the Hugging Face hub, or on a server laid out like it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import yaml

from knowledge.documents import split_front_matter
from knowledge.errors import DocumentError
from knowledge.sources.fetching import StatusError, fetch
from knowledge.sources.reach import HUB, Reach
from knowledge.sources.results import ModelCard, Read, Refusal

REPO_ID = re.compile(r"(?!.*(--|\.\.))[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
LONGEST_REPO_ID = 96
NOT_MODELS = {
    *("api", "blog", "chat", "collections", "datasets", "docs", "join", "learn", "login"),
    *("models", "new", "organizations", "papers", "posts", "pricing", "search", "settings"),
    *("spaces", "tasks"),
}
"""First parts of a path on the hub that name something else than who publishes a model."""
LARGEST_FILE = 2_000_000
LARGEST_INDEX = 30_000_000
DEEPEST = 30
MOST_VALUES = 1_000_000
REFUSED = {401, 403}
ABSENT = {404, 410}


def is_repo_id(text: str) -> bool:
    """Return whether `text` has the form "publisher/model"; old models have no publisher."""
    return len(text) <= LONGEST_REPO_ID and bool(REPO_ID.fullmatch(text))


def repo_of(url: str, reach: Reach) -> str | None:
    """Return the repository id in the address of a model on the hub, or None."""
    parts = urlsplit(url)
    if parts.netloc.lower() not in {
        urlsplit(reach.hub_url).netloc.lower(),
        urlsplit(HUB).netloc,
        "www.huggingface.co",
        "hf.co",
    }:
        return None
    path = [part for part in parts.path.split("/") if part]
    is_model = len(path) == 2 or path[2:4] in (["tree", "main"], ["blob", "main"])
    repo_id = "/".join(path[:2])
    return repo_id if is_model and path[0] not in NOT_MODELS and is_repo_id(repo_id) else None


def read_model(repo_id: str, reach: Reach) -> Read:
    """Return the card of a model; a gated config.json is listed as refused.

    Raises:
        DocumentError: if the hub has neither card nor configuration, or one of them is damaged.
    """
    if not is_repo_id(repo_id):
        raise DocumentError(f"{repo_id!r} is no model of a hub; write hf:publisher/model")
    hub = reach.hub_url.rstrip("/")
    files = f"{hub}/{repo_id}/resolve/main"
    refused: list[Refusal] = []
    readme = _file(f"{files}/README.md", reach, refused)
    config = _file(f"{files}/config.json", reach, refused)
    if readme is None and config is None:
        raise DocumentError(_nothing_of(repo_id, hub, refused))
    metadata, text = _split(readme or b"", f"{repo_id}/README.md", refused)
    about = _extra(f"{hub}/api/models/{repo_id}", reach, refused)
    index = _extra(f"{files}/model.safetensors.index.json", reach, refused)
    modified = about.get("lastModified")
    card = ModelCard(
        repo_id=repo_id,
        readme=text,
        metadata=metadata or _mapping(about.get("cardData")),
        config=_json_object(config, f"{repo_id}/config.json") if config is not None else {},
        url=f"{hub}/{repo_id}",
        tensors=_tensors(index, about) or None,
        last_modified=modified if isinstance(modified, str) else None,
    )
    return Read(cards=(card,), refused=tuple(refused))


def _file(
    url: str, reach: Reach, refused: list[Refusal], largest: int = LARGEST_FILE
) -> bytes | None:
    """Return a file's content, or None where the hub has none or keeps it back."""
    try:
        return fetch(url, replace(reach, largest_bytes=min(largest, reach.largest_bytes))).content
    except StatusError as error:
        if error.status in REFUSED:
            reason = f"the hub keeps it back ({error.status}): it is gated or private"
            refused.append(Refusal(url, reason))
        elif error.status not in ABSENT:
            raise
        return None


def _nothing_of(repo_id: str, hub: str, refused: list[Refusal]) -> str:
    if refused:
        return f"{repo_id}: {refused[0].reason}, or there is no model of this name at {hub}"
    return f"{repo_id} has no README.md and no config.json at {hub}; is the name right?"


def _extra(url: str, reach: Reach, refused: list[Refusal]) -> Mapping[str, Any]:
    """Return a JSON object that the card can do without."""
    gated: list[Refusal] = []
    try:
        content = _file(url, reach, gated, LARGEST_INDEX)
        return _json_object(content, url) if content is not None else {}
    except DocumentError as error:
        refused.append(Refusal(url, str(error)))
        return {}


def _split(readme: bytes, name: str, refused: list[Refusal]) -> tuple[Mapping[str, Any], str]:
    """Return (front matter, text) of a card."""
    text = readme.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    front_matter, body = split_front_matter(text)
    if front_matter is None:
        return {}, body.strip()
    try:
        metadata = yaml.load(front_matter, Loader=yaml.CSafeLoader)
        _check_size(metadata, name)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        refused.append(Refusal(name, f"its front matter can't be used: {reason}"))
        metadata = None
    return _mapping(metadata), body.strip()


def _json_object(content: bytes, name: str) -> Mapping[str, Any]:
    """Return the JSON object in `content`.

    Raises:
        DocumentError: if it is none, holds a number without a value, or is nested too deep.
    """
    try:
        value = json.loads(content, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{name} is no valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise DocumentError(f"{name} must be a JSON object, not {str(value)[:40]!r}")
    _check_size(value, name)
    return value


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number} is no number")
    return value


def _check_size(value: object, name: str) -> None:
    """Refuse what is nested too deep or grows when it is walked.

    Raises:
        DocumentError: naming `name` and the limit.
    """
    level = [value]
    for _ in range(DEEPEST):
        level = list(islice(_children(level), MOST_VALUES + 1))
        if len(level) > MOST_VALUES:
            raise DocumentError(f"{name} holds more than {MOST_VALUES:,} values")
        if not level:
            return
    raise DocumentError(f"{name} is nested more than {DEEPEST} levels deep")


def _children(values: list[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, dict):
            yield from value.values()
        elif isinstance(value, list):
            yield from value


def _tensors(index: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, int]:
    """Return what is known of the weights, from their index or else from the hub's own count."""
    stated = _mapping(index.get("metadata"))
    counted = _mapping(about.get("safetensors")) or _mapping(about.get("gguf"))
    found = {
        "total_size": stated.get("total_size"),
        "total_parameters": stated.get("total_parameters", counted.get("total")),
    }
    return {
        name: int(value)
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    }


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
