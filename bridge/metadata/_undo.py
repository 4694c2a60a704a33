"""Taking back what one run wrote: byte for byte where nobody wrote since, value by value where somebody did."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bridge.engines.picture_hash import file_digest
from bridge.errors import BridgeError, InTheCloud, PhotoChanged, PhotoDamaged, PhotoMissing
from bridge.exiftool import ExifTool, Tags
from bridge.home import private
from bridge.journal import EntryState, Journal, JournalEntry
from bridge.metadata import _before
from bridge.metadata._apply import draft, read_all_back, write_copies
from bridge.metadata._commands import SIDECAR_SUFFIX, loose, suffix_of, values_of
from bridge.metadata._commit import Change, Committed, How, commit
from bridge.metadata._files import CannotKeep, FileChanged, dress, look, must_be_in_place, typed
from bridge.metadata._finish import finishing
from bridge.metadata._scratch import Scratch
from bridge.metadata._settle import IsAway
from bridge.metadata._structs import DIMENSIONS, MWG, ask, told
from bridge.metadata._undo_lists import added_any, list_changes, noted, typed_since, with_what_stayed, writes_since
from bridge.metadata._whose import another_is_there
from bridge.metadata.marks import KINDS as MARKS
from bridge.metadata.outcome import ANOTHER, PhotoUndo, Restored, UndoReport
from bridge.metadata.plan import KeywordPath, ListChange, Plan, TargetPlan, TextChange
from bridge.metadata.read import read_state
from bridge.metadata.state import IptcCharset, Role
from bridge.metadata.texts import TEXTS
from bridge.paths import shown
from bridge.values import Field, Fingerprint, Format, Written
from bridge.volumes import stub_of

_ROUNDS = 4


def undo(
    tool: ExifTool,
    journal: Journal,
    scratch: Scratch,
    pool: Executor,
    entries: Sequence[JournalEntry],
    chosen: Sequence[KeywordPath] = (),
    theirs: Collection[Field] = (),
    is_away: IsAway = lambda _, __: False,
) -> UndoReport:
    """Each entry by itself: one that fails stays DONE and can be undone again. ``chosen`` are words of the person's
    that stay although the run had added them first, and ``theirs`` texts and marks that are the person's by now."""
    undoing = _Undoing(tool, journal, scratch, pool, tuple(chosen), frozenset(theirs), is_away)
    newest_first = sorted(entries, key=lambda entry: entry.id, reverse=True)
    return UndoReport(tuple(undoing.undo(entry) for entry in newest_first))


