"""The files of the page: read once from the package, served from memory. No path of a request reaches a disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

INDEX = "index.html"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class PageFile:
    content: bytes
    media_type: str
    etag: str


def page_files() -> Mapping[str, PageFile]:
    """By their path from ``static/``: ``index.html``, ``lib/rpc.js`` …"""
    return dict(_below(files("bridge.web") / "static", ""))


def _below(folder: Traversable, name: str) -> Iterator[tuple[str, PageFile]]:
    for entry in folder.iterdir():
        path = f"{name}{entry.name}"
        if entry.is_dir():
            yield from _below(entry, f"{path}/")
        elif kind := TYPES.get(path[path.rfind(".") :]):
            content = entry.read_bytes()
            yield path, PageFile(content, kind, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
