"""Faces that files name: read as they lie on the shown picture, those of others kept, ours added and taken back."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bridge.errors import MetadataRefused
from bridge.exiftool import ExifTool
from bridge.metadata import PlanOptions, read_state
from bridge.metadata.naming import Named, Naming, with_regions
from bridge.metadata.outcome import Restored
from bridge.metadata.plan import Plan
from bridge.metadata.regions import Box, Frame, Region, named_regions, pairs, read_regions
from bridge.values import Format
from tests.metadata.desk import FORMATS, Desk, exiftool
from tests.photos.made import EMBEDDABLE, save

FRAME = Frame(400, 200, 1)
ANNA = Region("Anna", Box(0.1, 0.2, 0.1, 0.2))
BEN = Region("Ben, the | old} one", Box(0.6, 0.2, 0.1, 0.2))
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""As viewers turn a picture by EXIF's orientation (ImageOps.exif_transpose)."""
SIZE = "AppliedToDimensions={W=400,H=200,Unit=pixel}"


@pytest.fixture
def desk(tool: ExifTool, tmp_path: Path) -> Desk:
    return Desk(tool, tmp_path / "photos")


@pytest.fixture
def photo(desk: Desk) -> Path:
    path = desk.folder / "a.jpg"
    Image.new("RGB", (400, 200), (90, 120, 30)).save(path)
    return path


def plan(desk: Desk, photo: Path, *people: Region, ours: frozenset[str] = frozenset(), **more: Any) -> Named:
    format = Format.JPEG if photo.suffix == ".jpg" else Format.RAW
    state = read_state(desk.tool, photo, format)
    frame = more.pop("frame", FRAME)
    found = read_regions(desk.tool, state, frame)
    naming = Naming(people, frame, ours, **more)
    return with_regions(Plan(photo, format), state, found, naming, PlanOptions())


def write(desk: Desk, photo: Path, *people: Region, job: str = "j", **more: Any) -> Named:
    named = plan(desk, photo, *people, **more)
    desk.writer.apply(named.plan, job=job, item=1)
    return named


def said(photo: Path) -> dict[str, Any]:
    (told,) = json.loads(exiftool("-j", "-struct", "-XMP-mwg-rs:all", "-XMP-MP:all", photo))
    return {"mwg": told.get("RegionInfo", {}), "mp": told.get("RegionInfoMP", {}).get("Regions", [])}


def names(photo: Path) -> list[str]:
    return [region.get("Name", "") for region in said(photo)["mwg"].get("RegionList", [])]


def test_a_named_face_is_written_as_mwg_and_as_microsoft_and_undone_byte_for_byte(desk: Desk, photo: Path) -> None:
    before = photo.read_bytes()
    named = write(desk, photo, ANNA, BEN)
    assert named.added == ("Anna", BEN.name) and len(named.entries) == 4
    found = said(photo)
    assert found["mwg"]["AppliedToDimensions"] == {"W": 400, "H": 200, "Unit": "pixel"}
    assert found["mwg"]["RegionList"][0] == {
        "Area": {"X": 0.15, "Y": 0.3, "W": 0.1, "H": 0.2, "Unit": "normalized"},
        "Name": "Anna",
        "Type": "Face",
    }
    assert found["mp"][1] == {"PersonDisplayName": BEN.name, "Rectangle": "0.6, 0.2, 0.1, 0.2"}
    assert plan(desk, photo, ANNA, BEN, ours=named.entries).plan.empty
    assert plan(desk, photo, ANNA, BEN).plan.empty, "regions that another run wrote are known by their place and name"
    report = desk.writer.undo(desk.journal.of_job("j"))
    assert [one.restored for one in report.photos] == [Restored.EXACTLY]
    assert photo.read_bytes() == before


def test_regions_of_others_stay_as_they_are_with_every_field_of_theirs(desk: Desk, photo: Path) -> None:
    theirs = "{Name=Old,Type=Face,Description=d,Area={X=0.15,Y=0.3,W=0.12,H=0.2,Unit=normalized}}"
    unnamed = "{Type=Face,Area={X=0.65,Y=0.3,W=0.1,H=0.2,Unit=normalized}}"
    exiftool("-overwrite_original", f"-RegionInfo={{{SIZE},RegionList=[{theirs},{unnamed}]}}", photo)
    before = said(photo)["mwg"]["RegionList"]
    named = write(desk, photo, ANNA, BEN)
    assert said(photo)["mwg"]["RegionList"][:2] == before
    assert named.added == (BEN.name,) and names(photo) == ["Old", "", BEN.name]
    assert [region["PersonDisplayName"] for region in said(photo)["mp"]] == [BEN.name]
    assert any("Old" in warning and "Anna" in warning for warning in named.plan.warnings)


