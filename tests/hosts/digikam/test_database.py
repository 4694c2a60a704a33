"""What only digiKam's database knows stays there, though digiKam reads our files again."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.hosts.desktop import wait_for
from tests.hosts.digikam.conftest import Desk, Prepare, picture
from tests.hosts.digikam.test_workflow import in_file, started

pytestmark = pytest.mark.hosts

COMMENT = """INSERT INTO ImageComments (imageid, type, language, comment)
  SELECT id, ?, 'x-default', ? FROM Images WHERE name = ?"""
CAPTION, TITLE = 1, 3


def put_into_database(here: Desk, word: str) -> None:
    """As somebody does who has nothing saved to files: digiKam is closed meanwhile."""
    with closing(sqlite3.connect(here.digikam.home / "db" / "digikam4.db")) as db, db:
        db.execute(COMMENT, (CAPTION, "My caption", "1.JPG"))
        db.execute(COMMENT, (CAPTION, "My caption", "2.JPG"))
        db.execute(COMMENT, (TITLE, "My title", "3.JPG"))
        mine = db.execute("INSERT INTO Tags (pid, name) VALUES (0, 'mine')").lastrowid
        same = db.execute("INSERT INTO Tags (pid, name) VALUES (?, ?)", (mine, word.title())).lastrowid
        db.execute("INSERT INTO ImageTags SELECT id, ? FROM Images", (mine,))
        db.execute("INSERT INTO ImageTags SELECT id, ? FROM Images WHERE name = '1.JPG'", (same,))
        db.execute("UPDATE ImageInformation SET rating = 3")


def test_what_only_its_database_knows_stays_and_counts(desk: Prepare) -> None:
    here = desk("Rescan File If Modified=true")
    names = ["1.JPG", "2.JPG", "3.JPG", "4.JPG"]
    photos = {name: picture(here.digikam.photos / name, seed) for seed, name in enumerate(names)}
    here.install()
    started(here, len(names))
    here.digikam.stop()
    word, *others = here.bridge.results("tag", photos["1.JPG"], "--keywords-only")["1.JPG"]["added"]
    put_into_database(here, word)
    here.digikam.start()

    here.digikam.run_workflow("AI Keywords")
    assert in_file(photos["1.JPG"]) == set(others), "it had the one word beneath another"
    for name in names:
        own = {"mine", f"mine/{word.title()}"} if name == "1.JPG" else {"mine"}
        wait_for("our keywords", lambda name=name, own=own: set(here.digikam.tags(name)) == own | in_file(photos[name]))  # type: ignore[misc]
        assert len(in_file(photos[name])) >= 7
        assert here.digikam.rating(name) == 3
    assert here.digikam.comments("1.JPG") == {CAPTION: "My caption"}

    said = here.bridge.run("host", "digikam", "open", "captions", photos["1.JPG"])
    assert "1 written" in said.stdout, said.stderr
    here.digikam.run_workflow("AI Captions")
    for name in names:
        wait_for("a caption and a title", lambda name=name: here.digikam.comments(name).keys() == {CAPTION, TITLE})  # type: ignore[misc]
    assert [here.digikam.comments(name)[CAPTION] for name in names[:2]] == ["My caption"] * 2
    assert here.digikam.comments("3.JPG")[TITLE] == "My title"
    here.digikam.stop()
