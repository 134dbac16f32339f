from __future__ import annotations

from datetime import date

import pytest
from audited import HARDWARE, MODEL, PROSE, STUDY, TOOLKIT, read

from agent.audit import audit
from knowledge.documents import CORPUS, load_folder
from knowledge.provenance import oldest, url_fault

TODAY = date(2026, 11, 24)
MOE = "moe: {experts: 8, experts_per_token: 2, expert_intermediate_size: 14336}"
TWICE = "- {name: memory, value: 32, unit: GB, basis: vendor, source: s1}\nrentals:"


def test_nothing_is_wrong_with_the_bundled_documents() -> None:
    assert [finding.line for finding in audit(load_folder(CORPUS), today=TODAY)] == []


@pytest.mark.parametrize("text", [HARDWARE, MODEL, TOOLKIT, STUDY])
def test_nothing_is_wrong_with_a_sound_document(text: str) -> None:
    assert audit([read(text)], today=TODAY) == ()


@pytest.mark.parametrize(
    ("text", "old", "new", "field", "what"),
    [
        (TOOLKIT, "published: '2026-10-03'\n", "", "strengths[0]", "has a date"),
        (HARDWARE, "example.org/card", "www.google.com/search?q=card", "sources.s1.url", "search"),
        (HARDWARE, "//example.org", "//intranet", "sources.s1.url", "no address of the web"),
        (HARDWARE, "card', published", "card', published: '1989'}\n  s2: {url: 'https://example.org/x', published", "sources.s1.published", "before 1990"),
        (HARDWARE, "published: '2026-10-03'}", "published: '2026-11-02'}", "sources.s1.published", "after read_on"),
        (HARDWARE, "as_of: 2026-10}", "as_of: '2026-02-30'}", "facts[3].as_of", "no day of the calendar"),
        (HARDWARE, "2026-11-01", "2026-11-25", "read_on", "after today"),
        (HARDWARE, "value: 24,", "value: 24000,", "facts.memory", "outside"),
        (HARDWARE, "value: 1008,", "value: 3350,", "facts.bandwidth", "gddr6"),
        (HARDWARE, "value: 160,", "value: 60,", "facts.compute_fp8", "below compute_bf16"),
        (HARDWARE, "rentals:", TWICE, "facts.memory", "no conflict names them"),
        (HARDWARE, "usd_per_hour: 0.4", "usd_per_hour: 400", "rentals", "outside"),
        (MODEL, "value: 128000,", "value: 32000,", "facts.context", "differs from the architecture's"),
        (MODEL, "value: 8192,", "value: 200000,", "facts.max_output", "exceeds the context"),
        (MODEL, "value: 70.5,", "value: 170.5,", "scores.MMLU", "outside"),
        (MODEL, "output_usd_per_mtok: 0.2", "output_usd_per_mtok: 0.02", "prices[0]", "input costs more than output"),
        (MODEL, "'deprecated: ends on 2027-01-31'", "'retired'", "status", "disagree"),
        (MODEL, "ends on 2027-01-31", "ends on 2027-02-28", "status", "does not name"),
        (MODEL, "size_class: small", "size_class: large", "size_class", "means 40 to 200"),
        (MODEL, "layers: 32", "layers: 40", "facts.parameters", "dimensions give"),
        (MODEL, "parameters_b: 8.03,\n", "parameters_b: 9.5,\n", "facts.parameters", "architecture's 9.5"),
        (MODEL, "active_parameters, value: 8,", "active_parameters, value: 2,", "facts.active_parameters", "no experts are listed"),
        (MODEL, "active_parameters_b: 8.03", MOE, "facts.active_parameters", "experts a token"),
        (MODEL, "active_parameters, value: 8,", "active_parameters, value: 9,", "facts.active_parameters", "exceed the parameters"),
        (TOOLKIT, "licence: MIT\n", "", "licence", "missing"),
        (TOOLKIT, "version_date: 2026-10\n", "", "maintenance", "dated version"),
        (STUDY, "winner: specialized", "winner: ultra_large", "comparisons[0].winner", "is specialized, not"),
        (STUDY, "winner: specialized", "winner: tie", "comparisons[0].winner", "is specialized, not"),
        (STUDY, "score: 0.9", "score: 0.805", "comparisons[0].winner", "is tie, not"),
        (STUDY, "score: 0.9", "score: 90", "comparisons[0].score_scale", "exceeded"),
        (HARDWARE, PROSE, "", "text", "empty"),
        (HARDWARE, PROSE, "A card.", "text", "fewer than"),
        (HARDWARE, "with 24 GB,", "with 42 GB,", "text", "figure"),
        (HARDWARE, "3 October", "4 October", "text", "date"),
        (HARDWARE, "3 October", "October 4,", "text", "date"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(text: str, old: str, new: str, field: str, what: str) -> None:
    assert old in text

    found = audit([read(text.replace(old, new, 1))], today=TODAY)

    assert any(item.field == field and what in item.what for item in found), found


def test_a_conflict_that_names_both_values_settles_them() -> None:
    text = HARDWARE.replace("rentals:", TWICE).replace("two pages give", "24 or 32 GB; they give")

    assert audit([read(text)], today=TODAY) == ()


def test_a_name_belongs_to_one_document() -> None:
    other = HARDWARE.replace("demo-24", "demo-x").replace("Demo Card 24GB", "Demo X")

    found = audit([read(HARDWARE), read(other.replace("[demo 24]", "[Demo-24]"))], today=TODAY)

    assert [(item.field, item.value) for item in found] == [("aliases", "demo24")]


def test_a_unit_is_agreed_between_documents() -> None:
    cores = "- {name: cores, value: 24, unit: cores, basis: vendor, source: s1}\nrentals:"
    first = HARDWARE.replace("rentals:", cores)
    second = first.replace("demo-24", "demo-x").replace("Demo Card 24GB", "Demo X")
    second = second.replace("[demo 24]", "[]").replace("unit: cores", "unit: thousand cores")

    found = audit([read(first), read(second)], today=TODAY)

    assert [(item.field, item.value) for item in found] == [("facts.cores", "thousand cores")]


def test_a_sentence_that_many_documents_share_is_boilerplate() -> None:
    copies = [
        read(TOOLKIT.replace("toolkits/demo", f"toolkits/x{n}").replace("Demo Server", f"X{n} Y"))
        for n in range(4)
    ]

    assert {item.what for item in audit(copies, today=TODAY)} == {"shares a sentence with 3 others"}
    assert audit(copies[:3], today=TODAY) == ()


def test_the_oldest_figures_come_first() -> None:
    found = oldest([read(HARDWARE), read(MODEL)], 2, kind="hardware")

    assert [item.date for item in found] == ["2026-10", "2026-10-03"]


@pytest.mark.parametrize(
    "url", ["https://example.org/a?page=2", "https://docs.example.org/search/index.html"]
)
def test_an_ordinary_page_is_a_source(url: str) -> None:
    assert url_fault(url) is None
