from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.journal import HostWrite
from bridge.store import (
    Ending,
    HostWriteTable,
    Outcome,
    ProvenanceTable,
    Standing,
    Store,
    WrittenTable,
)
from bridge.store.connection import migration_scripts
from bridge.values import Claim, Field, Op, Operation, Written

PHOTO = Path("/p/a.jpg")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "bridge.db")


def claims(*words: str, model: str = "a", added: bool = True) -> list[Claim]:
    return [Claim(Field.KEYWORD, word, added, model=model, digest="d", score=0.5, data_hash="hash") for word in words]


def states(store: Store, photo: Path = PHOTO) -> dict[tuple[str, str], Standing]:
    return {(record.claim.value, record.job): record.state for record in ProvenanceTable(store).at(photo)}


def test_what_a_run_wrote_is_kept_once_however_often_it_is_said(store: Store) -> None:
    table, written = WrittenTable(store), Written(keywords=(("cat",), ("Animals", "Dog")))
    for _ in range(2):
        table.put(PHOTO, "one", "hash", written, claims=claims("cat", "Animals|Dog"))
    first, second = ProvenanceTable(store).at(PHOTO)
    assert (first.claim, first.job, first.state) == (claims("cat")[0], "one", Standing.STANDING)
    assert (second.path, second.folded) == (("Animals", "Dog"), "animals|dog")


def test_a_name_that_is_no_text_survives(store: Store) -> None:
    photo = Path(os.fsdecode(b"/p/\xff\n\xfe.jpg"))
    WrittenTable(store).put(photo, "one", "hash", Written(keywords=(("cat",),)), claims=claims("cat"))
    (record,) = ProvenanceTable(store).told_of([photo])
    assert os.fsencode(record.spot.photo) == b"/p/\xff\n\xfe.jpg"


