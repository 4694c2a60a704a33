"""What can come between: a cancel, the end of the daemon or of darktable, a missing command, nothing selected."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from bridge.paths import from_uri
from tests.fakes.ollama import FakeOllama
from tests.hosts.darktable.conftest import Prepare
from tests.hosts.desktop import wait_for

pytestmark = pytest.mark.hosts


def test_a_cancel_ends_the_run_soon_and_darktable_is_not_held_up(desk: Prepare) -> None:
    here = desk(20, ollama=FakeOllama(delay=5.0))  # a run that a slow machine does not end before it is cancelled
    darktable = here.darktable
    answered: list[float] = []  # seconds

    def tags() -> int:
        began = time.monotonic()
        count = int(darktable.lua("return #dt.tags"))
        answered.append(time.monotonic() - began)
        return count

    before = tags()
    for _ in range(4):
        tags()
    usual = max(answered)
    darktable.act("AI Keyword Selected")
    wait_for("the first photos", lambda: tags() > before + 4)
    assert max(answered) < 1.0 + 5 * usual, "darktable answers while a run goes on"
    with here.bridge.client() as client:
        (job,) = client.call("jobs.list")
        began = time.monotonic()
        here.bridge.run("jobs")
        command = time.monotonic() - began
        began = time.monotonic()
        darktable.cancel(lambda: client.call("jobs.status", job=job["job"])["state"] == "cancelled")
        took = time.monotonic() - began
        assert took < 5.0 + 10 * command, "two seconds where the machine has nothing else to do"
    wait_for("the sum", lambda: len(darktable.said()) == 1)
    assert "cancelled" in darktable.told()
    kept = [name for name, _ in darktable.everything() if darktable.tags(name)]
    assert 0 < len(kept) < 20
    assert f"{len(kept)} taken back" in darktable.done("Undo Last AI Run")
    assert darktable.all_tags() == set()


def test_a_daemon_that_dies_in_a_run_costs_nothing(desk: Prepare) -> None:
    here = desk(5, ollama=FakeOllama(delay=1.0))
    darktable = here.darktable
    darktable.act("AI Keyword Selected")
    wait_for("the first photo", lambda: any(darktable.tags(f"{number}.jpg") for number in range(5)))
    here.bridge.kill()
    wait_for("the end of the run", lambda: len(darktable.said()) == 1)
    assert "5 written, 0 unchanged, 0 failed" in darktable.told(), "a new daemon went on with it"
    tagged = darktable.everything()
    assert all(len(carried.tags) >= 4 for carried in tagged.values())
    assert "0 written, 5 unchanged, 0 failed" in darktable.done("AI Keyword Selected")
    assert darktable.everything() == tagged
    assert "5 taken back" in darktable.done("Undo Last AI Run")
    assert darktable.all_tags() == set()


def test_a_photo_that_leaves_the_library_in_a_run_is_left_alone(desk: Prepare) -> None:
    here = desk(6, ollama=FakeOllama(delay=1.0))
    darktable = here.darktable
    last = int(darktable.on("5.jpg", "return image.id"))
    darktable.act("AI Keyword Selected")
    wait_for("the first photo", lambda: bool(darktable.tags("0.jpg")))
    darktable.on("5.jpg", "image:delete()")
    wait_for("the end of the run", lambda: len(darktable.said()) == 1)
    assert "5 written" in darktable.told()
    assert darktable.sql("select * from tagged_images where imgid = ?", last) == []


def test_darktable_closed_in_a_run_ends_and_cancels_it(desk: Prepare) -> None:
    here = desk(12, ollama=FakeOllama(delay=1.0))
    here.darktable.act("AI Keyword Selected")
    with here.bridge.client() as client:
        wait_for("the first photo", lambda: any(carried.tags for carried in here.darktable.everything().values()))
        (job,) = client.call("jobs.list")
        here.darktable.stop()
        wait_for("the cancel", lambda: client.call("jobs.status", job=job["job"])["state"] == "cancelled")


def test_what_cannot_be_done_is_said(desk: Prepare) -> None:
    here = desk(1)
    darktable = here.darktable
    assert "Select photos" in darktable.done("AI Keyword Selected", "false")
    assert "nothing" in darktable.done("Undo Last AI Run").lower()
    assert "Choose AI Cull Selected first" in darktable.done("AI Cull: Set What Was Found")
    assert "Model: starter" in darktable.done("AI Settings")

    scripts = darktable.config / "lua" / "photo-bridge"
    command = scripts / "command.lua"
    command.write_text(re.sub('COMMAND = ".*"', 'COMMAND = "/gone/photo-bridge"', command.read_text()))
    run = "function(images) run.analyze('AI', 'keywords', images) end"
    darktable.lua(
        f"""for name in pairs(package.loaded) do if name:find("^photo%-bridge/") then package.loaded[name] = nil end end
        local run = require "photo-bridge/run"
        dt.control.dispatch(run.guarded, {run}, {{dt.database[1]}})"""
    )
    wait_for("a word of it", lambda: "not installed where it was" in darktable.told())
    assert "photo-bridge install darktable" in darktable.told()
    assert list(here.bridge.home.glob("darktable-*")) == [], "no file is left behind"


def test_the_review_page_is_opened_in_the_browser(
    desk: Prepare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{opened}"\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    here = desk(1)
    assert "The review page is open in your browser." in here.darktable.done("Open Review Page")
    page = from_uri(opened.read_text())
    assert (page.parent, page.stat().st_mode & 0o777) == (here.bridge.home, 0o600)


def test_what_the_daemon_will_ask_for_is_applied_where_nobody_was_faster(desk: Prepare) -> None:
    """Ratings, colours and rejects too."""
    darktable = desk(1).darktable

    def apply(*operations: str) -> list[str]:
        given = ", ".join(f"{{ {operation} }}" for operation in operations)
        apply = 'require("photo-bridge/catalogue").apply'
        return darktable.on("0.jpg", f'return table.concat({{ {apply}(image, {{ {given} }}) }}, "/")').split("/")

    assert apply('"rating.set", "0", "0", "3"', '"label.set", "1", "none", "green"') == ["0,1", ""]
    assert (darktable.rating("0.jpg"), darktable.colours("0.jpg")) == (3, {"green"})
    assert apply('"rating.set", "0", "0", "5"') == ["", "", "it has another rating by now"]
    assert apply('"label.set", "0", "red", "blue"') == ["", "", "it has another colour by now"]
    assert apply('"rating.set", "0", "3", "-1"', '"label.set", "1", "green", "none"') == ["0,1", ""]
    assert (darktable.rating("0.jpg"), darktable.colours("0.jpg")) == (-1, set())
    assert apply('"rating.set", "0", "-1", "3"') == ["0", ""]
    assert darktable.rating("0.jpg") == 3
    assert apply('"title.set", "0", "", "T"', '"title.set", "1", "other", "U"') == [
        "0",
        "",
        "it has another text by now",
    ]
    assert darktable.text("0.jpg", "title") == "T"
    assert apply('"keyword.add", "0", "A", "B"', '"keyword.add", "1", "A", "B"') == ["0", "0"]
    assert apply('"keyword.add", "0", "darktable", "x"')[2] == "darktable keeps that name for itself"
    assert apply('"pick.set", "0", "0", "1"') == ["", "", "darktable has no place for it"]
    assert darktable.tags("0.jpg") == ["A|B"]
