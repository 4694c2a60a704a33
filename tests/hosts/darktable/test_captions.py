"""Titles and descriptions in a real darktable: where there is none, and not over what a person writes meanwhile."""

from __future__ import annotations

import pytest

from tests.fakes.ollama import FakeOllama
from tests.hosts.darktable.conftest import Prepare
from tests.hosts.desktop import wait_for

pytestmark = pytest.mark.hosts

PHOTOS = {"mine.jpg": "Nikon_D100.jpg", "bare.jpg": "Canon_IXUS_300.jpg", "late.jpg": "Sigma_DP1.jpg"}


def test_they_come_where_there_is_none_and_go_with_an_undo(desk: Prepare) -> None:
    here = desk(PHOTOS, ollama=FakeOllama(delay=2.0))
    darktable = here.darktable
    darktable.on("mine.jpg", 'image.description = "Line one\\r\\nline two"')
    before = darktable.everything()

    darktable.act("AI Caption Selected")
    assert here.ollama is not None
    wait_for("the model is at work", lambda: bool(here.ollama.asked))  # type: ignore[union-attr]
    darktable.on("late.jpg", 'image.title = "Typed while the model was looking"')
    wait_for("the end of the run", lambda: len(darktable.said()) == 1)

    assert darktable.text("bare.jpg", "title")
    assert darktable.text("bare.jpg", "caption")
    assert darktable.text("mine.jpg", "caption") == "Line one\r\nline two"
    assert darktable.text("late.jpg", "title") == "Typed while the model was looking"
    assert "taken back" in darktable.done("Undo Last AI Run")
    darktable.on("late.jpg", 'image.title = ""')
    assert darktable.everything() == before
