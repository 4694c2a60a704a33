"""The photographer of the screenshots: what was "taken", when, and what there is to say of it."""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL.TiffImagePlugin import IFDRational

from tools.screenshots import scenes
from tools.screenshots.canvas import Image, Random, developed
from tools.screenshots.people import PEOPLE, Placed, portrait, softened

CAMERA = ("OM SYSTEM", "OM-1")
KEPT = Path(__file__).parents[2] / ".cache" / "drawn"
DRAWS = ("canvas.py", "journey.toml", "library.py", "people.py", "scenes.py")
SIGNS = (24, 16)
"""By so many pixels a picture is known again."""


@dataclass(frozen=True)
class Shot:
    """One photo: how it is drawn, and what a good model says of it."""

    name: str
    draw: Callable[[Random], Image]
    words: tuple[str, ...]
    title: str
    caption: str
    seed: int
    taken: datetime
    people: tuple[str, ...] = ()
    mine: tuple[str, ...] = ()
    """Keywords that the photographer gave."""
    said: str = ""
    """The caption that the photographer gave."""
    soft: float = 0.0
    light: float = 1.0


def journey() -> list[Shot]:
    """A journey in autumn, each photo of its own."""
    told = tomllib.loads((Path(__file__).parent / "journey.toml").read_text("utf-8"))["journey"]
    return [_told(**each) for each in told]


def _told(scene: str, taken: datetime, light: str = "", petal: str = "", **more: Any) -> Shot:
    draw, how = getattr(scenes, scene), light or petal
    lists = {name: tuple(value) if isinstance(value, list) else value for name, value in more.items()}
    return Shot(draw=lambda random: draw(random, how) if how else draw(random), taken=taken, **lists)


PARTY = (
    *("Anna", "Ben", "Cleo", "Dan", "Eva", "Finn", "Anna Ben", "Cleo Dan", "Eva Finn"),
    *("Anna Cleo Finn", "Ben Dan Eva", "Anna", "Ben", "Cleo", "Finn Anna"),
)
LIGHTS = ("green", "warm", "blue", "room")


def friends() -> list[Shot]:
    """A garden party."""
    return [_guests(number, tuple(names.split())) for number, names in enumerate(PARTY)]


def _guests(number: int, names: tuple[str, ...]) -> Shot:
    light = LIGHTS[number % len(LIGHTS)]
    alone = len(names) == 1
    where = "indoors" if light == "room" else "garden"
    return Shot(
        name=f"P8220{number + 10:03}",
        draw=lambda random: portrait(random, light, placed(names, number)),
        words=("Family|Friends", "portrait" if alone else "group", "smile", where, "summer party"),
        title=" and ".join(names) if len(names) < 3 else "Three friends",
        caption=f"{'A person smiles' if alone else 'Friends smile'} at a summer party.",
        seed=100 + number,
        taken=datetime(2026, 8, 22, 16, 5 + 3 * number, 20),
        people=names,
    )


def placed(names: tuple[str, ...], number: int, shut: str = "") -> tuple[Placed, ...]:
    """People side by side, each a little different from photo to photo."""
    size = {1: 200, 2: 160, 3: 132}[len(names)]
    wobble = np.random.default_rng(number)

    def one(at: int, name: str) -> Placed:
        alone = 750 + float(wobble.uniform(-90, 90))
        return Placed(
            person=PEOPLE[name],
            x=alone if len(names) == 1 else 1500 * (at + 0.5) / len(names),
            y=430 + float(wobble.uniform(-30, 20)),
            size=size,
            tilt=float(wobble.uniform(-6, 6)),
            shut=name == shut,
            smile=float(wobble.uniform(0.7, 1.1)),
        )

    return tuple(one(at, name) for at, name in enumerate(names))


TRIES = {"P9160008": (0, 3.2, 0, 7.0), "P9150003": (0, 0, 4.0), "P9160021": (5.0, 0, 0)}
"""Photos of the journey that were taken several times, and how blurred each time."""
DARK = ("P9150003", 1)
BEGAN = datetime(2026, 10, 3, 10)


def moments() -> list[Shot]:
    """Several tries at a moment, for culling."""
    known = {shot.name: shot for shot in journey()}
    tries = [
        replace(
            known[name],
            name=f"PA03{at + 1}{number + 1:03}",
            soft=soft,
            light=0.32 if (name, number) == DARK else 1.0,
            taken=BEGAN + timedelta(minutes=9 * at, seconds=number),
            mine=(),
            said="",
        )
        for at, (name, blurs) in enumerate(TRIES.items())
        for number, soft in enumerate(blurs)
    ]
    return [*tries, *map(_couple, range(4))]


