"""A text taken apart into the things that it asks for: "a boat on the water" is boat and water. Pure."""

from __future__ import annotations

import re

from bridge.plurals import singular
from bridge.words import fold

_ARTICLES = re.compile(r"\b(?:an?|the|some|any|my|our|his|her|their|this|that|of)\b")
_A_PHOTO = re.compile(r"\b(?:photos?|pictures?|images?|shots?|photographs?|snaps?|photography|scenes?|showing|shows)\b")
_BETWEEN = re.compile(
    r"[,;&+]|\b(?:on|in|at|with|near|by|under|over|above|behind|beside|between|and|from|during|through|against|inside|"
    r"outside|into|onto|along|across|next to|in front of|of|among|around|for|without)\b"
)
"""What stands between two things."""


def bare(text: str) -> str:
    """The words of a text in lower case, without punctuation and articles."""
    return _squeezed(_ARTICLES.sub(" ", _words(text))) or _words(text)


def things(text: str) -> tuple[str, ...]:
    """What it asks for, in its order; the whole of it where nothing can be taken apart."""
    parts = [_squeezed(_ARTICLES.sub(" ", part)) for part in _BETWEEN.split(_words(text))]
    told = [_squeezed(_A_PHOTO.sub(" ", part)) for part in parts if part]
    return tuple(dict.fromkeys(part for part in told if part)) or (bare(text),)


def forms(phrase: str) -> tuple[str, ...]:
    """A folded phrase, and its singular."""
    plain = fold(phrase).replace("-", " ")
    return tuple(dict.fromkeys((plain, singular(plain))))


def _words(text: str) -> str:
    return _squeezed(re.sub(r"[^\w\s'&+,;-]", " ", text.lower()))


def _squeezed(text: str) -> str:
    return " ".join(text.split())
