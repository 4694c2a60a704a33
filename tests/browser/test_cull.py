"""Culling in the page, by keys alone: what is decided is stored, shown, written and taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from bridge.codec import from_json, to_json
from bridge.culling.measures import FaceMeasure, Measures
from bridge.jobs.culling import VERSION
from bridge.paths import to_uri
from bridge.store import CullTable, Store
from tests.browser.desk import Desk, draw
from tests.culling.photos import blurred, save
from tests.culling.scenes import scene
from tests.system.daemon import exiftool

HOSTILE = "<img src=x onerror=alert(1)>.jpg"


def shoot(folder: Path) -> Path:
    """Two moments of three, and one photo that stands alone and is far too dark."""
    for number, name in ((11, "a"), (12, "b")):
        whole = scene(number)
        save(folder / f"{name}1.jpg", whole)
        save(folder / f"{name}2.jpg", blurred(whole, 1.0))
        save(folder / f"{name}3.jpg", blurred(whole, 5.0))
    save(folder / HOSTILE, (scene(13) * 0.02).astype("uint8"))
    return folder


@pytest.fixture
def culled(desk: Desk, tmp_path: Path) -> tuple[Desk, str, Path]:
    folder = shoot(tmp_path / "shoot")
    return desk, desk.run("cull.run", uris=[folder.as_uri()])["job"], folder


def candidate(page: Page, name: str) -> Locator:
    return page.locator(".candidate").filter(has=page.get_by_text(name, exact=True))


def state(page: Page, name: str) -> tuple[str | None, str | None]:
    one = candidate(page, name)
    return one.get_attribute("data-holds"), one.get_attribute("data-yours")


def saved(page: Page) -> None:
    """Whatever was decided is stored."""
    expect(page.locator("body")).to_have_attribute("data-saving", "false")
    expect(page.locator(".candidate[data-saved=false]")).to_have_count(0)


def yours(desk: Desk, job: str) -> dict[str, int | None]:
    return {Path(r["path"]).name: r["yours"] for r in desk.call("cull.results", job=job)["results"]}


def pick(photo: Path) -> Any:
    (told,) = json.loads(exiftool("-j", "-n", "-XMP-digiKam:PickLabel", photo))
    return told.get("PickLabel")


def current(page: Page, name: str) -> None:
    expect(candidate(page, name)).to_be_focused()


def test_a_cull_is_started_from_the_page_and_opens_when_it_has_ended(desk: Desk, tmp_path: Path) -> None:
    folder = shoot(tmp_path / "shoot")
    page = desk.open("#/cull")
    expect(page.get_by_text("No cull yet.")).to_be_visible()
    desk.shot("cull-empty")
    page.get_by_label("Folder", exact=True).fill(str(tmp_path / "nowhere"))
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_contain_text("nowhere")
    page.get_by_label("Folder", exact=True).fill(str(folder))
    page.get_by_label("Keep of each moment").fill("2")
    page.get_by_role("button", name="Start").click()
    current(page, "a1.jpg")
    expect(page.get_by_role("button", name="All 7")).to_be_visible()
    page.get_by_role("link", name="All culls").click()
    expect(page.get_by_role("list", name="Culls")).to_contain_text("7 photos: 2 picked")
    desk.axe()
    desk.shot("culls")


def test_photos_are_culled_by_keys_and_written_as_flags_and_taken_back(culled: tuple[Desk, str, Path]) -> None:
    desk, job, folder = culled
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    page = desk.open(f"#/cull/{job}")
    keyboard = page.keyboard
    current(page, "a1.jpg")
    expect(page.get_by_role("button", name="Picks 2")).to_be_visible()
    expect(page.get_by_role("button", name="Rejects 3")).to_be_visible()
    expect(candidate(page, "a3.jpg")).to_contain_text("Number 3 of 3 photos of one moment.")
    assert state(page, "a1.jpg") == ("pick", "false")

    keyboard.press("ArrowRight")
    current(page, "a2.jpg")
    keyboard.press("Shift+P")
    assert [state(page, name) for name in ("a1.jpg", "a2.jpg", "a3.jpg")] == [
        ("reject", "true"),
        ("pick", "true"),
        ("reject", "true"),
    ]
    expect(candidate(page, "a1.jpg")).to_contain_text("The run says: pick")
    keyboard.press("Enter")
    current(page, "b2.jpg")
    keyboard.press("x")
    keyboard.press("ArrowDown")
    expect(page.locator(".where")).to_contain_text("3 of 3 · Alone")
    expect(page.locator(".candidate")).to_contain_text(HOSTILE)
    keyboard.press("u")
    saved(page)
    assert yours(desk, job) == {
        "a1.jpg": -1,
        "a2.jpg": 1,
        "a3.jpg": -1,
        "b1.jpg": None,
        "b2.jpg": -1,
        "b3.jpg": None,
        HOSTILE: 0,
    }
    expect(page.get_by_role("button", name="Yours 5")).to_be_visible()

    keyboard.press("w")
    page.get_by_role("button", name="Show what would be written").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("6 photos would be marked. Nothing is written yet.")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    desk.axe()
    desk.shot("cull-flags")
    page.get_by_role("button", name="Write them").click()
    expect(page.get_by_text("Flags are written: 6 photos.")).to_be_visible()
    flags = {path.name: pick(path) for path in folder.iterdir()}
    assert flags == {"a1.jpg": 1, "a2.jpg": 3, "a3.jpg": 1, "b1.jpg": 3, "b2.jpg": 1, "b3.jpg": 1, HOSTILE: None}

    expect(dialog.get_by_role("link", name="To the runs")).to_be_visible()
    page.get_by_role("button", name="Take the flags back").click()
    expect(page.get_by_text("The flags are taken back: 6 photos.")).to_be_visible()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_flag_that_a_person_set_stays_unless_they_say_otherwise(culled: tuple[Desk, str, Path]) -> None:
    desk, job, folder = culled
    exiftool("-XMP-digiKam:PickLabel=3", folder / "b3.jpg")
    page = desk.open(f"#/cull/{job}")
    current(page, "a1.jpg")
    page.keyboard.press("w")
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="Show what would be written").click()
    expect(dialog).to_contain_text("4 photos would be marked.")
    expect(dialog).to_contain_text("b3.jpg: The pick flag that it has is not ours (picked), and stays.")
    page.get_by_label("Replace flags, labels and ratings that I set myself").check()
    expect(dialog).not_to_contain_text("would be marked")
    page.get_by_role("button", name="Show what would be written").click()
    expect(dialog).to_contain_text("5 photos would be marked.")
    page.get_by_label("As").select_option("rating")
    page.get_by_label("A pick gets").select_option("3")
    page.get_by_role("button", name="Show what would be written").click()
    page.get_by_role("button", name="Write them").click()
    expect(dialog).to_contain_text("Flags are written: 5 photos.")
    dialog.get_by_role("link", name="To the runs").click()
    expect(page.get_by_role("listitem", name="Picks and rejects · shoot").first).to_contain_text("5 done")
    ratings = json.loads(exiftool("-j", "-n", "-XMP-xmp:Rating", *sorted(folder.glob("a*.jpg"))))
    assert [told.get("Rating") for told in ratings] == [3, None, -1]


def test_decisions_are_taken_back_one_after_another_those_of_an_earlier_visit_too(
    culled: tuple[Desk, str, Path],
) -> None:
    desk, job, folder = culled
    desk.call("cull.decide", job=job, photos=[{"uri": (folder / "b3.jpg").as_uri(), "pick": 1}])
    page = desk.open(f"#/cull/{job}")
    current(page, "a1.jpg")
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("p")
    page.keyboard.press("Control+z")
    assert [state(page, name) for name in ("a1.jpg", "a2.jpg")] == [("reject", "true"), ("undecided", "false")]
    page.keyboard.press("Control+z")
    assert state(page, "a1.jpg") == ("pick", "false")
    page.keyboard.press("Control+z")
    current(page, "b3.jpg")
    assert state(page, "b3.jpg") == ("reject", "false")
    saved(page)
    assert set(yours(desk, job).values()) == {None}
    page.keyboard.press("Control+z")
    expect(page.get_by_text("There is no decision of yours to take back.")).to_be_visible()


def test_filters_and_another_preset(culled: tuple[Desk, str, Path]) -> None:
    desk, job, _ = culled
    page = desk.open(f"#/cull/{job}")
    current(page, "a1.jpg")
    page.get_by_role("button", name="Yours 0").click()
    expect(page.get_by_text("No photo of this run: yours.")).to_be_visible()
    page.get_by_role("button", name="Undecided 2").click()
    expect(page.locator(".where")).to_contain_text("1 of 2 · Duplicates")
    page.keyboard.press("p")
    page.get_by_label("Preset").select_option("sport")
    expect(page.get_by_role("button", name="Yours 1")).to_be_visible()
    expect(page.get_by_label("Preset")).to_have_value("sport")
    assert state(page, "a1.jpg") == ("pick", "true")


def middle(page: Page, name: str, x: float, y: float) -> tuple[float, float]:
    """Where a spot of a photo (shares) lies from the middle of its frame, px."""
    frame = candidate(page, name).locator(".frame")
    outer, inner = frame.bounding_box(), frame.locator(".picture").first.bounding_box()
    assert outer is not None and inner is not None
    return (
        inner["x"] + x * inner["width"] - outer["x"] - outer["width"] / 2,
        inner["y"] + y * inner["height"] - outer["y"] - outer["height"] / 2,
    )


def near(found: tuple[float, float], x: float = 0.0, y: float = 0.0) -> bool:
    return abs(found[0] - x) < 1.5 and abs(found[1] - y) < 1.5


def test_one_zoom_shows_the_same_face_of_all_photos_and_pans_together(culled: tuple[Desk, str, Path]) -> None:
    desk, job, _ = culled
    culls = CullTable(Store(desk.home / "bridge.db"))
    big, small = FaceMeasure(0.2, 0.2, 0.2, 0.3, 0.9, 0.8, True, 0.3), FaceMeasure(0.7, 0.3, 0.1, 0.15, 0.9)
    for row in culls.photos(job):
        if row.path.name.startswith("a"):
            moved = 0.1 if row.path.name == "a2.jpg" else 0.0
            faces = tuple(replace(face, left=face.left + moved) for face in (big, small))
            measures = to_json(replace(from_json(Measures, row.measured.measures), faces=faces))
            culls.keep(row.picture, VERSION, replace(row.measured, measures=measures))
    page = desk.open(f"#/cull/{job}")
    current(page, "a1.jpg")
    page.keyboard.press("z")
    expect(page.locator(".zoomed-at")).to_have_text("100 %, face 1 of 2")
    eyes = 0.2 + 0.42 * 0.3
    assert near(middle(page, "a1.jpg", 0.3, eyes)) and near(middle(page, "a2.jpg", 0.4, eyes))
    expect(candidate(page, "a2.jpg")).to_contain_text("This face is 80 % sharp, eyes open.")
    desk.shot("cull-zoom")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("f")
    expect(page.locator(".zoomed-at")).to_have_text("100 %, face 2 of 2")
    assert near(middle(page, "a3.jpg", 0.75, 0.3 + 0.42 * 0.15)) and near(
        middle(page, "a2.jpg", 0.85, 0.3 + 0.42 * 0.15)
    )
    page.keyboard.press("Shift+ArrowRight")
    for name, x in (("a1.jpg", 0.75), ("a2.jpg", 0.85)):
        assert near(middle(page, name, x, 0.3 + 0.42 * 0.15), -60)
    frame = candidate(page, "a1.jpg").locator(".frame").bounding_box()
    assert frame is not None
    page.mouse.move(frame["x"] + 50, frame["y"] + 50)
    page.mouse.down()
    page.mouse.move(frame["x"] + 110, frame["y"] + 90, steps=3)
    page.mouse.up()
    for name, x in (("a1.jpg", 0.75), ("a2.jpg", 0.85)):
        assert near(middle(page, name, x, 0.3 + 0.42 * 0.15), 0, 40)
    page.keyboard.press("z")
    expect(page.locator(".zoomed-at")).to_have_text("")


def test_where_there_is_no_face_a_click_zooms_at_that_spot_of_all(culled: tuple[Desk, str, Path]) -> None:
    desk, job, _ = culled
    page = desk.open(f"#/cull/{job}")
    current(page, "a1.jpg")
    inner = candidate(page, "a2.jpg").locator(".frame .picture").first.bounding_box()
    assert inner is not None
    page.mouse.click(inner["x"] + inner["width"] * 0.25, inner["y"] + inner["height"] * 0.5)
    expect(page.locator(".zoomed-at")).to_have_text("100 %, the same spot")
    current(page, "a2.jpg")
    for name in ("a1.jpg", "a2.jpg", "a3.jpg"):
        assert near(middle(page, name, 0.25, 0.5))
    page.keyboard.press("ArrowDown")
    current(page, "b1.jpg")
    expect(page.locator(".zoomed-at")).to_have_text("100 %, the same spot")


def test_a_large_photo_is_seen_pixel_for_pixel(desk: Desk, tmp_path: Path) -> None:
    save(tmp_path / "shoot" / "large.jpg", scene(21, 3000, 2000))
    job = desk.run("cull.run", uris=[(tmp_path / "shoot").as_uri()])["job"]
    page = desk.open(f"#/cull/{job}")
    current(page, "large.jpg")
    page.keyboard.press("z")
    expect(page.locator(".zoomed-at")).to_have_text("100 %, the same spot")
    large = page.locator(".frame .large")
    expect(large).to_be_visible()
    expect(large.locator("img")).to_have_js_property("naturalWidth", 3000)
    box = large.bounding_box()
    assert box is not None and (round(box["width"]), round(box["height"])) == (3000, 2000)
    page.keyboard.press("-")
    expect(page.locator(".zoomed-at")).to_have_text("50 %, the same spot")


def test_nothing_that_was_shown_as_saved_is_lost_by_a_kill(culled: tuple[Desk, str, Path]) -> None:
    desk, job, _ = culled
    page = desk.open(f"#/cull/{job}")
    current(page, "a1.jpg")
    for key in ("x", "ArrowRight", "p", "ArrowRight", "u"):
        page.keyboard.press(key)
    saved(page)
    desk.kill()
    page.keyboard.press("p")
    expect(page.get_by_role("alert")).to_contain_text("The daemon does not answer.")
    assert state(page, "a3.jpg") == ("undecided", "true"), "painted back: it was not stored"
    desk.restart()
    told = yours(desk, job)
    assert (told["a1.jpg"], told["a2.jpg"], told["a3.jpg"]) == (-1, 1, 0)


def test_it_can_be_used_by_all(culled: tuple[Desk, str, Path]) -> None:
    desk, job, _ = culled
    page = desk.open(f"#/cull/{job}")
    current(page, "a1.jpg")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("p")
    saved(page)
    desk.axe()
    page.set_viewport_size({"width": 400, "height": 800})
    expect(page.locator(".candidate img")).to_have_count(3)
    for image in page.locator(".candidate img").all():
        expect(image).to_have_js_property("complete", True)
    desk.axe()
    desk.shot("cull")


def test_a_key_is_for_no_photo_that_is_not_shown_yet(desk: Desk) -> None:
    """Nor for the one that was left: who goes on by key does not mean it any more."""
    draw(desk.photos, *(f"more-{number:02}.jpg" for number in range(6, 30)))
    job = desk.run("cull.run", uris=[to_uri(desk.photos)])["job"]
    page = desk.open(f"#/cull/{job}")
    rail = page.get_by_role("list", name="Groups, then photos alone")
    expect(page.locator(".candidate").first).to_be_visible()
    held: list[Route] = []
    holding = True

    def hold(route: Route) -> None:
        is_held = holding and "cull.photos" in str(route.request.post_data)
        held.append(route) if is_held else route.continue_()

    page.route("**/rpc", hold)
    groups = int(rail.get_by_role("listitem").first.get_attribute("aria-setsize") or 0)
    with page.expect_request(lambda request: "cull.photos" in str(request.post_data)):
        rail.evaluate("(list) => (list.parentElement.scrollTop = list.scrollHeight)")
        page.locator(f'.rail .tile[data-index="{groups - 1}"]').click()
    page.keyboard.press("x")
    holding = False
    for route in held:
        route.continue_()
    expect(page.locator(".where")).to_contain_text("Alone")
    expect(page.locator(".candidate")).to_have_count(1)
    assert desk.call("cull.summary", job=job)["decided"] == 0
