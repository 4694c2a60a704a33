"""What is read of a photo and its sidecars."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from bridge.codec import from_json, to_json
from bridge.errors import BridgeError, ExifToolFailed, PhotoMissing, PhotoUnreadable, SidecarDamaged
from bridge.exiftool import ExifTool
from bridge.metadata import IptcCharset, PhotoState, PlanOptions, Role, Writer, make_plan, read_state, read_states
from bridge.metadata._sidecars import find_photo
from bridge.values import Format, Written
from tests.fakes.journal import MemoryJournal
from tests.metadata.model import DC, IPTC, LR, TAGS, words
from tests.rights import give_away, without_rights

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:darktable="http://darktable.sf.net/" {attributes}>
<dc:subject><rdf:Bag><rdf:li>{word}</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"""


def write(path: Path, *arguments: str) -> None:
    """By ExifTool's own command line, as a photographer's other programs would."""
    subprocess.run(["exiftool", "-q", "-overwrite_original", *arguments, os.fspath(path)], check=True)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "IMG.jpg"
    Image.new("RGB", (8, 8), (10, 120, 200)).save(path)
    return path


def sidecar(path: Path, word: str = "sea", attributes: str = "") -> Path:
    path.write_text(XMP.format(word=word, attributes=attributes), "utf-8")
    return path


