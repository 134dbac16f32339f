"""Feeds, models and repositories, read from a real server on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from source_server import Answer, Site, serving

from knowledge.errors import DocumentError
from knowledge.sources import ModelCard, Reach, read_source

LONG = "The new card holds 48 GB and reads 900 GB of it every second. " * 6
RSS = "application/rss+xml"
ENTITY = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def item(title: str, text: str, link: str = "", day: int | None = None) -> str:
    dated = f"<pubDate>{day:02} Nov 2020 10:00:00 GMT</pubDate>" if day else ""
    return f"<item><title>{title}</title><link>{link}</link><description><![CDATA[{text}]]></description>{dated}</item>"


def rss(*items: str, doctype: str = "") -> str:
    head = "<title>Maker &amp;amp; Co news</title><link>https://maker.example/</link>"
    return f'<?xml version="1.0"?>{doctype}<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom news</title>
<entry><title type="html">The &lt;b&gt;new&lt;/b&gt; card</title><link href="https://maker.example/card"/>
<updated>2020-11-03T23:30:00-05:00</updated><summary>Short.</summary>
<content type="html">&lt;p&gt;{LONG}&lt;/p&gt;</content></entry></feed>"""
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old news</title></channel>
<item><title>The new card</title><link>https://maker.example/card</link><description>{LONG}</description>
<dc:date>2020-11-04</dc:date></item></rdf:RDF>"""


@pytest.mark.parametrize(
    ("feed", "media_type", "publisher"),
    [
        (ATOM, "application/atom+xml", "Atom news"),
        (ATOM, "text/plain", "Atom news"),
        (RDF, "application/rdf+xml", "Old news"),
        (
            rss(item("The new card", f"<p>{LONG}</p>", "https://maker.example/card", 4)),
            RSS,
            "Maker & Co news",
        ),
        (
            rss(item("The new card", LONG, "https://maker.example/card", 4)),
            "text/html",
            "Maker & Co news",
        ),
    ],
)
def test_every_kind_of_feed_gives_its_entries(
    site: Site, feed: str, media_type: str, publisher: str
) -> None:
    read = read_source(site.put("/feed", feed, media_type), Reach())

    assert read.refused == ()
    assert [(page.title, page.url, page.published, page.publisher) for page in read.pages] == [
        ("The new card", "https://maker.example/card", "2020-11-04", publisher)
    ]
    assert read.pages[0].text.startswith("The new card holds 48 GB")
    assert "<" not in read.pages[0].text


def test_the_article_is_read_where_the_entry_is_a_teaser(site: Site) -> None:
    article = site.put("/article", f"<html><body><article><p>{LONG}</p></article></body></html>")
    teaser = "A card with 48 GB is here, and it reads fast."
    feed = rss(
        item("undated", LONG, "https://maker.example/undated").replace(
            "</item>", "<pubDate>soon</pubDate></item>"
        ),
        item("older", teaser, article, 1),
        item("gone", teaser, f"{site.url}/gone", 2),
        item("headline", "Read on", f"{site.url}/headline", 3),
        item("inside", "Read on", "http://10.0.0.1/admin", 4),
        item("no link", LONG, "javascript:alert(1)", 5),
    )
    steps = list[tuple[int, int]]()

    read = read_source(
        site.put("/feed", feed, RSS), Reach(), progress=lambda done, of: steps.append((done, of))
    )

    assert [page.title for page in read.pages] == ["no link", "gone", "older", "undated"]
    assert read.pages[0].url == f"{site.url}/feed"
    assert (read.pages[1].text, read.pages[1].url) == (teaser, f"{site.url}/gone")
    assert (read.pages[2].text, read.pages[2].url) == (LONG.strip(), article)
    assert [(refusal.name, refusal.reason.partition(" ")[2]) for refusal in read.refused] == [
        (
            "http://10.0.0.1/admin",
            "leads to 10.0.0.1, a private address; only public addresses are read",
        ),
        (f"{site.url}/headline", "answers 404 Not Found"),
    ]
    assert steps == [(done, 6) for done in range(1, 7)]


@pytest.mark.parametrize(
    ("charset", "media_type"),
    [("utf-8", RSS), ("utf-8", "text/xml"), ("cp1251", f"{RSS}; charset=windows-1251")],
)
def test_a_feed_is_read_in_its_own_letters(site: Site, charset: str, media_type: str) -> None:
    feed = rss(item("Карта", "Новая карта уже здесь. " * 20, "https://maker.example/card"))

    (page,) = read_source(site.put("/feed", feed.encode(charset), media_type), Reach()).pages

    assert page.title == "Карта"
    assert page.text.startswith("Новая карта уже здесь.")


@pytest.mark.parametrize("date", ["9999-01-01", "1969-12-31", "soon", ""])
def test_a_date_that_can_not_be_is_left_out(site: Site, date: str) -> None:
    feed = RDF.replace("2020-11-04", date)

    assert read_source(site.put("/feed", feed, RSS), Reach()).pages[0].published is None


def test_only_the_fifty_newest_entries_are_read(site: Site) -> None:
    items = [item(f"{n}", LONG, f"https://maker.example/{n}", 1 + n % 28) for n in range(84)]

    pages = read_source(site.put("/feed", rss(*items), RSS), Reach()).pages

    assert len(pages) == 50
    assert (pages[0].published, pages[-1].published) == ("2020-11-28", "2020-11-12")


@pytest.mark.parametrize(
    ("feed", "reason"),
    [
        (rss(item("&x;", "&x;"), doctype=ENTITY), "declares the entity 'x'"),
        (rss(item("&b;", "&b;"), doctype=LAUGHS), "declares the entity 'a'"),
        (rss(), "is a feed without entries"),
        ("<urlset><url/></urlset>", "no RSS or Atom feed"),
        ("", "no RSS or Atom feed"),
    ],
)
def test_a_feed_that_is_none_or_plays_tricks_is_refused(site: Site, feed: str, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        read_source(site.put("/feed", feed, RSS), Reach())


CONFIG = {"model_type": "llama", "num_hidden_layers": 32, "rope_theta": 1e6}
README = "---\nlicense: apache-2.0\ntags: [chat]\n---\n# Small-7B\n\nIt answers questions.\n"


def publish(
    site: Site, files: Mapping[str, str | Answer | None], repo_id: str = "maker/small-7b"
) -> Reach:
    """Put a model's files on the site; return the reach whose hub is the site."""
    given = {"README.md": README, "config.json": json.dumps(CONFIG), **files}
    for name, content in given.items():
        path = f"/{repo_id}/resolve/main/{name}"
        path = f"/api/models/{repo_id}" if name == "api" else path
        if isinstance(content, Answer):
            site.answers[path] = content
        elif content is not None:
            site.put(path, content, "application/json" if name != "README.md" else "text/plain")
    return Reach(hub_url=site.url, own_machine=False)


