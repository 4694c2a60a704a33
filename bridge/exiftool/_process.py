"""One ExifTool process that always answers, or is gone: pyexiftool's own reply loop waits for ever when the child dies.

Read in pyexiftool 0.5.6: ``_read_fd_endswith`` has no time limit and takes no notice of the end of the pipe, and
``execute`` reads standard output to its end before it looks at standard error, so that many warnings block both sides.
"""

from __future__ import annotations

import ctypes
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import exiftool

from bridge.errors import ExifToolFailed, ExifToolMissing, ExifToolTooOld

if sys.platform == "linux":
    from resource import RLIM_INFINITY, RLIMIT_AS, getrlimit, setrlimit

MINIMUM = (12, 40)
CONFIG = Path(__file__).with_name("tags.config")
"""Loaded instead of the user's own configuration, which is code that may change what is read and written."""
MEMORY = 2**30
"""Bytes of address space; a file of which it needs more is one that it cannot read. Enforced on Linux."""
_BLOCK = 1 << 16
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Reply:
    """What ExifTool said to one command. ``status`` 0: no error."""

    status: int
    out: bytes
    err: str


class NoReply(ExifToolFailed):
    """The process died, or the time was up; ``timed_out`` tells which. Replies that came before are kept."""

    def __init__(self, message: str, replies: list[Reply], timed_out: bool) -> None:
        super().__init__(message)
        self.replies = replies
        self.timed_out = timed_out


