"""What is held about servers: flags as their parsers declare them, images, repositories."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from agent.core.server_flags import check_flags, programs
from agent.core.servers import servers
from agent.errors import InputError
from knowledge.catalogue import Catalogue
from knowledge.documents import CORPUS, load_folder
from knowledge.schema import Model, Toolkit

SHIPPED = Catalogue(load_folder(CORPUS))


@pytest.mark.parametrize(
    ("program", "words", "message"),
    [
        ("vllm", ("--tensor-paralel-size", "2"), "no flag '--tensor-paralel-size'"),
        ("vllm", ("--tensor-parallel-size", "0"), "at least 1"),
        ("vllm", ("--tensor-parallel-size", "two"), "takes int"),
        ("vllm", ("--gpu-memory-utilization", "1.2"), "at most 1"),
        ("vllm", ("--quantization", "bitsandbytes"), "can't be 'bitsandbytes'"),
        ("vllm", ("--enable-lora", "yes"), "takes no value"),
        ("vllm", ("--max-model-len",), "takes a value"),
        ("sglang", ("--tool-call-parser", "hermes3"), "Valid: auto"),
        ("llama.cpp", ("model.gguf",), "belongs to no flag"),
        ("llama-bench", ("-ngl", "all"), "takes int"),
    ],
)
def test_a_wrong_flag_is_named_with_what_is_valid(
    program: str, words: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        check_flags(program, words)


@pytest.mark.parametrize("name", ["vllm", "sglang", "ollama"])
def test_images_have_the_version_whose_flags_were_read(name: str) -> None:
    server, version = servers()[name], programs()[name].version
    document = SHIPPED.get(server.toolkit)
    assert isinstance(document, Toolkit)

    assert all(version in image for image in server.images.values() if image)
    assert version in (document.version or ""), "newer in the corpus: read the flags anew"


def test_images_of_llama_cpp_are_of_one_build_no_older_than_the_corpus_knows() -> None:
    server = servers()["llama.cpp"]
    document = SHIPPED.get(server.toolkit)
    assert isinstance(document, Toolkit)
    builds = {int(image.rpartition("-b")[2]) for image in server.images.values() if image}
    known = re.search(r"b(\d+)", document.version or "")

    assert len(builds) == 1
    assert known is not None
    assert builds.pop() >= int(known[1])


def test_every_published_name_is_a_repository() -> None:
    names = TypeAdapter(dict[str, Any]).validate_python(
        yaml.safe_load((CORPUS.parents[1] / "agent/core/data/servers.yaml").read_text("utf-8"))
    )
    known = {
        one.architecture.hf_id
        for one in SHIPPED.of("model")
        if isinstance(one, Model) and one.architecture
    }

    assert set(names["checkpoints"]) | set(names["ollama"]) <= known
    assert all(
        any(repo.lower().startswith(rule["prefix"]) for repo in known) for rule in names["suffixes"]
    )
    assert all(
        any(repo.partition("/")[2].lower().startswith(rule["prefix"]) for repo in known)
        for rule in names["parsers"]
    )