def card_of(source: str, reach: Reach) -> ModelCard:
    read = read_source(source, reach)
    assert read.refused == ()
    return read.cards[0]


@pytest.mark.parametrize(
    "source",
    [
        "hf:maker/small-7b",
        "maker/small-7b",
        "{site}/maker/small-7b/tree/main",
        "https://huggingface.co/maker/small-7b",
    ],
)
def test_a_model_is_read_by_id_or_address(site: Site, source: str) -> None:
    reach = publish(site, {})

    card = card_of(source.format(site=site.url), reach)

    assert (card.repo_id, card.url) == ("maker/small-7b", f"{site.url}/maker/small-7b")
    assert card.readme == "# Small-7B\n\nIt answers questions."
    assert card.metadata == {"license": "apache-2.0", "tags": ["chat"]}
    assert card.config == CONFIG
    assert (card.tensors, card.last_modified) == (None, None)


def test_what_the_hub_counts_is_taken_along(site: Site) -> None:
    index = {"metadata": {"total_size": 14_000_000_000}, "weight_map": {}}
    about = {"lastModified": "2026-11-02T08:00:00.000Z", "safetensors": {"total": 7_000_000_000}}
    reach = publish(
        site, {"model.safetensors.index.json": json.dumps(index), "api": json.dumps(about)}
    )

    card = card_of("hf:maker/small-7b", reach)

    assert card.tensors == {"total_size": 14_000_000_000, "total_parameters": 7_000_000_000}
    assert card.last_modified == "2026-11-02T08:00:00.000Z"


def test_a_repository_of_one_quantized_file_has_a_card_without_config(site: Site) -> None:
    about = {
        "cardData": {"license": "mit"},
        "gguf": {"total": 7_240_000_000, "architecture": "llama"},
    }
    reach = publish(
        site, {"config.json": None, "README.md": "# Only a GGUF", "api": json.dumps(about)}
    )

    card = card_of("hf:maker/small-7b", reach)

    assert (card.readme, card.config, card.metadata) == ("# Only a GGUF", {}, {"license": "mit"})
    assert card.tensors == {"total_parameters": 7_240_000_000}


def test_a_model_without_a_card_is_read_by_its_config(site: Site) -> None:
    card = card_of("hf:small-7b", publish(site, {"README.md": None}, "small-7b"))

    assert (card.readme, card.config) == ("", CONFIG)


ALIASES = "a0: &a0 [x]\n" + "\n".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)
)
GATED = Answer(b"{}", "application/json", status=401)


def test_a_gated_config_leaves_the_card_and_says_so(site: Site) -> None:
    read = read_source("hf:maker/small-7b", publish(site, {"config.json": GATED, "api": GATED}))

    assert (read.cards[0].config, read.cards[0].readme[:10]) == ({}, "# Small-7B")
    assert [refusal.name for refusal in read.refused] == [
        f"{site.url}/maker/small-7b/resolve/main/config.json"
    ]
    assert "gated or private" in read.refused[0].reason


