"""Soft against sharp: how well measures of real photographs tell them apart, Laplacian variance at 256 x 256 beside it.

    python -m benchmarks.culling_quality [FOLDER …] [--photos N]

Every photo of the folders (default: labelled, near_duplicates and faces of ../shared/photos, and culling/test.jpg) is
taken as it is and degraded at native size. The area under the curve (AUC) is the share of all pairs of a sharp and a
soft photo, different scenes included, that a measure puts in order. Fog, sky, sunsets and a moon are among the sharp.
Photos that are soft as they were taken (tests/culling/photographs.py says which, and by what) are left out of the first
table and counted in the second. Even and odd photos are shown apart: thresholds were set while looking at both, so what
differs between them is chance, and how far a figure can be trusted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2

from bridge.culling._motion import motion_of
from bridge.culling._sharpness import edges_of, judge
from bridge.culling._tiles import luma_of, pick_tiles
from bridge.values import RGB
from tests.culling import photographs as made

SHARED = Path(__file__).parents[2] / "shared" / "photos"
WANTED = 0.97

Change = Callable[[RGB], RGB]

SHARP: dict[str, Change] = {
    "as taken": lambda photo: photo,
    "noise 6": lambda photo: made.noisy(photo, 6),
    "noise 10": lambda photo: made.noisy(photo, 10),
    "darker 0.4": lambda photo: made.brighter(photo, 0.4),
    "brighter 1.5": lambda photo: made.brighter(photo, 1.5),
    "JPEG 50": lambda photo: made.recompressed(photo, 50),
    "half size": lambda photo: made.resized(photo, 0.5),
}
SOFT: dict[str, Change] = {
    **{f"gauss {sigma}": lambda photo, sigma=sigma: made.blurred(photo, sigma) for sigma in (1, 1.5, 2, 3, 4)},
    "gauss 2, noise 10": lambda photo: made.noisy(made.blurred(photo, 2), 10),
    "gauss 2, JPEG 50": lambda photo: made.recompressed(made.blurred(photo, 2), 50),
}
SHAKEN: dict[str, Change] = {
    f"moved {length}, {angle}°": lambda photo, length=length, angle=angle: made.moved(photo, length, angle)
    for length, angle in ((8, 30), (16, 0), (16, 70))
}


@dataclass(frozen=True, slots=True)
class Scores:
    """Of one photo after one change."""

    sharpness: float
    laplacian: float
    motion: float


def scores(rgb: RGB) -> Scores:
    edges = edges_of(luma_of(rgb, pick_tiles(rgb, made.small(rgb))))
    tiny = cv2.cvtColor(cv2.resize(rgb, (256, 256)), cv2.COLOR_RGB2GRAY)
    return Scores(judge(edges).sharpness, float(cv2.Laplacian(tiny, cv2.CV_64F).var()), motion_of(edges))


def look(path: Path) -> tuple[str, dict[str, Scores]]:
    cv2.setNumThreads(1)
    photo = made.photograph(path)
    return path.stem, {name: scores(change(photo)) for name, change in (SHARP | SOFT | SHAKEN).items()}


def table(title: str, found: dict[str, dict[str, Scores]]) -> None:
    def all_of(names: dict[str, Change], measure: str) -> list[float]:
        return [getattr(photo[name], measure) for photo in found.values() for name in names]

    print(f"\n{title} ({len(found)})")
    print(f"    {'AUC against all sharp':24} {'sharpness':>10} {'Laplacian at 256':>18}")
    blurs = {name: change for name, change in SOFT.items() if "," not in name}
    for label, names in [*((name, {name: SOFT[name]}) for name in SOFT), ("all five blurs", blurs)]:
        areas = [
            made.area_under_curve(all_of(SHARP, measure), all_of(names, measure))
            for measure in ("sharpness", "laplacian")
        ]
        print(f"    {label:24} {areas[0]:10.3f} {areas[1]:18.3f}")
    for name in SHAKEN:
        area = made.area_under_curve(all_of({name: SHAKEN[name]}, "motion"), all_of(SHARP | SOFT, "motion"))
        print(f"    {name:24} {area:10.3f}  (motion, against sharp and soft)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--photos", type=int, default=None, help="so many at most, evenly picked")
    options = parser.parse_args()
    folders = options.folders or [SHARED / name for name in ("labelled", "near_duplicates", "faces")]
    paths = [path for folder in folders for path in sorted(folder.glob("*.jp*g"))]
    paths += [] if options.folders else [SHARED / "culling" / "test.jpg"]
    if options.photos:
        paths = paths[:: max(1, len(paths) // options.photos)][: options.photos]
    with ProcessPoolExecutor() as pool:
        found = dict(pool.map(look, paths))
    sharp = {name: each for name, each in found.items() if name not in made.SOFT_AS_TAKEN}
    table(f"photos that are sharp as taken, wanted: {WANTED} over all blurs", sharp)
    table("every photo", found)
    for rest, title in enumerate(("even", "odd")):
        table(f"sharp as taken, {title}", {name: sharp[name] for name in list(sharp)[rest::2]})


if __name__ == "__main__":
    main()
