"""Small pictures for the page: any photo, once, the newest wish first, and nobody's wish never."""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bridge.errors import (
    BridgeError,
    NotAPhoto,
    PhotoDamaged,
    PhotoEmpty,
    PhotoMissing,
    PhotoTooLarge,
    PicturesBusy,
)
from bridge.photos import NATIVE, PictureCache, ReadLimits, Thumbnail, Thumbnails, thumbnails
from bridge.photos.thumbnails import MOST_WAITING
from bridge.values import RGB
from tests.disks import fill, small_disk
from tests.photos.made import (
    EMBEDDABLE,
    LIMITS,
    assert_upright,
    cmyk_profile,
    dng,
    heic_turned,
    jpeg_bytes,
    picture,
    pixels,
    save,
    sixteen_bit,
    turned,
)

ROOM = 2**30


class AtOnce(Executor):
    """Does what it is given before it returns."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        work(*args, **named)
        return Future()


class ByHand(Executor):
    """Does what it was given, one at a time, when the test says so."""

    def __init__(self) -> None:
        self._left: deque[Callable[[], Any]] = deque()

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        self._left.append(lambda: work(*args, **named))
        return Future()

    def step(self) -> None:
        self._left.popleft()()

    def run(self) -> None:
        while self._left:
            self.step()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of photos of which a picture was made, in order."""
    names: list[str] = []
    make = thumbnails.small_jpeg

    def noted(path: Path, edge: int, limits: ReadLimits) -> bytes:
        names.append(path.name)
        return make(path, edge, limits)

    monkeypatch.setattr(thumbnails, "small_jpeg", noted)
    return names


@pytest.fixture
def by_hand() -> ByHand:
    return ByHand()


@pytest.fixture
def shelf(tmp_path: Path, by_hand: ByHand) -> Thumbnails:
    return on(tmp_path / "thumbnails", by_hand)


def on(folder: Path, makers: Executor, limits: ReadLimits = LIMITS) -> Thumbnails:
    return Thumbnails(PictureCache(folder, ROOM), limits, lookers=AtOnce(), makers=makers)


def shown(path: Path, edge: int = 300) -> RGB:
    """The pixels of a picture that is made of a photo."""
    with Image.open(io.BytesIO(thumbnails.small_jpeg(path, edge, LIMITS))) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert not image.getexif() and "icc_profile" not in image.info
        return np.asarray(image)


def photos(folder: Path, names: str) -> Iterator[Path]:
    for name in names:
        yield save(folder / f"{name}.jpg", 60, 40)


# -- what it looks like ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", EMBEDDABLE)
def test_every_format_is_shown(tmp_path: Path, suffix: str) -> None:
    rgb = shown(save(tmp_path / f"a{suffix}"))
    assert rgb.shape == (200, 300, 3)
    assert_upright(rgb, 40 if suffix == ".dng" else 12)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_upright(tmp_path: Path, orientation: int) -> None:
    assert_upright(shown(turned(tmp_path / "a.jpg", orientation)), 12)


def test_a_heic_that_lies_on_its_side_is_upright(tmp_path: Path) -> None:
    assert_upright(shown(heic_turned(tmp_path / "a.heic")), 12)


def test_a_raw_is_shown_by_the_preview_inside(tmp_path: Path) -> None:
    flat = jpeg_bytes(Image.new("RGB", (640, 427), (200, 10, 200)))
    rgb = shown(dng(tmp_path / "a.dng", preview=flat))
    assert np.abs(rgb.astype(int) - (200, 10, 200)).max() < 8


@pytest.mark.parametrize("edge", [320, 1600, 2560])
def test_it_is_at_most_so_long_and_never_enlarged(tmp_path: Path, edge: int) -> None:
    assert max(shown(save(tmp_path / "a.jpg", 3000, 2000), edge).shape) == edge
    assert shown(save(tmp_path / "b.jpg", 30, 20), edge).shape == (20, 30, 3)


def test_what_is_transparent_lies_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (60, 40), (10, 20, 30, 0)).save(tmp_path / "a.png")
    assert (shown(tmp_path / "a.png") >= 250).all()


