"""A watched folder on a real disk, step by step: its clock is turned by hand, and hints come when the test says so."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import ModelMissing
from bridge.jobs.watching_all import Watching
from bridge.jobs.watching_disk import Area, Tell, file_system, look_into, observe, why_polled
from bridge.jobs.watching_folder import RETRY_SECONDS, SETTLE_SECONDS, Around, WatchedFolder, WatchState
from bridge.photos import ReadLimits
from bridge.store import BatchRow, Store, WatchRow, WatchTable

QUIET, POLL = 5.0, 30.0


@dataclass
class System:
    """What tells of changes, as far as the test lets it."""

    fails: OSError | None = None
    begun: int = 0
    is_alive: bool = True

    def observe(self, _: Path, __: bool, ___: Tell) -> System:
        if self.fails is not None:
            raise self.fails
        self.begun += 1
        self.is_alive = True
        return self

    def alive(self) -> bool:
        return self.is_alive

    def stop(self) -> None:
        self.is_alive = False


@dataclass
class Desk:
    """One watched folder, and everything around it."""

    folder: Path
    watches: WatchTable
    system: System = field(default_factory=System)
    now: float = 1000.0
    runs: list[list[str]] = field(default_factory=list)
    moves: list[tuple[str, str]] = field(default_factory=list)
    refuse: ModelMissing | None = None
    unfinished: set[str] = field(default_factory=set)
    network: str | None = None

    def row(self, *, poll: bool = False, recursive: bool = True) -> WatchRow:
        return self.watches.put(
            self.folder,
            recursive=recursive,
            exclude=["out"],
            poll=poll,
            request="{}",
            why=None,
            device=str(self.folder.stat().st_dev),
            seen={path: (stamp, "") for path, stamp in Area(self.folder, recursive, ["out"]).listing().items()},
        )

    def around(self) -> Around:
        return Around(
            watches=self.watches,
            clock=lambda: self.now,
            look=lambda path: look_into(path, ReadLimits(), lambda _: ""),
            observe=self.system.observe,
            why_polled=lambda _: self.network,
            give=self.give,
            join=lambda _, __: None,
            unfinished=lambda _, path: path.name in self.unfinished,
            moved=lambda old, new: self.moves.append((old.name, new.name)),
            quiet=QUIET,
            poll=POLL,
        )

    def watch(self, row: WatchRow) -> WatchedFolder:
        return WatchedFolder(row, self.around())

    def give(self, _: WatchRow, batch: BatchRow) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.runs.append([path.name for path in self.watches.photos(batch)])
        self.watches.given(batch, "job")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "photos"
    folder.mkdir()
    store = Store(tmp_path / "bridge.db")
    yield Desk(folder, WatchTable(store))
    store.close()


def draw(path: Path, shade: int = 40) -> Path:
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (60, 40), (shade, 90, 200 - shade)).save(path)
    return path


def after(desk: Desk, watched: WatchedFolder, seconds: float = 2 * QUIET + 2) -> list[list[str]]:
    """The runs so far, after so many seconds in steps of one."""
    for _ in range(int(seconds)):
        watched.step()
        desk.now += 1
    watched.step()
    return desk.runs


def told(watched: WatchedFolder, *paths: Path) -> None:
    for path in paths:
        watched.hint(str(path))


def test_new_photos_are_one_run_and_what_was_there_is_none(desk: Desk) -> None:
    draw(desk.folder / "old.jpg")
    watched = desk.watch(desk.row())
    assert after(desk, watched) == []
    told(watched, *(draw(desk.folder / f"{number}.jpg", number) for number in (1, 2, 3)))
    assert after(desk, watched) == [["1.jpg", "2.jpg", "3.jpg"]]
    assert watched.told().waiting == 0
    assert after(desk, watched, 60) == [["1.jpg", "2.jpg", "3.jpg"]]


def test_what_copiers_call_unfinished_files_is_no_photo(desk: Desk) -> None:
    watched = desk.watch(desk.row())
    whole = draw(desk.folder / "a.jpg").read_bytes()
    (desk.folder / "a.jpg").unlink()
    names = (
        "b.jpg.part",
        "c.jpg.tmp",
        "d.jpg.crdownload",
        "e.jpg~",
        "~f.jpg",
        ".g.jpg",
        ".photo-bridge-1-2.tmp",
        "h.txt",
    )
    for name in (*names, "out/i.jpg", "@eaDir/j.jpg"):
        (desk.folder / name).parent.mkdir(exist_ok=True)
        (desk.folder / name).write_bytes(whole)
        told(watched, desk.folder / name)
    assert after(desk, watched) == []
    (desk.folder / "b.jpg.part").rename(desk.folder / "b.jpg")
    watched.hint(str(desk.folder / "b.jpg.part"), str(desk.folder / "b.jpg"))
    assert after(desk, watched) == [["b.jpg"]]


def test_a_slow_copy_waits_until_its_last_byte(desk: Desk) -> None:
    watched = desk.watch(desk.row())
    whole = draw(desk.folder / "a.jpg").read_bytes()
    target = desk.folder / "a.jpg"
    target.unlink()
    for end in range(200, len(whole), 200):
        target.write_bytes(whole[:end])
        told(watched, target)
        assert after(desk, watched, QUIET + 3) == []
    assert watched.told().waiting == 1
    target.write_bytes(whole)
    told(watched, target)
    assert after(desk, watched) == [["a.jpg"]]


def test_what_the_system_did_not_tell_is_found_by_looking_through(desk: Desk) -> None:
    watched = desk.watch(desk.row())
    after(desk, watched, 2)
    draw(desk.folder / "deep" / "a.jpg")
    assert after(desk, watched) == []
    desk.now += SETTLE_SECONDS
    assert after(desk, watched) == [["a.jpg"]]
    draw(desk.folder / "new" / "b.jpg", 7)
    watched.hint(str(desk.folder / "new"), folder=True)
    assert after(desk, watched) == [["a.jpg"], ["b.jpg"]]


def test_a_rename_is_no_new_photo_and_the_library_hears_of_it(desk: Desk) -> None:
    draw(desk.folder / "old.jpg")
    watched = desk.watch(desk.row())
    told(watched, draw(desk.folder / "a.jpg", 1))
    after(desk, watched)
    for old, new in (("a.jpg", "b.jpg"), ("old.jpg", "older.jpg")):
        (desk.folder / old).rename(desk.folder / new)
        watched.hint(str(desk.folder / old), str(desk.folder / new))
    assert after(desk, watched, 60) == [["a.jpg"]]
    assert desk.moves == [("a.jpg", "b.jpg"), ("old.jpg", "older.jpg")]
    (desk.folder / "b.jpg").rename(desk.folder / "c.jpg")
    desk.now += SETTLE_SECONDS
    assert after(desk, watched, 60) == [["a.jpg"]]
    assert desk.moves[2:] == [("b.jpg", "c.jpg")]


def test_a_photo_that_is_renamed_before_its_run_came_to_it_is_given_again(desk: Desk) -> None:
    watched = desk.watch(desk.row())
    told(watched, draw(desk.folder / "a.jpg", 1), draw(desk.folder / "b.jpg", 2))
    after(desk, watched)
    desk.unfinished = {"a.jpg"}
    for old, new in (("a.jpg", "c.jpg"), ("b.jpg", "d.jpg")):
        (desk.folder / old).rename(desk.folder / new)
        watched.hint(str(desk.folder / old), str(desk.folder / new))
    assert after(desk, watched, 60) == [["a.jpg", "b.jpg"], ["c.jpg"]]


def test_a_folder_that_goes_is_away_and_is_taken_up_again(desk: Desk, tmp_path: Path) -> None:
    draw(desk.folder / "old.jpg")
    watched = desk.watch(desk.row())
    after(desk, watched, 2)
    assert watched.told().state is WatchState.WATCHING
    desk.folder.rename(tmp_path / "drawer")
    told(watched, desk.folder / "old.jpg")
    desk.now += 3600
    assert after(desk, watched, 3) == []
    assert watched.told().state is WatchState.AWAY
    assert "Connect its drive" in watched.told().note
    draw(tmp_path / "drawer" / "came meanwhile.jpg", 9)
    (tmp_path / "drawer").rename(desk.folder)
    assert after(desk, watched) == [["came meanwhile.jpg"]]
    assert (watched.told().state, watched.told().note) == (WatchState.WATCHING, "")
    assert desk.system.begun == 2


def test_the_empty_place_of_a_drive_is_not_the_drive(desk: Desk) -> None:
    draw(desk.folder / "old.jpg")
    row = desk.watches.put(
        desk.folder,
        recursive=True,
        exclude=[],
        poll=False,
        request="{}",
        why=None,
        device="another volume",
        seen={str(desk.folder / "old.jpg"): ("1", "")},
    )
    (desk.folder / "old.jpg").rename(desk.folder / "elsewhere")
    watched = desk.watch(row)
    after(desk, watched, 200)
    assert watched.told().state is WatchState.AWAY
    assert list(desk.watches.seen(row.id)) == [str(desk.folder / "old.jpg")], "nothing is forgotten"
    (desk.folder / "elsewhere").rename(desk.folder / "old.jpg")
    assert after(desk, watched) == []
    assert watched.told().state is WatchState.WATCHING


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EMFILE])
def test_a_limit_of_the_system_means_polling_and_says_what_to_do(desk: Desk, code: int) -> None:
    desk.system.fails = OSError(code, "inotify watch limit reached")
    watched = desk.watch(desk.row())
    after(desk, watched, 2)
    assert watched.told().state is WatchState.POLLING
    assert "every 30 seconds" in watched.told().note
    assert "max_user_watches" in watched.told().note
    draw(desk.folder / "a.jpg")
    assert after(desk, watched, POLL + 2 * QUIET) == [["a.jpg"]]


def test_a_watcher_that_dies_means_polling(desk: Desk) -> None:
    watched = desk.watch(desk.row())
    after(desk, watched, 2)
    desk.system.is_alive = False
    draw(desk.folder / "a.jpg")
    assert after(desk, watched) == [["a.jpg"]]
    assert watched.told().state is WatchState.POLLING


@pytest.mark.parametrize(("poll", "network"), [(True, None), (False, "cifs")])
def test_network_drives_are_polled_and_so_is_what_is_asked_for(desk: Desk, poll: bool, network: str | None) -> None:
    desk.network = network
    watched = desk.watch(desk.row(poll=poll))
    after(desk, watched, 1)
    assert (watched.told().state, desk.system.begun) == (WatchState.POLLING, 0)
    assert ("as asked" if poll else "type cifs") in watched.told().note
    draw(desk.folder / "a.jpg")
    assert after(desk, watched, POLL + 2 * QUIET) == [["a.jpg"]]


def test_a_batch_that_cannot_be_given_to_a_run_is_told_and_tried_again(desk: Desk) -> None:
    desk.refuse = ModelMissing("There is no model named llava.")
    watched = desk.watch(desk.row())
    told(watched, draw(desk.folder / "a.jpg"))
    assert after(desk, watched) == []
    problem = watched.told().problem
    assert problem is not None and "llava" in problem.message
    (desk.folder / "a.jpg").rename(desk.folder / "b.jpg")
    watched.hint(str(desk.folder / "a.jpg"), str(desk.folder / "b.jpg"))
    desk.refuse = None
    assert after(desk, watched, RETRY_SECONDS + 1) == [["b.jpg"]]
    assert watched.told().problem is None


def test_what_was_promised_to_a_run_is_given_after_a_kill(desk: Desk) -> None:
    desk.refuse = ModelMissing("Not now.")
    row = desk.row()
    watched = desk.watch(row)
    told(watched, draw(desk.folder / "a.jpg"))
    after(desk, watched)
    draw(desk.folder / "b.jpg", 3)
    desk.refuse = None
    assert after(desk, desk.watch(row)) == [["a.jpg"], ["b.jpg"]]
    assert after(desk, desk.watch(row)) == [["a.jpg"], ["b.jpg"]]


def test_a_photo_that_cannot_be_read_is_left_to_a_run_after_a_minute(desk: Desk) -> None:
    watched = desk.watch(desk.row())
    half = draw(desk.folder / "a.jpg").read_bytes()[:-200]
    (desk.folder / "a.jpg").write_bytes(half)
    (desk.folder / "b.jpg").write_bytes(b"<html>no photo</html>")
    told(watched, desk.folder / "a.jpg", desk.folder / "b.jpg")
    assert after(desk, watched, 50) == []
    assert after(desk, watched, 30) == [["a.jpg", "b.jpg"]]


def test_many_hints_of_our_own_writing_are_nothing(desk: Desk) -> None:
    watched = desk.watch(desk.row())
    photo = draw(desk.folder / "a.jpg")
    told(watched, photo)
    after(desk, watched)
    for number in range(30):
        data = photo.read_bytes()
        comment = f"number {number}".encode()
        fresh = desk.folder / f".photo-bridge-{number}.tmp"
        fresh.write_bytes(data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:])
        fresh.replace(photo)
        watched.hint(str(fresh), str(photo))
        told(watched, photo, photo.with_suffix(".xmp"))
        after(desk, watched, QUIET + 1)
    assert desk.runs == [["a.jpg"]]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", None),
        ("/home/anna/photos", None),
        ("/mnt/nas/2024", "nfs4"),
        ("/mnt/my share/a", "cifs"),
        ("/x", "fuse.sshfs"),
    ],
)
def test_the_file_system_of_a_folder(path: str, kind: str | None, tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\nnas:/photos /mnt/nas nfs4 rw 0 0\n//nas/s /mnt/my\\040share cifs rw 0 0\n"
        "/dev/sdb1 /media/card fuseblk rw 0 0\nhost: /x fuse.sshfs rw 0 0\n"
    )
    assert why_polled(Path(path), mounts, "linux") == kind
    assert why_polled(Path(path), mounts, "darwin") is None
    assert why_polled(Path(path), tmp_path / "none", "linux") is None
    assert file_system("/media/card/DCIM", {"/media/card": "fuseblk", "/": "ext4"}) == "fuseblk"


@pytest.mark.skipif(os.name == "nt", reason="the way of Linux and macOS")
def test_the_system_tells_of_what_comes_and_not_of_what_is_read(tmp_path: Path) -> None:
    import threading

    folder = tmp_path / "photos"
    folder.mkdir()
    seen: list[str] = []
    there = threading.Event()

    def tell(path: str, moved: str | None = None, *, folder: bool = False) -> None:
        seen.append(f"{Path(path).name}{' folder' if folder else ''}{f' to {Path(moved).name}' if moved else ''}")
        if "last.jpg" in path:
            there.set()

    observing = observe(folder, True, tell)
    try:
        assert observing.alive()
        draw(tmp_path / "a.jpg").rename(folder / "a.jpg")
        (folder / "a.jpg").read_bytes()
        (folder / "a.jpg").rename(folder / "b.jpg")
        (folder / "deep").mkdir()
        shutil.copy(folder / "b.jpg", folder / "last.jpg")
        assert there.wait(60)
    finally:
        observing.stop()
    assert {"a.jpg to b.jpg", "deep folder"} <= set(seen)


def test_of_a_folder_that_is_not_there_nothing_can_be_told(tmp_path: Path) -> None:
    tell: Callable[..., None] = lambda *_, **__: None  # noqa: E731
    with pytest.raises(OSError):
        observe(tmp_path / "none", True, tell)


def test_folders_on_drives_that_hold_their_threads_are_waited_for_together(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[WatchedFolder] = []
    begun, all_told, let_go = threading.Semaphore(0), threading.Event(), threading.Event()
    in_time: list[bool] = []
    real = WatchedFolder.stop_soon

    def held(_: WatchedFolder) -> float:
        begun.release()
        in_time.append(all_told.wait(3.0))
        assert let_go.wait(20.0)
        return 1.0

    def stop_soon(folder: WatchedFolder) -> None:
        real(folder)
        if folder not in told:
            told.append(folder)
        if len(told) == 2:
            all_told.set()
            let_go.set()

    monkeypatch.setattr(WatchedFolder, "step", held)
    monkeypatch.setattr(WatchedFolder, "stop_soon", stop_soon)
    watching = Watching(desk.around())
    for name in ("photos", "more"):
        desk.folder = tmp_path / name
        desk.folder.mkdir(exist_ok=True)
        watching.begin(desk.row())
    for _ in range(2):
        assert begun.acquire(timeout=20.0)
    watching.stop()
    assert in_time == [True, True]
