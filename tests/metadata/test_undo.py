"""Taking back: byte for byte, or value by value where somebody wrote since."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.exiftool import ExifTool
from bridge.metadata import PlanOptions, Writer, make_plan, read_state
from bridge.metadata.outcome import Restored
from bridge.metadata.plan import ListChange, Plan, TextChange
from bridge.values import Format, Keyword, Proposal, Written
from tests.metadata.desk import FORMATS, IPTC, WORDS, Desk, exiftool, into, picture, plan_for, sidecar, validation
from tests.photos.made import EMBEDDABLE, save


@pytest.fixture
def desk(tool: ExifTool, tmp_path: Path) -> Desk:
    return Desk(tool, tmp_path / "photos")


@pytest.fixture
def photo(desk: Desk) -> Path:
    return picture(desk.folder / "a.jpg")


def restored(desk: Desk, job: str) -> list[Restored]:
    return [undone.restored for undone in desk.writer.undo(desk.journal.of_job(job)).photos]


# -- exactly ----------------------------------------------------------------------------------------------------------


def test_every_real_photo_is_valid_after_a_write_and_byte_identical_after_its_undo(
    desk: Desk, shared_photos: Path
) -> None:
    files = [path for path in sorted(shared_photos.rglob("*")) if path.suffix.lower() in FORMATS]
    sources = [path for path in files if path.name != "IMG_1361.dng"]  # cut short: ExifTool refuses it
    assert len(sources) > 60
    plans: dict[Path, Plan] = {}
    for number, source in enumerate(sources):
        photo = desk.folder / f"{number}{source.suffix}"
        shutil.copyfile(source, photo)
        format = FORMATS[source.suffix.lower()]
        plans[source] = plan_for(photo, into(photo, iptc=format in IPTC), format=format)
    photos = [plan.photo for plan in plans.values()]
    before = validation(*photos)
    for source, plan in plans.items():
        desk.writer.apply(plan, job="j", item=1)
        assert plan.photo.read_bytes() != source.read_bytes()
    for name, said in validation(*photos).items():
        assert said <= before[name], name
    assert set(restored(desk, "j")) == {Restored.EXACTLY}
    for source, plan in plans.items():
        assert plan.photo.read_bytes() == source.read_bytes(), source.name
    assert desk.leftovers() == [] and desk.journal.of_job("j") == []


@pytest.mark.parametrize("suffix", EMBEDDABLE)
def test_every_format_comes_back_byte_for_byte(desk: Desk, suffix: str) -> None:
    photo, format = save(desk.folder / f"a{suffix}"), FORMATS[suffix]
    before = photo.read_bytes()
    desk.writer.apply(plan_for(photo, into(photo, iptc=format in IPTC), format=format), job="j", item=1)
    assert desk.words(photo) == list(WORDS)
    (entry,) = desk.journal.of_job("j")
    assert len(entry.before) < 6000
    assert restored(desk, "j") == [Restored.EXACTLY]
    assert photo.read_bytes() == before


def test_an_existing_sidecar_comes_back_byte_for_byte(desk: Desk, photo: Path) -> None:
    xmp = desk.folder / "a.xmp"
    exiftool("-q", "-XMP-dc:Subject=gull", xmp)
    text = xmp.read_text().replace("\n", "\r\n   ")
    xmp.write_text(text, newline="")
    before = (photo.read_bytes(), xmp.read_bytes())
    desk.writer.apply(plan_for(photo, into(photo), sidecar(xmp)), job="j", item=1)
    assert desk.words(xmp) == ["gull", *WORDS]
    assert restored(desk, "j") == [Restored.EXACTLY] * 2
    assert (photo.read_bytes(), xmp.read_bytes()) == before


def test_a_sidecar_that_we_made_goes(desk: Desk, photo: Path) -> None:
    xmp = desk.folder / "a.xmp"
    desk.writer.apply(plan_for(photo, sidecar(xmp)), job="j", item=1)
    assert restored(desk, "j") == [Restored.EXACTLY]
    assert list(desk.folder.iterdir()) == [photo]


def test_runs_are_taken_back_newest_first_to_the_first_byte(desk: Desk, photo: Path) -> None:
    before = photo.read_bytes()
    for job, word in (("a", "one"), ("b", "two"), ("c", "three")):
        desk.writer.apply(plan_for(photo, into(photo, (word,), title=None)), job=job, item=1)
    for job in "cba":
        assert restored(desk, job) == [Restored.EXACTLY]
    assert photo.read_bytes() == before


def test_what_the_file_keeps_it_keeps_through_an_undo(desk: Desk, photo: Path) -> None:
    os.setxattr(photo, "user.label", b"red")
    photo.chmod(0o640)
    desk.writer.apply(plan_for(photo), job="j", item=1)
    os.setxattr(photo, "user.label", b"green")
    assert restored(desk, "j") == [Restored.EXACTLY]
    assert os.getxattr(photo, "user.label") == b"green" and photo.stat().st_mode & 0o777 == 0o640


def test_times_come_back_where_they_were_kept(desk: Desk, photo: Path) -> None:
    os.utime(photo, (1_000_000_000, 1_000_000_000))
    desk.writer.apply(plan_for(photo, keep_times=True), job="j", item=1)
    desk.writer.undo(desk.journal.of_job("j"))
    assert photo.stat().st_mtime == 1_000_000_000


def test_a_photo_that_was_copied_somewhere_and_back(desk: Desk, photo: Path) -> None:
    """Another inode and other times, the same bytes."""
    before = photo.read_bytes()
    desk.writer.apply(plan_for(photo), job="j", item=1)
    shutil.copyfile(photo, desk.folder / "copy")
    (desk.folder / "copy").replace(photo)
    assert restored(desk, "j") == [Restored.EXACTLY]
    assert photo.read_bytes() == before


def test_undoing_twice_is_undoing_once(desk: Desk, photo: Path) -> None:
    before = photo.read_bytes()
    desk.writer.apply(plan_for(photo), job="j", item=1)
    entries = desk.journal.of_job("j")
    desk.writer.undo(entries)
    report = desk.writer.undo(entries)
    assert [undone.restored for undone in report.photos] == [Restored.EXACTLY]
    assert photo.read_bytes() == before


# -- value by value ---------------------------------------------------------------------------------------------------


def test_an_edit_by_another_program_is_still_there(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=gull", "-IPTC:Keywords=gull", photo)
    desk.writer.apply(plan_for(photo), job="j", item=1)
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=theirs", "-XMP-xmp:Rating=5", photo)
    report = desk.writer.undo(desk.journal.of_job("j"))
    assert [undone.restored for undone in report.photos] == [Restored.PARTLY]
    assert desk.words(photo) == ["gull", "theirs"]
    assert desk.words(photo, "IPTC:Keywords") == ["gull"]
    assert desk.text(photo, "XMP-xmp:Rating") == "5"
    assert desk.text(photo) == desk.text(photo, "IPTC:ObjectName") == ""
    assert desk.words(photo, "XMP-lr:HierarchicalSubject") == []
    assert desk.leftovers() == [] and desk.journal.of_job("j") == []


def test_a_text_that_somebody_changed_stays_and_is_named(desk: Desk, photo: Path) -> None:
    desk.writer.apply(plan_for(photo), job="j", item=1)
    exiftool("-q", "-overwrite_original", "-XMP-dc:Title=Theirs", photo)
    (undone,) = desk.writer.undo(desk.journal.of_job("j")).photos
    assert desk.text(photo) == "Theirs" and desk.text(photo, "IPTC:ObjectName") == ""
    assert undone.left == ("title: changed since",)


def test_a_text_of_before_comes_back(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-XMP-dc:Title=Mine", "-XMP-dc:Title-de=Meins", photo)
    target = replace(into(photo, title=None), texts=(TextChange("XMP-dc:Title", "Mine", "Ours"),))
    desk.writer.apply(plan_for(photo, target), job="j", item=1)
    exiftool("-q", "-overwrite_original", "-XMP-xmp:Rating=5", photo)
    assert restored(desk, "j") == [Restored.PARTLY]
    assert desk.text(photo) == "Mine" and desk.text(photo, "XMP-dc:Title-de") == "Meins"


def test_words_that_we_took_away_come_back(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=old", photo)
    target = replace(into(photo), lists=(ListChange("XMP-dc:Subject", ("new",), ("old",)),), texts=())
    desk.writer.apply(plan_for(photo, target), job="j", item=1)
    exiftool("-q", "-overwrite_original", "-XMP-xmp:Rating=5", photo)
    assert restored(desk, "j") == [Restored.PARTLY]
    assert desk.words(photo) == ["old"]


def test_words_that_are_gone_already_leave_nothing_to_do(desk: Desk, photo: Path) -> None:
    desk.writer.apply(plan_for(photo), job="j", item=1)
    exiftool("-q", "-overwrite_original", "-XMP:all=", "-IPTC:all=", photo)
    before = photo.read_bytes()
    assert restored(desk, "j") == [Restored.NOTHING]
    assert photo.read_bytes() == before


def test_a_changed_picture_keeps_its_change(desk: Desk, photo: Path) -> None:
    """Cropped in another program that kept the metadata."""
    desk.writer.apply(plan_for(photo), job="j", item=1)
    other = picture(desk.folder / "b.jpg", size=(32, 32))
    exiftool("-q", "-overwrite_original", "-tagsFromFile", photo, "-all:all", other)
    other.replace(photo)
    assert restored(desk, "j") == [Restored.PARTLY]
    assert desk.words(photo) == [] and desk.text(photo, "File:ImageWidth") == "32"


def test_a_sidecar_of_ours_that_somebody_used_stays_with_their_words(desk: Desk, photo: Path) -> None:
    xmp = desk.folder / "a.xmp"
    desk.writer.apply(plan_for(photo, sidecar(xmp)), job="j", item=1)
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=theirs", xmp)
    assert restored(desk, "j") == [Restored.PARTLY]
    assert desk.words(xmp) == ["theirs"]


def test_umlauts_of_unmarked_iptc_survive(desk: Desk, photo: Path) -> None:
    desk.writer.apply(plan_for(photo), job="j", item=1)
    exiftool("-q", "-overwrite_original", "-IPTC:all=", photo)
    exiftool("-q", "-overwrite_original", "-IPTC:City=Köln", "-IPTC:Keywords=harbour", photo)
    assert "Köln".encode("latin-1") in photo.read_bytes()
    desk.writer.undo(desk.journal.of_job("j"))
    assert desk.text(photo, "IPTC:City") == "Köln" and desk.words(photo, "IPTC:Keywords") == []


# -- one run under another --------------------------------------------------------------------------------------------


def test_undoing_a_run_under_a_later_one_keeps_the_later_ones_values(desk: Desk, photo: Path) -> None:
    desk.writer.apply(plan_for(photo, into(photo, ("one", "both"), title="A")), job="a", item=1)
    later = plan_for(photo, into(photo, ("two",), title="B", old_title="A"))
    desk.writer.apply(replace(later, kept=(("both",),)), job="b", item=2)
    (undone,) = desk.writer.undo(desk.journal.of_job("a")).photos
    assert sorted(desk.words(photo)) == ["both", "two"]
    assert desk.text(photo) == "B"
    assert set(undone.left) == {"both: a later run says it too", "title: a later run wrote it"}


def test_then_undoing_the_later_one_does_not_bring_the_first_back(desk: Desk, photo: Path) -> None:
    desk.writer.apply(plan_for(photo, into(photo, ("one",), title="A")), job="a", item=1)
    later = into(photo, ("two",), title="B", old_title="A", remove=("one",))
    desk.writer.apply(plan_for(photo, later), job="b", item=2)
    desk.writer.undo(desk.journal.of_job("a"))
    assert desk.words(photo) == ["two"] and desk.text(photo) == "B"
    desk.writer.undo(desk.journal.of_job("b"))
    assert desk.words(photo) == [] and desk.text(photo) == ""


def test_a_word_that_stayed_for_the_later_one_goes_with_it(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=gull", photo)
    words = tuple(Keyword((word,)) for word in ("sea", "boat"))
    base = write(desk, photo, Proposal(words[:1]), job="a")
    write(desk, photo, Proposal(words, title="B"), base=base, job="b")
    desk.writer.undo(desk.journal.of_job("a"))
    assert {"sea", "boat"} <= set(desk.words(photo)) & set(desk.words(photo, "IPTC:Keywords"))
    desk.writer.undo(desk.journal.of_job("b"))
    assert desk.words(photo) == ["gull"] and desk.words(photo, "XMP-lr:HierarchicalSubject") == []


def test_a_word_that_the_first_took_away_and_the_later_one_added_is_there_as_before(desk: Desk, photo: Path) -> None:
    one, other = (Proposal((Keyword((word,)),)) for word in ("sea", "boat"))
    base = write(desk, photo, one, job="before")
    base = write(desk, photo, other, PlanOptions(replace=True), base=base, job="a")
    write(desk, photo, one, base=base, job="b")
    assert set(desk.words(photo)) == {"boat", "sea"}
    desk.writer.undo(desk.journal.of_job("a"))
    desk.writer.undo(desk.journal.of_job("b"))
    assert desk.words(photo) == desk.words(photo, "IPTC:Keywords") == ["sea"]


# -- what cannot be undone --------------------------------------------------------------------------------------------


def test_a_photo_that_is_gone(desk: Desk, photo: Path) -> None:
    desk.writer.apply(plan_for(photo), job="j", item=1)
    photo.unlink()
    assert restored(desk, "j") == [Restored.NOTHING]
    assert desk.journal.of_job("j") == []


def test_a_drive_that_is_away_is_undone_another_day(desk: Desk, photo: Path) -> None:
    before = photo.read_bytes()
    desk.writer.apply(plan_for(photo), job="j", item=1)
    away = desk.folder.rename(desk.folder.with_name("away"))
    (undone,) = desk.writer.undo(desk.journal.of_job("j")).photos
    assert undone.restored is Restored.FAILED
    assert undone.error is not None and undone.error["code"] == "photo_missing"
    away.rename(desk.folder)
    assert restored(desk, "j") == [Restored.EXACTLY]
    assert photo.read_bytes() == before


def test_the_empty_place_of_a_drive_is_no_photo_that_is_gone(desk: Desk, photo: Path) -> None:
    desk.writer.apply(plan_for(photo), job="j", item=1)
    photo.unlink()
    away = Writer(desk.tool, desk.journal, desk.spool, is_away=lambda *_: True)
    (undone,) = away.undo(desk.journal.of_job("j")).photos
    assert undone.error is not None and undone.error["code"] == "photo_missing"
    assert len(desk.journal.of_job("j")) == 1, "it can be undone another day"


def test_a_file_that_failed_is_reported_and_the_others_go_on(desk: Desk, photo: Path) -> None:
    other = picture(desk.folder / "b.jpg")
    before = other.read_bytes()
    for path in (other, photo):
        desk.writer.apply(plan_for(path), job="j", item=1)
    photo.unlink()
    photo.mkdir()
    report = desk.writer.undo(desk.journal.of_job("j"))
    assert [undone.restored for undone in report.photos] == [Restored.FAILED, Restored.EXACTLY]
    assert other.read_bytes() == before
    assert [entry.target for entry in desk.journal.of_job("j")] == [photo]


# -- a person's words in what we made ---------------------------------------------------------------------------------


def test_words_that_we_copied_into_a_new_list_stay_where_somebody_uses_it(desk: Desk, photo: Path) -> None:
    """digiKam reads the first list that it finds: without the copy it would not show the person's word any more."""
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=gull", photo)
    write(desk, photo, Proposal((Keyword(("sea",)),)))
    assert desk.words(photo, "XMP-digiKam:TagsList") == ["gull", "sea"]
    exiftool("-q", "-overwrite_original", "-XMP-digiKam:TagsList+=theirs", photo)
    assert restored(desk, "j") == [Restored.PARTLY]
    assert desk.words(photo, "XMP-digiKam:TagsList") == ["gull", "theirs"]
    assert desk.words(photo) == ["gull"] and desk.words(photo, "XMP-lr:HierarchicalSubject") == []


