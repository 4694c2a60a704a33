"""Pictures in the page: of every kind of photo, upright; and a quiet reason where there is none."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.photos.made import dng, heic_turned, picture, turned

SIZES = "images => images.map((image) => [image.naturalWidth, image.naturalHeight])"


def wait_for_pictures(page: Page) -> None:
    """Not by ``wait_for_function``: it evaluates a text, which the page's Content-Security-Policy forbids."""
    for image in page.locator(".grid img").all():
        expect(image).not_to_have_js_property("naturalWidth", 0)


def test_every_kind_of_photo_is_shown_and_a_reason_where_there_is_none(desk: Desk) -> None:
    for photo in desk.photos.iterdir():
        photo.unlink()
    turned(desk.photos / "a upright.jpg", 6)
    heic_turned(desk.photos / "b phone.heic")
    dng(desk.photos / "c raw.dng")
    gone = desk.photos / "d gone.jpg"
    picture().save(gone)
    broken = desk.photos / "e broken.jpg"
    picture(1200, 800).save(broken, quality=95)
    broken.write_bytes(broken.read_bytes()[:-2000])
    run = desk.run("photos.analyze", uris=[desk.photos.as_uri()], options={"model": "starter"})
    gone.unlink()
    desk.watch.excused += ["status of 404", "status of 415"]  # Chromium tells of pictures that there are none of
    page = desk.open(f"#/review/{run['job']}")
    tiles = page.locator(".grid .tile")
    expect(tiles).to_have_count(5)
    for tile, name in zip(tiles.all(), "abcde", strict=True):
        expect(tile).to_contain_text(f"{name} ")
    expect(tiles.nth(3).locator(".no-picture")).to_contain_text("There is no file")
    expect(tiles.nth(4).locator(".no-picture")).to_contain_text("ends early")
    wait_for_pictures(page)
    assert page.locator(".grid .tile img").evaluate_all(SIZES) == [[320, 213]] * 3


@pytest.mark.parametrize(("key", "state"), [("a", "accepted"), ("x", "skipped")])
def test_a_picture_stays_on_the_screen_when_its_photo_is_decided_on(desk: Desk, key: str, state: str) -> None:
    run = desk.run("photos.analyze", uris=[desk.photos.as_uri()], options={"model": "starter"})
    page = desk.open(f"#/review/{run['job']}")
    expect(page.locator(".grid .tile")).to_have_count(6)
    wait_for_pictures(page)
    page.evaluate("for (const image of document.querySelectorAll('.grid img')) image.dataset.mine = 'kept'")
    page.locator(".grid .tile").first.focus()
    page.keyboard.press(key)
    expect(page.locator(".grid .tile").first).to_have_class(re.compile(state))
    expect(page.locator("[data-saved='true']")).to_have_count(1)
    assert page.locator(".grid img[data-mine='kept']").count() == 6
