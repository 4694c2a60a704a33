"""Write docs/rpc.md from the table of methods."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from bridge.rpc.docs import markdown
from bridge.rpc.methods import method_table
from bridge.service import Service


def page() -> str:
    """The page. No method is called, so no service is needed."""
    nobody: Any = None
    return markdown(method_table(cast(Service, nobody), lambda: None))


if __name__ == "__main__":
    Path(__file__).parent.parent.joinpath("docs", "rpc.md").write_text(page(), "utf-8")
