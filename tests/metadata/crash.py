"""A process that ends, without a word, at a chosen step of its work on files and journal."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from bridge.exiftool import Command, ExifTool, Read, Reply, Tags, Write
from bridge.metadata import _commit, _files, _settle

_CRASHED, _FAILED = 77, 78


class Recording:
    """ExifTool's own answers, kept so that many processes can have them without starting ExifTool."""

    def __init__(self, tool: ExifTool | None) -> None:
        self._tool = tool
        self._runs: list[list[tuple[Any, bytes | None]]] = []
        self._reads: list[list[Any]] = []

    def replay(self) -> ExifTool:
        again = Recording(None)
        again._runs, again._reads = list(self._runs), list(self._reads)
        return cast(ExifTool, again)

    def run(self, commands: Sequence[Command]) -> list[Reply]:
        if self._tool is not None:
            replies = self._tool.run(commands)
            made = [c.output.read_bytes() if isinstance(c, Write) and c.output.exists() else None for c in commands]
            self._runs.append(list(zip(replies, made, strict=True)))
        answers = self._runs[-1] if self._tool is not None else self._runs.pop(0)
        for command, (_, data) in zip(commands, answers, strict=True):
            if self._tool is None and data is not None and isinstance(command, Write):
                command.output.write_bytes(data)
        return [reply for reply, _ in answers]

    def read(self, commands: Sequence[Read]) -> list[Tags]:
        if self._tool is not None:
            self._reads.append(self._tool.read(commands))
        return cast(list[Tags], self._reads[-1] if self._tool is not None else self._reads.pop(0))


def crash_at(step: int, work: Callable[[], object], *, exchange: bool = True) -> bool:
    """Do the work in a child that ends at the given step, counted from 1; False where it came to its end before.

    A step is anything that changes a file, a name or the journal; the child ends before it, or in the middle of it.
    """
    child = os.fork()
    if child == 0:
        try:
            _wire(step, exchange)
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(_FAILED)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, _CRASHED), f"the child failed at step {step}"
    return code == _CRASHED


def _wire(step: int, exchange: bool) -> None:
    left = step

    def tick() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(_CRASHED)

    def before(function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            tick()
            return function(*arguments, **named)

        return called

    for name in ("fsync", "unlink", "replace", "rename", "link", "utime", "fchmod", "setxattr"):
        setattr(os, name, before(getattr(os, name)))
    whole = _files.copy_bytes

    def copy_half(source: Any, target: Any, length: int) -> None:
        whole(source, target, length // 2)
        tick()
        whole(source, target, length - length // 2)

    swap = before(_files.exchange) if exchange else (lambda *_: False)
    for module in (_files, _commit, _settle):
        for name, value in (("copy_bytes", copy_half), ("exchange", swap)):
            if hasattr(module, name):
                setattr(module, name, value)


def folder_state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
