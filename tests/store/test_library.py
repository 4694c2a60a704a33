from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bridge.store import LibraryPhoto, LibraryTable, Presence, Store, picture_key
from bridge.store.connection import migration_scripts
from bridge.values import Category, ModelIdentity, PhotoFilter

MODEL = ModelIdentity("clip", "d1", "{}")
LAST_RELEASE = "20261125T073000_audits.sql"


@pytest.fixture
def library(tmp_path: Path) -> LibraryTable:
    return LibraryTable(Store(tmp_path / "bridge.db"))


def photo(path: str = "/p/a.jpg", **known: Any) -> LibraryPhoto:
    return LibraryPhoto(Path(path), **{"data_hash": path, **known})


def indexed(library: LibraryTable, *photos: LibraryPhoto) -> int:
    """The space in which each photo has the row of its place."""
    library.put(*photos)
    space = library.space(MODEL, 4)
    library.add_vectors(space, [(one.key, row) for row, one in enumerate(photos)])
    return space


FULL = photo(
    stamp="1:2",
    orientation=6,
    presence=Presence.OFFLINE,
    seen=12.5,
    captured=date(2019, 7, 12),
    camera="NIKON D850",
    lens="AF-S NIKKOR 50mm f/1.4G",
    rating=4,
    pick=1,
    label="red",
    category=Category.WEDDING,
    light="golden hour",
    season="summer",
    people=2,
    keywords=(("People", "Anna"), ("Beach",)),
    title="At the sea",
    caption="Anna, laughing.",
    words=("sea", "sand"),
)


def test_a_photo_comes_back_as_it_was(library: LibraryTable) -> None:
    library.put(FULL)
    assert library.get(FULL.path) == FULL
    assert library.get(Path("/p/b.jpg")) is None


def test_of_a_photo_of_which_little_is_known_little_is_told(library: LibraryTable) -> None:
    library.put(photo())
    assert library.get(Path("/p/a.jpg")) == photo()


def test_what_is_put_again_takes_the_place_of_what_was_known(library: LibraryTable) -> None:
    library.put(FULL)
    library.put(replace(FULL, keywords=(("Beach",), ("Sun",)), caption="", rating=None))
    found = library.get(FULL.path)
    assert found is not None and (found.keywords, found.caption, found.rating) == ((("Beach",), ("Sun",)), "", None)
    assert library.counts()[Presence.OFFLINE] == 1
    assert [len(library.matching(PhotoFilter(keywords=(word,)))) for word in ("sun", "beach", "anna")] == [1, 1, 0]


def test_a_name_that_is_no_text_survives(library: LibraryTable) -> None:
    odd = Path(os.fsdecode(b"/p\xfe/\xff\n.jpg"))
    library.put(photo(str(odd), data_hash="hash"))
    found = library.get(odd)
    assert found is not None and os.fsencode(found.path) == b"/p\xfe/\xff\n.jpg"


def test_a_migrated_database_is_as_a_new_one(tmp_path: Path) -> None:
    released = [script for script in migration_scripts() if script[0] <= LAST_RELEASE]
    Store(tmp_path / "old.db", scripts=released).close()
    tables = []
    for store in (Store(tmp_path / "old.db"), Store(tmp_path / "new.db")):
        library = LibraryTable(store)
        library.put(FULL)
        assert library.get(FULL.path) == FULL
        with store.reading() as db:
            tables.append({row["sql"] for row in db.execute("SELECT sql FROM sqlite_master")})
    assert tables[0] == tables[1]


# -- filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    [
        PhotoFilter(),
        PhotoFilter(folders=(Path("/p"),)),
        PhotoFilter(folders=(Path("/"),)),
        PhotoFilter(folders=(Path("/q"), Path("/p"))),
        PhotoFilter(since=date(2019, 7, 12), until=date(2019, 7, 12)),
        PhotoFilter(cameras=("nikon",)),
        PhotoFilter(cameras=("Nikon", "d850")),
        PhotoFilter(lenses=("50mm",)),
        PhotoFilter(lenses=("50 mm f/1.4",)),
        PhotoFilter(rating_least=4),
        PhotoFilter(rating_least=1, rating_most=4),
        PhotoFilter(keywords=("anna",)),
        PhotoFilter(keywords=("PEOPLE", "beach")),
        PhotoFilter(keywords=("People|Anna",)),
        PhotoFilter(categories=(Category.EVENT, Category.WEDDING)),
        PhotoFilter(light="golden hour", season="summer", label="RED"),
        PhotoFilter(people_least=2, people_most=2),
        PhotoFilter(pick=1),
    ],
)
def test_a_filter_means_a_photo_of_which_everything_holds(library: LibraryTable, wanted: PhotoFilter) -> None:
    space = indexed(library, FULL, photo("/other/b.jpg"))
    assert library.rows_matching(space, wanted)[0] == 0
    assert library.matching(wanted)[0] == FULL


