"""The one way in which a file is changed: intent on the disk, replacement, outcome on the disk.

Everything that goes wrong before the outcome leaves the file as it was, or an intent that ``_settle`` decides by
looking at the file.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from bridge.engines.picture_hash import file_digest
from bridge.errors import BridgeError
from bridge.home import private
from bridge.journal import EntryState, Journal, JournalEntry
from bridge.metadata._before import NEW, rebuild
from bridge.metadata._files import (
    FileChanged,
    create,
    dress_as_far_as_may_be,
    exchange,
    failure,
    look,
    overwrite,
    print_of,
    same,
    sync_folder,
)
from bridge.metadata._scratch import Batch
from bridge.values import Fingerprint
from bridge.volumes import says_gone


class How(StrEnum):
    REPLACE = "replace"
    IN_PLACE = "in_place"
    CREATE = "create"
    REMOVE = "remove"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Change:
    """One file and what it becomes."""

    entry: JournalEntry
    how: How
    new: Path | None
    """The finished bytes, on the disk; None to remove the file."""
    spare: Path
    """A name beside the target (or in the spool) for the old file, should it be needed again."""
    undoes: tuple[int, ...] = ()
    """Entries that are UNDONE when this is done."""


@dataclass(slots=True)
class _Placed:
    change: Change
    ours: Fingerprint
    """The file as we put it there."""
    old: Path | None
    """Where the old file lies, if it was exchanged."""


_SECOND = 10**9
_RECENT = 600 * _SECOND
"""Longer than from reading a photo to its writing."""

Group = Sequence[Change]
"""The files of one photo: all of them, or none."""


@dataclass(frozen=True, slots=True)
class Committed:
    ids: tuple[int, ...]


def commit(
    journal: Journal, batch: Batch, groups: Sequence[Group], state: EntryState = EntryState.DONE
) -> list[Committed | BridgeError | FileChanged]:
    """Two journal transactions for all groups; one that fails is rolled back alone, its error in its place."""
    entries = [change.entry for group in groups for change in group]
    temporaries = [entry.temporary for entry in entries if entry.temporary is not None]
    batch.hold(temporaries)
    try:
        ids = iter(journal.intend(entries))
    except BridgeError:
        batch.release(temporaries)
        raise
    numbered = [[(next(ids), change) for change in group] for group in groups]
    placed: dict[int, _Placed] = {}
    torn: set[int] = set()
    results: list[Committed | BridgeError | FileChanged] = []
    for group in numbered:
        try:
            for number, change in group:
                try:
                    placed[number] = _place(change)
                except _Torn:
                    torn.add(number)
                    raise
            results.append(Committed(tuple(number for number, _ in group)))
        except _Torn as error:
            results.append(error.told)
        except (FileChanged, BridgeError) as error:
            results.append(error)
    _finish(journal, batch, numbered, placed, torn, results, state)
    return results


class _Torn(Exception):
    """A file that is half written and could not be put right, or of which nobody knows, for its drive went away in the
    very moment: its intent stays open until the photo is written the next time, or for the next start."""

    def __init__(self, told: BridgeError) -> None:
        super().__init__(told.message)
        self.told = told


def _finish(
    journal: Journal,
    batch: Batch,
    numbered: list[list[tuple[int, Change]]],
    placed: dict[int, _Placed],
    torn: set[int],
    results: list[Committed | BridgeError | FileChanged],
    state: EntryState,
) -> None:
    done: list[tuple[int, Change]] = []
    rolled_back: list[tuple[int, Change]] = []
    folders: set[Path] = set()
    for group, result in zip(numbered, results, strict=True):
        if isinstance(result, Committed):
            done += group
        else:
            for number, change in reversed(group):
                if number not in torn and (number not in placed or _put_back(placed[number])):
                    rolled_back.append((number, change))
        folders.update(change.entry.target.parent for number, change in group if number in placed)
    for _, change in done:
        if change.how is How.REPLACE and change.new is not None:
            with suppress(OSError):
                change.new.unlink()  # by now the old file, where the two were exchanged
    for folder in folders:
        with suppress(OSError):  # a drive that went away; what is really there an undo sees by the digest
            sync_folder(folder)
    if done:
        numbers = [number for number, _ in done]
        prints: list[Fingerprint | None] = [
            replace(placed[number].ours, digest=change.entry.after_digest) for number, change in done
        ]
        undone = [number for _, change in done for number in change.undoes]
        journal.settle(numbers + undone, state, prints + [None] * len(undone))
    if rolled_back:
        journal.settle([number for number, _ in rolled_back], EntryState.ROLLED_BACK)
    for _, change in (*done, *rolled_back):
        if change.new is not None:
            batch.release([change.new])


def _place(change: Change) -> _Placed:
    """Raises FileChanged or a BridgeError, and then the file is as it was."""
    entry, target = change.entry, change.entry.target
    try:
        if change.how is How.IN_PLACE:
            return _place_in_place(change)
        if change.how is How.CREATE:
            assert change.new is not None
            create(change.new, target)
            return _Placed(change, print_of(target.stat()), None)
        if not same(look(target), entry.before_print):
            raise FileChanged(target)
        if change.new is None:
            target.unlink()
            return _Placed(change, Fingerprint(0, 0, 0), None)
        return _replace(change, change.new)
    except FileExistsError:
        raise FileChanged(target) from None
    except OSError as error:
        told = failure(error, target)
        told.__cause__ = error
        # Such a drive, or the way to it, may have done what it was asked and not come to say so.
        raise (_Torn(told) if says_gone(error) else told) from error


def _replace(change: Change, new: Path) -> _Placed:
    """The two change places, so that an edit that came between the last look and now is seen, and put back."""
    entry, target = change.entry, change.entry.target
    if not exchange(new, target):
        new.replace(target)
        return _Placed(change, print_of(target.stat()), None)
    if not same(look(new), entry.before_print, moved=True) or _changed_unseen(new, entry.before_print):
        _exchange_back(new, target)
        raise FileChanged(target)
    return _Placed(change, print_of(target.stat()), new)


def _changed_unseen(old: Path, then: Fingerprint | None) -> bool:
    """Where the file system keeps whole seconds, or even ones, an edit may leave size and times as they are. It can
    only be a recent one: such a file is read once more."""
    if then is None or then.digest is None or then.mtime_ns % _SECOND or then.ctime_ns % _SECOND:
        return False
    return time.time_ns() - then.mtime_ns < _RECENT and file_digest(old) != then.digest


def _exchange_back(edited: Path, target: Path) -> None:
    """Another program's edit goes back to its place; if that program has removed the file since, too."""
    try:
        exchange(edited, target)
    except FileNotFoundError:
        create(edited, target)