def _couple(number: int) -> Shot:
    """Once an eye is shut, once the camera moved."""
    names, shut = ("Anna", "Ben"), "Ben" if number == 1 else ""
    return Shot(
        name=f"PA034{number + 1:03}",
        draw=lambda random: portrait(random, "green", placed(names, 3, shut)),
        words=("Family|Friends", "group", "smile"),
        title="Anna and Ben",
        caption="Two friends smile.",
        seed=140,
        taken=BEGAN + timedelta(hours=1, seconds=number),
        people=names,
        soft=4.5 if number == 2 else 0.0,
    )


def take(folder: Path, shots: list[Shot]) -> dict[str, Shot]:
    """Draw the photos into a folder, as JPEGs with what a camera writes. Returns them by their signs.

    It takes minutes, so they are kept in ``KEPT`` until what draws them changes.
    """
    source = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.iterdir()) if path.name in DRAWS)
    kept = KEPT / hashlib.sha256(source).hexdigest()[:16]
    kept.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    known = {}
    for shot in shots:
        drawn = kept / f"{shot.name}.jpg"
        if not drawn.exists():
            develop(drawn, shot)
        shutil.copy2(drawn, folder)
        with Pillow.open(drawn) as image:
            known[sign(np.asarray(image.convert("RGB")))] = shot
    return known


def develop(path: Path, shot: Shot) -> None:
    """Draw one photo into a file."""
    random = np.random.default_rng(shot.seed)
    image = shot.draw(random)
    image = softened(image, shot.soft) if shot.soft else image
    pixels = developed(image * shot.light, random, grain=0.004)
    exif = Pillow.Exif()
    when = f"{shot.taken:%Y:%m:%d %H:%M:%S}"
    exif[0x010F], exif[0x0110], exif[0x0132] = *CAMERA, when
    exif.get_ifd(0x8769).update(
        {0x9003: when, 0x829A: IFDRational(1, 250), 0x829D: IFDRational(56, 10), 0x8827: 200, 0x920A: IFDRational(40)}
    )
    part = path.with_suffix(".part")
    Pillow.fromarray(pixels).save(part, "JPEG", quality=92, exif=exif, xmp=_packet(shot))
    part.rename(path)


def sign(pixels: NDArray[np.uint8]) -> str:
    """What a picture is known by, as text."""
    return np.asarray(cv2.resize(pixels, SIGNS, interpolation=cv2.INTER_AREA), np.uint8).tobytes().hex()


def _packet(shot: Shot) -> bytes:
    """XMP with what the photographer wrote."""
    flat = "".join(f"<rdf:li>{escape(word.rpartition('|')[2])}</rdf:li>" for word in shot.mine)
    paths = "".join(f"<rdf:li>{escape(word)}</rdf:li>" for word in shot.mine)
    said = f"<rdf:Alt><rdf:li xml:lang='x-default'>{escape(shot.said)}</rdf:li></rdf:Alt>"
    parts = [
        *([f"<dc:subject><rdf:Bag>{flat}</rdf:Bag></dc:subject>"] if flat else []),
        *([f"<lr:hierarchicalSubject><rdf:Bag>{paths}</rdf:Bag></lr:hierarchicalSubject>"] if flat else []),
        *([f"<dc:description>{said}</dc:description>"] if shot.said else []),
    ]
    names = "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:lr='http://ns.adobe.com/lightroom/1.0/'"
    about = f"<rdf:Description rdf:about='' {names}>{''.join(parts)}</rdf:Description>"
    rdf = f"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>{about}</rdf:RDF>"
    return f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{rdf}</x:xmpmeta>".encode()


def chance(*parts: str) -> float:
    """The same number for the same words, 0..1."""
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:4], "big") / 2**32


TREE = """\
Nature
\tLake
\tMountains
\t\t{peaks}
\tSea
\t\t{ocean}
\tForest
\t\t{wood}
\tFlower
\t\t{bloom}
\tSky
\t\tclouds
\t\tblue sky
\t\tstars
City
\tSkyline
Family
\tFriends
Travel
\tAlps
\tBalloon festival
\tCoast
Time of day
\tsunrise
\tsunset
\tdusk
\tnight
"""
"""The photographer's keyword list, as Lightroom exports it."""
