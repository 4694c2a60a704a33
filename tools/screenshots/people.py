"""People who never lived: painted portraits, each person with a look of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from tools.screenshots.canvas import (
    HEIGHT,
    WIDTH,
    Image,
    Random,
    blur,
    ellipse,
    glow,
    gradient,
    mix,
    polygon,
    rgb,
    stroke,
)


@dataclass(frozen=True)
class Person:
    name: str
    skin: str
    hair: str
    long: bool
    shirt: str
    beard: bool = False
    glasses: bool = False
    curls: bool = False


PEOPLE = {
    person.name: person
    for person in (
        Person("Anna", "#f0c8a8", "#8a4b24", True, "#2f6d73"),
        Person("Ben", "#c98f66", "#241a16", False, "#8c3b32", beard=True),
        Person("Cleo", "#7d4f35", "#120d0c", False, "#d9a441", curls=True),
        Person("Dan", "#f2d3bb", "#b9a48a", False, "#3d4f7a", glasses=True),
        Person("Eva", "#e6b894", "#2a1c1a", True, "#a9476b", glasses=True),
        Person("Finn", "#f4d0b4", "#c8763a", False, "#4f7a45", curls=True),
    )
}


@dataclass(frozen=True)
class Placed:
    """A person in a picture; places and half the height of the face in pixels."""

    person: Person
    x: float
    y: float
    size: float
    tilt: float = 0
    shut: bool = False
    smile: float = 1.0


def meadow(random: Random, light: str) -> Image:
    """What is behind: out of focus."""
    image = gradient(
        {
            "warm": ("#f2d9a6", "#dba96a", "#7d6a3d"),
            "green": ("#cfe0b4", "#7fa060", "#3d5a33"),
            "blue": ("#9fb8cf", "#c8d3d6", "#6c7f78"),
            "room": ("#574a44", "#8a7263", "#4b3b33"),
        }[light]
    )
    for _ in range(70):
        spot = rgb(str(random.choice(["#ffffff", "#ffe2a0", "#5d7f45", "#f7c98b", "#88a878"])))
        x, y, size = float(random.uniform(0, WIDTH)), float(random.uniform(0, HEIGHT)), float(random.uniform(18, 60))
        image = mix(image, ellipse(image.copy(), x, y, size, size, spot, soft=4), float(random.uniform(0.1, 0.35)))
    return blur(image, 7)


def portrait(random: Random, light: str, people: Sequence[Placed]) -> Image:
    image = meadow(random, light)
    for placed in people:
        image = paint(image, placed, random)
    return mix(image, rgb("#fff1d0"), glow(HEIGHT, WIDTH, WIDTH * 0.12, 0, 520) * 0.28)


def paint(image: Image, placed: Placed, random: Random) -> Image:
    """Shoulders, hair, face: from the back to the front."""
    s, person = placed.size, placed.person
    skin, hair, shirt = rgb(person.skin), rgb(person.hair), rgb(person.shirt)
    turn = np.radians(placed.tilt)

    def at(dx: float, dy: float) -> tuple[float, float]:
        """A place on the head, in face sizes from its middle."""
        return (
            placed.x + s * (dx * np.cos(turn) - dy * np.sin(turn)),
            placed.y + s * (dx * np.sin(turn) + dy * np.cos(turn)),
        )

    def oval(dx: float, dy: float, a: float, b: float, colour: Image, soft: float = 1, angle: float = 0) -> None:
        ellipse(
            image,
            *at(dx, dy),
            s * a,
            s * b,
            np.clip(colour, 0, 1),
            soft=max(0.7, soft * s / 100),
            angle=placed.tilt + angle,
        )

    if person.long:
        oval(0, 0.32, 0.98, 1.42, hair * 0.75, 4)
    shoulders = [
        (-2.1, 9.0),
        (-1.75, 2.25),
        (-1.25, 1.75),
        (-0.5, 1.5),
        (0.5, 1.5),
        (1.25, 1.75),
        (1.75, 2.25),
        (2.1, 9.0),
    ]
    body = [(placed.x + s * dx, placed.y + s * dy) for dx, dy in _round(shoulders)]
    polygon(image, body, shirt, soft=s * 0.02)
    polygon(image, [(x + (placed.x - x) * 0.25 + s * 0.5, y + s * 0.25) for x, y in body], shirt * 0.86, soft=s * 0.16)
    polygon(
        image,
        [
            at(-0.38, 0.6),
            at(0.38, 0.6),
            (placed.x + s * 0.52, placed.y + s * 1.62),
            (placed.x, placed.y + s * 1.9),
            (placed.x - s * 0.52, placed.y + s * 1.62),
        ],
        skin * 0.84,
        soft=s * 0.02,
    )
    oval(0, 0.72, 0.52, 0.42, skin * 0.74, 9)
    for side in (-1, 1):
        oval(side * 0.77, 0.08, 0.13, 0.22, skin * 0.86, 2)
    oval(0, 0, 0.78, 1.0, skin)
    oval(-0.2, -0.2, 0.46, 0.6, np.minimum(skin * 1.09, 1), 26)
    oval(0.5, 0.15, 0.2, 0.6, skin * 0.88, 22)
    for side in (-1, 1):
        oval(side * 0.42, 0.28, 0.19, 0.14, mix(skin * 1.0, rgb("#d9604c"), 0.35), 14)
    if person.beard:
        jaw = [
            (-0.76, 0.12),
            (-0.66, 0.66),
            (-0.34, 0.98),
            (0, 1.08),
            (0.34, 0.98),
            (0.66, 0.66),
            (0.76, 0.12),
            (0.5, 0.36),
            (0.3, 0.36),
            (0, 0.4),
            (-0.3, 0.36),
            (-0.5, 0.36),
        ]
        polygon(image, [at(*place) for place in _round(jaw, 2)], hair, soft=s * 0.035)
    _eyes(oval, at, image, placed, hair)
    polygon(image, [at(-0.02, -0.08), at(0.13, 0.26), at(0.1, 0.3), at(-0.13, 0.3)], skin * 0.83, soft=s * 0.045)
    oval(-0.02, 0.22, 0.08, 0.09, np.minimum(skin * 1.08, 1), 5)
    mouth = [at(dx, 0.52 + placed.smile * 0.09 * (1 - (dx / 0.3) ** 2)) for dx in np.linspace(-0.3, 0.3, 15)]
    lips = mix(skin * 0.8, rgb("#a83c3c"), 0.55)
    if placed.smile > 0.6:
        top = [at(dx, 0.5) for dx in np.linspace(0.27, -0.27, 15)]
        polygon(image, [*mouth, *top], rgb("#fbf4ee"), soft=0.8)
    stroke(image, mouth, lips, max(2, round(s * 0.045)), soft=0.8)
    _hair(image, placed, at, oval, hair, random)
    if person.glasses:
        for side in (-1, 1):
            ring = [at(side * 0.34 + 0.22 * np.cos(a), -0.1 + 0.18 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 40)]
            stroke(image, ring, rgb("#2a2523"), max(2, round(s * 0.035)))
        stroke(image, [at(-0.12, -0.12), at(0, -0.15), at(0.12, -0.12)], rgb("#2a2523"), max(2, round(s * 0.03)))
    return image


def _eyes(oval, at, image: Image, placed: Placed, hair: Image) -> None:  # type: ignore[no-untyped-def]
    s = placed.size
    for side in (-1, 1):
        brow = [at(side * dx, -0.33 - 0.05 * np.sin((dx - 0.14) / 0.4 * np.pi)) for dx in np.linspace(0.14, 0.54, 12)]
        stroke(image, brow, hair * 0.8, max(2, round(s * 0.055)), soft=s * 0.012)
        lid = [
            at(side * 0.34 + dx, -0.1 + (0.06 if placed.shut else -0.075) * (1 - (dx / 0.17) ** 2))
            for dx in np.linspace(-0.17, 0.17, 12)
        ]
        if not placed.shut:
            oval(side * 0.34, -0.1, 0.165, 0.088, rgb("#f8f4ef"))
            oval(side * 0.34, -0.1, 0.078, 0.082, mix(hair * 1.0, rgb("#4a6f8f"), 0.45))
            oval(side * 0.34, -0.1, 0.038, 0.042, rgb("#0b0909"))
            oval(side * 0.34 - 0.03, -0.13, 0.018, 0.018, rgb("#ffffff"))
        stroke(image, lid, rgb("#2a1b17"), max(2, round(s * 0.034)))


def _hair(image: Image, placed: Placed, at, oval, hair: Image, random: Random) -> None:  # type: ignore[no-untyped-def]
    s, person = placed.size, placed.person
    cap = [
        (-0.84, 0.14),
        (-0.9, -0.42),
        (-0.6, -0.98),
        (0, -1.2),
        (0.6, -0.98),
        (0.9, -0.42),
        (0.84, 0.14),
        (0.7, -0.2),
        (0.56, -0.56),
        (0.1, -0.68),
        (-0.36, -0.6),
        (-0.66, -0.24),
    ]
    polygon(image, [at(*place) for place in _round(cap, 2)], hair, soft=s * 0.014)
    if person.curls:
        for turn in np.linspace(np.pi * 0.98, np.pi * 2.02, 17):
            oval(
                0.82 * np.cos(turn), -0.18 + 0.92 * np.sin(turn), 0.24, 0.24, hair * float(random.uniform(0.85, 1.5)), 2
            )
    if person.long:
        for side in (-1, 1):
            lock = [
                (side * 0.5, -0.9),
                (side * 0.95, -0.5),
                (side * 1.02, 0.5),
                (side * 1.0, 1.5),
                (side * 0.62, 1.62),
                (side * 0.7, 0.6),
                (side * 0.72, -0.1),
            ]
            polygon(image, [at(*place) for place in _round(lock, 2)], hair * 0.95, soft=s * 0.02)
    for _ in range(26):
        dx = float(random.uniform(-0.6, 0.6))
        strand = [at(dx * t + 0.05, -1.12 + 0.36 * t + 0.4 * abs(dx) * t) for t in np.linspace(0.2, 1, 6)]
        stroke(image, strand, np.clip(hair * float(random.uniform(0.85, 1.3)) + 0.01, 0, 1), 2, soft=1)


def _round(points: Sequence[tuple[float, float]], times: int = 3) -> list[tuple[float, float]]:
    """Corners cut off, over and over (Chaikin 1974)."""
    places = np.array(points, np.float64)
    for _ in range(times):
        following = np.roll(places, -1, axis=0)
        places = np.stack([0.75 * places + 0.25 * following, 0.25 * places + 0.75 * following], 1).reshape(-1, 2)
    return [(float(x), float(y)) for x, y in places]


def softened(image: Image, sigma: float) -> Image:
    """As a hand that moved: sharp no more."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)
