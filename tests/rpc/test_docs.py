"""docs/rpc.md says what the method table says."""

from pathlib import Path

from tools.rpc_docs import page

PAGE = Path(__file__).parents[2] / "docs" / "rpc.md"


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: make docs"


def test_every_error_code_is_listed() -> None:
    text = page()
    assert "`no_caption_model`" in text
    assert "`photo_changed`" in text
