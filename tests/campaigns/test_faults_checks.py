"""The ledger of the fault campaign: what is done to photos here by hand, it sees."""

from __future__ import annotations

import hashlib
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.journal import EntryState, JournalEntry
from bridge.store import SqliteJournal, Store
from campaigns.faults.checks import answer_file, check_undone, check_written
from campaigns.faults.library import MAKES, Photo, Shoot, make_shoot
from campaigns.faults.trial import Trial, figures

JOB = "20261130-120000-abcdef"
WORDS = ["harbour", "lighthouse", "meadow"]


@dataclass(frozen=True)
class Written:
    """A shoot that has its answers, and a home whose journal knows of them."""

    shoot: Shoot
    home: Path
    said: dict[Path, dict[str, Any]]

    def checked(self) -> Trial:
        trial = Trial("by hand")
        check_written(trial, self.shoot, self.home, [JOB], self.said)
        return trial

    def photo(self, wanted: Callable[[Photo], bool]) -> Photo:
        return next(photo for photo in self.shoot.photos if wanted(photo))


@pytest.fixture
def written(tmp_path: Path) -> Written:
    shoot = make_shoot(tmp_path / "shoot", len(MAKES), seed=1)
    files = [answer_file(photo) for photo in shoot.photos]
    write(*(f"-XMP-dc:Subject+={word}" for word in WORDS), *(path for path in files if path.exists()))
    for path in files:
        if not path.exists():
            write(*(f"-XMP-dc:Subject={word}" for word in WORDS), path)
    said = {
        photo.path: {"status": "done", "keywords": [{"name": word} for word in WORDS], "error": None}
        for photo in shoot.photos
    }
    home = tmp_path / "home"
    home.mkdir()
    store = Store(home / "bridge.db")
    journal = SqliteJournal(store)
    journal.settle(journal.intend([entry(path) for path in files]), EntryState.DONE)
    store.close()
    return Written(shoot, home, said)


def entry(path: Path) -> JournalEntry:
    digest = hashlib.blake2b(path.read_bytes(), digest_size=32).hexdigest()
    return JournalEntry(path, path, JOB, 1, "whole", b"", None, digest)


def write(*arguments: str | Path) -> None:
    subprocess.run(["exiftool", "-q", "-m", "-overwrite_original_in_place", *map(str, arguments)], check=True)


def jpeg(photo: Photo) -> bool:
    return photo.path.suffix == ".jpg" and not photo.make.words


def test_photos_that_are_well_give_no_finding(written: Written) -> None:
    trial = written.checked()
    assert trial.findings == []
    assert trial.photos == len(MAKES)


def test_a_person_s_keyword_that_is_gone_is_lost(written: Written) -> None:
    photo = written.photo(lambda photo: photo.make.words and not photo.make.sidecar)
    write(f"-XMP-dc:Subject-={photo.words[0]}", photo.path)
    assert any(photo.words[0] in found for found in written.checked().lost)


def test_a_person_s_caption_in_a_sidecar_that_is_another_one_is_lost(written: Written) -> None:
    photo = written.photo(lambda photo: photo.make.sidecar)
    write("-XMP-dc:Description=A harbour.", photo.sidecar)
    assert any("caption" in found for found in written.checked().lost)


def test_a_photo_without_its_answer_is_lost(written: Written) -> None:
    photo = written.photo(jpeg)
    photo.path.write_bytes(written.shoot.before[photo.path])
    assert any(photo.path.name in found for found in written.checked().lost)


def test_a_photo_that_the_run_failed_is_lost(written: Written) -> None:
    photo = written.photo(jpeg)
    written.said[photo.path] |= {"status": "failed", "error": {"code": "disk_full"}}
    assert any("disk_full" in found for found in written.checked().lost)


def test_a_keyword_that_stands_twice_is_doubled_whatever_its_case(written: Written) -> None:
    photo = written.photo(jpeg)
    write("-XMP-dc:Subject+=Harbour", photo.path)
    assert [photo.path.name in found for found in written.checked().doubled] == [True]


def test_a_file_that_ends_early_is_damaged(written: Written) -> None:
    photo = written.photo(jpeg)
    photo.path.write_bytes(photo.path.read_bytes()[:-2000])
    assert any(photo.path.name in found for found in written.checked().damaged)


def test_a_raw_that_was_written_is_damaged(written: Written) -> None:
    photo = written.photo(lambda photo: photo.make.raw)
    photo.path.write_bytes(photo.path.read_bytes() + b"\0")
    assert any("RAW" in found for found in written.checked().damaged)


def test_names_of_one_file_that_part_are_damage(written: Written) -> None:
    photo = written.photo(lambda photo: photo.make.linked)
    data = photo.path.read_bytes()
    photo.path.unlink()
    photo.path.write_bytes(data)
    assert any("parted" in found for found in written.checked().damaged)


def test_a_write_that_the_journal_does_not_know_is_seen(written: Written) -> None:
    photo = written.photo(jpeg)
    write("-XMP-dc:Creator=Somebody", photo.path)
    assert [photo.path.name in found for found in written.checked().unjournalled] == [True]


def test_a_file_that_nobody_expected_is_left_over(written: Written) -> None:
    (written.shoot.folder / ".photo-bridge-00000000-0000000000000000.tmp").write_bytes(b"half")
    trial = written.checked()
    assert any(".photo-bridge-" in found for found in trial.left)


def test_what_is_not_what_it_was_is_not_undone(written: Written) -> None:
    for path, data in written.shoot.before.items():
        path.write_bytes(data)
    for path in set(written.shoot.folder.iterdir()) - set(written.shoot.before):
        path.unlink()
    trial = Trial("by hand")
    check_undone(trial, written.shoot)
    assert trial.findings == []
    written.shoot.photos[0].path.write_bytes(b"something else")
    check_undone(trial, written.shoot)
    assert len(trial.not_undone) == 1


def test_a_finding_of_any_kind_and_too_few_kills_fall_short() -> None:
    well = Trial("well", faults=Counter({"killed at work": 3}), asked_twice=2, under_way=2)
    assert all(figure.met for figure in figures([well], least_kills=3))
    assert not all(figure.met for figure in figures([well], least_kills=4))
    for name in ("lost", "doubled", "damaged", "unjournalled", "left", "wrong", "not_undone"):
        ill = Trial("ill", **{name: ["a photo"]})
        assert not all(figure.met for figure in figures([ill], least_kills=0)), name
    assert not all(figure.met for figure in figures([Trial("ill", asked_twice=1)], least_kills=0))
