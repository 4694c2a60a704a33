"""A model hub on loopback: it lists repositories and gives their files out, from any byte on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.http import Exchange, FakeServer

LARGE = 1000
"""Bytes from which a file is kept as a large one, whose SHA-256 is told."""


class FakeHub(FakeServer):
    """Use its ``url`` as HF_ENDPOINT."""

    def __init__(self, repositories: Mapping[str, Mapping[str, bytes]], commit: str = "c" * 40) -> None:
        super().__init__()
        self.repositories = {repo: dict(files) for repo, files in repositories.items()}
        self.commit = commit
        self.seen: list[Exchange] = []
        self.given: dict[str, bytes] = {}
        """What is given out under a name, where that is not what is listed."""
        self.stop_after: dict[str, int] = {}
        """Bytes after which the answer for a file stays unfinished until the client hangs up."""
        self.hang_up = False
        """Close the connection there instead."""

    def answer(self, exchange: Exchange) -> None:
        with self.lock:
            self.seen.append(exchange)
        path = urlsplit(exchange.path).path
        for repo, files in self.repositories.items():
            if path == f"/api/models/{repo}":
                exchange.reply(
                    200, {"id": repo, "sha": self.commit, "siblings": [_told(*file) for file in files.items()]}
                )
                return
            name = path.removeprefix(f"/{repo}/resolve/{self.commit}/")
            if name in files:
                self._give(exchange, name, self.given.get(name, files[name]))
                return
        exchange.reply(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})

    def ranges(self) -> list[str]:
        """From which byte on files were asked for, where not from the first."""
        return [exchange.headers["range"] for exchange in self.seen if "range" in exchange.headers]

    def _give(self, exchange: Exchange, name: str, data: bytes) -> None:
        asked = exchange.headers.get("range")
        start = int(asked.removeprefix("bytes=").partition("-")[0]) if asked else 0
        headers = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if asked else {}
        stop = self.stop_after.pop(name, None)
        exchange.give(206 if asked else 200, data[start:], headers, stop)
        if stop is not None:
            if not self.hang_up:
                exchange.wait()
            exchange.drop()


def _told(name: str, data: bytes) -> dict[str, Any]:
    git = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    told: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": git}
    if len(data) >= LARGE:
        told["lfs"] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "pointerSize": 134}
    return told
