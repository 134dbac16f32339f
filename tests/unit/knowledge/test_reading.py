from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from knowledge.errors import DocumentError
from knowledge.reading import READABLE, read_bytes, read_path

GERMAN = "Die Karte hält große Modelle auf einer Platine. Größe und Wärme sind überschaubar."
RUSSIAN = "Ускоритель держит модели на сотни миллиардов параметров. Память 384 ГБ, цена не названа."
JAPANESE = "このカードは大規模なモデルを一枚のボードに保持します。メモリは384GBです。"
CURLY = "It costs little, it’s fast – and the naïve approach works for a small team. " * 3


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-32"),
        (GERMAN, "latin-1"),
        (CURLY, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
    ],
)
def test_a_text_is_read_in_its_encoding(text: str, encoding: str) -> None:
    assert read_bytes(text.encode(encoding), name="a.txt").text == text.strip()


def test_the_encoding_that_a_server_names_is_used() -> None:
    page = read_bytes("Größe 5".encode("cp1250"), name="a", media_type="text/plain; charset=cp1250")

    assert page.text == "Größe 5"


def test_one_broken_byte_does_not_make_utf8_unreadable() -> None:
    content = (GERMAN * 3).encode() + b"\xff" + GERMAN.encode()

    assert "Die Karte hält große" in read_bytes(content, name="a.txt").text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b"text\0more", "binary"),
        (os.urandom(4_000).replace(b"\0", b"\1"), "encoding can't be told"),
        ("Größe 5".encode("latin-1"), "encoding can't be told"),
        (b"\xff\xfea", "not the utf-16"),
        (b"\x01\x02\x03", "no text"),
        (b"a" * 20_000_001, "20,000,001 bytes, more than 20,000,000"),
        (b"a" * 5_000_001, "more than 5,000,000"),
    ],
    ids=["nothing", "blank", "null", "random", "ambiguous", "bom", "controls", "bytes", "text"],
)
def test_a_text_that_cannot_be_read_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=f"a.txt: .*{words}"):
        read_bytes(content, name="a.txt")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\n\n\n\n\nb  \n", "a\n\nb"),
        ("384\u00a0GB", "384 GB"),
        ("e\u0301", "é"),
        ("a\x00\x07b".replace("\x00", ""), "ab"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("a\U000e0041b", "ab"),
        ("    code", "    code"),
    ],
)
def test_what_nobody_sees_is_taken_out(raw: str, shown: str) -> None:
    assert read_bytes(raw.encode(), name="a.md").text == shown


def test_a_long_run_of_marks_is_cut_and_takes_no_time() -> None:
    text = read_bytes(("a" + "\u0323\u0301" * 500_000 + " end").encode(), name="a.txt").text

    assert text.endswith("end")
    assert len(text) < 100
    assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "intro\n\n## Our `policy` ##\n\ntext", "Our policy"),
        ("a.md", "```\n# no title\n```\n\n# Title\n", "Title"),
        ("a.md", "---\n# a comment\nid: notes/a\n---\n# Body\n", "Body"),
        ("a.md", "no heading at all", None),
        ("a.txt", "A short first line\n\nThen the text.", "A short first line"),
        ("a.txt", "It is a sentence.\nThen more.", None),
    ],
)
def test_the_title_is_the_first_heading(name: str, text: str, title: str | None) -> None:
    page = read_bytes(text.encode(), name=name)

    assert page.title == title
    assert page.text == text.strip()


@pytest.mark.parametrize(
    ("content", "name", "media_type", "words"),
    [
        (b"<!-- x -->\n<!DOCTYPE html><p>Hello you</p>", "a.txt", "text/plain", "Hello you"),
        (b"<p>Hello</p><p>you</p>", "https://example.org/a?b=c.pdf", "text/html", "you"),
        (b"a,b\n1,2\n", "https://example.org/a.csv?x=1", "text/plain", "- b: 2"),
        (b'{"a": 1}', "https://example.org/a", "application/json; charset=utf-8", "- a: 1"),
        (b'{"a": 1}', "A.JSON", None, "- a: 1"),
        (b"About %PDF- files", "a.md", "application/octet-stream", "About %PDF- files"),
        (b"plain words", "README", "text/plain", "plain words"),
    ],
)
def test_the_kind_is_told_by_content_then_media_type_then_suffix(
    content: bytes, name: str, media_type: str | None, words: str
) -> None:
    assert words in read_bytes(content, name=name, media_type=media_type).text


@pytest.mark.parametrize(
    ("content", "name", "media_type", "words"),
    [
        (b"x", "a.xyz", None, r"\.xyz can't be read; \.md, .*\.pdf, \.docx"),
        (b"x", "README", None, "without a suffix can't be read"),
        (b"x", "a.md", "image/png", "image/png can't be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "a.docx", None, "password-protected"),
    ],
)
def test_another_kind_is_refused_and_the_valid_ones_are_named(
    content: bytes, name: str, media_type: str | None, words: str
) -> None:
    with pytest.raises(DocumentError, match=words):
        read_bytes(content, name=name, media_type=media_type)


def test_a_file_is_read_by_its_path_and_its_size_is_checked_before(tmp_path: Path) -> None:
    small, large = tmp_path / "small.md", tmp_path / "large.pdf"
    small.write_text("# Hello", encoding="utf-8")
    with large.open("wb") as file:
        file.truncate(500_000_000)

    assert read_path(small).name == "small.md"
    with pytest.raises(DocumentError, match=r"large\.pdf: 500,000,000 bytes, more than 50,000,000"):
        read_path(large)


@pytest.mark.parametrize("name", ["gone.md", "folder.md"])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.md").mkdir()

    with pytest.raises(DocumentError, match=f"{name}: is no file"):
        read_path(tmp_path / name)


def test_the_readable_suffixes_are_listed() -> None:
    assert {".md", ".txt", ".html", ".pdf", ".docx", ".csv", ".tsv", ".json"} <= set(READABLE)