@dataclass(frozen=True, slots=True)
class _Undoing:
    tool: ExifTool
    journal: Journal
    scratch: Scratch
    pool: Executor
    chosen: tuple[KeywordPath, ...]
    theirs: frozenset[Field]
    is_away: IsAway

    def undo(self, entry: JournalEntry) -> PhotoUndo:
        error: BridgeError = PhotoChanged(f"{shown(entry.target)} is being changed by another program.")
        for _ in range(_ROUNDS):
            try:
                return self._once(entry)
            except FileChanged:
                continue
            except BridgeError as failed:
                error = failed
                break
        return PhotoUndo(entry.photo, entry.target, Restored.FAILED, error=error.as_dict())

    def _once(self, entry: JournalEntry) -> PhotoUndo:
        with typed(entry.target):
            found = look(entry.target)
            if found is None:
                if os.path.lexists(stub_of(entry.target)):
                    raise InTheCloud(f"{shown(entry.target)} is in the cloud: only its name is on this computer.")
                # The place where a drive was mounted stays when that goes, as an empty folder.
                if not entry.target.parent.is_dir() or self.is_away(entry.target, entry.job):
                    raise PhotoMissing(f"{shown(entry.target)} is not there.")
                if another_is_there(entry):
                    return self._passed(entry, Restored.ANOTHER, (ANOTHER,))
                if entry.picture and look(entry.photo) is None:
                    return self._passed(entry, Restored.GONE)
                return self._settled(entry, Restored.NOTHING)
            if not entry.target.is_file():  # a pipe of its name would be waited for without end
                raise PhotoMissing(f"{shown(entry.target)} is no file any more.")
            if not found.size:
                # Nothing could be taken away, and the run would count as undone when the photo is back.
                raise PhotoDamaged(
                    f"{shown(entry.target)} is empty: another program is writing it, or it was damaged.",
                    hint="Bring it back from a backup, then undo the run again.",
                )
            now = replace(found, digest=file_digest(entry.target))
        taken_back = _taken_back_since(self.journal, entry)
        as_it_was = entry.before_print is not None and now.digest == entry.before_print.digest
        if as_it_was and not (noted(entry) and taken_back):
            return self._settled(entry, Restored.EXACTLY)  # an undo that a crash cut short, or a copy from a backup
        later = self.journal.after(entry)
        if now.digest == entry.after_digest and not taken_back and not self._keeps(entry, later):
            with typed(entry.target):
                if entry.kind == _before.NEW:
                    return self._remove(entry, now)
                try:
                    return self._restore(entry, now)
                except PhotoDamaged:
                    pass  # the bytes cannot be had again; the values can
        if not later and not self._keeps(entry, later) and self._ends_a_sidecar(entry, now, taken_back):
            with typed(entry.target):
                return self._remove(entry, now)
        # Up to here the bytes themselves told whose they are.
        with typed(entry.photo):
            if another_is_there(entry):
                return self._passed(entry, Restored.ANOTHER, (ANOTHER,))
        return self._take_away(entry, now, taken_back, later)

    def _keeps(self, entry: JournalEntry, later: Sequence[JournalEntry]) -> bool:
        """Whether something of it is the person's by now, or a later run chose what stood there."""
        if any(map(noted, later)):
            return True
        said = any(_field_of(change["tag"]) in self.theirs for change in entry.changes["texts"])
        return said or added_any(entry, self.chosen)

    def _ends_a_sidecar(self, entry: JournalEntry, now: Fingerprint, taken_back: Sequence[JournalEntry]) -> bool:
        """Whether the sidecar is there by runs of ours alone: this is the last of them that stands, and nobody else has
        written into it."""
        made = next((other for other in (*taken_back, entry) if other.kind == _before.NEW), None)
        if made is None or any(other.id != entry.id for other in self.journal.after(made)):
            return False
        undone = (other for other in self.journal.undone_at(entry) if other.id > made.id)
        since = sorted((made, entry, *undone), key=lambda other: other.id)
        digest = made.after_digest
        for other in since:
            if other.id == made.id or noted(other):
                continue
            if other.before_print is None or other.before_print.digest != digest:
                return False
            digest = other.after_digest
        return digest == now.digest

    def _passed(self, entry: JournalEntry, why: Restored, left: tuple[str, ...] = ()) -> PhotoUndo:
        self.journal.settle([entry.id], EntryState.PASSED)
        return PhotoUndo(entry.photo, entry.target, why, left)

    def _settled(
        self,
        entry: JournalEntry,
        restored: Restored,
        left: tuple[str, ...] = (),
        typed: Sequence[KeywordPath] = (),
    ) -> PhotoUndo:
        # An undo that had nothing to do is in the journal too: later ones go by it.
        intent = _intent(entry, entry.before_print, How.NOTHING, None, "", b"")
        intent.changes["rejected"] = [list(path) for path in typed]
        ids = self.journal.intend([intent])
        self.journal.settle([*ids, entry.id], EntryState.UNDONE)
        return PhotoUndo(entry.photo, entry.target, restored, left)

    def _remove(self, entry: JournalEntry, now: Fingerprint) -> PhotoUndo:
        """A sidecar that we made and nobody changed."""
        intent = _intent(entry, now, How.REMOVE, None, "", b"")
        spare = self.scratch.beside(entry.target)
        with self.scratch.batch([spare]) as batch:
            _raise_failed(
                commit(
                    self.journal,
                    batch,
                    [[Change(intent, How.REMOVE, None, spare, (entry.id,))]],
                    EntryState.UNDONE,
                )
            )
        return PhotoUndo(entry.photo, entry.target, Restored.EXACTLY)

    def _restore(self, entry: JournalEntry, now: Fingerprint) -> PhotoUndo:
        """Raises PhotoDamaged where the old bytes do not come out."""
        target = entry.target
        how = How.IN_PLACE if must_be_in_place(target.stat(), target) else How.REPLACE
        new, spare = (self.scratch.unfinished(target, spooled=how is How.IN_PLACE) for _ in range(2))
        with self.scratch.batch([new, spare]) as batch:
            with target.open("rb") as present, open(new, "xb", opener=private) as out:
                _before.rebuild(entry.kind, entry.before, present, out)
                out.flush()
                try:
                    if how is How.REPLACE:
                        dress(out, present, keep_times=False)
                except CannotKeep:
                    how = How.IN_PLACE
                if entry.changes.get("keep_times") and entry.before_print is not None:
                    os.utime(out.fileno(), ns=(entry.before_print.mtime_ns, entry.before_print.mtime_ns))
                os.fsync(out.fileno())
                if entry.before_print is None or file_digest(new) != entry.before_print.digest:
                    raise PhotoDamaged("The old bytes do not come out.")
                kind, image = "", b""
                if how is How.IN_PLACE:
                    kind, image, _ = _before.make(present, _format(entry))
            intent = _intent(entry, now, how, new, kind, image)
            change = Change(intent, how, new, spare, (entry.id,))
            _raise_failed(commit(self.journal, batch, [[change]], EntryState.UNDONE))
        return PhotoUndo(entry.photo, entry.target, Restored.EXACTLY)

    def _take_away(
        self, entry: JournalEntry, now: Fingerprint, taken_back: list[JournalEntry], later: Sequence[JournalEntry]
    ) -> PhotoUndo:
        """Somebody wrote since, or what came before was taken back first."""
        entry = _with_what_stayed(self.journal, entry, taken_back)
        if not entry.changes["lists"] and not entry.changes["texts"]:
            return self._settled(entry, Restored.NOTHING)
        role = Role(entry.changes["role"])
        suffix = SIDECAR_SUFFIX if role is not Role.PHOTO else suffix_of(role, Format(entry.changes["format"]))
        tags: list[str] = [change["tag"] for change in (*entry.changes["lists"], *entry.changes["texts"])]
        with_size = [*tags, *DIMENSIONS] if MWG in tags else tags
        (read,) = self.tool.read([ask(entry.target, with_size, suffix=suffix)])
        if isinstance(read, BridgeError):
            raise read
        values = told(read)
        undone = self.journal.undone_at(entry)
        all_taken_back = _all_taken_back(self.journal, entry)
        lists, left, said_again = list_changes(entry, values, later, all_taken_back, undone, self.chosen)
        typed = tuple(typed_since(entry, values, writes_since(entry, later, undone)))
        texts, more = _texts(entry, values, later, all_taken_back, self.theirs)
        texts = _dimensions(texts, values, lists, taken_back)
        left = list(dict.fromkeys((*left, *more)))
        if not lists and not texts:
            return replace(self._settled(entry, Restored.NOTHING, tuple(left), typed), said_again=said_again)
        charset = IptcCharset.UTF8
        if any(tag.startswith("IPTC:") for tag in tags):
            charset = read_state(self.tool, entry.target, Format(entry.changes["format"])).embedded.iptc_charset
        target = TargetPlan(entry.target, role, now, tuple(lists), tuple(texts), charset)
        plan = Plan(
            entry.photo,
            Format(entry.changes["format"]),
            targets=(target,),
            keep_times=bool(entry.changes.get("keep_times")),
            written=Written(rejected=typed),
        )
        item = draft(plan, target, self.scratch)
        with self.scratch.batch(item.temporaries) as batch, finishing(self.pool) as finish:
            finish.begin(item)
            for answer in (*write_copies(self.tool, [item]), *read_all_back(self.tool, [item])):
                if isinstance(answer, BridgeError):
                    raise answer
            finish.written(item)
            change = finish.end(item, entry.job, entry.item, entry.picture)
            change.entry.changes["undoes"] = entry.id
            change = replace(change, undoes=(entry.id,))
            _raise_failed(commit(self.journal, batch, [[change]], EntryState.UNDONE))
        return PhotoUndo(entry.photo, entry.target, Restored.PARTLY, tuple(left), said_again)


