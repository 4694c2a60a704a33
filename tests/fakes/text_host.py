"""A photo program that speaks the text protocol: a catalogue in memory, and what an adapter does, word for word."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bridge.hosts.records import LEVEL, unescape

Run = Callable[..., bytes]
"""``run(*words)``: what ``photo-bridge host NAME …`` prints."""
FIELDS = {"title.set": "title", "caption.set": "caption", "alt_text.set": "alt_text", "rating.set": "rating"} | {
    "label.set": "label",
    "pick.set": "pick",
}


@dataclass
class Shot:
    """One photo in the catalogue."""

    path: Path
    id: str
    keywords: list[tuple[str, ...]] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)

    def said(self) -> bytes:
        """The fields of the protocol."""
        pairs: list[tuple[str, bytes]] = [("path", os.fsencode(self.path)), ("id", self.id.encode())]
        pairs += [("keyword", LEVEL.join(path).encode()) for path in self.keywords]
        pairs += [(name, value.encode()) for name, value in self.fields.items()]
        return b"".join(name.encode() + b"=" + value + b"\0" for name, value in pairs)


@dataclass
class Program:
    """The program with its adapter; ``folder`` is where it writes its files."""

    run: Run
    folder: Path
    shots: list[Shot]
    flags: tuple[str, ...] = ()
    """What its adapter says to ``results`` besides."""

    def submit(self, want: str, *more: str | Path) -> str:
        return self.run("submit", want, self.file(self.shots), *more).decode().strip()

    def wait(self, job: str) -> list[str]:
        """The last answer to ``poll``."""
        while (parts := rows(self.run("poll", job, "--wait", "20"))[0])[0] == "open":
            pass
        return parts

    def plan(self, job: str, *more: str, shots: Sequence[Shot] | None = None) -> list[list[str]]:
        return rows(self.run("results", job, self.file(self.shots if shots is None else shots), *self.flags, *more))

    def apply(self, told: list[list[str]]) -> bytes:
        """Carry out what can be, and say it as fields."""
        done: list[tuple[str, str]] = []
        plan = id = ""
        for kind, *rest in told:
            if kind == "photo":
                id, _, plan = rest[:3]
                done += [("plan", plan)] if plan else []
            elif kind in FIELDS or kind.startswith("keyword."):
                grouped = "--grouped" in self.flags
                number = rest[1] if grouped else rest[0]
                done.append(("plan", rest[0] if grouped else plan))
                ok = self._carry_out(rest[2] if grouped else id, kind, rest[3:] if grouped else rest[1:])
                done.append(("applied", number) if ok else ("reason", "It was changed here."))
        return b"".join(f"{name}={value}".encode() + b"\0" for name, value in done)

    def finish(self, job: str, *more: str) -> str:
        """Apply a run, say so, and ask for the summary."""
        done = self.apply(self.plan(job, *more))
        if done:
            file = self.folder / "done"
            file.write_bytes(done)
            self.run("confirm", job, file, *more)
        return self.run("summary", job, *more).decode()

    def undo(self) -> str:
        told = rows(self.run("undo"))
        run = told[0][1]
        wanted = {(row[1], row[2]) for row in told if row[0] == "photo"}
        shots = [shot for shot in self.shots if (shot.id, os.fspath(shot.path)) in wanted]
        file = self.folder / "done"
        file.write_bytes(self.apply(self.plan(run, "--undo", shots=shots)))
        self.run("confirm", run, file, "--undo")
        return self.run("summary", run, "--undo").decode()

    def file(self, shots: Sequence[Shot]) -> Path:
        path = self.folder / "said"
        path.write_bytes(b"".join(shot.said() for shot in shots))
        return path

    def state(self) -> dict[str, tuple[list[tuple[str, ...]], dict[str, str]]]:
        """All that the catalogue says, by id."""
        return {
            shot.id: (sorted(shot.keywords), {name: value for name, value in shot.fields.items() if value})
            for shot in self.shots
        }

    def _carry_out(self, id: str, kind: str, rest: list[str]) -> bool:
        (shot,) = [shot for shot in self.shots if shot.id == id]
        if kind == "keyword.add":
            if tuple(rest) in shot.keywords:
                return False
            shot.keywords.append(tuple(rest))
        elif kind == "keyword.remove":
            assert rest[0] in ("0", "1")
            if tuple(rest[1:]) not in shot.keywords:
                return False
            shot.keywords.remove(tuple(rest[1:]))
        else:
            old, new = rest
            if shot.fields.get(FIELDS[kind], "") != old:
                return False
            shot.fields[FIELDS[kind]] = new
        return True


def rows(told: bytes) -> list[list[str]]:
    """The records of an answer."""
    return list(_rows(told))


def _rows(told: bytes) -> Iterator[list[str]]:
    *lines, rest = told.decode("utf-8", "surrogateescape").split("\n")
    assert not rest, "every record ends"
    for line in lines:
        yield [unescape(part) for part in line.split("\t")]