class TestPhoto:
    def test_a_photo_that_says_nothing(self, tool: ExifTool, photo: Path) -> None:
        state = read_state(tool, photo, Format.JPEG)
        assert [document.path for document in state.documents] == [photo]
        assert state.embedded.lists == {}
        assert state.embedded.fingerprint.size == photo.stat().st_size
        assert state.tool_version == tool.version

    def test_every_list_every_text_and_the_marks(self, tool: ExifTool, photo: Path) -> None:
        write(
            photo,
            *("-XMP-dc:Subject=sea", "-XMP-dc:Subject=True", "-XMP-lr:HierarchicalSubject=Places|Sea"),
            *("-XMP-digiKam:TagsList=Places/Sea", "-IPTC:Keywords=sea", "-XMP-mediapro:CatalogSets=A|B"),
            *("-XMP-dc:Description=A sea.", "-XMP-dc:Description-de=Ein Meer.", "-IPTC:ObjectName=Sea"),
            *("-XMP-iptcCore:AltTextAccessibility=Water.", "-IFD0:XPKeywords=sea;sky", "-IFD0:ImageDescription=x"),
            *("-XMP-xmp:Rating=3", "-XMP-xmp:Label=Red", "-ExifIFD:DateTimeOriginal=2020:01:02 03:04:05"),
        )
        document = read_state(tool, photo, Format.JPEG).embedded
        assert document.lists == {
            DC: ("sea", "True"),
            LR: ("Places|Sea",),
            TAGS: ("Places/Sea",),
            IPTC: ("sea",),
            "XMP-mediapro:CatalogSets": ("A|B",),
        }
        assert document.texts == {
            "XMP-dc:Description": "A sea.",
            "XMP-dc:Description-de": "Ein Meer.",
            "IPTC:ObjectName": "Sea",
            "XMP-iptcCore:AltTextAccessibility": "Water.",
            "IFD0:XPKeywords": "sea;sky",
            "IFD0:ImageDescription": "x",
        }
        assert document.marks["XMP-xmp:Rating"] == "3"
        assert document.captured == "2020:01:02 03:04:05"

    def test_acdsees_categories(self, tool: ExifTool, photo: Path) -> None:
        tree = '<Categories><Category Assigned="0">A<Category Assigned="1">B</Category></Category></Categories>'
        write(photo, f"-XMP-acdsee:Categories={tree}")
        assert read_state(tool, photo, Format.JPEG).embedded.acdsee == (("A", "B"),)

    @pytest.mark.parametrize(
        ("arguments", "charset"),
        [
            (["-IPTC:Keywords=plain"], IptcCharset.UTF8),
            (["-IPTC:CodedCharacterSet=UTF8", "-IPTC:Keywords=Möwe"], IptcCharset.UTF8),
            (["-charset", "iptc=UTF8", "-IPTC:Keywords=Möwe"], IptcCharset.UNMARKED_UTF8),
            (["-IPTC:Keywords=Möwe"], IptcCharset.LATIN1),
        ],
    )
    def test_the_encoding_of_iptc_is_found_out(
        self, tool: ExifTool, photo: Path, arguments: list[str], charset: IptcCharset
    ) -> None:
        write(photo, *arguments)
        document = read_state(tool, photo, Format.JPEG).embedded
        assert document.iptc_charset is charset
        assert document.lists[IPTC] == (arguments[-1].partition("=")[2],)

    def test_what_follows_the_picture_data_of_a_png_is_read(self, tool: ExifTool, tmp_path: Path) -> None:
        path = tmp_path / "IMG.png"
        Image.effect_noise((64, 64), 50).save(path)
        write(path, "-XMP-dc:Subject=sea")
        assert read_state(tool, path, Format.PNG).embedded.lists == {DC: ("sea",)}

    def test_a_link_stands_for_its_file(self, tool: ExifTool, photo: Path, tmp_path: Path) -> None:
        write(photo, "-XMP-dc:Subject=sea")
        link = tmp_path / "elsewhere" / "link.jpg"
        link.parent.mkdir()
        link.symlink_to(photo)
        beside_file = sidecar(photo.with_suffix(".xmp"), "file's")
        beside_link = sidecar(link.with_suffix(".xmp"), "link's")
        state = read_state(tool, link, Format.JPEG)
        assert [document.path for document in state.documents] == [link, beside_link, beside_file]
        assert state.embedded.fingerprint.inode == photo.stat().st_ino

    def test_a_photo_that_is_not_there_fails_alone(self, tool: ExifTool, photo: Path) -> None:
        tmp_path = photo.parent
        dangling = tmp_path / "dangling.jpg"
        dangling.symlink_to("nowhere")
        loop = tmp_path / "loop.jpg"
        loop.symlink_to(loop)
        os.mkfifo(tmp_path / "pipe.jpg")
        (tmp_path / "folder.jpg").mkdir()
        names = ["gone.jpg", "dangling.jpg", "loop.jpg", "pipe.jpg", "folder.jpg", "IMG.jpg"]
        states = read_states(tool, [(tmp_path / name, Format.JPEG) for name in names])
        kinds = [PhotoMissing, PhotoMissing, PhotoUnreadable, PhotoUnreadable, PhotoUnreadable, PhotoState]
        assert [type(state) for state in states] == kinds

    def test_a_photo_that_may_not_be_read_says_so(self, open_folder: Path) -> None:
        photo = open_folder / "IMG.jpg"
        Image.new("RGB", (8, 8)).save(photo)
        photo.chmod(0)

        def work() -> None:
            with pytest.raises(PhotoUnreadable):
                find_photo(photo)

        give_away(open_folder)
        without_rights(work, open_folder)

    def test_a_file_that_exiftool_cannot_read(self, tool: ExifTool, photo: Path) -> None:
        photo.write_bytes(os.urandom(256))
        with pytest.raises(ExifToolFailed) as caught:
            read_state(tool, photo, Format.JPEG)
        assert str(photo) in caught.value.message
        assert read_state(tool, photo, Format.RAW).embedded.lists == {}

    def test_a_name_of_odd_bytes(self, tool: ExifTool, photo: Path) -> None:
        odd = photo.rename(photo.with_name(os.fsdecode(b"$HOME @x\n-all= \xff.jpg")))
        beside = sidecar(odd.with_suffix(".xmp"))
        state = read_state(tool, odd, Format.JPEG)
        assert [document.path for document in state.documents] == [odd, beside]
        assert state.sidecars[0].lists == {DC: ("sea",)}

    def test_many_at_once(self, tool: ExifTool, photo: Path, tmp_path: Path) -> None:
        photos = []
        for number in range(30):
            path = tmp_path / f"{number}.jpg"
            shutil.copy(photo, path)
            if number % 3 == 0:
                sidecar(path.with_suffix(".xmp"), f"word {number}")
            photos.append((path, Format.JPEG))
        for number, state in enumerate(read_states(tool, photos)):
            assert isinstance(state, PhotoState)
            found = [document.lists[DC] for document in state.sidecars]
            assert found == ([(f"word {number}",)] if number % 3 == 0 else [])


