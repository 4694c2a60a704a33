import sqlite3
import threading
from pathlib import Path

import pytest

from bridge.errors import StoreDamaged, StoreLocked, StoreTooNew
from bridge.store import JobTable, Store
from bridge.store.connection import migration_scripts


def test_a_body_that_raises_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path / "bridge.db")
    with pytest.raises(RuntimeError), store.transaction() as db:
        db.execute("INSERT INTO answers VALUES ('k', 'm', '{}', 0)")
        raise RuntimeError
    with store.reading() as db:
        assert db.execute("SELECT COUNT(*) FROM answers").fetchone()[0] == 0


def test_a_new_database_has_every_migration_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "bridge.db")
    with store.reading() as db:
        applied = [row["name"] for row in db.execute("SELECT name FROM migrations ORDER BY name")]
    assert applied == [name for name, _ in migration_scripts()]
    assert (tmp_path / "bridge.db").stat().st_mode & 0o077 == 0


def test_a_database_is_backed_up_before_it_is_changed(tmp_path: Path) -> None:
    path, released = tmp_path / "bridge.db", migration_scripts()
    old = Store(path, scripts=released)
    job = JobTable(old).create("tag", "{}")
    old.close()
    new = Store(path, scripts=[*released, ("99991231T000000_next.sql", "DROP TABLE jobs;")])
    new.close()
    (backup,) = tmp_path.glob("bridge.db.before-*")
    assert JobTable(Store(backup, scripts=released)).get(job).id == job


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path, released = tmp_path / "bridge.db", migration_scripts()
    Store(path, scripts=released).close()
    with pytest.raises(sqlite3.Error):
        Store(path, scripts=[*released, ("99991231T000000_next.sql", "DROP TABLE jobs; NONSENSE;")])
    assert JobTable(Store(path, scripts=released)).recent(1) == []


def test_a_later_version_s_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    Store(path).close()
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO migrations VALUES ('29990101T000000_future.sql', 'then')")
    db.close()
    with pytest.raises(StoreTooNew):
        Store(path)


def test_a_locked_database_is_a_typed_error_and_works_again_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    store = Store(path, busy_seconds=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked):
        JobTable(store).create("tag", "{}")
    other.execute("ROLLBACK")
    assert JobTable(store).create("tag", "{}")


def test_a_damaged_database_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "bridge.db").write_bytes(b"no database at all " * 100)
    with pytest.raises(StoreDamaged, match=r"bridge\.db"):
        Store(tmp_path / "bridge.db")


def test_who_asks_does_not_wait_for_who_writes(tmp_path: Path) -> None:
    store = Store(tmp_path / "bridge.db")
    jobs = JobTable(store)
    job = jobs.create("tag", "{}")
    told: list[str] = []
    with store.transaction(durable=True) as db:
        db.execute("UPDATE jobs SET kind = 'undo'")
        asker = threading.Thread(target=lambda: told.append(jobs.get(job).kind), daemon=True)
        asker.start()
        asker.join(60)
        assert told == ["tag"]
        assert jobs.get(job).kind == "undo"  # who writes sees what it has written
    assert jobs.get(job).kind == "undo"


def test_only_what_the_journal_asks_for_waits_for_the_disk(tmp_path: Path) -> None:
    store = Store(tmp_path / "bridge.db")
    for durable, synchronous in ((True, 2), (False, 1), (True, 2), (True, 2), (False, 1)):
        with store.transaction(durable=durable) as db:
            assert db.execute("PRAGMA synchronous").fetchone()[0] == synchronous
