"""What an indexing run does to one photo: look at it for search, and note what its metadata say. It writes no photo."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.errors import BridgeError
from bridge.jobs.librarian import Librarian, Sighted
from bridge.jobs.records import photo_stamp
from bridge.jobs.request import PhotoResult
from bridge.jobs.tools import Tools
from bridge.jobs.work import Step, Task, Work, ended
from bridge.photos import Identity, ReadLimits, decode, identify
from bridge.taggers.starter import LOOK_EDGE
from bridge.values import Format, Picture


@dataclass(frozen=True, slots=True)
class Carry:
    photo: Identity
    stamp: str
    picture: Picture | None = None
    sighted: Sighted | None = None


class IndexWork(Work):
    """One such run. A photo of which nothing changed since it was indexed costs a look at its dates."""

    def __init__(self, tools: Tools, librarian: Librarian) -> None:
        self._tools = tools
        self._librarian = librarian
        self._limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)
        self._edge = max(LOOK_EDGE, librarian.space.embedder.edge)
        self.in_flight = librarian.space.embedder.in_flight + 2 * tools.settings.readers + 2 * tools.settings.writers

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        return [
            (self._tools.readers, self._read),
            (self._librarian.space.threads, self._see),
            (self._tools.writers, self._keep),
        ]

    def is_heavy(self, task: Task, step: int) -> bool:
        return step == 1 and task.carry.picture is not None

    def _read(self, task: Task) -> PhotoResult | None:
        path = task.item.path
        if self._librarian.is_known(path):
            return ended(task.item, "skipped", reason="Nothing of it changed since it was indexed.")
        stamp = photo_stamp(path)
        photo = self._identified(path)
        if photo.format is Format.VIDEO:
            self._librarian.leave_out(path)
            return ended(task.item, "skipped", reason="A video: only photos are found by what they show.")
        picture = None
        if self._librarian.lacks(photo):
            renderer = self._tools.settings.raw_renderer
            tile = self._tools.thumbnails.lacking(path)
            try:
                picture = decode(photo, self._edge, limits=self._limits, raw_renderer=renderer)
            except BridgeError:
                self._librarian.leave_out(path)
                raise
            self._tools.thumbnails.keep(tile, picture.rgb)
        task.carry = Carry(photo, stamp, picture)
        return None

    def _identified(self, path: Path) -> Identity:
        """What cannot be looked at is no photo that the index could lack. Raises as ``identify`` does."""
        try:
            return identify(path, self._limits)
        except BridgeError:
            self._librarian.leave_out(path)
            raise

    def _see(self, task: Task) -> PhotoResult | None:
        carry: Carry = task.carry
        if carry.picture is not None:
            # The pixels are let go here: what waits for ExifTool is small.
            task.carry = replace(carry, picture=None, sighted=self._librarian.see(carry.picture))
        return None

    def _keep(self, task: Task) -> PhotoResult | None:
        carry: Carry = task.carry
        self._librarian.keep(carry.photo, carry.photo, carry.sighted, stamp=carry.stamp)
        return ended(task.item, "done", model=self._librarian.space.identity.name)