@pytest.mark.parametrize("front_matter", ["a: [1", "[" * 5_000, "just words: [", ALIASES])
def test_what_is_wrong_beside_the_card_is_listed(site: Site, front_matter: str) -> None:
    files: dict[str, Any] = {
        "api": "[",
        "README.md": f"---\n{front_matter}\n---\nText of the card.",
    }

    read = read_source("hf:maker/small-7b", publish(site, files))

    assert (read.cards[0].readme, read.cards[0].metadata) == ("Text of the card.", {})
    assert ["front matter" in read.refused[0].reason, "JSON" in read.refused[1].reason] == [
        True
    ] * 2


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {"README.md": None, "config.json": None},
            r"small-7b has no README\.md and no config\.json",
        ),
        ({"README.md": GATED, "config.json": GATED}, "gated or private"),
        ({"config.json": Answer(status=500)}, "answers 500"),
        ({"config.json": "{"}, r"small-7b/config\.json is no valid JSON"),
        ({"config.json": "[1]"}, "must be a JSON object"),
        ({"config.json": '{"layers": NaN}'}, "NaN is no number"),
        ({"config.json": '{"layers": 1e999}'}, "1e999 is no number"),
        ({"config.json": '{"a":' * 40 + "1" + "}" * 40}, "more than 30 levels"),
        ({"config.json": "[" * 100_000}, "no valid JSON"),
        ({"config.json": '{"layers": ' + "9" * 5_000 + "}"}, "no valid JSON"),
        ({"config.json": " " * 2_000_001}, "larger than 2,000,000 bytes"),
    ],
)
def test_a_model_that_is_absent_or_absurd_is_refused(
    site: Site, files: dict[str, Any], reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason):
        read_source("hf:maker/small-7b", publish(site, files))


@pytest.mark.parametrize("source", ["hf:", "hf:../../etc", "hf:a/b/c", "hf:a/b?x=1", "hf:-a/b"])
def test_what_is_no_model_id_is_refused(site: Site, source: str) -> None:
    with pytest.raises(DocumentError, match="write hf:publisher/model"):
        read_source(source, Reach(hub_url=site.url))

    assert site.seen == []


NOISY = """<!-- top --><p align="center">
  <picture><source srcset="a.png"><img src="b.png"></picture>
</p>

# Fast-Serve

[![build](https://ci.example/b.svg)](https://ci.example) ![stars](https://s.example/s.svg)
[![a][b]][c]

It serves models, see [the manual](https://docs.example/).
"""


@pytest.mark.parametrize("readme", ["README.md", "readme.md", "README.rst", "README"])
def test_a_repository_gives_its_readme_without_noise(site: Site, readme: str) -> None:
    site.put(f"/maker/fast-serve/HEAD/{readme}", NOISY, "text/plain")

    (page,) = read_source(
        "https://github.com/maker/fast-serve.git", Reach(readme_url=site.url, own_machine=False)
    ).pages

    assert " ".join(page.text.split()) == (
        "# Fast-Serve It serves models, see [the manual](https://docs.example/)."
    )
    assert (page.title, page.publisher) == ("fast-serve", "maker")
    assert page.url == "https://github.com/maker/fast-serve"


def test_a_link_to_a_folder_of_a_repository_gives_the_readme_there(site: Site) -> None:
    site.put("/maker/fast-serve/v2/docs/README.md", "# Manual", "text/plain")
    url = "https://github.com/maker/fast-serve/tree/v2/docs"

    (page,) = read_source(url, Reach(readme_url=site.url)).pages

    assert (page.text, page.url) == ("# Manual", url)


def test_a_link_to_a_file_of_a_repository_gives_that_file(site: Site) -> None:
    site.put("/maker/fast-serve/v2/docs/limits.md", "# Limits\n\nAt most 64 users.", "text/plain")
    url = "https://github.com/maker/fast-serve/blob/v2/docs/limits.md"

    (page,) = read_source(url, Reach(readme_url=site.url)).pages

    assert (page.url, page.publisher) == (url, "maker")
    assert "At most 64 users." in page.text


def test_a_repository_without_readme_is_named(site: Site) -> None:
    with pytest.raises(DocumentError, match=r"maker/empty shows no README\.md"):
        read_source("https://github.com/maker/empty", Reach(readme_url=site.url))


def test_a_folder_is_read_whole_and_what_fails_is_listed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", tmp_path / "outside.md"
    files = {"b.md": "# B", "sub/a.md": "---\nid: x\n---\nA", "sub/empty.md": "", "slides.ppt": "?",
             "picture.png": "?", "code.py": "?", ".hidden.md": "H", ".git/log.md": "H"}  # fmt: skip
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    outside.write_text("# Secret")
    (folder / "link.md").symlink_to(outside)
    (folder / "linked").symlink_to(tmp_path)
    steps = list[tuple[int, int]]()

    read = read_source(folder, Reach(), progress=lambda done, of: steps.append((done, of)))

    assert [page.name for page in read.pages] == ["b.md", "a.md"]
    assert read.pages[1].text == files["sub/a.md"]
    assert [refusal.name for refusal in read.refused] == ["slides.ppt", "sub/empty.md"]
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("?")

    with pytest.raises(DocumentError, match="holds no document"):
        read_source(tmp_path, Reach())