def test_a_write_that_fails_leaves_neither_record(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    table = WrittenTable(store)
    monkeypatch.setattr("bridge.store._claims.compare", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        table.put(PHOTO, "one", "hash", Written(keywords=(("cat",),)), claims=claims("cat"))
    assert (table.get(PHOTO, "hash"), ProvenanceTable(store).at(PHOTO)) == (None, [])


@pytest.mark.parametrize(
    ("later", "state"),
    [
        (Written(keywords=(("Cat",),)), Standing.STANDING),
        (Written(rejected=(("cat",),)), Standing.REJECTED),
        (Written(others=(("CAT",),)), Standing.YOURS),
        (Written(others=(("Animals", "cat"),)), Standing.YOURS),
        (Written(), Standing.REPLACED),
    ],
)
def test_what_the_next_run_finds_tells_what_became_of_a_word(store: Store, later: Written, state: Standing) -> None:
    table = WrittenTable(store)
    table.put(PHOTO, "one", "hash", Written(keywords=(("cat",),)), claims=claims("cat"))
    table.put(PHOTO, "two", "hash", later)
    assert states(store) == {("cat", "one"): state}


def test_an_undo_ends_what_a_run_wrote_and_brings_back_what_it_had_ended(store: Store) -> None:
    table = WrittenTable(store)
    first = Claim(Field.CAPTION, "A cat.", model="a")
    table.put(PHOTO, "one", "hash", Written(caption="A cat."), claims=[first])
    table.put(PHOTO, "two", "hash", Written(caption="Cat!"), claims=[replace(first, value="Cat!", before="A cat.")])
    assert states(store) == {("A cat.", "one"): Standing.REPLACED, ("Cat!", "two"): Standing.STANDING}
    table.forget(PHOTO, "two", "undo")
    assert states(store) == {("A cat.", "one"): Standing.STANDING, ("Cat!", "two"): Standing.UNDONE}


def test_the_second_of_three_captions_undone_leaves_the_third_in_the_place_of_the_first(store: Store) -> None:
    table = WrittenTable(store)
    for job, text in (("one", "1"), ("two", "2"), ("three", "3")):
        table.put(PHOTO, job, "hash", Written(caption=text), claims=[Claim(Field.CAPTION, text, model=job)])
    table.forget(PHOTO, "two", "undo")
    first = ProvenanceTable(store).at(PHOTO)[0]
    assert (first.state, first.ended_by) == (Standing.REPLACED, "three")
    table.forget(PHOTO, "three", "undo")
    assert states(store)["1", "one"] is Standing.STANDING


def test_taking_away_is_taken_back(store: Store) -> None:
    table = WrittenTable(store)
    table.put(PHOTO, "one", "hash", Written(keywords=(("cat",), ("sea",))), claims=claims("cat", "sea"))
    cat, _ = ProvenanceTable(store).at(PHOTO)
    for _ in range(2):
        table.put(PHOTO, "away", "hash", Written(keywords=(("sea",),)), ending=Ending({cat.id: Standing.REMOVED}))
    assert states(store) == {("cat", "one"): Standing.REMOVED, ("sea", "one"): Standing.STANDING}
    table.put(PHOTO, "later", "hash", Written(keywords=(("sea",),)))
    table.forget(PHOTO, "away", "undo")
    assert set(states(store).values()) == {Standing.STANDING}
    base = table.get(PHOTO, "hash")
    assert base is not None and set(base.keywords) == {("cat",), ("sea",)}, "of the later run too"


def test_what_was_taken_away_while_another_stood_in_its_place_stands_again_with_the_undo_of_that(store: Store) -> None:
    table = WrittenTable(store)
    table.put(PHOTO, "one", "hash", Written(keywords=(("cat",),)), claims=claims("cat"))
    table.put(PHOTO, "two", "hash", Written(keywords=(("sea",),)), claims=claims("sea", model="b"))
    cat, _ = ProvenanceTable(store).at(PHOTO)
    assert cat.state is Standing.REPLACED
    table.put(PHOTO, "away", "hash", Written(keywords=(("sea",),)), ending=Ending({cat.id: Standing.REMOVED}))
    table.forget(PHOTO, "two", "undo")
    assert states(store) == {("cat", "one"): Standing.STANDING, ("sea", "two"): Standing.UNDONE}
    base = table.get(PHOTO, "hash")
    assert base is not None and base.keywords == (("cat",),)


def test_a_word_that_a_person_typed_since_is_theirs_after_the_taking_back(store: Store) -> None:
    table = WrittenTable(store)
    table.put(PHOTO, "one", "hash", Written(keywords=(("cat",),)), claims=claims("cat"))
    (cat,) = ProvenanceTable(store).at(PHOTO)
    table.put(PHOTO, "away", "hash", Written(), ending=Ending({cat.id: Standing.REMOVED}))
    table.put(PHOTO, "later", "hash", Written(others=(("Cat",),)))
    table.forget(PHOTO, "away", "undo")
    assert table.get(PHOTO, "hash") == Written(others=(("Cat",),))
    assert states(store) == {("cat", "one"): Standing.YOURS}


def test_a_word_is_told_once_where_a_second_run_said_it_too(store: Store) -> None:
    table, words = WrittenTable(store), Written(keywords=(("cat",),))
    table.put(PHOTO, "one", "hash", words, claims=claims("cat"))
    table.put(PHOTO, "two", "hash", words, claims=claims("cat", model="b", added=False))
    provenance = ProvenanceTable(store)
    assert [record.job for record in provenance.told_of([PHOTO])] == ["one"]
    table.forget(PHOTO, "one", "undo", said_again=["cat"])
    assert table.get(PHOTO, "hash") == words
    assert [(record.job, record.state) for record in provenance.told_of([PHOTO])] == [
        ("one", Standing.UNDONE),
        ("two", Standing.STANDING),
    ]


def test_claims_follow_a_photo_that_moved(store: Store, tmp_path: Path) -> None:
    table, words, provenance = WrittenTable(store), Written(keywords=(("cat",),)), ProvenanceTable(store)
    old = tmp_path / "old.jpg"
    old.write_bytes(b"x")
    table.put(old, "one", "hash", words, claims=claims("cat"))
    new = tmp_path / "new.jpg"
    assert provenance.at(new, "hash") == []
    old.rename(new)
    assert provenance.lost_pictures() == {"hash"}
    assert [record.job for record in provenance.at(new, "hash")] == ["one"]
    table.put(new, "two", "hash", words)
    assert [record.spot.photo for record in provenance.at(new)] == [new]
    assert provenance.lost_pictures() == set()


def test_a_host_s_word_makes_claims_of_what_it_did_and_its_undo_ends_them(store: Store) -> None:
    writes, provenance = HostWriteTable(store), ProvenanceTable(store)
    write = HostWrite(
        job="one",
        item=1,
        host="lightroom",
        photo=PHOTO,
        photo_id="7",
        operations=(Operation(Op.ADD, path=("cat",)), Operation(Op.CAPTION, old=None, new="A cat.")),
        written=Written(keywords=(("cat",),), caption="A cat."),
        claims=(*claims("cat"), Claim(Field.CAPTION, "A cat.", model="a")),
    )
    (id,) = writes.intend([write])
    assert provenance.told_of([PHOTO]) == []
    for _ in range(2):
        writes.settle([Outcome(id, (0,))])
    (record,) = provenance.told_of([PHOTO])
    assert (record.claim, record.spot.host, record.state) == (write.claims[0], "lightroom", Standing.STANDING)
    assert provenance.jobs_of("a", "lightroom") == ["one"]
    (undo,) = writes.intend([replace(write, undoes=(id,), operations=(Operation(Op.REMOVE, path=("cat",)),))])
    writes.settle([Outcome(undo, (0,))])
    (record,) = provenance.told_of([PHOTO])
    assert (record.state, record.ended_by) == (Standing.UNDONE, "lightroom")


def test_claims_of_an_older_version_are_the_same_after_they_were_made_small(tmp_path: Path) -> None:
    path, scripts = tmp_path / "bridge.db", migration_scripts()
    before = [script for script in scripts if script[0] < "20261130T170500"]
    named = (
        "id, place, photo, host, data_hash, job, field, value, folded, added, model, digest, options, score, source,"
        " word, matched, before, approved, written, state, ended_by, ended, was, was_by"
    )
    a, b = ("file:///p/a.jpg", b"/p/a.jpg", "", "h1"), ("lightroom 7", b"/p/\xff.jpg", "lightroom", "h2")
    word, cat, title = ("keyword", "Animals|Dog", "animals|dog"), ("keyword", "cat", "cat"), ("title", "A dog", "A dog")
    stands = ("standing", None, None, None, None)
    gone, undone = ("replaced", "two", 12.5, "standing", None), ("undone", "three", 14.0, "standing", None)
    rows = [
        (3, *a, "one", *word, 1, "m", "d", "o", 0.5, "ollama:m", None, None, None, "write", 10.0, *gone),
        (4, *a, "one", *title, 1, "m", "d", "o", None, "m", None, None, "Old", "write", 10.5, *stands),
        (7, *a, "two", *cat, 0, "m", "d", "p", None, "place", "kitty", "synonym", None, "write", 12.0, *stands),
        (9, *b, "two", *cat, 1, "n", "", "", None, "", None, None, None, "lightroom", 13.0, *undone),
    ]
    old = Store(path, scripts=before)
    with old.transaction() as db:
        db.executemany(f"INSERT INTO provenance ({named}) VALUES ({', '.join('?' * 25)})", rows)
    old.close()
    with Store(path).reading() as db:
        assert [tuple(row) for row in db.execute(f"SELECT {named} FROM provenance ORDER BY id")] == rows


def test_a_photo_is_found_among_all_claims_without_a_walk_through_them(store: Store) -> None:
    for column, value in (("place", "file:///p/a.jpg"), ("photo", b"/p/a.jpg"), ("data_hash", "hash")):
        with store.reading() as db:
            steps = db.execute(f"EXPLAIN QUERY PLAN SELECT * FROM provenance p WHERE {column} = ?", (value,)).fetchall()
        assert not [step["detail"] for step in steps if step["detail"].startswith("SCAN")]


def test_a_copy_on_a_drive_that_is_away_has_not_moved_here(store: Store, tmp_path: Path) -> None:
    """Its words would count as taken away from this photo."""
    words, gone = Written(keywords=(("cat",),)), tmp_path / "gone.jpg"
    away = tmp_path / "unplugged" / "a.jpg"
    knows = lambda path: path == gone  # noqa: E731
    table = WrittenTable(store, knows)
    table.put(away, "one", "hash", words, claims=claims("cat"))
    assert table.get(PHOTO, "hash") is None
    table.put(PHOTO, "two", "hash", Written())
    assert [record.spot.photo for record in ProvenanceTable(store, knows).at(away)] == [away]
    table.put(gone, "three", "other", words)
    assert table.get(PHOTO.with_name("new.jpg"), "other") == words


def test_what_is_claimed_of_another_picture_at_the_path_is_not_touched(store: Store) -> None:
    table, provenance = WrittenTable(store), ProvenanceTable(store)
    table.put(PHOTO, "one", "a card", Written(keywords=(("cat",),), title="A cat"), claims=claims("cat"))
    table.put(PHOTO, "two", "another", Written(keywords=(("dog",),)), claims=claims("dog"))
    assert [(one.job, one.state) for one in provenance.at(PHOTO, "a card")] == [("one", Standing.STANDING)]
    assert [(one.job, one.state) for one in provenance.at(PHOTO, "another")] == [("two", Standing.STANDING)]
    assert provenance.at(PHOTO, "a third") == [] and len(provenance.at(PHOTO)) == 2
    table.forget(PHOTO, "two", "undo")
    assert [one.state for one in provenance.at(PHOTO, "a card")] == [Standing.STANDING]
    assert [one.state for one in provenance.at(PHOTO, "another")] == [Standing.UNDONE]


def test_a_photo_that_moved_takes_its_own_claims_along_and_no_others(store: Store, tmp_path: Path) -> None:
    old, new, words = tmp_path / "old.jpg", tmp_path / "new.jpg", Written(keywords=(("cat",),))
    table, provenance = WrittenTable(store), ProvenanceTable(store)
    old.write_bytes(b"x")
    table.put(old, "one", "before", words, claims=claims("cat"))
    table.put(old, "two", "hash", words, claims=claims("cat"))
    table.put(new, "one", "other", words, claims=claims("cat"))
    old.rename(new)
    table.put(new, "three", "hash", words, claims=claims("dog"))
    assert [(one.job, one.spot.photo) for one in provenance.at(new, "hash")] == [("two", new), ("three", new)]
    assert [one.job for one in provenance.at(new, "other")] == ["one"]
    assert [(one.job, one.claim.data_hash) for one in provenance.at(old)] == [("one", "before")]


def test_claims_of_an_older_version_are_known_by_the_hash_of_the_photo_that_was_written(tmp_path: Path) -> None:
    """They had that of a picture that a host had rendered."""
    scripts = migration_scripts()
    store = Store(tmp_path / "bridge.db", scripts=[one for one in scripts if one[0] < "20261130T200500"])
    WrittenTable(store).put(PHOTO, "one", "photo", Written(keywords=(("cat",),)), claims=claims("cat"))
    with store.transaction() as db:
        db.execute("UPDATE claim_writes SET data_hash = 'rendered'")
    store.close()
    (record,) = ProvenanceTable(Store(tmp_path / "bridge.db")).at(PHOTO, "photo")
    assert record.claim.data_hash == "photo"
