"""The one SQLite file: opening, transactions, migrations. WAL mode, so that readers never wait for a writer."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from bridge.errors import StoreDamaged, StoreFull, StoreLocked, StoreTooNew
from bridge.store._packing import unpack

BUSY_SECONDS = 10.0


class Store:
    """Two connections to one file, each used by one thread at a time: one writes, and one reads what is committed, so
    that nobody who only asks waits while the journal waits for the disk.

    Stages are committed without waiting for the disk: after a kill they are all there, after a loss of power the last
    few may be asked for again. The journal commits with ``durable=True``: when that returns, the bytes are on the disk.
    """

    def __init__(
        self, path: Path, *, busy_seconds: float = BUSY_SECONDS, scripts: Sequence[tuple[str, str]] | None = None
    ) -> None:
        """Open or make the database and bring it up to date. Raises StoreLocked, StoreTooNew.

        ``scripts`` are the migrations, oldest first; a test names others than the shipped ones.
        """
        self.path = path
        self._writing, self._reading = threading.RLock(), threading.RLock()
        self._writer: int | None = None
        """The thread that has a transaction open."""
        self._waits = True
        """Whether a commit of the connection that writes waits for the disk."""
        with _typed_errors(path):
            _make_private(path)
            self._writes = _connect(path, busy_seconds)
            _migrate(self._writes, path, migration_scripts() if scripts is None else scripts)
            self._reads = _connect(path, busy_seconds)

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """A write transaction: committed when the body ends, rolled back when it raises."""
        with self._writing, _typed_errors(self.path):
            if durable != self._waits:
                # In WAL mode that says whether a commit syncs the log; earlier commits in it are synced with it.
                self._writes.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                self._waits = durable
            self._writes.execute("BEGIN IMMEDIATE")
            self._writer = threading.get_ident()
            try:
                yield self._writes
                self._writes.execute("COMMIT")
            except BaseException:
                if self._writes.in_transaction:  # a full disk may have ended it already
                    self._writes.execute("ROLLBACK")
                raise
            finally:
                self._writer = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """What is committed; within a transaction of the same thread, what that has written too."""
        if self._writer == threading.get_ident():
            with _typed_errors(self.path):
                yield self._writes
            return
        with self._reading, _typed_errors(self.path):
            yield self._reads

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """For what cannot be done within a transaction, or beside another one: VACUUM."""
        # In this order: who reads may begin to write, and who writes never waits for those that read.
        with self._reading, self._writing, _typed_errors(self.path):
            yield self._writes

    def close(self) -> None:
        with self._reading, self._writing:
            self._reads.close()
            self._writes.close()


@contextmanager
def _typed_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        # "locking protocol" is what SQLite says when it could not get at the index of a WAL, however often it tried.
        if "lock" in str(error) or "busy" in str(error):
            raise StoreLocked(f"The database {path} is locked by another program.", detail=str(error)) from error
        if "full" in str(error):
            raise StoreFull(f"There is no room for the database {path}.", detail=str(error)) from error
        raise
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise  # a defect of ours
        raise StoreDamaged(f"The database {path} is damaged.", detail=str(error)) from error


def _connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    # isolation_level=None: transactions are said, never guessed by the module.
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.create_function("unpacked", 1, unpack, deterministic=True)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def migration_scripts() -> list[tuple[str, str]]:
    """(name, SQL) of every migration, oldest first. Append-only: a released one is never edited."""
    folder = resources.files("bridge.store") / "migrations"
    scripts = [(entry.name, entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return sorted(scripts)


def _migrate(connection: sqlite3.Connection, path: Path, scripts: Sequence[tuple[str, str]]) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied TEXT NOT NULL)")
    applied = {row["name"] for row in connection.execute("SELECT name FROM migrations")}
    if unknown := applied - {name for name, _ in scripts}:
        raise StoreTooNew(f"The database {path} was written by a later version ({max(unknown)}).")
    missing = [(name, script) for name, script in scripts if name not in applied]
    if missing and applied:
        _back_up(connection, path)
    for name, script in missing:
        now = datetime.now(UTC).isoformat()
        # executescript would commit on its own; inside one text the script and its mark are one transaction.
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{script}\nINSERT INTO migrations VALUES ('{name}', '{now}');\nCOMMIT;"
            )
        except sqlite3.Error:
            connection.rollback()
            raise


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = path.with_name(f"{path.name}.before-{stamp}")
    _make_private(target)
    with sqlite3.connect(target) as copy:
        connection.backup(copy)
    copy.close()


def _make_private(path: Path) -> None:
    """Before SQLite opens it: the files beside it (-wal, -shm) get the mode that the database has by then."""
    path.touch(0o600)
    path.chmod(0o600)
