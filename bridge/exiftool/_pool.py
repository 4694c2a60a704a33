"""A few ExifTool processes for all threads: started when needed, kept open, started again when one dies."""

from __future__ import annotations

import base64
import json
import queue
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bridge.errors import ExifToolFailed
from bridge.exiftool._arguments import Command, Write, build
from bridge.exiftool._process import NoReply, Process, Reply

Tags = dict[str, str | list[str]]
"""A tag's name with its group, and its value or, for a list of several, values. A structure is one text of JSON."""


class ExifTool:
    """Thread-safe. Nothing runs until the first command; ``close`` ends the processes."""

    def __init__(self, executable: str | None = None, *, processes: int = 2, timeout_s: float = 60.0) -> None:
        """``timeout_s``: for one reply, seconds."""
        self._executable = executable
        self._timeout_s = timeout_s
        self._slots: queue.LifoQueue[Process | None] = queue.LifoQueue()
        for _ in range(processes):
            self._slots.put(None)
        self._processes = processes
        # A child is told to end with the thread that started it, not with the program (prctl(2), PR_SET_PDEATHSIG):
        # so one thread that lives as long as this object starts them all.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="exiftool")
        self._links = tempfile.TemporaryDirectory(prefix="photo-bridge-")
        self._next_link = 0
        self._lock = threading.Lock()
        self._used_by: dict[int, Process] = {}
        self._given_up: set[int] = set()

    @property
    def version(self) -> str:
        """As ExifTool says it: ``12.57``. Raises ExifToolMissing, ExifToolTooOld."""
        with self._process() as process:
            return process.version

    def read(self, commands: Sequence[Command]) -> list[Tags | ExifToolFailed]:
        """Run ``Read`` commands; each gives its tags, or the error in its place."""
        return [_tags(reply) if isinstance(reply, Reply) else reply for reply in self.run(commands)]

    def run(self, commands: Sequence[Command]) -> list[Reply | ExifToolFailed]:
        """Run commands in one conversation.

        A command on which ExifTool dies is tried once more by itself, in a new process; the others never notice.
        Raises ExifToolMissing, ExifToolTooOld.
        """
        links: list[Path] = []
        try:
            return self._run([build(command, self._alias(links)) for command in commands], commands)
        finally:
            with self._lock:
                self._given_up.discard(threading.get_ident())
            for link in links:
                with suppress(OSError):
                    link.unlink()

    def give_up(self, thread: int) -> None:
        """Nobody waits any more for what a thread (by its number) has asked: its process may be held by a drive, and is
        ended, so that others have theirs."""
        with self._lock:
            process = self._used_by.get(thread)
            if process is not None:
                self._given_up.add(thread)
                process.give_up()

    def close(self) -> None:
        """End the processes that are idle; waits for those that are at work."""
        for _ in range(self._processes):
            process = self._slots.get()
            if process is not None:
                process.terminate()
        for _ in range(self._processes):
            self._slots.put(None)
        self._starter.shutdown()
        self._links.cleanup()

    def _run(self, lines: list[list[bytes]], commands: Sequence[Command]) -> list[Reply | ExifToolFailed]:
        replies: list[Reply | ExifToolFailed] = []
        alone = False
        while len(replies) < len(lines):
            at = len(replies)
            if threading.get_ident() in self._given_up:
                replies.append(ExifToolFailed("ExifTool was ended: the drive does not answer."))
                continue
            try:
                with self._process() as process:
                    replies += process.converse(lines[at : at + 1] if alone else lines[at:])
                alone = False
            except NoReply as failure:
                replies += failure.replies
                culprit = len(replies)
                _remove_output(commands[culprit])
                if failure.timed_out or (alone and culprit == at):
                    replies.append(failure)
                    alone = False
                else:
                    alone = True
        return replies

    @contextmanager
    def _process(self) -> Iterator[Process]:
        process = self._slots.get()
        try:
            if process is None or not process.running:
                process = self._starter.submit(Process, self._executable, self._timeout_s).result()
            with self._lock:
                self._used_by[threading.get_ident()] = process
            yield process
        finally:
            with self._lock:
                self._used_by.pop(threading.get_ident(), None)
            self._slots.put(process if process is not None and process.running else None)

    def _alias(self, links: list[Path]) -> Any:
        def alias(path: Path, suffix: str) -> Path:
            with self._lock:
                self._next_link += 1
                plain = suffix if suffix.isascii() and suffix[1:].isalnum() else ""
                link = Path(self._links.name) / f"{self._next_link}{plain}"
            link.symlink_to(path, target_is_directory=path.is_dir())
            links.append(link)
            return link

        return alias


def _remove_output(command: Command) -> None:
    if isinstance(command, Write):
        with suppress(FileNotFoundError):
            command.output.unlink()


def _tags(reply: Reply) -> Tags | ExifToolFailed:
    if not reply.out.strip():
        return ExifToolFailed("ExifTool cannot read this file.", detail=reply.err)
    try:
        (document,) = json.loads(reply.out, strict=False)
    except ValueError as error:
        return ExifToolFailed("ExifTool's answer cannot be read.", detail=str(error))
    del document["SourceFile"]
    return {
        tag: [_text(v) for v in value] if isinstance(value, list) else _text(value) for tag, value in document.items()
    }


def _text(value: Any) -> str:
    return json.dumps(_inner(value), ensure_ascii=False) if isinstance(value, dict) else _plain(value)


def _inner(value: Any) -> Any:
    """A structure with its values as texts."""
    if isinstance(value, dict):
        return {name: _inner(item) for name, item in value.items()}
    return [_inner(item) for item in value] if isinstance(value, list) else _plain(value)


def _plain(value: Any) -> str:
    """Without the mark of the filter; invalid UTF-8, which comes in base64, as surrogates (``surrogateescape``)."""
    text = str(value)
    if text.startswith("base64:"):
        return base64.b64decode(text[7:]).decode("utf-8", "surrogateescape").removeprefix("=")
    return text.removeprefix("=")
