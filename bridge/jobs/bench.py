"""How fast a model is on this machine: some photos, asked as a run asks, whatever is stored; nothing is stored of them.

It runs in the daemon, which holds the models: a second process would load a second copy of the weights beside the first
and measure both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bridge.errors import BadAnswer, BridgeError, InvalidParams
from bridge.jobs.asking import Asking
from bridge.jobs.request import RunOptions
from bridge.jobs.tools import Tools
from bridge.photos import ReadLimits, decode, identify
from bridge.taggers.contract import Cancelled, Tagger
from bridge.values import Answer, Picture, RawRenderer

FORECAST = 100_000
"""Photos of the library that a forecast is for."""


@dataclass(frozen=True, slots=True)
class _Asked:
    seconds: float
    answer: Answer | None
    """None where the photo failed."""
    error: BridgeError | None = None


def bench(
    tools: Tools,
    tagger: Tagger,
    threads: Executor,
    photos: Sequence[Path],
    *,
    tell: Callable[[int], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Measure one model. ``threads``: as many as it takes requests at once; ``tell`` hears how many photos have ended.

    ``load_s``: until the first answer, weights included; ``seconds_a_photo``: of the others side by side, as in a run;
    ``answer_s``: of one answer by itself, median, first and last tenth. Raises Cancelled, InvalidParams where no photo
    can be read, what loading the model raises, and what the last photo raises where none gets an answer.
    """
    pictures: list[Picture] = []
    for photo in photos:
        if cancelled():
            raise Cancelled
        if (picture := _read(photo, tools, tagger)) is not None:
            pictures.append(picture)
    unreadable = len(photos) - len(pictures)
    if not pictures:
        raise InvalidParams("None of these photos can be read.", hint="Name a folder of photos.")
    options = RunOptions(model=tagger.name)
    asking = Asking(tools, options, tagger, RawRenderer.AUTO, None)
    begun = time.perf_counter()
    tagger.load()
    first = _ask(asking, cancelled, pictures[0])
    loaded = time.perf_counter()
    rest = pictures[1:] or pictures
    futures = [threads.submit(partial(_ask, asking, cancelled), picture) for picture in rest]
    asked: list[_Asked] = []
    for ended, future in enumerate(futures, start=unreadable + 2):
        asked.append(future.result())
        tell(ended)
    spent = time.perf_counter() - loaded
    everyone = [first, *asked] if pictures[1:] else asked
    answers = [one.answer for one in everyone if one.answer is not None]
    if not answers:
        raise everyone[-1].error or BadAnswer(f"{tagger.name} has nothing to say of these photos.")
    seconds = sorted(one.seconds for one in asked)
    return {
        "model": tagger.name,
        "photos": len(pictures),
        "failed": len(everyone) - len(answers),
        "unreadable": unreadable,
        "load_s": round(loaded - begun, 3),
        "seconds_a_photo": round(spent / len(asked), 4),
        "answer_s": _spread(seconds),
        "keywords_a_photo": round(sum(len(answer.keywords) for answer in answers) / len(answers), 1),
        "at_once": tagger.in_flight,
        "forecast": {"photos": FORECAST, "seconds": round(FORECAST * spent / len(asked))},
    }


def _read(photo: Path, tools: Tools, tagger: Tagger) -> Picture | None:
    limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)
    try:
        return decode(identify(photo, limits), tagger.edge, limits=limits)
    except BridgeError:
        return None


def _ask(asking: Asking, cancelled: Callable[[], bool], picture: Picture) -> _Asked:
    if cancelled():
        raise Cancelled
    seen = asking.look(picture)
    begun = time.perf_counter()
    try:
        answer = asking.check(asking.ask(picture, seen, None, cancelled))
    except BridgeError as error:
        return _Asked(time.perf_counter() - begun, None, error)
    return _Asked(time.perf_counter() - begun, answer)


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    tenths = quantiles(seconds, n=10, method="inclusive") if len(seconds) > 1 else [seconds[0]] * 9
    return {"median": round(median(seconds), 4), "p10": round(tenths[0], 4), "p90": round(tenths[-1], 4)}
