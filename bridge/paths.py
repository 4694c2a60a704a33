"""File names as they travel and as they are shown. Any name survives: newline, quotes, bytes that are no UTF-8."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from bridge.errors import InvalidParams

WINDOWS = os.name == "nt"


def absolute(path: Path) -> Path:
    """``path`` from the root, without ``..`` where leaving it out leads to the same file."""
    plain = Path(os.path.normpath(path.absolute()))
    return plain if os.path.realpath(plain) == os.path.realpath(path) else path.absolute()


def canonical(path: Path) -> Path:
    """One name for every way to a file through links of folders; the file's own name stays, a link or not."""
    return path.parent.resolve() / path.name


def planted(path: Path) -> Path | None:
    """The first link on the way to ``path`` that another user made and that leads to what is not that user's; None
    where there is none. In a folder that several people write to, it can name any file that only we may change."""
    if WINDOWS:
        return None
    trusted = (os.geteuid(), 0)
    for step in (*reversed(path.parents), path):
        try:
            link = os.lstat(step)
        except OSError:
            return None
        if not stat.S_ISLNK(link.st_mode) or link.st_uid in trusted:
            continue
        try:
            owner = os.stat(step).st_uid  # noqa: PTH116
        except OSError:
            return step
        if owner != link.st_uid:
            return step
    return None


def to_uri(path: Path) -> str:
    """The absolute ``file:`` URI of ``path`` with every byte outside RFC 3986's unreserved set percent-encoded."""
    name = os.fsencode(absolute(path))
    return "file://" + quote_from_bytes(_with_slashes(name) if WINDOWS else name, safe="/:" if WINDOWS else "/")


def from_uri(uri: str) -> Path:
    """The path behind a ``file:`` URI. Raises InvalidParams for any other scheme, a host, or a relative path."""
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or parts.query or parts.fragment:
        raise InvalidParams(f"Not a file: URI of this machine: {uri!r}")
    name = unquote_to_bytes(parts.path)
    if not name.startswith(b"/") or b"\0" in name:
        raise InvalidParams(f"Not an absolute path: {uri!r}")
    return Path(os.fsdecode(_without_root(name) if WINDOWS else name))


def _with_slashes(name: bytes) -> bytes:
    """A path of Windows as URIs have it: ``/C:/Photos``, ``//server/share``."""
    name = name.replace(b"\\", b"/")
    return name if name.startswith(b"/") else b"/" + name


def _without_root(name: bytes) -> bytes:
    """The path of Windows that ``_with_slashes`` was given, with slashes, which Windows takes as well."""
    return name[1:] if name[2:3] == b":" else name


def shown(path: Path) -> str:
    """The path for people and for JSON: control characters and bytes that are no UTF-8 as ``\\xNN`` escapes."""
    return visible(os.fsencode(path).decode("utf-8", "backslashreplace"))


def visible(text: str, keep: str = "") -> str:
    """``text`` with escapes for all that drives a terminal or turns the direction of other characters, but ``keep``."""
    return "".join(c if c.isprintable() or c in keep else c.encode("unicode_escape").decode("ascii") for c in text)
