"""Near-duplicates among real photographs: a small part of what ``benchmarks.duplicates`` measures."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.culling.candidate import Candidate, Group, GroupKind
from bridge.culling.describe import Described, describe
from bridge.culling.groups import groups
from bridge.culling.measures import Shot
from bridge.culling.series import shot_of
from bridge.photos import ReadLimits, identify
from bridge.values import RGB
from tests.culling.copies import COPIES
from tests.culling.photographs import photograph, small

pytestmark = pytest.mark.photos

SEEN = ("Canon_EOS_7D.jpg", "Nikon_D5000.jpg", "FujiFilm_FinePix_A303.jpg", "Sony_DCR-PC110.jpg", "Nikon_E950.jpg")
"""Small ones: they are quick, and four pixels of blur take the most of them."""


def candidate(id: str, described: Described, shot: Shot | None = None) -> Candidate:
    return Candidate(id, shot or Shot(), described.phash, described.descriptor, 1, 1)


def described(rgb: RGB) -> Described:
    return describe(small(rgb))


def test_each_photograph_is_grouped_with_its_copies_and_with_nothing_else(shared_photos: Path) -> None:
    photos, expected = [], {}
    for name in SEEN:
        rgb = photograph(shared_photos / "labelled" / name)
        copies = {name: rgb} | {f"{name} {kind}": make(rgb) for kind, (_, make) in COPIES.items()}
        photos.extend(candidate(id, described(copy)) for id, copy in copies.items())
        expected[name] = sorted(copies)
    found = {group.members[0].split(" ")[0]: group for group in groups(photos) if isinstance(group.members[0], str)}
    assert {name: sorted(map(str, group.members)) for name, group in found.items()} == expected
    assert {group.kind for group in found.values()} == {GroupKind.DUPLICATES}


def test_the_hdr_pair_is_one_group_and_the_walk_is_none(shared_photos: Path) -> None:
    paths = sorted((shared_photos / "near_duplicates").glob("*.jpg"))
    facts = {path: identify(path, ReadLimits()).facts for path in paths}
    seen = {path: described(photograph(path)) for path in paths}
    with_times = [candidate(path.stem, seen[path], shot_of(facts[path])) for path in paths]
    without = [candidate(path.stem, seen[path]) for path in paths]
    pair = ("iphone_hdr_NO", "iphone_hdr_YES")
    assert groups(with_times) == [Group(GroupKind.MOMENT, pair)], "the phone wrote other fractions of a second"
    assert groups(without) == [Group(GroupKind.DUPLICATES, pair)]


def test_blurred_and_exposed_lake_photos_are_one_group(shared_photos: Path) -> None:
    paths = sorted((shared_photos / "culling").glob("*.jpg"))
    [group] = groups([candidate(path.stem, described(photograph(path))) for path in paths])
    assert group.members == tuple(path.stem for path in paths)


def test_different_photographs_taken_one_after_the_other_are_no_group(shared_photos: Path) -> None:
    """The camera's own proof is taken away: one camera, one lens, a second apart."""
    paths = [path for path in sorted((shared_photos / "labelled").glob("*.jpg")) if path.stat().st_size < 400_000]
    assert len(paths) > 10
    seen = [described(photograph(path)) for path in paths]
    for seconds in (None, 1.0):
        times = [None if seconds is None else 1_700_000_000 + at * seconds for at in range(len(paths))]
        shots = [Shot(time, "Canon EOS R6", 0.0, 1 / 125, 5.6, 400, 35.0) for time in times]
        assert groups([candidate(path.stem, *both) for path, *both in zip(paths, seen, shots, strict=True)]) == []
