"""Names of people in what a model says. A shipped list of given names; a heuristic, and told as such in the docs."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|President|Senator|Pope|Sir|Coach)\.? ([A-Z][\w'’-]+)(?: ([A-Z][\w'’-]+))?"
)
_CAPITALISED = re.compile(r"[A-Z][^\W\d_]+(?:[-'’][^\W\d_]+)*")
_PLACES = words(
    """San Santa Santo Sao São Saint St Ste Mount Mt Lake Port Fort Cape Mont Monte Point Rue Via Villa Casa Ile
    Basilica Church Cathedral Chapel"""
)
"""Before a given name: San Francisco, St. Peter."""
_FLOWERS = ("Queen", "King")
"""Before a given name that owns something: Queen Anne's lace."""
_THINGS = words(
    """Street Road Avenue Square Park Church Cathedral Bridge Island Islands Bay Lake River Beach Hotel Castle Palace
    Garden Gardens Stadium Arena Airport Station Museum Tower Mountain Mountains Valley University College Hospital Cup
    Open Day Terrier Spaniel Retriever Russell Deere Harbour Harbor House Hall Gallery Memorial Falls Setter Lace"""
)
"""Behind a given name: Victoria Station, Jack Russell."""
_ALSO_WORDS = words("Christian Frank Jack Robin Max Jean Jan Roland Marina Rosa")
"""Names that are words, too: they count with a surname behind them."""


@cache
def _given_names() -> frozenset[str]:
    return words(files("bridge.taggers.styles").joinpath("given_names.txt").read_text("utf-8"))


def person_named(text: str) -> str | None:
    """The name of a person in a text, or None: a title and a name, or a given name, alone or with a surname.

    Case counts, since names have capitals: "john" is none.
    """
    for titled in _TITLED.finditer(text):
        if _THINGS.isdisjoint(titled.groups()):
            return titled[0]
    found = list(_CAPITALISED.finditer(text))
    for at, word in enumerate(found):
        if re.split("[-'’]", word[0])[0] not in _given_names():
            continue
        before = found[at - 1][0] if at and text[found[at - 1].end() : word.start()] in (" ", ". ") else ""
        behind = found[at + 1][0] if at + 1 < len(found) and text[word.end() : found[at + 1].start()] == " " else ""
        if before in _PLACES or behind in _THINGS or (word[0] in _ALSO_WORDS and not behind):
            continue
        if before in _FLOWERS and word[0].endswith(("'s", "’s")):
            continue
        return f"{word[0]} {behind}".strip()
    return None