class TestSidecars:
    def test_both_names_adobes_first(self, tool: ExifTool, photo: Path) -> None:
        own, adobe = sidecar(photo.with_name("IMG.jpg.xmp"), "own"), sidecar(photo.with_name("IMG.XMP"), "adobe's")
        state = read_state(tool, photo, Format.JPEG)
        assert [document.path for document in state.sidecars] == [adobe, own]
        assert [document.lists[DC] for document in state.sidecars] == [("adobe's",), ("own",)]

    def test_the_extension_in_other_letters(self, tool: ExifTool, photo: Path) -> None:
        photo = photo.rename(photo.with_name("IMG.JPG"))
        own = sidecar(photo.with_name("IMG.jpg.xmp"))
        assert [d.path for d in read_state(tool, photo, Format.JPEG).sidecars] == [own]

    def test_another_photos_sidecar_is_not_taken(self, tool: ExifTool, photo: Path) -> None:
        capital = photo.with_name("IMG.JPG")
        if capital.exists():
            pytest.fail("this test needs a disk that tells small letters from capitals")
        shutil.copy(photo, capital)
        sidecar(photo.with_name("IMG.jpg.xmp"))
        assert read_state(tool, capital, Format.JPEG).sidecars == ()

    def test_darktables_is_told_by_its_content(self, tool: ExifTool, photo: Path) -> None:
        sidecar(photo.with_name("IMG.jpg.xmp"), "sea", 'darktable:xmp_version="4"')
        state = read_state(tool, photo, Format.JPEG)
        assert [document.role for document in state.documents] == [Role.PHOTO, Role.DARKTABLE]
        assert state.sidecars == ()
        # The namespace alone is no sign: digiKam's library declares more than it uses.
        sidecar(photo.with_name("IMG.jpg.xmp"))
        assert len(read_state(tool, photo, Format.JPEG).sidecars) == 1

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"not XML",
            XMP[:-20].encode(),
            b"<html><p>x</p></html>",
            b"\0\1\2\3" * 50,
            XMP.encode("utf-16"),
            b'<?xml version="1.0" encoding="ISO-8859-1"?>' + XMP.encode(),
            b'<!DOCTYPE x [<!ENTITY a "b">]>' + XMP.encode(),
        ],
        ids=["empty", "text", "cut short", "no XMP", "binary", "UTF-16", "Latin-1", "entities"],
    )
    def test_a_damaged_one_fails_its_photo_and_is_left_alone(
        self, tool: ExifTool, photo: Path, tmp_path: Path, content: bytes
    ) -> None:
        other = tmp_path / "OTHER.jpg"
        shutil.copy(photo, other)
        damaged = photo.with_suffix(".xmp")
        damaged.write_bytes(content)
        first, second = read_states(tool, [(photo, Format.JPEG), (other, Format.JPEG)])
        assert isinstance(first, SidecarDamaged)
        assert str(damaged) in first.message
        assert first.hint
        assert isinstance(second, PhotoState)
        assert damaged.read_bytes() == content

    def test_one_that_is_padded_or_in_utf16_is_no_damage(self, tool: ExifTool, photo: Path) -> None:
        text = XMP.format(word="Möwe", attributes="")
        packet = f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{text}<?xpacket end="w"?>'
        padded = text.encode() + b"\n\0\0\0"
        for content in (padded, b"\xef\xbb\xbf" + text.encode(), packet.encode("utf-16-le"), packet.encode()):
            photo.with_suffix(".xmp").write_bytes(content)
            assert read_state(tool, photo, Format.JPEG).sidecars[0].lists == {DC: ("Möwe",)}

    def test_photos_of_one_name_share_adobes_sidecar(self, tool: ExifTool, photo: Path) -> None:
        raw = photo.with_name("IMG.CR2")
        shutil.copy(photo, raw)
        sidecar(photo.with_suffix(".xmp"))
        assert read_state(tool, photo, Format.JPEG).shared_with == (raw,)
        assert read_state(tool, raw, Format.RAW).shared_with == (photo,)

    def test_one_of_another_picture_of_the_name_is_noticed_by_its_date(self, tool: ExifTool, photo: Path) -> None:
        other = photo.with_name("IMG.jpeg")
        shutil.copy(photo, other)
        write(photo, "-ExifIFD:DateTimeOriginal=2021:06:05 04:03:02")
        write(other, "-ExifIFD:DateTimeOriginal=2009:01:01 10:00:00")
        xmp = sidecar(photo.with_suffix(".xmp"), "sea", 'exif:DateTimeOriginal="2009-01-01T10:00:00.00"')
        state = read_state(tool, photo, Format.JPEG)
        assert state.foreign == (xmp,)
        assert state.sidecars == ()
        assert read_state(tool, other, Format.JPEG).sidecars[0].path == xmp
        plan = make_plan(state, words("boat"))
        assert any("IMG.xmp" in warning for warning in plan.warnings)

    def test_a_date_that_was_corrected_is_no_other_picture(self, tool: ExifTool, photo: Path) -> None:
        shutil.copy(photo, photo.with_name("IMG.dng"))
        write(photo, "-ExifIFD:DateTimeOriginal=2021:06:05 04:03:02")
        sidecar(photo.with_suffix(".xmp"), "sea", 'exif:DateTimeOriginal="2021-06-05T06:03:02"')
        assert len(read_state(tool, photo, Format.JPEG).sidecars) == 1


