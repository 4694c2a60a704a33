"""Search over a million vectors: time, recall, memory, beside a flat scan and blobs in SQLite of the same run.

    python -m benchmarks.search [--vectors 1000000] [--folder FOLDER]

The vectors are ../shared/bench/vectors.py's, the truth is the exact float32 product. Every way of searching has a
process of its own and one thread. Memory is the highest resident size (mapped pages count) less that of a process that
has imported numpy and faiss. Cold: the system has dropped the vector file from its cache before every query. Recall is
of the true twenty. The folder, of 3.2 GB, goes when it was not named.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

K = 20
COLD = 30
FLAT = 40
"""Queries of each kind, where each takes long."""
BLOBS = 2
CHANGED = 10_000
REAL = 60_000
REAL_QUERIES = 300
DIMENSIONS = 768
QUERIES = 1000
KINDS = {"images": 0, "texts": QUERIES}
WANTED = {"recall": 0.98, "median": 6.0, "p99": 20.0, "memory": 120.0, "build": 600.0, "changed": 0.01}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
Rows = npt.NDArray[np.int64]
Search = Callable[[npt.NDArray[np.float32]], Rows]


def query(folder: Path, number: int, name: str = "queries", dimensions: int = DIMENSIONS) -> npt.NDArray[np.float32]:
    return np.fromfile(folder / name, np.float32, dimensions, offset=4 * dimensions * number)


def peak() -> float:
    """MB, of this process alone: getrusage would count the one that started it."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def timed(folder: Path, search: Search, each: int, before: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Of ``each`` queries of both kinds: seconds, and the rows that were found."""
    told: dict[str, Any] = {}
    for kind, first in KINDS.items():
        seconds, rows = [], []
        for number in range(first, first + each):
            wanted = query(folder, number)
            before()
            start = time.perf_counter()
            found = search(wanted)
            seconds.append(time.perf_counter() - start)
            rows.append([int(row) for row in found])
        told[kind] = {"seconds": seconds, "rows": rows}
    return told


# -- one process each -------------------------------------------------------------------------------------------------


def bare(_: Path) -> dict[str, Any]:
    import faiss  # noqa: F401

    return {"memory": peak()}


def make(folder: Path, many: int) -> dict[str, Any]:
    from benchmarks.search_sets import write_million

    start = time.perf_counter()
    write_million(folder, many)
    return {"seconds": time.perf_counter() - start}


def build(folder: Path) -> dict[str, Any]:
    index = opened(folder)
    start = time.perf_counter()
    index.rebuild()
    return {"seconds": time.perf_counter() - start, "memory": peak(), "kind": index.kind}


def opened(folder: Path) -> Any:
    from bridge.search.faiss_index import FaissIndex
    from bridge.search.vectors import VectorFile

    return FaissIndex(folder / "index", VectorFile(folder / "vectors", DIMENSIONS))


def ours(folder: Path) -> dict[str, Any]:
    start = time.perf_counter()
    index = opened(folder)
    load = time.perf_counter() - start
    index.search(query(folder, QUERIES - 1), K)
    told = timed(folder, lambda wanted: index.search(wanted, K)[0], QUERIES)
    memory = peak()
    file = os.open(folder / "vectors", os.O_RDONLY)
    cold = timed(folder, lambda wanted: index.search(wanted, K)[0], COLD, lambda: forget(file))
    return {**told, "memory": memory, "load": load, "kind": index.kind, "cold": cold}


def forget(file: int) -> None:
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)


def flat(folder: Path) -> dict[str, Any]:
    import faiss

    from bridge.search.vectors import VectorFile

    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(DIMENSIONS)
    for _, block in VectorFile(folder / "vectors", DIMENSIONS).blocks(10_000, checked=False):
        index.add(block.astype(np.float32))
    told = timed(folder, lambda wanted: index.search(wanted[None], K)[1][0], FLAT)
    return {**told, "memory": peak()}


def blobs(folder: Path) -> dict[str, Any]:
    database = sqlite3.connect(folder / "blobs.db")

    def search(wanted: npt.NDArray[np.float32]) -> Rows:
        rows, scores = [], []
        asked = database.execute("SELECT row, vector FROM vectors")
        while some := asked.fetchmany(2000):
            block = np.frombuffer(b"".join(vector for _, vector in some), np.float16).reshape(len(some), -1)
            rows.append(np.array([row for row, _ in some]))
            scores.append(block.astype(np.float32) @ wanted)
        best = np.argsort(-np.concatenate(scores))[:K]
        found: Rows = np.concatenate(rows)[best]
        return found

    return {**timed(folder, search, BLOBS), "memory": peak()}


