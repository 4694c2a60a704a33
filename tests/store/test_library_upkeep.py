"""What keeps the library in step with the disk: photos that were noticed, rows after a crash, forgetting all."""

from __future__ import annotations

from pathlib import Path

from bridge.store import LibraryTable, picture_key
from bridge.values import PhotoFilter
from tests.store.test_library import FULL, MODEL, indexed, library, photo

__all__ = ["library"]


def test_a_photo_that_was_noticed_counts_as_not_indexed(library: LibraryTable) -> None:
    space = indexed(library, photo("/p/a.jpg"))
    library.notice([Path("/p/a.jpg"), Path("/p/b.jpg"), Path("/q/b.jpg"), Path("/p/b.jpg")])
    assert library.coverage(space) == (3, 1)
    assert library.coverage(space, [Path("/p")]) == (2, 1)
    assert [one.path for _, one in library.unindexed(space)] == [Path("/p/b.jpg"), Path("/q/b.jpg")]


def test_what_is_known_of_a_photo_stays_when_it_is_noticed(library: LibraryTable) -> None:
    library.put(FULL)
    library.notice([FULL.path])
    assert library.get(FULL.path) == FULL


def test_a_name_that_is_no_text_is_noticed(library: LibraryTable) -> None:
    odd = Path("/p/\udce4.jpg")
    library.notice([odd])
    found = library.get(odd)
    assert found is not None and found.path == odd


def test_rows_that_the_file_lost_are_forgotten_and_rows_of_before_are_known(library: LibraryTable) -> None:
    space = indexed(library, *(photo(f"/p/{name}.jpg") for name in "abcd"))
    assert library.rows_matching(space, PhotoFilter()).tolist() == [0, 1, 2, 3]
    assert library.cut_vectors(space, 2) == 2
    assert library.rows(space).tolist() == [0, 1]
    assert library.rows_matching(space, PhotoFilter()).tolist() == [0, 1]
    assert library.cut_vectors(space, 0) == 0


def test_rows_that_the_store_never_heard_of_are_adopted_once(library: LibraryTable) -> None:
    space = indexed(library, photo("/p/a.jpg"))
    library.put(photo("/p/b.jpg"))
    library.adopt_vectors(space, [(picture_key("/p/b.jpg", 1), 1), (picture_key("/p/a.jpg", 1), 2)])
    assert library.row_of(space, picture_key("/p/b.jpg", 1)) == 1
    assert library.row_of(space, picture_key("/p/a.jpg", 1)) == 0, "it has its row already"
    assert library.rows_matching(space, PhotoFilter()).tolist() == [0, 1]


def test_purge_forgets_photos_spaces_and_words(library: LibraryTable) -> None:
    space = indexed(library, FULL, photo("/p/b.jpg"))
    assert library.purge() == 2
    assert (library.coverage(space), library.spaces(), library.cameras()) == ((0, 0), [], [])
    again = library.space(MODEL, 4)
    assert library.rows_by_words(again, "anna")[0].tolist() == []
    assert indexed(library, FULL) == again
    assert library.rows_matching(again, PhotoFilter(keywords=("anna",))).tolist() == [0]
