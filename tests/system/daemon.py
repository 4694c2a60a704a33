"""A real daemon and the real command line, in processes of their own, with a home of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridge.rpc.client import Client, connect

READY_SECONDS = 180.0
COMMAND_SECONDS = 500.0
"""Against waiting for ever: neither measures anything."""


@dataclass
class Bridge:
    """One home folder: start its daemon, run its commands."""

    home: Path
    environ: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    serve: tuple[str, ...] = ("bridge.cli.main", "serve")
    """The module that is the daemon, and its arguments: a test may have another one with fake models."""

    @property
    def env(self) -> dict[str, str]:
        # A daemon that a whole session shares is started before any test has set this for itself (tests/conftest.py).
        quick = {"PHOTO_BRIDGE_INDEX_WHILE_TAGGING": "false"}
        return {**quick, **os.environ, "PHOTO_BRIDGE_HOME": str(self.home), "PHOTO_BRIDGE_PORT": "0", **self.environ}

    def start(self) -> None:
        """Returns when the daemon has said that it is ready."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.serve],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self.env,
        )
        too_long = threading.Timer(READY_SECONDS, self.process.kill)
        too_long.start()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        too_long.cancel()
        assert line.startswith("ready 127.0.0.1:"), f"{line!r}\n{self.log()}"

    def kill(self) -> None:
        """As a power cut would, as far as the process goes."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self._reap()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self._reap()

    def _reap(self) -> None:
        assert self.process is not None
        self.process.wait(READY_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None

    def client(self) -> Client:
        return connect(self.home)

    def run(self, *arguments: str | bytes | Path, **more: Any) -> subprocess.CompletedProcess[str]:
        """One command line."""
        return self.python("-m", "bridge.cli.main", *arguments, **more)

    def python(self, *arguments: str | bytes | Path, **more: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            env=self.env,
            timeout=COMMAND_SECONDS,
            check=False,
            **more,
        )

    def results(self, *arguments: str | bytes | Path) -> dict[str, dict[str, Any]]:
        """What a command with ``--json`` prints, by file name."""
        done = self.run(*arguments, "--json")
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert found or done.returncode, done.stderr
        return {result["path"].rpartition("/")[2]: result for result in found}

    def log(self) -> str:
        path = self.home / "daemon.log"
        return path.read_text("utf-8", "replace") if path.exists() else "(no log)"


@contextmanager
def running(
    home: Path, environ: Mapping[str, str] | None = None, serve: tuple[str, ...] = Bridge.serve
) -> Iterator[Bridge]:
    """A daemon that is started now and ended afterwards."""
    home.mkdir(parents=True, exist_ok=True)
    bridge = Bridge(home, dict(environ or {}), serve=serve)
    bridge.start()
    try:
        yield bridge
    finally:
        bridge.stop()


def exiftool(*arguments: str | Path) -> str:
    """What the system's ExifTool prints, asked as a person would."""
    done = subprocess.run(["exiftool", *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.stdout


def keywords(path: Path) -> dict[str, list[str]]:
    """Every keyword list of a file, by ExifTool's name of it."""
    tags = ["-XMP-dc:Subject", "-IPTC:Keywords", "-XMP-lr:HierarchicalSubject", "-XMP-digiKam:TagsList"]
    (document,) = json.loads(exiftool("-m", "-j", "-G1", "-charset", "iptc=UTF8", *tags, path))
    return {tag: _list(value) for tag, value in document.items() if tag != "SourceFile"}


def _list(value: Any) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else [str(value)]


def digests(paths: Sequence[Path]) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in paths}
