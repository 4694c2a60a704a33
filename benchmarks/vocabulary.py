"""Do words become the keywords that a person would choose, and what does a photo's answer cost?

    python -m benchmarks.vocabulary [FILES] [--misses] [--rounds N]

Two lists say what a word must become, must not become, or that it is no keyword: ../shared/vocabulary/pairs.json, and
tests/vocabulary/rows.json for three trees. Each is split in halves by the SHA-256 of its words. The rules were made on
the first half of rows.json and on pairs.json; of the second half of rows.json the counts were seen, never the words
that went wrong. As references, the same words are matched by letters alone, by likeness alone (one threshold, the best
for this file), and by likeness that letters correct, without the dictionary.

The cost is of ``Policy.ONLY`` with a tree of 5,000 of WordNet's nouns: answers of 12 words, drawn from 2,000, that the
matcher knows; then of new words, one photo's at a time and in batches.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.engines.senses import Senses
from bridge.engines.sentences import SentenceEncoder
from bridge.plurals import normal
from bridge.quality import Share
from bridge.vocabulary import Term, Vocabulary, with_parents
from bridge.vocabulary.kinship import Dictionary
from bridge.vocabulary.matching import Matcher, Policy
from bridge.vocabulary.meaning import Meaning
from bridge.vocabulary.remembered import RememberedVectors
from bridge.words import fold
from tests.vocabulary.nouns import noun_tree, nouns

PAIRS = Path(__file__).parents[2] / "shared" / "vocabulary" / "pairs.json"
ROWS = Path(__file__).parents[1] / "tests" / "vocabulary" / "rows.json"
WORDS_A_PHOTO = 12
PHOTOS = 1000
Found = Callable[[str], str | None]


@dataclass(frozen=True)
class Pair:
    word: str
    want: str | None
    """The path of a keyword; with ``!`` before it, what it must not become; None: it is no keyword."""
    may: tuple[str, ...] = ()
    """Keywords that are right as well where it is no keyword, though not wanted: those above it, mostly."""
    is_first: bool = True
    """Of the first half."""

    @property
    def is_wanted(self) -> bool:
        return self.want is not None and not self.want.startswith("!")

    def is_right(self, path: str | None) -> bool:
        if self.want is None:
            return path is None or path in self.may
        if self.is_wanted:
            return path == self.want
        return path != self.want.removeprefix("!")


@dataclass(frozen=True)
class Labelled:
    """A tree, and what words must become in it."""

    vocabulary: Vocabulary
    pairs: tuple[Pair, ...]

    def half(self, first: bool) -> Labelled:
        return Labelled(self.vocabulary, tuple(pair for pair in self.pairs if pair.is_first is first))


@dataclass(frozen=True)
class Rates:
    matched: int
    wanted: int
    wrong: int
    must_not: int

    def __add__(self, other: Rates) -> Rates:
        return Rates(
            self.matched + other.matched,
            self.wanted + other.wanted,
            self.wrong + other.wrong,
            self.must_not + other.must_not,
        )

    def __str__(self) -> str:
        return f"wanted {_rate(self.matched, self.wanted)}   must not {_rate(self.wrong, self.must_not)}"

    @property
    def worth(self) -> float:
        return self.matched / self.wanted - self.wrong / self.must_not


def _rate(count: int, of: int) -> str:
    low, high = Share(count, of).interval or (0.0, 1.0)
    return f"{count:3}/{of:3} = {count / of:.3f} ({low:.2f} to {high:.2f})"


def count(pairs: Iterable[Pair], found: Found) -> Rates:
    wanted = [pair for pair in pairs if pair.is_wanted]
    others = [pair for pair in pairs if not pair.is_wanted]
    return Rates(
        sum(pair.is_right(found(pair.word)) for pair in wanted),
        len(wanted),
        sum(not pair.is_right(found(pair.word)) for pair in others),
        len(others),
    )


def by(matcher: Matcher) -> Found:
    def found(word: str) -> str | None:
        keywords = matcher.match([word], Policy.ONLY).keywords
        return "|".join(keywords[0].path) if keywords else None

    return found


def by_likeness(vocabulary: Vocabulary, encode: Callable[[Sequence[str]], FloatArray], least: float) -> Found:
    vectors = encode([normal(fold(term.name)) for term in vocabulary])

    def found(word: str) -> str | None:
        likeness = vectors @ encode([normal(fold(word))])[0]
        best = int(likeness.argmax())
        return "|".join(vocabulary.terms[best].path) if likeness[best] >= least else None

    return found


def labelled(file: Path) -> list[Labelled]:
    """A file of one tree and its pairs, or of several trees and rows that name theirs."""
    told = json.loads(file.read_text())
    if "tree" in told:
        return [_labelled(told["tree"], told["pairs"])]
    return [
        _labelled(paths, [row for row in told["rows"] if row["tree"] == name]) for name, paths in told["trees"].items()
    ]


def _labelled(paths: Sequence[str], rows: Sequence[dict[str, Any]]) -> Labelled:
    vocabulary = Vocabulary(with_parents(Term(tuple(path.split("|"))) for path in paths))
    pairs = (Pair(row["word"], row["want"], tuple(row.get("may", ())), _is_first(row)) for row in rows)
    return Labelled(vocabulary, tuple(pairs))


def _is_first(row: dict[str, Any]) -> bool:
    told = f"{row['tree']} {row['word']}" if "tree" in row else str(row["word"])
    return hashlib.sha256(told.encode()).digest()[0] % 2 == 1


def accuracy(file: Path, encoder: SentenceEncoder, dictionary: Dictionary, misses: bool) -> None:
    trees = labelled(file)
    encode = RememberedVectors(encoder.encode)
    whole = [by(Matcher(tree.vocabulary, Meaning(tree.vocabulary, encode, dictionary))) for tree in trees]
    letters = [by(Matcher(tree.vocabulary)) for tree in trees]
    without = [by(Matcher(tree.vocabulary, Meaning(tree.vocabulary, encode))) for tree in trees]
    likeness = max(
        (
            count_all(trees, [by_likeness(tree.vocabulary, encode, least) for tree in trees])
            for least in np.arange(0.4, 0.9, 0.02)
        ),
        key=lambda rates: rates.worth,
    )
    words, keywords = sum(len(tree.pairs) for tree in trees), sum(len(tree.vocabulary) for tree in trees)
    print(f"\n{file.name}: {words} words, {keywords} keywords in {len(trees)} trees (95 % intervals)")
    print("letters alone         ", count_all(trees, letters))
    print("likeness alone        ", likeness)
    print("letters and likeness  ", count_all(trees, without))
    print("and the dictionary    ", count_all(trees, whole))
    for name, first in (("  first half          ", True), ("  second half         ", False)):
        print(name, count_all([tree.half(first) for tree in trees], whole))
    if misses:
        for tree, found in zip(trees, whole, strict=True):
            for pair in tree.pairs:
                if not pair.is_right(found(pair.word)):
                    print(f"    {pair.word}: {found(pair.word)}, not {pair.want}")


def count_all(trees: Sequence[Labelled], found: Sequence[Found]) -> Rates:
    counted = (count(tree.pairs, one) for tree, one in zip(trees, found, strict=True))
    return sum(counted, Rates(0, 0, 0, 0))


def cost(encoder: SentenceEncoder, senses: Senses, rounds: int) -> None:
    vocabulary = noun_tree(senses, 5000)
    spent = _spent(Meaning, vocabulary, encoder.encode, Dictionary(senses))
    print(f"\na tree of {len(vocabulary):,} nouns, encoded once: {spent}")
    matcher = Matcher(vocabulary, Meaning(vocabulary, encoder.encode, Dictionary(senses)))
    chosen = random.Random(5)
    said = chosen.sample(nouns(senses, 20_000), 2000)
    known = sum(bool(vocabulary.named(word)) for word in said)
    print(f"2,000 new words at once, {known} of them keywords: {_spent(matcher.learn, said) / len(said)} each")
    medians = []
    for _ in range(rounds):
        answers = [chosen.sample(said, WORDS_A_PHOTO) for _ in range(PHOTOS)]
        times = [_spent(matcher.match, answer, Policy.ONLY).wall for answer in answers]
        medians.append(statistics.median(times))
    print(f"a photo of {WORDS_A_PHOTO} known words: {statistics.median(medians) * 1e3:.3f} ms (wanted: below 5)")
    new = [word for word in chosen.sample(nouns(senses, 40_000), 3000) if word not in set(said)]
    for photos, batches in ((1, 20), (10, 6), (50, 2)):
        size = WORDS_A_PHOTO * photos
        taken, new = new[: size * batches], new[size * batches :]
        spent = sum((_spent(matcher.learn, taken[at : at + size]) for at in range(0, len(taken), size)), Spent(0, 0))
        print(f"new words, {photos:2} photos at a time: {spent / len(taken)} each ({len(taken)} words)")


@dataclass(frozen=True)
class Spent:
    wall: float
    processor: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.wall + other.wall, self.processor + other.processor)

    def __truediv__(self, count: int) -> Spent:
        return Spent(self.wall / count, self.processor / count)

    def __str__(self) -> str:
        return f"{self.wall * 1e3:.2f} ms (processor: {self.processor * 1e3:.2f})"


def _spent(work: Callable[..., object], *arguments: object) -> Spent:
    wall, processor = time.perf_counter(), time.process_time()
    work(*arguments)
    return Spent(time.perf_counter() - wall, time.process_time() - processor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*", default=[PAIRS, ROWS])
    parser.add_argument("--misses", action="store_true", help="print every word that became the wrong keyword")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    encoder, senses = SentenceEncoder(), Senses()
    encoder.load()
    for file in options.files:
        accuracy(file, encoder, Dictionary(senses), options.misses)
    cost(encoder, senses, options.rounds)


if __name__ == "__main__":
    main()
