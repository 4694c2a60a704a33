"""Write docs/demo.svg: what a command of the demo prints, as a picture of a terminal.

demo/photo-bridge tag demo/photos/china.jpg … --write | python tools/demo_picture.py
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

ROOT = Path(__file__).parent.parent
COLUMNS = 96
LABELS = r"^    (new|gone|kept|category|title|caption|alt text|written|restored|dropped):"


def picture(text: str, title: str) -> str:
    """The text as an SVG that asks nothing of the network: the reader's own monospaced font is used."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    for line in text.replace(f"{ROOT}/", "").splitlines():
        shown = Text(line, no_wrap=True, overflow="ellipsis")
        shown.highlight_regex(LABELS, "cyan")
        shown.highlight_regex(r"\[done\]", "green")
        shown.highlight_regex(r"photo-bridge undo \S+", "bold")
        console.print(shown)
    svg = console.export_svg(title=title, theme=SVG_EXPORT_THEME)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code, monospace", "monospace").replace(
        "font-family: Fira Code;", "font-family: monospace;"
    )


if __name__ == "__main__":
    (ROOT / "docs" / "demo.svg").write_text(picture(sys.stdin.read(), "make demo"), "utf-8")
