"""How many of the starter tagger's words does a person who looks at the photos call right?

    python -m benchmarks.starter_precision [FOLDER ...] [--words]

FOLDERs hold photos, in subfolders too (default: ../shared/photos). starter_judged.json says of each photo, by its file
name, which words a person called right and which wrong. A word that nobody judged yet is listed and counted in neither:
judge those before you trust a figure. Words that the file itself states (place, season, lens) are not judged.

The photos of "labelled" and "shared" are in ../shared/photos. The others come with packages: the demo album of
kphotoalbum, the examples of opencv-doc, the nature pictures of mate-backgrounds, the sample data of scikit-image and
scikit-learn, the demo of @vladmandic/face-api.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.starter_accuracy import held_out
from bridge.photos import read
from bridge.quality import Share
from bridge.taggers.contract import TagRequest
from bridge.taggers.starter import StarterTagger
from bridge.taggers.starter._calibrate import STATED

PHOTOS = Path(__file__).parents[2] / "shared" / "photos"
JUDGED = Path(__file__).with_name("starter_judged.json")

Judgement = Mapping[str, list[str]]
"""``right`` and ``wrong`` words of one photo."""


def judgements(file: Path = JUDGED) -> dict[str, dict[str, Judgement]]:
    """For each set of photos: file name to judgement."""
    sets: dict[str, dict[str, Judgement]] = json.loads(file.read_text())
    labelled = sets.pop("labelled")
    untouched = held_out(list(labelled))
    for name, photos in (
        ("labelled, tuned two thirds", {n: j for n, j in labelled.items() if n not in untouched}),
        ("labelled, untouched third", {n: j for n, j in labelled.items() if n in untouched}),
    ):
        sets[name] = photos
    return sets


def seen_words(tagger: StarterTagger, photo: Path) -> list[str]:
    """The words that are no statements of the file."""
    answer = tagger.tag(TagRequest(read(photo, tagger.edge)))
    return [word.name for word in answer.keywords if word.source.partition(":")[0] not in STATED]


def told(name: str, photos: int, right: int, wrong: int, unjudged: int) -> str:
    share = Share(right, right + wrong)
    if share.interval is None:
        return f"{name:<28} {photos:3} photos, no word judged, {unjudged} not judged"
    low, high = share.interval
    judged = f"precision {share.value:.3f} ({right}/{right + wrong}; {low:.2f} to {high:.2f})"
    words = (right + wrong + unjudged) / photos
    return f"{name:<28} {photos:3} photos  {judged}  {words:.1f} words a photo, {unjudged} not judged"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", default=[PHOTOS], metavar="FOLDER")
    parser.add_argument("--words", action="store_true", help="print every wrong word")
    options = parser.parse_args()
    files: dict[str, Path] = {}
    for folder in options.folders:
        for path in sorted(folder.rglob("*")):
            files.setdefault(path.name, path)
    tagger = StarterTagger()
    totals = [0, 0, 0, 0]
    for name, photos in judgements().items():
        there = [photo for photo in photos if photo in files]
        if not there:
            continue
        with ThreadPoolExecutor(tagger.in_flight) as pool:
            said = dict(zip(there, pool.map(lambda photo: seen_words(tagger, files[photo]), there), strict=True))
        right = sum(word in photos[photo]["right"] for photo, words in said.items() for word in words)
        wrong = [(photo, word) for photo, words in said.items() for word in words if word in photos[photo]["wrong"]]
        known = {photo: {*judged["right"], *judged["wrong"]} for photo, judged in photos.items()}
        unjudged = [(photo, word) for photo, words in said.items() for word in words if word not in known[photo]]
        print(told(name, len(there), right, len(wrong), len(unjudged)))
        for photo, word in unjudged:
            print(f"    not judged: {photo}: {word}")
        for photo, word in wrong if options.words else ():
            print(f"    wrong: {photo}: {word}")
        counts = (len(there), right, len(wrong), len(unjudged))
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
    if totals[0]:
        print(told("all", *totals))
    else:
        print("none of the judged photos is there")


if __name__ == "__main__":
    main()
