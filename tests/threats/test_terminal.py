"""Names of files, words of lists and what photos say, in a terminal: they are text, and drive nothing."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.daemon import log_to
from tests.system.daemon import Bridge
from tests.threats.bombs import picture

pytestmark = [pytest.mark.system, pytest.mark.skipif(sys.platform == "win32", reason="no such names there")]
EVIL = "a\x1b]0;pwned\x07\x1b[31m\x9b2J\u202egpj\r2026-01-01 INFO all is well\nb"
DRIVING = ("\x1b", "\x07", "\x9b", "\r", "\u202e")


def drives(text: str) -> list[str]:
    return [repr(sign) for sign in DRIVING if sign in text]


def test_every_command_shows_text_alone(bridge: Bridge, tmp_path: Path) -> None:
    photo, broken, words = (tmp_path / f"{EVIL}{end}" for end in (".jpg", ".png", ".txt"))
    photo.write_bytes(picture((30, 160, 60)))
    broken.write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    fields = tmp_path / "fields"
    fields.write_text(
        "".join(f"#[CSTR]-{tag}=\\x1b[31mred\\x07\n" for tag in ("XMP-dc:Title", "XMP-dc:Subject", "City"))
    )
    subprocess.run(["exiftool", "-q", "-overwrite_original", "-@", fields, photo], check=False)
    words.write_text(f"harbour\n{'x' * 30}\x1b[31m\n")
    missing = tmp_path / f"missing {EVIL}.jpg"
    commands: tuple[tuple[str | Path, ...], ...] = (
        *(("tag", photo, broken, missing, "--model", "starter", "--write"), ("tag", missing, "--model", EVIL)),
        *(("vocabulary", "import", words), ("vocabulary", "import", missing), ("vocabulary", "list")),
        *(("stock", photo, "--agency", "generic", "--out", words), ("provenance", photo), ("search", EVIL)),
        *(("provenance", "export", words, "--format", "csv"), ("style", "add", words), ("style", "show", EVIL)),
        *(("jobs",), ("passes",), ("cull", photo, broken), ("index", photo, broken), ("watch", missing), ("doctor",)),
        *(("audit", "show", EVIL), ("undo", EVIL), ("resume", EVIL), ("faces", "name", "1", EVIL), ("undo",)),
    )
    for command in commands:
        done = bridge.run(*command)
        assert not drives(done.stdout + done.stderr), (command, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, (command, done.stderr)
    assert not drives(bridge.log())


def test_a_list_is_text_on_a_terminal_and_as_it_is_in_a_pipe(bridge: Bridge, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("harbour\npier \x1b[31m\n")
    assert bridge.run("vocabulary", "import", words, "--name", "mine").returncode == 0
    export = [sys.executable, "-m", "bridge.cli.main", "vocabulary", "export", "mine"]
    assert subprocess.run(export, env=bridge.env, capture_output=True, check=True).stdout == words.read_bytes()
    reading, writing = os.openpty()
    try:
        subprocess.run(export, env=bridge.env, stdout=writing, check=True)
        shown = os.read(reading, 10_000)
    finally:
        os.close(writing)
        os.close(reading)
    assert shown.splitlines() == [b"harbour", b"pier \\x1b[31m"]


def test_no_name_passes_for_an_entry_of_the_log(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        log_to(tmp_path / "daemon.log")
        try:
            raise ValueError(EVIL)
        except ValueError:
            logging.getLogger("bridge").exception("cannot read %s", EVIL)
        for handler in root.handlers:
            handler.close()
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
    text = (tmp_path / "daemon.log").read_text()
    assert not drives(text)
    entries = [line for line in text.splitlines() if line[:2] == "20"]
    assert len(entries) == 1
