"""Faces: how many are found, how well the same person is told from others, and what grouping them costs.

    python -m benchmarks.faces [--photos FOLDER] [--many 100000] [--model starter]

FOLDER is ../shared/photos. faces_judged.json says where the faces of its "faces" are and whose they are, by eye: names
of the files for the known, words for the others, who recur in the three group photos. The photos of "labelled" that
show nobody say how often something else is taken for a face. ``--many`` groups so many made-up vectors.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.faces import (
    FACE_MODELS,
    NOBODY,
    FaceModel,
    Faces,
    FoundFace,
    Likeness,
    assign,
    crop,
    gather,
    make_face_model,
    quality,
)
from bridge.home import home_folder
from bridge.photos import read

PHOTOS = Path(__file__).parents[2] / "shared" / "photos"
JUDGED = Path(__file__).with_name("faces_judged.json")
PEOPLE = frozenset(
    ("person", "people", "man", "woman", "men", "child", "baby", "girl", "boy", "kid", "crowd", "audience", "portrait")
)
"""Labels of photos that show somebody."""

Spot = tuple[float, float, str]
"""Middle of a face in shares of the photo's width and height, and whose it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The faces of all photos of a folder, and whose they are; None where a thing is no face."""

    faces: Faces
    people: tuple[str | None, ...]
    counted: int
    """Faces that a person counts."""


def judged_faces() -> dict[str, list[Spot]]:
    """By photo."""
    photos: dict[str, list[list[float | str]]] = json.loads(JUDGED.read_text())["faces"]
    return {name: [(float(x), float(y), str(who)) for x, y, who in spots] for name, spots in photos.items()}


def look(model: FaceModel, folder: Path, judged: Mapping[str, Sequence[Spot]]) -> Seen:
    vectors, worth, photos, people = [], [], [], []
    for number, (name, spots) in enumerate(sorted(judged.items())):
        rgb = read(folder / name, model.edge).rgb
        found = model.detect(rgb)
        crops = [crop(rgb, face) for face in found]
        vectors.append(model.embed(crops))
        worth += [quality(rgb, face, cropped).worth for face, cropped in zip(found, crops, strict=True)]
        photos += [number] * len(found)
        people += _whose(found, spots)
    faces = Faces(np.concatenate(vectors), np.array(worth, np.float32), np.array(photos, np.int64))
    return Seen(faces, tuple(people), sum(map(len, judged.values())))


def _whose(found: Sequence[FoundFace], spots: Sequence[Spot]) -> list[str | None]:
    """Each spot belongs to the first face whose box holds it."""
    free = list(spots)
    people: list[str | None] = []
    for face in found:
        inside = [
            spot
            for spot in free
            if face.left < spot[0] < face.left + face.width and face.top < spot[1] < face.top + face.height
        ]
        people.append(inside[0][2] if inside else None)
        free = [spot for spot in free if spot not in inside[:1]]
    return people


def b_cubed(groups: Sequence[Hashable], people: Sequence[Hashable]) -> tuple[float, float, float]:
    """Precision, recall and F after Bagga and Baldwin 1998; 1, 1, 1 where each group is one person and all of it."""
    precision = recall = 0.0
    for group, person in zip(groups, people, strict=True):
        of_group = [other == person for mine, other in zip(groups, people, strict=True) if mine == group]
        of_person = [mine == group for mine, other in zip(groups, people, strict=True) if other == person]
        precision += sum(of_group) / len(of_group)
        recall += sum(of_person) / len(of_person)
    precision, recall = precision / len(groups), recall / len(groups)
    return precision, recall, 2 * precision * recall / (precision + recall)


def grouped(seen: Seen, likeness: Likeness) -> list[Hashable]:
    """The groups of the faces; a face without one is alone."""
    labels = assign(seen.faces, gather([]), likeness, fresh=1).tolist()
    return [label if label != NOBODY else f"alone {row}" for row, label in enumerate(labels)]


def products(seen: Seen) -> tuple[FloatArray, FloatArray]:
    """Of all pairs of the same person and of two, ascending."""
    all_of_them = seen.faces.vectors @ seen.faces.vectors.T
    same, different = [], []
    for one, other in itertools.combinations(range(len(seen.people)), 2):
        if seen.people[one] is not None and seen.people[other] is not None:
            (same if seen.people[one] == seen.people[other] else different).append(all_of_them[one, other])
    return np.sort(np.array(same, np.float32)), np.sort(np.array(different, np.float32))


