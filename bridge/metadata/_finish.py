"""New files proved, put on the disk and made ready to be exchanged, several side by side.

Hashing, comparing and waiting for the disk leave Python's lock alone, so two threads halve the time of a batch; the old
files are hashed while ExifTool still writes the new ones.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import Executor, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from bridge.engines.picture_hash import file_digest, picture_ranges, same_bytes
from bridge.errors import MetadataRefused, PhotoDamaged, PictureChanged
from bridge.journal import PICTURE, JournalEntry
from bridge.metadata import _before
from bridge.metadata._apply import Draft
from bridge.metadata._commit import Change, How
from bridge.metadata._files import CannotKeep, FileChanged, dress, look, print_of, same, typed
from bridge.metadata.keywords import LISTS, from_path
from bridge.metadata.plan import ListChange, Plan, TextChange
from bridge.metadata.texts import TEXTS
from bridge.paths import shown
from bridge.values import Fingerprint
from bridge.words import key

THREADS = 128
"""At most. Two writers use four, each with a file to put on the disk and the same to compare; the others are for those
whose files a drive holds."""


@dataclass(frozen=True, slots=True)
class _Proof:
    kind: str
    image: bytes
    was: Fingerprint
    digest: str


class Finishing:
    """The files of one batch."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._old: dict[int, Future[str]] = {}
        self._synced: dict[int, Future[How]] = {}
        self._proved: dict[int, Future[_Proof]] = {}

    def begin(self, item: Draft) -> None:
        """The old file is all that there is yet."""
        if item.how is not How.CREATE:
            self._old[id(item)] = self._pool.submit(file_digest, item.path)

    def written(self, item: Draft) -> None:
        """The new file is there."""
        self._synced[id(item)] = self._pool.submit(_sync, item)
        if item.how is not How.CREATE:
            self._proved[id(item)] = self._pool.submit(_prove, item)

    def wait(self) -> None:
        wait(self._old.values())
        wait(self._synced.values())
        wait(self._proved.values())

    def end(self, item: Draft, job: str, number: int, picture: str) -> Change:
        """``picture``: the hash of the photo's.

        Raises FileChanged, PictureChanged, DiskFull, WriteDenied, MetadataRefused.
        """
        with typed(item.target.path):
            how = self._synced[id(item)].result()
            kind, image, before = _before.NEW, b"", None
            if item.how is How.CREATE:
                digest = file_digest(item.new)
            else:
                proof = self._proved[id(item)].result()
                kind, image, digest = proof.kind, proof.image, proof.digest
                before = replace(proof.was, digest=self._old[id(item)].result())
        entry = JournalEntry(
            photo=item.plan.photo,
            target=item.path,
            job=job,
            item=number,
            kind=kind,
            before=image,
            before_print=before,
            after_digest=digest,
            changes=_changes(item, how),
            temporary=item.new,
            picture=picture[:PICTURE],
        )
        return Change(entry, how, item.new, item.spare)


@contextmanager
def finishing(pool: Executor) -> Iterator[Finishing]:
    """When the body ends, however it ends, nothing is at work on its files any more."""
    finish = Finishing(pool)
    try:
        yield finish
    finally:
        finish.wait()


def _sync(item: Draft) -> How:
    """On the disk, with the attributes of the old file; the way in which it can take its place."""
    how = item.how
    with item.new.open("r+b", buffering=0) as new:
        if how is How.REPLACE:
            try:
                with item.path.open("rb", buffering=0) as old:
                    dress(new, old, item.plan.keep_times)
            except CannotKeep:
                how = How.IN_PLACE
        elif how is How.CREATE:
            _as_open_as(item.new, item.plan.photo)
        os.fsync(new.fileno())
    return how


def _as_open_as(sidecar: Path, photo: Path) -> None:
    """Who may read a photo may read its sidecar, and nobody else; its owner may write it."""
    with suppress(OSError):  # file systems that know no modes
        sidecar.chmod(stat.S_IMODE(photo.stat().st_mode) & 0o666 | 0o600)


