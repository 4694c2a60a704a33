"""A library of very many small JPEGs, each another picture, with metadata as cameras and people leave them.

The metadata of a few hundred templates is written by ExifTool: EXIF with camera, lens and exposure, in one of twenty
with a place; in a third of them keywords and a caption by a person, in IPTC and XMP, some with a hierarchy. Each photo
is a picture of its own behind the segments of a template, with a time of its own.
"""

from __future__ import annotations

import random
import struct
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

A_FOLDER = 500
WIDTH, HEIGHT, QUALITY = 320, 240, 75
_TIME = "2001:01:01 00:00:00"
"""Of every template; in a photo its own time stands there, which is as long."""
_FIRST = datetime(2015, 1, 3, 8)
_CAMERAS = (
    *(("Canon", "Canon EOS R6", "RF24-105mm F4 L IS USM"), ("NIKON CORPORATION", "NIKON Z 6_2", "NIKKOR Z 50mm f/1.8")),
    *(("SONY", "ILCE-7M4", "FE 70-200mm F2.8 GM OSS II"), ("FUJIFILM", "X-T4", "XF16-55mmF2.8 R LM WR")),
    *(("Apple", "iPhone 13 Pro", "iPhone 13 Pro back camera 5.7mm f/1.5"), ("OLYMPUS", "E-M1MarkII", "12-40mm F2.8")),
)
_PEOPLE = ("Anna", "Emma Köhler", "Grandfather", "José", "Zoë", "the Millers")
_EVENTS = ("wedding", "Christmas 2019", "summer holiday", "birthday", "school play", "regatta", "harvest", "concert")
_PLACES = ("Hamburg", "Lago di Como", "Reykjavík", "Porto", "Edinburgh", "Kraków", "Skagen", "Århus")
_SHELF = {"people": _PEOPLE, "events": _EVENTS, "places": _PLACES}
WITH_WORDS = 3
"""Every third photo has words by a person."""
WITH_PLACE = 20
"""Every twentieth knows where it was taken. There the daemon looks at the picture itself, to tell indoors from outdoors
before it says a season: several times the work of all the rest. With more of them a run measures that model."""


def make_library(folder: Path, photos: int, seed: int, tell: Callable[[int], None] = lambda _: None) -> list[Path]:
    """``photos`` JPEGs below ``folder``, ``A_FOLDER`` in each; in the order in which they were taken. ``tell`` is told
    how many there are, now and then."""
    heads = list(_heads(folder.parent / "templates", min(600, max(60, photos // 20)), seed))
    chance = np.random.default_rng(seed)
    grain = chance.normal(0, 3.0, (4 * HEIGHT, 4 * WIDTH, 1)).astype(np.float32)
    taken = _FIRST
    paths = []
    for number in range(photos):
        path = folder / f"{number // A_FOLDER:03}" / f"IMG_{number:06}.jpg"
        if number % A_FOLDER == 0:
            path.parent.mkdir(parents=True)
            tell(number)
        taken += timedelta(seconds=int(chance.integers(2, 6000)))
        head = heads[number % len(heads)].replace(_TIME.encode(), taken.strftime("%Y:%m:%d %H:%M:%S").encode())
        path.write_bytes(head + _picture(chance, grain)[2:])
        paths.append(path)
    return paths


def words_of_a_person(number: int) -> bool:
    """Whether the photo of this number has keywords and a caption by a person."""
    return number % WITH_WORDS == 0


def _picture(chance: np.random.Generator, grain: np.ndarray) -> bytes:
    """A JPEG of soft shapes and a sensor's noise, a piece of ``grain``."""
    coarse = chance.uniform(20, 235, (6, 8, 3)).astype(np.float32)
    soft = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    y, x = (int(chance.integers(0, room)) for room in (grain.shape[0] - HEIGHT, grain.shape[1] - WIDTH))
    picture = np.clip(soft + grain[y : y + HEIGHT, x : x + WIDTH], 0, 255).astype(np.uint8)
    done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    assert done
    return bytes(jpeg.tobytes())


def _heads(folder: Path, count: int, seed: int) -> Iterator[bytes]:
    """What stands before the picture in each template: SOI and the segments of applications."""
    count += -count % (WITH_WORDS * WITH_PLACE)  # so that a photo's number tells what its template has
    folder.mkdir(parents=True)
    chance, plain = random.Random(seed), cv2.imencode(".jpg", np.zeros((HEIGHT, WIDTH, 3), np.uint8))[1].tobytes()
    lines: list[str] = []
    for number in range(count):
        path = folder / f"{number:04}.jpg"
        path.write_bytes(plain)
        lines += [*_tags(number, chance), "-overwrite_original", str(path), "-execute"]
    arguments = folder / "arguments"
    arguments.write_text("\n".join(lines), "utf-8")
    asked = ["exiftool", "-charset", "iptc=UTF8", "-@", str(arguments)]
    subprocess.run(asked, check=True, stdout=subprocess.DEVNULL)
    for number in range(count):
        yield _head((folder / f"{number:04}.jpg").read_bytes())


def _head(jpeg: bytes) -> bytes:
    at = 2
    while jpeg[at] == 0xFF and 0xE0 <= jpeg[at + 1] <= 0xEF:
        at += 2 + struct.unpack_from(">H", jpeg, at + 2)[0]
    return jpeg[:at]


def _tags(number: int, chance: random.Random) -> Iterator[str]:
    make, model, lens = _CAMERAS[number % len(_CAMERAS)]
    exif = {
        "Make": make,
        "Model": model,
        "LensModel": lens,
        "Software": f"{model} 1.{chance.randrange(9)}",
        "DateTimeOriginal": _TIME,
        "CreateDate": _TIME,
        "ModifyDate": _TIME,
        "OffsetTimeOriginal": "+01:00",
        "FNumber": chance.choice((1.8, 2.8, 4, 5.6, 8)),
        "ExposureTime": f"1/{chance.choice((60, 250, 1000))}",
        "ISO": chance.choice((100, 400, 1600)),
        "FocalLength": chance.randrange(24, 200),
        "Orientation#": 1,
        "SerialNumber": f"{chance.randrange(10**9):09}",
        "Copyright": "Anna Köhler",
        "Artist": "Anna Köhler",
    }
    yield from (f"-EXIF:{tag}={value}" for tag, value in exif.items())
    if number % WITH_PLACE == 0:
        yield f"-EXIF:GPSLatitude={chance.uniform(36, 64):.6f}"
        yield f"-EXIF:GPSLongitude={chance.uniform(0, 20):.6f}"
        yield from ("-EXIF:GPSLatitudeRef=N", "-EXIF:GPSLongitudeRef=E", "-EXIF:GPSAltitude=120")
    if not words_of_a_person(number):
        return
    shelves = [(shelf, chance.choice(names)) for shelf, names in _SHELF.items()]
    words = [*(name for _, name in shelves), *chance.sample(_PEOPLE, 2)]
    for word in dict.fromkeys(words):
        yield from (f"-XMP-dc:Subject={word}", f"-IPTC:Keywords={word}")
    caption = f"{words[0]} at the {words[1]} in {words[2]}, print {number} of the album."
    yield from (f"-XMP-dc:Description-x-default={caption}", f"-IPTC:Caption-Abstract={caption}")
    yield from ("-IPTC:CodedCharacterSet=UTF8", f"-XMP-xmp:Rating={chance.randrange(1, 6)}")
    if number % 2:
        yield from (f"-XMP-lr:HierarchicalSubject={shelf}|{name}" for shelf, name in shelves)
        yield from (f"-XMP-lr:HierarchicalSubject={name}" for name in dict.fromkeys(words[3:]))
