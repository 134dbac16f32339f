"""Fill what the docs show from the program itself: an answer, settings, eval figures, the flow.

Run it after a change that a reader would see: `python scripts/write_docs.py`.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import draw_graph

from agent import Advisor, Settings

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
EVALS = ROOT / "docs" / "evals.md"
QUESTION = (
    "We get 20,000 support tickets a day and want to route each into one of 12 queues. "
    "We have 60k labelled past tickets. GPT-5 class API or fine-tune something small?"
)


def settings_table() -> str:
    """Return the settings as a Markdown table."""
    rows = ["| variable | meaning |", "| --- | --- |"]
    rows += [
        f"| `ADVISOR_{name.upper()}` | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(rows)


def answer_text() -> str:
    """Return the answer to the first question, quoted."""
    with Advisor(Settings(threads=Path(":memory:"), today=date(2026, 11, 24))) as advisor:
        text = advisor.ask(QUESTION).text
    quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    return f"> **{QUESTION}**\n>\n{quoted}"


def eval_summary() -> str:
    """Return the head of docs/evals.md: the pass rate and the table by scorer."""
    page = EVALS.read_text(encoding="utf-8")
    first = re.search(r"^\d+ of \d+ cases.*$", page, flags=re.MULTILINE)
    table = re.search(r"^\| scorer .*?(?=\n\n)", page, flags=re.MULTILINE | re.DOTALL)
    return "\n\n".join(part[0] for part in (first, table) if part)


def filled(text: str, name: str, content: str) -> str:
    """Return `text` with what stands between the markers of `name` replaced."""
    pattern = re.compile(rf"<!-- {name} -->.*?<!-- end of {name} -->", flags=re.DOTALL)
    block = f"<!-- {name} -->\n{content}\n<!-- end of {name} -->"
    return pattern.sub(lambda _: block, text)


def main() -> None:
    """Fill the README, and draw the flow into docs/architecture.md."""
    page = README.read_text(encoding="utf-8")
    page = filled(page, "settings", settings_table())
    page = filled(page, "answer", answer_text())
    if EVALS.exists():
        page = filled(page, "evals", eval_summary())
    README.write_text(page, encoding="utf-8")
    draw_graph.PAGE.write_text(draw_graph.drawn(), encoding="utf-8")


if __name__ == "__main__":
    main()
