"""People as a photographer sorts them: found, named, merged, split, decided in bulk, written, forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk, MakeDesk
from tests.fakes.faces import people_photo
from tests.system.daemon import exiftool

FAKE = ("tests.browser.fake_faces",)
ALBUM = {"a": ("anna", "ben"), "b": ("anna",), "c": ("anna", "ben"), "d": ("cleo",)}

MakeAlbum = Callable[..., Desk]


@pytest.fixture
def album(make_desk: MakeDesk) -> MakeAlbum:
    """(more arguments of the daemon, photos=) -> a desk with photos of people, looked through."""

    def make(*serve: str, photos: dict[str, Sequence[str]] | None = None) -> Desk:
        desk = make_desk(serve=(*FAKE, *serve))
        folder = desk.photos.with_name("people")
        folder.mkdir()
        for number, (name, people) in enumerate((photos or ALBUM).items()):
            Image.fromarray(people_photo(people, light=230 - 3 * number)).save(folder / f"{name}.jpg", quality=95)
        desk.call("faces.switch", on=True)
        desk.run("faces.detect", uris=[folder.as_uri()])
        return desk

    return make


def folder(desk: Desk) -> Path:
    return desk.photos.with_name("people")


def names(desk: Desk) -> dict[str, int]:
    """What the daemon has: faces by name."""
    return {group["name"] or "?": group["faces"] for group in desk.call("faces.groups")["groups"]}


def cards(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator(".person input.name").all()]


def regions(photo: Path) -> list[str]:
    (told,) = json.loads(exiftool("-j", "-struct", "-XMP-mwg-rs:RegionInfo", photo))
    return [region["Name"] for region in told.get("RegionInfo", {}).get("RegionList", [])]


def test_nobody_is_looked_for_until_a_person_says_so(make_desk: MakeDesk) -> None:
    desk = make_desk(serve=FAKE)
    people = folder(desk)
    people.mkdir()
    Image.fromarray(people_photo(["anna", "ben"])).save(people / "a.jpg")
    page = desk.open("#/people")
    expect(page.get_by_text("on this machine only")).to_be_visible()
    expect(page.locator("#main")).to_contain_text(str(desk.home))
    desk.axe()
    page.get_by_role("button", name="Look for people from now on").click()
    page.get_by_label("Folder", exact=True).fill(str(people))
    page.get_by_role("button", name="Look for faces").click()
    expect(page.get_by_text("2 people, 0 with a name")).to_be_visible()
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Look for people no more").click()
    expect(page.get_by_text("2 faces of before are kept still.")).to_be_visible()
    page.get_by_role("button", name="Forget all of them …").click()
    page.get_by_role("dialog").get_by_role("button", name="Forget all").click()
    expect(page.get_by_text("2 faces forgotten.")).to_be_visible()
    assert desk.call("faces.status")["faces"] == 0


def test_people_are_named_and_merged_by_keys_and_all_is_taken_back(album: MakeAlbum) -> None:
    desk = album()
    page = desk.open("#/people")
    expect(page.get_by_text("3 people, 0 with a name")).to_be_visible()
    expect(page.locator(".person").first).to_be_focused()
    desk.axe()
    page.keyboard.press("Enter")
    page.keyboard.type("Anna")
    page.keyboard.press("Enter")
    page.keyboard.type("Ben")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 people, 2 with a name")).to_be_visible()
    expect(page.locator('[data-saved="false"]')).to_have_count(0)
    assert names(desk) == {"Anna": 3, "Ben": 2, "?": 1}
    page.keyboard.type("ann")
    expect(page.locator("#known-people option[value=Anna]")).to_be_attached()
    page.keyboard.press("Escape")
    page.keyboard.press(" ")
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    desk.shot("people")
    page.keyboard.press("m")
    expect(page.get_by_text("2 people, 2 with a name")).to_be_visible()
    assert names(desk) == {"Anna": 4, "Ben": 2}
    page.keyboard.press("u")
    expect(page.get_by_text("3 people, 2 with a name")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("3 people, 1 with a name")).to_be_visible()
    assert names(desk)["Anna"] == 3 and "Ben" not in names(desk)


def test_a_name_that_somebody_has_already_joins_them(album: MakeAlbum) -> None:
    desk = album()
    page = desk.open("#/people")
    expect(page.locator(".person").first).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("Anna\n")
    page.keyboard.type("anna\n")
    expect(page.get_by_text("2 people, 1 with a name")).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text("3 people, 1 with a name")).to_be_visible()
    assert names(desk)["Anna"] == 3


def test_faces_of_somebody_else_are_taken_out_of_a_group(album: MakeAlbum) -> None:
    desk = album()
    anna, *_ = desk.call("faces.groups")["groups"]
    desk.call("faces.name", group=anna["group"], name="Anna")
    page = desk.open(f"#/people/{anna['group']}")
    expect(page.locator(".person")).to_have_count(3)
    desk.axe()
    page.keyboard.press(" ")
    page.keyboard.press("a")
    page.get_by_role("dialog").get_by_label("Who is it?").fill("Zoe")
    page.keyboard.press("Enter")
    expect(page.locator(".person")).to_have_count(2)
    assert (names(desk)["Anna"], names(desk)["Zoe"]) == (2, 1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".person")).to_have_count(3)
    assert names(desk)["Anna"] == 3 and "Zoe" not in names(desk)
    page.locator(".tile").first.focus()
    page.keyboard.press(" ")
    page.keyboard.press("x")
    expect(page.locator(".person")).to_have_count(2)
    page.keyboard.press("u")
    expect(page.locator(".person")).to_have_count(3)
    page.locator(".tile").first.focus()
    page.keyboard.press(" ")
    page.keyboard.press("r")
    expect(page.locator(".person")).to_have_count(2)
    page.goto(f"{desk.origin}/#/people/said")
    page.get_by_role("button", name="Undo: ").first.click()
    expect(page.get_by_text("taken back").first).to_be_visible()
    assert names(desk)["Anna"] == 3


def test_the_same_person_is_decided_in_bulk_and_nobody_is_asked_twice(album: MakeAlbum) -> None:
    desk = album("wary", photos={"a": ["anna"], "b": ["anna"], "c": ["ben"], "d": ["ben"], "e": ["ben"]})
    page = desk.open("#/people/same")
    expect(page.get_by_text("4 pairs to decide")).to_be_visible()
    expect(page.locator(".side")).to_have_count(2)
    desk.axe()
    desk.shot("same-person")
    page.keyboard.press("y")
    page.keyboard.press("n")
    page.keyboard.press(" ")
    expect(page.locator("body")).to_have_attribute("data-saving", "false")
    kinds = [action["kind"] for action in desk.call("faces.actions")]
    assert kinds == ["differ", "merge"]
    left = len(desk.call("faces.groups")["alike"])
    page.reload()
    expect(page.get_by_text(f"{left} pair")).to_be_visible()
    page.keyboard.press("y")
    page.keyboard.press("u")
    expect(page.get_by_text("Taken back: ")).to_be_visible()
    expect(page.get_by_text(f"{left} pair")).to_be_visible()


def test_faces_of_no_group_become_a_person(album: MakeAlbum) -> None:
    desk = album()
    Image.fromarray(people_photo(["dan", "eva"], radius=6)).save(folder(desk) / "far.png")
    desk.run("faces.detect", uris=[folder(desk).as_uri()])
    assert desk.call("faces.loose")["total"] == 2
    page = desk.open("#/people/loose")
    expect(page.locator(".person")).to_have_count(2)
    desk.axe()
    page.keyboard.press(" ")
    page.keyboard.press("a")
    page.get_by_role("dialog").get_by_label("Who is it?").fill("Dan")
    page.keyboard.press("Enter")
    expect(page.locator(".person")).to_have_count(1)
    assert names(desk)["Dan"] == 1
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".person")).to_have_count(2)


def test_names_are_shown_then_written_then_taken_back(album: MakeAlbum) -> None:
    desk = album()
    photo = folder(desk) / "b.jpg"
    before = photo.read_bytes()
    anna, *_ = desk.call("faces.groups")["groups"]
    desk.call("faces.name", group=anna["group"], name="<b>Anna</b>")
    page = desk.open(f"#/people/{anna['group']}")
    page.get_by_role("button", name="Write the name …").click()
    page.get_by_label("Names as keywords too, below this one").fill("People")
    page.get_by_role("button", name="Show first").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("b.jpg + <b>Anna</b>, + People › <b>Anna</b> (keyword)")
    assert photo.read_bytes() == before
    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.get_by_text("Names are written into 3 photos.")).to_be_visible()
    assert regions(photo) == ["<b>Anna</b>"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back in 3 photos.")).to_be_visible()
    assert photo.read_bytes() == before