class Process(exiftool.ExifTool):  # type: ignore[misc] # pyexiftool has no types
    """pyexiftool's process, with bounded replies. Used by one thread at a time, started by a thread that lives on."""

    _process: Any  # a Popen with three pipes, or None

    def __init__(self, executable: str | None, timeout_s: float) -> None:
        """Raises ExifToolMissing, ExifToolTooOld."""
        self._timeout_s = timeout_s
        self._timed_out = False
        self._ended = threading.Event()
        self._deadline: float | None = None
        self._clock = threading.Lock()
        self._errors: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        try:
            super().__init__(executable=executable, common_args=None, encoding="utf-8")
            self.run()
        except (OSError, RuntimeError) as error:
            raise ExifToolMissing("ExifTool is not installed, or does not start.", detail=str(error)) from error

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    @property
    def version(self) -> str:
        """As it said it at its start. pyexiftool forgets it, and raises, when the process died a moment ago: whoever
        only asks for the version would fail, where the next command starts another one."""
        return self._said

    def run(self) -> None:
        """As pyexiftool's, but nothing is loaded between fork and exec, where another thread may hold a lock."""
        self._process = subprocess.Popen(
            [self._executable, "-config", str(CONFIG), "-stay_open", "True", "-@", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=_fenced(),
            umask=0o077,  # a changed copy of a private photo is nobody else's while it lies beside it, unfinished
        )
        self._running = True
        self._buffer = b""
        threading.Thread(target=self._collect_errors, args=(self._process.stderr,), daemon=True).start()
        threading.Thread(target=self._watch, args=(self._process,), daemon=True).start()
        try:
            (reply,) = self.converse([[b"-ver"]])
            version = reply.out.decode("ascii").strip()
            numbers = tuple(int(part) for part in version.split("."))
            self._said = version
        except (NoReply, ValueError) as error:
            self.terminate()
            raise ExifToolMissing("The program that is named as ExifTool is none.", detail=str(error)) from error
        if numbers < MINIMUM:
            self.terminate()
            raise ExifToolTooOld(f"ExifTool {version} is too old; 12.40 is the oldest that can be used.")

    def execute(self, *params: str | bytes, raw_bytes: bool = False) -> Any:
        raise NotImplementedError("converse() is the bounded way")

    def converse(self, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        """Send several commands at once and take their replies in order.

        Raises NoReply, after which the process is gone.
        """
        marks = [secrets.randbits(60) for _ in commands]
        text = b"".join(
            b"\n".join((*command, b"-echo4", b"=${status}=post%d" % mark, b"-execute%d\n" % mark))
            for command, mark in zip(commands, marks, strict=True)
        )
        replies: list[Reply] = []
        sender = threading.Thread(target=self._send, args=(text,), daemon=True) if len(text) > _BLOCK else None
        if sender:
            # ExifTool answers while it still reads: a large batch must not be waited for before its answers are read.
            sender.start()
        else:
            self._send(text)
        for mark in marks:
            self._allow(self._timeout_s)
            try:
                replies.append(self._reply(mark))
            except EOFError:
                timed_out, pid = self._timed_out, self.pid
                self.terminate()
                why = f"did not answer within {self._timeout_s:g} s" if timed_out else "ended in the middle of its work"
                raise NoReply(f"ExifTool (process {pid}) {why}.", replies, timed_out) from None
            finally:
                self._allow(None)
        return replies

    def give_up(self) -> None:
        """From another thread: as if the time were up."""
        self._timed_out = True
        with suppress(OSError):
            self._process.kill()

    def terminate(self, timeout: int = 2, _del: bool = False) -> None:
        process = self._process
        if process is None:
            return
        self._flag_running_false()
        self._ended.set()
        with suppress(OSError, ValueError, subprocess.TimeoutExpired):
            if process.poll() is None and not self._timed_out:
                process.stdin.write(b"-stay_open\nFalse\n")
                process.stdin.flush()
                process.wait(timeout)
        with suppress(OSError):
            process.kill()
        # One that a network drive holds does not even die; it is not waited for.
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout)
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                pipe.close()

    def _send(self, text: bytes) -> None:
        with suppress(OSError):  # a dead process shows at the reply
            self._process.stdin.write(text)
            self._process.stdin.flush()

    def _allow(self, seconds: float | None) -> None:
        """Time for the next reply; None: none is waited for."""
        with self._clock:
            self._deadline = None if seconds is None else time.monotonic() + seconds

    def _watch(self, process: Any) -> None:
        """Kill it when the time is up. Nobody has to wake this thread: no deadline is nearer than a whole wait."""
        wait = self._timeout_s
        while not self._ended.wait(wait) and process.poll() is None:
            with self._clock:
                wait = self._timeout_s if self._deadline is None else self._deadline - time.monotonic()
                if wait <= 0:
                    self._timed_out = True
                    process.kill()
                    return

    def _reply(self, mark: int) -> Reply:
        end = b"{ready%d}" % mark
        out = bytearray(self._buffer)
        at = out.find(end)
        while at < 0:
            block = os.read(self._process.stdout.fileno(), _BLOCK)
            if not block:
                raise EOFError
            start = max(0, len(out) - len(end))
            out += block
            at = out.find(end, start)
        self._buffer = bytes(out[at + len(end) :]).lstrip(b"\r\n")
        err = bytearray()
        post = b"post%d" % mark
        while not err.rstrip().endswith(post):
            block = self._errors.get()
            if not block:
                raise EOFError
            err += block
        text = bytes(err).rstrip()[: -len(post)].decode("utf-8", "replace")
        said, _, status = text[:-1].rpartition("=")
        return Reply(int(status), bytes(out[:at]), said.strip())

    def _collect_errors(self, pipe: Any) -> None:
        # By line, so that what belongs to the next reply is never taken together with the end of this one.
        with pipe:
            for line in pipe:
                self._errors.put(line)
        self._errors.put(b"")


def check_version(executable: str | None = None, *, timeout_s: float = 20.0) -> str:
    """The version of the ExifTool that would be used, as it says it: ``12.57``.

    Raises ExifToolMissing, ExifToolTooOld.
    """
    process = Process(executable, timeout_s)
    try:
        return process.version
    finally:
        process.terminate()


def _fenced() -> Callable[[], None] | None:
    """ExifTool waits for ever on a pipe that has ended; where the kernel can, it goes when we do. And it unpacks all
    that a file holds packed: 2 MB of a PNG became 6 GB."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    _, most = getrlimit(RLIMIT_AS)
    memory = MEMORY if most == RLIM_INFINITY else min(MEMORY, most)

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        setrlimit(RLIMIT_AS, (memory, memory))

    return ask
