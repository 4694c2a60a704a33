"""Search as a photographer does it: ask, look, choose, give a keyword, take it back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.desk import Desk, draw
from tests.system.daemon import exiftool, keywords

NAMES = ("harbour at dusk.jpg", "harbour crane.jpg", "old mill.jpg", "<img src=x onerror=alert(1)>.jpg")


@pytest.fixture
def library(desk: Desk) -> list[Path]:
    """Photos that are found by their names, indexed behind the page's back."""
    photos = draw(desk.photos.with_name("library"), *NAMES)
    exiftool("-overwrite_original", "-XMP-xmp:Rating=4", "-XMP-dc:Subject=Crane", photos[1])
    exiftool("-overwrite_original", "-DateTimeOriginal=2019:07:12 10:00:00", "-Model=NIKON D850", photos[2])
    assert desk.run("index.add", uris=[photos[0].parent.as_uri()])["done"] == 4
    return photos


def tiles(page: Page) -> list[str]:
    """The names of the photos that are shown, in their order."""
    return page.locator(".found .name span:first-child").all_inner_texts()


def ask(page: Page, text: str) -> None:
    page.get_by_role("searchbox").fill(text)


def test_a_folder_is_indexed_then_found_then_keyworded_then_as_before(desk: Desk) -> None:
    folder = desk.photos.with_name("library")
    photo, *_ = draw(folder, *NAMES)
    before = photo.read_bytes()
    page = desk.open("#/search")
    expect(page.get_by_text("Nothing can be found yet")).to_be_visible()
    desk.axe()
    page.get_by_label("Folder", exact=True).fill(str(folder))
    page.get_by_role("button", name="Index", exact=True).click()
    expect(page.get_by_text("4 photos can be found now.")).to_be_visible()
    ask(page, "harbour dusk")
    expect(page.locator(".found")).to_have_count(1)
    expect(page.locator(".found .why")).to_contain_text("written in its metadata or name")
    expect(page.locator(".found .score")).to_contain_text("%")
    page.locator(".tile").focus()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.locator(".tile").focus()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Keyword 1 photo …")).to_be_enabled()
    desk.axe()
    desk.shot("search")
    page.keyboard.press("k")
    page.keyboard.type("Places|Harbour")
    page.get_by_role("button", name="Show first").click()
    expect(page.get_by_role("dialog")).to_contain_text("harbour at dusk.jpg + Places › Harbour")
    assert photo.read_bytes() == before
    desk.axe()
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_text("Places › Harbour is written into 1 photo.")).to_be_visible()
    assert keywords(photo)["XMP-lr:HierarchicalSubject"] == ["Places|Harbour"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back in 1 photo.")).to_be_visible()
    assert photo.read_bytes() == before


def test_what_was_written_at_once_is_told_with_what_was_there(desk: Desk, library: list[Path]) -> None:
    desk.call("vocabulary.import", name="mine", text="Work\n\tCranes\n")
    page = desk.open("#/search?q=harbour")
    expect(page.locator(".found")).to_have_count(2)
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Keyword 2 photos …").click()
    field = page.get_by_role("dialog").get_by_label("Keyword")
    field.fill("cra")
    expect(page.locator("dialog option")).to_have_count(2)
    listed = [option.get_attribute("value") for option in page.locator("dialog option").all()]
    assert listed == ["Work|Cranes", "Crane"], "the person's own list first"
    field.fill("Crane")
    field.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("1 photo would change, 1 has it already.")
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_text("Crane is written into 1 photo.")).to_be_visible()
    assert keywords(library[0])["XMP-dc:Subject"] == ["Crane"]


@pytest.mark.usefixtures("library")
def test_an_understood_filter_is_a_chip_that_can_be_turned_off(desk: Desk) -> None:
    page = desk.open("#/search")
    ask(page, "mill in 2019")
    chip = page.get_by_role("button", name="“in 2019” is date: 2019. Take it as words instead")
    expect(chip).to_be_visible()
    expect(page.locator(".found")).to_have_count(1)
    chip.click()
    expect(page.get_by_role("button", name="“in 2019” as words. Let it be a filter again")).to_be_visible()
    page.go_back()
    expect(chip).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("mill in 2019")


