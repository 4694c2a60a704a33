"""Photos labelled by eye: for each, what is to be named in it, each thing by any of several words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bridge.errors import InvalidParams
from bridge.quality.counting import Judged

Groups = tuple[tuple[str, ...], ...]
"""Things to be named in one photo; each is found when any of its words, or a plural of one, is a keyword."""
Labels = Mapping[str, Groups]
"""File name -> what is to be named in that photo."""


def parse_labels(text: str) -> Labels:
    """A labels.json: ``{"IMG_1.jpg": [["dog", "puppy"], ["beach"]]}``. Raises InvalidParams, which names the photo."""
    try:
        told = json.loads(text)
    except ValueError as error:
        raise InvalidParams(f"The labels are no JSON: {error}", hint=SHAPE) from error
    if not isinstance(told, dict):
        raise InvalidParams("The labels name no photos.", hint=SHAPE)
    return {name: _groups(name, groups) for name, groups in told.items()}


SHAPE = 'As in: {"IMG_1.jpg": [["dog", "puppy"], ["beach"]]}'


def _groups(name: str, told: Any) -> Groups:
    groups = told if isinstance(told, list) else [None]
    if not all(isinstance(group, list) and group and all(map(_is_word, group)) for group in groups):
        raise InvalidParams(f"The labels of {name} are no lists of words.", hint=SHAPE)
    return tuple(map(tuple, groups))


def _is_word(told: Any) -> bool:
    return isinstance(told, str) and bool(told.strip())


def by_groups(groups: Groups, said: Iterable[str]) -> Judged:
    """A photo by its labels. ``said``: the names of the model's keywords. A group is shown as its first word."""
    names = tuple(said)
    ours = frozenset[str]().union(*map(_forms, names))
    theirs = [frozenset[str]().union(*map(_forms, group)) for group in groups]
    return Judged(
        wanted=tuple((group[0], not ours.isdisjoint(forms)) for group, forms in zip(groups, theirs, strict=True)),
        said=tuple((name, any(not forms.isdisjoint(_forms(name)) for forms in theirs)) for name in names),
    )


def _forms(word: str) -> frozenset[str]:
    word = word.casefold().strip()
    return frozenset({word, word + "s", word + "es"})
