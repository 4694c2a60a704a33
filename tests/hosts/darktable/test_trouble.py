"""What can come between: a cancel, the end of the daemon or of darktable, a missing command, nothing selected."""

from __future__ import annotations

import re
import time

import pytest

from tests.fakes.ollama import FakeOllama
from tests.hosts.darktable.conftest import Prepare
from tests.hosts.desktop import wait_for

pytestmark = pytest.mark.hosts


def test_a_cancel_ends_the_run_soon_and_darktable_is_not_held_up(desk: Prepare) -> None:
    here = desk(20, ollama=FakeOllama(delay=1.0))
    darktable = here.darktable
    darktable.act("AI Keyword Selected")
    longest = 0.0

    def some_are_tagged() -> bool:
        nonlocal longest
        began = time.monotonic()
        tags = darktable.lua("return #dt.tags")
        longest = max(longest, time.monotonic() - began)
        return int(tags) > 8

    wait_for("the first photos", some_are_tagged)
    assert longest < 1.0, "darktable answers while a run goes on"
    with here.bridge.client() as client:
        (job,) = client.call("jobs.list")
        began = time.monotonic()
        darktable.cancel(lambda: client.call("jobs.status", job=job["job"])["state"] == "cancelled")
        assert time.monotonic() - began < 10.0, "two seconds where the machine has nothing else to do"
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
        began = time.monotonic()
        here.darktable.stop()
        assert time.monotonic() - began < 10.0
        wait_for("the cancel", lambda: client.call("jobs.status", job=job["job"])["state"] == "cancelled")


def test_what_cannot_be_done_is_said(desk: Prepare) -> None:
    here = desk(1)
    darktable = here.darktable
    assert "Select photos" in darktable.done("AI Keyword Selected", "false")
    assert "nothing" in darktable.done("Undo Last AI Run").lower()
    for label in ("AI Cull Selected", "Open Review Page"):
        assert "later version" in darktable.done(label)
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


def test_what_the_daemon_will_ask_for_is_applied_where_nobody_was_faster(desk: Prepare) -> None:
    """Ratings, colours and rejects come with a later version of the daemon."""
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
