"""What every journal promises to the writer. A new implementation inherits ``JournalContract`` and is done."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.errors import NotFound
from bridge.journal import EntryState, Journal, JournalEntry
from bridge.store import SqliteJournal, Store
from bridge.store.connection import migration_scripts
from bridge.values import Fingerprint
from tests.fakes.journal import MemoryJournal

PHOTO = Path("/photos/a.jpg")
CAT, DOG = "ca7" * 5 + "0", "d09" * 5 + "0"
"""Hashes of two pictures, as far as a journal keeps them."""
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
        assert journal.undone_at(entry()) == []

    def test_a_later_outcome_keeps_the_fingerprint_of_the_first(self, journal: Journal) -> None:
        ids = self.done(journal, entry())
        journal.settle(ids, EntryState.UNDONE)
        (found,) = journal.undone_at(entry())
        assert found.after_print == AFTER

    def test_an_unknown_id_settles_none_of_them(self, journal: Journal) -> None:
        (number,) = journal.intend([entry()])
        with pytest.raises(NotFound):
            journal.settle([number, number + 1000], EntryState.DONE)
        assert [found.id for found in journal.unsettled()] == [number]

    def test_what_was_forgotten_meanwhile_is_passed_by_too(self, journal: Journal) -> None:
        journal.settle([1000], EntryState.PASSED)

    def test_an_undo_of_what_was_forgotten_meanwhile_has_an_outcome_too(self, journal: Journal) -> None:
        (number,) = journal.intend([entry()])
        journal.settle([number, number + 1000], EntryState.UNDONE)
        assert list(journal.unsettled()) == []
        assert [found.id for found in journal.undone_at(entry())] == [number]

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
        assert [found.id for found in journal.undone_at(entry())] == [ids[0], ids[2]]
        assert [found.id for found in journal.of_job("b")] == [ids[1]]
        assert journal.undone_at(entry(photo=Path("/photos/b.jpg"))) == []

    def test_which_picture_a_write_was_about_is_kept_as_far_as_needed(self, journal: Journal) -> None:
        self.done(journal, replace(entry(), picture=CAT), entry("k"))
        assert [found.picture for job in "jk" for found in journal.of_job(job)] == [CAT, ""]

    def test_of_a_run_that_met_two_pictures_at_one_path_each_is_found_by_itself(self, journal: Journal) -> None:
        cat, dog, old = self.done(journal, replace(entry(), picture=CAT), replace(entry(), picture=DOG), entry())
        assert [found.id for found in journal.of_job("j", PHOTO)] == [old, dog, cat]
        assert [found.id for found in journal.of_job("j", PHOTO, DOG)] == [old, dog]
        assert [found.id for found in journal.of_job("j", PHOTO, CAT + "as long as the hash is")] == [old, cat]

    def test_another_picture_of_the_same_name_has_a_history_of_its_own(self, journal: Journal) -> None:
        cat, dog, old, again = self.done(
            journal,
            replace(entry("a"), picture=CAT),
            replace(entry("b"), picture=DOG),
            entry("c"),
            replace(entry("d"), picture=CAT),
        )
        of = {found.id: found for job in "abcd" for found in journal.of_job(job)}
        assert [found.id for found in journal.after(of[cat])] == [old, again]
        assert [found.id for found in journal.after(of[dog])] == [old]
        journal.settle([cat, dog, old], EntryState.UNDONE)
        assert [found.id for found in journal.undone_at(of[again])] == [cat, old]

    def test_two_photos_that_share_a_sidecar_share_its_history(self, journal: Journal) -> None:
        shared, raw = PHOTO.with_suffix(".xmp"), PHOTO.with_suffix(".cr2")
        first, second = self.done(
            journal, replace(entry(target=shared), picture=CAT), replace(entry("k", 2, raw, shared), picture=DOG)
        )
        (found,) = journal.of_job("j")
        assert [other.id for other in journal.after(found)] == [second] and found.id == first

    def test_what_an_undo_passed_by_can_be_undone_another_day(self, journal: Journal) -> None:
        first, second = self.done(journal, entry("a"), entry("b"))
        journal.settle([second], EntryState.PASSED)
        (found,) = journal.of_job("a")
        assert [other.id for other in journal.after(found)] == [second]
        (passed,) = journal.of_job("b")
        assert (passed.id, passed.state) == (second, EntryState.PASSED)
        journal.settle([second], EntryState.UNDONE)
        assert journal.of_job("b") == [] and found.id == first


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

    def test_a_run_that_an_undo_passed_by_is_no_more_the_last_one_and_can_be_named(self, tmp_path: Path) -> None:
        journal = SqliteJournal(Store(tmp_path / "bridge.db"))
        _, second = self.done(journal, entry("a"), entry("b"))
        assert journal.last_job() == "b"
        journal.settle([second], EntryState.PASSED)
        assert (journal.last_job(), journal.wrote("b"), journal.photos_of("b")) == ("a", True, {PHOTO: 1})

    def test_what_an_older_version_wrote_is_about_whatever_lies_at_its_path(self, tmp_path: Path) -> None:
        scripts = migration_scripts()
        old = Store(tmp_path / "bridge.db", scripts=[one for one in scripts if one[0] < "20261130T200500"])
        with old.transaction() as db:
            db.execute(
                "INSERT INTO journal (job, item, photo, target, kind, state, before, changes, created)"
                " VALUES ('j', 1, ?1, ?1, 'whole', 'done', x'', '{}', 0)",
                (os.fsencode(PHOTO),),
            )
        old.close()
        (found,) = SqliteJournal(Store(tmp_path / "bridge.db")).of_job("j", PHOTO, CAT)
        assert found.picture == "" and found.same_photo(replace(entry(), picture=DOG))