def test_more_bits_and_other_colours_become_srgb(tmp_path: Path) -> None:
    assert_upright(shown(sixteen_bit(tmp_path / "a.png")), 12)
    picture().convert("CMYK").save(tmp_path / "b.jpg", icc_profile=cmyk_profile())
    assert np.abs(shown(tmp_path / "b.jpg").astype(int) - 118).max() < 20, "all ink is a middle grey by this profile"


def broken(path: Path) -> None:
    picture(1200, 800).save(path, "JPEG", quality=95)
    path.write_bytes(path.read_bytes()[:-2000])


def video(path: Path) -> None:
    path.write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(100))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (lambda path: path.write_bytes(b""), PhotoEmpty),
        (lambda path: path.write_bytes(b"%PDF-1.7"), NotAPhoto),
        (video, NotAPhoto),
        (broken, PhotoDamaged),
        (lambda path: path.parent, PhotoMissing),
        (lambda path: picture(1100, 1000).save(path, "PNG"), PhotoTooLarge),
        (lambda path: dng(path, size=(1100, 1000)), PhotoTooLarge),
    ],
    ids=["empty", "a document", "a video", "cut short", "offline", "a bomb", "a bomb of RAW"],
)
def test_what_cannot_be_shown_says_why(
    tmp_path: Path, content: Callable[[Path], object], error: type[BridgeError]
) -> None:
    content(tmp_path / "a.jpg")
    shelf = on(tmp_path / "thumbnails", AtOnce(), ReadLimits(max_megapixels=1.0))
    with pytest.raises(error) as caught:
        shelf.ask(tmp_path / "a.jpg", 320).result()
    assert caught.value.hint
    assert not list(tmp_path.glob("thumbnails/*"))


# -- once, and kept --------------------------------------------------------------------------------------------------


def test_it_is_made_once_and_nothing_is_read_of_the_photo_again(tmp_path: Path, made: list[str]) -> None:
    (photo,) = photos(tmp_path, "a")
    status = photo.stat()
    first = on(tmp_path / "t", AtOnce()).ask(photo, 320).result()
    photo.write_bytes(bytes(status.st_size))
    os.utime(photo, ns=(status.st_atime_ns, status.st_mtime_ns))
    again = on(tmp_path / "t", AtOnce()).ask(photo, 320).result()
    assert again == first and first.jpeg is not None
    assert made == ["a.jpg"]


def test_a_picture_with_every_pixel_is_made_anew_each_time_and_drives_no_tile_out(
    tmp_path: Path, made: list[str]
) -> None:
    photo = save(tmp_path / "a.jpg", 3000, 2000)
    shelf = on(tmp_path / "t", AtOnce())
    for _ in range(2):
        thumbnail = shelf.ask(photo, NATIVE).result(0)
        assert thumbnail.jpeg is not None
        with Image.open(io.BytesIO(thumbnail.jpeg)) as image:
            assert image.size == (3000, 2000)
    assert shelf.ask(photo, NATIVE, thumbnail.stamp).result(0).jpeg is None, "a browser has it already"
    assert made == ["a.jpg", "a.jpg"]
    assert not list(tmp_path.glob("t/*"))


def test_what_is_forgotten_leaves_no_file_and_is_made_anew(tmp_path: Path, made: list[str]) -> None:
    (photo,) = photos(tmp_path, "a")
    shelf = on(tmp_path, AtOnce())
    shelf.forget()
    for _ in range(2):
        shelf.ask(photo, 320).result(0)
        assert len(list(tmp_path.iterdir())) == 2
        shelf.forget()
        assert list(tmp_path.iterdir()) == [photo], "what is not ours stays"
    assert made == ["a.jpg", "a.jpg"]


def test_each_edge_has_its_own(tmp_path: Path) -> None:
    photo = save(tmp_path / "a.jpg", 2000, 1000)
    shelf = on(tmp_path / "t", AtOnce())
    stamps = set()
    for edge in (320, 1600, 320, 1600):
        thumbnail = shelf.ask(photo, edge).result()
        assert thumbnail.jpeg is not None
        assert max(Image.open(io.BytesIO(thumbnail.jpeg)).size) == edge
        stamps.add(thumbnail.stamp)
    assert len(stamps) == 2


