"""Another picture lies at the path of a photo that a run wrote: nothing of it is touched, whatever words it has."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.engines.picture_hash import picture_hash
from bridge.exiftool import ExifTool
from bridge.journal import EntryState
from bridge.metadata.outcome import ANOTHER, Restored
from bridge.metadata.plan import TargetPlan
from bridge.values import Format
from tests.metadata.desk import FORMATS, Desk, exiftool, into, picture, plan_for, sidecar
from tests.metadata.test_settle import Cut, PowerCut
from tests.photos.made import EMBEDDABLE, dng, save


@pytest.fixture
def desk(tool: ExifTool, tmp_path: Path) -> Desk:
    return Desk(tool, tmp_path / "photos")


@pytest.fixture
def photo(desk: Desk) -> Path:
    return picture(desk.folder / "a.jpg")


def run(desk: Desk, photo: Path, *targets: TargetPlan, job: str = "j", format: Format = Format.JPEG) -> None:
    plan = plan_for(photo, *(targets or (into(photo, ("beach",), iptc=False, title=None),)), format=format)
    desk.writer.apply(plan, job=job, item=1, picture=picture_hash(photo, format))


def undone(desk: Desk, job: str = "j") -> list[Restored]:
    return [one.restored for one in desk.writer.undo(desk.journal.of_job(job)).photos]


def put(photo: Path, *words: str) -> bytes:
    """Another photo of that name, with words of its owner's."""
    picture(photo, colour=77)
    exiftool("-q", "-overwrite_original", *(f"-XMP-dc:Subject+={word}" for word in words), photo)
    return photo.read_bytes()


def test_its_word_stays_although_it_is_the_one_that_we_wrote_in_the_other(desk: Desk, photo: Path) -> None:
    before = photo.read_bytes()
    run(desk, photo)
    ours, theirs = photo.read_bytes(), put(photo, "beach")
    (told,) = desk.writer.undo(desk.journal.of_job("j")).photos
    assert (told.restored, told.left, told.error) == (Restored.ANOTHER, (ANOTHER,), None)
    assert photo.read_bytes() == theirs
    photo.write_bytes(ours)  # the card of the run is back
    assert undone(desk) == [Restored.EXACTLY] and photo.read_bytes() == before
    assert desk.journal.of_job("j") == []


def test_the_same_picture_is_the_same_photo_whatever_else_was_written_into_it(desk: Desk, photo: Path) -> None:
    run(desk, photo)
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=own", "-Orientation#=6", "-XMP-xmp:Rating=3", photo)
    assert undone(desk) == [Restored.PARTLY]
    assert desk.words(photo) == ["own"]


@pytest.mark.parametrize("suffix", EMBEDDABLE)
def test_in_every_format_metadata_of_others_leave_the_photo_what_it_is(desk: Desk, suffix: str) -> None:
    photo, format = save(desk.folder / f"a{suffix}"), FORMATS[suffix]
    run(desk, photo, into(photo, ("beach",), iptc=False, title=None), format=format)
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=own", photo)
    assert undone(desk) == [Restored.PARTLY]
    assert desk.words(photo) == ["own"]


def photo_mechanic(photo: Path) -> None:
    note = bytes.fromhex("1c 02 dd 0004 00000001").ljust(0x800, b"\0")
    photo.write_bytes(photo.read_bytes() + note + struct.pack(">I", len(note)) + b"cbipcbbl")
    exiftool("-q", "-overwrite_original", "-PhotoMechanic:ColorClass=3", photo)


def fotostation(photo: Path) -> None:
    photo.write_bytes(photo.read_bytes() + b"note" + struct.pack(">HI", 9, 14) + bytes.fromhex("a1b2c3d4"))


def canon(photo: Path) -> None:
    recipe = photo.with_name("recipe.vrd")
    empty = b"CANON OPTIONAL DATA\0"
    recipe.write_bytes(empty + bytes.fromhex("0001000000000000") + empty + bytes(42) + b"\xff\xd9")
    exiftool("-q", "-overwrite_original", f"-CanonVRD<={recipe}", photo)


@pytest.mark.parametrize("append", [photo_mechanic, fotostation, canon])
@pytest.mark.parametrize("before", [False, True])
def test_what_programs_append_to_a_jpeg_leaves_the_photo_what_it_is(
    desk: Desk, photo: Path, append: Callable[[Path], None], before: bool
) -> None:
    """Photo Mechanic keeps its marks and crops there, FotoStation and Canon's program theirs."""
    plain = picture_hash(photo, Format.JPEG)
    if before:
        append(photo)
    run(desk, photo)
    for program in (photo_mechanic, append):
        program(photo)
    assert picture_hash(photo, Format.JPEG) == plain
    noted = photo.read_bytes()[-64:]
    assert undone(desk) == [Restored.PARTLY]
    assert desk.words(photo) == [] and photo.read_bytes()[-64:] == noted


