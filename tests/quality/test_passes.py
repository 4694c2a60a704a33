"""Which runs meet in the same photos, and in what they differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bridge.quality import differences, meet
from bridge.values import PassSettings, Policy, Scope

YEAR, JUNE = Path("/photos/2024"), Path("/photos/2024/06")
LLAVA = PassSettings("ollama:llava:13b", "abc", "built-in (1)", "wedding (2)", "mine", Policy.PREFER)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (Scope(YEAR, False), Scope(YEAR, False), True),
        (Scope(YEAR, True), Scope(JUNE, False), True),
        (Scope(JUNE, False), Scope(YEAR, True), True),
        (Scope(YEAR, False), Scope(JUNE, True), False),
        (Scope(YEAR, True), Scope(Path("/photos/2024b"), True), False),
        (Scope(YEAR, True, "keywords"), Scope(YEAR, True, "caption"), False),
        (Scope(YEAR, True, "keywords"), Scope(YEAR, True, "all"), True),
    ],
)
def test_runs_meet_where_one_photo_may_get_words_of_both(one: Scope, other: Scope, together: bool) -> None:
    assert meet(one, other) is meet(other, one) is together


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"model": "starter"}, ["another model (starter, not ollama:llava:13b)"]),
        ({"weights": "def"}, ["another version of ollama:llava:13b"]),
        ({"style": ""}, ["another style guide (none, not wedding (2))"]),
        ({"vocabulary": "yours"}, ["another vocabulary (yours, not mine)"]),
        ({"policy": Policy.ONLY}, ["another policy (only, not prefer)"]),
    ],
)
def test_what_is_another_is_told_by_name(change: dict[str, object], told: list[str]) -> None:
    assert differences(LLAVA, replace(LLAVA, **change)) == told


def test_without_a_vocabulary_a_policy_makes_no_difference() -> None:
    plain = replace(LLAVA, vocabulary="")
    assert differences(plain, replace(plain, policy=Policy.ONLY)) == []
