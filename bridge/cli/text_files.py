"""What hosts of the text protocol write for us and get from us: files and streams of bytes, whole or not at all."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from bridge.cli.files import whole
from bridge.cli.output import EXIT_SOME_FAILED, exit_code
from bridge.errors import BridgeError, InvalidParams
from bridge.home import ensure_home, private
from bridge.paths import visible


def taken(said: Path, begins: bytes) -> bytes:
    """The content of a host's file, which is removed. A file that no host wrote is refused, and stays."""
    try:
        told = said.read_bytes()
    except OSError as error:
        raise InvalidParams(f"{said} cannot be read: {error.strerror}.", hint="Choose the action again.") from error
    if told and not (told.startswith(begins) and told.endswith(b"\0")):
        raise InvalidParams(f"{said} was not written by an adapter, or not whole.", hint="Choose the action again.")
    said.unlink(missing_ok=True)
    return told


@contextmanager
def answering(out: Path | None) -> Iterator[list[str]]:
    """Collects an answer, and gives it whole; where it fails, two lines on standard error instead."""
    answer: list[str] = []
    try:
        yield answer
        give("".join(answer), out)
    except BridgeError as error:
        told = error.as_dict()
        _complain(told["message"], told["hint"])
        raise typer.Exit(exit_code(error)) from None
    except Exception:
        # A host shows what stands on standard error to a photographer: no place for a traceback.
        log = ensure_home() / "host.log"
        with open(log, "a", encoding="utf-8", errors="backslashreplace", opener=private) as file:
            file.write(traceback.format_exc())
        _complain("photo-bridge met a fault of its own.", f"Please report it, with the end of {log}.")
        raise typer.Exit(EXIT_SOME_FAILED) from None


def give(answer: str, out: Path | None) -> None:
    """To a file, or to standard output."""
    told = answer.encode("utf-8", "surrogateescape")
    if out is None:
        sys.stdout.buffer.write(told)
        sys.stdout.buffer.flush()
        return
    with whole(out, private=True) as file:
        file.write(told)


def _complain(message: str, hint: str) -> None:
    for told in (message, hint):
        sys.stderr.buffer.write(visible(told).encode("utf-8", "backslashreplace") + b"\n")
    sys.stderr.buffer.flush()
