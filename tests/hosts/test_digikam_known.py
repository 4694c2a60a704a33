"""What digiKam says of a photo: to the scripts of its queue, and in its database."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from bridge.errors import NotAvailable
from bridge.hosts.digikam_database import known, tags
from bridge.hosts.digikam_known import told
from bridge.hosts.digikam_tree import sync, sync_once
from bridge.values import Known

SCHEMA = """
CREATE TABLE AlbumRoots (id, identifier, specificPath);
CREATE TABLE Albums (id, albumRoot, relativePath);
CREATE TABLE Images (id, album, name, status);
CREATE TABLE ImageComments (imageid, type, language, comment);
CREATE TABLE ImageInformation (imageid, rating);
CREATE TABLE Tags (id, pid, name);
CREATE TABLE TagProperties (tagid, property);
CREATE TABLE ImageTags (imageid, tagid);
"""
"""What is read of digiKam's tables, by the names of 7.9."""
NOTHING = {"TITLE": "", "COMMENTS": "", "RATING": "-1", "COLORLABEL": "0", "PICKLABEL": "0", "TAGSPATH": ""}
"""The variables of a photo of which digiKam knows nothing."""


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, Known(pick=0)),
        ({"TAGSPATH": "Nature/Sea;pi|pe;Ünï"}, Known((("Nature", "Sea"), ("pi|pe",), ("Ünï",)), pick=0)),
        ({"TITLE": "One", "COMMENTS": "line 1\nline 2"}, Known(title="One", caption="line 1\nline 2", pick=0)),
        ({"RATING": "0"}, Known(rating=0, pick=0)),
        ({"RATING": "5", "COLORLABEL": "4", "PICKLABEL": "3"}, Known(rating=5, label="green", pick=1)),
        ({"COLORLABEL": "6", "PICKLABEL": "1"}, Known(label="purple", pick=-1)),
        ({"COLORLABEL": "10", "PICKLABEL": "²", "RATING": "many"}, Known()),
        ({"TITLE": "caf\udce9"}, Known(title="caf\ufffd", pick=0)),
    ],
)
def test_what_a_script_is_told(variables: Mapping[str, str], said: Known) -> None:
    assert told({**NOTHING, **variables}) == said


def test_a_script_that_is_told_nothing() -> None:
    assert told({}) == Known()


@pytest.fixture
def rc(tmp_path: Path) -> bytes:
    """The settings of a digiKam with two albums, one of them on a drive that it knows by its id."""
    with closing(sqlite3.connect(tmp_path / "digikam4.db")) as db:
        db.executescript(
            f"""
            {SCHEMA}
            INSERT INTO AlbumRoots VALUES (1, 'volumeid:?path=/my%20photos', '/'), (2, 'volumeid:?uuid=12-34', '/DCIM');
            INSERT INTO Albums VALUES (1, 1, '/2026'), (2, 1, '/'), (3, 2, '/100');
            INSERT INTO Images VALUES (1, 1, 'a.jpg', 1), (2, 2, 'a.jpg', 1), (3, 3, 'b.jpg', 1), (4, 1, 'c.jpg', 3);
            INSERT INTO Tags VALUES (1, 0, '_Digikam_Internal_Tags_'), (2, 1, 'Color Label Magenta'),
              (3, 1, 'Pick Label Rejected'), (4, 0, 'Nature'), (5, 4, 'Sea'), (6, 0, 'Color Label Red'),
              (7, 0, 'People'), (8, 7, 'Rose');
            INSERT INTO TagProperties VALUES (2, 'internalTag'), (8, 'person'), (8, 'faceEngineId');
            INSERT INTO ImageTags VALUES (1, 2), (1, 3), (1, 5), (1, 6), (2, 99);
            INSERT INTO ImageComments VALUES (1, 1, 'de', 'Meer'), (1, 1, 'x-default', 'Sea'), (1, 3, 'x-default', ' '),
              (2, 3, 'x-default', 'A title'), (2, 2, 'x-default', 'A headline');
            INSERT INTO ImageInformation VALUES (1, 4), (2, -1), (3, NULL);
            """
        )
    return f"[Database Settings]\nDatabase Name={tmp_path}/\n".encode()


