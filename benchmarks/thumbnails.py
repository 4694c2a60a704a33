"""How fast are small pictures made, and found again? Beside Pillow's own ``thumbnail()`` in the same run.

    python -m benchmarks.thumbnails [--photos 24]

JPEGs of 24 megapixels, one thread each, medians over the photos. Kept pictures are asked for as the page's server asks:
by path, with a look at whether the photo has changed.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageOps

from benchmarks.big_jpegs import make_jpegs
from bridge.photos import EDGES, PictureCache, ReadLimits, Thumbnail, Thumbnails
from bridge.photos.thumbnails import small_jpeg

WARM_ROUNDS = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=24)
    options = parser.parse_args()
    limits = ReadLimits()
    with tempfile.TemporaryDirectory(prefix="thumbnails-") as folder, ThreadPoolExecutor(4) as lookers:
        photos = make_jpegs(Path(folder) / "photos", options.photos)
        os.sync()
        print(f"small pictures of {len(photos)} JPEGs of 24 megapixels, one thread, medians:")
        for edge in EDGES:
            ours, theirs = [], []
            for photo in photos:  # in turn, so that what disturbs one disturbs the other
                ours.append(milliseconds(small_jpeg, photo, edge, limits))
                theirs.append(milliseconds(by_pillow, photo, edge))
            told(f"made, {edge} pixels", ours, "Pillow", theirs)
        with ThreadPoolExecutor(2) as makers:
            shelf = Thumbnails(PictureCache(Path(folder) / "kept", 2**30), limits, lookers=lookers, makers=makers)
            for photo in photos:
                shelf.ask(photo, EDGES[0]).result()
            plain = [Path(folder) / f"{photo.stem}.small" for photo in photos]
            for photo, path in zip(photos, plain, strict=True):
                path.write_bytes(by_pillow(photo, EDGES[0]))
            kept, read = [], []
            for _ in range(WARM_ROUNDS):
                for photo, path in zip(photos, plain, strict=True):
                    kept.append(milliseconds(asked, shelf, photo))
                    read.append(milliseconds(path.read_bytes))
            told(f"kept, {EDGES[0]} pixels", kept, "a plain file", read)


def asked(shelf: Thumbnails, photo: Path) -> Thumbnail:
    return shelf.ask(photo, EDGES[0]).result()


def milliseconds(work: Callable[..., object], *args: object) -> float:
    start = time.perf_counter()
    work(*args)
    return (time.perf_counter() - start) * 1000


def by_pillow(photo: Path, edge: int) -> bytes:
    with Image.open(photo) as image:
        image.thumbnail((edge, edge))
        stream = io.BytesIO()
        ImageOps.exif_transpose(image).convert("RGB").save(stream, "JPEG", quality=80)
    return stream.getvalue()


def told(what: str, ours: list[float], name: str, theirs: list[float]) -> None:
    one, other = statistics.median(ours), statistics.median(theirs)
    print(f"    {what:<20} {one:8.3f} ms ({1000 / one:7,.0f}/s)   {name} {other:8.3f} ms ({1000 / other:7,.0f}/s)")


if __name__ == "__main__":
    main()
