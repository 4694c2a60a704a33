"""Writing: what changes, what never does, and what is left when something goes wrong."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bridge.engines.picture_hash import picture_hash
from bridge.errors import (
    BridgeError,
    ExifToolFailed,
    MetadataRefused,
    PhotoChanged,
    PhotoMissing,
    PictureChanged,
    SidecarDamaged,
)
from bridge.exiftool import ExifTool
from bridge.journal import EntryState
from bridge.metadata import _apply, _commit, _files, _finish
from bridge.metadata._files import FileChanged, overwrite
from bridge.metadata.outcome import Outcome, WriteRequest
from bridge.metadata.plan import ListChange, Plan, TextChange
from bridge.metadata.state import IptcCharset
from bridge.store import SqliteJournal, Store
from bridge.values import Fingerprint, Format
from tests.fakes.journal import MemoryJournal
from tests.metadata.desk import (
    WORDS,
    Desk,
    exiftool,
    into,
    picture,
    plan_for,
    print_of,
    sidecar,
)

LISTS = ("XMP-dc:Subject", "XMP-lr:HierarchicalSubject", "IPTC:Keywords")


@pytest.fixture
def desk(tool: ExifTool, tmp_path: Path) -> Desk:
    return Desk(tool, tmp_path / "photos")


@pytest.fixture
def photo(desk: Desk) -> Path:
    return picture(desk.folder / "a.jpg")


# -- what is written --------------------------------------------------------------------------------------------------


def test_words_and_title_are_in_every_list_and_the_picture_is_the_same(desk: Desk, photo: Path) -> None:
    before = picture_hash(photo, Format.JPEG)
    outcome = desk.writer.apply(plan_for(photo), job="j", item=1)
    assert outcome.written_to == (photo,)
    for tag in LISTS:
        assert desk.words(photo, tag) == list(WORDS)
    assert desk.text(photo) == desk.text(photo, "IPTC:ObjectName") == "Evening"
    assert picture_hash(photo, Format.JPEG) == before
    assert desk.leftovers() == []


def test_what_was_there_stays(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=gull", "-XMP-dc:Description=Mine", "-XMP-dc:Title-de=Abend",
             "-XMP-xmp:Rating=4", "-EXIF:Artist=Me", "-IPTC:City=Kiel", photo)  # fmt: skip
    desk.writer.apply(plan_for(photo), job="j", item=1)
    assert desk.words(photo) == ["gull", *WORDS]
    for tag, value in {
        "XMP-dc:Description": "Mine",
        "XMP-dc:Title-de": "Abend",
        "XMP-xmp:Rating": "4",
        "IFD0:Artist": "Me",
        "IPTC:City": "Kiel",
    }.items():
        assert desk.text(photo, tag) == value


def test_a_plan_that_takes_words_away(desk: Desk, photo: Path) -> None:
    desk.writer.apply(plan_for(photo), job="j", item=1)
    target = into(photo, ("pier",), title="Night", old_title="Evening", remove=("harbour",))
    desk.writer.apply(plan_for(photo, target), job="k", item=2)
    for tag in LISTS:
        assert sorted(desk.words(photo, tag)) == ["Möwe", "blue hour", "pier"]
    assert desk.text(photo) == "Night"


def test_iptc_is_utf8_with_its_marker_and_a_digest_that_fits(desk: Desk, photo: Path) -> None:
    desk.writer.apply(plan_for(photo), job="j", item=1)
    assert desk.text(photo, "IPTC:CodedCharacterSet") == "UTF8"
    assert desk.text(photo, "Photoshop:IPTCDigest") == desk.text(photo, "File:CurrentIPTCDigest") != ""
    assert "Möwe".encode() in photo.read_bytes()


def test_latin_1_iptc_becomes_utf8_as_a_whole(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-IPTC:Keywords=Brücke", "-IPTC:City=Köln", photo)
    assert "Brücke".encode("latin-1") in photo.read_bytes()
    target = into(photo, charset=IptcCharset.LATIN1)
    desk.writer.apply(plan_for(photo, target), job="j", item=1)
    assert desk.words(photo, "IPTC:Keywords") == ["Brücke", *WORDS]
    assert desk.text(photo, "IPTC:City") == "Köln"


def test_latin_1_in_a_field_that_nobody_planned_for(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-IPTC:Keywords=gull", "-IPTC:City=Köln", photo)
    desk.writer.apply(plan_for(photo), job="j", item=1)
    assert desk.text(photo, "IPTC:City") == "Köln" and desk.words(photo, "IPTC:Keywords") == ["gull", *WORDS]


def test_a_photo_that_is_cut_short_is_refused(desk: Desk, shared_photos: Path) -> None:
    photo = desk.folder / "IMG_1361.dng"
    shutil.copyfile(shared_photos / "raw" / photo.name, photo)
    with pytest.raises(MetadataRefused):
        desk.writer.apply(plan_for(photo, format=Format.DNG), job="j", item=1)
    assert photo.read_bytes() == (shared_photos / "raw" / photo.name).read_bytes() and desk.leftovers() == []


def test_utf8_iptc_without_a_marker_gets_one_and_keeps_its_text(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-charset", "iptc=utf8", "-IPTC:Keywords=Brücke", photo)
    target = into(photo, charset=IptcCharset.UNMARKED_UTF8)
    desk.writer.apply(plan_for(photo, target), job="j", item=1)
    assert desk.words(photo, "IPTC:Keywords") == ["Brücke", *WORDS]


@pytest.mark.parametrize("word", ["a\n-if\nsystem('touch pwned')", "-all=", "-execute", "$FileName", "<x>&amp;", "@"])
def test_text_that_looks_like_an_option_is_written_as_it_is(desk: Desk, photo: Path, word: str) -> None:
    desk.writer.apply(plan_for(photo, into(photo, (word,), title=word, iptc=False)), job="j", item=1)
    assert desk.words(photo) == [word] and desk.text(photo) == word
    assert not Path("pwned").exists()


@pytest.mark.parametrize(
    ("name", "format"),
    [("a.png", Format.PNG), ("a.tif", Format.TIFF), ("a.webp", Format.WEBP), ("a.jpg", Format.JPEG)],
)
def test_formats_that_are_made_here(desk: Desk, name: str, format: Format) -> None:
    photo = picture(desk.folder / name)
    pixels = Image.open(photo).convert("RGB").tobytes()
    desk.writer.apply(plan_for(photo, format=format), job="j", item=1)
    assert desk.words(photo) == list(WORDS)
    assert Image.open(photo).convert("RGB").tobytes() == pixels


def test_the_digest_of_a_tiff_fits_where_there_is_one(desk: Desk) -> None:
    photo = picture(desk.folder / "a.tif")
    desk.writer.apply(plan_for(photo, format=Format.TIFF), job="j", item=1)
    assert desk.text(photo, "Photoshop:IPTCDigest") == ""
    exiftool("-q", "-overwrite_original", "-IPTC:all=", "-Photoshop:IPTCDigest=" + "0" * 32, photo)
    desk.writer.apply(plan_for(photo, into(photo, title=None), format=Format.TIFF), job="j", item=1)
    assert desk.text(photo, "Photoshop:IPTCDigest") == desk.text(photo, "File:CurrentIPTCDigest") != ""


def test_what_exiftool_cannot_write_is_refused(desk: Desk) -> None:
    photo = desk.folder / "a.tif"
    Image.new("RGB", (64, 48)).save(photo, big_tiff=True)
    before = photo.read_bytes()
    with pytest.raises(MetadataRefused):
        desk.writer.apply(plan_for(photo, format=Format.TIFF), job="j", item=1)
    assert photo.read_bytes() == before and desk.leftovers() == []


def test_a_file_goes_by_its_content_not_its_name(desk: Desk) -> None:
    photo = desk.folder / "a.jpg"
    picture(desk.folder / "a.webp").rename(photo)
    desk.writer.apply(plan_for(photo, format=Format.WEBP), job="j", item=1)
    assert desk.words(photo) == list(WORDS)


@pytest.mark.parametrize(
    "name", [b"-all=.jpg", b"new\nline.jpg", b"q'\"`$(x)@.jpg", b"no-utf8-\xff.jpg", "🌄.jpg".encode()]
)
def test_any_name(desk: Desk, name: bytes) -> None:
    photo = desk.folder / os.fsdecode(name)
    shutil.copyfile(picture(desk.folder / "x.jpg"), photo)
    desk.writer.apply(plan_for(photo), job="j", item=1)
    assert desk.words(desk.folder / "x.jpg") == []
    shutil.move(photo, desk.folder / "y.jpg")
    assert desk.words(desk.folder / "y.jpg") == list(WORDS)
    assert desk.leftovers() == []


def test_an_empty_plan_touches_nothing(desk: Desk, photo: Path) -> None:
    before = print_of(photo)
    plan = replace(plan_for(photo), targets=())
    outcome = desk.writer.apply(plan, job="j", item=1)
    assert outcome.written_to == () and outcome.written == plan.written
    assert print_of(photo) == before


# -- what a file keeps ------------------------------------------------------------------------------------------------


def test_mode_owner_and_attributes_stay(desk: Desk, photo: Path) -> None:
    os.setxattr(photo, "user.label", b"red")
    photo.chmod(0o640)
    if os.getuid() == 0:
        os.chown(photo, 4321, 4321)
    before = photo.stat()
    desk.writer.apply(plan_for(photo), job="j", item=1)
    after = photo.stat()
    assert os.getxattr(photo, "user.label") == b"red"
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_times_stay_on_request_only(desk: Desk, photo: Path) -> None:
    os.utime(photo, (1_000_000_000, 1_000_000_000))
    desk.writer.apply(plan_for(photo, keep_times=True), job="j", item=1)
    assert photo.stat().st_mtime == 1_000_000_000
    desk.writer.apply(plan_for(photo, into(photo, ("pier",), title=None)), job="k", item=2)
    assert photo.stat().st_mtime > 1_000_000_000


def test_a_link_stays_a_link(desk: Desk, photo: Path) -> None:
    elsewhere = desk.folder / "elsewhere"
    elsewhere.mkdir()
    link = elsewhere / "link.jpg"
    link.symlink_to(photo)
    outcome = desk.writer.apply(plan_for(link), job="j", item=1)
    assert link.is_symlink() and outcome.written_to == (link,)
    assert desk.words(photo) == list(WORDS)
    assert [path.name for path in elsewhere.iterdir()] == ["link.jpg"]


def test_a_hard_link_stays_one_file(desk: Desk, photo: Path) -> None:
    other = desk.folder / "other.jpg"
    os.link(photo, other)
    before = photo.read_bytes()
    desk.writer.apply(plan_for(photo), job="j", item=1)
    assert photo.stat().st_ino == other.stat().st_ino
    assert desk.words(other) == list(WORDS)
    desk.writer.undo(desk.journal.of_job("j"))
    assert other.read_bytes() == before and photo.stat().st_nlink == 2
    assert desk.leftovers() == []


# -- sidecars ---------------------------------------------------------------------------------------------------------


def test_a_new_sidecar_starts_from_what_the_photo_says(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=gull", "-XMP-xmp:Rating=4", "-IPTC:City=Kiel",
             "-EXIF:Artist=Me", "-EXIF:ImageDescription=OLYMPUS DIGITAL CAMERA", photo)  # fmt: skip
    xmp = desk.folder / "a.xmp"
    before = photo.read_bytes()
    desk.writer.apply(plan_for(photo, sidecar(xmp, ("gull", "pier"))), job="j", item=1)
    assert sorted(desk.words(xmp)) == ["gull", "pier"]
    assert desk.text(xmp, "XMP-xmp:Rating") == "4"
    assert desk.text(xmp, "XMP-photoshop:City") == "Kiel"
    assert desk.text(xmp, "XMP-dc:Creator") == "Me"
    assert desk.text(xmp, "XMP-dc:Description") == ""
    assert photo.read_bytes() == before


def test_unknown_properties_come_along_into_a_new_sidecar(desk: Desk, photo: Path) -> None:
    packet = desk.folder / "packet.xmp"
    packet.write_text(
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        "<rdf:Description rdf:about='' xmlns:my='http://example.org/my/'><my:note>keep me</my:note></rdf:Description>"
        "</rdf:RDF></x:xmpmeta>"
    )
    exiftool("-q", "-overwrite_original", "-tagsFromFile", packet, "-XMP", photo)
    desk.writer.apply(plan_for(photo, sidecar(desk.folder / "a.xmp")), job="j", item=1)
    assert "keep me" in (desk.folder / "a.xmp").read_text()


def test_a_photo_that_says_nothing_has_a_sidecar_of_ours_alone(desk: Desk) -> None:
    photo = picture(desk.folder / "a.webp")
    xmp = desk.folder / "a.webp.xmp"
    desk.writer.apply(plan_for(photo, sidecar(xmp), format=Format.WEBP), job="j", item=1)
    assert desk.words(xmp) == list(WORDS) and desk.leftovers() == []


def test_raw_is_never_written_into(desk: Desk, shared_photos: Path) -> None:
    raw = desk.folder / "kodak_dc50.kdc"
    shutil.copyfile(shared_photos / "raw" / raw.name, raw)
    with pytest.raises(MetadataRefused):
        desk.writer.apply(plan_for(raw, into(raw), format=Format.RAW), job="j", item=1)
    xmp = desk.folder / "kodak_dc50.kdc.xmp"
    outcome = desk.writer.apply(plan_for(raw, sidecar(xmp), format=Format.RAW), job="j", item=1)
    assert outcome.written_to == (xmp,)
    assert raw.read_bytes() == (shared_photos / "raw" / raw.name).read_bytes()


def test_a_sidecar_that_appeared_meanwhile_is_not_written_over(desk: Desk, photo: Path) -> None:
    xmp = desk.folder / "a.xmp"
    plan = plan_for(photo, into(photo), sidecar(xmp))
    xmp.write_text("theirs")
    before = photo.read_bytes()
    with pytest.raises(PhotoChanged):
        desk.writer.apply(plan, job="j", item=1)
    assert xmp.read_text() == "theirs" and photo.read_bytes() == before


def test_a_sidecar_that_appears_at_the_last_moment_undoes_the_photo_too(desk: Desk, photo: Path) -> None:
    xmp = desk.folder / "a.xmp"
    before = photo.read_bytes()

    class Late(MemoryJournal):
        def intend(self, entries):  # type: ignore[no-untyped-def]
            xmp.write_text("theirs")
            return super().intend(entries)

    late = Desk(desk.tool, desk.folder, Late())
    with pytest.raises(PhotoChanged):
        late.writer.apply(plan_for(photo, into(photo), sidecar(xmp)), job="j", item=1)
    assert xmp.read_text() == "theirs" and photo.read_bytes() == before
    assert late.leftovers() == [] and late.journal.of_job("j") == []
    assert list(late.journal.unsettled()) == []


def test_a_damaged_sidecar_is_left_alone_and_so_is_its_photo(desk: Desk, photo: Path) -> None:
    xmp = desk.folder / "a.xmp"
    xmp.write_text("<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><broken")
    before = (photo.read_bytes(), xmp.read_bytes())
    with pytest.raises(SidecarDamaged):
        desk.writer.apply(plan_for(photo, into(photo), sidecar(xmp)), job="j", item=1)
    assert (photo.read_bytes(), xmp.read_bytes()) == before
    assert desk.leftovers() == []


# -- other programs ---------------------------------------------------------------------------------------------------


def test_a_file_that_changed_is_planned_again(desk: Desk, photo: Path) -> None:
    plan = plan_for(photo)
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=theirs", photo)
    with pytest.raises(PhotoChanged):
        desk.writer.apply(plan, job="j", item=1)
    outcome = desk.writer.apply(plan, job="j", item=1, replan=lambda: plan_for(photo))
    assert desk.words(photo) == ["theirs", *WORDS]
    assert outcome.plan != plan


def test_an_edit_between_the_last_look_and_the_exchange_is_not_lost(desk: Desk, photo: Path) -> None:
    class Late(MemoryJournal):
        def intend(self, entries):  # type: ignore[no-untyped-def]
            if self.commits == 0:
                exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=theirs", photo)
            return super().intend(entries)

    late = Desk(desk.tool, desk.folder, Late())
    late.writer.apply(plan_for(photo), job="j", item=1, replan=lambda: plan_for(photo))
    assert desk.words(photo) == ["theirs", *WORDS]
    assert late.leftovers() == []


def test_a_file_that_never_rests(desk: Desk, photo: Path) -> None:
    def plan() -> Plan:
        plan = plan_for(photo)
        os.utime(photo, (plan.fingerprints[0][1].mtime_ns / 1e9 + 1,) * 2)
        return plan

    with pytest.raises(PhotoChanged):
        desk.writer.apply(plan(), job="j", item=1, replan=plan)


def test_a_photo_that_went_away(desk: Desk, photo: Path) -> None:
    plan = plan_for(photo)
    photo.unlink()
    with pytest.raises(PhotoMissing):
        desk.writer.apply(plan, job="j", item=1)


# -- never trust a write ----------------------------------------------------------------------------------------------


class Meddling(ExifTool):
    """An ExifTool that spoils what it wrote."""

    spoil: Callable[[Path], object]

    def run(self, commands):  # type: ignore[no-untyped-def]
        replies = super().run(commands)
        for command in commands:
            if hasattr(command, "output") and command.output.exists():
                self.spoil(command.output)
        return replies


@pytest.fixture
def meddling(desk: Desk) -> Iterator[Desk]:
    tool = Meddling(processes=1)
    yield Desk(tool, desk.folder)
    tool.close()


def test_a_write_that_changes_the_picture_is_not_used(meddling: Desk, photo: Path) -> None:
    before = photo.read_bytes()

    def flip_a_bit(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[-20] ^= 1
        path.write_bytes(data)

    meddling.tool.spoil = flip_a_bit  # type: ignore[attr-defined]
    with pytest.raises(PictureChanged):
        meddling.writer.apply(plan_for(photo), job="j", item=1)
    assert photo.read_bytes() == before and meddling.leftovers() == []
    assert meddling.journal.commits == 0  # type: ignore[attr-defined]


def test_a_write_that_did_not_take_is_not_used(meddling: Desk, photo: Path) -> None:
    before = photo.read_bytes()
    meddling.tool.spoil = lambda path: shutil.copyfile(photo, path)  # type: ignore[attr-defined]
    with pytest.raises(MetadataRefused):
        meddling.writer.apply(plan_for(photo), job="j", item=1)
    assert photo.read_bytes() == before and meddling.leftovers() == []


def test_a_photo_whose_structure_is_broken_is_refused(desk: Desk, photo: Path) -> None:
    photo.write_bytes(photo.read_bytes()[:60])
    with pytest.raises(BridgeError) as caught:
        desk.writer.apply(plan_for(photo), job="j", item=1)
    assert caught.value.code in ("metadata_refused", "exiftool_failed")
    assert desk.leftovers() == []


_DIES = """
package Dies;
INIT {
    require Image::ExifTool; require "Image/ExifTool/Writer.pl"; no warnings;
    my ($info, $write, $doomed) = (\\&Image::ExifTool::WriteInfo, \\&Image::ExifTool::Write, 0);
    *Image::ExifTool::WriteInfo = sub { $doomed = $_[1] =~ /dies/; &$info };
    *Image::ExifTool::Write = sub { kill 9, $$ if $doomed and tell($_[0]) > 500; &$write };
}
1;
"""


def test_exiftool_killed_in_the_middle_of_a_write(tmp_path: Path) -> None:
    """That photo fails, alone, and what was half written is gone."""
    (tmp_path / "Dies.pm").write_text(_DIES)
    script = tmp_path / "exiftool"
    script.write_text(f'#!/bin/sh\nexec perl -I{tmp_path} -MDies {shutil.which("exiftool")} "$@"\n')
    script.chmod(0o755)
    mortal = ExifTool(str(script), processes=1)
    try:
        desk = Desk(mortal, tmp_path / "photos")
        dies, lives = picture(desk.folder / "dies.jpg"), picture(desk.folder / "lives.jpg")
        before = dies.read_bytes()
        plans = [plan_for(dies), plan_for(lives)]
        results = desk.writer.apply_many([WriteRequest(plan, "j", n) for n, plan in enumerate(plans)])
        assert isinstance(results[0], ExifToolFailed) and isinstance(results[1], Outcome)
        assert dies.read_bytes() == before and desk.words(lives) == list(WORDS)
        assert desk.leftovers() == []
    finally:
        mortal.close()


# -- several at once --------------------------------------------------------------------------------------------------


def test_several_plans_take_two_commits_and_a_failing_one_fails_alone(desk: Desk) -> None:
    photos = [picture(desk.folder / f"{n}.jpg", colour=n) for n in range(4)]
    plans = [plan_for(photo) for photo in photos]
    photos[1].unlink()
    (desk.folder / "text.jpg").write_text("no photo")
    plans.append(plan_for(desk.folder / "text.jpg"))
    results = desk.writer.apply_many([WriteRequest(plan, "j", n) for n, plan in enumerate(plans)])
    assert [type(result) for result in results] == [Outcome, PhotoMissing, Outcome, Outcome, MetadataRefused]
    assert desk.journal.commits == 2  # type: ignore[attr-defined]
    assert [entry.item for entry in desk.journal.of_job("j")] == [3, 2, 0]
    assert desk.leftovers() == []


def test_two_photos_that_share_a_sidecar(desk: Desk) -> None:
    """The second is planned again against what the first made."""
    xmp = desk.folder / "a.xmp"
    one, two = picture(desk.folder / "a.jpg"), picture(desk.folder / "a.png")

    def plan(photo: Path, format: Format, word: str) -> Plan:
        return plan_for(photo, sidecar(xmp, (word,), title=None), format=format)

    results = desk.writer.apply_many(
        [
            WriteRequest(plan(one, Format.JPEG, "one"), "j", 1),
            WriteRequest(plan(two, Format.PNG, "two"), "j", 2, lambda: plan(two, Format.PNG, "two")),
        ]
    )
    assert all(isinstance(result, Outcome) for result in results)
    assert desk.words(xmp) == ["one", "two"]


def test_two_at_once_on_one_sidecar(tool: ExifTool, tmp_path: Path) -> None:
    """Neither loses a word of the other."""
    desk = Desk(tool, tmp_path / "photos", SqliteJournal(Store(tmp_path / "bridge.db")))
    xmp = desk.folder / "a.xmp"
    photos = [picture(desk.folder / f"{n}.jpg") for n in range(4)]

    def tag(photo: Path) -> None:
        def plan() -> Plan:
            return plan_for(photo, into(photo), sidecar(xmp, (photo.stem,), title=None))

        for _ in range(50):
            try:
                desk.writer.apply(plan(), job="j", item=1, replan=plan)
                return
            except PhotoChanged:  # another one was faster four times; a run would resume it
                continue

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tag, photos))
    assert sorted(desk.words(xmp)) == ["0", "1", "2", "3"]
    desk.writer.undo(desk.journal.of_job("j"))
    assert not xmp.exists() and desk.leftovers() == []


def test_the_journal_knows_what_was_done(desk: Desk, photo: Path) -> None:
    before = print_of(photo)
    desk.writer.apply(plan_for(photo), job="j", item=7)
    (entry,) = desk.journal.of_job("j")
    assert entry.state is EntryState.DONE and entry.item == 7 and entry.target == photo
    assert entry.before_print is not None and entry.before_print.inode == before.inode
    assert entry.after_print is not None and entry.after_print == replace(print_of(photo), digest=entry.after_digest)
    assert len(entry.before) < 2000


def test_text_change_of_one_language_leaves_the_others(desk: Desk, photo: Path) -> None:
    exiftool("-q", "-overwrite_original", "-XMP-dc:Description-fr=Port", photo)
    target = replace(into(photo), lists=(ListChange("XMP-dc:Subject", ("pier",)),),
                     texts=(TextChange("XMP-dc:Description", None, "Harbour"),))  # fmt: skip
    desk.writer.apply(plan_for(photo, target), job="j", item=1)
    assert desk.text(photo, "XMP-dc:Description-fr") == "Port"
    assert desk.text(photo, "XMP-dc:Description") == "Harbour"


def test_words_where_exiftool_reads_but_does_not_write_are_not_hidden(desk: Desk) -> None:
    """ImageMagick keeps the XMP of a PNG in a profile of its own; a packet beside it would be read instead."""
    photo = picture(desk.folder / "a.png")
    words = "".join(f"<rdf:li>{word}</rdf:li>" for word in ("gull", "owl"))
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:subject><rdf:Bag>{words}</rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    profile = b"Raw profile type xmp\0\0" + zlib.compress(b"\nxmp\n%8d\n%b\n" % (len(packet), packet.hex().encode()))
    chunk = struct.pack(">I", len(profile)) + b"zTXt" + profile + struct.pack(">I", zlib.crc32(b"zTXt" + profile))
    data = photo.read_bytes()
    photo.write_bytes(data[:33] + chunk + data[33:])
    before = photo.read_bytes()
    assert desk.words(photo) == ["gull", "owl"]
    with pytest.raises(MetadataRefused, match=r"hidden .*gull, owl"):
        desk.writer.apply(plan_for(photo, into(photo, iptc=False), format=Format.PNG), job="j", item=1)
    assert photo.read_bytes() == before and desk.leftovers() == []


def test_an_edit_between_the_copy_and_the_look_at_it_is_planned_again(
    desk: Desk, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the copy lacks is what another program has just written."""
    real = _apply.read_all_back
    edits = iter([("-XMP-dc:Subject=theirs",), ("-Artist=Me", "-EXIF:all<EXIF:all")])

    def edited(tool: ExifTool, drafts: Sequence[_apply.Draft]) -> list[BridgeError | None]:
        if edit := next(edits, None):
            exiftool("-q", "-overwrite_original", *edit, photo)
        return real(tool, drafts)

    monkeypatch.setattr("bridge.metadata.writer.read_all_back", edited)
    desk.writer.apply(plan_for(photo), job="j", item=1, replan=lambda: plan_for(photo))
    assert desk.words(photo) == ["theirs", *WORDS] and desk.text(photo, "IFD0:Artist") == "Me"
    assert desk.leftovers() == []