@pytest.mark.parametrize(
    "wanted",
    [
        PhotoFilter(folders=(Path("/p/a"),)),
        PhotoFilter(folders=(Path("/pa"),)),
        PhotoFilter(folders=(Path("/p/a.jpg"),)),
        PhotoFilter(since=date(2019, 7, 13)),
        PhotoFilter(until=date(2019, 7, 11)),
        PhotoFilter(cameras=("nikon", "canon")),
        PhotoFilter(cameras=("d85",)),
        PhotoFilter(lenses=("0mm",)),
        PhotoFilter(rating_least=5),
        PhotoFilter(rating_most=3),
        PhotoFilter(keywords=("ann",)),
        PhotoFilter(keywords=("Anna|People",)),
        PhotoFilter(keywords=("beach", "snow")),
        PhotoFilter(categories=(Category.EVENT,)),
        PhotoFilter(light="night"),
        PhotoFilter(season="winter"),
        PhotoFilter(label="blue"),
        PhotoFilter(people_least=3),
        PhotoFilter(people_most=1),
        PhotoFilter(pick=0),
    ],
)
def test_a_photo_of_which_it_does_not_hold_or_is_not_known_is_not_meant(
    library: LibraryTable, wanted: PhotoFilter
) -> None:
    space = indexed(library, FULL, photo("/other/b.jpg"))
    assert library.rows_matching(space, wanted).tolist() == []
    assert (library.matching(wanted), library.count_matching(wanted)) == ([], 0)


def test_rows_are_told_in_order_and_once_for_each_picture(library: LibraryTable) -> None:
    photos = [photo(f"/p/{name}.jpg", people=2, data_hash=name[0]) for name in ("d", "b", "c", "a")]
    space = indexed(library, *photos)
    library.put(photo("/q/copy.jpg", people=2, data_hash="b"))
    rows = library.rows_matching(space, PhotoFilter(people_least=1))
    assert (rows.tolist(), rows.dtype) == ([0, 1, 2, 3], np.int64)
    assert [one.path.name for one in library.photos_of_rows(space, [1, 3])[1]] == ["b.jpg", "copy.jpg"]


def test_photos_without_a_vector_have_no_row_but_are_found_by_what_is_known(library: LibraryTable) -> None:
    space = indexed(library, photo("/p/a.jpg", captured=date(2019, 1, 1)))
    library.put(photo("/p/b.jpg", captured=date(2020, 1, 1)), photo("/p/c.jpg"))
    assert library.rows_matching(space, PhotoFilter()).tolist() == [0]
    assert [one.path.stem for one in library.matching(PhotoFilter())] == ["b", "a", "c"], "the newest first"
    assert [one.path.stem for one in library.matching(PhotoFilter(), limit=1, offset=1)] == ["a"]
    assert library.count_matching(PhotoFilter()) == 3


def test_photos_that_are_gone_can_be_left_out(library: LibraryTable) -> None:
    space = indexed(library, photo("/p/a.jpg"), photo("/p/b.jpg"), photo("/drive/c.jpg"))
    library.mark([Path("/p/b.jpg"), Path("/p/unknown.jpg")], Presence.MISSING)
    assert library.mark_below(Path("/drive"), Presence.OFFLINE) == 1
    assert library.counts() == {Presence.THERE: 1, Presence.MISSING: 1, Presence.OFFLINE: 1}
    assert library.rows_matching(space, PhotoFilter()).tolist() == [0, 1, 2]
    there = (Presence.THERE, Presence.OFFLINE)
    assert library.rows_matching(space, PhotoFilter(), there).tolist() == [0, 2]


def test_the_gear_of_the_library_is_told(library: LibraryTable) -> None:
    library.put(FULL, photo("/p/b.jpg", camera="Canon EOS 5D"), photo("/p/c.jpg", camera="CANON EOS 5D"))
    assert library.cameras() == ["Canon EOS 5D", "NIKON D850"]
    assert library.lenses() == ["AF-S NIKKOR 50mm f/1.4G"]


# -- words ------------------------------------------------------------------------------------------------------------


def found_by(library: LibraryTable, space: int, text: str) -> list[int]:
    rows, scores = library.rows_by_words(space, text)
    assert list(scores) == sorted(scores, reverse=True) and all(score > 0 for score in scores)
    assert (rows.dtype, scores.dtype) == (np.int64, np.float32)
    return [int(row) for row in rows]