def test_a_face_that_the_file_names_already_gets_no_second_region(desk: Desk, photo: Path) -> None:
    theirs = "{Name=ANNA,Type=Face,Area={X=0.14,Y=0.32,W=0.16,H=0.3,Unit=normalized}}"
    exiftool("-overwrite_original", f"-RegionInfo={{{SIZE},RegionList=[{theirs}]}}", photo)
    write(desk, photo, ANNA)
    assert names(photo) == ["ANNA"] and [one["PersonDisplayName"] for one in said(photo)["mp"]] == ["Anna"]


def test_a_new_name_takes_the_place_of_our_old_one(desk: Desk, photo: Path) -> None:
    first = write(desk, photo, ANNA, BEN)
    second = write(desk, photo, replace(ANNA, name="Hanna"), BEN, job="k", ours=first.entries)
    assert (second.added, second.removed) == (("Hanna",), ("Anna",))
    assert sorted(names(photo)) == [BEN.name, "Hanna"]
    assert second.taken < first.entries


def test_what_a_person_took_away_does_not_come_back(desk: Desk, photo: Path) -> None:
    named = write(desk, photo, ANNA)
    exiftool("-overwrite_original", "-XMP-mwg-rs:all=", "-XMP-MP:all=", photo)
    again = plan(desk, photo, ANNA, ours=named.entries, gone=named.entries)
    assert again.plan.empty and "stays away" in again.plan.warnings[0]


def test_undo_after_another_program_added_a_face_takes_only_ours(desk: Desk, photo: Path) -> None:
    write(desk, photo, ANNA)
    later = "{Name=Later,Type=Face,Area={X=0.9,Y=0.9,W=0.1,H=0.1,Unit=normalized}}"
    exiftool("-overwrite_original", f"-XMP-mwg-rs:RegionList+={later}", photo)
    (undone,) = desk.writer.undo(desk.journal.of_job("j")).photos
    assert undone.restored is Restored.PARTLY
    assert names(photo) == ["Later"] and said(photo)["mp"] == []
    assert said(photo)["mwg"]["AppliedToDimensions"]["W"] == 400, "their region needs it"


def test_a_region_of_others_with_more_fields_than_ours_is_never_taken_with_it(desk: Desk, photo: Path) -> None:
    named = write(desk, photo, ANNA)
    more = "{Name=Anna,Type=Face,Description=theirs,Area={X=0.15,Y=0.3,W=0.1,H=0.2,Unit=normalized}}"
    exiftool("-overwrite_original", f"-XMP-mwg-rs:RegionList+={more}", photo)
    with pytest.raises(MetadataRefused, match="theirs"):
        write(desk, photo, job="k", ours=named.entries)
    assert names(photo) == ["Anna", "Anna"]


def test_undo_tells_of_a_region_that_another_program_wrote_anew(desk: Desk, photo: Path) -> None:
    write(desk, photo, BEN, ANNA)
    place = "Area={X=0.15000,Y=0.30000,W=0.10000,H=0.20000,Unit=normalized}"
    exiftool("-overwrite_original", f"-RegionInfo={{{SIZE},RegionList=[{{Name=Anna,Type=Face,{place}}}]}}", photo)
    (undone,) = desk.writer.undo(desk.journal.of_job("j")).photos
    assert undone.left == ("The face region of Anna: changed since",)
    assert names(photo) == ["Anna"] and said(photo)["mp"] == []


def test_two_runs_taken_back_in_the_order_of_writing_leave_nothing(desk: Desk, photo: Path) -> None:
    first = write(desk, photo, ANNA)
    write(desk, photo, replace(ANNA, name="Hanna"), job="k", ours=first.entries)
    desk.writer.undo(desk.journal.of_job("j"))
    assert names(photo) == ["Hanna"] and said(photo)["mwg"]["AppliedToDimensions"]["W"] == 400
    desk.writer.undo(desk.journal.of_job("k"))
    assert said(photo) == {"mwg": {}, "mp": []}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_regions_lie_on_the_stored_picture(desk: Desk, photo: Path, orientation: int) -> None:
    exiftool("-overwrite_original", "-n", f"-Orientation={orientation}", photo)
    shown = (200, 400) if orientation >= 5 else (400, 200)
    frame = Frame.of_shown(*shown, orientation)
    assert frame == Frame(400, 200, orientation)
    write(desk, photo, ANNA, frame=frame)
    state = read_state(desk.tool, photo, Format.JPEG)
    (region,) = named_regions(read_regions(desk.tool, state, frame))
    assert region.name == "Anna" and region.box.overlap(ANNA.box) > 0.999
    (written,) = said(photo)["mwg"]["RegionList"]
    dot = Image.new("L", (400, 200))
    dot.putpixel((round(written["Area"]["X"] * 400), round(written["Area"]["Y"] * 200)), 255)
    seen = dot if orientation == 1 else dot.transpose(TURNS[orientation])
    left, top, right, bottom = seen.getbbox() or (0, 0, 0, 0)
    assert abs((left + right) / 2 / shown[0] - 0.15) < 0.01 and abs((top + bottom) / 2 / shown[1] - 0.3) < 0.01


