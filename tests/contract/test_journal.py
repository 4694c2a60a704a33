"""What every journal promises to the writer. A new implementation inherits ``JournalContract`` and is done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.errors import NotFound
from bridge.journal import EntryState, Journal, JournalEntry
from bridge.store import SqliteJournal, Store
from bridge.values import Fingerprint
from tests.fakes.journal import MemoryJournal

PHOTO = Path("/photos/a.jpg")
BEFORE = Fingerprint(10, 20, 30, 40, "before")
AFTER = Fingerprint(11, 21, 31, 41, "after")


def entry(job: str = "j", item: int = 1, photo: Path = PHOTO, target: Path | None = None) -> JournalEntry:
    return JournalEntry(
        photo=photo,
        target=target or photo,
        job=job,
        item=item,
        kind="picture",
        before=b"\x00\xff image",
        before_print=BEFORE,
        after_digest="after",
        changes={"lists": [{"tag": "XMP-dc:Subject", "add": ["Möwe", "a\nb"], "remove": []}], "keep_times": False},
        temporary=photo.with_name(".new"),
    )


class JournalContract(ABC):
    @abstractmethod
    @pytest.fixture
    def journal(self, tmp_path: Path) -> Journal:
        """An empty one."""

    def done(self, journal: Journal, *entries: JournalEntry) -> list[int]:
        ids = journal.intend(list(entries))
        journal.settle(ids, EntryState.DONE, [AFTER] * len(ids))
        return ids

    def test_what_is_intended_is_there_word_for_word(self, journal: Journal) -> None:
        (number,) = journal.intend([entry()])
        (found,) = journal.unsettled()
        assert found == replace(entry(), id=number)
        assert number > 0

    def test_ids_are_in_the_order_of_the_entries_and_rise(self, journal: Journal) -> None:
        first = journal.intend([entry(item=1), entry(item=2)])
        second = journal.intend([entry(item=3)])
        assert sorted(first + second) == first + second and len(set(first + second)) == 3
        assert [found.item for found in journal.unsettled()] == [1, 2, 3]

    def test_names_of_any_bytes_and_files_that_are_not_there(self, journal: Journal) -> None:
        odd = replace(entry(photo=Path("/p/\udcff\n.jpg")), before_print=None, after_digest=None, temporary=None)
        journal.intend([replace(odd, before=b"")])
        (found,) = journal.unsettled()
        assert found == replace(odd, before=b"", id=found.id)

    def test_an_outcome_ends_the_intent_and_keeps_what_is_there_now(self, journal: Journal) -> None:
        ids = self.done(journal, entry())
        assert list(journal.unsettled()) == []
        (found,) = journal.of_job("j")
        assert found == replace(entry(), id=ids[0], state=EntryState.DONE, after_print=AFTER, temporary=None)

    def test_a_file_that_is_there_as_it_was_meant_to_be_keeps_its_digest(self, journal: Journal) -> None:
        there = replace(AFTER, digest=entry().after_digest)
        journal.settle(journal.intend([entry()]), EntryState.DONE, [there])
        (found,) = journal.of_job("j")
        assert (found.after_digest, found.after_print) == (entry().after_digest, there)

    def test_what_was_rolled_back_is_nothing_that_was_done(self, journal: Journal) -> None:
        journal.settle(journal.intend([entry()]), EntryState.ROLLED_BACK)
        assert list(journal.unsettled()) == [] and journal.of_job("j") == []
        assert journal.undone_at(PHOTO) == []

    def test_a_later_outcome_keeps_the_fingerprint_of_the_first(self, journal: Journal) -> None:
        ids = self.done(journal, entry())
        journal.settle(ids, EntryState.UNDONE)
        (found,) = journal.undone_at(PHOTO)
        assert found.after_print == AFTER

    def test_an_unknown_id_settles_none_of_them(self, journal: Journal) -> None:
        (number,) = journal.intend([entry()])
        with pytest.raises(NotFound):
            journal.settle([number, number + 1000], EntryState.DONE)
        assert [found.id for found in journal.unsettled()] == [number]

    def test_an_undo_of_what_was_forgotten_meanwhile_has_an_outcome_too(self, journal: Journal) -> None:
        (number,) = journal.intend([entry()])
        journal.settle([number, number + 1000], EntryState.UNDONE)
        assert list(journal.unsettled()) == []
        assert [found.id for found in journal.undone_at(PHOTO)] == [number]

    def test_a_run_is_listed_newest_first_whole_or_by_photo(self, journal: Journal) -> None:
        other = Path("/photos/b.jpg")
        self.done(journal, entry(item=1), entry(item=2, photo=other), entry("another", item=3))
        self.done(journal, entry(item=1, target=Path("/photos/a.xmp")))
        assert [found.target.name for found in journal.of_job("j")] == ["a.xmp", "b.jpg", "a.jpg"]
        assert [found.target.name for found in journal.of_job("j", PHOTO)] == ["a.xmp", "a.jpg"]
        assert journal.of_job("none") == []

    def test_what_came_later_at_the_same_file_oldest_first(self, journal: Journal) -> None:
        first, _, third, fourth = self.done(
            journal, entry("a"), entry("a", photo=Path("/photos/b.jpg")), entry("b"), entry("c")
        )
        journal.intend([entry("d")])
        found = {one.id: one for job in "abc" for one in journal.of_job(job)}
        assert [later.id for later in journal.after(found[first])] == [third, fourth]
        assert journal.after(found[fourth]) == []

    def test_what_was_taken_back_at_a_file_oldest_first(self, journal: Journal) -> None:
        ids = self.done(journal, entry("a"), entry("b"), entry("c"))
        journal.settle([ids[2], ids[0]], EntryState.UNDONE)
        assert [found.id for found in journal.undone_at(PHOTO)] == [ids[0], ids[2]]
        assert [found.id for found in journal.of_job("b")] == [ids[1]]
        assert journal.undone_at(Path("/photos/b.jpg")) == []


class TestMemoryJournal(JournalContract):
    @pytest.fixture
    def journal(self, tmp_path: Path) -> Journal:  # noqa: ARG002
        return MemoryJournal()


class TestSqliteJournal(JournalContract):
    @pytest.fixture
    def journal(self, tmp_path: Path) -> Journal:
        return SqliteJournal(Store(tmp_path / "bridge.db"))

    def test_it_is_there_after_the_machine_starts_again(self, tmp_path: Path) -> None:
        store = Store(tmp_path / "bridge.db")
        SqliteJournal(store).intend([entry()])
        store.close()
        assert [found.job for found in SqliteJournal(Store(tmp_path / "bridge.db")).unsettled()] == ["j"]

    def test_which_photos_a_run_wrote_is_told_without_what_is_in_its_entries(self, tmp_path: Path) -> None:
        journal = SqliteJournal(Store(tmp_path / "bridge.db"))
        other = PHOTO.with_name("other.jpg")
        self.done(journal, entry(item=1), entry(item=1, target=PHOTO.with_suffix(".xmp")), entry(item=2, photo=other))
        journal.intend([entry(item=3, photo=PHOTO.with_name("open.jpg"))])
        assert journal.photos_of("j") == {PHOTO: 1, other: 2}
        assert (journal.photos_of("j", other), journal.photos_of("k")) == ({other: 2}, {})
