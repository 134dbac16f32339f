from __future__ import annotations

from pathlib import Path

import pytest
from knowledge_documents import ALL, HARDWARE, loaded

from knowledge.documents import check_unique, load_document, load_folder, parse_document
from knowledge.errors import DocumentError


@pytest.mark.parametrize("text", ALL)
def test_every_kind_of_document_is_read(text: str) -> None:
    item = loaded(text)

    assert item.body.startswith("## ")
    assert len(item.sha256) == 64


def test_a_file_gives_its_path_and_a_folder_gives_all_files(tmp_path: Path) -> None:
    for number, text in enumerate(ALL):
        (tmp_path / f"{number}.md").write_text(text)
    (tmp_path / "README.md").write_text("not a document")

    documents = load_folder(tmp_path)

    assert [item.path for item in documents] == [tmp_path / f"{n}.md" for n in range(len(ALL))]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("unit: GB,", "unit: GiB,", ["card.md", "facts.0", "memory", "'GB'", "'GiB'"]),
        ("device: gpu", "device: toaster", ["card.md", "device", "'toaster'", "gpu"]),
        ("vendor: Demo Labs\n", "", ["card.md", "vendor", "required"]),
        ("vendor: Demo Labs", "vendr: Demo Labs", ["card.md", "vendr"]),
        ("value: 24,", "value: -24,", ["card.md", "value", "-24"]),
        ("source: s1, as_of", "source: s9, as_of", ["card.md", "'s9'", "sources"]),
        ("aliases: [demo 24]", "aliases: [demo 24", ["card.md", "YAML", "line"]),
        ("id: hardware/demo-24", "id: Demo 24", ["card.md", "id", "'Demo 24'"]),
        ("as_of: 2026-10", "as_of: 2027-10", ["card.md", "as_of", "2027-10", "read_on"]),
    ],
)
def test_a_fault_names_file_field_value_and_rule_in_one_line(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    path = tmp_path / "card.md"
    path.write_text(HARDWARE.replace(old, new, 1))

    with pytest.raises(DocumentError) as caught:
        load_document(path)

    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_text_without_front_matter_is_no_typed_document() -> None:
    with pytest.raises(DocumentError, match=r"x\.md: no front matter"):
        parse_document("# Title\ntext", name="x.md")


def test_two_documents_cannot_share_an_id_or_an_alias() -> None:
    first, same_id = loaded(HARDWARE), loaded(HARDWARE + "\nmore")
    other = loaded(HARDWARE.replace("id: hardware/demo-24", "id: hardware/demo-25"))

    with pytest.raises(DocumentError, match="id 'hardware/demo-24' is taken"):
        check_unique([first, same_id])
    with pytest.raises(DocumentError, match="alias within kind 'hardware' 'demo 24'"):
        check_unique([first, other])


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "binary.md"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(DocumentError, match=r"binary\.md: not UTF-8"):
        load_document(path)
