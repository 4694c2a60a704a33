"""What is kept of faces, and how it is forgotten."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from bridge.errors import InvalidParams, NotFound
from bridge.store import FaceActions, FacePicture, FaceTable, JobTable, NewFace, NewItem, Store, picture_key
from bridge.store.connection import migration_scripts
from bridge.values import ModelIdentity

MODEL = ModelIdentity("m", "1")
KEY = picture_key("hash", 1)


def face(left: float = 0.1, mark: bytes = b"x") -> NewFace:
    return NewFace((left, 0.2, 0.1, 0.1), ((0.1, 0.1),) * 5, 0.9, 0.8, b"crop of " + mark * 40, mark * 32)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "bridge.db")


@pytest.fixture
def faces(store: Store) -> FaceTable:
    table = FaceTable(store)
    picture = table.add(KEY, (400, 300), 1, [face(0.6), face(0.1)], MODEL)
    table.note(Path("/p/a.jpg"), picture, "s1", {})
    table.put_groups({1: 1, 2: 2})
    return table


def test_a_picture_that_is_said_again_after_a_crash_is_kept_once(faces: FaceTable) -> None:
    again = faces.add(KEY, (400, 300), 1, [face(0.6), face(0.1)], MODEL)
    assert again == faces.picture(KEY) and faces.counts() == (1, 2)
    assert [row.place[0] for row in faces.of_picture(again.id)] == [0.1, 0.6], "from left to right"


def test_a_photo_whose_picture_is_another_one_now_shows_that(faces: FaceTable) -> None:
    other = faces.add(picture_key("other", 1), (400, 300), 1, [], MODEL)
    faces.note(Path("/p/a.jpg"), other, "s2", {})
    assert faces.known(Path("/p/a.jpg")) == (other.id, "s2") and faces.groups() == []


def test_vectors_of_another_model_take_the_place_of_the_old(faces: FaceTable) -> None:
    new = ModelIdentity("m", "2")
    assert [number for number, _ in faces.lacking(new)] == [1, 2] and faces.lacking(MODEL) == []
    faces.embed(new, {1: b"new", 99: b"of a face that is gone"})
    assert [number for number, _ in faces.lacking(new)] == [2]
    assert [number for number, _ in faces.lacking(MODEL)] == [1]
    assert [[row.vector for row in part] for part in faces.grouped(new, 1)] == [[b"new"]]


def test_numbers_of_groups_are_never_given_again(store: Store, faces: FaceTable) -> None:
    actions = FaceActions(store)
    assert faces.fresh_group() == 3
    assert actions.split([1]).group == 3
    faces.wipe()
    assert faces.fresh_group() == 4


def test_what_a_run_says_of_a_face_never_beats_what_a_person_said(store: Store, faces: FaceTable) -> None:
    actions = FaceActions(store)
    actions.reject([1])
    actions.never([2])
    faces.put_groups({1: 1, 2: 2})
    assert [row.group for row in faces.of_picture(1)] == [None, None]
    assert [row.face for row in faces.ungrouped(MODEL)] == [1] and faces.refusals() == {1: frozenset({1})}


def test_names_of_files_name_a_group_that_has_none(faces: FaceTable) -> None:
    picture = faces.picture(KEY)
    assert picture is not None
    faces.note(Path("/p/a.jpg"), picture, "s2", {1: "Anna", 2: "anna"})
    faces.name_by_seeds()
    assert faces.names() == {1: "Anna"}, "one name, one group"


def test_a_name_leads_to_what_its_group_was_merged_into(store: Store, faces: FaceTable) -> None:
    actions = FaceActions(store)
    actions.name(2, "Bob")
    actions.name(1, "Robert")
    actions.merge([1, 2])
    assert faces.group_of_name("bob") == 1 and faces.names()[1] == "Robert"
    actions.undo()
    assert faces.group_of_name("bob") == 2


def test_an_older_action_is_taken_back_and_what_came_later_stays(store: Store, faces: FaceTable) -> None:
    actions = FaceActions(store)
    first = actions.name(1, "Anna")
    actions.name(1, "Hanna")
    assert actions.undo(first.id)[1] == 1, "told: one thing was changed since"
    assert faces.names() == {1: "Hanna"}
    with pytest.raises(NotFound):
        actions.undo(first.id)


def test_two_people_stay_two_until_a_person_says_otherwise(store: Store, faces: FaceTable) -> None:
    actions = FaceActions(store)
    apart = actions.differ(2, 1)
    assert (apart.kind, apart.told, faces.apart()) == ("differ", "Group 2 is not Group 1", {(1, 2)})
    actions.merge([1, 2])
    assert faces.apart() == frozenset(), "the person merged them after all"
    actions.undo()
    assert faces.apart() == {(1, 2)}
    actions.undo()
    assert faces.apart() == frozenset()


def test_what_was_taken_out_of_a_group_is_not_asked_about(store: Store, faces: FaceTable) -> None:
    actions = FaceActions(store)
    actions.merge([1, 2])
    assert actions.split([2]).told == "1 face of group 1 is group 3"
    assert faces.apart() == {(1, 3)}
    actions.undo()
    assert faces.apart() == frozenset()
    actions.reject([2])
    faces.put_groups({2: 4})
    assert faces.apart() == {(1, 4)}, "a group of nothing but a face that is not of the other"


def test_what_was_said_of_two_holds_for_what_one_is_merged_into(store: Store, faces: FaceTable) -> None:
    actions = FaceActions(store)
    picture = faces.add(picture_key("other", 1), (400, 300), 1, [face()], MODEL)
    faces.note(Path("/p/b.jpg"), picture, "s", {})
    faces.put_groups({3: 3})
    actions.differ(1, 2)
    actions.merge([3, 2])
    assert faces.apart() == {(1, 3)}


def test_faces_that_belong_to_nobody_are_shown_and_become_a_group(store: Store, faces: FaceTable) -> None:
    actions = FaceActions(store)
    assert (faces.loose_count(), faces.loose(0, 10)) == (0, [])
    actions.reject([1, 2])
    assert faces.loose_count() == 2
    (one,) = faces.loose(1, 1)
    assert (one[0].id, one[1]) == (2, Path("/p/a.jpg"))
    made = actions.split([1, 2])
    assert (made.told, made.group, faces.loose_count()) == ("2 faces are group 3", 3, 0)
    actions.undo()
    assert faces.loose_count() == 2
    actions.never([1])
    assert [row.id for row, _ in faces.loose(0, 10)] == [2]


@pytest.mark.usefixtures("faces")
def test_what_cannot_be_meant_is_refused(store: Store) -> None:
    actions = FaceActions(store)
    for wrong in (
        lambda: actions.merge([1, 1]),
        lambda: actions.differ(1, 1),
        lambda: actions.split([1, 2]),
        lambda: actions.split([]),
    ):
        with pytest.raises(InvalidParams):
            wrong()
    for missing in (lambda: actions.name(9, "x"), lambda: actions.merge([1, 9]), lambda: actions.never([9])):
        with pytest.raises(NotFound):
            missing()
    assert actions.recent() == []


def test_forgetting_reaches_free_pages_the_log_and_backups(tmp_path: Path, store: Store, faces: FaceTable) -> None:
    jobs = JobTable(store)
    job = jobs.create("names", "{}")
    jobs.add(job, [NewItem(Path("/p/a.jpg"))])
    kept = jobs.create("tag", "{}")
    FaceActions(store).name(1, "Zyxanna")
    with sqlite3.connect(tmp_path / "bridge.db.before-20990101T000000Z") as backup, store.reading() as db:
        db.backup(backup)
    backup.close()
    shutil.copy(store.path, tmp_path / "bridge.db.before-without")

    def found(trace: bytes) -> set[str]:
        return {file.name for file in tmp_path.iterdir() if trace in file.read_bytes()}

    assert len(found(b"Zyxanna")) > 1 and found(b"x" * 32)
    assert faces.wipe() == 2
    assert found(b"Zyxanna") == found(b"x" * 32) == found(b"crop of ") == set()
    assert faces.counts() == (0, 0) and [row.id for row in jobs.recent(5)] == [kept]


def test_a_database_from_before_faces_gets_their_tables(tmp_path: Path) -> None:
    scripts = migration_scripts()
    older = [script for script in scripts if "faces" not in script[0] and script[0] < "20261130T063000"]
    path = tmp_path / "old.db"
    old = Store(path, scripts=older)
    job = JobTable(old).create("tag", "{}")
    old.close()
    store = Store(path)
    assert FaceTable(store).counts() == (0, 0) and JobTable(store).get(job).id == job
    assert FaceTable(store).wipe() == 0, "its backup has no such tables"


def four(faces: FaceTable) -> None:
    """A face in each of four photos, and of four groups."""
    for number in (3, 4):
        picture = faces.add(picture_key(str(number), 1), (400, 300), 1, [face()], MODEL)
        faces.note(Path(f"/p/{number}.jpg"), picture, "s", {})
    faces.put_groups({3: 3, 4: 4})


def called(faces: FaceTable) -> dict[int, str]:
    """The name of each face."""
    rows = (faces.face(number) for number in range(1, 5))
    return {row.id: row.name for row in rows if row is not None}


def test_a_name_that_was_given_up_is_free_for_its_bearer(store: Store, faces: FaceTable) -> None:
    four(faces)
    actions = FaceActions(store)
    for group, name in ((1, "Anna"), (2, "Clara"), (2, "Anna"), (3, "Clara")):
        actions.name(group, name)
    assert called(faces) == {1: "Anna", 2: "Anna", 3: "Clara", 4: ""}
    actions.undo()
    actions.undo()
    assert called(faces) == {1: "Anna", 2: "Clara", 3: "", 4: ""}


@pytest.mark.parametrize("what", ["never", "reject"])
def test_a_face_comes_back_to_what_its_group_was_merged_into(store: Store, faces: FaceTable, what: str) -> None:
    four(faces)
    actions = FaceActions(store)
    actions.merge([2, 4])
    actions.name(2, "Ben")
    actions.name(3, "Anna")
    said = actions.never([4]) if what == "never" else actions.reject([4])
    actions.merge([3, 2])
    if what == "reject":
        faces.put_groups({4: 3})
        assert called(faces)[4] == "", "it is not Ben, who is Anna"
    actions.undo(said.id)
    assert called(faces) == {1: "", 2: "Anna", 3: "Anna", 4: "Anna"}


def test_what_was_said_of_a_face_since_stays(store: Store, faces: FaceTable) -> None:
    actions = FaceActions(store)
    rejected = actions.reject([1])
    faces.put_groups({1: 2})
    split = actions.split([1])
    actions.name(split.group or 0, "Zoe")
    assert actions.undo(rejected.id)[1] == 1 and called(faces)[1] == "Zoe"


def test_a_merge_is_taken_back_under_a_later_one(store: Store, faces: FaceTable) -> None:
    four(faces)
    actions = FaceActions(store)
    first, second = actions.merge([1, 2]), actions.merge([3, 1])
    actions.undo(first.id)
    actions.undo(second.id)
    assert {row.id: row.faces for row in faces.groups()} == {1: 1, 2: 1, 3: 1, 4: 1}


def test_files_name_nobody_whose_name_was_taken_away_and_everybody_else(store: Store, faces: FaceTable) -> None:
    four(faces)
    actions = FaceActions(store)
    actions.name(1, "Anna")
    actions.name(1, "")
    actions.name(2, "Ben")
    actions.never([2])
    for number, seed in ((3, "Ben"), (1, "Anna")):
        row = faces.face(number)
        assert row is not None
        faces.note(Path(f"/p/{number}.jpg"), FacePicture(row.picture, 400, 300, 1), "s2", {number: seed})
    faces.name_by_seeds()
    assert called(faces) == {1: "", 2: "", 3: "Ben", 4: ""}, "nobody in a photo is called Ben any more"