def _place_in_place(change: Change) -> _Placed:
    assert change.new is not None
    target = change.entry.target
    started = _Placed(change, Fingerprint(0, 0, 0), None)
    try:
        overwrite(target, change.new, change.entry.before_print)
        if change.entry.changes.get("keep_times") and change.entry.before_print is not None:
            found = target.stat()
            os.utime(target, ns=(found.st_atime_ns, change.entry.before_print.mtime_ns))
        return _Placed(change, print_of(target.stat()), None)
    except (OSError, EOFError) as error:
        told = failure(error if isinstance(error, OSError) else OSError(errno.EIO, str(error)), target)
        if not _restore_in_place(started):
            raise _Torn(told) from error
        raise told from error


def _put_back(placed: _Placed) -> bool:
    """Whether the file is as it was before. False leaves the intent to the next start."""
    change, target = placed.change, placed.change.entry.target
    try:
        if change.how is How.IN_PLACE:
            return _restore_in_place(placed)
        if change.how is How.REMOVE:
            return False
        if not same(look(target), placed.ours, moved=True):
            return False  # someone wrote over it at once: theirs stays
        if change.how is How.CREATE:
            target.unlink()
            return True
        if placed.old is not None:
            return exchange(placed.old, target)
        _rebuild_to(change, target, change.spare)
        change.spare.replace(target)
        return True
    except (OSError, BridgeError):
        return False


def _restore_in_place(placed: _Placed) -> bool:
    """Write the old bytes back, made from the before-image and the picture in the new file, which is whole."""
    change = placed.change
    try:
        assert change.new is not None
        _rebuild_to(change, change.new, change.spare)
        overwrite(change.entry.target, change.spare, None)
        return True
    except (OSError, EOFError, BridgeError):
        return False
    finally:
        with suppress(OSError):
            change.spare.unlink()


def _rebuild_to(change: Change, present: Path, out: Path) -> None:
    assert change.entry.kind != NEW
    with present.open("rb") as source, open(out, "wb", opener=private) as file:
        rebuild(change.entry.kind, change.entry.before, source, file)
        file.flush()
        dress_as_far_as_may_be(file, source)
        os.fsync(file.fileno())
