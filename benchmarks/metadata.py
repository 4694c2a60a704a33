"""What does safety cost? A merge with journal and undo over a blind write.

    python -m benchmarks.metadata [--photos 200] [--runs 3] [--threads 2] [--folder DIR]

Safe: read what the photo says, plan the merge, write a copy, prove that the picture is the same, read the words back,
keep a before-image in the journal, exchange the files, record the outcome: photo by photo, as a writer thread of the
daemon does it, once with one such thread and once with as many as the daemon has. Blind: the same fields through one
open ExifTool into a temporary file, fsync, rename, without a look at what was there, one photo after the other.

All write the same photos, freshly copied, by turns in one run, after a few photos that are not counted (ExifTool loads
its modules when it first needs them). ``--folder`` takes photos of your own in the place of those of
shared/photos/labelled. Of these most have no words yet, as on a first run, and are read without ExifTool
(bridge/metadata/_bare.py); a folder of photos that have XMP or IPTC shows what the others cost.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import exiftool

from benchmarks.big_jpegs import make_jpegs
from bridge.exiftool import ExifTool
from bridge.metadata import Writer, make_plan, read_state
from bridge.settings import Settings
from bridge.store import SqliteJournal, Store
from bridge.values import Format, Keyword, Proposal

TARGET = 2.5
FIRST = 16
"""Photos that are not counted: each process is at work on some of them."""
BLIND, ALONE, DAEMON = "blind, one after the other", "one thread, one photo at a time", "as the daemon runs it"
LABELLED = Path(__file__).parents[2] / "shared" / "photos" / "labelled"
WORDS = ("harbour", "sailing boat", "evening light", "sea", "mast", "clouds", "pier", "gull", "reflection", "summer")
TITLE, CAPTION = (
    "Evening in the harbour",
    "A sailing boat lies at a pier in warm evening light, with clouds above the sea.",
)


def blind(photos: Sequence[Path], first: Sequence[Path], _: Path) -> float:
    """Seconds, with ExifTool open."""
    lists = ("XMP-dc:Subject", "XMP-lr:HierarchicalSubject", "XMP-digiKam:TagsList", "IPTC:Keywords")
    texts = {
        "XMP-dc:Title": TITLE,
        "IPTC:ObjectName": TITLE,
        "XMP-dc:Description": CAPTION,
        "IPTC:Caption-Abstract": CAPTION,
        "IPTC:CodedCharacterSet": "UTF8",
    }
    arguments = [f"-{tag}+={word}" for tag in lists for word in WORDS]
    arguments += [f"-{tag}={text}" for tag, text in texts.items()]
    with exiftool.ExifTool(common_args=None) as tool:

        def write(photo: Path) -> None:
            new = photo.with_name(f".{photo.name}.new")
            tool.execute(*arguments, "-o", str(new), str(photo))
            with new.open("rb") as file:
                os.fsync(file.fileno())
            new.replace(photo)

        return _timed(lambda paths: [write(path) for path in paths], photos, first)


def safe(photos: Sequence[Path], first: Sequence[Path], folder: Path, threads: int) -> float:
    """Seconds, with ExifTool and the database open."""
    tool = ExifTool(processes=threads)
    store = Store(folder / "bridge.db")
    writer = Writer(tool, SqliteJournal(store), folder / "spool")
    proposal = Proposal(tuple(Keyword((word,)) for word in WORDS), TITLE, CAPTION)

    def write(photo: Path) -> None:
        plan = make_plan(read_state(tool, photo, Format.JPEG), proposal)
        assert writer.apply(plan, job="benchmark", item=1).written_to

    with ThreadPoolExecutor(threads) as pool:
        seconds = _timed(lambda paths: list(pool.map(write, paths)), photos, first)
    tool.close()
    store.close()
    return seconds


def _timed(way: Callable[[Sequence[Path]], object], photos: Sequence[Path], first: Sequence[Path]) -> float:
    way(first)
    started = time.perf_counter()
    way(photos)
    return time.perf_counter() - started


def measure(title: str, originals: Sequence[Path], runs: int, threads: int) -> None:
    """Each way over the blind one, in turn, and what was seen."""
    ways: dict[str, Callable[[Sequence[Path], Sequence[Path], Path], float]] = {
        BLIND: blind,
        ALONE: lambda photos, first, folder: safe(photos, first, folder, 1),
        DAEMON: lambda photos, first, folder: safe(photos, first, folder, threads),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            with tempfile.TemporaryDirectory(prefix="photo-bridge-bench-") as scratch:
                folder = Path(scratch)
                photos = [Path(shutil.copyfile(path, folder / path.name)) for path in originals]
                first = [
                    Path(shutil.copyfile(originals[n % len(originals)], folder / f"first{n}.jpg")) for n in range(FIRST)
                ]
                os.sync()
                times[name].append(way(photos, first, folder))
    megabytes = sum(path.stat().st_size for path in originals) / len(originals) / 1e6
    print(f"{title}: {len(originals)} photos of {megabytes:.1f} MB, {threads} threads in the daemon")
    for name in ways:
        each = [1000 * seconds / len(originals) for seconds in times[name]]
        line = f"  {name:31} {statistics.median(each):6.1f} ms a photo ({', '.join(f'{ms:.1f}' for ms in each)})"
        if name != BLIND:
            ratios = [safe / blind for blind, safe in zip(times[BLIND], times[name], strict=True)]
            line += f"  ratio {statistics.median(ratios):.2f} ({', '.join(f'{ratio:.2f}' for ratio in ratios)})"
        print(line)
    print(f"  wanted: ratios of at most {TARGET}")


def main() -> None:
    parser = argparse.ArgumentParser(description="A safe merge with journal, over a blind write.")
    parser.add_argument("--photos", type=int, default=200, help="24-megapixel JPEGs (short form: 20)")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--threads", type=int, default=Settings().writers, help="that write, as in the daemon's settings"
    )
    parser.add_argument("--folder", type=Path, default=LABELLED, help="real photographs (JPEG); copied, never changed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="photo-bridge-bench-") as scratch:
        big = make_jpegs(Path(scratch), options.photos)
        measure("24 megapixels", big, options.runs, options.threads)
    real = sorted(options.folder.glob("*.jpg"))
    if real:
        measure(str(options.folder), real, options.runs, options.threads)
    else:
        print(f"{options.folder}: no photos there, not measured")


if __name__ == "__main__":
    main()