@pytest.mark.parametrize("second", ["replaced", "refused", "chosen"])
def test_a_list_of_ours_that_a_later_run_keeps_a_word_in_keeps_the_persons_too(
    desk: Desk, photo: Path, second: str
) -> None:
    """A program that reads the tree alone would hide it."""
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=own", photo)
    sea, boat = Keyword(("sea",)), Keyword(("boat",))
    base = write(desk, photo, Proposal((sea, boat)), job="first")
    proposal = {
        "replaced": Proposal((sea,)),
        "refused": Proposal((sea,), refused=(boat.path,)),
        "chosen": Proposal((sea,), chosen=(sea.path,)),
    }[second]
    write(desk, photo, proposal, PlanOptions(replace=second == "replaced"), base=base, job="second")
    desk.writer.undo(desk.journal.of_job("first"))
    for tag in ("XMP-dc:Subject", "XMP-lr:HierarchicalSubject", "XMP-digiKam:TagsList", "IPTC:Keywords"):
        assert set(desk.words(photo, tag)) == {"own", "sea"}
    desk.writer.undo(desk.journal.of_job("second"))
    assert desk.words(photo) == ["own"]
    assert desk.words(photo, "XMP-lr:HierarchicalSubject") == desk.words(photo, "IPTC:Keywords") == []


