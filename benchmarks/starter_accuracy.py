"""How many of the things that a person sees in a photo does the starter tagger name, and in how many words?

    python -m benchmarks.starter_accuracy [FOLDER] [--keywords]

FOLDER holds photos and labels.json (default: ../shared/photos/labelled). A concept group counts as hit when any of its
words, or a plural of it, is among the keywords. Thresholds were tuned on two thirds of the photos; the other third
(the ``HELD_OUT`` photos with the smallest SHA-256 of their file name) was never looked at and is reported by itself.
"""

from __future__ import annotations

import argparse
import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bridge.photos import read
from bridge.quality import Groups, Judged, by_groups, parse_labels, report
from bridge.taggers.contract import TagRequest
from bridge.taggers.starter import StarterTagger
from bridge.values import Answer

LABELLED = Path(__file__).parents[2] / "shared" / "photos" / "labelled"
HELD_OUT = 15


def held_out(names: list[str]) -> set[str]:
    """The photos that tuning never saw: chosen by their names alone."""
    return set(sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())[:HELD_OUT])


def judged(groups: Groups, answer: Answer) -> Judged:
    return by_groups(groups, [keyword.name for keyword in answer.keywords])


def told(photos: list[Judged]) -> str:
    counted = report(photos)
    recall = counted.recall
    assert recall.interval is not None
    low, high = recall.interval
    return (
        f"{counted.photos:3} photos  recall {recall.value:.3f} ({recall.count}/{recall.of} groups; "
        f"{low:.2f} to {high:.2f})  {counted.keywords_a_photo:.1f} keywords a photo"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=LABELLED)
    parser.add_argument("--keywords", action="store_true", help="print every keyword of the photos that were tuned on")
    options = parser.parse_args()
    labels = parse_labels((options.folder / "labels.json").read_text())
    tagger = StarterTagger()

    def tag(name: str) -> Answer:
        return tagger.tag(TagRequest(read(options.folder / name, tagger.edge)))

    with ThreadPoolExecutor(tagger.in_flight) as pool:
        answers = dict(zip(labels, pool.map(tag, labels), strict=True))
    counted = {name: judged(labels[name], answers[name]) for name in labels}
    untouched = held_out(list(labels))
    tuned = set(labels) - untouched
    if options.keywords:
        for name in sorted(tuned):
            words = ", ".join(f"{k.name} {k.score:.2f} {k.source}" for k in answers[name].keywords)
            found = sum(hit for _, hit in counted[name].wanted)
            print(f"{found}/{len(labels[name])} {name}: {words} [{answers[name].category}]")
    for title, names in (("tuned two thirds", tuned), ("untouched third", untouched), ("all", set(labels))):
        print(f"{title:<20}", told([counted[name] for name in names]))


if __name__ == "__main__":
    main()
