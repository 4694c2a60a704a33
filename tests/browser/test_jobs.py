"""The runs view: started, followed, cancelled, resumed and taken back in the page; what failed says what to do next."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import Desk, MakeDesk
from tests.fakes.clock import quiet_now
from tests.fakes.http import Exchange
from tests.fakes.ollama import FakeOllama
from tests.system.daemon import digests, exiftool

TAGGING = "Keywords and captions · photos"
HELD = 600.0
"""Seconds for which a model answers nothing: a run stays at work until the test ends that."""


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(slots=2) as server:
        yield server


class Paced(FakeOllama):
    """Answers one photo each time that the test says so."""

    def __init__(self) -> None:
        super().__init__(slots=2)
        self.answers = threading.Semaphore(0)

    def answer(self, exchange: Exchange) -> None:
        if exchange.path == "/api/chat":
            self.answers.acquire()
        super().answer(exchange)


@pytest.fixture
def paced() -> Iterator[Paced]:
    with Paced() as server:
        yield server
        server.answers.release(100)


def start(page: Page, folder: Path, *, then: str = "Show me first, write nothing") -> None:
    page.get_by_label("Folder or photo").fill(str(folder))
    page.get_by_label("Then").select_option(then)
    page.get_by_role("button", name="Start").click()


def run(page: Page, name: str = TAGGING) -> Locator:
    """The newest run of that name."""
    return page.get_by_role("listitem", name=name).first


def test_a_run_is_started_followed_and_led_to_its_review(make_desk: MakeDesk, paced: Paced) -> None:
    desk = make_desk(ollama=paced)
    page = desk.open("#/jobs")
    expect(page.get_by_text("No run yet.")).to_be_visible()
    desk.axe()
    desk.shot("jobs-empty")
    start(page, desk.photos)
    for ended in range(6):
        expect(run(page)).to_contain_text(f"{ended} of 6 photos")
        paced.answers.release()
    expect(run(page)).to_contain_text("6 photos: 6 done")
    expect(run(page)).to_contain_text("ollama:llava:13b")
    expect(page.get_by_text("No run yet.")).to_be_hidden()
    job = desk.call("jobs.list")[0]["job"]
    expect(run(page).get_by_role("link", name="Review")).to_have_attribute("href", f"#/review/{job}")
    expect(page.locator("datalist option")).to_have_attribute("value", str(desk.photos))
    desk.axe()
    desk.shot("jobs")


def test_a_run_is_written_and_taken_back(desk: Desk) -> None:
    photos = sorted(desk.photos.iterdir())
    before = digests(photos)
    page = desk.open("#/jobs")
    start(page, desk.photos, then="Write it into the photos")
    expect(run(page)).to_contain_text("6 photos: 6 done")
    assert exiftool("-s3", "-XMP-dc:Subject", desk.photos).strip()
    run(page).get_by_role("button", name="Undo").click()
    desk.shot("jobs-undo")
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(run(page, "Undo · photos")).to_have_attribute("data-state", "done")
    expect(run(page).get_by_role("button", name="Undo")).to_be_hidden()
    assert digests(photos) == before


def test_what_failed_says_what_to_do_next(desk: Desk) -> None:
    (desk.photos / "empty.jpg").write_bytes(b"")
    (desk.photos / "diary.jpg").write_text("Dear diary, this is no photo at all.")
    (desk.photos / "letter.jpg").write_text("Dear Anna, nor is this.")
    page = desk.open("#/jobs")
    start(page, desk.photos)
    expect(run(page)).to_contain_text("9 photos: 6 done, 3 failed")
    run(page).get_by_text("3 photos failed: why, and what to do").click()
    expect(run(page).locator(".cause")).to_have_count(2)
    words, empty = run(page).locator(".cause").all()
    expect(words).to_contain_text("This is no photo: it seems to be text.")
    expect(words).to_contain_text("Its content is no picture; it was left alone.")
    expect(words.get_by_role("listitem")).to_have_text(["diary.jpg", "letter.jpg"])
    expect(empty).to_contain_text("copy it again from the card or the backup")
    desk.axe()
    desk.shot("jobs-failed")
    for name in ("diary.jpg", "letter.jpg"):
        (desk.photos / name).write_bytes((desk.photos / "00.jpg").read_bytes())
    run(page).get_by_role("button", name="Resume").click()
    expect(run(page)).to_contain_text("9 photos: 8 done, 1 failed")
    expect(run(page).locator(".cause")).to_have_count(1)


def test_all_of_it_goes_by_keys(make_desk: MakeDesk, ollama: FakeOllama) -> None:
    ollama.delay = HELD
    desk = make_desk(ollama=ollama)
    page = desk.open("#/jobs")
    expect(page.get_by_label("Folder or photo")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type(str(desk.photos))
    page.keyboard.press("Enter")
    expect(run(page)).to_contain_text("0 of 6 photos")
    page.get_by_label("Folder or photo").blur()
    page.keyboard.press("j")
    expect(run(page)).to_be_focused()
    page.keyboard.press("c")
    expect(run(page)).to_contain_text("6 cancelled")
    expect(run(page)).to_have_attribute("data-state", "cancelled")
    ollama.delay = 0.0
    page.keyboard.press("r")
    expect(run(page)).to_contain_text("6 photos: 6 done")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("resume the chosen run")
    page.keyboard.press("Escape")
    run(page).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#/review/\d{8}-"))


def test_a_run_that_waits_for_a_person_says_for_what(make_desk: MakeDesk) -> None:
    with FakeOllama() as server:
        server.delay = HELD
        desk = make_desk(ollama=server)
        page = desk.open("#/jobs")
        start(page, desk.photos)
        expect(run(page)).to_contain_text("0 of 6 photos")
        port = server.port
    expect(run(page)).to_contain_text("waits for you")
    # What of a server that ends is heard last depends on the moment: a closed door, or half an answer.
    expect(run(page).locator(".waits")).to_contain_text(re.compile("ollama serve|no Ollama"))
    desk.axe()
    desk.shot("jobs-paused")
    with FakeOllama(port=port):
        run(page).get_by_role("button", name="Resume").click()
        expect(run(page)).to_contain_text("6 photos: 6 done")


def test_a_run_of_a_photo_program_is_taken_back_there(desk: Desk) -> None:
    items = [{"uri": (desk.photos / "00.jpg").as_uri(), "id": "1"}]
    options = {"apply": "host", "host": "lightroom", "write": True}
    job = desk.run("photos.analyze", items=items, options=options)["job"]
    (plan,) = desk.call("metadata.plan", job=job, items=items)["plans"]
    desk.call("metadata.confirm", plans=[{"plan_id": plan["plan_id"], "applied": "all"}])
    page = desk.open("#/jobs")
    run(page).get_by_role("button", name="Undo").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(run(page).get_by_role("alert")).to_contain_text("Lightroom Classic applied the run")
    expect(run(page).get_by_role("alert")).to_contain_text("Take it back there")


def test_what_cannot_be_started_says_why(desk: Desk) -> None:
    page = desk.open("#/jobs")
    start(page, desk.photos / "nowhere")
    alert = page.get_by_role("form", name="Start a run").get_by_role("alert")
    expect(alert).to_contain_text("There is nothing at")
    expect(alert).to_contain_text("Give the whole path")
    desk.axe()
    page.get_by_label("Folder or photo").press_sequentially("x")
    expect(alert).to_be_empty()
    expect(page.get_by_text("No run yet.")).to_be_visible()


def test_two_models_are_mixed_in_a_folder_only_on_purpose(make_desk: MakeDesk, ollama: FakeOllama) -> None:
    desk = make_desk(ollama=ollama)
    desk.run("photos.analyze", uris=[desk.photos.as_uri()], options={"model": "starter", "write": True})
    page = desk.open("#/jobs")
    page.get_by_label("Model").select_option("ollama:llava:13b")
    start(page, desk.photos, then="Write it into the photos")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Start")).to_be_enabled()
    assert len(desk.call("jobs.list")) == 1
    page.get_by_role("button", name="Start").click()
    page.get_by_role("dialog").get_by_role("button", name="Write all the same").click()
    expect(run(page)).to_contain_text("ollama:llava:13b")
    expect(run(page)).to_contain_text("6 photos: 6 done")


def test_runs_that_begin_elsewhere_show_and_older_ones_are_led_to(desk: Desk) -> None:
    page = desk.open("#/jobs")
    expect(page.get_by_text("No run yet.")).to_be_visible()
    desk.run("photos.analyze", uris=[(desk.photos / "00.jpg").as_uri()])
    expect(run(page)).to_contain_text("1 photo: 1 done")
    for _ in range(24):
        desk.run("cull.run", uris=[(desk.photos / "00.jpg").as_uri()])
    expect(page.get_by_role("list", name="Runs").get_by_role("listitem")).to_have_count(20)
    expect(run(page, "Cull").get_by_role("link", name="Cull")).to_be_visible()
    page.get_by_role("button", name="Show older runs").click()
    expect(page.get_by_role("list", name="Runs").get_by_role("listitem")).to_have_count(25)
    expect(page.get_by_role("button", name="Show older runs")).to_be_hidden()


def test_a_daemon_that_went_away_is_told_of_and_opened_anew(desk: Desk) -> None:
    page = desk.open("#/jobs")
    expect(page.get_by_text("No run yet.")).to_be_visible()
    desk.kill()
    expect(page.get_by_text("The daemon does not answer.")).to_be_visible()
    desk.restart()
    expect(page.get_by_role("heading", name="Open the review page")).to_be_visible()
    desk.enter("#/jobs")
    expect(page.get_by_text("No run yet.")).to_be_visible()


def test_a_run_that_waits_for_quiet_hours_to_end_is_told_to_go_on(make_desk: MakeDesk) -> None:
    desk = make_desk(environ={"PHOTO_BRIDGE_QUIET_HOURS": quiet_now()})
    page = desk.open("#/jobs")
    start(page, desk.photos)
    expect(run(page)).to_contain_text("held back")
    expect(run(page)).to_contain_text("It is quiet until ")
    desk.axe()
    run(page).get_by_role("button", name="Go on now").click()
    expect(run(page)).to_contain_text("6 photos: 6 done")
    expect(run(page).get_by_role("button", name="Go on now")).to_be_hidden()