def test_photos_are_found_by_every_word_of_what_is_written_of_them(library: LibraryTable) -> None:
    others = [photo(f"/other/{n}.jpg", caption="Something else") for n in range(5)]
    space = indexed(library, photo("/Iceland/geysir.jpg", caption="Two dogs on the ice"), FULL, *others)
    for text in ("dog", "the dogs", "Iceland", "geysir dogs", "DOGS ON ICE"):
        assert found_by(library, space, text) == [0], text
    assert found_by(library, space, "anna") == [1]
    assert found_by(library, space, "dog anna") == []


def test_words_are_looked_for_among_the_photos_that_a_filter_means(library: LibraryTable) -> None:
    space = indexed(library, *(photo(f"/p/{n}.jpg", caption="A dog", rating=n) for n in range(4)))
    rows, _ = library.rows_by_words(space, "dog", wanted=PhotoFilter(rating_least=2))
    assert sorted(rows.tolist()) == [2, 3]
    assert library.rows_by_words(space, "dog", wanted=PhotoFilter(cameras=("canon",)))[0].tolist() == []


def test_a_keyword_counts_for_more_than_what_a_model_saw(library: LibraryTable) -> None:
    others = [photo(f"/other/{n}.jpg") for n in range(5)]
    space = indexed(library, photo("/p/b.jpg", words=("beach",)), FULL, *others)
    assert found_by(library, space, "beach") == [1, 0]


@pytest.mark.parametrize(
    "text", ["", '"', "NOT", "a*", "title: sea", "sea AND", "(", "col^2", "-", "\0", "'; --", "ß é"]
)
def test_any_text_can_be_asked_for(library: LibraryTable, text: str) -> None:
    found_by(library, indexed(library, FULL), text)


def test_words_that_changed_are_not_found_any_more(library: LibraryTable) -> None:
    space = indexed(library, FULL, photo("/other/b.jpg"))
    library.put(replace(FULL, caption="Waves"))
    assert (found_by(library, space, "laughing"), found_by(library, space, "wave")) == ([], [0])
    library.moved(FULL.path, Path("/Crete/new.jpg"))
    assert found_by(library, space, "crete") == [0]
    library.forget([Path("/Crete/new.jpg")])
    assert found_by(library, space, "wave") == []


# -- vectors ----------------------------------------------------------------------------------------------------------


def test_the_vectors_of_two_models_never_meet(library: LibraryTable) -> None:
    one = indexed(library, FULL)
    two = library.space(replace(MODEL, digest="d2"), 8)
    assert library.space(MODEL, 4) == one != two
    assert (library.row_of(one, FULL.key), library.row_of(two, FULL.key)) == (0, None)
    assert library.rows_matching(two, PhotoFilter()).tolist() == []
    assert [(number, dimensions) for number, _, dimensions in library.spaces()] == [(two, 8), (one, 4)]
    library.forget_space(one)
    assert [identity.digest for _, identity, _ in library.spaces()] == ["d2"]


def test_how_much_is_indexed_is_told_for_all_and_for_some_folders(library: LibraryTable) -> None:
    space = indexed(library, photo("/p/a.jpg"), photo("/q/b.jpg"))
    library.put(photo("/q/c.jpg"), photo("/q/d.jpg", presence=Presence.MISSING))
    assert library.coverage(space) == (3, 2)
    assert library.coverage(space, [Path("/q")]) == (2, 1)
    assert library.coverage(space, [Path("/none")]) == (0, 0)
    library.add_vectors(space, [(picture_key("/q/c.jpg", 1), 2)])
    assert (library.coverage(space), library.coverage(space, [Path("/q")])) == ((3, 3), (2, 2))


def test_what_another_program_indexes_counts_too(tmp_path: Path) -> None:
    library, other = (LibraryTable(Store(tmp_path / "bridge.db")) for _ in range(2))
    space = indexed(library, photo("/p/a.jpg"))
    assert library.coverage(space) == (1, 1)
    other.put(photo("/p/b.jpg"))
    assert library.coverage(space) == (2, 1)
    other.add_vectors(space, [(picture_key("/p/b.jpg", 1), 1)])
    assert library.coverage(space) == (2, 2)


