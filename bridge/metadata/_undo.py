"""Taking back what one run wrote: byte for byte where nobody wrote since, value by value where somebody did."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bridge.engines.picture_hash import file_digest
from bridge.errors import BridgeError, PhotoChanged, PhotoDamaged, PhotoMissing
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
from bridge.metadata._structs import DIMENSIONS, MICROSOFT, MWG, ask, name_in, told
from bridge.metadata.keywords import LISTS, from_path, to_path
from bridge.metadata.marks import KINDS as MARKS
from bridge.metadata.outcome import PhotoUndo, Restored, UndoReport
from bridge.metadata.plan import KeywordPath, ListChange, Plan, TargetPlan, TextChange
from bridge.metadata.read import read_state
from bridge.metadata.state import IptcCharset, Role
from bridge.metadata.texts import TEXTS
from bridge.paths import shown
from bridge.values import Field, Fingerprint, Format, Written
from bridge.words import fold

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
                # The place where a drive was mounted stays when that goes, as an empty folder.
                if not entry.target.parent.is_dir() or self.is_away(entry.target, entry.job):
                    raise PhotoMissing(f"{shown(entry.target)} is not there.")
                return self._settled(entry, Restored.NOTHING)
            now = replace(found, digest=file_digest(entry.target))
        if entry.before_print is not None and now.digest == entry.before_print.digest:
            return self._settled(entry, Restored.EXACTLY)  # an undo that a crash cut short, or a copy from a backup
        taken_back = _taken_back_since(self.journal, entry)
        if now.digest == entry.after_digest and not taken_back and not self._keeps(entry):
            with typed(entry.target):
                if entry.kind == _before.NEW:
                    return self._remove(entry, now)
                try:
                    return self._restore(entry, now)
                except PhotoDamaged:
                    pass  # the bytes cannot be had again; the values can
        return self._take_away(entry, now, taken_back)

    def _keeps(self, entry: JournalEntry) -> bool:
        """Whether something of it is the person's by now."""
        said = any(_field_of(change["tag"]) in self.theirs for change in entry.changes["texts"])
        return said or _added(entry, self.chosen)

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

    def _take_away(self, entry: JournalEntry, now: Fingerprint, taken_back: list[JournalEntry]) -> PhotoUndo:
        """Somebody wrote since, or what came before was taken back first."""
        entry = _with_what_stayed(entry, taken_back)
        role = Role(entry.changes["role"])
        suffix = SIDECAR_SUFFIX if role is not Role.PHOTO else suffix_of(role, Format(entry.changes["format"]))
        tags: list[str] = [change["tag"] for change in (*entry.changes["lists"], *entry.changes["texts"])]
        with_size = [*tags, *DIMENSIONS] if MWG in tags else tags
        (read,) = self.tool.read([ask(entry.target, with_size, suffix=suffix)])
        if isinstance(read, BridgeError):
            raise read
        values = told(read)
        later = self.journal.after(entry)
        undone = [other for other in self.journal.undone_at(entry.target) if other.id > entry.id]
        lists, left, said_again = _lists(entry, values, later, taken_back, undone, self.chosen)
        typed = tuple(_typed_since(entry, values, later))
        texts, more = _texts(entry, values, later, taken_back, self.theirs)
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
            change = finish.end(item, entry.job, entry.item)
            change.entry.changes["undoes"] = entry.id
            change = replace(change, undoes=(entry.id,))
            _raise_failed(commit(self.journal, batch, [[change]], EntryState.UNDONE))
        return PhotoUndo(entry.photo, entry.target, Restored.PARTLY, tuple(left), said_again)


def _taken_back_since(journal: Journal, entry: JournalEntry) -> list[JournalEntry]:
    """Earlier writes of the file that were taken back after this one: what it remembers of them is no more."""
    undone = journal.undone_at(entry.target)
    since = {other.changes.get("undoes") for other in undone if other.id > entry.id}
    earlier = [other for other in undone if other.id < entry.id and other.id in since]
    # What stayed when those before them were taken back was theirs by then.
    return [_with_what_stayed(other, _taken_back_since(journal, other)) for other in earlier]


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
    )


def _lists(
    entry: JournalEntry,
    values: dict[str, str | list[str]],
    later: Sequence[JournalEntry],
    taken_back: Sequence[JournalEntry],
    undone: Sequence[JournalEntry],
    chosen: Sequence[KeywordPath],
) -> tuple[list[ListChange], list[str], frozenset[str]]:
    changes: list[ListChange] = []
    left: list[str] = []
    said_again: set[str] = set()
    for change in entry.changes["lists"]:
        tag = change["tag"]
        kind = next((kind for kind in LISTS if kind.tag == tag), None)
        present = {loose(value): value for value in values_of(values.get(tag))}
        theirs = {loose(word) for other in later for word in _words_of(other, tag)}
        again = {loose(word) for other in (*later, *undone) for word in _rejected(other, tag)}
        kept = {loose(from_path(kind, path)) for path in chosen} if kind is not None else set()
        copies = _copies_in_use(entry, change, set(present))
        before = _before_all(taken_back, tag)
        take: list[str] = []
        if tag in (MWG, MICROSOFT):
            left += _written_anew(change["add"], present)
        for word in change["add"]:
            if loose(word) not in present or loose(word) in copies or before.get(loose(word)):
                continue
            if loose(word) in kept:
                left.append(f"{word}: you chose it since")
                said_again |= {fold(to_path(kind, word)[-1])} if kind is not None else set()
            elif loose(word) in theirs:
                left.append(f"{word}: a later run says it too")
                said_again |= {fold(to_path(kind, word)[-1])} if kind is not None else set()
            elif loose(word) in again:
                left.append(f"{word}: taken away and written again since")
            else:
                take.append(present[loose(word)])
        # What an earlier run had put there, and what was taken back since, does not come back by way of this one.
        gone = {word for word, there in before.items() if not there}
        old = () if entry.kind == _before.NEW else change["remove"]
        back = [word for word in old if loose(word) not in {*present, *theirs, *gone}]
        if take or back:
            changes.append(ListChange(tag, tuple(back), tuple(take)))
    return changes, left, frozenset(said_again)


