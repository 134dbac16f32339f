"""The compose file, the image and the settings agree."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
PINNED = re.compile(r"[\w./-]+:\d+\.\d+[\w.-]*")


def image(name: str) -> str:
    return str(SERVICES[name]["image"])


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned(name: str) -> None:
    assert PINNED.fullmatch(image(name))


def test_base_image_is_pinned_and_new_enough() -> None:
    found = re.search(r"^FROM python:(\d+)\.(\d+)\.\d+-slim\S*$", DOCKERFILE, re.M)

    assert found is not None
    assert (int(found[1]), int(found[2])) >= (3, 11)


def test_chroma_server_and_client_are_of_one_version() -> None:
    pins = (ROOT / "constraints.txt").read_text("utf-8")

    assert f"chromadb=={image('chroma').rpartition(':')[2]}\n" in pins


def test_settings_exist() -> None:
    variables = [*SERVICES["app"]["environment"], *re.findall(r"ADVISOR_\w+", DOCKERFILE)]

    assert {name.removeprefix("ADVISOR_").lower() for name in variables} <= set(
        Settings.model_fields
    )


def test_named_volumes_and_dependencies_exist() -> None:
    mounted = {str(v).partition(":")[0] for s in SERVICES.values() for v in s.get("volumes", ())}

    assert mounted == set(COMPOSE["volumes"])
    assert set(SERVICES["app"]["depends_on"]) <= set(SERVICES)
    for name in SERVICES["app"]["depends_on"]:
        assert SERVICES[name]["healthcheck"]["test"]


def test_image_runs_as_nobody_special_and_says_how_it_is() -> None:
    user = re.findall(r"^USER (\S+)$", DOCKERFILE, re.M)[-1]

    assert user not in {"root", "0"}
    assert "/_stcore/health" in re.findall(r"HEALTHCHECK.*?(?=\nCMD)", DOCKERFILE, re.S)[0]


def test_what_the_image_copies_reaches_the_builder() -> None:
    let_in = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {
        source
        for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.M)
        for source in [word for word in line.split() if not word.startswith("--")][:-1]
    }

    assert copied == let_in
    assert [name for name in copied if not (ROOT / name).exists()] == []
