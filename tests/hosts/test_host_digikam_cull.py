"""Open With > AI Cull Selected: what is asked and listed, pick labels in files, and what a person set in digiKam."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bridge.cli import host_digikam
from bridge.hosts.digikam import Places
from bridge.service import Service
from tests.cli.conftest import Command
from tests.culling.photos import moment
from tests.fakes.wire import WireClient
from tests.hosts.test_host_digikam import database, desktop, detached, text, told
from tests.hosts.test_host_digikam_find import SED, answers

__all__ = ["database", "desktop", "detached"]
SUM = "1 to pick, 1 to reject, 2 undecided"
LABEL = "XMP-digiKam:PickLabel"
REJECTED, ACCEPTED = "1", "3"


@pytest.fixture
def chosen(
    service: Service, person: Places, desktop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Path]:
    """Four photos of a screen with windows: one to be picked, one to be rejected (the third), two that are neither."""
    del person
    monkeypatch.setattr(host_digikam, "connect_or_start", lambda _: WireClient(service))
    monkeypatch.setenv("DISPLAY", ":0")
    (desktop / "sed").symlink_to(SED)
    folder = moment(tmp_path / "moment")
    return [folder / name for name in ("a.jpg", "b.jpg", "c.jpg", "other.jpg")]


@pytest.mark.usefixtures("detached", "database")
def test_listed_asked_written_and_taken_back(command: Command, chosen: list[Path], desktop: Path) -> None:
    before = [path.read_bytes() for path in chosen]
    answers(desktop, "", "y")
    said = command("host", "digikam", "open", "cull", *chosen)
    assert said.code == 0, said.err
    listed = said.out.splitlines()
    assert listed[0].startswith(f"pick    {chosen[0]}")
    assert listed[1].startswith(f"reject  {chosen[2]}  (") and SUM in listed
    assert SUM in told(desktop, "kdialog") and "2 written, 0 unchanged, 0 failed" in told(desktop)
    assert [text(path, LABEL) for path in chosen] == [ACCEPTED, "", REJECTED, ""]
    assert "2 taken back" in command("host", "digikam", "open", "undo").out
    assert [path.read_bytes() for path in chosen] == before


@pytest.mark.usefixtures("detached", "database")
@pytest.mark.parametrize("said", [("", ""), ("wedding", "no"), ("LEFT", "LEFT")])
def test_nothing_is_written_without_a_yes(
    command: Command, chosen: list[Path], desktop: Path, said: tuple[str, ...]
) -> None:
    before = [path.read_bytes() for path in chosen]
    answers(desktop, *said)
    assert command("host", "digikam", "open", "cull", *chosen).code == 0
    assert [path.read_bytes() for path in chosen] == before


@pytest.mark.usefixtures("detached", "database")
def test_a_preset_that_there_is_none_of(command: Command, chosen: list[Path], desktop: Path) -> None:
    answers(desktop, "poems")
    assert "There is no preset poems." in command("host", "digikam", "open", "cull", *chosen).err


@pytest.mark.usefixtures("detached")
def test_what_only_digikam_knows_stays(command: Command, chosen: list[Path], desktop: Path, database: Path) -> None:
    """The person has accepted the photo that is to be rejected, and digiKam has not written that into the file."""
    with closing(sqlite3.connect(database)) as db, db:
        db.executescript(
            f"""INSERT INTO AlbumRoots VALUES (9, 'volumeid:?path={chosen[0].parent}', '/');
            INSERT INTO Albums VALUES (9, 9, '/'); INSERT INTO Images VALUES (9, 9, 'c.jpg', 1);
            INSERT INTO Tags VALUES (90, 0, '_Digikam_Internal_Tags_'), (91, 90, 'Pick Label Accepted');
            INSERT INTO ImageTags VALUES (9, 91);"""
        )
    answers(desktop, "", "y")
    command("host", "digikam", "open", "cull", *chosen)
    assert [text(path, LABEL) for path in chosen] == [ACCEPTED, "", "", ""]


@pytest.mark.usefixtures("detached", "database")
def test_where_its_labels_cannot_be_looked_up_nothing_is_written(
    command: Command, chosen: list[Path], database: Path
) -> None:
    database.write_text("no database")
    said = command("host", "digikam", "open", "cull", *chosen)
    assert (said.code, "could not be looked up" in said.err) == (1, True)
