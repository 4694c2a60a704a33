"""Search over a hundred thousand vectors by every engine, in one run: recall, time, memory.

    python -m benchmarks.qdrant [--vectors 100000] [--url http://127.0.0.1:6333] [--folder FOLDER]

The vectors are ../shared/bench/vectors.py's, the truth is the exact float32 product; recall is of the true ten. Every
engine has a process of its own and one thread. Memory is the highest resident size while it answers, less that of a
process that has imported numpy and faiss. With ``--url`` a Qdrant server is asked too, whose own memory is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.search import DIMENSIONS, KINDS, ONE_THREAD, bare, load, make, peak, timed

K = 10
EACH = 200
"""Queries of each kind."""
ENGINES = ("compressed", "flat", "embedded", "server")


def opened(engine: str, folder: Path, url: str) -> Any:
    from bridge.search.faiss_index import FaissIndex, IndexOptions
    from bridge.search.making import qdrant_place
    from bridge.search.qdrant_index import QdrantIndex
    from bridge.search.vectors import VectorFile

    vectors = VectorFile(folder / "vectors", DIMENSIONS)
    if engine in ("embedded", "server"):
        return QdrantIndex(folder / engine, vectors, qdrant_place(url if engine == "server" else "", (), None))
    many = 1 << 40 if engine == "flat" else 1000
    return FaissIndex(folder / engine, vectors, options=IndexOptions(compressed_from=many, held=1 << 40))


def build(engine: str, folder: Path, url: str) -> dict[str, Any]:
    start = time.perf_counter()
    index = opened(engine, folder, url)
    index.rebuild()
    seconds = time.perf_counter() - start
    index.close()
    return {"seconds": seconds, "memory": peak()}


def ask(engine: str, folder: Path, url: str) -> dict[str, Any]:
    start = time.perf_counter()
    index = opened(engine, folder, url)
    seconds = time.perf_counter() - start
    index.search(np.ones(DIMENSIONS, np.float32), K)
    told = timed(folder, lambda wanted: index.search(wanted, K)[0], EACH)
    if index.trouble is not None:
        raise SystemExit(index.trouble)
    return {**told, "memory": peak(), "load": seconds}


def run(step: str, engine: str, options: argparse.Namespace, threads: dict[str, str] = ONE_THREAD) -> dict[str, Any]:
    """A step in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.qdrant", "--step", step, "--engine", engine]
    command += ["--folder", str(options.folder), "--url", options.url, "--vectors", str(options.vectors)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env={**os.environ, **threads})
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def whole(options: argparse.Namespace) -> None:
    made = run("make", "", options, threads={})["seconds"]
    print(f"{options.vectors:,} vectors of {DIMENSIONS}, made in {made:.0f} s; load of this machine {load()}\n")
    nothing = run("bare", "", options)["memory"]
    truth = np.load(options.folder / "truth.npz")["rows"]
    print(f"{'':22}{'recall@10':>10}{'median ms':>11}{'99 % ms':>9}{'MB':>7}{'open s':>8}{'build s':>9}{'its MB':>8}")
    for engine in ENGINES if options.url else ENGINES[:-1]:
        built = run("build", engine, options)
        told = run("ask", engine, options)
        for kind, first in KINDS.items():
            found = zip(told[kind]["rows"], truth[first:], strict=False)
            recall = np.mean([len(set(rows) & set(true[:K].tolist())) / K for rows, true in found])
            seconds = np.array(told[kind]["seconds"]) * 1e3
            print(
                f"{engine + ', ' + kind:22}{recall:10.4f}{np.median(seconds):11.2f}{np.percentile(seconds, 99):9.1f}"
                f"{told['memory'] - nothing:7.0f}{told['load']:8.1f}{built['seconds']:9.0f}"
                f"{built['memory'] - nothing:8.0f}"
            )
    print(f"\nload of this machine {load()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=int, default=100_000)
    parser.add_argument("--url", default="")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--engine", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        steps = {
            "make": lambda: make(options.folder, options.vectors),
            "bare": lambda: bare(options.folder),
            "build": lambda: build(options.engine, options.folder, options.url),
            "ask": lambda: ask(options.engine, options.folder, options.url),
        }
        print(json.dumps(steps[options.step]()))
    elif options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        whole(options)
    else:
        with tempfile.TemporaryDirectory(prefix="qdrant-") as folder:
            options.folder = Path(folder)
            whole(options)


if __name__ == "__main__":
    main()