def changed(folder: Path) -> dict[str, Any]:
    """After as many photos came as went."""
    from benchmarks.search_sets import Truth, key, made

    index = opened(folder)
    file = index._vectors
    before, base = len(file), np.load(folder / "truth.npz")
    fresh = made().images(CHANGED, 1_000_003)
    queries = np.fromfile(folder / "queries", np.float32).reshape(-1, DIMENSIONS)
    truth = Truth(queries)
    truth.rows, truth.scores = base["rows"], base["scores"]
    truth.see(before, fresh)
    start = time.perf_counter()
    for first in range(0, CHANGED, 100):
        index.add(file.append([key(before + row) for row in range(first, first + 100)], fresh[first : first + 100]))
    adding = time.perf_counter() - start
    gone = np.random.default_rng(5).choice(before, min(CHANGED, before // 10), replace=False)
    start = time.perf_counter()
    index.remove(gone.tolist())
    told = timed(folder, lambda wanted: index.search(wanted, K)[0], QUERIES)
    dead = np.isin(truth.rows, gone)
    want = [row[~out][:K].tolist() for row, out in zip(truth.rows, dead, strict=True)]
    recalls = {kind: recall(told[kind]["rows"], want[first:]) for kind, first in KINDS.items()}
    return {"recall": recalls, "adding": adding / CHANGED, "needs_rebuild": index.needs_rebuild}


def real(folder: Path, many: int) -> dict[str, Any]:
    from benchmarks.search_sets import MODEL, write_real
    from bridge.search.faiss_index import FaissIndex, IndexOptions
    from bridge.search.vectors import VectorFile

    photos = write_real(folder, many + REAL_QUERIES, REAL_QUERIES)
    file = VectorFile(folder / "real", MODEL["embed_dim"])
    exact = FaissIndex(folder / "exact", file, options=IndexOptions(compressed_from=1 << 40))
    index = FaissIndex(folder / "compressed", file, options=IndexOptions(compressed_from=min(50_000, many)))
    index.rebuild()
    same, hits, seconds = 0, 0, []
    for number in range(REAL_QUERIES):
        wanted = query(folder, number, "real_queries", MODEL["embed_dim"])
        one = exact.search(wanted, 10)[0].tolist()
        start = time.perf_counter()
        other = index.search(wanted, 10)[0].tolist()
        seconds.append(time.perf_counter() - start)
        same, hits = same + (one == other), hits + len(set(one) & set(other))
    return {"photos": photos, "kind": index.kind, "same": same, "hits": hits, "ms": float(np.median(seconds)) * 1e3}


# -- the table --------------------------------------------------------------------------------------------------------


def recall(found: list[list[int]], truth: list[list[int]]) -> float:
    return float(np.mean([len(set(one) & set(other[:K])) / K for one, other in zip(found, truth, strict=False)]))


def run(step: str, folder: Path, *more: str, threads: dict[str, str] = ONE_THREAD) -> dict[str, Any]:
    """A step in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.search", "--step", step, "--folder", str(folder), *more]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env={**os.environ, **threads})
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def whole(folder: Path, many: int) -> None:
    made_in = run("make", folder, "--vectors", str(many), threads={})["seconds"]
    print(f"{many:,} vectors of {DIMENSIONS}, made and written in {made_in:.0f} s; load of this machine {load()}\n")
    built = run("build", folder)
    print(
        f"build {built['seconds']:.0f} s, one thread (wanted: {WANTED['build']:.0f}); {built['memory']:.0f} MB at most"
    )
    nothing = run("bare", folder)["memory"]
    truth = np.load(folder / "truth.npz")["rows"].tolist()
    scans = run("flat", folder)
    answers = run("ours", folder)
    asked = run("blobs", folder)
    reference = {kind: float(np.median(scans[kind]["seconds"])) for kind in KINDS}
    print(
        f"load {answers['load']:.2f} s, {answers['kind']}; memory while answering {answers['memory'] - nothing:.0f} MB"
    )
    print(f"(wanted: {WANTED['memory']:.0f}; a process with python, numpy and faiss has {nothing:.0f} MB)\n")
    print(f"{'':24}{'queries':>8}{'recall@20':>11}{'median ms':>11}{'99 % ms':>9}{'of flat':>9}{'MB':>7}")
    for name, told in (
        ("ours", answers),
        ("ours, cold", answers["cold"]),
        ("faiss flat", scans),
        ("SQLite, numpy", asked),
    ):
        memory = f"{told['memory'] - nothing:7.0f}" if "memory" in told else ""
        for kind, first in KINDS.items():
            seconds = np.array(told[kind]["seconds"])
            print(
                f"{name + ', ' + kind:24}{len(seconds):8}{recall(told[kind]['rows'], truth[first:]):11.4f}"
                f"{np.median(seconds) * 1e3:11.2f}{np.percentile(seconds, 99) * 1e3:9.1f}"
                f"{np.median(seconds) / reference[kind]:9.4f}{memory}"
            )
    print(f"(wanted: recall {WANTED['recall']}, median {WANTED['median']:.0f} ms, 99 % {WANTED['p99']:.0f} ms)\n")
    after = run("changed", folder)
    for kind, first in KINDS.items():
        before = recall(answers[kind]["rows"], truth[first:])
        lower = before - after["recall"][kind]
        print(f"after {CHANGED:,} came and went, {kind}: recall {after['recall'][kind]:.4f}, {lower:+.4f} lower")
    print(f"(wanted: at most {WANTED['changed']} lower; {after['adding'] * 1e6:.0f} us to add one)\n")
    views = min(REAL, many)
    told = run("real", folder, "--vectors", str(views))
    print(f"{views:,} views of {told['photos']} real photos, random weights, {told['kind']}, {told['ms']:.2f} ms:")
    print(f"the same first ten in the same order as flat for {told['same']} of {REAL_QUERIES} queries,")
    print(f"{told['hits']} of {REAL_QUERIES * 10} the same (wanted: all)")
    print(f"load of this machine {load()}")


def load() -> str:
    return " ".join(f"{part:.1f}" for part in os.getloadavg())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step in {"make", "real"}:
        print(json.dumps({"make": make, "real": real}[options.step](options.folder, options.vectors)))
    elif options.step:
        steps = {"bare": bare, "build": build, "ours": ours, "flat": flat, "blobs": blobs, "changed": changed}
        print(json.dumps(steps[options.step](options.folder)))
    elif options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        whole(options.folder, options.vectors)
    else:
        with tempfile.TemporaryDirectory(prefix="search-") as folder:
            whole(Path(folder), options.vectors)


if __name__ == "__main__":
    main()
