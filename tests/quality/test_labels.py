"""Labels by eye: how groups count, and what a file of them must look like."""

from __future__ import annotations

import pytest

from bridge.errors import InvalidParams
from bridge.quality import Judged, by_groups, parse_labels


def test_a_group_is_found_by_any_of_its_words_or_a_plural() -> None:
    groups = (("dog", "puppy"), ("Flowers", "blossom"), ("box",), ("sea",))
    judged = by_groups(groups, ["Puppy", "flower", "boxes", "sky"])
    assert judged == Judged(
        wanted=(("dog", True), ("Flowers", True), ("box", True), ("sea", False)),
        said=(("Puppy", True), ("flower", True), ("boxes", True), ("sky", False)),
    )


def test_a_photo_of_which_nothing_is_said_finds_nothing() -> None:
    assert by_groups((("dog",),), []) == Judged(wanted=(("dog", False),), said=())


def test_labels_are_groups_of_words_by_file_name() -> None:
    assert parse_labels('{"a.jpg": [["dog", "puppy"]], "b.jpg": []}') == {"a.jpg": (("dog", "puppy"),), "b.jpg": ()}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "no JSON"),
        ("[]", "name no photos"),
        ('{"a.jpg": "dog"}', "a.jpg"),
        ('{"a.jpg": ["dog"]}', "a.jpg"),
        ('{"a.jpg": [[]]}', "a.jpg"),
        ('{"a.jpg": [["dog", 3]]}', "a.jpg"),
        ('{"a.jpg": [[" "]]}', "a.jpg"),
    ],
)
def test_what_is_no_labels_says_where(text: str, says: str) -> None:
    with pytest.raises(InvalidParams, match=says) as refused:
        parse_labels(text)
    assert "IMG_1.jpg" in refused.value.hint
