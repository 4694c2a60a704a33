"""An Open With entry in a terminal: what it did stays to be read until a key is pressed."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.ollama import FakeOllama
from tests.hosts.digikam.conftest import picture
from tests.system.daemon import keywords, running

pytestmark = pytest.mark.system


def test_the_window_waits_for_the_person(own_home: Path, tmp_path: Path) -> None:
    photo = picture(tmp_path / "one.jpg", 1)
    with FakeOllama() as ollama:
        environ = {"PHOTO_BRIDGE_OLLAMA_URL": ollama.url, "PHOTO_BRIDGE_MODEL": "ollama:llava:13b"}
        with running(own_home, {**environ, "HOME": str(tmp_path)}) as bridge:
            ours, theirs = pty.openpty()
            command = [sys.executable, "-m", "bridge.cli.main", "host", "digikam", "open", "keywords", str(photo)]
            process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=bridge.env)
            os.close(theirs)
            shown = b""
            while b"Press Enter to close" not in shown:
                shown += os.read(ours, 4096)
            assert process.poll() is None
            os.write(ours, b"\n")
            assert process.wait(60) == 0
            os.close(ours)
    assert b"1 written, 0 unchanged, 0 failed" in shown
    assert b"To take it back: photo-bridge undo" in shown
    assert len(keywords(photo)["XMP-dc:Subject"]) >= 8
