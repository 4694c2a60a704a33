"""Pick flags, ratings and colour labels in real files: written, read back, and taken back to the byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bridge.exiftool import ExifTool
from bridge.metadata import Marks, PlanOptions, make_plan, marks_of, read_state
from bridge.metadata.outcome import Restored
from bridge.values import Flags, Format, Keyword, Proposal, Written
from tests.metadata.desk import Desk, exiftool, picture

FORMATS = {".jpg": Format.JPEG, ".png": Format.PNG, ".tif": Format.TIFF, ".webp": Format.WEBP}
FIELDS = ("XMP-digiKam:PickLabel", "XMP-xmpDM:Pick", "XMP-xmpDM:Good")
EVERY = Flags(pick=-1, rating=4, label="red")


@pytest.fixture
def desk(tool: ExifTool, tmp_path: Path) -> Desk:
    return Desk(tool, tmp_path / "photos")


@pytest.fixture
def photo(desk: Desk) -> Path:
    return picture(desk.folder / "a.jpg")


def write(
    desk: Desk,
    photo: Path,
    flags: Flags,
    base: Written | None = None,
    *,
    job: str = "j",
    format: Format = Format.JPEG,
    options: PlanOptions | None = None,
    words: tuple[str, ...] = (),
) -> Written:
    proposal = Proposal(tuple(Keyword((word,)) for word in words), flags=flags)
    plan = make_plan(read_state(desk.tool, photo, format), proposal, base, options)
    return desk.writer.apply(plan, job=job, item=1).written


def undo(desk: Desk, job: str = "j") -> tuple[list[Restored], list[str]]:
    report = desk.writer.undo(desk.journal.of_job(job))
    assert desk.leftovers() == []
    return [undone.restored for undone in report.photos], [what for undone in report.photos for what in undone.left]


def picked(desk: Desk, photo: Path) -> list[str]:
    return [desk.text(photo, tag) for tag in FIELDS]


@pytest.mark.parametrize("suffix", FORMATS)
def test_they_are_read_again_as_they_were_written_and_taken_back_to_the_byte(desk: Desk, suffix: str) -> None:
    photo = picture(desk.folder / f"a{suffix}")
    before = photo.read_bytes()
    write(desk, photo, EVERY, format=FORMATS[suffix])
    assert marks_of(read_state(desk.tool, photo, FORMATS[suffix])) == Marks(rating=4, pick=-1, label="red")
    assert picked(desk, photo) == ["1", "-1", "False"]
    assert undo(desk) == ([Restored.EXACTLY], [])
    assert photo.read_bytes() == before


def test_a_raw_gets_a_sidecar_which_goes_again(desk: Desk, shared_photos: Path) -> None:
    raw = desk.folder / "kodak_dc50.kdc"
    shutil.copyfile(shared_photos / "raw" / raw.name, raw)
    before = raw.read_bytes()
    write(desk, raw, Flags(rating=-1), format=Format.RAW)
    xmp = desk.folder / "kodak_dc50.kdc.xmp"
    assert desk.text(xmp, "XMP-xmp:Rating") == "-1"
    assert marks_of(read_state(desk.tool, raw, Format.RAW)) == Marks(pick=-1)
    undo(desk)
    assert raw.read_bytes() == before and not xmp.exists()


def test_a_photo_and_its_sidecar_say_the_same(desk: Desk, photo: Path) -> None:
    xmp = desk.folder / "a.xmp"
    exiftool("-q", "-XMP-dc:Creator=Me", xmp)
    before = xmp.read_bytes()
    write(desk, photo, Flags(pick=1))
    assert picked(desk, photo) == picked(desk, xmp) == ["3", "1", "True"]
    assert undo(desk)[0] == [Restored.EXACTLY] * 2
    assert xmp.read_bytes() == before


def test_windows_stars_are_kept_in_step_and_come_back(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-IFD0:Rating=0", "-XMP-microsoft:RatingPercent=0", "-EXIF:Artist=Me", photo)
    before = photo.read_bytes()
    write(desk, photo, Flags(rating=4))
    stars = [desk.text(photo, tag) for tag in ("XMP-xmp:Rating", "IFD0:Rating", "XMP-microsoft:RatingPercent")]
    assert stars == ["4", "4", "75"]
    assert desk.text(photo, "IFD0:Artist") == "Me"
    undo(desk)
    assert photo.read_bytes() == before


def test_a_sidecar_of_ours_has_the_stars_that_a_person_set_in_the_photo(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-IFD0:Rating=3", photo)
    write(desk, photo, Flags(label="green"), options=PlanOptions(read_only=True))
    assert desk.text(desk.folder / "a.jpg.xmp", "XMP-xmp:Rating") == "3"


def test_an_edit_of_another_field_stays_when_ours_go(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-XMP-digiKam:PickLabel=0", photo)
    write(desk, photo, EVERY)
    exiftool("-q", "-overwrite_original", "-XMP-xmp:Rating=2", "-XMP-dc:Subject+=theirs", photo)
    restored, left = undo(desk)
    assert (restored, left) == ([Restored.PARTLY], ["rating: changed since"])
    assert picked(desk, photo) == ["0", "", ""]
    assert (desk.text(photo, "XMP-xmp:Rating"), desk.text(photo, "XMP-xmp:Label")) == ("2", "")
    assert desk.words(photo) == ["theirs"]


def test_a_flag_that_a_person_turned_round_stays_and_no_later_run_changes_it(desk: Desk, photo: Path) -> None:
    base = write(desk, photo, Flags(pick=-1))
    exiftool("-q", "-overwrite_original", "-XMP-digiKam:PickLabel=3", photo)
    base = write(desk, photo, Flags(pick=-1), base, job="k")
    assert picked(desk, photo) == ["3", "1", "True"], "the fields that said ours follow the person's"
    assert base.flags == Flags()
    assert undo(desk, "k")[0] == [Restored.EXACTLY]
    assert undo(desk) == ([Restored.PARTLY], ["pick flag: changed since"])
    assert picked(desk, photo) == ["3", "", ""]


def test_what_a_later_run_wrote_stays_when_the_first_is_undone_and_goes_with_its_own(desk: Desk, photo: Path) -> None:
    base = write(desk, photo, Flags(pick=-1), job="a")
    write(desk, photo, Flags(pick=1), base, job="b")
    assert undo(desk, "a")[1] == ["pick flag: a later run wrote it"]
    assert picked(desk, photo) == ["3", "1", "True"]
    undo(desk, "b")
    assert picked(desk, photo) == ["", "", ""]


def test_what_a_later_run_said_too_stays_and_goes_with_it(desk: Desk, photo: Path) -> None:
    before = photo.read_bytes()
    base = write(desk, photo, Flags(pick=-1), job="a")
    write(desk, photo, Flags(pick=-1, label="red"), base, job="b")
    undo(desk, "a")
    assert picked(desk, photo) == ["1", "-1", "False"]
    undo(desk, "b")
    assert picked(desk, photo) == ["", "", ""]
    assert desk.text(photo, "XMP-xmp:Label") == ""
    write(desk, photo, Flags(), words=("sea",), job="c")
    assert photo.read_bytes() != before


def test_runs_undone_newest_first_lead_back_to_the_first_byte(desk: Desk, photo: Path) -> None:
    before = photo.read_bytes()
    base = write(desk, photo, Flags(pick=-1), words=("sea",), job="a")
    base = write(desk, photo, Flags(pick=1, rating=5), base, job="b")
    write(desk, photo, Flags(rating=-1, label="green"), base, words=("sea", "boat"), job="c")
    for job in ("c", "b", "a"):
        assert undo(desk, job)[0] == [Restored.EXACTLY]
    assert photo.read_bytes() == before
