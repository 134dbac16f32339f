"""Documents of the user: from every kind of source to an answer that cites them, and out again."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas
from small_knowledge import EMBEDDER, card, first
from source_server import Site, serving

from agent import Advisor, Settings
from knowledge import DocumentError, KnowledgeBase, Reach

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 32000,
    "max_position_embeddings": 32768,
    "tie_word_embeddings": False,
}
CARD = "---\nlicense: apache-2.0\nlanguage: [en]\npipeline_tag: text-generation\n---\n# Kestrel 7B\nKestrel 7B is tuned for support dialogue at a ferry company.\n"
PAGE = """<html><head><title>Mira Labs releases Mira-Med 8B</title></head><body><nav>Menu</nav><article>
<h1>Mira Labs releases Mira-Med 8B</h1><p>Published 2 November 2026. Mira Labs has released Mira-Med 8B, an
open-weight medical language model with 8.2B parameters and a context window of 32K tokens.</p></article></body></html>"""
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Chip News</title><item>
<title>Nordic Silicon shows the NS-40 edge module</title><link>http://chips.example/ns40</link>
<pubDate>Mon, 09 Nov 2026 10:00:00 GMT</pubDate><description>Nordic Silicon showed the NS-40, an edge module with
32 GB of LPDDR5X memory and a bandwidth of 256 GB/s. The company has named no price and no date, and nobody has
tested the module so far, so buyers should wait for measured results with a named model, precision and batch size
before they plan anything around it in their ferries, trams or harbour cranes.</description></item></channel></rss>"""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        site.put("/news.html", PAGE)
        site.put("/feed.xml", FEED, "application/rss+xml")
        site.put("/kestrel/Kestrel-7B/resolve/main/README.md", CARD, "text/plain")
        site.put("/kestrel/Kestrel-7B/resolve/main/config.json", json.dumps(CONFIG), "text/plain")
        yield site


def pdf(*lines: str) -> bytes:
    content = io.BytesIO()
    canvas = Canvas(content)
    for number, line in enumerate(lines):
        canvas.drawString(60, 780 - 20 * number, line)
    canvas.save()
    return content.getvalue()


def test_a_pdf_a_page_a_feed_and_a_model_are_cited_at_once_and_gone_when_deleted(
    index_folder: Path, tmp_path: Path, site: Site
) -> None:
    shutil.copytree(index_folder, tmp_path / "kb")
    (tmp_path / "bx.pdf").write_bytes(
        pdf(
            "Brightcore announces the BX-900 accelerator",
            "SAN JOSE, Nov. 3, 2026 - Brightcore today announced the BX-900, a PCIe card.",
            "The BX-900 has 96 GB of GDDR7 memory and 1.8 TB/s of memory bandwidth.",
        )
    )
    sources = (
        tmp_path / "bx.pdf",
        f"{site.url}/news.html",
        f"{site.url}/feed.xml",
        "hf:kestrel/Kestrel-7B",
    )
    settings = Settings(index=tmp_path / "kb", hub_url=site.url, threads=Path(":memory:"))

    with Advisor(settings) as advisor:
        added = [str(advisor.knowledge.add(source)) for source in sources]
        questions = {
            "What is the memory bandwidth of the BX-900?": (added[0], "1.8 TB/s", "1,800 GB/s"),
            "How many parameters does Mira-Med 8B have?": (added[1], "8.2"),
            "How much memory has the NS-40?": (added[2], "32 GB"),
        }
        for question, (doc_id, *figures) in questions.items():
            answer = advisor.ask(question)
            assert doc_id in {citation.doc_id for citation in answer.citations}, question
            assert any(figure in answer.text for figure in figures), answer.text
            assert first(advisor.knowledge, question) == doc_id
        assert advisor.ask("Does Kestrel 7B fit on an L4?").outcome == "yes"

        for doc_id in added:
            advisor.knowledge.delete(doc_id)
        for question, (doc_id, *_) in questions.items():
            answer = advisor.ask(question)
            assert doc_id not in {citation.doc_id for citation in answer.citations}
            assert answer.kind in ("no_evidence", "clarification"), answer.text


def test_a_source_read_again_replaces_its_document_and_twins_are_recognised(
    kb: KnowledgeBase, tmp_path: Path, site: Site
) -> None:
    kb.reach = Reach(trusted_hosts=frozenset({site.url.removeprefix("http://")}))
    page = site.put("/rule.html", "<h1>Our rule</h1><p>Penguins may enter the server room.</p>")
    doc_id = str(kb.add(page))
    (tmp_path / "copy.txt").write_text("Our rule\n\nPenguins may enter the server room.")

    assert kb.add(tmp_path / "copy.txt") == doc_id
    assert not kb.update(doc_id)
    site.put("/rule.html", "<h1>Our rule</h1><p>Walruses may enter the server room.</p>")
    assert kb.update(doc_id)
    assert first(kb, "walruses") == doc_id
    assert [line.doc_id for line in kb.list(origin="user")] == [doc_id]


def test_near_duplicates_are_named_and_other_sources_keep_their_own_ids(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    prose = " ".join(f"Sentence number {n} says that tea is served at four." for n in range(40))
    for folder, text in (("a", prose), ("b", f"{prose} A last word."), ("c", "Quite different.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"rules-{folder}.md").write_text(f"# House rules\n\n{text}")

    added = str(kb.add(tmp_path / "a" / "rules-a.md"))
    near = kb.draft(tmp_path / "b").documents[0].near
    other = str(kb.add(tmp_path / "c" / "rules-c.md"))

    assert [doc_id for doc_id, share in near if share > 0.8] == [added]
    assert other != added
    assert {line.doc_id for line in kb.list("note")} == {added, other}


def test_a_folder_goes_on_past_what_cannot_be_used(kb: KnowledgeBase, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.txt").write_text("Walruses like cold rooms.")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 cut off")

    drafts = kb.draft(folder)
    added = kb.add(folder)

    assert [refusal.name for refusal in drafts.refused] == ["bad.pdf"]
    assert first(kb, "walruses") in (added if isinstance(added, list) else [added])
    with pytest.raises(DocumentError, match=r"bad\.pdf"):
        kb.add(folder / "bad.pdf")


def test_an_exported_document_comes_back_as_it_was(kb: KnowledgeBase) -> None:
    before = kb.catalogue.get("hardware/alpha")

    text = kb.export("hardware/alpha")
    kb.delete("hardware/alpha")
    kb.add_text(None, text)

    assert kb.catalogue.get("hardware/alpha") == before
    assert kb.catalogue.body("hardware/alpha") in text


def test_a_confirmed_document_loses_its_marks(kb: KnowledgeBase) -> None:
    marked = card("gamma", "x").replace("source: s1}", "source: s1, unreviewed: true}")
    kb.add_text(None, marked)
    assert [line.unreviewed for line in kb.list("hardware", origin="user")] == [1]

    kb.confirm("hardware/gamma")

    assert [line.unreviewed for line in kb.list("hardware", origin="user")] == [0]
    assert "unreviewed" not in kb.catalogue.statements("hardware/gamma")[0].text


def test_many_texts_come_in_by_portions(tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "kb", embedder=EMBEDDER, corpus=None) as kb:
        ids = kb.add_texts((f"notes/n{number}", f"Crate {number}.") for number in range(300))

        assert len(ids) == len(kb.catalogue) == 300
        assert first(kb, "crate 299") == "notes/n299"
        assert kb.check().ok