def test_a_program_that_drew_on_the_shown_picture_is_understood(desk: Desk, photo: Path) -> None:
    exiftool(
        *("-overwrite_original", "-n", "-Orientation=6"),
        "-RegionInfo={AppliedToDimensions={W=200,H=400,Unit=pixel},"
        "RegionList=[{Name=Anna,Type=Face,Area={X=0.15,Y=0.3,W=0.1,H=0.2,Unit=normalized}}]}",
        photo,
    )
    state = read_state(desk.tool, photo, Format.JPEG)
    (region,) = named_regions(read_regions(desk.tool, state, Frame(400, 200, 6)))
    assert region.box.overlap(ANNA.box) > 0.999


def test_regions_from_before_a_crop_say_nothing_and_get_no_company(desk: Desk, photo: Path) -> None:
    exiftool(
        "-overwrite_original",
        "-RegionInfo={AppliedToDimensions={W=300,H=300,Unit=pixel},"
        "RegionList=[{Name=Anna,Type=Face,Area={X=0.15,Y=0.3,W=0.1,H=0.2,Unit=normalized}}]}",
        photo,
    )
    state = read_state(desk.tool, photo, Format.JPEG)
    assert named_regions(read_regions(desk.tool, state, FRAME)) == []
    assert plan(desk, photo, BEN).plan.empty


def test_a_raw_gets_its_regions_in_a_sidecar_that_undo_removes(desk: Desk, photo: Path) -> None:
    raw = desk.folder / "b.kdc"
    shutil.move(photo, raw)
    write(desk, raw, ANNA)
    sidecar = desk.folder / "b.kdc.xmp"
    assert names(sidecar) == ["Anna"] and plan(desk, raw, ANNA).plan.empty
    desk.writer.undo(desk.journal.of_job("j"))
    assert not sidecar.exists()


@pytest.mark.parametrize("suffix", EMBEDDABLE)
def test_every_format_takes_them_and_gives_them_back(desk: Desk, suffix: str) -> None:
    photo, format = save(desk.folder / f"b{suffix}"), FORMATS[suffix]
    before = photo.read_bytes()
    state = read_state(desk.tool, photo, format)
    naming = Naming((ANNA, BEN), FRAME)
    named = with_regions(Plan(photo, format), state, read_regions(desk.tool, state, FRAME), naming, PlanOptions())
    desk.writer.apply(named.plan, job="j", item=1)
    assert names(photo) == ["Anna", BEN.name]
    desk.writer.undo(desk.journal.of_job("j"))
    assert photo.read_bytes() == before


@pytest.mark.parametrize("name", ["[A]", "{A}", 'O\'Brien, "Zoë" & <b>', "-if", "$HOME @x %d", "日本 花子"])
def test_any_name_arrives_as_it_is(desk: Desk, photo: Path, name: str) -> None:
    region = replace(ANNA, name=name)
    named = write(desk, photo, region)
    assert names(photo) == [name] and [one["PersonDisplayName"] for one in said(photo)["mp"]] == [name]
    assert write(desk, photo, job="k", ours=named.entries).removed == (name,)
    assert names(photo) == []


def test_a_sidecar_goes_before_its_photo(desk: Desk, photo: Path) -> None:
    theirs = "{Name=Anna,Type=Face,Area={X=0.15,Y=0.3,W=0.1,H=0.2,Unit=normalized}}"
    exiftool("-overwrite_original", f"-RegionInfo={{{SIZE},RegionList=[{theirs.replace('Anna', 'Anne')}]}}", photo)
    exiftool(f"-RegionInfo={{{SIZE},RegionList=[{theirs}]}}", "-o", desk.folder / "a.xmp")
    state = read_state(desk.tool, photo, Format.JPEG)
    assert [region.name for region in named_regions(read_regions(desk.tool, state, FRAME))] == ["Anna"]


def test_each_box_has_one_partner_the_best() -> None:
    ours = [Box(0.1, 0.1, 0.2, 0.2), Box(0.15, 0.1, 0.2, 0.2), Box(0.8, 0.8, 0.1, 0.1)]
    theirs = [Box(0.15, 0.11, 0.2, 0.2), Box(0.05, 0.1, 0.2, 0.2)]
    assert pairs(ours, theirs) == {1: 0, 0: 1}
