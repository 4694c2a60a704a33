"""Near-duplicates: how well copies are known, how fast, and 100,000 hashes.

    python -m benchmarks.duplicates [--photos ../shared/photos] [--part known|series|speed|hashes]

Known: copies of every real photograph (blurred, exposed, compressed, resized, cropped, turned) beside pHash alone. The
photographs are dealt into two halves: the first shows where the thresholds may lie, the second is what is reported.
Series: brackets and panoramas made of the same photographs; broken is one of which two frames are called alike.
Speed: describing a photo beside pHash alone, on one core. Hashes: memory and time, beside comparing all with all.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

from bridge.culling._alike import COPY_AGREEMENT, COPY_CORNERS, is_one_picture
from bridge.culling.candidates import FARTHEST, close_hashes
from bridge.culling.describe import Described, describe, phash_of
from bridge.culling.descriptor import Descriptor, unpack
from bridge.culling.groups import Candidate, GroupKind, groups
from bridge.culling.likeness import Likeness, liken
from bridge.culling.measures import Shot
from bridge.values import RGB
from tests.culling.copies import COPIES, SAME_PICTURE, exposed
from tests.culling.photographs import photograph, small

PHOTOS = Path(__file__).parents[2] / "shared" / "photos"
FOLDERS = ("labelled", "faces", "near_duplicates", "heic")
ORIGINAL = "original"

HASHES = 100_000
WANTED_S, WANTED_MB = 20.0, 200.0
REFERENCE = 2_000
"""Hashes that are compared with all the others for the reference."""


@dataclass(frozen=True, slots=True)
class Seen:
    described: Described
    descriptor: Descriptor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, default=PHOTOS)
    parser.add_argument("--part", choices=["known", "series", "speed", "hashes"])
    parser.add_argument("--case", help=argparse.SUPPRESS)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    if options.case:
        one_case(options.case)
        return
    if options.part in (None, "hashes"):
        hashes()
    if options.part in (None, "speed"):
        speed(options.photos)
    if options.part in (None, "series"):
        made_series(options.photos)
    if options.part in (None, "known"):
        known(options.photos)


# -- 100,000 hashes ---------------------------------------------------------------------------------------------------


def random_hashes() -> np.ndarray:
    """A fifth of them copies of others, up to 6 bits apart."""
    random = np.random.default_rng(24)
    values = random.integers(0, 2**64, HASHES, np.uint64)
    for at in range(HASHES // 5):
        value = int(values[random.integers(HASHES)])
        for bit in random.choice(64, random.integers(FARTHEST + 1), replace=False):
            value ^= 1 << int(bit)
        values[at] = value
    return values


def with_black(values: np.ndarray) -> np.ndarray:
    values[40_000:45_000] = 1 << 63
    return values


def with_nearly_black(values: np.ndarray) -> np.ndarray:
    random = np.random.default_rng(25)
    for at in range(40_000, 45_000):
        values[at] = (1 << 63) ^ sum(1 << int(bit) for bit in random.choice(63, 3, replace=False))
    return values


CASES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "20,000 are copies": lambda values: values,
    "and 5,000 black frames": with_black,
    "and 5,000 nearly black frames": with_nearly_black,
}


def hashes() -> None:
    print(f"{HASHES:,} hashes: groups of those at most {FARTHEST} bits apart (wanted: {WANTED_S} s, {WANTED_MB} MB)")
    for case in CASES:  # each in a process of its own: what it takes at its highest is then its own
        subprocess.run([sys.executable, "-m", "benchmarks.duplicates", "--case", case], check=True)


def one_case(case: str) -> None:
    values = CASES[case](random_hashes())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    pairs = close_hashes(values)
    found = joined(len(values), pairs)
    took = time.perf_counter() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    started = time.perf_counter()
    for at in range(REFERENCE):
        np.count_nonzero(np.bitwise_count(values[at + 1 :] ^ values[at]) <= FARTHEST)
    whole = (time.perf_counter() - started) * HASHES / REFERENCE / 2
    print(f"    {case:30} {took:6.2f} s  {grown:6.1f} MB more, {before / 1024 + grown:.0f} MB in all", end="   ")
    print(f"{len(pairs):7,} pairs {found:6,} groups", end="   ")
    print(f"all with all: {whole:5.1f} s (from {REFERENCE:,}), {whole / took:.1f} times as long")


def joined(count: int, pairs: np.ndarray) -> int:
    """How many groups of two or more."""
    parents = list(range(count))

    def root(at: int) -> int:
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    for one, other in pairs.tolist():
        parents[root(one)] = root(other)
    roots = [root(at) for at in range(count)]
    return int((np.bincount(roots, minlength=count) > 1).sum())


# -- speed ------------------------------------------------------------------------------------------------------------


def speed(folder: Path) -> None:
    rgb = small(photograph(folder / "culling" / "test.jpg"))
    descriptor = describe(rgb).descriptor
    one, other = unpack(descriptor), unpack(describe(rgb[20:]).descriptor)
    assert one is not None and other is not None
    print(f"one photo of {rgb.shape[1]} x {rgb.shape[0]}, one core, time of the CPU, median and best of 40:")
    for name, run in (
        ("pHash and descriptor", lambda: describe(rgb)),
        ("pHash alone (reference)", lambda: phash_of(rgb)),
        ("resize by a half (reference)", lambda: cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)),
        ("comparing two", lambda: liken(one, other)),
    ):
        times = []
        for _ in range(40):
            started = time.thread_time()  # of this thread alone, whatever else the machine does
            run()
            times.append((time.thread_time() - started) * 1000)
        print(f"    {name:30} {statistics.median(times):6.2f} ms  {min(times):6.2f} ms")
    print(f"    {len(descriptor):,} bytes a photo")


# -- known again ------------------------------------------------------------------------------------------------------


def known(folder: Path) -> None:
    paths = [path for name in FOLDERS for path in sorted((folder / name).iterdir()) if path.suffix in (".jpg", ".heic")]
    seen = {path.stem: see(path) for path in [*paths, folder / "culling" / "test.jpg"]}
    names = list(seen)
    first, second = names[::2], names[1::2]
    print(f"{len(names)} photographs, {len(names) * len(COPIES):,} copies")
    where_thresholds_may_lie(seen, first)
    report(seen, second)
    every_pair(seen)
    as_groups(seen)


def see(path: Path) -> dict[str, Seen]:
    rgb = photograph(path)
    pictures = {ORIGINAL: rgb} | {kind: make(rgb) for kind, (_, make) in COPIES.items()}
    return {kind: _seen(describe(small(picture))) for kind, picture in pictures.items()}


def _seen(described: Described) -> Seen:
    descriptor = unpack(described.descriptor)
    assert descriptor is not None
    return Seen(described, descriptor)


def _like(one: Seen, other: Seen) -> Likeness:
    return liken(one.descriptor, other.descriptor)


def _bits(one: Seen, other: Seen) -> int:
    return (one.described.phash ^ other.described.phash).bit_count()


def _different(seen: Mapping[str, Mapping[str, Seen]], names: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    """Two photographs, and what was done to the second of them."""
    for one, other in combinations(names, 2):
        if {one, other} == SAME_PICTURE:
            continue
        for kind in seen[other]:
            yield one, other, kind


def where_thresholds_may_lie(seen: Mapping[str, Mapping[str, Seen]], names: Sequence[str]) -> None:
    same = [_like(seen[name][ORIGINAL], seen[name][kind]) for name in names for kind in COPIES]
    other = [_like(seen[one][ORIGINAL], seen[two][kind]) for one, two, kind in _different(seen, names)]
    corners = np.quantile([found.corners for found in same], 0.01), max(found.corners for found in other)
    agreement = np.quantile([found.agreement for found in same], 0.01), max(found.agreement for found in other)
    print(f"first half, {len(same):,} copies, {len(other):,} different pairs:")
    for what, (low, high), threshold in (("corners", corners, COPY_CORNERS), ("agreement", agreement, COPY_AGREEMENT)):
        print(f"    {what:10} of 99 % of the copies {low:6.2f} or more, of others {high:6.2f} at most: {threshold}")


def report(seen: Mapping[str, Mapping[str, Seen]], names: Sequence[str]) -> None:
    right = wrong = right_by_hash = wrong_by_hash = 0
    print(f"second half, recall over {len(names)} photographs:        ours   pHash alone   wanted")
    for kind, (wanted, _) in COPIES.items():
        pairs = [(seen[name][ORIGINAL], seen[name][kind]) for name in names]
        ours = sum(is_one_picture(_like(*pair)) for pair in pairs)
        by_hash = sum(_bits(*pair) <= FARTHEST for pair in pairs)
        right, right_by_hash = right + ours, right_by_hash + by_hash
        print(f"    {kind:42} {ours / len(names):6.3f}   {by_hash / len(names):6.3f}        {wanted}")
    pairs = [
        (seen[one][ORIGINAL], seen[other][kind], f"{one}, {other}") for one, other, kind in _different(seen, names)
    ]
    wrong_pairs = [label for one, other, label in pairs if is_one_picture(_like(one, other))]
    wrong, wrong_by_hash = len(wrong_pairs), sum(_bits(one, other) <= FARTHEST for one, other, _ in pairs)
    print(
        f"    precision over {len(pairs):6,} different pairs      {right / max(1, right + wrong):6.3f}   "
        f"{right_by_hash / max(1, right_by_hash + wrong_by_hash):6.3f}        0.99   wrong: {wrong} {wrong_by_hash}"
    )
    for label in sorted(set(wrong_pairs)):
        print(f"        {label}")


def every_pair(seen: Mapping[str, Mapping[str, Seen]]) -> None:
    names = list(seen)
    pairs = [(one, other) for one, other in combinations(names, 2) if {one, other} != SAME_PICTURE]
    wrong = [pair for pair in pairs if is_one_picture(_like(*(seen[name][ORIGINAL] for name in pair)))]
    print(f"all {len(pairs):,} pairs of different photographs: {len(wrong)} taken for one picture {wrong or ''}")


def as_groups(seen: Mapping[str, Mapping[str, Seen]]) -> None:
    candidates = [
        Candidate(f"{name}|{kind}", Shot(), one.described.phash, one.described.descriptor, 1, 1)
        for name, kinds in seen.items()
        for kind, one in kinds.items()
    ]
    started = time.perf_counter()
    found = groups(candidates)
    took = time.perf_counter() - started
    names = [{str(member).split("|")[0] for member in group.members} for group in found]
    mixed = [sorted(group) for group in names if len(group) > 1 and group != SAME_PICTURE]
    group_of = {member: number for number, group in enumerate(found) for member in group.members}
    kept = sum(
        group_of.get(f"{name}|{kind}", -1) == group_of.get(f"{name}|{ORIGINAL}", -2) for name in seen for kind in COPIES
    )
    print(f"groups of all {len(candidates):,} pictures at once, {took:.1f} s:", end=" ")
    print(f"{kept / (len(seen) * len(COPIES)):.3f} of the copies are with their photograph;", end=" ")
    print(f"groups of different photographs: {mixed or 0}")


# -- series -----------------------------------------------------------------------------------------------------------

SHOT = Shot(1_700_000_000.0, "NIKON Z 8", 0.0, 1 / 250, 8.0, 100, 24.0)
WIDE_ENOUGH = 1500


def made_series(folder: Path) -> None:
    """Each series alone: whole, found in part or not at all, or broken."""
    tally: dict[str, list[tuple[bool, bool]]] = {}
    used = 0
    for path in [*sorted((folder / "labelled").glob("*.jpg")), folder / "culling" / "test.jpg"]:
        rgb = photograph(path)
        if rgb.shape[1] < WIDE_ENOUGH:
            continue
        used += 1
        for stops in ((0, -1, 1), (0, -2, 2), (0, -3, 3), (0, -0.7, 0.7, -1.3, 1.3)):
            frames = [(exposed(rgb, ev), replace(SHOT, exposure_bias=ev, exposure_s=2.0**ev / 250)) for ev in stops]
            tally.setdefault(f"bracket {stops}", []).append(_outcome(frames, GroupKind.BRACKET))
        for overlap in (0.15, 0.2, 0.3, 0.4, 0.5, 0.7):
            frames = [(view, SHOT) for view in _views(rgb, overlap)]
            tally.setdefault(f"panorama, {overlap:.0%} overlap", []).append(_outcome(frames, GroupKind.PANORAMA))
    print(f"series made of each of {used} photographs:                whole    broken")
    for name, outcomes in tally.items():
        whole, broken = (sum(outcome[at] for outcome in outcomes) / len(outcomes) for at in (0, 1))
        print(f"    {name:46} {whole:6.3f}   {broken:6.3f}")


def _views(rgb: RGB, overlap: float, count: int = 3) -> Iterable[RGB]:
    """Cut side by side from the middle of one photograph, 4 by 3."""
    width = int(rgb.shape[1] / (count - (count - 1) * overlap))
    height = min(rgb.shape[0], width * 3 // 4)
    top = (rgb.shape[0] - height) // 2
    for number in range(count):
        left = int(number * width * (1 - overlap))
        yield np.ascontiguousarray(rgb[top : top + height, left : left + width])


def _outcome(frames: Sequence[tuple[RGB, Shot]], kind: GroupKind) -> tuple[bool, bool]:
    candidates = []
    for number, (rgb, shot) in enumerate(frames):
        described = describe(small(rgb))
        taken = replace(shot, captured=(SHOT.captured or 0.0) + number)
        candidates.append(Candidate(number, taken, described.phash, described.descriptor, 1, 1))
    found = groups(candidates)
    whole = [(group.kind, len(group.members)) for group in found] == [(kind, len(frames))]
    return whole, any(not group.kind.on_purpose for group in found)


if __name__ == "__main__":
    main()
