"""The entries of the menu Open With in a real digiKam, on a selection."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hosts.desktop import wait_for
from tests.hosts.digikam.conftest import Prepare, picture
from tests.hosts.digikam.test_workflow import started

pytestmark = pytest.mark.hosts

SETTINGS, REVIEW, UNDO, CULL, CAPTIONS, KEYWORDS = range(1, 7)
"""Counted from below."""


def test_every_action_on_a_selection(desk: Prepare, tmp_path: Path) -> None:
    here = desk("Rescan File If Modified=true")
    album = here.digikam.photos
    names = ["one.JPG", "a `touch INJ` \" ' $(touch INJ).JPG"]
    for seed, name in enumerate(names):
        picture(album / name, seed)
    before = {name: (album / name).read_bytes() for name in names}
    shown = tmp_path / "shown"
    shown.touch()
    programs = tmp_path / "bin"
    programs.mkdir()
    for program, text in {
        "konsole": f'shift\n"$@" >> "{shown}" 2>&1\n',
        "xdg-open": f'printf "opened %s\\n" "$1" >> "{shown}"\n',
    }.items():
        (programs / program).write_text(f"#!/bin/sh\n{text}")
        (programs / program).chmod(0o755)
    here.digikam.environ = {**here.digikam.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    here.install()
    started(here, 2)

    def choose(entry: int, words: str) -> None:
        here.digikam.open_with(entry)
        wait_for(words, lambda: words in shown.read_text())

    choose(KEYWORDS, "2 written, 0 unchanged, 0 failed")
    for name in names:
        wait_for("keywords", lambda name=name: len(here.digikam.tags(name)) >= 8)  # type: ignore[misc]
        assert here.digikam.comments(name) == {}
    here.digikam.open_with(CAPTIONS)
    for name in names:
        wait_for("captions", lambda name=name: here.digikam.comments(name).keys() == {1, 3})  # type: ignore[misc]
    choose(CULL, "This version cannot cull yet.")
    choose(REVIEW, "This version has no review page yet.")
    choose(SETTINGS, f"opened {here.bridge.home / 'settings.toml'}")
    choose(UNDO, "2 taken back")
    here.digikam.open_with(UNDO)
    wait_for("the photos as they were", lambda: {name: (album / name).read_bytes() for name in names} == before)
    here.digikam.stop()
    assert shown.read_text().count("2 written, 0 unchanged, 0 failed") == 2
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith("INJ")]
