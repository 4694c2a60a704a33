"""The text that Capture One's Keyword Library imports (the three dots, Import Keywords): a keyword a line, a tab for
each level above it. Pure.

It is read as a Lightroom list is, which people bring to Capture One; what marks synonyms and categories there is not
documented for Capture One, so that none is written.
"""

from __future__ import annotations

import re

from bridge.vocabulary._lines import one_line, read, write
from bridge.vocabulary.lightroom import scan
from bridge.vocabulary.tree import Term, Vocabulary

NAME = "captureone"
# "Capture One does not allow , or | in keywords": emorydunn/CaptureOneScripts, ApplyKeywords.applescript.
_FORBIDDEN = re.compile(r"[,|\s]+")


def parse(data: str | bytes) -> Vocabulary:
    """Raises VocabularyInvalid, with the number of the line."""
    return read(NAME, scan, data)


def format(vocabulary: Vocabulary) -> str:
    """Names alone. A comma in one becomes a space."""
    return write(NAME, scan, render, vocabulary)


def render(term: Term) -> list[str]:
    name = _FORBIDDEN.sub(" ", one_line(term.name)).strip() or "?"
    if (name[0] + name[-1]) in ("[]", "{}"):
        name = f"({name[1:-1]})"
    return ["\t" * (len(term.path) - 1) + name]
