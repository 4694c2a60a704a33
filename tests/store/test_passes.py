from __future__ import annotations

from pathlib import Path

from bridge.store import PassTable, Store, WrittenTable
from bridge.values import Claim, Field, PassSettings, Scope, Written

FOLDER = Path("/p")


def test_whether_a_pass_stands_is_known_without_a_walk_through_its_photos(tmp_path: Path) -> None:
    assert _steps(tmp_path / "few.db", 20) == _steps(tmp_path / "many.db", 400)


def test_photos_from_which_all_was_taken_away_do_not_count(tmp_path: Path) -> None:
    store = _store(tmp_path / "bridge.db", 3)
    passes = PassTable(store)
    (row,) = passes.all()
    assert (row.stands, passes.photos(row)) == (True, 3)
    with store.transaction() as db:
        db.execute("UPDATE claims SET state = 'removed', ended_by = 'two' WHERE write = 1")
        db.execute("UPDATE claims SET state = 'removed', ended_by = 'two' WHERE write = 2 AND folded = 'cat'")
    assert passes.photos(row) == 2
    with store.transaction() as db:
        db.execute("UPDATE claims SET state = 'undone', ended_by = 'two'")
    (row,) = passes.all()
    assert (row.stands, passes.photos(row)) == (False, 0)


def _store(path: Path, photos: int) -> Store:
    """One pass that wrote so many photos."""
    store = Store(path)
    PassTable(store).record([Scope(FOLDER, True, "all")], PassSettings("a", "d"), "one")
    claims = [Claim(Field.KEYWORD, word, model="a") for word in ("cat", "dog")]
    for number in range(photos):
        left = Written(keywords=(("cat",), ("dog",)))
        WrittenTable(store).put(FOLDER / f"{number}.jpg", "one", f"hash {number}", left, claims=claims)
    return store


def _steps(path: Path, photos: int) -> int:
    """Hundreds of SQLite's steps for the list of passes."""
    store, steps = _store(path, photos), 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    with store.reading() as db:
        db.set_progress_handler(step, 100)
    (row,) = PassTable(store).all()
    assert row.stands
    return steps
