from __future__ import annotations

from pathlib import Path

import pytest

from bridge.errors import NotFound
from bridge.store import Seen, Store, WatchRow, WatchTable

FOLDER = Path("/photos/in\udcff")


@pytest.fixture
def watches(tmp_path: Path) -> WatchTable:
    return WatchTable(Store(tmp_path / "bridge.db"))


def put(watches: WatchTable, seen: dict[str, Seen], *, batch: bool = False, poll: bool = False) -> WatchRow:
    return watches.put(
        FOLDER,
        recursive=True,
        exclude=["out", "*.tif"],
        poll=poll,
        request="{}",
        why="It is there.",
        device="7",
        seen=seen,
        batch=batch,
    )


def test_a_watch_is_kept_with_what_was_dealt_with(watches: WatchTable) -> None:
    odd = f"{FOLDER}/\udcfe\n.jpg"
    row = put(watches, {odd: ("1", "")})
    assert watches.all() == [row]
    assert watches.at(FOLDER) == row
    assert (row.folder, row.exclude, row.poll) == (FOLDER, ("out", "*.tif"), False)
    again = put(watches, {"/photos/b.jpg": ("2", "x")}, poll=True)
    assert (again.id, again.poll) == (row.id, True)
    assert watches.seen(row.id) == {odd: ("1", ""), "/photos/b.jpg": ("2", "x")}
    watches.remove(row.id)
    assert watches.all() == []
    assert watches.seen(row.id) == {}
    with pytest.raises(NotFound):
        watches.at(FOLDER)


def test_a_batch_follows_its_photos_until_it_was_given(watches: WatchTable) -> None:
    row = put(watches, {"/a.jpg": ("1", "")})
    batch = watches.begin(row.id, None, {"/b.jpg": ("2", "x"), "/c.jpg": ("3", "y"), "/d.jpg": ("4", "z")})
    watches.save(
        row.id, {"/b.jpg": None, "/e.jpg": ("2", "x"), "/d.jpg": None, "/c.jpg": ("9", "y")}, [("/b.jpg", "/e.jpg")]
    )
    assert watches.photos(batch) == [Path("/c.jpg"), Path("/e.jpg")]
    assert watches.pending(row.id) == [batch]
    assert watches.last(row.id) is None
    watches.given(batch, "run")
    assert watches.pending(row.id) == []
    last = watches.last(row.id)
    assert last is not None
    assert (last.job, last.session, watches.count(row.id)) == ("run", f"watch {batch.id}", 3)
    joined = watches.begin(row.id, last.session, {"/f.jpg": ("5", "q")})
    assert (joined.session, watches.photos(joined)) == (last.session, [Path("/f.jpg")])
    watches.drop(joined)
    assert watches.pending(row.id) == []


def test_what_was_there_can_be_the_first_batch(watches: WatchTable) -> None:
    row = put(watches, {"/a.jpg": ("1", "")}, batch=True)
    (batch,) = watches.pending(row.id)
    assert watches.photos(batch) == [Path("/a.jpg")]