def test_a_photo_that_was_edited_is_made_anew(tmp_path: Path, made: list[str]) -> None:
    (photo,) = photos(tmp_path, "a")
    shelf = on(tmp_path / "t", AtOnce())
    before = shelf.ask(photo, 320).result()
    status = photo.stat()
    os.utime(photo, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    after = shelf.ask(photo, 320).result()
    assert after.stamp != before.stamp
    assert made == ["a.jpg", "a.jpg"]


def test_a_damaged_picture_is_made_anew(tmp_path: Path, made: list[str]) -> None:
    (photo,) = photos(tmp_path, "a")
    shelf = on(tmp_path / "t", AtOnce())
    before = shelf.ask(photo, 320).result()
    (file,) = (tmp_path / "t").iterdir()
    file.write_bytes(file.read_bytes()[:40])
    assert shelf.ask(photo, 320).result() == before
    assert shelf.ask(photo, 320).result() == before
    assert made == ["a.jpg", "a.jpg"]


def test_who_has_it_is_told_so_without_making_it(tmp_path: Path, made: list[str]) -> None:
    (photo,) = photos(tmp_path, "a")
    shelf = on(tmp_path / "t", AtOnce())
    stamp = shelf.ask(photo, 320).result().stamp
    (file,) = (tmp_path / "t").iterdir()
    file.unlink()
    assert shelf.ask(photo, 320, stamp).result() == Thumbnail(stamp, None)
    assert made == ["a.jpg"]


def test_a_name_that_is_no_text_is_shown(tmp_path: Path) -> None:
    photo = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n<img>.jpg"))
    save(tmp_path / "a.jpg").rename(photo)
    assert on(tmp_path / "t", AtOnce()).ask(photo, 320).result().jpeg


def test_on_a_full_disk_it_is_shown_all_the_same(tmp_path: Path, made: list[str]) -> None:
    photo = save(tmp_path / "a.jpg", 640, 480)
    with small_disk(tmp_path / "disk", 128) as disk:
        fill(disk, 0)
        shelf = on(disk / "t", AtOnce())
        assert shelf.ask(photo, 320).result().jpeg
        assert shelf.ask(photo, 320).result().jpeg
    assert made == ["a.jpg", "a.jpg"]


# -- many at once ----------------------------------------------------------------------------------------------------


def test_the_newest_wish_comes_first(tmp_path: Path, shelf: Thumbnails, by_hand: ByHand, made: list[str]) -> None:
    first, second, third = photos(tmp_path, "abc")
    for photo in (first, second, third, first):  # the first is wanted once more: it is the newest then
        shelf.ask(photo, 320)
    by_hand.run()
    assert made == ["a.jpg", "c.jpg", "b.jpg"]


def test_two_who_want_one_picture_get_the_same(
    tmp_path: Path, shelf: Thumbnails, by_hand: ByHand, made: list[str]
) -> None:
    (photo,) = photos(tmp_path, "a")
    one, other = shelf.ask(photo, 320), shelf.ask(photo, 320)
    by_hand.run()
    assert one.result() == other.result()
    assert made == ["a.jpg"]


def test_who_comes_while_it_is_made_waits_for_it(
    tmp_path: Path, shelf: Thumbnails, by_hand: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photo,) = photos(tmp_path, "a")
    late: list[Future[Thumbnail]] = []
    make = thumbnails.small_jpeg

    def meanwhile(path: Path, edge: int, limits: ReadLimits) -> bytes:
        assert not late, "it is made once"
        late.append(shelf.ask(photo, 320))
        return make(path, edge, limits)

    monkeypatch.setattr(thumbnails, "small_jpeg", meanwhile)
    first = shelf.ask(photo, 320)
    by_hand.run()
    assert late[0].result(timeout=0) == first.result(timeout=0)


def test_what_nobody_waits_for_is_not_made(tmp_path: Path, shelf: Thumbnails, by_hand: ByHand, made: list[str]) -> None:
    gone, shared, wanted = photos(tmp_path, "abc")
    assert shelf.ask(gone, 320).cancel()
    one, other = shelf.ask(shared, 320), shelf.ask(shared, 320)
    assert one.cancel()
    kept = shelf.ask(wanted, 320)
    by_hand.run()
    assert sorted(made) == ["b.jpg", "c.jpg"]
    assert kept.result().jpeg and other.result().jpeg


def test_who_has_gone_before_it_was_looked_for_costs_nothing(tmp_path: Path, by_hand: ByHand, made: list[str]) -> None:
    (photo,) = photos(tmp_path, "a")
    shelf = Thumbnails(PictureCache(tmp_path / "t", ROOM), LIMITS, lookers=by_hand, makers=AtOnce())
    shelf.ask(photo, 320).cancel()
    by_hand.run()
    assert made == []


def test_a_failure_reaches_all_who_wait_and_nobody_after(tmp_path: Path, shelf: Thumbnails, by_hand: ByHand) -> None:
    broken(tmp_path / "a.jpg")
    asked = [shelf.ask(tmp_path / "a.jpg", 320) for _ in range(2)]
    by_hand.run()
    for one in asked:
        assert isinstance(one.exception(timeout=0), PhotoDamaged)
    save(tmp_path / "a.jpg")
    again = shelf.ask(tmp_path / "a.jpg", 320)
    by_hand.run()
    assert again.result().jpeg


def test_the_oldest_is_turned_away_where_too_many_wait(
    tmp_path: Path, shelf: Thumbnails, by_hand: ByHand, made: list[str]
) -> None:
    (photo,) = photos(tmp_path, "a")
    asked = [shelf.ask(photo, edge) for edge in range(1, MOST_WAITING + 2)]
    with pytest.raises(PicturesBusy):
        asked[0].result(timeout=0)
    by_hand.run()
    assert len(made) == MOST_WAITING
    assert all(one.result(timeout=0).jpeg for one in asked[1:])


def test_at_the_end_those_who_wait_are_turned_away(tmp_path: Path, shelf: Thumbnails, by_hand: ByHand) -> None:
    one, other = photos(tmp_path, "ab")
    waiting = shelf.ask(one, 320)
    shelf.close()
    late = shelf.ask(other, 320)
    by_hand.run()
    for asked in (waiting, late):
        with pytest.raises(PicturesBusy):
            asked.result(timeout=0)


def test_many_threads_at_once(tmp_path: Path, made: list[str]) -> None:
    wanted = list(photos(tmp_path, "abcdefgh"))
    with ThreadPoolExecutor(4) as lookers, ThreadPoolExecutor(3) as makers:
        shelf = Thumbnails(PictureCache(tmp_path / "t", ROOM), LIMITS, lookers=lookers, makers=makers)
        asked = [shelf.ask(photo, 320) for _ in range(20) for photo in wanted]
        assert all(one.result(timeout=60).jpeg for one in asked)
    assert sorted(made) == [photo.name for photo in wanted]


# -- by the way ------------------------------------------------------------------------------------------------------


def test_what_a_run_decoded_is_a_tile_at_once(tmp_path: Path, made: list[str]) -> None:
    photo = turned(tmp_path / "a.jpg", 6)
    shelf = on(tmp_path / "t", AtOnce())
    tile = shelf.lacking(photo)
    shelf.keep(tile, pixels(photo, 500))
    thumbnail = shelf.ask(photo, 320).result()
    assert thumbnail.jpeg is not None and thumbnail.stamp == tile
    with Image.open(io.BytesIO(thumbnail.jpeg)) as image:
        assert image.size == (320, 213)
        assert_upright(np.asarray(image), 12)
    assert made == []
    assert shelf.lacking(photo) is None


def test_pixels_that_are_too_small_for_a_tile_are_not_kept(tmp_path: Path) -> None:
    photo = save(tmp_path / "a.jpg")
    shelf = on(tmp_path / "t", AtOnce())
    shelf.keep(shelf.lacking(photo), pixels(photo, 300))
    assert shelf.lacking(photo) is not None


def test_a_photo_that_is_saved_while_it_is_decoded_is_made_anew(tmp_path: Path, made: list[str]) -> None:
    photo = save(tmp_path / "a.jpg")
    shelf = on(tmp_path / "t", AtOnce())
    tile, rgb = shelf.lacking(photo), pixels(photo, 500)
    status = photo.stat()
    os.utime(photo, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    shelf.keep(tile, rgb)
    shelf.ask(photo, 320).result()
    assert made == ["a.jpg"]


def test_of_a_photo_that_is_offline_nothing_is_kept(tmp_path: Path) -> None:
    shelf = on(tmp_path / "t", AtOnce())
    assert shelf.lacking(tmp_path / "a.jpg") is None
    shelf.keep(None, np.zeros((320, 320, 3), np.uint8))
    assert not (tmp_path / "t").exists()
