"""People: person, people, couple, group, crowd, portrait."""

from __future__ import annotations

from bridge.engines.face_detector import Face
from bridge.engines.objects import DetectedObject
from bridge.taggers.starter._people import count_people, say_people
from tests.taggers.starter.evidence import evidence, face, thing


def said(*seen: Face | DetectedObject) -> set[str]:
    faces = sorted((s for s in seen if isinstance(s, Face)), key=lambda f: -f.width)
    photo = evidence(faces=tuple(faces), objects=tuple(s for s in seen if isinstance(s, DetectedObject)))
    return {word.word for word in say_people(photo)}


def test_nobody() -> None:
    assert said() == set()
    assert said(thing("dog", 0.9)) == set()


def test_one_large_face_is_a_portrait() -> None:
    assert said(face(0.2)) == {"person", "portrait"}
    assert said(face(0.4)) == {"person", "portrait", "face"}


def test_a_small_face_or_a_body_is_a_person() -> None:
    assert said(face(0.05)) == {"person"}
    assert said(thing("person", 0.6)) == {"person"}


def test_two_faces_side_by_side_are_a_couple() -> None:
    assert said(face(0.10, left=0.3), face(0.09, left=0.5)) == {"person", "people", "couple"}
    assert "couple" not in said(face(0.10, left=0.1), face(0.09, left=0.9)), "far apart"
    assert "couple" not in said(face(0.20, left=0.3), face(0.08, left=0.5)), "one behind the other"


def test_three_are_a_group_and_nine_a_crowd() -> None:
    assert said(*[face(0.05, left=i / 10) for i in range(3)]) == {"person", "people", "group"}
    assert said(*[face(0.04, left=i / 20) for i in range(9)]) == {"person", "people", "crowd"}


def test_bodies_and_faces_are_not_added_up() -> None:
    seen = (face(0.08), thing("person", 0.8))
    assert count_people(evidence(faces=seen[:1], objects=seen[1:])) == 1


def test_a_doubtful_body_counts_where_a_face_or_clothes_agree() -> None:
    doubtful = (thing("person", 0.35),)
    assert count_people(evidence(objects=doubtful)) == 0
    assert count_people(evidence({"person": 0.3}, objects=doubtful)) == 1


def test_a_speck_is_nobody() -> None:
    assert count_people(evidence(objects=(thing("person", 0.9, size=0.03),))) == 0