def _taken_back_since(journal: Journal, entry: JournalEntry) -> list[JournalEntry]:
    """Earlier writes of the file that were taken back after this one: what it remembers of them is no more."""
    undone = journal.undone_at(entry)
    since = {other.changes.get("undoes") for other in undone if other.id > entry.id}
    earlier = [other for other in undone if other.id < entry.id and other.id in since]
    # What stayed when those before them were taken back was theirs by then.
    return [_with_what_stayed(journal, other, _taken_back_since(journal, other)) for other in earlier]


def _with_what_stayed(journal: Journal, entry: JournalEntry, taken_back: Sequence[JournalEntry]) -> JournalEntry:
    between = {other.id: [one for one in journal.after(other) if one.id < entry.id] for other in taken_back}
    return with_what_stayed(entry, taken_back, between)


def _all_taken_back(journal: Journal, entry: JournalEntry) -> list[JournalEntry]:
    """The same, oldest first, with what was taken back after each of those: they remember what that had done."""
    found: dict[int, JournalEntry] = {}
    waiting = [entry]
    while waiting:
        for other in _taken_back_since(journal, waiting.pop()):
            if other.id not in found:
                found[other.id] = other
                waiting.append(other)
    return sorted(found.values(), key=lambda other: other.id)


def _raise_failed(results: list[Committed | BridgeError | FileChanged]) -> None:
    for result in results:
        if not isinstance(result, Committed):
            raise result