def test_what_its_database_says(rc: bytes, tmp_path: Path) -> None:
    photos = {
        "/my photos/2026/a.jpg": Known(
            (("Nature", "Sea"), ("Color Label Red",)), caption="Sea", rating=4, label="purple", pick=-1
        ),
        "/my photos/a.jpg": Known(title="A title"),
        "/media/card/DCIM/100/b.jpg": Known(),
    }
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    others = ["/elsewhere/a.jpg", "/my photos/2026/c.jpg", "/my photos/2026/\udcff.jpg"]
    found = known(rc, [Path(name) for name in (*photos, *others)])
    assert found == {Path(name): said for name, said in photos.items()}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_tags_that_are_words_for_photos(rc: bytes) -> None:
    assert tags(rc) == [("Color Label Red",), ("Nature",), ("Nature", "Sea"), ("People",)]
    assert tags(None) == []


class Daemon:
    """What is known to it by hash."""

    def __init__(self) -> None:
        self.trees: dict[str, list[tuple[str, ...]]] = {}

    def call(self, method: str, *, tree: str, keywords: list[dict[str, tuple[str, ...]]] | None = None) -> object:
        assert method == "vocabulary.sync"
        if keywords is not None:
            self.trees[tree] = [keyword["path"] for keyword in keywords]
        return {"known": tree in self.trees}


def test_a_queue_keeps_the_tags_that_it_began_with(rc: bytes, tmp_path: Path) -> None:
    """They grow with what it adds, and another tree would be another run."""
    daemon, note = Daemon(), tmp_path / "note"
    first = sync_once(daemon.call, rc, "digikam 1", note)
    assert daemon.trees == {first: tags(rc)}
    with closing(sqlite3.connect(tmp_path / "digikam4.db")) as db, db:
        db.execute("INSERT INTO Tags VALUES (9, 0, 'Canoe')")
    assert sync_once(daemon.call, rc, "digikam 1", note) == first
    daemon.trees.clear()
    second = sync_once(daemon.call, rc, "digikam 1", note)
    assert second != first, "what the daemon has forgotten is sent again, as it is now"
    assert daemon.trees == {second: tags(rc)}
    assert sync(daemon.call, rc) == sync_once(daemon.call, rc, "digikam 2", note) == second
    os.utime(note, (0, 0))
    with closing(sqlite3.connect(tmp_path / "digikam4.db")) as db, db:
        db.execute("DELETE FROM Tags WHERE id = 9")
    assert sync_once(daemon.call, rc, "digikam 2", note) == first, "it was idle: a run of its own"


def test_a_queue_keeps_it_also_where_there_were_no_tags_or_none_could_be_read(rc: bytes, tmp_path: Path) -> None:
    daemon, note = Daemon(), tmp_path / "note"
    empty = sync_once(daemon.call, None, "digikam 1", note)
    assert daemon.trees == {empty: []}
    assert sync_once(daemon.call, rc, "digikam 1", note) == empty
    mysql = rc + b"Database Type=QMYSQL\n"
    assert sync_once(daemon.call, mysql, "digikam 2", note) is None
    assert sync_once(daemon.call, rc, "digikam 2", note) is None


def test_a_digikam_that_was_never_started_says_nothing() -> None:
    assert known(None, [Path("/a.jpg")]) == {}


@pytest.mark.parametrize("kind", ["QMYSQL", "QSQLITE"])
def test_a_database_that_cannot_be_read_is_named(tmp_path: Path, kind: str) -> None:
    rc = f"[Database Settings]\nDatabase Type={kind}\nDatabase Name={tmp_path}/\n".encode()
    with pytest.raises(NotAvailable, match="could not be looked up"):
        known(rc, [Path("/a.jpg")])
    assert sync(Daemon().call, rc) is None
    assert list(tmp_path.iterdir()) == [], "none is made"
