"""From a folder to its metadata and back: everything that a photographer does with one run, in the page alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import Desk, MakeDesk
from tests.fakes.ollama import FakeOllama
from tests.system.daemon import digests, exiftool, keywords

COMMON = "harbour"
"""What the model says of every photo, beside what is on it."""
CAPTION = "Two boats wait for the tide."


@pytest.fixture
def desk(make_desk: MakeDesk) -> Iterator[Desk]:
    def answer(seen: dict[str, Any]) -> str:
        own = [word for word in seen["keywords"] if word != COMMON]
        return json.dumps(seen | {"keywords": [COMMON, *own]})

    with FakeOllama() as server:
        server.says = answer
        yield make_desk(ollama=server)


def tile(page: Page, name: str) -> Locator:
    return page.locator(".photo").filter(has_text=name)


def word(tile: Locator, name: str) -> Locator:
    return tile.locator(f'[data-word="{name}"]')


def captions(path: Path) -> str:
    return exiftool("-s3", "-XMP-dc:Description", path).strip()


def test_a_run_is_reviewed_written_and_taken_back(desk: Desk) -> None:
    photos = sorted(desk.photos.iterdir())
    exiftool("-overwrite_original", "-XMP-dc:Subject=Family", *photos)
    before = digests(photos)

    # A run is started, and ends; nothing is written.
    page = desk.open("#/jobs")
    page.get_by_label("Folder or photo").fill(str(desk.photos))
    page.get_by_role("button", name="Start").click()
    run = page.get_by_role("listitem", name="Keywords and captions · photos").first
    expect(run).to_contain_text("6 photos: 6 done")
    assert digests(photos) == before

    # A keyword is refused in a selection of three, and a caption is another.
    run.get_by_role("link", name="Review").click()
    expect(page.locator(".photo")).to_have_count(6)
    for name in ("00.jpg", "01.jpg", "02.jpg"):
        tile(page, name).click(modifiers=["Control"], position={"x": 5, "y": 5})
    expect(page.get_by_text("3 photos selected")).to_be_visible()
    word(tile(page, "01.jpg"), COMMON).click()
    for number in range(6):
        expect(word(tile(page, f"0{number}.jpg"), COMMON)).to_have_attribute("aria-pressed", str(number > 2).lower())
    page.keyboard.press("Escape")
    tile(page, "03.jpg").click(position={"x": 5, "y": 5})
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type(CAPTION)
    page.keyboard.press("Control+Enter")
    expect(tile(page, "03.jpg")).to_contain_text(CAPTION)
    expect(page.locator("body")).to_have_attribute("data-saving", "false")
    assert digests(photos) == before

    # It is written as it was decided.
    page.get_by_role("button", name="Write …").click()
    page.get_by_role("dialog").get_by_role("button", name="Write", exact=True).click()
    expect(page.get_by_role("dialog").get_by_text("6 photos written")).to_be_visible()
    for path in photos:
        for words in keywords(path).values():
            assert (COMMON in words) is (path.name > "02.jpg"), path
            assert "Family" in words
            assert len(words) > 5
    assert captions(photos[3]) == CAPTION
    assert len({captions(path) for path in photos}) == 6

    # What is in a photo now is told with who wrote it.
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    tile(page, "03.jpg").click(position={"x": 5, "y": 5})
    page.get_by_role("link", name="Who wrote what in this photo").click()
    expect(page.get_by_role("row", name=COMMON)).to_contain_text("in the file")
    expect(page.get_by_role("region", name="Yours")).to_contain_text("Family")

    # The run that wrote is taken back, and every photo is as it was.
    desk.open("#/jobs")
    newest = page.locator(".run").first
    newest.get_by_role("button", name="Undo").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("listitem", name="Undo · photos")).to_contain_text("6 photos: 6 done")
    assert digests(photos) == before