def test_an_edit_that_size_and_times_do_not_show_is_seen(
    desk: Desk, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAT keeps even seconds, and programs change a rating within the padding of a packet: same size, same times."""
    exiftool("-q", "-overwrite_original", "-XMP-xmp:Rating=1", photo)
    real, edits = _commit.exchange, iter([b"5"])

    def coarse(found: os.stat_result, digest: str | None = None) -> Fingerprint:
        return Fingerprint(found.st_size, int(found.st_mtime) // 2 * 2 * 10**9, found.st_ino, 0, digest)

    def exchanged(one: Path, other: Path) -> bool:
        if rating := next(edits, None):
            data = photo.read_bytes().replace(b"<xmp:Rating>1<", b"<xmp:Rating>%b<" % rating)
            with photo.open("r+b") as file:
                file.write(data)
        return real(one, other)

    for module in (_files, _apply, _commit, _finish):
        monkeypatch.setattr(module, "print_of", coarse)
    monkeypatch.setattr(_commit, "exchange", exchanged)
    os.utime(photo)

    def plan() -> Plan:
        now = coarse(photo.stat())
        return replace(plan_for(photo, replace(into(photo), fingerprint=now)), fingerprints=((photo, now),))

    desk.writer.apply(plan(), job="j", item=1, replan=plan)
    assert desk.text(photo, "XMP-xmp:Rating") == "5" and desk.words(photo) == list(WORDS)
    assert desk.leftovers() == []


def test_two_names_of_one_file_are_not_written_at_once(desk: Desk, photo: Path) -> None:
    """A hard link is written in place: two writers whose looks at it fall before the first byte would mix theirs."""
    (desk.folder / "b.jpg").hardlink_to(photo)
    before, expected = photo.read_bytes(), print_of(photo)
    new = desk.folder / "new"
    new.write_bytes(b"new")
    with photo.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(FileChanged):
            overwrite(photo, new, expected)
    assert photo.read_bytes() == before
    overwrite(photo, new, expected)
    assert photo.read_bytes() == b"new"


def test_an_edit_that_was_exchanged_with_ours_goes_back_although_its_name_is_free_now(
    desk: Desk, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that writes at the last moment, and then removes the file to put another in its place."""
    real, calls = _commit.exchange, iter(["edit", "remove"])

    def disturbed(one: Path, other: Path) -> bool:
        if (what := next(calls, None)) == "edit":
            exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=theirs", photo)
        elif what == "remove":
            photo.unlink()
        return real(one, other)

    monkeypatch.setattr(_commit, "exchange", disturbed)
    with pytest.raises(PhotoChanged):
        desk.writer.apply(plan_for(photo), job="j", item=1)
    assert desk.words(photo) == ["theirs"]
    assert desk.leftovers() == []


def test_a_file_that_is_being_written_while_the_pictures_are_compared_is_planned_again(
    desk: Desk, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of it is new: that says nothing about our copy."""
    writes = iter([True])

    def torn(*_: object) -> bool:
        if next(writes, False):
            data = photo.read_bytes()
            photo.write_bytes(data + b"a trailer")
            return False
        return True

    monkeypatch.setattr(_finish, "same_bytes", torn)
    outcome = desk.writer.apply(plan_for(photo), job="j", item=1, replan=lambda: plan_for(photo))
    assert outcome.written_to == (photo,) and photo.read_bytes().endswith(b"a trailer")
    assert desk.words(photo) == list(WORDS) and desk.leftovers() == []
