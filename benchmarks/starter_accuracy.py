"""How many of the things that a person sees in a photo does the starter tagger name, and in how many words?

    python -m benchmarks.starter_accuracy [FOLDER] [--keywords]

FOLDER holds photos and labels.json (default: ../shared/photos/labelled). A concept group counts as hit when any of its
words, or a plural of it, is among the keywords. Thresholds were tuned on two thirds of the photos; the other third
(the ``HELD_OUT`` photos with the smallest SHA-256 of their file name) was never looked at and is reported by itself.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bridge.photos import read
from bridge.taggers.contract import TagRequest
from bridge.taggers.starter import StarterTagger
from bridge.values import Answer

LABELLED = Path(__file__).parents[2] / "shared" / "photos" / "labelled"
HELD_OUT = 15

Labels = dict[str, list[list[str]]]


@dataclass(frozen=True)
class Score:
    photos: int
    groups: int
    hit: int
    keywords: int

    def __str__(self) -> str:
        return (
            f"{self.photos:3} photos  recall {self.hit / self.groups:.3f} ({self.hit}/{self.groups} groups)  "
            f"{self.keywords / self.photos:.1f} keywords a photo"
        )


def held_out(names: list[str]) -> set[str]:
    """The photos that tuning never saw: chosen by their names alone."""
    return set(sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())[:HELD_OUT])


def hits(groups: list[list[str]], answer: Answer) -> int:
    said = {form for keyword in answer.keywords for form in _forms(keyword.name)}
    return sum(any(said & _forms(word) for word in group) for group in groups)


def _forms(word: str) -> set[str]:
    word = word.casefold()
    return {word, word + "s", word + "es"}


def score(labels: Labels, answers: dict[str, Answer], names: set[str]) -> Score:
    return Score(
        photos=len(names),
        groups=sum(len(labels[name]) for name in names),
        hit=sum(hits(labels[name], answers[name]) for name in names),
        keywords=sum(len(answers[name].keywords) for name in names),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=LABELLED)
    parser.add_argument("--keywords", action="store_true", help="print every keyword of the photos that were tuned on")
    options = parser.parse_args()
    labels: Labels = json.loads((options.folder / "labels.json").read_text())
    tagger = StarterTagger()

    def tag(name: str) -> Answer:
        return tagger.tag(TagRequest(read(options.folder / name, tagger.edge)))

    with ThreadPoolExecutor(tagger.in_flight) as pool:
        answers = dict(zip(labels, pool.map(tag, labels), strict=True))
    untouched = held_out(list(labels))
    tuned = set(labels) - untouched
    if options.keywords:
        for name in sorted(tuned):
            words = ", ".join(f"{k.name} {k.score:.2f} {k.source}" for k in answers[name].keywords)
            print(f"{hits(labels[name], answers[name])}/{len(labels[name])} {name}: {words} [{answers[name].category}]")
    print("tuned two thirds    ", score(labels, answers, tuned))
    print("untouched third     ", score(labels, answers, untouched))
    print("all                 ", score(labels, answers, set(labels)))


if __name__ == "__main__":
    main()
