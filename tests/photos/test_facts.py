"""What EXIF says, as typed values; nonsense counts as nothing."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import zlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL.TiffImagePlugin import IFDRational

from bridge.errors import PhotoTooLarge
from bridge.photos import ReadLimits, glance, identify
from bridge.photos._exif import Tags
from bridge.photos._facts import facts_of
from bridge.values import Facts, Gps
from tests.photos.made import exif_of, look, picture, psd_resource, save

TAKEN, SUBSECONDS, OFFSET = 0x9003, 0x9291, 0x9011


def exif(**values: Any) -> Facts:
    """Facts of an Exif directory given by hexadecimal tag: ``exif(x9003=...)``."""
    return facts_of(Tags(exif={int(tag[1:], 16): value for tag, value in values.items()}))


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("2021:05:12 12:21:21", datetime(2021, 5, 12, 12, 21, 21)),
        ("2021-05-12T12:21:21", datetime(2021, 5, 12, 12, 21, 21)),
        ("2021/05/12 12:21", datetime(2021, 5, 12, 12, 21)),
        ("2021:05:12 12:21:21.25", datetime(2021, 5, 12, 12, 21, 21, 250_000)),
        ("2021:05:12 12:21:21+02:00", datetime(2021, 5, 12, 12, 21, 21)),
        ("2021:05:12 12:21:60", datetime(2021, 5, 12, 12, 21, 59)),
        (b"2021:05:12 12:21:21\0", datetime(2021, 5, 12, 12, 21, 21)),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2021:13:45 12:00:00", None),
        ("2021:05:12", None),
        ("0001:01:01 00:00:00", None),
        ("tomorrow", None),
        (20210512, None),
        ("", None),
    ],
)
def test_capture_time(text: Any, taken: datetime | None) -> None:
    assert exif(x9003=text).captured == taken


def test_fractions_of_a_second_are_kept() -> None:
    assert exif(x9003="2021:05:12 12:21:21", x9291="7").captured == datetime(2021, 5, 12, 12, 21, 21, 700_000)
    assert exif(x9003="2021:05:12 12:21:21", x9291="x").captured == datetime(2021, 5, 12, 12, 21, 21)


def test_the_date_of_a_scan_or_an_edit_is_no_capture_time() -> None:
    assert facts_of(Tags({0x0132: "2021:05:12 12:21:21"}, {0x9004: "2021:05:12 12:21:21"})).captured is None


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("+02:00", timedelta(hours=2)),
        ("-05:30", timedelta(hours=-5.5)),
        ("Z", timedelta(0)),
        ("+0545", timedelta(hours=5.75)),
        ("+99:00", None),
        ("   :  ", None),
        ("CEST", None),
    ],
)
def test_offset_from_utc(text: str, offset: timedelta | None) -> None:
    assert exif(x9011=text).utc_offset == offset


@pytest.mark.parametrize(
    ("camera", "gps", "offset"),
    [
        ("2021:05:12 12:21:30", ("2021:05:12", (10.0, 21.0, 10.0)), timedelta(hours=2)),
        ("2021:05:12 00:30:00", ("2021:05:11", (18.0, 45.0, 5.0)), timedelta(hours=5.75)),
        ("2021:05:12 12:21:30", ("2021:05:12", (10.0, 9.0, 0.0)), None),  # an old fix, or a camera clock that is off
        ("2021:05:12 12:21:30", ("2021:05:12", (10.0, 21.0)), None),
        ("2021:05:12 12:21:30", ("0000:00:00", (10.0, 21.0, 0.0)), None),
    ],
)
def test_offset_from_the_satellites_where_it_is_sure(camera: str, gps: Any, offset: timedelta | None) -> None:
    tags = Tags(exif={TAKEN: camera}, gps={0x1D: gps[0], 0x07: gps[1]})
    assert facts_of(tags).utc_offset == offset


def test_camera_lens_and_software() -> None:
    facts = facts_of(
        Tags({0x010F: "NIKON CORPORATION\0", 0x0110: b"NIKON D70s ", 0x0131: " Ver.1.00  "}, {0xA434: "AF 50mm f/1.8"})
    )
    assert (facts.make, facts.model, facts.lens) == ("NIKON CORPORATION", "NIKON D70s", "AF 50mm f/1.8")
    assert facts.software == "Ver.1.00"
    blank = facts_of(Tags({0x010F: "   ", 0x0110: "\0\0", 0x0131: 7}, {0xA434: "----"}))
    assert blank == Facts()


@pytest.mark.parametrize(
    ("specification", "lens"),
    [
        ((18.0, 55.0, 3.5, 5.6), "18-55mm f/3.5-5.6"),
        ((50.0, 50.0, 1.8, 1.8), "50mm f/1.8"),
        ((24.0, 105.0, IFDRational(0, 0), IFDRational(0, 0)), "24-105mm"),
        ((0.0, 0.0, 0.0, 0.0), None),
        (50.0, None),
    ],
)
def test_a_lens_without_a_name_is_named_by_its_specification(specification: Any, lens: str | None) -> None:
    assert exif(xA432=specification).lens == lens


def test_exposure() -> None:
    facts = exif(x829A=IFDRational(1, 250), x829D=IFDRational(28, 10), x8827=400, x920A=IFDRational(50), xA405=75)
    assert (facts.exposure_s, facts.f_number, facts.iso) == (0.004, 2.8, 400)
    assert (facts.focal_length_mm, facts.focal_length_35mm) == (50.0, 75.0)


def test_exposure_in_apex_units_where_there_is_nothing_else() -> None:
    facts = exif(x9201=IFDRational(8), x9202=IFDRational(5))
    assert (facts.exposure_s, facts.f_number) == (1 / 256, 5.66)


@pytest.mark.parametrize("nothing", [0, IFDRational(0, 0), IFDRational(1, 0), "400", -1, None, (), float("inf")])
def test_nonsense_is_nothing(nothing: Any) -> None:
    tags = ("x829A", "x829D", "x8827", "x920A", "xA405", "x9206")
    assert exif(**dict.fromkeys(tags, nothing)) == exif()


@pytest.mark.parametrize("nothing", [IFDRational(0, 0), IFDRational(1000), IFDRational(-1000), "8", None])
def test_nonsense_in_apex_units_is_nothing(nothing: Any) -> None:
    assert exif(x9201=nothing, x9202=nothing) == exif()


@pytest.mark.parametrize(
    ("tags", "iso"),
    [
        ({"x8827": (200, 0)}, 200),
        ({"x8827": 65535, "x8832": 102400}, 102400),
        ({"x8827": 65535, "x8833": 204800}, 204800),
        ({"x8827": 65535}, 65535),
    ],
)
def test_iso(tags: dict[str, Any], iso: int) -> None:
    assert exif(**tags).iso == iso


@pytest.mark.parametrize(("flash", "fired"), [(0, False), (1, True), (0x5F, True), (0x10, False), (0x20, False)])
def test_flash(flash: int, fired: bool) -> None:
    assert exif(x9209=flash).flash_fired is fired
    assert exif().flash_fired is None


@pytest.mark.parametrize(
    ("bias", "stops"), [(IFDRational(-2, 3), -2 / 3), (IFDRational(0, 6), 0.0), (IFDRational(0, 0), None), (300, None)]
)
def test_exposure_bias(bias: Any, stops: float | None) -> None:
    assert exif(x9204=bias).exposure_bias == stops


def test_distance_to_the_subject_unless_it_is_infinite() -> None:
    assert exif(x9206=IFDRational(82, 10)).subject_distance_m == 8.2
    assert exif(x9206=IFDRational(0xFFFFFFFF, 1)).subject_distance_m is None


APS_C = {"xA002": 6000, "xA003": 4000, "xA20E": 6000 / 22.3 * 25.4, "xA20F": 4000 / 14.9 * 25.4, "xA210": 2}


def test_the_focal_length_of_35_mm_is_computed_from_a_sensor_that_exists() -> None:
    assert exif(x920A=50.0, **APS_C).focal_length_35mm == pytest.approx(80.7, abs=0.2)
    in_mm = {**APS_C, "xA20E": 6000 / 22.3, "xA20F": 4000 / 14.9, "xA210": 4}
    assert exif(x920A=50.0, **in_mm).focal_length_35mm == pytest.approx(80.7, abs=0.2)
    assert exif(x920A=50.0, xA405=75, **APS_C).focal_length_35mm == 75


@pytest.mark.parametrize(
    "changed",
    [
        {"xA210": 4},  # millimetres where inches were meant
        {"xA002": 626, "xA003": 1200},  # cropped
        {"xA002": 1200, "xA003": 800},  # resized: 4.5 mm with pixels as large as those of a larger sensor
        {"xA20E": 0.0},
        {"xA210": 9},
    ],
)
def test_a_sensor_that_cannot_be_gives_no_focal_length_of_35_mm(changed: dict[str, Any]) -> None:
    facts = exif(x920A=50.0, **{**APS_C, **changed})
    assert facts.focal_length_35mm is None


def test_what_an_editor_saved_may_have_another_size_than_the_sensor() -> None:
    tags = {int(tag[1:], 16): value for tag, value in APS_C.items()}
    edited = Tags({0x0131: "Adobe Photoshop Lightroom 6.0"}, {0x920A: 50.0, **tags})
    assert facts_of(edited).focal_length_35mm is None


# -- place ------------------------------------------------------------------------------------------------------------

HERE = {1: "N", 2: (48.0, 51.0, 29.6), 3: "E", 4: (2.0, 17.0, 40.2)}


@pytest.mark.parametrize(
    ("changed", "gps"),
    [
        ({}, Gps(48.858222, 2.294500)),
        ({1: "S", 3: "W"}, Gps(-48.858222, -2.294500)),
        ({5: b"\0", 6: 35.5}, Gps(48.858222, 2.294500, 35.5)),
        ({5: b"\1", 6: 35.5}, Gps(48.858222, 2.294500, -35.5)),
        ({6: IFDRational(0, 0)}, Gps(48.858222, 2.294500)),
        ({2: (48.0, 51.493333, IFDRational(0, 0))}, Gps(48.858222, 2.294500)),
        ({2: (48.858222,)}, Gps(48.858222, 2.294500)),
        ({1: "N\0"}, Gps(48.858222, 2.294500)),
        ({1: None}, None),  # without a hemisphere there is no place
        ({3: "X"}, None),
        ({2: (98.0, 0.0, 0.0)}, None),
        ({4: (181.0, 0.0, 0.0)}, None),
        ({2: (IFDRational(0, 0),) * 3}, None),
        ({2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}, None),  # what a receiver without a fix writes
        ({2: "48 51 29"}, None),
        ({2: (1.0, 2.0, 3.0, 4.0)}, None),
        ({2: (-48.0, 51.0, 29.6)}, None),
    ],
)
def test_place(changed: dict[int, Any], gps: Gps | None) -> None:
    found = facts_of(Tags(gps={**HERE, **changed})).gps
    if gps is None:
        assert found is None
    else:
        assert found is not None
        assert (found.latitude, found.longitude) == pytest.approx((gps.latitude, gps.longitude), abs=1e-5)
        assert found.altitude == gps.altitude


# -- from files -------------------------------------------------------------------------------------------------------

DATA = exif_of(
    {0x010F: "Camera", 0x0110: "Model 1"},
    {TAKEN: "2021:05:12 12:21:21", 0x829A: IFDRational(1, 250), 0x8827: 400},
    {1: "N", 2: (48.0, 51.0, 29.6), 3: "E", 4: (2.0, 17.0, 40.2)},
)


def assert_told(path: Path) -> None:
    facts = look(path).facts
    assert (facts.make, facts.captured) == ("Camera", datetime(2021, 5, 12, 12, 21, 21))
    assert (facts.exposure_s, facts.iso) == (pytest.approx(0.004), 400)
    assert facts.gps is not None and facts.gps.latitude == pytest.approx(48.8582, abs=1e-3)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif"])
def test_facts_are_read_from_every_container(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    picture().save(path, exif=DATA)
    assert_told(path)


def test_facts_are_read_from_heic_and_psd(tmp_path: Path) -> None:
    heif = pillow_heif.from_pillow(picture())
    heif.info["exif"] = DATA
    heif.save(tmp_path / "a.heic")
    assert_told(tmp_path / "a.heic")
    path = save(tmp_path / "a.psd")
    resource = psd_resource(1058, DATA.removeprefix(b"Exif\0\0"))
    data = path.read_bytes()
    path.write_bytes(data[:30] + struct.pack(">I", len(resource)) + resource + data[34:])
    assert_told(path)


def test_facts_behind_the_pixels_of_a_png_are_found_without_decoding_them(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    picture().save(path)
    body = DATA.removeprefix(b"Exif\0\0")
    chunk = struct.pack(">I", len(body)) + b"eXIf" + body + struct.pack(">I", zlib.crc32(b"eXIf" + body))
    path.write_bytes(path.read_bytes()[:-12] + chunk + path.read_bytes()[-12:])
    assert_told(path)


def test_facts_alone_are_those_of_the_identity_whatever_the_size(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    picture().save(path, exif=DATA)
    assert glance(path).facts == look(path).facts
    with pytest.raises(PhotoTooLarge):
        identify(path, ReadLimits(max_megapixels=0.1))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("cut", range(8, len(DATA) - 4, 7))
def test_corrupt_exif_never_fails_a_photo(tmp_path: Path, cut: int) -> None:
    for name, data in (("cut", DATA[:cut]), ("hit", DATA[:cut] + b"\xff\xff\xff\xff" + DATA[cut + 4 :])):
        path = tmp_path / f"{name}.jpg"
        picture(30, 20).save(path, exif=data)
        assert look(path).width in (30, 20)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_one_broken_directory_does_not_hide_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    at = DATA.index(struct.pack(">HH", 0x8825, 4)) + 8
    picture().save(path, exif=DATA[:at] + struct.pack(">I", 0x7FFFFFFF) + DATA[at + 4 :])
    facts = look(path).facts
    assert (facts.make, facts.iso, facts.gps) == ("Camera", 400, None)


@pytest.mark.photos
@pytest.mark.parametrize(
    ("name", "model", "taken", "iso", "focal_35"),
    [
        ("Canon-R6-pruned.CR3", "Canon EOS R6", datetime(2021, 5, 12, 12, 21, 21, 920_000), 100, 322.1),
        ("FujiFilm.raf", "FinePix S5Pro", datetime(2007, 5, 22, 13, 58, 30), 100, 105.0),
        ("IMG_1361.dng", "iPhone 12 Pro", datetime(2020, 12, 29, 14, 24, 45, 700_000), 32, 26.0),
        ("Panasonic.rw2", "DMC-LX3", datetime(2008, 8, 6, 15, 21, 56), 80, 24.0),
        ("kodak_dc50.kdc", "Kodak Digital Science DC50 Zoom Camera", None, None, None),
    ],
)
def test_facts_of_raw(
    shared_photos: Path, name: str, model: str, taken: datetime | None, iso: int | None, focal_35: float | None
) -> None:
    facts = look(shared_photos / "raw" / name).facts
    assert (facts.model, facts.captured, facts.iso, facts.focal_length_35mm) == (model, taken, iso, focal_35)


@pytest.mark.photos
def test_facts_agree_with_exiftool(shared_photos: Path) -> None:
    """Another program's reading of the same tags, over all real photographs."""
    exiftool = shutil.which("exiftool")
    assert exiftool, "ExifTool is needed: apt install libimage-exiftool-perl"
    paths = sorted(path for path in shared_photos.glob("*/*") if path.suffix != ".json")
    names = ["DateTimeOriginal", "Make", "Model", "FocalLength", "FocalLengthIn35mmFormat", "Flash"]
    names += ["ExposureTime", "FNumber", "ISO"]
    command = [exiftool, "-n", "-j", *(f"-EXIF:{name}" for name in names), "-Composite:GPSLatitude", *map(str, paths)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    compared = 0
    for path, theirs in zip(paths, told, strict=True):
        facts = look(path).facts
        ours = {
            "DateTimeOriginal": facts.captured and facts.captured.strftime("%Y:%m:%d %H:%M:%S"),
            "Make": facts.make,
            "Model": facts.model,
            "FocalLength": facts.focal_length_mm,
            "ExposureTime": facts.exposure_s,
            "FNumber": facts.f_number,
            "ISO": facts.iso,
            "FocalLengthIn35mmFormat": facts.focal_length_35mm,
            "GPSLatitude": facts.gps and facts.gps.latitude,
        }
        for name, value in ours.items():
            expected = theirs.get(name)
            if expected in (None, "", 0):
                continue
            compared += 1
            if isinstance(expected, str):
                assert value == " ".join(expected.split())[: 19 if name == "DateTimeOriginal" else None], path.name
            else:
                assert value == pytest.approx(expected, rel=1e-4), (path.name, name)
        if "Flash" in theirs:
            flash = int(str(theirs["Flash"]).split()[0])
            assert facts.flash_fired is (flash & 0x21 == 1), path.name
    assert compared > 300
