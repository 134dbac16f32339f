from __future__ import annotations

import pytest
from knowledge_documents import HARDWARE, loaded

from knowledge.catalogue import Catalogue, NameUnknown
from knowledge.errors import KnowledgeError
from knowledge.names import key_of


@pytest.mark.parametrize(
    ("name", "doc_id"),
    [
        ("4090", "hardware/nvidia-rtx-4090"),
        ("rtx4090", "hardware/nvidia-rtx-4090"),
        ("RTX 4090 24GB", "hardware/nvidia-rtx-4090"),
        ("llama 70b", "models/llama-3.3-70b"),
        ("Llama-3.3-70B-Instruct", "models/llama-3.3-70b"),
        ("meta-llama/Llama-3.3-70B-Instruct", "models/llama-3.3-70b"),
        ("haiku", "models/claude-haiku-5-5"),
        ("GPT4.1", "models/gpt-4.1"),
        ("deepseek v3", "models/deepseek-v3"),
        ("deepsek v3", "models/deepseek-v3"),
        ("Claude 4.5 Sonnet", "models/claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250929", "models/claude-sonnet-4-5"),
        ("gpt-4o-2024-08-06", "models/gpt-4o"),
        ("llama 3.3 70b fp8", "models/llama-3.3-70b"),
        ("NVIDIA H200 GPUs", "hardware/nvidia-h200-sxm"),
        ("RTX 3060", "hardware/nvidia-rtx-3060-12gb"),
        ("llama.cpp", "toolkits/llama-cpp"),
        ("LangGraph", "toolkits/langchain"),
        ("hardware/nvidia-t4", "hardware/nvidia-t4"),
        ("NVIDIA A10", "hardware/nvidia-a10"),
        ("phi-3", "models/phi-3.5-mini"),
        ("deepseek coder", "models/deepseek-coder-v2"),
        ("chronos", "models/chronos-2"),
        ("Qwen3-4B-Instruct-2507", "models/qwen3-4b"),
        ("Qwen3-8B-Base", "models/qwen3-8b"),
        ("Mistral-7B-v0.1", "models/mistral-7b"),
        ("bartowski/Qwen_Qwen3-8B-GGUF", "models/qwen3-8b"),
        ("Llama-2-70b-chat-hf", "models/llama-2-70b"),
        ("LLaMA-13B", "models/llama-1-13b"),
        ("dots.llm1", "models/dots-llm1"),
    ],
)
def test_names_as_people_write_them_resolve(catalogue: Catalogue, name: str, doc_id: str) -> None:
    assert catalogue.resolve(name).document.id == doc_id


@pytest.mark.parametrize(
    "name",
    [
        "Zeta-9000",
        "RTX 9090",
        "H1000",
        "Llama 9",
        "GPT-9",
        "RTX 5050",
        "RTX 5080 Super",
        "MI300A",
        "llama 38b",
        "qwen 38b",
        "Llama-3.3-71B",
        "Llama 3.3 8B",
        "GPT-5.3",
        "GPT-4 Turbo",
        "Claude 3 Opus",
        "Mistral Large 5",
        "Qwen3-5B-Instruct-2507",
        "Kimi-K2-Instruct-0905",
        "H100 24GB",
        "AMD H100",
        "4091",
        "RTX 409",
        "gpu",
        "model",
        "",
        "  ",
    ],
)
def test_another_number_or_variant_is_never_resolved(catalogue: Catalogue, name: str) -> None:
    with pytest.raises(NameUnknown) as caught:
        catalogue.resolve(name)

    assert isinstance(caught.value, KnowledgeError)
    assert repr(name) in str(caught.value)


def test_an_unknown_name_comes_with_the_nearest_titles(catalogue: Catalogue) -> None:
    with pytest.raises(NameUnknown, match="GeForce RTX") as caught:
        catalogue.resolve("RTX 9090", "hardware")

    assert len(caught.value.nearest) == 3
    assert [item.kind for item in catalogue.nearest("RTX 9090", "hardware")] == ["hardware"] * 3
    assert catalogue.nearest("xyzzy") == ()


def test_a_short_name_has_a_default_and_choices(catalogue: Catalogue) -> None:
    match = catalogue.resolve("H100")

    assert match.document.id == "hardware/nvidia-h100-sxm"
    assert not match.exact
    assert "hardware/nvidia-h100-pcie" in match.choices


def test_a_family_without_its_size_has_a_default_and_choices(catalogue: Catalogue) -> None:
    match = catalogue.resolve("Llama 3.1")

    assert match.document.id == "models/llama-3.1-70b"
    assert set(match.choices) == {f"models/llama-3.1-{size}" for size in ("8b", "70b", "405b")}


def test_a_stand_in_of_another_version_is_not_exact(catalogue: Catalogue) -> None:
    assert catalogue.resolve("Llama 3.1 8B").exact
    assert not catalogue.resolve("Llama 3 8B").exact


def test_the_kind_decides_between_documents_of_one_name(catalogue: Catalogue) -> None:
    assert catalogue.resolve("SetFit", "toolkit").document.id == "toolkits/setfit"
    assert catalogue.resolve("SetFit", "model").document.id == "models/setfit"
    with pytest.raises(NameUnknown):
        catalogue.resolve("SetFit", "hardware")


def test_every_title_and_id_resolves_to_its_own_document(catalogue: Catalogue) -> None:
    for document in catalogue.documents:
        found = catalogue.resolve(document.title, document.kind)
        assert found.document.id == document.id, document.title
        assert catalogue.resolve(document.id).document is document


def test_every_alias_resolves_to_its_document_unless_it_runs_numbers_together(
    catalogue: Catalogue,
) -> None:
    strayed = []
    for document in catalogue.documents:
        for alias in document.aliases:
            try:
                found = catalogue.resolve(alias, document.kind).document.id
            except NameUnknown:
                assert " " not in alias
                continue
            if found != document.id:
                strayed.append((alias, found))
    assert strayed == []


def test_a_catalogue_gives_documents_statements_and_prose() -> None:
    small = Catalogue([loaded(HARDWARE)])

    assert small.of("hardware") == small.documents
    assert small.get("hardware/demo-24").value("memory") == 24
    assert small.statement("hardware/demo-24#memory").value == 24
    assert small.body("hardware/demo-24").startswith("## What it is")
    for ask in (small.get, small.body, small.statements, small.statement):
        with pytest.raises(NameUnknown, match="hardware/other"):
            ask("hardware/other")
    with pytest.raises(NameUnknown, match="colour"):
        small.statement("hardware/demo-24#colour")


def test_a_key_ignores_spelling_but_keeps_numbers_apart() -> None:
    assert key_of("GPT-4.1") == key_of("gpt4.1") == key_of("GPT 4.1")
    assert key_of("Llama 3 8B") != key_of("Llama 38B")
    assert key_of("Jalapeño") == "jalapeno"
    assert key_of("Command A+") != key_of("Command A")
