"""The review view: what a run would write is decided photo by photo, by key, written, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from bridge.paths import from_uri, to_uri
from tests.browser.desk import Desk, MakeDesk
from tests.fakes.ollama import FakeOllama
from tests.system.daemon import digests, exiftool, keywords


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(slots=2) as server:
        yield server


@pytest.fixture
def desk(make_desk: MakeDesk, ollama: FakeOllama) -> Desk:
    return make_desk(ollama=ollama)


def shown(desk: Desk) -> str:
    """A run that has ended and wrote nothing."""
    status = desk.run("photos.analyze", uris=[to_uri(desk.photos)])
    assert (status["done"], status["write"]) == (6, False)
    return str(status["job"])


def photos(desk: Desk, job: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = desk.call("review.list", job=job)["photos"]
    return listed


def opened(desk: Desk, job: str) -> Page:
    page = desk.open(f"#/review/{job}")
    expect(tiles(page)).to_have_count(6)
    return page


def tiles(page: Page) -> Locator:
    return page.get_by_role("list", name="Photos of the run").get_by_role("listitem")


def text_of(photo: dict[str, Any], field: str) -> str:
    """What is or will be in it."""
    return next(str(text["new"]) for text in photo["texts"] if text["field"] == field)


def decided(page: Page) -> None:
    """Everything that was decided is stored."""
    expect(page.locator("body")).to_have_attribute("data-saving", "false")


def written(page: Page) -> str:
    """Write, and wait for the end; which run that was."""
    page.keyboard.press("Shift+W")
    page.get_by_role("button", name="Write", exact=True).click()
    line = page.locator("dialog [data-run]")
    expect(line).to_contain_text("written")
    return line.get_attribute("data-run") or ""


def test_what_was_decided_is_written_and_taken_back(desk: Desk) -> None:
    files = sorted(desk.photos.iterdir())
    before = digests(files)
    job = shown(desk)
    first, second, third = photos(desk, job)[:3]
    page = opened(desk, job)
    desk.axe()
    desk.shot("review")
    tiles(page).nth(0).focus()
    page.keyboard.press("1")
    decided(page)
    page.keyboard.press("e")
    caption = page.get_by_label("Caption – new")
    expect(caption).to_be_focused()
    caption.fill("Evening at the harbour.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Caption – yours")).to_have_value("Evening at the harbour.")
    expect(tiles(page).nth(0)).to_be_focused()
    page.keyboard.press("a")
    expect(tiles(page).nth(0)).to_contain_text("✓ accepted")
    expect(tiles(page).nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(tiles(page).nth(1)).to_contain_text("✕ left out")
    decided(page)
    run = written(page)
    paths = [from_uri(photo["uri"]) for photo in (first, second, third)]
    assert keywords(paths[0])["XMP-dc:Subject"] == [one["value"] for one in first["words"][1:]]
    assert exiftool("-s3", "-XMP-dc:Description", paths[0]) == "Evening at the harbour.\n"
    assert keywords(paths[1]) == {}
    assert keywords(paths[2])["XMP-dc:Subject"] == [one["value"] for one in third["words"]]
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text("Taken back in 5 photos.")).to_be_visible()
    assert digests(files) == before
    assert desk.call("review.summary", job=job)["applied"][0]["job"] == run


def test_a_word_is_refused_for_a_selection_and_for_the_whole_run(desk: Desk) -> None:
    job = shown(desk)
    before = photos(desk, job)
    shared = before[0]["words"][0]["value"]
    page = opened(desk, job)
    tiles(page).nth(0).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_text("2 photos selected")).to_be_visible()
    tiles(page).nth(0).get_by_role("button", name=shared).click()
    decided(page)
    states = [{word["value"]: word["state"] for word in photo["words"]} for photo in photos(desk, job)]
    assert states[0][shared] == "rejected"
    assert states[1].get(shared, "rejected") == "rejected"
    page.keyboard.press("Escape")
    other = before[2]["words"][0]["value"]
    words = page.get_by_role("complementary", name="Words of the whole run")
    words.get_by_label("Find a word of this run").fill(other)
    row = words.get_by_role("listitem").filter(has_text=other).first
    row.hover()
    row.get_by_label(f"Do not write {other} in this run").click()
    expect(words.get_by_role("listitem").filter(has_text=other).first).to_contain_text("not written")
    decided(page)
    for photo in photos(desk, job):
        assert all(word["state"] == "rejected" for word in photo["words"] if word["value"] == other)
    for _ in range(2):
        page.keyboard.press("Control+z")
        decided(page)
    expect(page.get_by_role("button", name="Undo").first).to_be_disabled()
    assert photos(desk, job) == before


def test_a_word_is_added_and_another_is_said_in_other_words(desk: Desk) -> None:
    job = shown(desk)
    (photo,) = photos(desk, job)[:1]
    said = photo["words"][0]["value"]
    page = opened(desk, job)
    tiles(page).nth(0).focus()
    page.keyboard.press("n")
    expect(page.get_by_label("Add a keyword")).to_be_focused()
    page.keyboard.type("Family|Anna")
    page.keyboard.press("Enter")
    expect(tiles(page).nth(0).get_by_role("button", name="Family › Anna")).to_be_visible()
    decided(page)
    page.get_by_role("complementary", name="The photo").get_by_label(f"Say another word for {said}").click()
    page.get_by_label("The keyword to write instead").fill("Places|Harbour")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    decided(page)
    run = written(page)
    found = keywords(from_uri(photo["uri"]))["XMP-lr:HierarchicalSubject"]
    assert {"Family|Anna", "Places|Harbour"} <= set(found)
    assert said not in found
    claims = desk.call("provenance.get", uris=[photo["uri"]])[0]["values"]
    assert not {"Family|Anna", "Places|Harbour"} & {claim["value"] for claim in claims if claim["job"] == run}


def test_any_decision_is_taken_back_whatever_came_after(desk: Desk) -> None:
    job = shown(desk)
    page = opened(desk, job)
    tiles(page).nth(0).focus()
    for key in ("1", "2", "a"):
        page.keyboard.press(key)
    decided(page)
    page.keyboard.press("h")
    box = page.get_by_role("dialog", name="What you decided")
    expect(box.get_by_role("listitem")).to_have_count(3)
    desk.axe()
    box.get_by_role("listitem").nth(2).get_by_role("button").click()
    expect(box.get_by_role("listitem").nth(2)).to_contain_text("taken back")
    box.get_by_role("button", name="Close").click()
    first = photos(desk, job)[0]
    assert [word["state"] for word in first["words"][:2]] == ["proposed", "rejected"]
    assert first["decided"] == "accepted"


def test_never_makes_a_rule_that_is_taken_back_with_the_decision(desk: Desk) -> None:
    job = shown(desk)
    word = photos(desk, job)[0]["words"][0]["value"]
    page = opened(desk, job)
    words = page.get_by_role("complementary", name="Words of the whole run")
    words.get_by_label("Find a word of this run").fill(word)
    row = words.get_by_role("listitem").filter(has_text=word).first
    row.hover()
    row.get_by_label(f"Never write {word}").click()
    page.get_by_role("button", name="Never", exact=True).click()
    expect(words.get_by_role("listitem").filter(has_text=word).first).to_contain_text("never")
    assert [rule["word"] for rule in desk.call("rules.list")["accepted"]] == [word]
    page.get_by_role("button", name="Undo").first.click()
    decided(page)
    expect(words.get_by_role("listitem").filter(has_text=word).first).not_to_contain_text("never")
    assert desk.call("rules.list")["accepted"] == []


def test_only_what_was_accepted_is_written_where_that_is_wanted(desk: Desk) -> None:
    job = shown(desk)
    page = opened(desk, job)
    tiles(page).nth(0).focus()
    page.keyboard.press("a")
    decided(page)
    page.get_by_role("button", name="Accepted 1").click()
    expect(tiles(page)).to_have_count(1)
    page.get_by_role("button", name="All 6").click()
    expect(tiles(page)).to_have_count(6)
    page.keyboard.press("Shift+W")
    page.get_by_label("Only those that you accepted: 1 photo").check()
    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.locator("dialog [data-run]")).to_contain_text("1 photo written")
    tagged = [photo for photo in photos(desk, job) if keywords(from_uri(photo["uri"]))]
    assert [photo["decided"] for photo in tagged] == ["accepted"]


def test_keywords_of_the_photo_that_nobody_proposed_are_shown_too(desk: Desk) -> None:
    (path,) = sorted(desk.photos.iterdir())[:1]
    exiftool("-overwrite_original", "-XMP-dc:Subject=By hand", path)
    job = shown(desk)
    page = opened(desk, job)
    expect(tiles(page).filter(has_text=path.name)).to_contain_text("there: By hand")
    assert [photo["others"] for photo in photos(desk, job) if photo["path"] == str(path)] == [["By hand"]]


def test_what_will_be_in_the_files_is_read_from_the_files(desk: Desk) -> None:
    job = shown(desk)
    (photo,) = photos(desk, job)[:1]
    exiftool("-overwrite_original", "-XMP-dc:Subject=By hand", "-IPTC:Keywords=By hand", from_uri(photo["uri"]))
    page = opened(desk, job)
    tiles(page).nth(0).focus()
    panel = page.get_by_role("complementary", name="The photo")
    expect(panel.locator(".target")).to_contain_text("By hand")
    expect(panel.locator(".target ins").filter(has_text=photo["words"][0]["value"]).first).to_be_visible()


def test_a_decision_that_cannot_be_stored_is_taken_from_the_screen(desk: Desk) -> None:
    job = shown(desk)
    page = opened(desk, job)
    desk.kill()
    tiles(page).nth(0).focus()
    page.keyboard.press("a")
    expect(page.get_by_role("alert").filter(has_text="The daemon does not answer.")).to_be_visible()
    expect(tiles(page).nth(0)).not_to_contain_text("accepted")


@pytest.mark.parametrize("answered", [1, 9, 23])
def test_what_is_shown_as_saved_outlives_the_daemon(desk: Desk, answered: int) -> None:
    """Killed while decisions come quickly, after so many answers: the page takes back what was not stored, no more."""
    job = shown(desk)
    page = opened(desk, job)
    for index in range(6):
        tiles(page).nth(index).focus()
        for key in "12345":
            page.keyboard.press(key)
            action = page.locator(".grid").get_attribute("data-action")
            if desk.bridge.process is not None and int(action or 0) >= answered:
                desk.kill()
    decided(page)
    on_screen = [set(tile.locator(".chip.off").all_inner_texts()) for tile in tiles(page).all()]
    if desk.bridge.process is not None:
        desk.kill()
    desk.restart()
    stored = [{word["value"] for word in photo["words"] if word["state"] == "rejected"} for photo in photos(desk, job)]
    assert sum(map(len, on_screen)) >= answered
    for seen, kept in zip(on_screen, stored, strict=True):
        assert seen <= kept


def test_a_run_that_wrote_is_shown_and_not_decided(desk: Desk) -> None:
    status = desk.run("photos.analyze", uris=[to_uri(desk.photos)], options={"write": True})
    page = opened(desk, status["job"])
    expect(page.get_by_role("button", name="Write …")).to_have_count(0)
    word = photos(desk, status["job"])[0]["words"][0]["value"]
    tiles(page).nth(0).get_by_role("button", name=word).click()
    expect(page.locator(".toast").filter(has_text="This run has written already")).to_be_visible()
    assert desk.call("review.actions", job=status["job"])["actions"] == []


def test_a_run_to_review_is_chosen(desk: Desk) -> None:
    page = desk.open("#/review")
    expect(page.get_by_text("No run waits to be reviewed.")).to_be_visible()
    desk.axe()
    shown(desk)
    page.reload()
    page.get_by_role("link", name="6 photos").click()
    expect(tiles(page)).to_have_count(6)


def test_it_is_usable_where_it_is_narrow(desk: Desk) -> None:
    job = shown(desk)
    page = opened(desk, job)
    page.set_viewport_size({"width": 400, "height": 800})
    expect(tiles(page).nth(0)).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 400, "nothing is beside the screen"
    desk.axe()
    tiles(page).nth(0).get_by_role("button").first.click()
    decided(page)
    assert photos(desk, job)[0]["words"][0]["state"] == "rejected"


def test_a_photo_that_fails_says_why_and_what_to_do(desk: Desk) -> None:
    desk.watch.excused.append("status of 415")  # there is no picture of it
    Path(desk.photos / "empty.jpg").touch()
    status = desk.run("photos.analyze", uris=[to_uri(desk.photos)])
    page = desk.open(f"#/review/{status['job']}?state=failed")
    expect(tiles(page)).to_have_count(1)
    expect(tiles(page).first).to_contain_text("is empty")
    expect(tiles(page).first).to_contain_text("copy it again")


def test_a_text_is_for_the_photo_that_it_was_typed_beside(desk: Desk) -> None:
    """The list moves under whoever types, as what was decided just before leaves it."""
    job = shown(desk)
    _first, *others = photos(desk, job)
    page = desk.open(f"#/review/{job}?state=open")
    expect(tiles(page)).to_have_count(6)
    page.keyboard.press("x")
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("Mine, of the first")
    expect(tiles(page)).to_have_count(5)
    page.keyboard.type(" photo")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("complementary", name="The photo").get_by_role("heading", level=2)).to_have_text(
        from_uri(others[0]["uri"]).name
    )
    decided(page)
    captions = [text_of(photo, "caption") for photo in photos(desk, job)]
    assert captions == ["Mine, of the first photo", *(text_of(photo, "caption") for photo in others)]


def test_a_dialog_ends_with_its_view_and_keys_with_alt_are_the_browsers(desk: Desk) -> None:
    job = shown(desk)
    desk.open("#/jobs")
    page = opened(desk, job)
    page.keyboard.press("Alt+x")
    page.keyboard.press("h")
    expect(page.get_by_role("dialog")).to_contain_text("Nothing was decided yet.")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Runs")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_is_taken_back_is_the_last_decision_though_others_are_on_their_way(desk: Desk) -> None:
    job = shown(desk)
    page = opened(desk, job)
    held: list[Route] = []

    def hold(route: Route) -> None:
        is_first = not held and "review.decide" in (route.request.post_data or "")
        held.append(route) if is_first else route.continue_()

    page.route("**/rpc", hold)
    with page.expect_request(lambda request: "review.decide" in (request.post_data or "")):
        page.keyboard.press("x")
    page.keyboard.press("x")
    page.keyboard.press("Control+z")
    expect(page.locator("body")).to_have_attribute("data-saving", "true")
    held[0].continue_()
    decided(page)
    expect(page.get_by_text("Taken back: 1 photo is skipped.")).to_be_visible()
    expect(tiles(page).nth(1)).to_have_attribute("data-decided", "open")
    assert [photo["decided"] for photo in photos(desk, job)[:3]] == ["skipped", "open", "open"]
