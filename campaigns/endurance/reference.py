"""What the daemon is measured beside: loops that write the same fields with an open ExifTool each and ask nothing.

Into a temporary file, to the disk, rename: photo after photo, without a look at what was there. There are as many loops
side by side as the daemon has writers, so that whatever else the machine does slows both alike. They run in slices, in
the same minutes as the daemon and in turn with it: the daemon stands still meanwhile.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import exiftool

from bridge.settings import Settings

LOOPS: int = Settings.model_fields["writers"].default
LISTS = ("XMP-dc:Subject", "XMP-lr:HierarchicalSubject", "XMP-digiKam:TagsList", "IPTC:Keywords")
WORDS = ("harbour", "sailing boat", "evening", "sea", "mast", "clouds", "pier", "gull", "reflection", "summer")
TITLE, CAPTION = "Evening in the harbour", "A sailing boat lies at a pier in warm evening light."
TEXTS = {
    "XMP-dc:Title": TITLE,
    "IPTC:ObjectName": TITLE,
    "XMP-dc:Description": CAPTION,
    "IPTC:Caption-Abstract": CAPTION,
    "IPTC:CodedCharacterSet": "UTF8",
    "XMP-iptcCore:AltTextAccessibility": "A boat at a pier.",
}


@dataclass(frozen=True, slots=True)
class Slice:
    writes: int
    seconds: float


class Blind:
    """Use it with ``with``. ``masters`` are copied for each slice, which is not counted."""

    def __init__(self, masters: Sequence[Path], folder: Path) -> None:
        self._masters = masters
        self._folder = folder
        self._tools = [exiftool.ExifTool(common_args=None) for _ in range(LOOPS)]
        self._threads = ThreadPoolExecutor(LOOPS)
        self._arguments = [f"-{tag}+={word}" for tag in LISTS for word in WORDS]
        self._arguments += [f"-{tag}={text}" for tag, text in TEXTS.items()]

    def __enter__(self) -> Blind:
        for tool in self._tools:
            tool.run()
        self.slice(16)  # ExifTool loads its modules when it first needs them
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for tool in self._tools:
            tool.terminate()
        self._threads.shutdown()

    def slice(self, writes: int) -> Slice:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        copies = [self._folder / f"{number}.jpg" for number in range(writes)]
        for number, copy in enumerate(copies):
            shutil.copyfile(self._masters[number % len(self._masters)], copy)
        begun = time.perf_counter()
        for done in [self._threads.submit(self._loop, tool, copies[at::LOOPS]) for at, tool in enumerate(self._tools)]:
            done.result()
        return Slice(writes, time.perf_counter() - begun)

    def _loop(self, tool: exiftool.ExifTool, photos: Sequence[Path]) -> None:
        for photo in photos:
            new = photo.with_name(f".{photo.name}.new")
            tool.execute(*self._arguments, "-o", str(new), str(photo))
            with new.open("rb") as file:
                os.fsync(file.fileno())
            new.replace(photo)
