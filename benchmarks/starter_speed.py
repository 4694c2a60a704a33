"""How much of the time goes into anything but the models: the whole starter path over its bare forward passes.

    python -m benchmarks.starter_speed [FOLDER] [--rounds N] [--threads N]

The whole path reads and decodes each photo of FOLDER (default: ../shared/photos/labelled, 46 photos of up to 4 MB) and
tags it. The reference runs the same onnxruntime sessions, with inputs that lie ready, as many times for each photo as
the whole path did. Both use the same number of threads, one photo a thread, every forward pass on one thread. The two
take turns every few photos; the medians of the rounds are compared.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bridge.engines.onnx import FloatArray, OnnxModel
from bridge.photos import read
from bridge.taggers.contract import TagRequest
from bridge.taggers.starter import StarterTagger

LABELLED = Path(__file__).parents[2] / "shared" / "photos" / "labelled"
WANTED = 0.75
CHUNK = 8
"""Photos after which the two ways take turns, so that whatever else the machine does falls on both."""

Pass = tuple[OnnxModel, tuple[str, ...], tuple[int, ...]]
"""A model, the outputs asked of it, the shape of its input."""
Passes = Counter[Pass]


@contextmanager
def counted() -> Iterator[Passes]:
    """Counts every forward pass within the block; for one thread at a time."""
    passes: Passes = Counter()
    original = OnnxModel.run

    def run(model: OnnxModel, outputs: Sequence[str], inputs: Mapping[str, FloatArray]) -> list[FloatArray]:
        passes[model, tuple(outputs), inputs["input"].shape] += 1
        return original(model, outputs, inputs)

    OnnxModel.run = run  # type: ignore[method-assign]
    try:
        yield passes
    finally:
        OnnxModel.run = original  # type: ignore[method-assign]


def passes_of(tagger: StarterTagger, photo: Path) -> Passes:
    with counted() as passes:
        tag(tagger, photo)
    return passes


def tag(tagger: StarterTagger, photo: Path) -> None:
    tagger.tag(TagRequest(read(photo, tagger.edge)))


def ready_inputs(passes: Sequence[Passes]) -> dict[tuple[int, ...], FloatArray]:
    """One input of each shape: how long a pass takes does not depend on what it sees."""
    shapes = {shape for photo in passes for _, _, shape in photo}
    return {shape: np.random.default_rng(0).random(shape, np.float32) for shape in shapes}


@dataclass
class Spent:
    """Seconds by the clock on the wall, and seconds of processor time."""

    wall: float = 0.0
    processor: float = 0.0

    def add(self, work: Callable[[Any], None], items: Sequence[Any], pool: ThreadPoolExecutor) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        list(pool.map(work, items))
        self.wall += time.perf_counter() - wall
        self.processor += time.process_time() - processor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=LABELLED)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=None, help="photos side by side (default: one for each core)")
    options = parser.parse_args()
    photos = sorted(path for path in options.folder.iterdir() if path.suffix.lower() in {".jpg", ".jpeg"})
    tagger = StarterTagger(options.threads)
    tagger.load()
    passes = [passes_of(tagger, photo) for photo in photos]
    inputs = ready_inputs(passes)

    def run_bare(photo: Passes) -> None:
        for (model, outputs, shape), times in photo.items():
            for _ in range(times):
                model.run(outputs, {"input": inputs[shape]})

    rounds = []
    with ThreadPoolExecutor(tagger.in_flight) as pool:
        for _ in range(options.rounds):
            whole, bare = Spent(), Spent()
            for first in range(0, len(photos), CHUNK):
                some = slice(first, first + CHUNK)
                whole.add(lambda photo: tag(tagger, photo), photos[some], pool)
                bare.add(run_bare, passes[some], pool)
            rounds.append((whole, bare))
    whole_rate = statistics.median(len(photos) / whole.wall for whole, _ in rounds)
    bare_rate = statistics.median(len(photos) / bare.wall for _, bare in rounds)
    processor = statistics.median(bare.processor / whole.processor for whole, bare in rounds)
    count = sum(photo.total() for photo in passes) / len(photos)
    print(
        f"{len(photos)} photos, {count:.1f} forward passes each, {tagger.in_flight} threads, median of {options.rounds}"
    )
    print(f"read and tag          {whole_rate:6.2f} photos a second")
    print(f"bare forward passes   {bare_rate:6.2f} photos a second")
    print(f"ratio                 {whole_rate / bare_rate:6.3f}  (wanted: at least {WANTED})")
    print(f"of processor time     {processor:6.3f}  (the same ratio, whatever else the machine is doing)")


if __name__ == "__main__":
    main()
