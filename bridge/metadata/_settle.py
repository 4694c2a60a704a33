"""After a crash: every intent without an outcome is decided by looking at its file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path

from bridge.engines.picture_hash import file_digest
from bridge.errors import BridgeError
from bridge.home import private
from bridge.journal import EntryState, Journal, JournalEntry
from bridge.metadata import _before
from bridge.metadata._commit import How
from bridge.metadata._files import (
    create,
    dress_as_far_as_may_be,
    exchange,
    look,
    overwrite,
    print_of,
    same,
    sync_folder,
)
from bridge.metadata._scratch import Scratch
from bridge.metadata._whose import another_is_there
from bridge.metadata.outcome import Settled, Settlement
from bridge.values import Fingerprint

_PAGE = 4096


IsAway = Callable[[Path, str], bool]
"""Whether the drive of a file is not there. The run that wrote the file is named: it knows on which drive that was."""


class _Found(Enum):
    THERE = auto()
    """Our bytes are in the file, or somebody wrote over them."""
    NOT_THERE = auto()
    """The file is as it was."""
    UNKNOWN = auto()
    """The disk is away, or something else is at its place, or another picture."""


def settle(
    journal: Journal, scratch: Scratch, unfinished: Iterable[Path], is_away: IsAway = lambda _, __: False
) -> list[Settled]:
    """What each intent of a write became; those of an undo are settled without a word. What lies on a drive that is
    away stays as it is."""
    away: dict[tuple[Path, str], bool] = {}

    def folder_is_away(path: Path, job: str = "") -> bool:
        if (path.parent, job) not in away:
            away[path.parent, job] = is_away(path, job)
        return away[path.parent, job]

    entries = list(journal.unsettled())
    settled = settle_some(journal, scratch, entries, folder_is_away)
    said = {entry.id for entry in journal.unsettled()}
    needed = {entry.temporary for entry in entries if entry.id in said and entry.temporary is not None}
    folders = _folders_of(path for path in unfinished if not folder_is_away(path))
    folders.update(entry.target.parent for entry in entries if entry.id not in said)
    scratch.clear(folders, needed, folder_is_away)
    return settled


def settle_some(journal: Journal, scratch: Scratch, entries: Iterable[JournalEntry], is_away: IsAway) -> list[Settled]:
    """The same for some of them; files that are not finished go with them."""
    groups: dict[tuple[str, int, Path, str, int], list[JournalEntry]] = {}
    for entry in entries:
        undoes = int(entry.changes.get("undoes", 0))
        groups.setdefault((entry.job, entry.item, entry.photo, entry.picture, undoes), []).append(entry)
    settled: list[Settled] = []
    for group in groups.values():
        if any(is_away(entry.target, entry.job) for entry in group):
            continue
        unfinished = scratch.places(entry.temporary for entry in group if entry.temporary is not None)
        found = {entry.id: _look_at(entry, scratch) for entry in group}
        if _Found.UNKNOWN in found.values():
            continue
        if len(set(found.values())) > 1:
            found = dict.fromkeys(found, _make_one(group, found, scratch))
        for folder in {entry.target.parent for entry in group}:
            with suppress(OSError):
                sync_folder(folder)
        settled += _record(journal, group, found)
        scratch.remove(unfinished)
    return settled


def _folders_of(photos: Iterable[Path]) -> set[Path]:
    """Where their temporary files would be; links are followed only where there are some, for a run may be long."""
    folders: set[Path] = set()
    for photo in photos:
        folders.add(photo.parent)
        with suppress(OSError):
            if photo.is_symlink():
                folders.add(Path(os.path.realpath(photo)).parent)
    return folders


def _record(journal: Journal, group: list[JournalEntry], found: dict[int, _Found]) -> list[Settled]:
    there = [entry for entry in group if found[entry.id] is _Found.THERE]
    gone = [entry for entry in group if found[entry.id] is _Found.NOT_THERE]
    undone = [int(entry.changes["undoes"]) for entry in there if "undoes" in entry.changes]
    if there:
        state = EntryState.UNDONE if undone else EntryState.DONE
        prints = [_print_of_ours(entry) for entry in there]
        journal.settle([entry.id for entry in there] + undone, state, prints + [None] * len(undone))
    if gone:
        journal.settle([entry.id for entry in gone], EntryState.ROLLED_BACK)
    return [
        Settled(entry.photo, entry.target, entry.job, entry.item, outcome)
        for entries, outcome in ((there, Settlement.DONE), (gone, Settlement.ROLLED_BACK))
        for entry in entries
        if "undoes" not in entry.changes
    ]


def _print_of_ours(entry: JournalEntry) -> Fingerprint | None:
    with suppress(OSError):
        if _digest(entry.target) == entry.after_digest:
            return print_of(entry.target.stat(), entry.after_digest)
    return None


def _look_at(entry: JournalEntry, scratch: Scratch) -> _Found:
    if not entry.target.parent.is_dir():
        return _Found.UNKNOWN
    try:
        match _how(entry):
            case How.NOTHING:
                return _Found.THERE
            case How.REMOVE:
                return _Found.NOT_THERE if look(entry.target) else _Found.THERE
            case How.CREATE:
                return _created(entry)
            case How.IN_PLACE:
                return _written_in_place(entry, scratch)
            case How.REPLACE:
                return _replaced(entry)
    except OSError:
        return _Found.UNKNOWN


def _how(entry: JournalEntry) -> How:
    return How(entry.changes.get("how", How.REPLACE))


def _unplaced(entry: JournalEntry) -> Fingerprint | None:
    return None if entry.temporary is None else look(entry.temporary)


def _created(entry: JournalEntry) -> _Found:
    digest, unplaced = _digest(entry.target), _unplaced(entry)
    if digest == entry.after_digest:
        return _Found.THERE
    now = look(entry.target)
    if now is not None and now.size == 0 and unplaced is not None:
        entry.target.unlink()  # the name was held, and nothing came of it
        return _Found.NOT_THERE
    if digest is None and unplaced is None:
        return _Found.UNKNOWN
    return _Found.NOT_THERE if digest is None or unplaced is not None else _somebodys(entry)


def _replaced(entry: JournalEntry) -> _Found:
    beside, now = _unplaced(entry), look(entry.target)
    if now is None:
        # The new file is there from before the intent until it has taken the photo's place. Without both, this is not
        # the folder in which they lay but another one of its name, or the place of a drive that is away.
        return _Found.UNKNOWN if beside is None else _Found.NOT_THERE
    exchanged = beside is not None and entry.before_print is not None and beside.inode == entry.before_print.inode
    if _digest(entry.target) == entry.after_digest:
        if beside is None or entry.temporary is None or same(beside, entry.before_print, moved=True):
            return _Found.THERE
        old = _digest(entry.temporary)
        if entry.before_print is not None and old == entry.before_print.digest:
            return _Found.THERE  # its inode has another number since the disk was mounted again
        if old == entry.after_digest:
            return _Found.NOT_THERE  # a write that changed nothing
        # An edit that came at the last moment was exchanged with ours: it goes back.
        return _Found.NOT_THERE if exchange(entry.temporary, entry.target) else _Found.THERE
    if beside is None:
        return _Found.NOT_THERE if same(now, entry.before_print) else _somebodys(entry)
    return _Found.THERE if exchanged else _Found.NOT_THERE


def _somebodys(entry: JournalEntry) -> _Found:
    """Neither the old bytes nor ours: somebody wrote over them, or this is a photo of the same name."""
    return _Found.UNKNOWN if another_is_there(entry) else _Found.THERE


def _written_in_place(entry: JournalEntry, scratch: Scratch) -> _Found:
    assert entry.temporary is not None and entry.before_print is not None
    digest = _digest(entry.target)
    if digest is None or digest == entry.before_print.digest:
        return _Found.NOT_THERE
    if digest != entry.after_digest and _digest(entry.temporary) == entry.after_digest:
        old = scratch.spooled()
        try:
            with entry.temporary.open("rb") as present, old.open("wb") as out:
                _before.rebuild(entry.kind, entry.before, present, out)
            if not _half_written(entry.target, old, entry.temporary):
                return _somebodys(entry)
            overwrite(entry.target, entry.temporary, None)
        except (BridgeError, EOFError):
            pass
        finally:
            old.unlink(missing_ok=True)
    return _Found.THERE


def _half_written(path: Path, old: Path, new: Path) -> bool:
    """Whether every page is of the old file, or of the new one, or begins as new; else somebody wrote the file since.

    Beyond the end of the old file, where room was taken first, a page is empty.
    """
    sizes = (old.stat().st_size, new.stat().st_size)
    if not min(sizes) <= path.stat().st_size <= max(sizes):
        return False
    with path.open("rb") as file, old.open("rb") as one, new.open("rb") as other:
        while page := file.read(_PAGE):
            before, after = (source.read(_PAGE).ljust(_PAGE, b"\0")[: len(page)] for source in (one, other))
            turn = next((at for at, (x, y) in enumerate(zip(page, after, strict=True)) if x != y), len(page))
            if page[turn:] != before[turn:]:
                return False
    return True


def _make_one(group: list[JournalEntry], found: dict[int, _Found], scratch: Scratch) -> _Found:
    """A photo and its sidecar are written both or neither: go on where that is possible, else go back."""
    for entry in group:
        if found[entry.id] is _Found.NOT_THERE and not _go_on(entry):
            break
    else:
        return _Found.THERE
    for entry in group:
        if found[entry.id] is _Found.THERE:
            _go_back(entry, scratch)
    return _Found.NOT_THERE


def _go_on(entry: JournalEntry) -> bool:
    new = entry.temporary
    try:
        if (
            new is None
            or _digest(new) != entry.after_digest
            or not same(look(entry.target), entry.before_print, moved=True)
        ):
            return False
        if _how(entry) == How.CREATE:
            create(new, entry.target)
        elif _how(entry) == How.IN_PLACE:
            overwrite(entry.target, new, None)
        elif not exchange(new, entry.target):
            new.replace(entry.target)
        return True
    except OSError:
        return False


def _go_back(entry: JournalEntry, scratch: Scratch) -> None:
    """Where the file is ours still; what somebody wrote since stays."""
    with suppress(OSError, BridgeError):
        if _digest(entry.target) != entry.after_digest:
            return
        if entry.kind == _before.NEW:
            entry.target.unlink()
            return
        old = scratch.spooled() if _how(entry) == How.IN_PLACE else scratch.beside(entry.target)
        try:
            with entry.target.open("rb") as present, open(old, "wb", opener=private) as out:
                _before.rebuild(entry.kind, entry.before, present, out)
                out.flush()
                dress_as_far_as_may_be(out, present)
                os.fsync(out.fileno())
            if entry.before_print is None or _digest(old) != entry.before_print.digest:
                return
            if _how(entry) == How.IN_PLACE:
                overwrite(entry.target, old, None)
            elif not (entry.temporary and same(look(entry.temporary), entry.before_print, moved=True)):
                old.replace(entry.target)
            elif not exchange(entry.temporary, entry.target):
                entry.temporary.replace(entry.target)
        finally:
            old.unlink(missing_ok=True)


def _digest(path: Path) -> str | None:
    try:
        return file_digest(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