class TestRealPhotos:
    """Read, planned, written, read again: on copies of real photographs of every kind."""

    @pytest.mark.photos
    @pytest.mark.parametrize(
        ("name", "format"),
        [
            ("labelled/Nikon_D100.jpg", Format.JPEG),
            ("labelled/Olympus_C40Z.jpg", Format.JPEG),
            ("heic/Stonehenge.heic", Format.HEIC),
            ("raw/synth.dng", Format.DNG),
            ("raw/Canon-R6-pruned.CR3", Format.RAW),
            ("raw/FujiFilm.raf", Format.RAW),
            ("raw/kodak_dc50.kdc", Format.RAW),
        ],
    )
    def test_what_was_planned_stands_there_and_is_not_planned_again(
        self, tool: ExifTool, shared_photos: Path, tmp_path: Path, name: str, format: Format
    ) -> None:
        path = tmp_path / "photos" / Path(name).name
        path.parent.mkdir()
        shutil.copy(shared_photos / name, path)
        before = path.read_bytes()
        proposal = words("Möwe", "Animals|Bird", "a/b", caption="A gull over the harbour.")
        writer = Writer(tool, MemoryJournal(), tmp_path / "spool")
        state = read_state(tool, path, format)
        plan = make_plan(state, proposal, None, PlanOptions())
        written = writer.apply(plan, job="1", item=1).written
        state = read_state(tool, path, format)
        if format is Format.RAW:
            assert path.read_bytes() == before
            assert [d.path.name for d in state.sidecars] == [path.name + ".xmp"]
        document = (*state.sidecars, state.embedded)[0]
        assert {"Möwe", "Bird", "a/b"} <= set(document.lists[DC])
        assert {"Möwe", "Animals/Bird", "a\u2215b"} <= set(document.lists[TAGS])
        again = make_plan(state, proposal, written)
        assert again.empty, again.targets

    @pytest.mark.photos
    def test_none_of_them_fails(self, tool: ExifTool, shared_photos: Path) -> None:
        photos = [(path, Format.JPEG) for path in sorted(shared_photos.rglob("*.jpg"))]
        assert not [state for state in read_states(tool, photos) if isinstance(state, BridgeError)]


def test_old_iptc_is_rewritten_with_its_words(tool: ExifTool, photo: Path, tmp_path: Path) -> None:
    write(photo, "-IPTC:Keywords=Möwe", "-IPTC:City=Köln")
    plan = make_plan(read_state(tool, photo, Format.JPEG), words("東京"))
    assert any("Latin-1" in warning for warning in plan.warnings)
    Writer(tool, MemoryJournal(), tmp_path / "spool").apply(plan, job="1", item=1)
    document = read_state(tool, photo, Format.JPEG).embedded
    assert document.iptc_charset is IptcCharset.UTF8
    assert document.lists[IPTC] == ("Möwe", "東京")


def test_the_base_is_stored_and_read(tool: ExifTool, photo: Path) -> None:
    plan = make_plan(read_state(tool, photo, Format.JPEG), words("boat"))
    assert from_json(Written, to_json(plan.written)) == plan.written


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "avif"])
def test_every_list_that_is_there_is_written_by_the_writer(tool: ExifTool, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"IMG.{suffix}"
    Image.effect_noise((32, 32), 50).convert("RGB").save(path)
    tree = '<Categories><Category Assigned="1">sea</Category></Categories>'
    write(
        path,
        *("-XMP-microsoft:LastKeywordXMP=sea", "-XMP-mediapro:CatalogSets=sea", "-XMP-acdsee:Keywords=sea"),
        *(f"-XMP-acdsee:Categories={tree}", "-IFD0:XPKeywords=sea", "-XMP-microsoft:LastKeywordIPTC=sea"),
    )
    format = {"jpg": Format.JPEG, "tif": Format.TIFF}.get(suffix) or Format(suffix)
    writer = Writer(tool, MemoryJournal(), tmp_path / "spool")
    proposal = words("Animals|Möwe", "x & <y>")
    plan = make_plan(read_state(tool, path, format), proposal)
    base = writer.apply(plan, job="1", item=1).written
    document = read_state(tool, path, format).embedded
    assert document.lists["XMP-microsoft:LastKeywordXMP"] == ("sea", "Animals/Möwe", "x & <y>")
    assert document.lists["XMP-mediapro:CatalogSets"] == ("sea", "Animals|Möwe", "x & <y>")
    assert document.acdsee == (("sea",), ("Animals", "Möwe"), ("x & <y>",))
    assert document.texts["IFD0:XPKeywords"] == "sea;Möwe;x & <y>"
    assert (IPTC in document.lists) == (suffix in ("jpg", "tif"))
    assert make_plan(read_state(tool, path, format), proposal, base).empty
