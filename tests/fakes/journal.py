"""A whole journal in memory: what SqliteJournal promises, without a disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bridge.errors import NotFound
from bridge.journal import EntryState, Journal, JournalEntry, another_picture
from bridge.values import Fingerprint


class MemoryJournal(Journal):
    """``commits`` counts the transactions."""

    def __init__(self) -> None:
        self._entries: dict[int, JournalEntry] = {}
        self.commits = 0

    def intend(self, entries: list[JournalEntry]) -> list[int]:
        self.commits += 1
        first = len(self._entries) + 1
        for number, entry in enumerate(entries, first):
            changes = json.loads(json.dumps(entry.changes))
            self._entries[number] = replace(entry, id=number, changes=changes, state=EntryState.INTENT)
        return list(range(first, first + len(entries)))

    def settle(self, ids: list[int], state: EntryState, after: list[Fingerprint | None] | None = None) -> None:
        self.commits += 1
        prints = after or [None] * len(ids)
        changed = dict(self._entries)
        for number, fingerprint in zip(ids, prints, strict=True):
            if number not in changed and state in (EntryState.UNDONE, EntryState.PASSED):
                continue
            if number not in changed:
                raise NotFound(f"The journal has no entry {number}.")
            entry = changed[number]
            after_print = fingerprint or entry.after_print
            changed[number] = replace(entry, state=state, after_print=after_print, temporary=None)
        self._entries = changed

    def unsettled(self) -> Iterator[JournalEntry]:
        yield from [entry for entry in self._entries.values() if entry.state is EntryState.INTENT]

    def of_job(self, job: str, photo: Path | None = None, picture: str = "") -> list[JournalEntry]:
        mine = [entry for entry in self._done() if entry.job == job and photo in (None, entry.photo)]
        return [entry for entry in mine[::-1] if not another_picture(entry.picture, picture)]

    def after(self, entry: JournalEntry) -> list[JournalEntry]:
        here = (other for other in self._done() if other.target == entry.target and entry.same_photo(other))
        return [other for other in here if other.id > entry.id]

    def undone_at(self, entry: JournalEntry) -> list[JournalEntry]:
        undone = (other for other in self._entries.values() if other.state is EntryState.UNDONE)
        return [other for other in undone if other.target == entry.target and entry.same_photo(other)]

    def _done(self) -> list[JournalEntry]:
        stands = (EntryState.DONE, EntryState.PASSED)
        return [entry for entry in self._entries.values() if entry.state in stands]
