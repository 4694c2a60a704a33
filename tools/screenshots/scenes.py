"""Landscapes, towns and things on a table, drawn from numbers: nothing of them was ever photographed."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from tools.screenshots.canvas import (
    HEIGHT,
    WIDTH,
    Image,
    Random,
    below,
    blank,
    blur,
    ellipse,
    glow,
    gradient,
    mix,
    noise,
    polygon,
    rgb,
    ridge,
    stroke,
)

SKIES: dict[str, Sequence[str]] = {
    "dawn": ("#27406b", "#7f86a8", "#e8b39b", "#ffdfb0"),
    "noon": ("#2f6fb4", "#6fa9d8", "#bcdcee", "#e6f1f4"),
    "dusk": ("#1d1f4a", "#6b3d73", "#d9694e", "#ffc46b"),
    "night": ("#050a1c", "#0d1a3a", "#1c2e58", "#31456f"),
    "grey": ("#7d8893", "#a2abb2", "#c3c8ca", "#dcdedb"),
}
SUNS = {"dawn": "#fff0cf", "noon": "#ffffff", "dusk": "#ffe3a3", "night": "#e9eefc", "grey": "#f4f4f0"}
LAND = {"dawn": "#3d4a63", "noon": "#3f6a57", "dusk": "#39274a", "night": "#0b1427", "grey": "#566063"}


def sky(random: Random, light: str, *, sun: tuple[float, float] | None = (0.7, 0.5), clouds: float = 0.5) -> Image:
    """``sun``: its place as shares of width and height. Stars by night."""
    image = gradient(SKIES[light])
    if light == "night":
        stars = np.zeros((HEIGHT, WIDTH), np.float32)
        for _ in range(420):
            stars[int(random.integers(0, HEIGHT)), int(random.integers(0, WIDTH))] = random.uniform(0.3, 1)
        image = mix(image, rgb("#ffffff"), np.clip(blur(stars[..., None].repeat(3, 2), 0.9)[..., 0] * 4, 0, 1))
    if sun is not None:
        x, y = sun[0] * WIDTH, sun[1] * HEIGHT
        for reach, share in ((420, 0.55), (150, 0.5), (34, 0.9)):
            image = mix(image, rgb(SUNS[light]), glow(HEIGHT, WIDTH, x, y, reach) * share)
        image = ellipse(image, x, y, 26, 26, rgb(SUNS[light]), soft=1.5)
    if clouds:
        veil = np.clip((noise(random, HEIGHT, WIDTH, 3, 6, stretch=3.2) - 0.52) * 3.2, 0, 1) * clouds
        fading = np.linspace(1, 0.15, HEIGHT, dtype=np.float32)[:, None]
        image = mix(image, mix(rgb("#ffffff") * 1.0, rgb(SUNS[light]), 0.5), veil * fading)
    return image


def mountains(random: Random, image: Image, light: str, *, base: float, layers: int = 4, snow: bool = True) -> Image:
    """Ranges one before the other, from the far to the near; ``base`` is the row of their foot as a share."""
    haze = rgb(SKIES[light][-1])
    near = rgb(LAND[light])
    for layer in range(layers):
        depth = (layer + 1) / layers
        line = ridge(random, WIDTH, 3 + layer * 2, roughness=0.48)
        top = HEIGHT * (base - 0.42 + 0.26 * depth)
        tall = HEIGHT * (0.34 - 0.16 * depth)
        skyline = top + (1 - line) * tall
        shape = below(skyline)
        tone = mix(haze * 1.0, near, 0.25 + 0.7 * depth)
        slope = noise(random, HEIGHT, WIDTH, 22, 5, stretch=0.6)
        lit = np.clip(np.gradient(cv2.GaussianBlur(line[None, :], (0, 0), 3)[0]) * 90 + 0.5, 0, 1)[None, :]
        surface = tone * (0.72 + 0.34 * slope + 0.22 * lit)[..., None]
        if snow and layer < layers - 1:
            rows = np.arange(HEIGHT, dtype=np.float32)[:, None] - skyline[None, :]
            cap = (
                np.clip(1.15 - rows / (tall * 0.42) + (slope - 0.5) * 1.5, 0, 1)
                * np.clip(line * 2 - 0.55, 0, 1)[None, :]
            )
            surface = mix(surface, mix(rgb("#ffffff") * 1.0, rgb(SKIES[light][2]), 0.35), cap * (0.55 + 0.4 * lit))
        image = mix(image, np.clip(surface, 0, 1), shape)
    return image


def water(random: Random, image: Image, horizon: float, *, dark: float = 0.72, ripple: float = 9.0) -> Image:
    """What is above the horizon, upside down and moving."""
    row = int(horizon * HEIGHT)
    deep = HEIGHT - row
    mirror = image[max(0, row - deep) : row][::-1]
    mirror = cv2.resize(mirror, (WIDTH, deep))
    waves = (noise(random, deep, WIDTH, 9, 4, stretch=14) - 0.5) * np.linspace(0.15, 1, deep, dtype=np.float32)[:, None]
    columns, rows = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(deep, dtype=np.float32))
    moved = cv2.remap(
        mirror, columns + waves * ripple * 5, rows + waves * ripple * 3, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    image = image.copy()
    image[row:] = np.clip(moved * dark + (waves * 0.09)[..., None], 0, 1)
    return image


def pines(random: Random, image: Image, colour: Image, *, foot: float, count: int, tall: float) -> Image:
    """A row of firs along a foot that rises and falls."""
    line = foot * HEIGHT + ridge(random, WIDTH, 3) * 40
    for _ in range(count):
        x = float(random.uniform(-20, WIDTH + 20))
        y = float(line[int(np.clip(x, 0, WIDTH - 1))]) + 12
        height = float(random.uniform(0.55, 1.0)) * tall
        shade = colour * float(random.uniform(0.75, 1.2))
        points = [(x, y - height)]
        for step in range(1, 9):
            reach = height * 0.028 * step * float(random.uniform(0.8, 1.25))
            points += [
                (x + reach, y - height + height * step / 8.4),
                (x + reach * 0.55, y - height + height * step / 8.6),
            ]
        left = [(2 * x - px, py) for px, py in reversed(points[1:])]
        image = polygon(image, points + left, shade)
    return mix(image, colour * 0.8, below(line + 8))


def lake(random: Random, light: str) -> Image:
    image = mountains(random, sky(random, light, sun=(float(random.uniform(0.2, 0.8)), 0.32)), light, base=0.62)
    image = water(random, image, 0.62)
    return pines(random, image, rgb(LAND[light]) * 0.45, foot=0.97, count=46, tall=210)


def peak(random: Random, light: str) -> Image:
    image = mountains(random, sky(random, light, sun=(0.82, 0.22), clouds=0.7), light, base=0.8, layers=5)
    return pines(random, image, rgb(LAND[light]) * 0.5, foot=0.9, count=70, tall=170)


def sea(random: Random, light: str, *, boat: bool = True) -> Image:
    image = sky(random, light, sun=(0.62, 0.52), clouds=0.8)
    image = water(random, image, 0.6, dark=0.86, ripple=12)
    path = glow(HEIGHT, WIDTH, 0.62 * WIDTH, 0.78 * HEIGHT, 150) * (
        noise(random, HEIGHT, WIDTH, 30, 3, stretch=9) > 0.62
    )
    path[: int(0.6 * HEIGHT)] = 0
    image = mix(image, rgb(SUNS[light]), path.astype(np.float32) * 0.8)
    return sailboat(image, 0.36 * WIDTH, 0.63 * HEIGHT, 190) if boat else image


def sailboat(image: Image, x: float, y: float, tall: float) -> Image:
    sail, shade, hull = rgb("#f6efe2"), rgb("#d6c7b4"), rgb("#2b2a33")
    image = ellipse(image, x, y + tall * 0.17, tall * 0.5, tall * 0.035, hull, soft=7)
    image = stroke(image, [(x, y + tall * 0.05), (x, y - tall)], hull, 4)
    image = polygon(
        image, [(x + 5, y - tall * 0.97), (x + tall * 0.44, y - tall * 0.05), (x + 5, y - tall * 0.05)], sail
    )
    image = polygon(
        image, [(x - 6, y - tall * 0.86), (x - tall * 0.3, y - tall * 0.05), (x - 6, y - tall * 0.05)], shade
    )
    boards = [
        (x - tall * 0.42, y),
        (x + tall * 0.52, y),
        (x + tall * 0.4, y + tall * 0.13),
        (x - tall * 0.34, y + tall * 0.13),
    ]
    return polygon(image, boards, hull)


def lighthouse(random: Random, light: str) -> Image:
    image = sea(random, light, boat=False)
    slope = np.clip(np.linspace(-1.2, 2.2, WIDTH), 0, 1)
    line = HEIGHT * (1.03 - 0.5 * slope * slope * (3 - 2 * slope)) + ridge(random, WIDTH, 14) * 26
    rock = mix(rgb("#24272b") * 1.0, rgb("#6a6259"), 0.4) * (0.6 + 0.7 * noise(random, HEIGHT, WIDTH, 40, 5))[..., None]
    image = mix(image, rock.astype(np.float32), below(line))
    x, foot, tall = WIDTH * 0.79, HEIGHT * 0.56, HEIGHT * 0.4
    for part in range(6):
        low, high = foot - tall * part / 6, foot - tall * (part + 1) / 6
        wide, narrow = 46 - part * 4, 42 - part * 4
        colour = rgb("#b8352c") if part % 2 else rgb("#f1ece3")
        image = polygon(image, [(x - wide, low), (x + wide, low), (x + narrow, high), (x - narrow, high)], colour)
        image = polygon(
            image, [(x + wide * 0.3, low), (x + wide, low), (x + narrow, high), (x + narrow * 0.3, high)], colour * 0.75
        )
    top = foot - tall
    image = polygon(image, [(x - 30, top), (x + 30, top), (x + 30, top - 8), (x - 30, top - 8)], rgb("#2c2f33"))
    image = polygon(
        image, [(x - 17, top - 8), (x + 17, top - 8), (x + 17, top - 42), (x - 17, top - 42)], rgb("#ffe9a8")
    )
    image = polygon(image, [(x - 25, top - 42), (x + 25, top - 42), (x, top - 70)], rgb("#8a2a25"))
    return mix(image, rgb("#fff1bd"), glow(HEIGHT, WIDTH, x, top - 25, 70) * 0.6)


def forest(random: Random, light: str) -> Image:
    """Trunks in the mist, the near ones dark."""
    image = mix(
        gradient(("#cfdcc0", "#e9efd2", "#9fb483", "#3f5233")),
        rgb(SUNS[light]),
        glow(HEIGHT, WIDTH, WIDTH * 0.55, HEIGHT * 0.3, 420) * 0.6,
    )
    for depth in np.linspace(0.12, 1, 6):
        tone = mix(rgb("#c8d5b5") * 1.0, rgb("#1f2a1c"), float(depth))
        for _ in range(int(16 - 9 * depth)):
            x, wide = float(random.uniform(0, WIDTH)), 8 + 62 * float(depth) ** 2 * float(random.uniform(0.6, 1.2))
            lean = float(random.uniform(-25, 25))
            foot = HEIGHT * (0.7 + 0.34 * float(depth))
            image = polygon(
                image,
                [
                    (x - wide / 2, foot),
                    (x + wide / 2, foot),
                    (x + lean + wide * 0.3, -10),
                    (x + lean - wide * 0.3, -10),
                ],
                tone,
            )
        leaves = np.clip((noise(random, HEIGHT, WIDTH, int(8 + 14 * depth), 5) - 0.5) * 4, 0, 1)
        leaves *= np.clip(1.25 - np.arange(HEIGHT) / (HEIGHT * (0.2 + 0.3 * float(depth))), 0, 1)[:, None]
        image = mix(image, mix(rgb("#a9c069") * 1.0, rgb("#31491f"), float(depth)), leaves * 0.75)
        ground = below(HEIGHT * (0.68 + 0.3 * float(depth)) + ridge(random, WIDTH, 5) * 30)
        image = mix(image, mix(rgb("#b7c78d") * 1.0, rgb("#2c3b1d"), float(depth)), ground * 0.8)
    return image


def lavender(random: Random, light: str) -> Image:
    """Rows that meet far away, a tree, hills."""
    image = mountains(random, sky(random, light, sun=(0.25, 0.38)), light, base=0.56, layers=3, snow=False)
    horizon = int(0.52 * HEIGHT)
    rows, columns = np.mgrid[horizon:HEIGHT, 0:WIDTH].astype(np.float32)
    depth = (rows - horizon + 6) / (HEIGHT - horizon)
    wave = 0.5 + 0.5 * np.cos((columns - WIDTH * 0.6) / (depth * 150) * np.pi)
    tufts = noise(random, HEIGHT - horizon, WIDTH, 130, 3)
    field = mix(
        np.broadcast_to(rgb("#4b5a2b"), (*wave.shape, 3)).copy(), rgb("#7d5bb0"), np.clip(wave * 1.5 - 0.35, 0, 1)
    )
    field = field * (0.62 + 0.65 * tufts)[..., None] * mix(np.ones_like(field), rgb(SKIES[light][3]), 0.45)
    image[horizon:] = np.clip(mix(field.astype(np.float32), rgb(SKIES[light][2]), np.clip(0.5 - depth * 2, 0, 1)), 0, 1)
    x, y = WIDTH * 0.74, horizon + 22
    image = stroke(image, [(x, y), (x, y - 90)], rgb("#2b2118"), 13)
    for _ in range(60):
        image = ellipse(
            image,
            x + float(random.normal(0, 42)),
            y - 130 + float(random.normal(0, 30)),
            26,
            22,
            rgb("#2f4424") * float(random.uniform(0.7, 1.3)),
            soft=1,
        )
    return image


def city(random: Random, light: str = "night") -> Image:
    """A skyline by night, its windows in the water."""
    image = sky(random, light, sun=(0.16, 0.16), clouds=0.25)
    horizon = 0.68
    for depth in (0.35, 0.65, 1.0):
        x = -30.0
        while x < WIDTH:
            wide = float(random.uniform(50, 120)) * (0.6 + 0.5 * depth)
            tall = float(random.uniform(0.12, 0.5)) * HEIGHT * (1.1 - 0.45 * depth)
            foot = horizon * HEIGHT
            wall = mix(rgb("#273a66") * 1.0, rgb("#0a0f1e"), depth)
            image = polygon(image, [(x, foot), (x, foot - tall), (x + wide, foot - tall), (x + wide, foot)], wall)
            for column in np.arange(x + 7, x + wide - 8, 12):
                for row in np.arange(foot - tall + 9, foot - 8, 15):
                    if random.random() < 0.18 + 0.22 * depth:
                        warm = rgb(str(random.choice(["#ffd98a", "#ffedc2", "#ffb75e", "#cfe3ff"])))
                        top, left = int(row), int(column)
                        image[top : top + 8, max(0, left) : max(0, left + 6)] = warm * float(random.uniform(0.55, 1))
            x += wide + float(random.uniform(-6, 14))
    image = mix(image, rgb("#ffb56b"), glow(HEIGHT, WIDTH, WIDTH / 2, horizon * HEIGHT, 300) * 0.16)
    return water(random, image, horizon, dark=0.78, ripple=14)


def balloons(random: Random, light: str) -> Image:
    image = mountains(random, sky(random, light, sun=(0.14, 0.6), clouds=0.6), light, base=0.93, layers=4, snow=False)
    colours = (("#c8402f", "#f3d9a4"), ("#23628f", "#e9e4d6"), ("#d8922b", "#7c2f3a"), ("#3d7d57", "#f0ead2"))
    for at, (one, other) in enumerate(colours):
        size = (170, 92, 118, 60)[at] * float(random.uniform(0.9, 1.1))
        x, y = ((0.62, 0.36), (0.27, 0.3), (0.87, 0.24), (0.44, 0.55))[at]
        image = balloon(image, x * WIDTH, y * HEIGHT, size, one, other)
    return image


def balloon(image: Image, x: float, y: float, size: float, one: str, other: str) -> Image:
    for part in range(6):
        across = float(np.cos(np.pi / 2 * part / 6))
        image = ellipse(image, x, y, size * across, size * 1.08, rgb(one if part % 2 else other))
    image = mix(image, rgb("#000000"), _side(x, y, size))
    image = polygon(
        image,
        [
            (x - size * 0.34, y + size * 1.0),
            (x + size * 0.34, y + size),
            (x + size * 0.13, y + size * 1.36),
            (x - size * 0.13, y + size * 1.36),
        ],
        rgb(one) * 0.8,
    )
    for side in (-1, 1):
        image = stroke(
            image,
            [(x + side * size * 0.12, y + size * 1.36), (x + side * size * 0.09, y + size * 1.56)],
            rgb("#3a2c22"),
            2,
        )
    basket = [
        (x - size * 0.11, y + size * 1.55),
        (x + size * 0.11, y + size * 1.55),
        (x + size * 0.09, y + size * 1.76),
        (x - size * 0.09, y + size * 1.76),
    ]
    return polygon(image, basket, rgb("#5b4029"))


def _side(x: float, y: float, size: float) -> np.ndarray:
    round_ = ellipse(blank(), x, y, size, size * 1.08, rgb("#ffffff"))[..., 0]
    lit = glow(HEIGHT, WIDTH, x - size * 0.4, y - size * 0.35, size * 0.8)
    return (round_ * np.clip(0.5 - lit * 0.6, 0, 1)).astype(np.float32)


def flower(random: Random, petal: str) -> Image:
    """One bloom, sharp before a blurred meadow."""
    image = gradient(("#5c7a3a", "#7f9c4e", "#41612b"))
    for _ in range(80):
        colour = rgb(str(random.choice(["#a8c46a", "#365426", "#e8d9a0", petal, "#7fa04a"])))
        image = mix(
            image,
            ellipse(
                image.copy(),
                float(random.uniform(0, WIDTH)),
                float(random.uniform(0, HEIGHT)),
                *random.uniform(25, 85, 2),
                colour,
            ),
            0.55,
        )
    image = blur(image, 22)
    x, y = WIDTH * 0.52, HEIGHT * 0.44
    image = stroke(image, [(x, y), (x - 14, y + 260), (x - 50, HEIGHT + 20)], rgb("#3d5a28"), 17)
    for ring, (count, reach) in enumerate(((16, 250), (16, 205))):
        for at in range(count):
            angle = 360 * at / count + ring * 11 + float(random.uniform(-3, 3))
            turn = np.radians(angle)
            shade = rgb(petal) * (0.78 + 0.2 * ring + float(random.uniform(-0.05, 0.07)))
            px, py = x + np.cos(turn) * reach * 0.55, y + np.sin(turn) * reach * 0.5
            image = ellipse(image, float(px), float(py), reach * 0.48, 34, np.clip(shade, 0, 1), angle=angle, soft=0.8)
            image = ellipse(
                image, float(px), float(py), reach * 0.4, 4, np.clip(shade * 0.85, 0, 1), angle=angle, soft=2
            )
    image = ellipse(image, x, y, 74, 66, rgb("#c98a1d"))
    for _ in range(420):
        r, turn = 70 * np.sqrt(random.random()), random.uniform(0, 2 * np.pi)
        image = ellipse(
            image,
            float(x + r * np.cos(turn)),
            float(y + r * 0.88 * np.sin(turn)),
            4,
            4,
            rgb("#f1c545") * float(random.uniform(0.55, 1.05)),
        )
    return image


def coffee(random: Random) -> Image:
    """A cup on a wooden table, seen from above at an angle."""
    grain = noise(random, HEIGHT, WIDTH, 5, 6, stretch=26)
    image = (rgb("#7a4f2f") * (0.6 + 0.7 * grain)[..., None]).astype(np.float32)
    for at in range(1, 5):
        image = stroke(image, [(0, at * HEIGHT / 4.6), (WIDTH, at * HEIGHT / 4.6 + 14)], rgb("#2e1b10"), 4, soft=1)
    image = mix(image, rgb("#ffe7bf"), glow(HEIGHT, WIDTH, WIDTH * 0.15, 0, 620) * 0.45)
    x, y = WIDTH * 0.52, HEIGHT * 0.54
    image = mix(
        image, rgb("#1a0f08"), ellipse(blank(), x + 45, y + 70, 390, 230, rgb("#ffffff"), soft=30)[..., 0] * 0.65
    )
    image = ellipse(image, x, y + 34, 385, 222, rgb("#e7e2d8"))
    image = ellipse(image, x, y + 26, 372, 210, rgb("#f7f4ee"))
    image = ellipse(image, x, y + 22, 240, 132, rgb("#dcd6ca"), soft=8)
    image = ellipse(image, x + 262, y - 26, 78, 50, rgb("#efeae1"))
    image = ellipse(image, x + 262, y - 26, 44, 24, rgb("#d9d3c7"))
    image = polygon(image, [(x - 222, y - 70), (x + 222, y - 70), (x + 150, y + 62), (x - 150, y + 62)], rgb("#efeae1"))
    image = ellipse(image, x, y + 60, 150, 66, rgb("#e4ded3"))
    image = ellipse(image, x, y - 70, 224, 116, rgb("#fbf9f5"))
    image = ellipse(image, x, y - 66, 204, 100, rgb("#4a2613"))
    image = ellipse(image, x, y - 60, 186, 88, rgb("#a9713f"), soft=6)
    for at in range(5):
        image = ellipse(
            image,
            x,
            y - 74 + at * 9,
            96 - at * 16,
            40 - at * 7,
            rgb("#f0d9b5") if at % 2 == 0 else rgb("#a9713f"),
            soft=1.5,
        )
    return image


def fruit(random: Random) -> Image:
    """Oranges in a bowl by a window."""
    image = mix(
        gradient(("#3f4a52", "#5b646a", "#8a857b")),
        rgb("#fff3d8"),
        glow(HEIGHT, WIDTH, WIDTH * 0.12, HEIGHT * 0.2, 520) * 0.7,
    )
    image = mix(
        image,
        (rgb("#8b6a49") * (0.7 + 0.5 * noise(random, HEIGHT, WIDTH, 4, 6, stretch=20))[..., None]).astype(np.float32),
        below(np.full(WIDTH, HEIGHT * 0.66)),
    )
    x, y = WIDTH * 0.53, HEIGHT * 0.6
    image = ellipse(image, x + 40, y + 190, 420, 62, rgb("#2f2218"), soft=34)
    for dx, dy, size in ((-190, -70, 120), (180, -80, 124), (0, -165, 122), (-80, -30, 128), (95, -35, 126)):
        image = ball(image, x + dx, y + dy, size, random)
    around = np.linspace(0, np.pi, 60)
    bowl = [(float(x + 370 * np.cos(turn)), float(y + 195 * np.sin(turn))) for turn in around]
    image = polygon(image, bowl, rgb("#2e5c73"))
    image = mix(
        image,
        rgb("#ffffff"),
        polygon(blank(), bowl, rgb("#ffffff"))[..., 0] * glow(HEIGHT, WIDTH, x - 230, y + 40, 110) * 0.5,
    )
    return ellipse(image, x, y + 2, 372, 16, rgb("#4f8299"))


def ball(image: Image, x: float, y: float, size: float, random: Random) -> Image:
    round_ = ellipse(blank(), x, y, size, size, rgb("#ffffff"), soft=0.8)[..., 0]
    lit = glow(HEIGHT, WIDTH, x - size * 0.4, y - size * 0.4, size * 0.75)
    pores = 0.95 + 0.08 * noise(random, HEIGHT, WIDTH, 260, 1)
    skin = mix(np.broadcast_to(rgb("#a84a0c"), image.shape).copy(), rgb("#ffae3d"), lit) * pores[..., None]
    return mix(
        mix(image, skin.astype(np.float32), round_),
        rgb("#fff4d6"),
        round_ * glow(HEIGHT, WIDTH, x - size * 0.42, y - size * 0.45, size * 0.14) * 0.8,
    )
