"""A home with one dry run of very many photos, as the daemon leaves it, tiles included.

A sample is tagged by the daemon itself, by a model that answers from a photographer's few thousand words; the other
photos are links to those of the sample and are told the same, through the store's own tables.
"""

from __future__ import annotations

import os
import random
from itertools import cycle
from pathlib import Path

from benchmarks.big_jpegs import make_jpegs
from bridge.jobs.request import RunOptions
from bridge.paths import shown, to_uri
from bridge.photos import PictureCache, ReadLimits
from bridge.photos.thumbnails import TILE, small_jpeg, stamp
from bridge.settings import Settings
from bridge.store import ItemRow, JobState, JobTable, NewItem, Stage, Store
from bridge.taggers.contract import TagRequest
from bridge.values import Answer, Keyword
from tests.fakes.bridge import finish, service_around
from tests.fakes.tagger import FakeTagger

SAMPLE = 400
"""Photos that are unlike each other: a file has at most 65,000 names."""
A_FOLDER = 500
NOUNS = ("dog", "cat", "boat", "beach", "church", "bride", "mountain", "flower", "car", "snow", "bird", "bridge")
SHELVES = ("Subjects", "Places", "Moods", "Colours")


def make_run(folder: Path, photos: int) -> tuple[Path, str]:
    """(home, job): a run of ``photos`` that has ended and wrote nothing, every tile kept."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    masters = make_jpegs(folder / "masters", min(SAMPLE, photos), 960, 640)
    paths = [folder / "photos" / f"{n // A_FOLDER:03}" / f"IMG_{n:05}.jpg" for n in range(photos)]
    for path, master in zip(paths, cycle(masters)):
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(master, path)
    job = _tagged(home, paths[: len(masters)])
    _spread(home, job, paths, len(masters))
    _keep_tiles(home, paths, masters)
    return home, job


def _tagged(home: Path, sample: list[Path]) -> str:
    chance = random.Random(8)

    def answer(_: TagRequest) -> Answer:
        nouns = chance.sample(NOUNS, 6)
        words = [(noun, f"{noun}{chance.randrange(400)}") for noun in nouns]
        keywords = [
            Keyword((chance.choice(SHELVES), *word), round(chance.uniform(0.3, 1.0), 3), "fake") for word in words
        ]
        keywords += [Keyword((noun,), 0.9, "fake") for noun in chance.sample(nouns, 4)]
        return Answer(
            keywords=tuple(keywords),
            title=f"A {nouns[0]} and a {nouns[1]}",
            caption=f"A {nouns[0]} beside a {nouns[1]}, with a {nouns[2]} in the background and soft evening light.",
            alt_text=f"A {nouns[0]}, a {nouns[1]} and a {nouns[2]}.",
        )

    with service_around(home, FakeTagger(answer), settings=Settings(index_while_tagging=False)) as service:
        job = service.runs.analyze(sample, RunOptions(write=False)).job
        assert job is not None
        ended = finish(service, job)
        assert ended.state == "done" and not ended.failed, ended
    return job


def _spread(home: Path, job: str, paths: list[Path], sample: int) -> None:
    """Tell the photos beyond the sample what those in it were told."""
    store = Store(home / "bridge.db")
    jobs = JobTable(store)
    told = {item.path: item for item in jobs.results(job, 0, sample)}
    patterns = [told[path] for path in paths[:sample]]
    jobs.add(job, map(NewItem, paths[sample:]))
    left = {item.path: item.id for item in jobs.unfinished(job, 0, len(paths))}
    for path, pattern in zip(paths[sample:], cycle(patterns)):
        _tell(jobs, left[path], path, pattern)
    jobs.set_state(job, JobState.DONE)
    store.close()


def _tell(jobs: JobTable, item: int, path: Path, pattern: ItemRow) -> None:
    assert pattern.plan and pattern.result and pattern.answer_key and pattern.origin

    def of_this(text: str) -> str:
        return text.replace(to_uri(pattern.path), to_uri(path)).replace(shown(pattern.path), shown(path))

    plan = of_this(pattern.plan)
    jobs.advance(item, Stage.PLANNED, plan=plan, answer_key=pattern.answer_key, origin=pattern.origin)
    jobs.finish(item, Stage.DONE, of_this(pattern.result))


def _keep_tiles(home: Path, paths: list[Path], masters: list[Path]) -> None:
    cache = PictureCache(home / "thumbnails", 2**31)
    tiles = [small_jpeg(master, TILE, ReadLimits()) for master in masters]
    for path, tile in zip(paths, cycle(tiles)):
        cache.put(stamp(path, TILE), tile)
