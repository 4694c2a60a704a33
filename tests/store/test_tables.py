from dataclasses import replace
from pathlib import Path

import pytest

from bridge.store import AnswerTable, Store, WrittenTable, answer_key
from bridge.values import Answer, Category, Dropped, Field, Flags, Keyword, ModelIdentity, Written


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "bridge.db")


def test_an_answer_comes_back_as_it_was(store: Store) -> None:
    answer = Answer(
        keywords=(Keyword(("Animals", "cat"), 0.9, "imagenet"),),
        title="Cat",
        category=Category.WILDLIFE,
        facts={"people": 0},
        dropped=(Dropped("photo", "generic"),),
    )
    answers = AnswerTable(store)
    answers.put("key", "starter", answer)
    assert answers.get("key") == answer
    assert answers.get("other") is None


def test_everything_that_shapes_an_answer_is_in_its_key() -> None:
    model = ModelIdentity("starter", "d1", "{}")
    key = answer_key("hash", 1, model)
    others = [
        answer_key("hash2", 1, model),
        answer_key("hash", 6, model),
        answer_key("hash", 1, replace(model, digest="d2")),
        answer_key("hash", 1, replace(model, options="{1}")),
        answer_key("hash", 1, model, "context"),
    ]
    assert len({key, *others}) == 6


def test_what_we_wrote_follows_a_photo_that_moved(store: Store, tmp_path: Path) -> None:
    table, words = WrittenTable(store), Written(keywords=(("cat",),))
    old = tmp_path / "old.jpg"
    old.write_bytes(b"x")
    table.put(old, "job", "hash", words)
    new = old.rename(tmp_path / "new.jpg")
    assert table.get(new, "hash") == words


def test_a_second_copy_is_a_photo_of_its_own(store: Store, tmp_path: Path) -> None:
    table = WrittenTable(store)
    first = tmp_path / "a.jpg"
    first.write_bytes(b"x")
    table.put(first, "job", "hash", Written(keywords=(("cat",),)))
    assert table.get(tmp_path / "b.jpg", "hash") is None


def test_the_newest_run_is_the_base(store: Store) -> None:
    table, photo = WrittenTable(store), Path("/p/a.jpg")
    table.put(photo, "a", "hash", Written(keywords=(("cat",),)))
    table.put(photo, "b", "hash", Written(keywords=(("cat",), ("sofa",))))
    assert table.get(photo, "hash") == Written(keywords=(("cat",), ("sofa",)))


def test_a_run_that_is_undone_leaves_a_later_run_only_its_own_words(store: Store) -> None:
    table, photo = WrittenTable(store), Path("/p/a.jpg")
    table.put(photo, "a", "hash", Written(keywords=(("cat",),), caption="A cat."))
    table.put(photo, "b", "hash", Written(keywords=(("cat",), ("sofa",)), caption="A cat."))
    table.forget(photo, "a")
    assert table.get(photo, "hash") == Written(keywords=(("sofa",),))
    table.forget(photo, "b")
    assert table.get(photo, "hash") is None


def test_another_picture_at_the_path_is_another_photo(store: Store) -> None:
    table, photo, words = WrittenTable(store), Path("/card/IMG_0001.jpg"), Written(keywords=(("cat",),))
    table.put(photo, "a", "one card", words)
    assert table.get(photo, "another card") is None
    table.put(photo, "b", "another card", Written(keywords=(("dog",),)))
    assert table.get(photo, "one card") == words, "the first card is back"
    assert table.get(photo, "") == Written(keywords=(("dog",),)), "whatever lies there"


def test_an_undo_leaves_the_records_of_another_picture_as_they_are(store: Store) -> None:
    table, photo = WrittenTable(store), Path("/card/IMG_0001.jpg")
    chosen = Written(keywords=(("cat",),), chosen=(("boat",),), typed=(Field.TITLE,))
    table.put(photo, "a", "one card", Written(keywords=(("cat",),), flags=Flags(rating=3)))
    table.put(photo, "b", "another card", chosen)
    assert (table.chosen(photo, "a"), table.theirs(photo, "a")) == ((), frozenset())
    table.forget(photo, "a")
    assert table.get(photo, "one card") is None and table.get(photo, "another card") == chosen


def test_what_we_wrote_follows_a_photo_to_where_another_one_lay(store: Store, tmp_path: Path) -> None:
    table, words = WrittenTable(store), Written(keywords=(("cat",),))
    old, new = tmp_path / "old.jpg", tmp_path / "new.jpg"
    old.write_bytes(b"x")
    table.put(new, "job", "another", Written(keywords=(("dog",),)))
    table.put(old, "job", "hash", words)
    old.rename(new)
    assert table.get(new, "hash") == words
