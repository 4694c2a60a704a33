"""Do words become the keywords that a person would choose, and what does a photo's answer cost?

    python -m benchmarks.vocabulary [FILE] [--misses] [--fit] [--rounds N]

FILE (default: ../shared/vocabulary/pairs.json) holds a tree and pairs: a word, and the keyword that it must become,
must not become, or that there is none. The words are split in halves by the SHA-256 of the word. As references, the
same words are matched by letters alone, by likeness alone (one threshold, the best for this file), and by likeness
that letters correct, without the dictionary.

``--fit`` chooses the main thresholds anew on each half alone and counts them on the other: what may be expected of
words that were never seen. It cannot show what the kinds of cases owe to this file, which was at hand.

The cost is of ``Policy.ONLY`` with a tree of 5,000 of WordNet's nouns: answers of 12 words, drawn from 2,000, that the
matcher knows; then of new words, one photo's at a time and in batches.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import math
import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.engines.senses import Senses
from bridge.engines.sentences import SentenceEncoder
from bridge.vocabulary import Term, Vocabulary, with_parents
from bridge.vocabulary.kinship import Dictionary
from bridge.vocabulary.matching import Matcher, Policy
from bridge.vocabulary.meaning import Meaning
from bridge.vocabulary.plurals import normal
from bridge.vocabulary.remembered import RememberedVectors
from bridge.vocabulary.thresholds import Thresholds
from bridge.words import fold
from tests.vocabulary.nouns import noun_tree, nouns

PAIRS = Path(__file__).parents[2] / "shared" / "vocabulary" / "pairs.json"
WORDS_A_PHOTO = 12
PHOTOS = 1000
GRID = {
    "unrelated": (0.58, 0.60, 0.62, 0.64),
    "kind": (0.30, 0.34, 0.38),
    "for_doubt": (0.25, 0.30, 0.35),
    "modifier": (0.77, 0.80),
    "joined": (0.68, 0.72),
}

Found = Callable[[str], str | None]


@dataclass(frozen=True)
class Pair:
    word: str
    want: str | None
    """The path of a keyword; with ``!`` before it, what it must not become; None: it is no keyword."""

    @property
    def is_wanted(self) -> bool:
        return self.want is not None and not self.want.startswith("!")

    def is_right(self, path: str | None) -> bool:
        if self.want is None or self.is_wanted:
            return path == self.want
        return path != self.want.removeprefix("!")


@dataclass(frozen=True)
class Rates:
    matched: int
    wanted: int
    wrong: int
    must_not: int

    def __str__(self) -> str:
        return f"wanted {_rate(self.matched, self.wanted)}   must not {_rate(self.wrong, self.must_not)}"

    @property
    def worth(self) -> float:
        return self.matched / self.wanted - self.wrong / self.must_not


def _rate(count: int, of: int) -> str:
    low, high = wilson(count, of)
    return f"{count:3}/{of:3} = {count / of:.3f} ({low:.2f} to {high:.2f})"


def wilson(count: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share."""
    share, shrink = count / of, 1 + z * z / of
    middle = (share + z * z / (2 * of)) / shrink
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / shrink
    return max(0.0, middle - reach), min(1.0, middle + reach)


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


def vocabulary_of(file: Path) -> Vocabulary:
    return Vocabulary(with_parents(Term(tuple(path.split("|"))) for path in json.loads(file.read_text())["tree"]))


def pairs_of(file: Path) -> list[Pair]:
    return [Pair(pair["word"], pair["want"]) for pair in json.loads(file.read_text())["pairs"]]


def halves(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    odd = {pair.word: hashlib.sha256(pair.word.encode()).digest()[0] % 2 for pair in pairs}
    return [pair for pair in pairs if odd[pair.word]], [pair for pair in pairs if not odd[pair.word]]


def accuracy(file: Path, encoder: SentenceEncoder, dictionary: Dictionary, options: argparse.Namespace) -> None:
    vocabulary, pairs = vocabulary_of(file), pairs_of(file)
    encode = RememberedVectors(encoder.encode)
    whole = by(Matcher(vocabulary, Meaning(vocabulary, encode, dictionary)))
    likeness = max(
        (count(pairs, by_likeness(vocabulary, encode, least)) for least in np.arange(0.4, 0.9, 0.02)),
        key=lambda rates: rates.worth,
    )
    print(f"{len(pairs)} words, a tree of {len(vocabulary)} keywords (95 % intervals)")
    print("letters alone         ", count(pairs, by(Matcher(vocabulary))))
    print("likeness alone        ", likeness)
    print("letters and likeness  ", count(pairs, by(Matcher(vocabulary, Meaning(vocabulary, encode)))))
    print("and the dictionary    ", count(pairs, whole))
    for name, half in zip(("  first half          ", "  second half         "), halves(pairs), strict=True):
        print(name, count(half, whole))
    if options.fit:
        fit(vocabulary, pairs, encode, dictionary)
    if options.misses:
        for pair in pairs:
            if not pair.is_right(whole(pair.word)):
                print(f"    {pair.word}: {whole(pair.word)}, not {pair.want}")


def fit(vocabulary: Vocabulary, pairs: Sequence[Pair], encode: RememberedVectors, dictionary: Dictionary) -> None:
    """Thresholds that are best on one half, counted on the other; where several are, the mean of what they give."""
    tried = []
    for values in itertools.product(*GRID.values()):
        thresholds = replace(Thresholds(), **dict(zip(GRID, values, strict=True)))
        found = by(Matcher(vocabulary, Meaning(vocabulary, encode, dictionary, thresholds)))
        tried.append([count(half, found) for half in halves(pairs)])
    for name, chosen, other in (("fitted on the first   ", 0, 1), ("fitted on the second  ", 1, 0)):
        most = max(rates[chosen].worth for rates in tried)
        best = [rates[other] for rates in tried if rates[chosen].worth == most]
        matched = statistics.mean(rates.matched / rates.wanted for rates in best)
        wrong = statistics.mean(rates.wrong / rates.must_not for rates in best)
        print(f"{name} counted on the other: wanted {matched:.3f}   must not {wrong:.3f}   ({len(best)} settings)")


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
    parser.add_argument("file", type=Path, nargs="?", default=PAIRS)
    parser.add_argument("--misses", action="store_true", help="print every word that became the wrong keyword")
    parser.add_argument("--fit", action="store_true", help="choose thresholds on one half, count on the other")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    encoder, senses = SentenceEncoder(), Senses()
    encoder.load()
    accuracy(options.file, encoder, Dictionary(senses), options)
    cost(encoder, senses, options.rounds)


if __name__ == "__main__":
    main()