def test_what_has_no_vector_is_gone_through_in_pages(library: LibraryTable) -> None:
    space = indexed(library, photo("/p/a.jpg"))
    library.put(*(photo(f"/p/{name}.jpg") for name in "bcd"), photo("/p/e.jpg", presence=Presence.OFFLINE))
    seen, after = [], 0
    while page := library.unindexed(space, after, 2):
        seen += [one.path.stem for _, one in page]
        after = page[-1][0]
    assert seen == ["b", "c", "d"]
    library.add_vectors(space, [(picture_key("/p/c.jpg", 1), 1)])
    assert [one.path.stem for _, one in library.unindexed(space)] == ["b", "d"]


def test_rows_follow_what_is_added_renumbered_and_removed(library: LibraryTable) -> None:
    photos = [photo(f"/p/{name}.jpg") for name in "abc"]
    space = indexed(library, *photos[:2])
    assert library.rows_matching(space, PhotoFilter()).tolist() == [0, 1]
    library.put(photos[2])
    library.add_vectors(space, [(photos[2].key, 2), (photos[0].key, 3)])
    assert library.rows_matching(space, PhotoFilter()).tolist() == [1, 2, 3]
    library.replace_vectors(space, [(one.key, row) for row, one in enumerate(photos)])
    assert library.rows_matching(space, PhotoFilter()).tolist() == [0, 1, 2]
    library.remove_vectors(space, [photos[1].key])
    assert (library.rows_matching(space, PhotoFilter()).tolist(), library.vectors(space)) == ([0, 2], 2)


def test_rows_of_a_tail_that_was_lost_are_given_again(library: LibraryTable) -> None:
    photos = [photo(f"/p/{name}.jpg") for name in "abc"]
    space = indexed(library, *photos[:2])
    assert library.rows_matching(space, PhotoFilter()).tolist() == [0, 1]
    library.put(photos[2])
    library.add_vectors(space, [(photos[2].key, 1)])
    assert library.rows_matching(space, PhotoFilter()).tolist() == [0, 1]
    assert [one.path.stem for one in library.photos_of_rows(space, [1])[1]] == ["c"]
    assert library.coverage(space) == (3, 2)


def test_vectors_of_photos_that_are_forgotten_are_unused(library: LibraryTable) -> None:
    space = indexed(library, photo("/p/a.jpg"), photo("/p/b.jpg"))
    library.put(photo("/p/copy.jpg", data_hash="/p/a.jpg"))
    library.forget([Path("/p/a.jpg"), Path("/p/b.jpg"), Path("/p/never.jpg")])
    assert library.unused(space) == [(picture_key("/p/b.jpg", 1), 1)]
    assert list(library.photos_of_rows(space, [0, 1])) == [0]


# -- photos that move -------------------------------------------------------------------------------------------------


def test_a_photo_is_found_by_its_picture_and_keeps_all_when_it_moves(library: LibraryTable) -> None:
    space = indexed(library, FULL)
    library.mark([FULL.path], Presence.MISSING)
    (lost,) = library.by_hash(FULL.data_hash)
    assert library.moved(lost.path, Path("/q/new.jpg"))
    assert library.get(FULL.path) is None
    assert library.get(Path("/q/new.jpg")) == replace(FULL, path=Path("/q/new.jpg"), presence=Presence.THERE)
    assert library.rows_matching(space, PhotoFilter(folders=(Path("/q"),), keywords=("anna",))).tolist() == [0]


def test_a_photo_that_moves_over_another_takes_its_place(library: LibraryTable) -> None:
    library.put(photo("/p/a.jpg", title="A"), photo("/p/b.jpg", title="B"))
    assert library.moved(Path("/p/a.jpg"), Path("/p/b.jpg"))
    assert [one.title for _, one in library.below([Path("/p")])] == ["A"]
    assert not library.moved(Path("/p/never.jpg"), Path("/p/c.jpg"))


def test_what_is_below_a_folder_is_gone_through_in_pages(library: LibraryTable) -> None:
    library.put(*(photo(f"/p/{n}/a.jpg") for n in range(3)), photo("/pp/a.jpg"))
    first = library.below([Path("/p")], limit=2)
    rest = library.below([Path("/p")], after=first[-1][0], limit=2)
    assert [one.path.parent.name for _, one in (*first, *rest)] == ["0", "1", "2"]


def test_photos_are_counted_by_keyword_and_again_after_a_change(library: LibraryTable) -> None:
    library.put(FULL, photo("/p/b.jpg", keywords=(("people", "ANNA"), ("People", "Ben"))))
    assert library.photos_with(["People|Anna", "People", "anna", "Sea"]) == [2, 2, 2, 0]
    library.put(photo("/p/b.jpg", keywords=(("Sea",),)))
    assert library.photos_with(["People|Anna", "Sea"]) == [1, 1]
