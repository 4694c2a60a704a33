"""People: how many, how large, and what kind of picture of them this is."""

from __future__ import annotations

from bridge.engines.face_detector import Face
from bridge.engines.objects import DetectedObject
from bridge.taggers.starter._evidence import Evidence, Said

FACE_IS_PORTRAIT = 0.13
"""Width of a face over the picture's longer edge from which a picture is about it: head and shoulders or closer."""
FACE_IS_CLOSE = 0.25
GROUP = 3
CROWD = 9
SURE_PERSON = 0.42
"""COCO's score from which a person is there without a second voice."""
LIKELY_PERSON = 0.3
LEAST_PERSON_AREA = 0.004


def persons(evidence: Evidence) -> list[DetectedObject]:
    """People that the object detector is sure of, or nearly so where the classifier or a face agrees."""
    agrees = evidence.concepts.get("person", 0.0) >= 0.2 or bool(evidence.faces)
    least = LIKELY_PERSON if agrees else SURE_PERSON
    return [
        thing
        for thing in evidence.objects
        if thing.name == "person" and thing.score >= least and thing.area >= LEAST_PERSON_AREA
    ]


def count_people(evidence: Evidence) -> int:
    """At least so many people are seen: the larger of faces and bodies."""
    return max(len(evidence.faces), len(persons(evidence)))


def say_people(evidence: Evidence) -> list[Said]:
    """person or people, portrait, couple, group, crowd."""
    people = count_people(evidence)
    if not people:
        return []
    sure = max(
        [thing.score for thing in persons(evidence)] + [0.5 + face.presence * face.score / 2 for face in evidence.faces]
    )
    source = "face" if evidence.faces else "coco"
    said = [Said("person", min(0.98, sure + 0.3), source)]
    if people > 1:
        said.append(Said("people", min(0.95, sure + 0.2), source))
    if people >= CROWD:
        said.append(Said("crowd", 0.75, source))
    elif people >= GROUP:
        said.append(Said("group", 0.7, source))
    elif is_couple(evidence.faces, people):
        said.append(Said("couple", 0.6, "face"))
    if is_portrait(evidence.faces, people):
        said.append(Said("portrait", 0.9, "face"))
        if evidence.faces[0].width >= FACE_IS_CLOSE:
            said.append(Said("face", 0.85, "face"))
    return said


def is_portrait(faces: tuple[Face, ...], people: int) -> bool:
    """One or two large faces, no group."""
    return bool(faces) and people < GROUP and faces[0].width >= FACE_IS_PORTRAIT


def is_couple(faces: tuple[Face, ...], people: int) -> bool:
    """Two faces of about one size, side by side and large enough to be what the picture is about."""
    if people != 2 or len(faces) != 2:
        return False
    large, small = faces
    apart = abs((large.left + large.width / 2) - (small.left + small.width / 2))
    return small.width >= 0.07 and large.width / small.width < 1.35 and apart < 3.5 * large.width