def _typed_since(
    entry: JournalEntry, values: dict[str, str | list[str]], later: Sequence[JournalEntry]
) -> Iterator[KeywordPath]:
    """Words that the run had taken away and that are there all the same: a person wrote them again."""
    for change in entry.changes["lists"]:
        kind = next((kind for kind in LISTS if kind.tag == change["tag"]), None)
        if kind is None or entry.kind == _before.NEW:
            continue
        present = set(map(loose, values_of(values.get(kind.tag))))
        ours = {loose(word) for other in later for word in _changed(other, kind.tag, "add")}
        yield from (to_path(kind, word) for word in change["remove"] if loose(word) in present - ours)


def _written_anew(added: Sequence[str], present: Collection[str]) -> Iterator[str]:
    """Face regions of ours that another program moved, rounded or added to: they are that program's now."""
    names = {name_in(entry) for entry in present if entry not in set(map(loose, added))}
    for entry in added:
        if loose(entry) not in present and name_in(entry) in names:
            yield f"The face region of {name_in(entry)}: changed since"


def _added(entry: JournalEntry, chosen: Sequence[KeywordPath]) -> bool:
    """Whether it added one of these to any list."""
    for change in entry.changes["lists"]:
        kind = next((kind for kind in LISTS if kind.tag == change["tag"]), None)
        words = {loose(from_path(kind, path)) for path in chosen} if kind is not None else set()
        if any(loose(word) in words for word in change["add"]):
            return True
    return False


def _with_what_stayed(entry: JournalEntry, taken_back: Sequence[JournalEntry]) -> JournalEntry:
    """An entry whose lists have what stayed when earlier ones were taken back, since this one said it too or used the
    list."""
    lists = {change["tag"]: change for change in entry.changes["lists"]}
    for other in taken_back:
        for change in other.changes["lists"]:
            tag = change["tag"]
            kind = next((kind for kind in LISTS if kind.tag == tag), None)
            kept = {from_path(kind, tuple(path)) for path in entry.changes.get("kept", ())} if kind else set()
            own = lists.get(tag, {"tag": tag, "add": [], "remove": []})
            copied = change.get("copied", ())
            stayed = [word for word in change["add"] if (word in kept or word in copied) and word not in own["add"]]
            both = [*own.get("copied", ()), *(word for word in stayed if word in copied)]
            lists[tag] = {**own, "add": [*own["add"], *stayed], "copied": both}
    return replace(entry, changes={**entry.changes, "lists": list(lists.values())})


def _copies_in_use(entry: JournalEntry, change: dict[str, Any], present: set[str]) -> set[str]:
    """The person's own words in a list that we made and that somebody has written into, or in a sidecar that we made.

    Programs read the first list that they find, and a sidecar instead of its photo: there the words would be lost.
    """
    in_use = entry.kind == _before.NEW or present - {loose(word) for word in change["add"]}
    return {loose(word) for word in change.get("copied", ())} if in_use else set()


def _before_all(taken_back: Sequence[JournalEntry], tag: str) -> dict[str, bool]:
    """Whether a word stood in a list before the first of these runs, told by what that did to it."""
    there: dict[str, bool] = {}
    for other in taken_back:
        for how in ("add", "remove"):
            for word in _changed(other, tag, how):
                there.setdefault(loose(word), how == "remove")
    return there


def _rejected(later: JournalEntry, tag: str) -> Iterator[str]:
    """What a person had taken out of a list before a later run: if it is there now, it is theirs."""
    kind = next((kind for kind in LISTS if kind.tag == tag), None)
    removed = set(_changed(later, tag, "remove"))
    if kind is not None:
        words = (from_path(kind, tuple(path)) for path in later.changes.get("rejected", ()))
        yield from (word for word in words if word not in removed)


def _changed(entry: JournalEntry, tag: str, *how: str) -> Iterator[str]:
    for change in entry.changes["lists"]:
        if change["tag"] == tag:
            for name in how:
                yield from change[name]


def _words_of(later: JournalEntry, tag: str) -> Iterator[str]:
    """What a later run did to a list, and what it would have added had it not been there."""
    yield from _changed(later, tag, "add", "remove")
    kind = next((kind for kind in LISTS if kind.tag == tag), None)
    if kind is not None:
        yield from (from_path(kind, tuple(path)) for path in later.changes.get("kept", ()))


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
