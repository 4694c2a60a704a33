"""The entries of the menu Open With in a real digiKam, on a selection."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hosts.desktop import wait_for
from tests.hosts.digikam.conftest import Prepare, picture
from tests.hosts.digikam.test_workflow import started

pytestmark = pytest.mark.hosts

UNDO, CAPTIONS, KEYWORDS = 1, 2, 3
"""Counted from below."""


def test_keywords_captions_and_undo_of_a_selection(desk: Prepare, tmp_path: Path) -> None:
    here = desk("Rescan File If Modified=true")
    album = here.digikam.photos
    names = ["one.JPG", "a `touch INJ` \" ' $(touch INJ).JPG"]
    for seed, name in enumerate(names):
        picture(album / name, seed)
    before = {name: (album / name).read_bytes() for name in names}
    konsole = tmp_path / "bin" / "konsole"
    konsole.parent.mkdir()
    konsole.write_text(f'#!/bin/sh\nshift\n"$@" >> "{tmp_path}/shown" 2>&1\n')
    konsole.chmod(0o755)
    here.digikam.environ = {**here.digikam.environ, "PATH": f"{konsole.parent}:{os.environ['PATH']}"}
    here.install()
    started(here, 2)

    here.digikam.open_with(KEYWORDS)
    for name in names:
        wait_for("keywords", lambda name=name: len(here.digikam.tags(name)) >= 8)  # type: ignore[misc]
        assert here.digikam.comments(name) == {}
    here.digikam.open_with(CAPTIONS)
    for name in names:
        wait_for("captions", lambda name=name: here.digikam.comments(name).keys() == {1, 3})  # type: ignore[misc]
    here.digikam.open_with(UNDO)
    wait_for("the end of the undo", lambda: "2 taken back" in (tmp_path / "shown").read_text())
    here.digikam.open_with(UNDO)
    wait_for("the photos as they were", lambda: {name: (album / name).read_bytes() for name in names} == before)
    assert (tmp_path / "shown").read_text().count("2 written, 0 unchanged, 0 failed") == 2
    here.digikam.stop()
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith("INJ")]
