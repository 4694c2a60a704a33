"""Groups of faces: one person each, steady, and as a person said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.faces import GATE, NOBODY, Faces, Groups, Likeness, alike, assign, gather
from bridge.faces._linkage import MANY, nearest
from bridge.faces.grouping import IntArray

LIKENESS = Likeness(same=0.7, sure=0.9)
SIZE = 48
NONE = gather([])


def faces_of(
    people: list[int], *, seed: int = 1, worth: float = 0.8, photos: list[int] | None = None, spread: float = 0.25
) -> Faces:
    """A face for each number of a person, each in a photo of its own unless said otherwise."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((max(people) + 1, SIZE))
    vectors = centres[people] / np.linalg.norm(centres[people], axis=1, keepdims=True)
    vectors += spread * random.standard_normal(vectors.shape) / np.sqrt(SIZE) * 2
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Faces(
        vectors.astype(np.float32),
        np.full(len(people), worth, np.float32),
        np.array(photos if photos is not None else range(1000 * seed, 1000 * seed + len(people)), np.int64),
    )


def named(faces: Faces, persons: list[int]) -> Faces:
    return Faces(faces.vectors, faces.worth, faces.photos, np.array(persons, np.int64))


def partition(labels: IntArray) -> set[frozenset[int]]:
    return {frozenset(np.nonzero(labels == label)[0].tolist()) for label in np.unique(labels)}


def test_each_person_is_a_group_and_nobody_said_how_many() -> None:
    people = [0, 1, 2, 0, 1, 2, 0, 3, 0]
    labels = assign(faces_of(people), NONE, LIKENESS, fresh=7)
    assert partition(labels) == partition(np.array(people))
    assert labels.tolist() == [7, 8, 9, 7, 8, 9, 7, 10, 7], "numbered from fresh, in the order of their first faces"


def test_no_faces_no_groups() -> None:
    faces = faces_of([0])
    none = Faces(faces.vectors[:0], faces.worth[:0], faces.photos[:0])
    assert assign(none, NONE, LIKENESS, fresh=1).tolist() == []
    groups = gather([(faces, np.array([4]))])
    assert assign(none, groups, LIKENESS, fresh=5).tolist() == []
    assert alike(NONE, LIKENESS) == []


@settings(max_examples=15, deadline=None)
@given(st.permutations(list(range(12))))
def test_the_order_of_the_faces_changes_no_group(order: list[int]) -> None:
    faces = faces_of([0, 1, 2, 0, 1, 2, 0, 3, 0, 3, 4, 5])
    first = partition(assign(faces, NONE, LIKENESS, fresh=1))
    mixed = assign(Faces(faces.vectors[order], faces.worth[order], faces.photos[order]), NONE, LIKENESS, fresh=1)
    assert {frozenset(order[row] for row in group) for group in partition(mixed)} == first


def test_new_faces_join_old_groups_or_found_new_ones() -> None:
    old = faces_of([0, 0, 1, 1, 1])
    labels = assign(old, NONE, LIKENESS, fresh=1)
    groups = gather([(old, labels)])
    assert assign(faces_of([1, 2, 0, 2], seed=2), groups, LIKENESS, fresh=3).tolist() == [2, 3, 1, 3]


def test_old_groups_stay_apart_even_where_a_new_face_is_like_both() -> None:
    old = faces_of([0, 0, 0, 0])
    groups = gather([(old, np.array([1, 1, 2, 2]))])
    labels = assign(faces_of([0, 0, 0], seed=2), groups, LIKENESS, fresh=3)
    assert set(labels.tolist()) <= {1, 2}
    assert [pair[:2] for pair in alike(groups, LIKENESS)] == [(1, 2)], "a person is asked"
    assert alike(groups, LIKENESS, apart=frozenset({(1, 2)})) == [], "once"


def test_in_parts_or_at_once_the_groups_are_the_same() -> None:
    people = [0, 1, 2, 3] * 6
    faces = faces_of(people)
    at_once = assign(faces, NONE, LIKENESS, fresh=1)
    labels = np.full(len(people), NOBODY)
    for start in range(0, len(people), 4):
        known = gather([(faces, labels)])
        part = slice(start, start + 4)
        labels[part] = assign(
            Faces(faces.vectors[part], faces.worth[part], faces.photos[part]),
            known,
            LIKENESS,
            fresh=int(labels.max()) + 1 if start else 1,
        )
    assert partition(labels) == partition(at_once)


def test_groups_are_gathered_in_parts_as_at_once() -> None:
    faces, labels = faces_of([0, 1, 0, 2, 1, 0]), np.array([5, 3, 5, NOBODY, 3, 5])
    whole = gather([(faces, labels)], {5: 77})
    parts = gather(
        [
            (Faces(faces.vectors[part], faces.worth[part], faces.photos[part]), labels[part])
            for part in (slice(0, 2), slice(2, 6))
        ],
        {5: 77},
    )
    for groups in (whole, parts):
        assert groups.ids.tolist() == [3, 5] and groups.persons.tolist() == [NOBODY, 77]
        assert groups.photos == (frozenset({1001, 1004}), frozenset({1000, 1002, 1005}))
    assert parts.sums == pytest.approx(whole.sums) and parts.weights == pytest.approx(whole.weights)


