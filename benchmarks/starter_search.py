"""Does the search that needs no download find the right photo among its first three?

    python -m benchmarks.starter_search [FOLDER] [--query TEXT=WORD]...

FOLDER holds photos and labels.json (default: ../shared/photos/labelled). Each query is answered by the photos of which
one concept group holds its word; queries of whose word no photo is labelled are left out and named. With ``--query``
others are asked instead.

The reference in the same run is the first formula that was tried: the mean softmax of the whole frame and its middle
square, times clip((cos - 0.30) / 0.40, 0, 1) of query and class name by MiniLM. Nothing was tuned on these queries.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

import numpy as np

from bridge.engines.classifier import Classifier, class_names
from bridge.engines.onnx import FloatArray
from bridge.engines.sentences import SentenceEncoder
from bridge.photos import read
from bridge.quality import Groups, parse_labels
from bridge.taggers.embedding import Sought
from bridge.taggers.starter import StarterEmbedder
from bridge.taggers.starter._views import views
from bridge.values import Picture

LABELLED = Path(__file__).parents[2] / "shared" / "photos" / "labelled"
QUERIES = {
    "a dog": "dog",
    "cat": "cat",
    "boat on the water": "boat",
    "flower": "flower",
    "daisy": "daisy",
    "church": "church",
    "snow in winter": "snow",
    "sunset": "sunset",
    "mountain landscape": "mountain",
    "bicycle": "bicycle",
    "a crowd of people": "crowd",
    "airplane": "airplane",
    "beach": "beach",
    "beer": "beer",
    "baby": "baby",
    "laptop": "laptop",
    "red telephone box": "telephone box",
    "car": "car",
    "underwater diver": "diver",
    "the moon": "moon",
}
"""Of the issue, each with the word that labels its photos."""
NONSENSE = ("qwertz asdf", "quarterly tax report", "a xylophone made of cheese")
FIRST = 3

Order = Callable[[str], Sequence[int]]
"""Positions of the photos, the best first."""


def reference(pictures: Sequence[Picture]) -> Order:
    classifier, sentences = Classifier(), SentenceEncoder()
    seen = np.stack([classifier.probabilities(views(one.rgb)[:2]).mean(axis=0) for one in pictures])
    names: FloatArray = sentences.encode(class_names())

    def order(query: str) -> Sequence[int]:
        likeness = names @ sentences.encode([query])[0]
        return (-(seen @ np.clip((likeness - 0.30) / 0.40, 0.0, 1.0))).argsort(kind="stable").tolist()

    return order


def starter(embedder: StarterEmbedder, vectors: FloatArray) -> Order:
    return lambda query: (-(vectors @ embedder.vector(Sought((query,))))).argsort(kind="stable").tolist()


def right(labels: Mapping[str, Groups], names: Sequence[str], word: str) -> set[int]:
    return {at for at, name in enumerate(names) if any(word in group for group in labels[name])}


def report(title: str, order: Order, asked: Mapping[str, set[int]], names: Sequence[str]) -> None:
    ranks = {}
    for query, photos in asked.items():
        found = order(query)
        ranks[query] = min(found.index(at) for at in photos) + 1
    hits = sum(rank <= FIRST for rank in ranks.values())
    print(f"{title:<28} {hits}/{len(ranks)} = {hits / len(ranks):.2f} in the first {FIRST} of {len(names)}")
    for query, rank in ranks.items():
        if rank > FIRST:
            print(f"    {query}: the right photo is number {rank}; first is {names[order(query)[0]]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=LABELLED)
    parser.add_argument("--query", action="append", default=[], metavar="TEXT=WORD")
    options = parser.parse_args()
    labels = parse_labels((options.folder / "labels.json").read_text())
    names = list(labels)
    queries = dict(query.rpartition("=")[::2] for query in options.query) or QUERIES
    embedder = StarterEmbedder()
    embedder.load()
    with ThreadPoolExecutor(embedder.in_flight) as pool:
        pictures = list(pool.map(lambda name: read(options.folder / name, embedder.edge), names))
        vectors = np.stack(list(pool.map(embedder.embed, pictures)))
    asked = {query: right(labels, names, word) for query, word in queries.items()}
    print("no photo is labelled for:", ", ".join(query for query, photos in asked.items() if not photos) or "none")
    asked = {query: photos for query, photos in asked.items() if photos}
    report("starter", starter(embedder, vectors), asked, names)
    report("reference (first formula)", reference(pictures), asked, names)
    for query in NONSENSE:
        best = max(one.relevance for one in embedder.judge(Sought((query,)), vectors))
        print(f"{query!r}: relevance of the best photo {best:.2f}")
    start = perf_counter()
    for number in range(20):
        embedder.vector(Sought((f"a dog and {number} boats",)))
    print(f"a query's vector: {(perf_counter() - start) / 20 * 1000:.0f} ms; {embedder.dimensions} numbers")


if __name__ == "__main__":
    main()
