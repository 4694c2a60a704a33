"""Culling with every check on, beside the least that it can cost and beside the script that many photographers have.

    python -m benchmarks.cull [FOLDER] [--photos N] [--rounds N] [--threads N]

The photos are those of FOLDER (default: ../shared/photos/labelled and faces) enlarged to 24 megapixels, with the noise
of a sensor, 6 to 9 MB each. The ways take turns on a few photos at a time, so that whatever else the machine does
falls on all of them:

- all checks: identify (hash, EXIF), read, decode once, smaller versions, sharpness, motion, exposure, overlays, faces,
  eyes, pHash and descriptor; a thread for each core;
- decode only: every core doing nothing but full-size JPEG decoding of bytes that lie ready, by the fastest decoder of
  three (all are timed);
- the script, serial: cv2.imread, resize to 256 x 256, Laplacian variance.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter, process_time

import cv2
import numpy as np
import simplejpeg
from PIL import Image

from bridge.culling.measurer import EDGE, Measurer
from bridge.photos import PixelMemory, ReadLimits, full_size, identify

SHARED = Path(__file__).parents[2] / "shared" / "photos"
LONG, SHORT = 6000, 4000
QUALITY, NOISE = 92, 5.0
WANTED = 0.6
CHUNK = 8
LIMITS = ReadLimits()


def make_photos(sources: Iterable[Path], folder: Path, count: int) -> list[Path]:
    """``count`` JPEGs of 24 megapixels with the pictures of ``sources``."""
    random = np.random.default_rng(24)
    noise = cv2.GaussianBlur(random.normal(0.0, 1.8 * NOISE, (LONG, LONG)).astype(np.float32), (0, 0), 0.6)
    paths = []
    for number, source in zip(range(count), sources, strict=False):
        picture = cv2.imread(str(source))
        if picture is None:
            continue
        width, height = (LONG, SHORT) if picture.shape[1] >= picture.shape[0] else (SHORT, LONG)
        large = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
        grain = np.roll(noise, number * 37, axis=1)[:height, :width, None]
        path = folder / f"{number:03}_{source.stem}.jpg"
        cv2.imwrite(str(path), np.clip(large + grain, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        paths.append(path)
    return paths


class Way:
    """One way to go through photos, and what it took."""

    def __init__(self, name: str, work: Callable[[Path], object], threads: int) -> None:
        self.name, self.work, self.threads = name, work, threads
        self.wall = self.processor = 0.0
        self.done = 0

    def run(self, photos: list[Path]) -> None:
        wall, processor = perf_counter(), process_time()
        if self.threads == 1:
            for photo in photos:
                self.work(photo)
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                list(pool.map(self.work, photos))
        self.wall += perf_counter() - wall
        self.processor += process_time() - processor
        self.done += len(photos)

    @property
    def rate(self) -> float:
        """Photos a second."""
        return self.done / self.wall

    @property
    def cost(self) -> float:
        """Milliseconds of processor time a photo: hardly changed by what else the machine does."""
        return 1000 * self.processor / self.done


def all_checks(memory: PixelMemory, measurer: Measurer) -> Callable[[Path], object]:
    def work(photo: Path) -> object:
        identity = identify(photo, LIMITS)
        with full_size(identity, limits=LIMITS, memory=memory) as full:
            return measurer.measure(full.native, full.smaller(EDGE))

    return work


def decoders(photos: list[Path], memory: PixelMemory) -> dict[str, Callable[[Path], object]]:
    data = {photo: photo.read_bytes() for photo in photos}

    def turbo(photo: Path) -> object:
        block = memory.lend(3 * LONG * SHORT)
        simplejpeg.decode_jpeg(data[photo], "RGB", fastupsample=True, buffer=block)
        memory.take_back(block)
        return None

    def opencv(photo: Path) -> object:
        return cv2.imdecode(np.frombuffer(data[photo], np.uint8), cv2.IMREAD_COLOR)

    def pillow(photo: Path) -> object:
        with Image.open(io.BytesIO(data[photo])) as image:
            return image.load()

    return {"libjpeg-turbo": turbo, "OpenCV": opencv, "Pillow": pillow}


def script(photo: Path) -> object:
    small = cv2.resize(cv2.imread(str(photo)), (256, 256))
    return cv2.Laplacian(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), cv2.CV_64F).var()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=None)
    parser.add_argument("--photos", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--opencv-threads", type=int, default=None)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    if options.opencv_threads is not None:
        cv2.setNumThreads(options.opencv_threads)
    folders = [options.folder] if options.folder else [SHARED / "faces", SHARED / "labelled"]
    sources = [path for folder in folders for path in sorted(folder.glob("*.jp*g"))]
    sources = sources[:: max(1, len(sources) // options.photos)]
    with tempfile.TemporaryDirectory(prefix="cull-") as folder:
        photos = make_photos(sources, Path(folder), options.photos)
        size = statistics.median(photo.stat().st_size for photo in photos) / 1e6
        memory, measurer = PixelMemory(options.threads), Measurer()
        culling = Way("all checks", all_checks(memory, measurer), options.threads)
        limits = [Way(name, work, options.threads) for name, work in decoders(photos, memory).items()]
        plain = Way("script, serial", script, 1)
        faces = sum(len(measurer.measure(*_both(photo, memory)).faces) for photo in photos)
        for _ in range(options.rounds):
            for first in range(0, len(photos), CHUNK):
                for way in (culling, *limits, plain):
                    way.run(photos[first : first + CHUNK])
    fastest = max(limits, key=lambda way: way.rate)
    print(f"{len(photos)} photos of 24 megapixels, median {size:.1f} MB, {faces} faces; {options.threads} threads")
    for way in (culling, plain, *limits):
        name = way.name if way not in limits else f"decode only, {way.name}"
        print(f"{name:28} {way.rate:6.2f} photos a second  {way.cost:6.1f} ms of processor time a photo")
    ratio, least = culling.rate / fastest.rate, fastest.cost / culling.cost
    print(f"of the fastest decode-only   {ratio:6.3f}  (wanted: at least {WANTED}); by processor time {least:.3f}")
    print(f"over the script              {culling.rate / plain.rate:6.3f}  (wanted: over 1)")


def _both(photo: Path, memory: PixelMemory) -> tuple[np.ndarray, np.ndarray]:
    with full_size(identify(photo, LIMITS), limits=LIMITS, memory=memory) as full:
        return np.array(full.native), full.smaller(EDGE)


if __name__ == "__main__":
    main()
