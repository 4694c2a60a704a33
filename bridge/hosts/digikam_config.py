"""digiKam's ``digikamrc``: what decides how it reads files, and one switch that the installer may set, with consent.

A KConfig file: groups in brackets, ``key=value`` lines. Every other byte of it stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

GROUP = "[Metadata Settings]"
RESCAN = "Rescan File If Modified"
SIDECARS = "Use XMP Sidecar For Reading"
CLEARS = "Clear Metadata If Rescan"
ON = f"{RESCAN}=true"


@dataclass(frozen=True, slots=True)
class Reading:
    """How digiKam reads. Both are off unless its user switched them on (seen in 7.9)."""

    rescan: bool
    """It reads the metadata of a file that changed, and not only its size and date. Without it, what a batch writes
    into the file that digiKam takes over is written over by digiKam's old values where "Save …" is on."""
    sidecars: bool
    clears: bool
    """What it reads again takes the place of everything in its database, and is not added to it."""


def reading(content: bytes | None) -> Reading:
    """What a ``digikamrc`` says; that of a digiKam never started, where there is none."""
    values = dict(_settings(_lines(content or b""), GROUP))
    return Reading(*(_is_on(values.get(name)) for name in (RESCAN, SIDECARS, CLEARS)))


def database(content: bytes | None) -> str | None:
    """The folder of its SQLite database; None where it has none yet. Raises ValueError where it has another kind."""
    values = dict(_settings(_lines(content or b""), "[Database Settings]"))
    if (kind := values.get("Database Type", "QSQLITE")) != "QSQLITE":
        raise ValueError(kind)
    return values.get("Database Name", "").replace("$HOME", str(Path.home())) or None


def with_rescan(content: bytes) -> tuple[bytes, str | None]:
    """The file with ``Rescan File If Modified`` on, and the line that stood there before, None for none."""
    lines = _lines(content)
    for number, (group, line) in enumerate(_grouped(lines)):
        if group == GROUP and line.partition("=")[0].strip() == RESCAN:
            before = lines[number].rstrip("\n")
            lines[number] = lines[number].replace(before, ON)
            return _bytes(lines), before
    if any(line.strip() == GROUP for line in lines):
        lines.insert(next(n for n, line in enumerate(lines) if line.strip() == GROUP) + 1, f"{ON}\n")
        return _bytes(lines), None
    return content + f"\n{GROUP}\n{ON}\n".encode(), None


def without_rescan(content: bytes, before: str | None) -> bytes:
    """Take that back: the line as it stood, or none. A switch that its user has turned off since stays off."""
    whole = f"\n{GROUP}\n{ON}\n".encode()
    if before is None and content.endswith(whole):
        return content.removesuffix(whole)
    lines = _lines(content)
    for number, (group, line) in enumerate(_grouped(lines)):
        if group == GROUP and line.strip() == ON:
            lines[number : number + 1] = [] if before is None else [lines[number].replace(ON, before)]
            break
    return _bytes(lines)


def _lines(content: bytes) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", content.decode("utf-8", "surrogateescape"))


def _bytes(lines: list[str]) -> bytes:
    return "".join(lines).encode("utf-8", "surrogateescape")


def _grouped(lines: list[str]) -> list[tuple[str, str]]:
    """Each line with the group that it is in."""
    group, found = "", []
    for line in lines:
        if line.startswith("["):
            group = line.strip()
        found.append((group, line))
    return found


def _settings(lines: list[str], wanted: str) -> list[tuple[str, str]]:
    pairs = [line.partition("=") for group, line in _grouped(lines) if group == wanted]
    # [$e] marks a value in which digiKam fills in $HOME.
    return [(name.strip().removesuffix("[$e]"), value.strip()) for name, equals, value in pairs if equals]


def _is_on(value: str | None) -> bool:
    return value is not None and value.lower() in ("true", "on", "yes", "1")