def test_a_sidecar_of_ours_goes_with_the_last_run_that_wrote_it_whatever_the_order(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=own", photo)
    beside = PlanOptions(read_only=True)
    base = write(desk, photo, Proposal((Keyword(("sea",)),)), beside, job="first")
    write(desk, photo, Proposal((Keyword(("boat",)),)), beside, base=base, job="second")
    desk.writer.undo(desk.journal.of_job("first"))
    xmp = desk.folder / "a.jpg.xmp"
    assert set(desk.words(xmp)) == set(desk.words(xmp, "XMP-lr:HierarchicalSubject")) == {"own", "boat"}
    desk.writer.undo(desk.journal.of_job("second"))
    assert not xmp.exists() and desk.words(photo) == ["own"]


def test_words_that_we_copied_into_a_list_that_was_there_go_again(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=gull", "-XMP-lr:HierarchicalSubject=owl", photo)
    write(desk, photo, Proposal((Keyword(("sea",)),)))
    assert set(desk.words(photo, "XMP-lr:HierarchicalSubject")) == {"gull", "owl", "sea"}
    exiftool("-q", "-overwrite_original", "-XMP-xmp:Rating=5", photo)
    assert restored(desk, "j") == [Restored.PARTLY]
    assert desk.words(photo, "XMP-lr:HierarchicalSubject") == ["owl"] and desk.words(photo) == ["gull"]


def test_a_sidecar_that_somebody_uses_keeps_what_the_photo_says(desk: Desk, photo: Path) -> None:
    """Programs read the sidecar alone."""
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=gull", "-IPTC:Caption-Abstract=Mine", photo)
    write(desk, photo, Proposal((Keyword(("sea",)),), title="Ours"), PlanOptions(read_only=True))
    xmp = desk.folder / "a.jpg.xmp"
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=theirs", "-XMP-lr:HierarchicalSubject+=theirs", xmp)
    assert restored(desk, "j") == [Restored.PARTLY]
    assert desk.words(xmp) == desk.words(xmp, "XMP-lr:HierarchicalSubject") == ["gull", "theirs"]
    assert desk.text(xmp, "XMP-dc:Description") == "Mine" and desk.text(xmp) == ""


def test_a_sidecar_of_ours_that_stays_gets_no_spelling_that_it_never_had(desk: Desk, photo: Path) -> None:
    """A word cut for IPTC is left out when the sidecar is made from the photo."""
    long = "x" * 70
    exiftool("-q", "-overwrite_original", f"-XMP-dc:Subject={long}", f"-IPTC:Keywords={long[:64]}", photo)
    write(desk, photo, Proposal((Keyword(("sea",)),)), PlanOptions(read_only=True))
    xmp = desk.folder / "a.jpg.xmp"
    exiftool("-q", "-overwrite_original", "-XMP-xmp:Rating=5", xmp)
    assert restored(desk, "j") == [Restored.PARTLY]
    assert desk.words(xmp) == [long]


def test_a_rating_in_a_sidecar_of_ours_leaves_it_with_what_the_photo_says(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=gull", "-XMP-dc:Description=Mine", photo)
    write(desk, photo, Proposal((Keyword(("sea",)),)), PlanOptions(read_only=True))
    xmp = desk.folder / "a.jpg.xmp"
    exiftool("-q", "-overwrite_original", "-XMP-xmp:Rating=5", xmp)
    assert restored(desk, "j") == [Restored.PARTLY]
    assert desk.words(xmp) == ["gull"] and desk.text(xmp, "XMP-dc:Description") == "Mine"


def test_an_empty_file_is_not_taken_for_one_without_our_words(desk: Desk, photo: Path) -> None:
    before = photo.read_bytes()
    desk.writer.apply(plan_for(photo), job="j", item=1)
    ours = photo.read_bytes()
    photo.write_bytes(b"")
    assert restored(desk, "j") == [Restored.FAILED]
    photo.write_bytes(ours)
    assert restored(desk, "j") == [Restored.EXACTLY]
    assert photo.read_bytes() == before


def test_a_pipe_in_the_place_of_a_photo_is_not_waited_for(desk: Desk, photo: Path) -> None:
    desk.writer.apply(plan_for(photo), job="j", item=1)
    photo.unlink()
    os.mkfifo(photo)
    assert restored(desk, "j") == [Restored.FAILED]


def test_a_word_that_three_runs_say_stays_until_the_last_of_them_is_taken_back(desk: Desk, photo: Path) -> None:
    base = write(desk, photo, Proposal((Keyword(("boat",)),)))
    base = write(desk, photo, Proposal((Keyword(("boat",)), Keyword(("sea",)))), base=base, job="second")
    write(desk, photo, Proposal((Keyword(("boat",)), Keyword(("harbour",)))), base=base, job="third")
    for job, left in (("j", {"boat", "sea", "harbour"}), ("third", {"boat", "sea"}), ("second", set())):
        desk.writer.undo(desk.journal.of_job(job))
        assert set(desk.words(photo)) == left


def test_a_chosen_word_stays_when_runs_before_and_after_it_that_say_it_too_are_taken_back(
    desk: Desk, photo: Path
) -> None:
    base = write(desk, photo, Proposal((Keyword(("boat",)),)))
    chosen = Proposal((Keyword(("boat",)),), chosen=(("boat",),))
    base = write(desk, photo, chosen, base=base, job="review")
    exiftool("-q", "-overwrite_original", "-XMP-lr:HierarchicalSubject+=owl", photo)
    write(desk, photo, Proposal((Keyword(("boat",)),)), base=base, job="later")
    desk.writer.undo(desk.journal.of_job("j"), [("boat",)])
    desk.writer.undo(desk.journal.of_job("later"))
    assert set(desk.words(photo)) == {"boat", "owl"}


def test_a_word_that_was_rejected_and_typed_again_is_the_persons(desk: Desk, photo: Path) -> None:
    base = write(desk, photo, Proposal((Keyword(("sea",)), Keyword(("harbour",)))))
    exiftool("-q", "-overwrite_original", "-XMP:all=", "-IPTC:all=", photo)
    base = write(desk, photo, Proposal((Keyword(("boat",)),)), base=base, job="later")
    assert ("sea",) in base.rejected
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=sea", photo)
    desk.writer.undo(desk.journal.of_job("j"))
    desk.writer.undo(desk.journal.of_job("later"))
    assert desk.words(photo) == ["sea"]


def write(
    desk: Desk,
    photo: Path,
    proposal: Proposal,
    options: PlanOptions | None = None,
    *,
    base: Written | None = None,
    job: str = "j",
) -> Written:
    plan = make_plan(read_state(desk.tool, photo, Format.JPEG), proposal, base, options)
    return desk.writer.apply(plan, job=job, item=1).written