def test_a_dng_whose_previews_were_saved_anew_is_the_same_photo(desk: Desk) -> None:
    """As Lightroom does after every edit, with Update DNG Previews & Metadata."""
    small = [save(desk.folder / f"{width}.jpg", width, 60).read_bytes() for width in (90, 120)]
    photo = dng(desk.folder / "a.dng", preview=small[0])
    run(desk, photo, into(photo, ("beach",), iptc=False, title=None), format=Format.DNG)
    dng(photo, preview=small[1])
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=beach", "-XMP-dc:Subject+=own", photo)
    assert undone(desk) == [Restored.PARTLY] and desk.words(photo) == ["own"]
    dng(photo, preview=small[1], size=(400, 600))
    assert picture_hash(photo, Format.DNG) != picture_hash(dng(desk.folder / "b.dng"), Format.DNG)


def test_a_photo_that_was_cropped_or_turned_in_place_keeps_all_its_words(desk: Desk, photo: Path) -> None:
    """By its owner's mind it is the same one. Whose a word is cannot be told any more, so all of them stay."""
    run(desk, photo)
    before = photo.with_name("before.jpg")
    photo.rename(before)
    picture(photo, size=(48, 32))
    exiftool("-q", "-overwrite_original", "-TagsFromFile", before, "-XMP:all", photo)
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=own", photo)
    cropped = photo.read_bytes()
    assert undone(desk) == [Restored.ANOTHER]
    assert photo.read_bytes() == cropped and desk.words(photo) == ["beach", "own"]


def test_a_run_over_a_photo_of_that_name_is_no_later_run(desk: Desk, photo: Path) -> None:
    run(desk, photo, job="one card")
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=own", photo)
    first = photo.read_bytes()
    put(photo)
    run(desk, photo, job="another card")
    second = photo.read_bytes()
    photo.write_bytes(first)
    assert undone(desk, "one card") == [Restored.PARTLY]
    assert desk.words(photo) == ["own"], "no later run says it too"
    photo.write_bytes(second)
    assert undone(desk, "another card") == [Restored.EXACTLY]


def test_what_an_older_version_wrote_is_undone_by_its_path_as_ever(desk: Desk, photo: Path) -> None:
    desk.writer.apply(plan_for(photo, into(photo, ("beach",), iptc=False, title=None)), job="j", item=1)
    put(photo, "beach", "own")
    assert undone(desk) == [Restored.PARTLY]
    assert desk.words(photo) == ["own"]


def test_a_photo_that_was_renamed_is_undone_when_it_has_its_name_again(desk: Desk, photo: Path) -> None:
    before = photo.read_bytes()
    run(desk, photo)
    away = photo.rename(desk.folder / "renamed.jpg")
    ours = away.read_bytes()
    assert undone(desk) == [Restored.GONE] and away.read_bytes() == ours
    away.rename(photo)
    assert undone(desk) == [Restored.EXACTLY] and photo.read_bytes() == before


# -- sidecars ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def raw(desk: Desk) -> Path:
    path = desk.folder / "IMG_0001.CR2"
    path.write_bytes(b"II*\x00 one card")
    return path


@pytest.fixture
def xmp(desk: Desk) -> Path:
    path = desk.folder / "IMG_0001.xmp"
    exiftool("-q", "-XMP-dc:Subject=gull", path)
    return path


def test_the_sidecar_of_another_raw_is_not_touched(desk: Desk, raw: Path, xmp: Path) -> None:
    run(desk, raw, sidecar(xmp, ("beach",), title=None), format=Format.RAW)
    raw.write_bytes(b"II*\x00 another card")
    xmp.unlink()
    exiftool("-q", "-XMP-dc:Subject=beach", xmp)
    theirs = xmp.read_bytes()
    assert undone(desk) == [Restored.ANOTHER] and xmp.read_bytes() == theirs


def test_a_raw_into_which_its_program_saved_gets_its_sidecar_back_as_our_write_left_it(
    desk: Desk, raw: Path, xmp: Path
) -> None:
    """Some programs save their settings into the RAW. The bytes of the sidecar tell that nobody wrote there since."""
    before = xmp.read_bytes()
    run(desk, raw, sidecar(xmp, ("beach",), title=None), format=Format.RAW)
    raw.write_bytes(raw.read_bytes() + b" and a recipe")
    assert undone(desk) == [Restored.EXACTLY] and xmp.read_bytes() == before


