"""Pixels that only Lightroom has: virtual copies, crops, offline originals; everything else goes by its path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fakes.http import look
from tests.hosts.lightroom.conftest import Desk, Prepare
from tests.hosts.lightroom.program import KEYWORDS, UNDO, photo, picture

pytestmark = pytest.mark.hosts


def words_of(path: Path) -> set[str]:
    return {str(word) for word in look(path.read_bytes())["keywords"]}


@pytest.fixture
def mixed(desk: Prepare, tmp_path: Path) -> Desk:
    """A master with two virtual copies, a cropped one, offline ones with and without smart preview."""
    master = photo(picture(tmp_path / "master.jpg", 1))
    renders = [picture(tmp_path / f"render{number}.jpg", 10 + number, 320) for number in range(4)]
    copies = [
        photo(tmp_path / "master.jpg", copy_of=master["uuid"], copy_name=f"Copy {number}", render=renders[number])
        for number in (0, 1)
    ]
    cropped = photo(picture(tmp_path / "cropped.jpg", 2), cropped=True, render=renders[2])
    offline = photo(tmp_path / "gone" / "smart.jpg", smart=renders[3])
    lost = photo(tmp_path / "gone" / "lost.jpg")
    plain = photo(picture(tmp_path / "plain.jpg", 3))
    table = desk(photos=[master, *copies, cropped, offline, lost, plain])
    table.lightroom.act()
    return table


def names(seen: Any, requests: list[dict[str, Any]]) -> list[int]:
    order = [one["uuid"] for one in seen.catalog["photos"]]
    return [order.index(entry["uuid"]) for entry in requests]


def test_each_photo_is_seen_as_lightroom_shows_it(mixed: Desk, tmp_path: Path, own_home: Path) -> None:
    seen = mixed.lightroom.act(KEYWORDS, thumbnail_late=0.1).clean()
    found = [set(seen.keywords(one)) for one in seen.catalog["photos"]]
    pictures = ["master", "render0", "render1", "render2", "render3", None, "plain"]
    for has, name in zip(found, pictures, strict=True):
        assert has == (words_of(tmp_path / f"{name}.jpg") if name else set()), name
    assert "6 written, 0 unchanged, 1 failed" in seen.said
    assert set(names(seen, seen.thumbnails)) <= {1, 2, 3, 4, 5}, "a picture that the daemon reads itself was rendered"
    assert len(seen.calls("PUT /proxy")) == 4
    kept = [path for path in own_home.rglob("*") if path.is_file() and path.read_bytes()[:2] == b"\xff\xd8"]
    assert not kept, "a proxy outlived its run"
    assert not list((mixed.lightroom.folder / "temp").rglob("*")), "a rendered file was left behind"


def test_undo_of_virtual_copies(mixed: Desk) -> None:
    before = mixed.photos
    mixed.lightroom.act(KEYWORDS, thumbnail_late=0.1).clean()
    mixed.lightroom.act(UNDO).clean()
    assert mixed.photos == before


@pytest.mark.parametrize(
    ("thumbnails", "exported"),
    [
        (["late"], False),
        (["cached"], False),
        (["twice"], False),
        (["never"], True),
        (["fails"], True),
        (["cached", "never", "twice", "fails", "late"], True),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else None,
)
def test_however_the_thumbnail_comes(mixed: Desk, tmp_path: Path, thumbnails: list[str], exported: bool) -> None:
    selected = mixed.photos[1:5]
    seen = mixed.lightroom.act(KEYWORDS, selected=selected, thumbnails=thumbnails, thumbnail_late=2).clean()
    assert "4 written" in seen.said
    for one, name in zip(selected, ["render0", "render1", "render2", "render3"], strict=True):
        assert set(seen.keywords(one)) == words_of(tmp_path / f"{name}.jpg")
    assert bool(seen.exports) == exported
    assert all(request["how"] != "collected" for request in seen.thumbnails), "the request was not held"
    assert not list((mixed.lightroom.folder / "temp").rglob("*"))


def test_cancel_while_lightroom_renders(mixed: Desk) -> None:
    event = {"after": 0.5, "what": "cancel"}
    seen = mixed.lightroom.act(KEYWORDS, selected=mixed.photos[1:5], thumbnails=["never"], events=[event]).clean()
    assert seen.cancel_seconds < seen.soon
    assert not seen.calls("PUT /proxy")


def test_names_that_need_care(desk: Prepare, tmp_path: Path) -> None:
    strange = ["a b#c%20?.jpg", "ünï ☃.jpg", "`id`$(id)\"'.jpg", "new\nline.jpg", "-rf.jpg"]
    table = desk(photos=[photo(picture(tmp_path / name, number)) for number, name in enumerate(strange)])
    seen = table.lightroom.act(KEYWORDS).clean()
    assert "5 written" in seen.said
    assert all(set(seen.keywords(one)) == words_of(Path(one["path"])) for one in table.photos)
