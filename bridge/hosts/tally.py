"""What a host did in one run, kept in a file of ours while it applies: the host counts nothing, and a second look at a
photo takes the place of the first."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bridge.home import private
from bridge.hosts.records import Confirmed, line, unescape

FOLDER = "host-runs"
KEPT_SECONDS = 7 * 86_400.0
"""A host that ended in the middle never asks for its summary."""
PLANNED, UNCHANGED, REFUSED, DID = "planned", "unchanged", "refused", "did"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many photos of a run came to what."""

    written: int = 0
    unchanged: int = 0
    left: int = 0
    """Planned, and nothing of it was done."""
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Tally:
    path: Path

    @classmethod
    def of(cls, home: Path, host: str, job: str, *, undo: bool = False) -> Tally:
        safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in job)
        return cls(home / FOLDER / f"{host}-{safe}{'-undo' if undo else ''}.tsv")

    def planned(self, entries: Iterable[tuple[str, str, str, str]]) -> None:
        """Note (path, id, plan or nothing, why it could not be planned or nothing) for photos."""
        lines = []
        for path, id, plan, error in entries:
            kind = REFUSED if error else PLANNED if plan else UNCHANGED
            lines.append(line(kind, path, id, plan or error))
        self._append(lines)

    def confirmed(self, said: Iterable[Confirmed]) -> None:
        """Note what the host did."""
        self._append(
            line(DID, one.plan, int(one.applied is None or bool(one.applied)), one.reason or "") for one in said
        )

    def count(self, without: Container[tuple[str, str]] = ()) -> Counted:
        """``without``: photos (path, id) that are counted elsewhere."""
        photos: dict[tuple[str, str], tuple[str, str]] = {}
        done: dict[str, tuple[bool, str]] = {}
        for row in self._rows():
            if row[0] == DID:
                done[row[1]] = (row[2] == "1", row[3])
            else:
                photos[row[1], row[2]] = (row[0], row[3])
        written = unchanged = left = 0
        reasons: Counter[str] = Counter()
        for photo, (kind, what) in photos.items():
            if photo in without:
                continue
            did, reason = done.get(what, (False, "")) if kind == PLANNED else (False, what)
            written += did
            unchanged += kind == UNCHANGED
            left += kind != UNCHANGED and not did
            if reason and kind != UNCHANGED:
                reasons[reason] += 1
        return Counted(written, unchanged, left, reasons)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what hosts left behind long ago."""
        limit = time.time() - KEPT_SECONDS
        for file in self.path.parent.glob("*.tsv"):
            if file.stat().st_mtime < limit:
                file.unlink(missing_ok=True)

    def _append(self, lines: Iterable[str]) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self.path, "a", encoding="utf-8", errors="surrogateescape", opener=private) as file:
            file.writelines(lines)

    def _rows(self) -> list[list[str]]:
        if not self.path.exists():
            return []
        # A file of ours that a kill cut off has half a line at its end.
        text = self.path.read_text("utf-8", "surrogateescape")
        whole = text.split("\n")[:-1]
        return [[unescape(part) for part in row.split("\t")] for row in whole if row.count("\t") == 3]
