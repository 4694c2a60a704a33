"""Bringing the weights of ``clip``, ``blip2`` and ``yunet`` to this machine: what alone goes online, when asked to."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from bridge.engines import hub
from bridge.engines.hub import HubFile, Listing
from bridge.engines.weights import MANIFEST, Manifest, WeightFile, sha256_of, write_manifest
from bridge.errors import DiskFull, PullFailed, Refused
from bridge.taggers._extras import installed, not_installed
from bridge.taggers._hub_files import known_source, may_belong, wanted_files
from bridge.taggers._names import CLIP, PulledModel, pullable
from bridge.taggers.contract import Cancelled

SPARE = 500 * 10**6
"""Bytes that stay free on the disk."""


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` bytes, files that were there already included; ``total`` is None until it is known.
    ``what`` says what is going on, for a person: ``asking``, ``downloading NAME``, ``checking NAME``, ``ready``."""

    done: int
    total: int | None
    what: str


def pull_weights(name: str, home: Path, progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> None:
    """Download a model's weights into ``<home>/models``, check them, and write their manifest.

    The first ``Progress`` that has a ``total`` comes before the first byte of a weight. What an earlier pull left is
    taken up where it stopped; a model that is there already costs one question to the hub, and its hashes are checked
    again. Blocks until it is done: call it on a thread. ``progress`` is called a few times a second on that thread.

    Raises InvalidParams (no such name), ModelMissing (a clip other than the default needs open_clip to be found),
    Refused (it is being pulled already), PullFailed (no network, no such model there, a hash that differs), DiskFull
    (before anything is downloaded), ``bridge.taggers.contract.Cancelled`` when ``cancelled`` said so: what has been
    downloaded by then is kept for the next pull.
    """
    model = pullable(name)
    folder = model.folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".pull.lock", timeout=0):
            _Pull(model, folder, progress, cancelled).run()
    except Timeout:
        raise Refused(f"{model.name} is being pulled already.", hint="Wait for it to end.") from None


class _Pull:
    def __init__(
        self, model: PulledModel, folder: Path, progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> None:
        self._model = model
        self._folder = folder
        self._parts = folder / ".parts"
        self._progress = progress
        self._cancelled = cancelled
        self._done = 0
        self._total: int | None = None

    def run(self) -> None:
        self._say("asking")
        listed, wanted = self._listing()
        there = {file: self._there(file) for file in wanted}
        self._total = sum(file.size for file in wanted)
        self._done = sum(there.values())
        self._say("downloading")
        self._make_room(self._total - self._done)
        self._done = 0
        kept = [self._bring(listed, file) for file in wanted]
        self._forget_others({file.name for file in wanted})
        write_manifest(self._folder, Manifest(listed.repo, listed.commit, tuple(kept)))
        shutil.rmtree(self._parts, ignore_errors=True)
        self._progress(Progress(self._done, self._total, "ready"))

    def _listing(self) -> tuple[Listing, list[HubFile]]:
        repo, file = self._source()
        listed = hub.listing(repo, self._cancelled)
        if listed is None:
            raise Cancelled
        return listed, wanted_files(self._model, listed, file)

    def _source(self) -> tuple[str, str | None]:
        if (known := known_source(self._model)) is not None:
            return known, None
        if not installed(CLIP):
            raise not_installed(CLIP)
        model, _, pretrained = self._model.variant.partition("/")
        found = hub.where(model, pretrained, self._cancelled)
        if found is None:
            raise Cancelled
        return found

    def _make_room(self, needed: int) -> None:
        free = shutil.disk_usage(self._folder).free
        if free < needed + SPARE:
            raise DiskFull(
                f"{self._model.name} needs {needed / 1e9:.1f} GB more, and the disk of {self._folder} has "
                f"{free / 1e9:.1f} GB free.",
                hint=f"Free some space on that disk, then run: {self._model.pull}",
            )

    def _bring(self, listed: Listing, file: HubFile) -> WeightFile:
        """The file, downloaded where it is not there, and checked."""
        path, part, before = self._folder / file.name, self._part(file), self._done
        if path.is_file() and path.stat().st_size == file.size:
            sha256 = self._check(file, path)
        else:
            self._parts.mkdir(exist_ok=True)
            if _size(part) < file.size:
                self._fetch(listed, file, part, before)
            sha256 = self._check(file, part)
            # From here until the manifest is written again the folder is no whole model.
            (self._folder / MANIFEST).unlink(missing_ok=True)
            part.replace(path)
        self._done = before + file.size
        self._say(f"downloading {file.name}")
        return WeightFile(file.name, file.size, sha256)

    def _fetch(self, listed: Listing, file: HubFile, part: Path, before: int) -> None:
        def seen() -> None:
            self._done = before + _size(part)
            self._say(f"downloading {file.name}")

        seen()
        if not hub.fetch(listed, file, part, seen, self._cancelled):
            raise Cancelled

    def _check(self, file: HubFile, path: Path) -> str:
        """The file's SHA-256. Raises PullFailed, and forgets the file, where it is not what the hub has."""
        self._say(f"checking {file.name}")
        sha256 = sha256_of(path, self._cancelled)
        if self._cancelled():
            raise Cancelled
        right = sha256 == file.sha256 if file.sha256 else _git_hash(path) == file.git
        if not right or path.stat().st_size != file.size:
            path.unlink()
            raise PullFailed(
                f"{file.name} of {self._model.name} did not arrive as it is on the hub: its hash differs.",
                hint=f"Nothing of it was kept. Run again: {self._model.pull}",
            )
        return sha256

    def _there(self, file: HubFile) -> int:
        """Bytes of a file that need not be downloaded."""
        path = self._folder / file.name
        if path.is_file() and path.stat().st_size == file.size:
            return file.size
        part = self._part(file)
        if _size(part) > file.size:
            part.unlink()
        return _size(part)

    def _forget_others(self, names: set[str]) -> None:
        """Files of an earlier state of the model, which libraries would find beside the new ones."""
        for path in self._folder.iterdir():
            if path.is_file() and path.name not in names and path.name != MANIFEST and may_belong(path.name):
                path.unlink()

    def _part(self, file: HubFile) -> Path:
        return self._parts / f"{file.sha256 or file.git}.part"

    def _say(self, what: str) -> None:
        if self._cancelled():
            raise Cancelled
        self._progress(Progress(self._done, self._total, what))


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _git_hash(path: Path) -> str:
    """What git calls the content of a small file."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
