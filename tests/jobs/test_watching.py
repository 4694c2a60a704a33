"""What is whole and new in a watched folder: the state machine, against a disk that is only told of now and then."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bridge.jobs.watching import GRACE, HOLD, PATIENCE, Gathering, Look, Mark

QUIET = 5.0


@dataclass(frozen=True)
class File:
    picture: str
    metadata: int = 0
    whole: bool = True
    node: int = 0
    there_before: bool = False
    """Or in the place of one that was, and into which nobody ever looked: its picture is not known."""
    renamed: bool = False

    @property
    def stamp(self) -> str:
        return f"{self.picture}.{self.metadata}.{self.whole}.{self.node}"

    def look(self) -> Look:
        return Look(self.stamp, self.picture if self.whole else f"half of {self.picture}", self.whole)


class Folder:
    """A gathering, and what the driver does around it."""

    def __init__(self, files: dict[str, File]) -> None:
        self.files = dict(files)
        self.now = 0.0
        self.stored: dict[str, Mark] = {path: Mark(file.stamp, "") for path, file in files.items()}
        self.gathering = Gathering(QUIET, dict(self.stored))
        self.batches: list[dict[str, Mark]] = []

    def look(self, *paths: str) -> None:
        for path in sorted(paths, key=lambda path: path in self.files):
            file = self.files.get(path)
            self.gathering.saw(path, None if file is None else file.stamp, self.now)

    def moved(self, old: str, new: str) -> None:
        if old not in self.files and new in self.files:
            self.gathering.moved(old, new)
        self.look(old, new)

    def look_through(self) -> None:
        gone = [path for path in self.gathering.all_paths() if path not in self.files]
        self.gathering.listed({path: file.stamp for path, file in self.files.items()}, gone, self.now)

    def step(self) -> None:
        self.look(*self.gathering.unsettled())
        for path in self.gathering.still(self.now):
            look = self.files[path].look()
            self.look(*self.gathering.elsewhere(path, look.picture))
            self.gathering.identified(path, look, self.now)
        batch = self.gathering.batch(self.now)
        changes = self.gathering.changes()
        for old, new in changes.moves:
            if old in self.stored:
                self.stored[new] = self.stored.pop(old)
        for path, mark in changes.marks.items():
            if mark is None:
                self.stored.pop(path, None)
            else:
                self.stored[path] = mark
        if batch:
            self.batches.append(batch)

    def killed(self) -> None:
        """What was stored is all that is left."""
        self.gathering = Gathering(QUIET, dict(self.stored))

    def settle(self) -> None:
        for _ in range(12):
            self.now += max(PATIENCE, HOLD, GRACE) / 4
            self.look_through()
            self.step()

    def given(self) -> Counter[str]:
        return Counter(mark.picture for batch in self.batches for mark in batch.values())


class Watched(RuleBasedStateMachine):
    """Files come, grow, are renamed, written and deleted; hints are doubled, out of order, late, or do not come."""

    def __init__(self) -> None:
        super().__init__()
        self.made = 0
        self.hints: list[tuple[str, ...]] = []

    @initialize(before=st.integers(0, 3))
    def begin(self, before: int) -> None:
        self.old = {f"old {number}": File(f"old {number}", there_before=True) for number in range(before)}
        self.folder = Folder({f"{name}.jpg": file for name, file in self.old.items()})

    def new(self, kind: str) -> str:
        self.made += 1
        return f"{kind} {self.made}"

    def some(self, choice: int) -> str:
        return sorted(self.folder.files)[choice % len(self.folder.files)]

    def has_files(self) -> bool:
        return bool(self.folder.files)

    @rule(whole=st.booleans())
    def copy(self, whole: bool) -> None:
        path = f"{self.new('file')}.jpg"
        self.folder.files[path] = File(self.new("picture"), whole=whole, node=self.made)
        self.hints.append((path,))

    @precondition(has_files)
    @rule(choice=st.integers(0, 99))
    def come_to_an_end(self, choice: int) -> None:
        path = self.some(choice)
        self.folder.files[path] = replace(self.folder.files[path], whole=True)
        self.hints.append((path,))

    @precondition(has_files)
    @rule(choice=st.integers(0, 99))
    def write_metadata(self, choice: int) -> None:
        path = self.some(choice)
        file = self.folder.files[path]
        if file.there_before and file.renamed:
            return  # both between two looks: nobody could tell it from a new photo
        self.made += 1
        self.folder.files[path] = replace(file, metadata=file.metadata + 1, node=self.made)
        self.hints += [(f".ours of {path}", path), (path,)]

    @precondition(has_files)
    @rule(choice=st.integers(0, 99))
    def export_anew(self, choice: int) -> None:
        path = self.some(choice)
        file = self.folder.files[path]
        self.folder.files[path] = replace(file, picture=self.new("picture"), node=self.made)
        self.hints.append((path,))

    @precondition(has_files)
    @rule(choice=st.integers(0, 99))
    def rename(self, choice: int) -> None:
        old, new = self.some(choice), f"{self.new('renamed')}.jpg"
        if self.folder.files[old].there_before and self.folder.files[old].metadata:
            return  # as in write_metadata
        self.folder.files[new] = replace(self.folder.files.pop(old), renamed=True)
        self.hints.append((old, new))

    @precondition(lambda self: len(self.folder.files) > 1)
    @rule(choice=st.integers(0, 99))
    def rename_over_another(self, choice: int) -> None:
        old, new = self.some(choice), self.some(choice + 1)
        if self.folder.files[old].there_before and self.folder.files[old].metadata:
            return
        there_before = self.folder.files[new].there_before or self.folder.files[old].there_before
        self.folder.files[new] = replace(self.folder.files.pop(old), there_before=there_before, renamed=True)
        self.hints.append((old, new))

    @precondition(has_files)
    @rule(choice=st.integers(0, 99))
    def delete(self, choice: int) -> None:
        path = self.some(choice)
        del self.folder.files[path]
        self.hints.append((path,))

    @precondition(lambda self: bool(self.hints))
    @rule(choice=st.integers(0, 99), times=st.integers(0, 2))
    def tell(self, choice: int, times: int) -> None:
        hint = self.hints.pop(choice % len(self.hints))
        for _ in range(times):
            if len(hint) == 2:
                self.folder.moved(*hint)
            else:
                self.folder.look(*hint)

    @rule(seconds=st.sampled_from([0.5, QUIET, 20.0, HOLD, 600.0]))
    def wait(self, seconds: float) -> None:
        self.folder.now += seconds
        self.folder.step()

    @rule()
    def look_through(self) -> None:
        self.folder.look_through()

    @rule()
    def kill(self) -> None:
        self.folder.killed()
        self.folder.look_through()

    @invariant()
    def nothing_is_given_twice(self) -> None:
        if hasattr(self, "folder"):
            twice = [picture for picture, times in self.folder.given().items() if times > 1]
            # Of a copy that never became whole a run may say more than once what is wrong with it.
            assert not [picture for picture in twice if not picture.startswith("half of ")]

    @invariant()
    def what_was_there_is_left_alone(self) -> None:
        if hasattr(self, "folder"):
            assert not set(self.folder.given()) & set(self.old)

    def teardown(self) -> None:
        if not hasattr(self, "folder"):
            return
        self.folder.settle()
        self.nothing_is_given_twice()
        self.what_was_there_is_left_alone()
        given = self.folder.given()
        for path, file in self.folder.files.items():
            if file.whole and not file.there_before:
                assert given[file.picture] == 1, (path, file)
        ended = len(self.folder.batches)
        self.folder.settle()
        assert len(self.folder.batches) == ended, "it does not come to rest"


Watched.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestWatched = Watched.TestCase


def folder_with(*names: str) -> Folder:
    return Folder({name: File(name, node=number) for number, name in enumerate(names)})


def put(folder: Folder, name: str, file: File) -> None:
    folder.files[name] = file
    folder.look(name)


def after(folder: Folder, seconds: float) -> list[set[str]]:
    """The batches so far, after so many seconds, a step each half of one."""
    for _ in range(int(seconds * 2)):
        folder.now += 0.5
        folder.step()
    return [set(batch) for batch in folder.batches]


def test_a_burst_is_one_batch_when_nothing_more_comes() -> None:
    folder = folder_with()
    for number in range(20):
        put(folder, f"{number}.jpg", File(f"p{number}"))
        after(folder, QUIET - 1)
    assert after(folder, HOLD) and sum(map(len, folder.batches)) == 20
    assert len(folder.batches) == 2, "the first was held for a minute, the rest came to an end"


def test_a_file_that_grows_is_not_taken_before_it_is_still() -> None:
    folder = folder_with()
    for size in range(40):
        put(folder, "a.jpg", File("p", metadata=size, whole=False))
        assert after(folder, QUIET - 1) == []
    put(folder, "a.jpg", File("p", metadata=99))
    assert after(folder, QUIET - 1) == []
    assert after(folder, 1.5) == [{"a.jpg"}]


def test_a_copy_that_stalls_is_not_taken_for_a_photo_for_a_minute() -> None:
    folder = folder_with()
    put(folder, "a.jpg", File("p", whole=False))
    put(folder, "b.jpg", File("q"))
    assert after(folder, PATIENCE - 1) == [{"b.jpg"}]
    assert after(folder, 2 * QUIET) == [{"b.jpg"}, {"a.jpg"}], "a run says what is wrong with it"


def test_a_whole_photo_does_not_wait_for_ever_for_others() -> None:
    folder = folder_with()
    put(folder, "a.jpg", File("p"))
    for size in range(60):
        put(folder, "slow.jpg", File("q", metadata=size, whole=False))
        after(folder, 2)
    assert [set(batch) for batch in folder.batches] == [{"a.jpg"}]


def test_a_sidecar_wakes_nothing_and_what_it_belongs_to_waits_for_it() -> None:
    folder = folder_with("old.jpg")
    folder.gathering.stirred(folder.now)
    assert after(folder, 30) == []
    put(folder, "a.jpg", File("p"))
    assert after(folder, QUIET - 1) == []
    folder.gathering.stirred(folder.now)
    assert after(folder, QUIET - 1) == []
    assert after(folder, 1.5) == [{"a.jpg"}]


def test_a_video_and_metadata_written_by_anybody_wake_nothing() -> None:
    folder = folder_with("old.jpg")
    folder.gathering.saw("clip.mov", "1", folder.now)
    folder.now += QUIET
    folder.gathering.identified("clip.mov", Look("1", "", tagged=False), folder.now)
    put(folder, "a.jpg", File("p"))
    assert after(folder, 2 * QUIET) == [{"a.jpg"}]
    for name, picture in (("a.jpg", "p"), ("old.jpg", "old.jpg")):
        put(folder, name, File(picture, metadata=7, node=50))
    assert after(folder, 2 * HOLD) == [{"a.jpg"}]


def test_a_photo_of_before_that_the_library_knows_is_new_with_a_new_picture() -> None:
    folder = folder_with("old.jpg")
    folder.gathering.saw("old.jpg", "other", folder.now)
    folder.gathering.identified("old.jpg", Look("other", "new picture", before="old.jpg"), folder.now + QUIET)
    assert set(folder.gathering.batch(folder.now + 2 * QUIET)) == {"old.jpg"}


def test_a_drive_that_goes_and_returns_brings_nothing_new() -> None:
    folder = folder_with("a.jpg", "b.jpg")
    files, folder.files = folder.files, {}
    folder.look("a.jpg")
    folder.gathering.left()
    folder.now += 3600
    folder.files = files
    folder.look_through()
    assert after(folder, 60) == []
    assert set(folder.stored) == {"a.jpg", "b.jpg"}


def test_the_same_photo_deleted_and_copied_again_is_new() -> None:
    folder = folder_with()
    put(folder, "a.jpg", File("p", node=1))
    after(folder, 2 * QUIET)
    del folder.files["a.jpg"]
    folder.look("a.jpg")
    after(folder, 30)
    put(folder, "a.jpg", File("p", node=2))
    assert after(folder, 2 * QUIET) == [{"a.jpg"}, {"a.jpg"}]


def test_a_rename_is_told_once_so_that_the_library_follows() -> None:
    folder = folder_with("a.jpg")
    folder.files["b.jpg"] = folder.files.pop("a.jpg")
    folder.look_through()
    changes = folder.gathering.changes()
    assert changes.moves == (("a.jpg", "b.jpg"),)
    assert changes.marks == {"a.jpg": None, "b.jpg": Mark(folder.files["b.jpg"].stamp, "")}
    assert folder.gathering.changes().moves == ()