@pytest.mark.usefixtures("library")
def test_filters_narrow_and_say_what_is_wrong_with_them(desk: Desk) -> None:
    page = desk.open("#/search")
    page.get_by_label("Stars").select_option("4 or more")
    expect(page.locator(".found")).to_have_count(1)
    assert tiles(page) == ["harbour crane.jpg"]
    page.get_by_role("button", name="rating: 4+. Remove this filter").click()
    page.get_by_label("Camera", exact=True).fill("d850")
    expect(page.locator("datalist option[value='Nikon D850'], datalist option[value='NIKON D850']")).to_be_attached()
    page.get_by_label("Camera", exact=True).press("Enter")
    page.get_by_label("Camera", exact=True).blur()
    expect(page.locator(".found")).to_have_count(1)
    page.get_by_label("From", exact=True).fill("sometime")
    page.get_by_label("From", exact=True).blur()
    expect(page.get_by_role("alert").filter(has_text="since=sometime means no photo")).to_be_visible()
    page.get_by_role("button", name="Clear all filters").click()
    expect(page.get_by_text("4 photos can be found.")).to_be_visible()


@pytest.mark.usefixtures("library")
def test_more_like_one_and_back_to_the_question_and_the_place(desk: Desk) -> None:
    page = desk.open("#/search")
    ask(page, "harbour")
    expect(page.locator(".found")).to_have_count(2)
    page.locator(".tile").first.focus()
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Like harbour at dusk.jpg. Remove this")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("harbour")
    expect(page.locator(".found")).to_have_count(2)


def test_one_scrolls_through_all_pages_and_comes_back_to_where_one_was(desk: Desk) -> None:
    folder = desk.photos.with_name("many")
    (first,) = draw(folder, "000.jpg")
    for number in range(1, 130):
        (folder / f"{number:03}.jpg").write_bytes(first.read_bytes() + bytes([number]))
    desk.run("index.add", uris=[folder.as_uri()])
    page = desk.open(f"#/search?f=folder%3D{folder}")
    expect(page.locator(".found").first).to_be_visible()
    page.locator(".tile").first.focus()
    page.keyboard.press("End")
    expect(page.locator('.tile[aria-setsize="130"]').first).to_be_attached()  # the second page, by itself
    page.keyboard.press("End")
    expect(page.locator('.tile[aria-posinset="130"]')).to_be_visible()
    expect(page).to_have_url(re.compile(r"at=1\d\d$"))
    top = int(page.url.rpartition("at=")[2])
    page.goto(f"{desk.origin}/#/jobs")
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    page.go_back()
    expect(page.locator(f'.tile[aria-posinset="{top + 1}"]')).to_be_in_viewport()


@pytest.mark.usefixtures("library")
def test_a_slow_answer_never_comes_after_a_newer_one(desk: Desk) -> None:
    page = desk.open("#/search")
    expect(page.get_by_text("4 photos can be found.")).to_be_visible()
    held: list[Route] = []

    def is_slow(request: Request) -> bool:
        return '"texts":["harbour"]' in (request.post_data or "")

    page.route("**/rpc", lambda route: held.append(route) if is_slow(route.request) else route.continue_())
    with page.expect_request(is_slow):
        page.get_by_role("searchbox").fill("harbour")
    page.get_by_role("searchbox").fill("mill")
    expect(page.locator(".found")).to_have_count(1)
    assert tiles(page) == ["old mill.jpg"]
    (slow,) = held
    slow.continue_()
    page.get_by_label("Stars").select_option("4 or more")
    page.get_by_role("button", name="rating: 4+. Remove this filter").click()
    expect(page.locator(".found")).to_have_count(1)
    assert tiles(page) == ["old mill.jpg"]


@pytest.mark.usefixtures("library")
def test_a_hostile_name_is_text(desk: Desk) -> None:
    page = desk.open("#/search?q=onerror")
    expect(page.locator(".found .name")).to_contain_text(NAMES[3])
    page.locator(".tile").first.focus()
    page.keyboard.press("m")
    expect(page.get_by_role("button", name=f"Like {NAMES[3]}. Remove this")).to_be_visible()


@pytest.mark.usefixtures("library")
def test_what_lacks_is_told_with_what_to_do(desk: Desk) -> None:
    page = desk.open(f"#/search?q=harbour&f=folder%3D{desk.photos}")
    expect(page.get_by_text("No photo of these is indexed yet")).to_be_visible()
    page.get_by_role("button", name="Index a folder …").click()
    page.get_by_role("dialog").get_by_label("Folder", exact=True).fill("nowhere")
    page.get_by_role("dialog").get_by_role("button", name="Index", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("That is no whole path.")


@pytest.mark.usefixtures("library")
def test_keys_are_listed(desk: Desk) -> None:
    page = desk.open("#/search?q=harbour")
    expect(page.locator(".found")).to_have_count(2)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("more like this photo")
