"""Several daemons started at once on one home; databases of every version before this one, and of one after it."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

from bridge.rpc.client import REFUSED
from bridge.store import Store
from bridge.store.connection import migration_scripts
from campaigns.faults.checks import check_undone, check_written
from campaigns.faults.course import Act, courses, take_back
from campaigns.faults.kills import kill_at_start
from campaigns.faults.model import SLOTS
from campaigns.faults.scene import Scene, begin, results, to_the_end
from campaigns.faults.trial import Trial
from tests.system.daemon import READY_SECONDS, Bridge

AT_ONCE = 3
MIGRATION_S = 1.6
LATER = "20990101T000000_later.sql"


def at_once(scene: Scene, rounds: int, photos: int) -> Trial:
    trial = Trial("daemons at once")
    bridge = scene.bridge
    bridge.start()
    faults: list[Act] = [partial(_at_once, trial, bridge)] * rounds
    courses(scene, trial, bridge, photos, faults, name="at-once")
    bridge.stop()
    return trial


def _at_once(trial: Trial, bridge: Bridge, _job: str) -> None:
    """The one that was there is killed, and several come after it."""
    trial.faults[f"{AT_ONCE} daemons started at once"] += 1
    trial.under_way += SLOTS
    bridge.kill()
    started = [
        subprocess.Popen(
            [sys.executable, "-m", *bridge.serve],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=bridge.env,
        )
        for _ in range(AT_ONCE)
    ]
    deadline = time.monotonic() + READY_SECONDS
    while sum(process.poll() is None for process in started) > 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    running = [process for process in started if process.poll() is None]
    for process in started:
        assert process.stdout is not None and process.stderr is not None
        if process in running:
            continue
        said = process.stderr.read()
        process.stdout.close()
        process.stderr.close()
        trial.felt["refused"] += 1
        if process.returncode != REFUSED or "running for this user already" not in said:
            trial.wrong.append(f"a second daemon ended with {process.returncode}: {said[-300:]!r}")
    if len(running) != 1:
        trial.wrong.append(f"{len(running)} daemons ran on one home")
    for process in running[1:]:
        process.kill()
    if not running:
        bridge.start()
        return
    winner = running[0]
    assert winner.stdout is not None and winner.stderr is not None
    if not (line := winner.stdout.readline()).startswith("ready "):
        trial.wrong.append(f"the daemon that was left said {line!r}")
    winner.stderr.close()
    bridge.process = winner


def databases(scene: Scene, versions: int, photos: int) -> Trial:
    """A run's database, in the shape of earlier versions: it opens, and the run can be taken back. Each is killed once
    while it is brought up to date. ``versions``: how many of them; the first and the last are among them."""
    trial, chance = Trial("older and newer databases"), scene.chance("databases")
    first = scene.home("home-of-now")
    first.start()
    shoot = scene.shoot("databases", photos)
    job = begin(first, shoot.folder)
    to_the_end(first, job, trial)
    check_written(trial, shoot, first.home, [job], results(first, job))
    first.stop()
    written = {path: path.read_bytes() for path in shoot.folder.iterdir()}
    scripts = migration_scripts()
    for count in _some(range(1, len(scripts)), versions, chance):
        for path, data in written.items():
            path.write_bytes(data)
        older = scene.home(f"home-of-version-{count}")
        as_of(scripts[:count], first.home / "bridge.db", older.home / "bridge.db")
        trial.faults["database of an older version"] += 1
        trial.faults["killed while it is brought up to date"] += 1
        kill_at_start(older, Trial("killed"), chance, MIGRATION_S)
        older.start()
        take_back(trial, older, job)
        check_undone(trial, shoot)
        if not list(older.home.glob("bridge.db.before-*")):
            trial.wrong.append(f"no copy was kept of the database of version {count}")
        older.stop()
    _newer(scene, trial, first)
    return trial


def _newer(scene: Scene, trial: Trial, first: Bridge) -> None:
    newer = scene.home("home-of-a-later-version")
    database = newer.home / "bridge.db"
    shutil.copy(first.home / "bridge.db", database)
    with sqlite3.connect(database) as db:
        db.execute("INSERT INTO migrations VALUES (?, '2099-01-01T00:00:00+00:00')", (LATER,))
    db.close()
    before = hashlib.sha256(database.read_bytes()).digest()
    trial.faults["database of a newer version"] += 1
    done = newer.run("serve")
    if done.returncode == 0 or "later version" not in done.stderr or "Traceback" in done.stderr:
        trial.wrong.append(f"a newer database: {done.returncode}, {done.stderr[-300:]!r}")
    else:
        trial.felt["refused"] += 1
    if hashlib.sha256(database.read_bytes()).digest() != before:
        trial.damaged.append("the database of a later version was changed")


def as_of(scripts: Sequence[tuple[str, str]], now: Path, then: Path) -> None:
    """A database as those migrations leave it, with what the present one knows, as far as it has a place there."""
    Store(then, scripts=scripts).close()
    db = sqlite3.connect(then, isolation_level=None)
    with db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("ATTACH ? AS now", (str(now),))
        tables = dict(db.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'table' AND sql IS NOT NULL"))
        # What full-text search keeps is made of the others.
        searched = tuple(name for name, sql in tables.items() if sql.upper().startswith("CREATE VIRTUAL"))
        for table in tables:
            if table == "migrations" or table.startswith(("sqlite_", *searched)):
                continue
            mine, theirs = (_columns(db, schema, table) for schema in ("main", "now"))
            names = ", ".join(name for name in mine if name in theirs)
            db.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM now.{table}")
    db.close()


def _columns(db: sqlite3.Connection, schema: str, table: str) -> list[str]:
    return [str(row[1]) for row in db.execute(f"PRAGMA {schema}.table_info({table})")]


def _some(all_of_them: Sequence[int], count: int, chance: Random) -> list[int]:
    """The first and the last, and others between them."""
    if count >= len(all_of_them):
        return list(all_of_them)
    between = chance.sample(all_of_them[1:-1], max(0, count - 2))
    return sorted({all_of_them[0], all_of_them[-1], *between})