def test_a_sidecar_whose_photo_is_gone_is_taken_back_as_ever(desk: Desk, raw: Path, xmp: Path) -> None:
    run(desk, raw, sidecar(xmp, ("beach",), title=None), format=Format.RAW)
    raw.unlink()
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=own", xmp)
    assert undone(desk) == [Restored.PARTLY] and desk.words(xmp) == ["gull", "own"]


def test_a_sidecar_that_the_other_card_has_not_is_undone_another_day(desk: Desk, raw: Path, xmp: Path) -> None:
    here = raw.read_bytes()
    run(desk, raw, sidecar(xmp, ("beach",), title=None), format=Format.RAW)
    ours = xmp.read_bytes()
    raw.write_bytes(b"II*\x00 another card")
    xmp.unlink()
    assert undone(desk) == [Restored.ANOTHER] and not xmp.exists()
    raw.write_bytes(here)
    xmp.write_bytes(ours)
    assert undone(desk) == [Restored.EXACTLY] and desk.words(xmp) == ["gull"]


def test_a_raw_in_the_cloud_is_not_fetched_for_the_undo_of_its_sidecar(
    desk: Desk, raw: Path, xmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(desk, raw, sidecar(xmp, ("beach",), title=None), format=Format.RAW)
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=own", xmp)
    monkeypatch.setattr("bridge.metadata._whose.in_the_cloud", lambda _: True)
    monkeypatch.setattr("bridge.metadata._whose.picture_hash", lambda *_: pytest.fail("fetched"))
    assert undone(desk) == [Restored.PARTLY] and desk.words(xmp) == ["gull", "own"]


def test_a_photo_that_only_left_its_name_here_is_no_photo_that_is_gone(desk: Desk, photo: Path) -> None:
    before = photo.read_bytes()
    run(desk, photo)
    stub = photo.rename(photo.with_name(".a.jpg.icloud"))
    (told,) = desk.writer.undo(desk.journal.of_job("j")).photos
    assert told.error is not None and told.error["code"] == "in_the_cloud"
    assert [entry.state for entry in desk.journal.of_job("j")] == [EntryState.DONE]
    stub.rename(photo)
    assert undone(desk) == [Restored.EXACTLY] and photo.read_bytes() == before


# -- after a crash ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_place", [False, True])
def test_a_write_that_was_cut_short_is_not_looked_for_in_another_picture(desk: Desk, in_place: bool) -> None:
    photo = picture(desk.folder / "a.jpg")
    if in_place:
        (desk.folder.parent / "b.jpg").hardlink_to(photo)
    cut = Desk(desk.tool, desk.folder, Cut(after_intent=False))
    with pytest.raises(PowerCut):
        run(cut, photo)
    ours = photo.read_bytes()
    for old in desk.folder.glob(".photo-bridge-*"):
        old.unlink()  # on the card, which is another one now
    theirs = put(photo, "beach")
    assert cut.writer.settle() == [] and photo.read_bytes() == theirs
    assert len(list(cut.journal.unsettled())) == 1 and undone(cut) == []
    run(cut, photo, job="k")  # meanwhile that one is written, and taken back
    assert undone(cut, "k") == [Restored.EXACTLY] and photo.read_bytes() == theirs
    photo.write_bytes(ours)
    (settled,) = cut.writer.settle()
    assert settled.job == "j" and undone(cut) == [Restored.EXACTLY]
    assert desk.words(photo) == []


def test_a_file_into_which_a_crash_tore_a_hole_is_still_ours_to_mend(desk: Desk) -> None:
    """Of a photo that is half written the hash is another one, too."""
    photo = picture(desk.folder / "a.jpg", size=(300, 200))
    (desk.folder.parent / "b.jpg").hardlink_to(photo)
    old = photo.read_bytes()
    cut = Desk(desk.tool, desk.folder, Cut(after_intent=False))
    with pytest.raises(PowerCut):
        run(cut, photo, into(photo, tuple(f"word {number}" for number in range(2000)), iptc=False, title=None))
    new = photo.read_bytes()
    assert len(new) > 8192 + len(old) / 2
    photo.write_bytes(new[:8192] + old[8192:].ljust(len(new) - 8192, b"\0"))
    (settled,) = cut.writer.settle()
    assert photo.read_bytes() == new and settled.job == "j"
