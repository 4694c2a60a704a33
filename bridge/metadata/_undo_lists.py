"""What an undo does to the keyword lists of a file that others wrote since: by what the journal says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bridge.journal import JournalEntry
from bridge.metadata import _before
from bridge.metadata._commands import loose, values_of
from bridge.metadata._commit import How
from bridge.metadata._structs import MICROSOFT, MWG, name_in
from bridge.metadata.keywords import LISTS, from_path, to_path
from bridge.metadata.plan import KeywordPath, ListChange
from bridge.words import fold


def noted(entry: JournalEntry) -> bool:
    """Whether it left the file as it was: a word that was chosen stood there, or an undo had nothing to do."""
    return bool(entry.changes.get("how") == How.NOTHING)


def list_changes(
    entry: JournalEntry,
    values: dict[str, str | list[str]],
    later: Sequence[JournalEntry],
    taken_back: Sequence[JournalEntry],
    undone: Sequence[JournalEntry],
    chosen: Sequence[KeywordPath],
) -> tuple[list[ListChange], list[str], frozenset[str]]:
    """The changes, what stays with its reason, and the names of words, folded, that stay since a later run says them.

    ``values``: what the file says now, by tag; ``later``: writes that stand; ``taken_back``: what came before and was
    taken back since; ``undone``: all that was ever taken back in this file, and the taking back; ``chosen``: words that
    a person chose since.
    """
    changes: list[ListChange] = []
    left: list[str] = []
    said_again: set[str] = set()
    for change in entry.changes["lists"]:
        tag = change["tag"]
        kind = next((kind for kind in LISTS if kind.tag == tag), None)
        present = {loose(value): value for value in values_of(values.get(tag))}
        theirs = {loose(word) for other in later for word in _words_of(other, tag)}
        again = _written_again(writes_since(entry, later, undone), tag)
        kept = {loose(from_path(kind, path)) for path in chosen} if kind is not None else set()
        copies = _copies(change, undone) & present.keys()
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
        # Programs read the first list that they find, and a sidecar instead of its photo: while it is there, with other
        # words in it, the person's own would be lost there.
        made = _before.NEW in (entry.kind, *(other.kind for other in taken_back))
        copies = {word for word in copies if not before.get(word)}
        if not made and not back and not present.keys() - {*map(loose, take), *copies}:
            take += (present[word] for word in present if word in copies)
        if take or back:
            changes.append(ListChange(tag, tuple(back), tuple(take)))
    return changes, left, frozenset(said_again)


def typed_since(
    entry: JournalEntry, values: dict[str, str | list[str]], since: Sequence[JournalEntry]
) -> Iterator[KeywordPath]:
    """Words that the run had taken away and that are there all the same: a person wrote them again."""
    for change in entry.changes["lists"]:
        kind = next((kind for kind in LISTS if kind.tag == change["tag"]), None)
        if kind is None or entry.kind == _before.NEW:
            continue
        present = set(map(loose, values_of(values.get(kind.tag))))
        ours = _put_there(since, kind.tag)
        yield from (to_path(kind, word) for word in change["remove"] if loose(word) in present - ours)


def writes_since(
    entry: JournalEntry, later: Sequence[JournalEntry], undone: Sequence[JournalEntry]
) -> list[JournalEntry]:
    """Every write of the file after this one, undos among them, oldest first."""
    return sorted((*later, *(other for other in undone if other.id > entry.id)), key=lambda other: other.id)


def added_any(entry: JournalEntry, chosen: Sequence[KeywordPath]) -> bool:
    """Whether it added one of these to any list."""
    for change in entry.changes["lists"]:
        kind = next((kind for kind in LISTS if kind.tag == change["tag"]), None)
        words = {loose(from_path(kind, path)) for path in chosen} if kind is not None else set()
        if any(loose(word) in words for word in change["add"]):
            return True
    return False


def with_what_stayed(
    entry: JournalEntry, taken_back: Sequence[JournalEntry], between: Mapping[int, Sequence[JournalEntry]]
) -> JournalEntry:
    """An entry whose lists have what stayed when earlier ones were taken back, since this one said it too or used the
    list. ``between`` are the writes that stand from each of those to this one: what they say too is theirs, and goes
    with them."""
    lists = {change["tag"]: change for change in entry.changes["lists"]}
    for other in taken_back:
        for change in other.changes["lists"]:
            tag = change["tag"]
            kind = next((kind for kind in LISTS if kind.tag == tag), None)
            kept = {from_path(kind, tuple(path)) for path in entry.changes.get("kept", ())} if kind else set()
            said = {loose(word) for one in between[other.id] for word in _words_of(one, tag)}
            kept = {word for word in kept if loose(word) not in said}
            own = lists.get(tag, {"tag": tag, "add": [], "remove": []})
            copied = change.get("copied", ())
            stayed = [word for word in change["add"] if (word in kept or word in copied) and word not in own["add"]]
            both = [*own.get("copied", ()), *(word for word in stayed if word in copied)]
            ours = own.get("ours") or change.get("ours")
            lists[tag] = {**own, "add": [*own["add"], *stayed], "copied": both, "ours": bool(ours)}
    return replace(entry, changes={**entry.changes, "lists": list(lists.values())})


def _put_there(since: Sequence[JournalEntry], tag: str) -> set[str]:
    """What these writes added to a list and did not take away again."""
    there: set[str] = set()
    for _, added, removed in _effects(since, tag):
        there = (there | added) - removed
    return there


def _written_again(since: Sequence[JournalEntry], tag: str) -> set[str]:
    """What a person had taken out of a list before one of these writes, and no undo of ours put back."""
    again: set[str] = set()
    for other, added, _ in _effects(since, tag):
        if "undoes" in other.changes:
            again -= added
        again |= set(map(loose, _rejected(other, tag)))
    return again


def _effects(since: Sequence[JournalEntry], tag: str) -> Iterator[tuple[JournalEntry, set[str], set[str]]]:
    """Each of these writes with what it added to a list and what it removed."""
    did: dict[int, tuple[set[str], set[str]]] = {}
    for other in since:
        added, removed = (set(map(loose, _changed(other, tag, how))) for how in ("add", "remove"))
        undone = did.get(other.changes.get("undoes", 0))
        if undone is not None and not other.changes["lists"] and not noted(other):
            removed, added = undone  # byte for byte
        did[other.id] = added, removed
        yield other, added, removed


def _written_anew(added: Sequence[str], present: Collection[str]) -> Iterator[str]:
    """Face regions of ours that another program moved, rounded or added to: they are that program's now."""
    names = {name_in(entry) for entry in present if entry not in set(map(loose, added))}
    for entry in added:
        if loose(entry) not in present and name_in(entry) in names:
            yield f"The face region of {name_in(entry)}: changed since"


def _copies(change: dict[str, Any], undone: Sequence[JournalEntry]) -> set[str]:
    """The person's own words that were copied into a list of ours, by runs too that were taken back while it was in
    use."""
    copied = list(change.get("copied", ()))
    if change.get("ours"):
        for other in undone:
            for same in other.changes["lists"]:
                copied += same.get("copied", ()) if same["tag"] == change["tag"] else ()
    return set(map(loose, copied))


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


def _words_of(later: JournalEntry, tag: str) -> Iterator[str]:
    """What a later run did to a list, and what it would have added had it not been there."""
    yield from _changed(later, tag, "add", "remove")
    kind = next((kind for kind in LISTS if kind.tag == tag), None)
    if kind is not None:
        yield from (from_path(kind, tuple(path)) for path in later.changes.get("kept", ()))


def _changed(entry: JournalEntry, tag: str, *how: str) -> Iterator[str]:
    for change in entry.changes["lists"]:
        if change["tag"] == tag:
            for name in how:
                yield from change[name]