def made_up(people: int, each: int, dimensions: int, seed: int = 1) -> Faces:
    """Faces of so many people, as unlike and as alike as real ones: two people 0.58, one 0.78 in the median."""
    random = np.random.default_rng(seed)
    falling = np.arange(1, dimensions + 1, dtype=np.float32) ** -0.5
    falling *= np.sqrt(dimensions / (falling**2).sum())
    common = np.random.default_rng(0).standard_normal(dimensions).astype(np.float32)
    persons = random.standard_normal((people, dimensions), np.float32) * falling
    who = np.repeat(np.arange(people), each)
    vectors = random.standard_normal((len(who), dimensions), np.float32) * falling * np.float32(np.sqrt(0.22))
    vectors += persons[who] * np.float32(np.sqrt(0.20)) + common * np.float32(np.sqrt(0.58))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    order = random.permutation(len(who))
    return Faces(vectors[order], np.full(len(who), 0.8, np.float32), np.arange(len(who)), who[order])


def quiet_photos(folder: Path) -> dict[str, int]:
    """The photos without people, and how many faces there are in them all the same."""
    labels: dict[str, list[list[str]]] = json.loads((folder / "labels.json").read_text())
    there: dict[str, int] = json.loads(JUDGED.read_text())["unnamed"]
    return {name: there.get(name, 0) for name, said in labels.items() if not PEOPLE & set(itertools.chain(*said))}


def _print_found(model: FaceModel, photos: Path) -> None:
    judged = judged_faces()
    started = time.perf_counter()
    groups = {name: spots for name, spots in judged.items() if name.startswith("codingsprint")}
    few = look(model, photos / "faces", groups)
    print(
        f"group photos: {sum(person is not None for person in few.people)} of {few.counted} faces found, "
        f"{few.people.count(None)} things that are none; {time.perf_counter() - started:.1f} s for {len(groups)} photos"
    )
    wrong = {}
    for name, real in quiet_photos(photos / "labelled").items():
        found = len(model.detect(read(photos / "labelled" / name, model.edge).rgb))
        if found != real:
            wrong[name] = found - real
    print(f"photos of nobody: {len(quiet_photos(photos / 'labelled'))}, more or fewer faces than there are: {wrong}")


def _print_told_apart(model: FaceModel, photos: Path) -> None:
    seen = look(model, photos / "faces", judged_faces())
    same, different = products(seen)
    print(
        f"same person, {len(same)} pairs: least {same[0]:.2f}, 10 % {np.quantile(same, 0.1):.2f}, "
        f"median {np.median(same):.2f}"
    )
    print(
        f"two people, {len(different)} pairs: median {np.median(different):.2f}, 95 % "
        f"{np.quantile(different, 0.95):.2f}, 99 % {np.quantile(different, 0.99):.2f}, most {different[-1]:.2f}"
    )
    print(f"pairs told right way round: {(same[:, None] > different[None]).mean():.4f} (area under the curve)")
    people = [person or f"none {row}" for row, person in enumerate(seen.people)]
    for same_from in (model.likeness.same - 0.02, model.likeness.same, model.likeness.same + 0.02):
        precision, recall, f = b_cubed(grouped(seen, Likeness(same_from, model.likeness.sure)), people)
        print(f"grouped from {same_from:.2f}: B-cubed precision {precision:.3f}, recall {recall:.3f}, F {f:.3f}")


def _print_many(many: int, model: FaceModel) -> None:
    faces = made_up(many // 20, 20, model.dimensions)
    who, faces = faces.persons, Faces(faces.vectors, faces.worth, faces.photos)
    started = time.perf_counter()
    labels = assign(faces, gather([]), model.likeness, fresh=1)
    took = time.perf_counter() - started
    assert who is not None
    pure = sum(len(set(who[labels == label].tolist())) == 1 for label in np.unique(labels)[:500].tolist())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(faces):,} faces of {many // 20:,} people at once: {took:.0f} s, {len(np.unique(labels)):,} groups, "
        f"{pure} of the first 500 pure, {peak:,.0f} MB at most ({faces.vectors.nbytes / 2**20:,.0f} MB are vectors)"
    )
    started = time.perf_counter()
    groups = gather([(faces, labels)])
    gathered = time.perf_counter() - started
    new = made_up(50, 20, model.dimensions, seed=2)
    started = time.perf_counter()
    assign(Faces(new.vectors, new.worth, new.photos + len(faces)), groups, model.likeness, fresh=int(labels.max()) + 1)
    print(f"1,000 new faces: {gathered:.1f} s to gather the groups, {time.perf_counter() - started:.1f} s to assign")


def main() -> None:
    parser = argparse.ArgumentParser(description="What is found of faces, told apart, and grouped.")
    parser.add_argument("--photos", type=Path, default=PHOTOS)
    parser.add_argument("--many", type=int, default=0)
    parser.add_argument("--model", choices=FACE_MODELS, default="starter")
    options = parser.parse_args()
    model = make_face_model(options.model, home_folder())
    _print_found(model, options.photos)
    _print_told_apart(model, options.photos)
    if options.many:
        _print_many(options.many, model)


if __name__ == "__main__":
    main()
