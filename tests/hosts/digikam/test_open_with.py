"""The entries of the menu Open With in a real digiKam, on a selection."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hosts.desktop import wait_for
from tests.hosts.digikam.conftest import Prepare, picture
from tests.hosts.digikam.test_workflow import started

pytestmark = pytest.mark.hosts

SETTINGS, REVIEW, UNDO, SIMILAR, FIND, CULL, CAPTIONS, KEYWORDS = range(1, 9)
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
        "kdialog": 'case "$*" in *"Judge them"*) echo;; *) echo y;; esac\n',
        "xdg-open": f'printf "opened %s\\n" "$1" >> "{shown}"\n',
        "browser": f'printf "browsed %s\\n" "$1" >> "{shown}"\n',
    }.items():
        (programs / program).write_text(f"#!/bin/sh\n{text}")
        (programs / program).chmod(0o755)
    path, browser = f"{programs}:{os.environ['PATH']}", f"{programs}/browser"
    here.digikam.environ = {**here.digikam.environ, "PATH": path, "BROWSER": browser}
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
    choose(CULL, "0 to pick, 2 to reject, 0 undecided")
    for name in names:
        wait_for("a pick label", lambda name=name: here.digikam.internal(name) == ["Pick Label Rejected"])  # type: ignore[misc]
    choose(REVIEW, f"browsed {here.bridge.home.as_uri()}/review-")
    choose(SETTINGS, f"opened {here.bridge.home / 'settings.toml'}")
    for times in (1, 2):
        here.digikam.open_with(UNDO)
        wait_for("an undo", lambda times=times: shown.read_text().count("2 taken back") == times)  # type: ignore[misc]
    here.digikam.open_with(UNDO)
    wait_for("the photos as they were", lambda: {name: (album / name).read_bytes() for name in names} == before)
    here.digikam.stop()
    assert shown.read_text().count("2 written, 0 unchanged, 0 failed") == 3
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith("INJ")]
