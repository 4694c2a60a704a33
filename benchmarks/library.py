"""How fast does the library answer? A made library of a million photos: filling it, and every kind of filter.

    python -m benchmarks.library [--photos 1000000] [--keep FOLDER]

The reference, in the same run, is a plain table of the same photos, one row each with everything in it, gone through
from end to end, its rows handed over one by one. Times are of the second ask of each kind: the first, of all, is told
apart, since it reads which row is whose. Filled through the public methods, as the daemon does it.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from bridge.store import LibraryPhoto, LibraryTable, Store
from bridge.values import Category, ModelIdentity, PhotoFilter

STEP = 1000
CAMERAS = ("NIKON D850", "NIKON Z 6", "Canon EOS 5D Mark IV", "SONY ILCE-7M3", "FUJIFILM X-T3", "Apple iPhone 12")
LENSES = ("EF50mm f/1.8 STM", "24-70mm f/2.8", "70-200mm f/2.8", "XF16-55mmF2.8 R LM WR", "105mm f/2.8 Macro")
NOUNS = ("dog", "cat", "boat", "beach", "church", "bride", "mountain", "flower", "car", "snow", "bird", "bridge")
WORDS = tuple(f"{noun}{n}" for noun in NOUNS for n in range(400))
PLACES = tuple((f"country{n // 15}", f"town{n}") for n in range(300))
LIGHTS = (None, None, "day", "day", "day", "day", "golden hour", "blue hour", "night")
PEOPLE = (0, 0, 0, 0, 1, 1, 2, 3, 8)
FIRST = date(2005, 1, 1)


def made(photos: int) -> Iterator[LibraryPhoto]:
    """A shoot of 200 photos a folder, one camera and day each; words of a photographer's few thousand."""
    chance = random.Random(6)
    for number in range(photos):
        if number % 200 == 0:
            day = FIRST + timedelta(days=number * 7300 // photos)
            camera, lens = chance.choice(CAMERAS), chance.choice(LENSES)
            folder = Path(f"/photos/{day.year}/{day:%m-%d} {chance.choice(NOUNS)}")
            shoot = [("Shoots", chance.choice(WORDS)), ("Places", *chance.choice(PLACES))]
        own = [("Subjects", noun, f"{noun}{chance.randrange(400)}") for noun in chance.sample(NOUNS, 3)]
        yield LibraryPhoto(
            path=folder / f"IMG_{number}.jpg",
            data_hash=f"{number:064x}",
            stamp=f"{number}:{number}",
            seen=1.0,
            captured=day,
            camera=camera,
            lens=lens,
            rating=chance.choice((None, 0, 0, 1, 2, 3, 3, 4, 5)),
            pick=chance.choice((None, 0, 0, 0, 1, -1)),
            label=chance.choice((None, None, None, "red", "green")),
            category=chance.choice(tuple(Category)),
            light=chance.choice(LIGHTS),
            season=chance.choice(("winter", "spring", "summer", "autumn")),
            people=chance.choice(PEOPLE),
            keywords=tuple(dict.fromkeys((*shoot, *own))),
            caption=" ".join(chance.choice(WORDS) for _ in range(8)),
            words=(chance.choice(NOUNS), chance.choice(NOUNS)),
        )


def filters() -> dict[str, tuple[PhotoFilter, str]]:
    """Each with the condition that means the same in the plain table."""
    near = Path("/photos/2015")
    return {
        "no filter": (PhotoFilter(), "1"),
        "people=2": (PhotoFilter(people_least=2, people_most=2), "people = 2"),
        "people=2 light=golden hour": (
            PhotoFilter(people_least=2, people_most=2, light="golden hour"),
            "people = 2 AND light = 'golden hour'",
        ),
        "light=golden hour": (PhotoFilter(light="golden hour"), "light = 'golden hour'"),
        "rating=4+": (PhotoFilter(rating_least=4), "rating >= 4"),
        "pick=picked": (PhotoFilter(pick=1), "pick = 1"),
        "category=wedding": (PhotoFilter(categories=(Category.WEDDING,)), "category = 'wedding'"),
        "camera=nikon": (PhotoFilter(cameras=("nikon",)), "camera LIKE '%nikon%'"),
        "one day": (PhotoFilter(since=date(2015, 5, 1), until=date(2015, 5, 1)), "day = '2015-05-01'"),
        "year=2015": (
            PhotoFilter(since=date(2015, 1, 1), until=date(2015, 12, 31)),
            "day BETWEEN '2015-01-01' AND '2015-12-31'",
        ),
        "since=2010": (PhotoFilter(since=date(2010, 1, 1)), "day >= '2010-01-01'"),
        "folder of a year": (PhotoFilter(folders=(near,)), f"path GLOB '{near}/*'"),
        "folder of all": (PhotoFilter(folders=(Path("/photos"),)), "path GLOB '/photos/*'"),
        "folder, people=2": (
            PhotoFilter(folders=(near,), people_least=2, people_most=2),
            f"path GLOB '{near}/*' AND people = 2",
        ),
        "keyword=dog7": (PhotoFilter(keywords=("dog7",)), "keywords LIKE '%|dog7|%'"),
        "keyword=dog": (PhotoFilter(keywords=("dog",)), "keywords LIKE '%|dog|%'"),
        "keyword=dog since=2010 people=2": (
            PhotoFilter(keywords=("dog",), since=date(2010, 1, 1), people_least=2, people_most=2),
            "keywords LIKE '%|dog|%' AND day >= '2010-01-01' AND people = 2",
        ),
    }


def timed(work: Callable[[], Any], times: int = 5) -> tuple[float, Any]:
    """(milliseconds of the middle run, what it gave)."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        found = work()
        taken.append(time.perf_counter() - started)
    return sorted(taken)[times // 2] * 1000, found


def plain_table(path: Path, photos: int) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute(
        "CREATE TABLE plain (row INTEGER, path TEXT, hash TEXT, stamp TEXT, day TEXT, camera TEXT, lens TEXT,"
        " rating INTEGER, pick INTEGER, label TEXT, category TEXT, light TEXT, season TEXT, people INTEGER,"
        " keywords TEXT, caption TEXT, words TEXT)"
    )
    db.execute("BEGIN")
    db.executemany(
        f"INSERT INTO plain VALUES ({', '.join('?' * 17)})",
        (
            (
                *(row, str(photo.path), photo.data_hash, photo.stamp, str(photo.captured), photo.camera, photo.lens),
                *(photo.rating, photo.pick, photo.label, photo.category, photo.light, photo.season, photo.people),
                *("|".join(("", *(w for path in photo.keywords for w in path), "")), photo.caption, str(photo.words)),
            )
            for row, photo in enumerate(made(photos))
        ),
    )
    db.execute("COMMIT")
    return db


def fill(library: LibraryTable, photos: int) -> int:
    space = library.space(ModelIdentity("made", "1"), 768)
    source, done = made(photos), 0
    started = putting = adding = 0.0
    while some := list(islice(source, STEP)):
        started = time.perf_counter()
        library.put(*some)
        between = time.perf_counter()
        library.add_vectors(space, [(photo.key, done + at) for at, photo in enumerate(some)])
        putting += between - started
        adding += time.perf_counter() - between
        done += len(some)
    print(f"    put {photos / putting:10,.0f} photos a second, {STEP} at once; vectors {photos / adding:,.0f} a second")
    started = time.perf_counter()
    for photo in islice(made(photos), STEP):
        library.put(photo)
    print(f"    put {STEP / (time.perf_counter() - started):10,.0f} photos a second, one by one, known ones")
    return space


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="a folder for the tables; those that are there are used again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="library-") as made_folder:
        run(options.keep or Path(made_folder), options.photos)


def run(folder: Path, photos: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "library.db"
    is_new = not path.exists()
    store = Store(path)
    library = LibraryTable(store)
    print(f"a library of {photos:,} photos:")
    space = fill(library, photos) if is_new else library.spaces()[0][0]
    reference = folder / "plain.db"
    plain = sqlite3.connect(reference) if reference.exists() else plain_table(reference, photos)
    print(
        f"    {path.stat().st_size / photos:.0f} bytes a photo on disk; plain {reference.stat().st_size / photos:.0f}"
    )
    library = LibraryTable(store)
    before = psutil.Process().memory_info().rss
    first, _ = timed(lambda: library.rows_matching(space, PhotoFilter(people_least=8)), 1)
    kept = psutil.Process().memory_info().rss - before
    print(f"    first filter after a start {first:.0f} ms, resident +{kept / 2**20:.0f} MiB")
    print("    rows that a filter means               photos      ms   plain ms  ratio")
    for name, (wanted, condition) in filters().items():
        ms, rows = timed(lambda wanted=wanted: library.rows_matching(space, wanted))
        asked = f"SELECT row FROM plain WHERE {condition}"
        plain_ms, expected = timed(lambda asked=asked: np.array([row for (row,) in plain.execute(asked)]), 1)
        assert np.array_equal(rows, np.sort(expected)), name
        print(f"        {name:34} {rows.size:9,} {ms:7.1f} {plain_ms:10.1f}  {ms / plain_ms:.3f}")
    others(library, space, photos)
    store.close()


def others(library: LibraryTable, space: int, photos: int) -> None:
    some = random.Random(1).sample(range(photos), 20)
    near = [Path("/photos/2015")]
    twenty = [one for found in library.photos_of_rows(space, some).values() for one in found]
    print("    other questions                                    ms")
    for name, work in {
        "coverage of all, nothing written since": lambda: library.coverage(space),
        "coverage of all, a photo put since": lambda: (library.put(twenty[0]), library.coverage(space)),
        "coverage of a year, a photo put since": lambda: (library.put(twenty[0]), library.coverage(space, near)),
        "the photos of 20 rows": lambda: library.photos_of_rows(space, some),
        "20 photos by path": lambda: [library.get(one.path) for one in twenty],
        "20 photos by picture data": lambda: [library.by_hash(one.data_hash) for one in twenty],
        "words: dog7": lambda: library.rows_by_words(space, "dog7"),
        "words: dog7 beach9": lambda: library.rows_by_words(space, "dog7 beach9"),
        "words: dog (one photo in three)": lambda: library.rows_by_words(space, "dog"),
        "words: dog, of one day": lambda: library.rows_by_words(space, "dog", wanted=filters()["one day"][0]),
        "words: dog, people=2": lambda: library.rows_by_words(space, "dog", wanted=filters()["people=2"][0]),
        "newest 20 with people=2": lambda: library.matching(PhotoFilter(people_least=2, people_most=2), 20),
        "how many with people=2": lambda: library.count_matching(PhotoFilter(people_least=2, people_most=2)),
        "cameras": lambda: library.cameras(),
        "next 1,000 without a vector (none)": lambda: library.unindexed(space),
        "a page of 1,000 below a year's folder": lambda: library.below(near),
        "counts": lambda: library.counts(),
    }.items():
        ms, _ = timed(work, 3)
        print(f"        {name:38} {ms:10.1f}")


if __name__ == "__main__":
    main()
