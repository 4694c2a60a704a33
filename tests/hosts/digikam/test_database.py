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


def put_into_database(here: Desk) -> None:
    """As somebody does who has nothing saved to files: digiKam is closed meanwhile."""
    with closing(sqlite3.connect(here.digikam.home / "db" / "digikam4.db")) as db, db:
        db.execute(COMMENT, (1, "My caption", "1.JPG"))
        db.execute(COMMENT, (3, "My title", "2.JPG"))
        db.execute("INSERT INTO Tags (pid, name) VALUES (0, 'mine')")
        db.execute("INSERT INTO ImageTags SELECT i.id, t.id FROM Images i, Tags t WHERE t.name = 'mine'")
        db.execute("UPDATE ImageInformation SET rating = 3")


def test_tags_ratings_and_captions_of_the_database_stay(desk: Prepare) -> None:
    here = desk("Rescan File If Modified=true")
    names = ["1.JPG", "2.JPG", "3.JPG"]
    for seed, name in enumerate(names):
        picture(here.digikam.photos / name, seed)
    here.install()
    started(here, 3)
    here.digikam.stop()
    put_into_database(here)
    here.digikam.start()

    here.digikam.run_workflow("AI Keywords")
    for name in names:
        wait_for(
            "our keywords",
            lambda name=name: set(here.digikam.tags(name)) == {"mine"} | in_file(here.digikam.photos / name),
        )  # type: ignore[misc]
        assert len(here.digikam.tags(name)) >= 9
        assert here.digikam.rating(name) == 3
    mine = {"1.JPG": {1: "My caption"}, "2.JPG": {3: "My title"}, "3.JPG": {}}
    assert {name: here.digikam.comments(name) for name in names} == mine

    photos = [here.digikam.photos / name for name in names]
    said = here.bridge.run("host", "digikam", "open", "captions", *photos)
    assert "2 have a caption or a title in digiKam" in said.stdout, said.stderr
    wait_for("a caption where there was none", lambda: here.digikam.comments("3.JPG").keys() == {1, 3})
    assert {name: here.digikam.comments(name) for name in names[:2]} == {name: mine[name] for name in names[:2]}
    here.digikam.stop()


def test_the_workflow_for_captions_leaves_those_of_the_database(desk: Prepare) -> None:
    here = desk("Rescan File If Modified=true")
    names = ["1.JPG", "2.JPG", "3.JPG"]
    for seed, name in enumerate(names):
        picture(here.digikam.photos / name, seed)
    here.install()
    started(here, 3)
    here.digikam.stop()
    put_into_database(here)
    here.digikam.start()
    here.digikam.run_workflow("AI Captions")
    wait_for("a caption where there was none", lambda: here.digikam.comments("3.JPG").keys() == {1, 3})
    assert here.digikam.comments("1.JPG") == {1: "My caption"}
    assert here.digikam.comments("2.JPG") == {3: "My title"}
    assert [here.digikam.tags(name) for name in names] == [["mine"]] * 3
    here.digikam.stop()