def _format(entry: JournalEntry) -> Format | None:
    return Format(entry.changes["format"]) if entry.changes["role"] == Role.PHOTO else None


def _intent(
    entry: JournalEntry, now: Fingerprint | None, how: How, new: Path | None, kind: str, image: bytes
) -> JournalEntry:
    """The undo as a write of its own, so that a crash in the middle of it is settled as any other is."""
    shape = {name: entry.changes.get(name) for name in ("format", "role", "keep_times")}
    return JournalEntry(
        photo=entry.photo,
        target=entry.target,
        job=entry.job,
        item=entry.item,
        kind=kind,
        before=image,
        before_print=now,
        after_digest=None if entry.before_print is None else entry.before_print.digest,
        changes={**shape, "how": how, "lists": [], "texts": [], "undoes": entry.id},
        temporary=new,
        picture=entry.picture,
    )


def _texts(
    entry: JournalEntry,
    values: dict[str, str | list[str]],
    later: Sequence[JournalEntry],
    taken_back: Sequence[JournalEntry],
    theirs: Collection[Field],
) -> tuple[list[TextChange], list[str]]:
    changes: list[TextChange] = []
    left: list[str] = []
    rewritten = {change["tag"] for other in later for change in other.changes["texts"]}
    for change in entry.changes["texts"]:
        tag, old, new = change["tag"], change["old"], change["new"]
        for other in reversed(taken_back):
            for earlier in other.changes["texts"]:
                if earlier["tag"] == tag and earlier["new"] == old:
                    old = earlier["old"]
        present = _text(values.get(tag))
        if loose(present) == loose(old or ""):
            continue
        if tag in rewritten:
            left.append(f"{_name(tag)}: a later run wrote it")
        elif _field_of(tag) in theirs:
            left.append(f"{_name(tag)}: you set it since")
        elif loose(present) != loose(new):
            left.append(f"{_name(tag)}: changed since")
        else:
            changes.append(TextChange(tag, present, old or ""))
    return changes, left


def _dimensions(
    texts: list[TextChange], values: Tags, lists: Sequence[ListChange], taken_back: Sequence[JournalEntry]
) -> list[TextChange]:
    """Regions that others added since need the size of the picture that ours came with. It goes with the last region,
    that of an earlier run too."""
    taken = {loose(word) for change in lists if change.tag == MWG for word in change.remove}
    if any(loose(word) not in taken for word in values_of(values.get(MWG))):
        return [change for change in texts if change.tag not in DIMENSIONS]
    ours = {
        change["tag"]: change["new"]
        for other in taken_back
        for change in other.changes["texts"]
        if change["tag"] in DIMENSIONS and not change["old"]
    }
    planned = {change.tag for change in texts}
    more = [tag for tag, new in ours.items() if tag not in planned and taken and loose(_text(values.get(tag))) == new]
    return [*texts, *(TextChange(tag, ours[tag], "") for tag in more)]


def _text(value: Any) -> str:
    return " ".join(values_of(value))


def _field_of(tag: str) -> Field | None:
    mark = next((kind.field for kind in MARKS if any(tag == one.tag for one in kind.tags)), None)
    return mark or next((kind.field for kind in TEXTS if tag in kind.tags), None)


def _name(tag: str) -> str:
    mark = next((kind.name for kind in MARKS if any(tag == one.tag for one in kind.tags)), tag)
    return next((kind.name for kind in TEXTS if tag in kind.tags), mark)