def test_two_faces_of_a_photo_are_two_people_however_alike() -> None:
    twins = faces_of([0, 0], photos=[5, 5])
    assert len(set(assign(twins, NONE, LIKENESS, fresh=1).tolist())) == 2
    groups = gather([(faces_of([0], photos=[5]), np.array([1]))])
    assert assign(faces_of([0], seed=2, photos=[5]), groups, LIKENESS, fresh=2).tolist() == [2]


def test_a_face_is_not_what_a_person_said_it_is_not() -> None:
    groups = gather([(faces_of([0, 0, 0]), np.array([1, 1, 1]))])
    new = faces_of([0, 0], seed=2)
    assert assign(new, groups, LIKENESS, fresh=2).tolist() == [1, 1]
    labels = assign(new, groups, LIKENESS, fresh=2, refused={0: frozenset({1, 99})})
    assert labels[0] != 1


def test_faces_of_one_name_are_one_group_whatever_they_look_like() -> None:
    labels = assign(named(faces_of([0, 1, 2]), [9, 9, NOBODY]), NONE, LIKENESS, fresh=1)
    assert labels[0] == labels[1] != labels[2]
    poor = named(faces_of([0, 1], worth=0.0), [9, 9])
    assert assign(poor, NONE, LIKENESS, fresh=1).tolist() == [1, 1], "however poor they are"


def test_a_name_leads_to_the_group_of_that_name() -> None:
    groups = gather([(faces_of([0, 1]), np.array([1, 2]))], {1: 9})
    assert assign(named(faces_of([3], seed=2), [9]), groups, LIKENESS, fresh=3).tolist() == [1]


def test_two_names_are_two_groups_however_alike() -> None:
    labels = assign(named(faces_of([0, 0]), [8, 9]), NONE, LIKENESS, fresh=1)
    assert labels[0] != labels[1]
    groups = gather([(faces_of([0, 0]), np.array([1, 2]))], {1: 8, 2: 9})
    assert alike(groups, LIKENESS) == []


def test_a_poor_face_founds_no_group_and_joins_one() -> None:
    poor = GATE / 2
    assert assign(faces_of([0, 0], worth=poor), NONE, LIKENESS, fresh=1).tolist() == [NOBODY, NOBODY]
    groups = gather([(faces_of([0, 0]), np.array([1, 1]))])
    assert assign(faces_of([0, 1], seed=2, worth=poor), groups, LIKENESS, fresh=2).tolist() == [1, NOBODY]
    two_in_a_photo = faces_of([0, 0], seed=2, worth=poor, photos=[7, 7])
    assert sorted(assign(two_in_a_photo, groups, LIKENESS, fresh=2).tolist()) == [NOBODY, 1]


def test_poor_faces_do_not_move_a_group() -> None:
    good, poor = faces_of([0, 0]), faces_of([1] * 5, seed=2, worth=GATE / 2)
    alone = gather([(good, np.array([1, 1]))])
    with_them = gather([(good, np.array([1, 1])), (poor, np.array([1] * 5))])
    assert float((_unit(alone) * _unit(with_them)).sum()) > 0.99


def test_a_number_that_is_taken_is_refused() -> None:
    groups = gather([(faces_of([0]), np.array([4]))])
    with pytest.raises(ValueError, match="fresh"):
        assign(faces_of([0], seed=2), groups, LIKENESS, fresh=4)


def test_average_linkage_is_that_of_all_pairs() -> None:
    """Against the plain algorithm over the whole matrix."""
    faces = faces_of([0, 1, 2, 3, 4] * 8, seed=3, spread=0.3)
    labels = assign(faces, NONE, LIKENESS, fresh=1)
    groups = [{row} for row in range(len(faces))]
    products = faces.vectors @ faces.vectors.T
    while len(groups) > 1:
        pairs = [
            (float(products[np.ix_(list(one), list(other))].mean()), a, b)
            for a, one in enumerate(groups)
            for b, other in enumerate(groups)
            if a < b
        ]
        best, a, b = max(pairs)
        if best < LIKENESS.same:
            break
        groups[a] |= groups.pop(b)
    assert 1 < len(groups) < len(faces)
    assert partition(labels) == {frozenset(group) for group in groups}


def test_among_many_the_nearest_are_found_and_their_products_are_exact() -> None:
    random = np.random.default_rng(4)
    base = random.standard_normal((MANY + 500, 200), np.float32) * np.arange(1, 201, dtype=np.float32) ** -0.7
    base[::2] = base[1::2] + 0.02 * random.standard_normal((len(base) // 2, 200), np.float32)
    base = (base + 0.3) / np.linalg.norm(base + 0.3, axis=1, keepdims=True)
    found = {(at, row): product for at, row, product in nearest(base[:300], base, 0.97)}
    right = base[:300] @ base.T
    assert all(product == pytest.approx(right[pair], abs=2e-5) for pair, product in found.items())
    pairs = [(at, at ^ 1) for at in range(300) if right[at, at ^ 1] >= 0.97]
    assert len(pairs) > 250 and sum(pair in found for pair in pairs) >= 0.98 * len(pairs)


def _unit(groups: Groups) -> IntArray:
    return groups.means / np.linalg.norm(groups.means, axis=1, keepdims=True)
