"""Draw the flow from the compiled graph into docs/architecture.md."""

from __future__ import annotations

import re
from pathlib import Path

from agent.graph import build_graph

PAGE = Path(__file__).parent.parent / "docs" / "architecture.md"
START, END = "<!-- flow: drawn by scripts/draw_graph.py -->", "<!-- end of flow -->"


def drawn() -> str:
    """Return the page with the flow as the compiled graph has it."""
    mermaid = build_graph().get_graph().draw_mermaid()
    block = f"{START}\n```mermaid\n{mermaid.strip()}\n```\n{END}"
    pattern = re.compile(f"{re.escape(START)}.*?{re.escape(END)}", flags=re.DOTALL)
    return pattern.sub(lambda _: block, PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    PAGE.write_text(drawn(), encoding="utf-8")
