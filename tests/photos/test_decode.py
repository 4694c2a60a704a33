"""Pixels as a person sees them: upright, in sRGB, no longer than was asked for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFile

from bridge.errors import BridgeError, PhotoChanged, PhotoDamaged, PhotoMissing
from bridge.photos import decode, read
from bridge.values import Format
from tests.photos.made import (
    BLUE,
    EMBEDDABLE,
    GREEN,
    GREY,
    LIMITS,
    RED,
    assert_upright,
    cmyk_profile,
    exif_of,
    heic_turned,
    look,
    many_channels,
    matrix_profile,
    picture,
    pixels,
    psd,
    psd_resource,
    quarters,
    save,
    sixteen_bit,
    turned,
)

NEAR = 8


def near(colour: tuple[int, ...], expected: tuple[int, ...], tolerance: int = NEAR) -> bool:
    return bool(np.abs(np.subtract(colour, expected)).max() <= tolerance)


@pytest.mark.parametrize("suffix", [suffix for suffix in EMBEDDABLE if suffix != ".dng"])
def test_a_photo_keeps_its_colours_and_its_shape(tmp_path: Path, suffix: str) -> None:
    rgb = pixels(save(tmp_path / f"a{suffix}"), 300)
    assert rgb.shape == (200, 300, 3)
    assert rgb.dtype == np.uint8
    assert rgb.flags["C_CONTIGUOUS"] and rgb.flags["OWNDATA"]
    assert_upright(rgb)


@pytest.mark.parametrize(
    ("size", "edge", "shape"),
    [
        ((600, 400), 600, (400, 600)),
        ((600, 400), 900, (400, 600)),
        ((400, 600), 300, (300, 200)),
        ((900, 2), 90, (1, 90)),
    ],
)
def test_the_long_edge_is_at_most_what_was_asked_for_and_nothing_is_enlarged(
    tmp_path: Path, size: tuple[int, int], edge: int, shape: tuple[int, int]
) -> None:
    for suffix in (".jpg", ".png", ".psd"):
        assert pixels(save(tmp_path / f"a{suffix}", *size), edge).shape[:2] == shape


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".tif", ".png", ".webp", ".avif"])
def test_a_photo_is_turned_as_its_orientation_says(tmp_path: Path, suffix: str, orientation: int) -> None:
    rgb = pixels(turned(tmp_path / f"a{suffix}", orientation))
    assert rgb.shape == (200, 300, 3)
    assert_upright(rgb)


def test_a_compressed_tiff_is_turned_once(tmp_path: Path) -> None:
    picture().transpose(Image.Transpose.ROTATE_90).save(
        tmp_path / "a.tif", compression="tiff_lzw", exif=exif_of({0x0112: 6})
    )
    assert_upright(pixels(tmp_path / "a.tif"))


def test_a_heic_that_lies_on_its_side_is_turned_once(tmp_path: Path) -> None:
    path = heic_turned(tmp_path / "a.heic")
    found = look(path)
    assert (found.width, found.height, found.orientation) == (600, 400, 1)
    assert_upright(pixels(path))


# -- kinds of pixels --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
def test_cmyk_without_a_profile(tmp_path: Path, suffix: str) -> None:
    picture().convert("CMYK").save(tmp_path / f"a{suffix}", **({"quality": 95} if suffix == ".jpg" else {}))
    assert_upright(pixels(tmp_path / f"a{suffix}"), NEAR)


def test_cmyk_goes_through_its_profile(tmp_path: Path) -> None:
    picture().convert("CMYK").save(tmp_path / "a.jpg", quality=95, icc_profile=cmyk_profile())
    for colour in quarters(pixels(tmp_path / "a.jpg")).values():
        assert near(colour, (119, 119, 119), 3)  # L* = 50


def test_cmyk_with_a_broken_profile_is_shown_as_without(tmp_path: Path) -> None:
    picture().convert("CMYK").save(tmp_path / "a.jpg", quality=95, icc_profile=b"no profile at all")
    assert_upright(pixels(tmp_path / "a.jpg"), NEAR)


def test_a_profile_for_other_colours_than_the_pictures_is_ignored(tmp_path: Path) -> None:
    picture().convert("CMYK").save(tmp_path / "a.jpg", quality=95, icc_profile=matrix_profile(swapped=True))
    assert_upright(pixels(tmp_path / "a.jpg"), NEAR)


@pytest.mark.parametrize("suffix", [".tif", ".png"])
def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path: Path, suffix: str) -> None:
    assert_upright(pixels(sixteen_bit(tmp_path / f"a{suffix}"), 600), 1)
    assert_upright(pixels(sixteen_bit(tmp_path / f"alpha{suffix}", alpha=True), 600), 1)
    grey = quarters(pixels(sixteen_bit(tmp_path / f"grey{suffix}", grey=True), 600))
    for place, colour in (("top left", RED), ("top right", GREEN), ("bottom left", BLUE), ("bottom right", GREY)):
        assert near(grey[place], (colour[1],) * 3, 1)


def test_greys_palettes_and_black_and_white(tmp_path: Path) -> None:
    picture().convert("L").save(tmp_path / "grey.jpg", quality=95)
    assert near(quarters(pixels(tmp_path / "grey.jpg"))["bottom right"], GREY)
    picture().quantize(16).save(tmp_path / "palette.png")
    assert_upright(pixels(tmp_path / "palette.png"))
    Image.new("1", (600, 400), 1).save(tmp_path / "fax.tif", compression="group4")
    assert pixels(tmp_path / "fax.tif").min() == 255


def test_lab_and_ycc_tiff(tmp_path: Path) -> None:
    picture().convert("LAB").save(tmp_path / "lab.tif")
    picture().convert("YCbCr").save(tmp_path / "ycc.tif", compression="jpeg", quality=95)
    assert_upright(pixels(tmp_path / "lab.tif"), 10)
    assert_upright(pixels(tmp_path / "ycc.tif"), NEAR)


@pytest.mark.parametrize("white", [1.0, 255.0, 65535.0])
def test_a_grey_tiff_of_floats_is_shown_by_its_usual_white(tmp_path: Path, white: float) -> None:
    values = np.full((40, 60), white / 2, np.float32)
    values[0, 0], values[0, 1], values[0, 2] = white, np.nan, -np.inf
    Image.fromarray(values).save(tmp_path / "a.tif")
    assert near(tuple(pixels(tmp_path / "a.tif")[20, 30]), (128, 128, 128), 1)


def test_a_tiff_that_cannot_be_shown_fails_with_a_way_out(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "hdr.tif"), np.ones((40, 60, 3), np.float32))
    with pytest.raises(PhotoDamaged, match="32 bits") as caught:
        pixels(tmp_path / "hdr.tif")
    assert "Export" in caught.value.hint
    with pytest.raises(PhotoDamaged):
        pixels(many_channels(tmp_path / "hyperspectral.tif", 31))
    Image.fromarray(np.full((40, 60), np.nan, np.float32)).save(tmp_path / "nothing.tif")
    with pytest.raises(PhotoDamaged):
        pixels(tmp_path / "nothing.tif")


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif", ".avif"])
def test_what_is_transparent_is_laid_on_white(tmp_path: Path, suffix: str) -> None:
    image = picture().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 300, 200))
    image.save(tmp_path / f"a{suffix}", **({"lossless": True} if suffix == ".webp" else {}))
    seen = quarters(pixels(tmp_path / f"a{suffix}"))
    assert near(seen["top left"], (255, 255, 255))
    assert near(seen["top right"], GREEN)


def test_a_palette_with_a_transparent_colour_is_laid_on_white(tmp_path: Path) -> None:
    image = picture().quantize(4)
    image.save(tmp_path / "a.png", transparency=image.getpixel((10, 10)))
    seen = quarters(pixels(tmp_path / "a.png"))
    assert near(seen["top left"], (255, 255, 255))
    assert near(seen["bottom right"], GREY)


# -- colour spaces ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif"])
def test_an_embedded_profile_is_applied(tmp_path: Path, suffix: str) -> None:
    """The profile says that the red channel is blue light and the other way round."""
    picture().save(tmp_path / f"a{suffix}", icc_profile=matrix_profile(swapped=True), quality=95)
    seen = quarters(pixels(tmp_path / f"a{suffix}"))
    assert near(seen["top left"], RED[::-1], 16)
    assert near(seen["bottom left"], BLUE[::-1], 16)


@pytest.mark.parametrize("profile", [b"no profile", matrix_profile()[:200], matrix_profile().replace(b"RGB ", b"XXXX")])
def test_a_broken_profile_is_ignored(tmp_path: Path, profile: bytes) -> None:
    picture().save(tmp_path / "a.jpg", icc_profile=profile, quality=95)
    assert_upright(pixels(tmp_path / "a.jpg"))


def test_adobe_rgb_is_known_by_exif_where_a_camera_embeds_no_profile(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA001] = 65535
    exif.get_ifd(0x8769)[0xA005] = {1: "R03"}
    plain = Image.new("RGB", (60, 40), (60, 180, 60))
    plain.save(tmp_path / "adobe.jpg", exif=exif.tobytes(), quality=95)
    red, green, blue = pixels(tmp_path / "adobe.jpg")[20, 30]
    assert red < 5 and 178 <= green <= 184 and 40 <= blue <= 56  # a green that sRGB just cannot hold
    neutral = Image.new("RGB", (60, 40), (128, 128, 128))
    neutral.save(tmp_path / "grey.jpg", exif=exif.tobytes(), quality=95)
    assert near(tuple(pixels(tmp_path / "grey.jpg")[20, 30]), (128, 128, 128), 2)


# -- PSD --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("depth", [8, 16])
def test_psd_and_psb_of_8_and_16_bits(tmp_path: Path, packed: bool, large: bool, depth: int) -> None:
    channels = np.asarray(picture()).transpose(2, 0, 1)
    if depth == 16:
        channels = (channels.astype(np.uint16) * 257).astype(">u2")
    path = psd(tmp_path / "a.psd", channels, mode=3, depth=depth, packed=packed, large=large)
    assert_upright(pixels(path), 1)


def test_psd_of_other_modes(tmp_path: Path) -> None:
    image = picture()
    cmyk = np.asarray(image.convert("CMYK")).transpose(2, 0, 1) ^ 255
    assert_upright(pixels(psd(tmp_path / "cmyk.psd", cmyk, mode=4)), 2)
    lab = np.asarray(image.convert("LAB")).transpose(2, 0, 1) ^ np.array([0, 128, 128], np.uint8)[:, None, None]
    assert_upright(pixels(psd(tmp_path / "lab.psd", lab, mode=9)), 10)
    light = np.asarray(image).astype(np.float64) / 255
    linear = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
    assert_upright(pixels(psd(tmp_path / "32.psd", linear.transpose(2, 0, 1).astype(">f4"), mode=3, depth=32)), 1)
    few = image.quantize(4)
    palette = np.zeros((256, 3), np.uint8)
    palette[:4] = np.reshape(few.getpalette(), (-1, 3))[:4]
    numbers = np.asarray(few)[None]
    assert_upright(pixels(psd(tmp_path / "palette.psd", numbers, mode=2, palette=palette.T.tobytes())), 1)
    black = np.ones((1, 40, 61), np.uint8)
    assert pixels(psd(tmp_path / "bitmap.psd", black, mode=0, depth=1)).max() == 0


def test_a_saved_selection_in_a_psd_is_no_transparency(tmp_path: Path) -> None:
    channels = np.asarray(picture().convert("RGBA")).transpose(2, 0, 1).copy()
    channels[3] = 0
    assert_upright(pixels(psd(tmp_path / "a.psd", channels, mode=3)), 1)


def test_profile_and_exif_of_a_psd_are_used(tmp_path: Path) -> None:
    resources = psd_resource(1039, matrix_profile(swapped=True)) + psd_resource(
        1058, exif_of({0x010F: "Cam", 0x112: 3})
    )
    path = psd(tmp_path / "a.psd", np.asarray(picture()).transpose(2, 0, 1), mode=3, resources=resources)
    found = look(path)
    assert (found.facts.make, found.orientation) == ("Cam", 3)
    assert near(quarters(pixels(path))["bottom right"], RED[::-1], 16)


# -- real photographs -------------------------------------------------------------------------------------------------


@pytest.mark.photos
def test_every_real_photograph_is_decoded_or_fails_with_a_name(shared_photos: Path) -> None:
    undecodable = set()
    for path in sorted(shared_photos.glob("*/*")):
        if path.suffix == ".json":
            continue
        try:
            photo = read(path, 256)
        except BridgeError as error:
            undecodable.add((path.name, error.code))
        else:
            assert 64 <= max(photo.rgb.shape) <= 256
            assert photo.rgb.std() > 10
            shown, decoded = photo.width / photo.height, photo.rgb.shape[1] / photo.rgb.shape[0]
            assert abs(shown / decoded - 1) < 0.03
    assert undecodable == {
        (name, "raw_undecodable") for name in ("Canon-R6-pruned.CR3", "FujiFilm.raf", "IMG_1361.dng", "Panasonic.rw2")
    }


@pytest.mark.photos
@pytest.mark.parametrize("name", ["Stonehenge.heic", "pug.heic", "cheers_1440x960.heic"])
def test_real_heic_is_decoded(shared_photos: Path, name: str) -> None:
    photo = read(shared_photos / "heic" / name, 256)
    assert photo.format is Format.HEIC
    assert max(photo.rgb.shape) == 256


# -- what surrounds the pixels ----------------------------------------------------------------------------------------


def test_a_picture_carries_what_its_identity_knows(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    picture().save(path, exif=exif_of({0x010F: "Camera", 0x0112: 3}))
    found, photo = look(path), read(path, 100)
    assert (photo.facts, photo.data_hash, photo.format) == (found.facts, found.data_hash, Format.JPEG)
    assert (photo.width, photo.height, photo.orientation) == (600, 400, 3)


def test_a_jpeg_is_decoded_once_and_at_the_size_that_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.jpg"
    picture(2400, 1600).save(path)
    loaded = []
    load = ImageFile.ImageFile.load

    def watched(image: ImageFile.ImageFile) -> object:
        if image.tile:  # what was decoded has none left
            loaded.append(image.size)
        return load(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", watched)
    assert pixels(path, 300).shape == (200, 300, 3)
    assert loaded == [(300, 200)]


def test_a_photo_that_goes_or_changes_after_it_was_identified(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg")
    found = look(path)
    picture(300, 200).save(path)
    with pytest.raises(PhotoChanged):
        decode(found, 100, limits=LIMITS)
    picture().save(path, "PNG")
    with pytest.raises(PhotoDamaged):
        decode(found, 100, limits=LIMITS)
    path.unlink()
    with pytest.raises(PhotoMissing):
        decode(found, 100, limits=LIMITS)


def test_a_file_that_changes_while_it_is_read_is_no_crash(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg")
    small, large = path.read_bytes(), save(tmp_path / "b.jpg", 900, 700).read_bytes()
    done = threading.Event()

    def rewrite() -> None:
        while not done.is_set():
            for data in (small, large[: len(large) // 2], b"", large):
                path.write_bytes(data)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(60):
            try:
                assert max(read(path, 100).rgb.shape) <= 100
            except BridgeError as error:
                assert error.hint
    finally:
        done.set()
        writer.join()


def test_several_readers_at_once_see_what_one_sees(tmp_path: Path) -> None:
    paths = [save(tmp_path / f"a{suffix}") for suffix in EMBEDDABLE]
    alone = {path: pixels(path, 200) for path in paths}
    with ThreadPoolExecutor(8) as readers:
        for path, rgb in zip(paths * 6, readers.map(lambda path: pixels(path, 200), paths * 6), strict=True):
            assert np.array_equal(rgb, alone[path])


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files as Linux lists them")
def test_no_file_stays_open(tmp_path: Path) -> None:
    paths = [save(tmp_path / f"a{suffix}") for suffix in EMBEDDABLE]
    (tmp_path / "cut.jpg").write_bytes(paths[0].read_bytes()[:-500])
    before = open_files()
    for path in paths:
        pixels(path)
    with pytest.raises(PhotoDamaged):
        pixels(tmp_path / "cut.jpg")
    assert open_files() == before


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("suffix", EMBEDDABLE)
def test_random_damage_is_no_crash(tmp_path: Path, suffix: str) -> None:
    data = save(tmp_path / f"whole{suffix}", 64, 48).read_bytes()
    random = np.random.default_rng(7)
    for _ in range(60):
        damaged = np.frombuffer(data, np.uint8).copy()
        places = random.integers(0, min(len(data), 4000), 4)
        damaged[places] = random.integers(0, 256, 4)
        path = tmp_path / f"damaged{suffix}"
        path.write_bytes(damaged.tobytes())
        try:
            pixels(path, 32)
        except BridgeError as error:
            assert error.message and error.hint