def _prove(item: Draft) -> _Proof:
    with item.path.open("rb", buffering=0) as old, item.new.open("rb", buffering=0) as new:
        was = print_of(os.fstat(old.fileno()))
        if not same(was, item.target.fingerprint):
            raise FileChanged(item.target.path)
        try:
            kind, image = _same_picture(item, old, new)
        except (PictureChanged, MetadataRefused):
            if not same(print_of(os.fstat(old.fileno())), item.target.fingerprint):
                raise FileChanged(item.target.path) from None
            raise
        return _Proof(kind, image, was, file_digest(item.new))


def _same_picture(item: Draft, old: BinaryIO, new: BinaryIO) -> tuple[str, bytes]:
    """The before-image, once the picture data is seen to be the same."""
    try:
        kind, image, ranges = _before.make(old, item.format, new)
    except PhotoDamaged as error:
        raise MetadataRefused(f"Nothing is written into {shown(item.path)}: {error.message}") from error
    if item.format is not None:
        try:
            equal = same_bytes(old, ranges, new, picture_ranges(new, item.format))
        except PhotoDamaged:
            equal = False
        if not equal:
            raise PictureChanged(f"Writing metadata would have changed the picture in {shown(item.path)}.")
    return kind, image


def _changes(item: Draft, how: How) -> dict[str, Any]:
    """What an undo has to know, JSON-ready."""
    return {
        "format": item.plan.format,
        "role": item.target.role,
        "how": how,
        "keep_times": item.plan.keep_times,
        "lists": [_list(item, change) for change in item.target.lists],
        "texts": [{"tag": c.tag, "old": c.old, "new": c.new} for c in item.target.texts if not _copied(item, c)],
        "kept": [list(path) for path in item.plan.kept],
        # What was refused left the lists by a run of ours, and may come back by its undo.
        "rejected": [list(p) for p in item.plan.written.rejected if p not in item.plan.written.refused],
    }


def noted(plan: Plan, job: str, number: int, picture: str) -> list[JournalEntry]:
    """Of files that have a word already that a person chose: nothing is written there, and yet it has an undo."""
    entries = []
    for target in plan.noted:
        with typed(target.path):
            path = Path(os.path.realpath(target.path))
            found = look(path)
            if found is None:
                continue  # removed since the plan was made, and the word with it
            now = replace(found, digest=file_digest(path))
        told = {"format": plan.format, "role": target.role, "how": How.NOTHING, "keep_times": plan.keep_times}
        kept = [list(word) for word in plan.kept]
        changes = {**told, "lists": [], "texts": [], "kept": kept, "rejected": []}
        entries.append(
            JournalEntry(plan.photo, path, job, number, "", b"", now, None, changes, picture=picture[:PICTURE])
        )
    return entries


def _list(item: Draft, change: ListChange) -> dict[str, Any]:
    """``ours``: a run of ours made the list; ``copied``: the person's among what it gains, from another list or file of
    the photo."""
    kind = next((kind for kind in LISTS if kind.tag == change.tag), None)
    theirs: set[str] = set()
    if kind is not None and change.ours:
        added = set(map(key, item.plan.added))  # what a person chose is theirs, and is no copy
        theirs = {from_path(kind, path) for path in item.plan.written.others if key(path) not in added}
    copied = [word for word in change.add if word in theirs]
    told = {"tag": change.tag, "add": list(change.add), "remove": list(change.remove), "copied": copied}
    return {**told, "ours": change.ours}


def _copied(item: Draft, change: TextChange) -> bool:
    """A new sidecar says what the photo says."""
    ours = (item.plan.title, item.plan.caption, item.plan.alt_text)
    return item.how is How.CREATE and change.tag in {kind.xmp for kind in TEXTS} and change.new not in ours
