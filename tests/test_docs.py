"""The pages that are made from the code say what the code says, and no page names what is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.generated_docs import DOCS, pages

ROOT = DOCS.parent


@pytest.mark.parametrize("name", ["rpc.md", "settings.md"])
def test_a_generated_page_is_not_stale(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == pages()[name], "run: make docs"


def test_every_error_code_is_listed() -> None:
    assert {"`no_caption_model`", "`photo_changed`"} <= set(re.findall(r"`\w+`", pages()["rpc.md"]))


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
