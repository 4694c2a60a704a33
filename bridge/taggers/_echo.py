"""Texts that say nothing of the photo because they are a copy: of the question, its style guide, another caption."""

from __future__ import annotations

import re
from collections.abc import Iterable

WHOLE = 5
"""Words: a text of so many that stands in the question as it is was copied from it. "Wedding" may stand in both."""
RUN = 8
"""Words in a row that no caption shares with a question by chance."""
OTHERS = 8
"""Words of a caption that two unlike photos do not share by chance; "A dog on the beach." they may."""

_WORD = re.compile(r"\w+")


def repeats_question(text: str, question: str) -> bool:
    """Whether a text is copied from what the model was asked, the style guide in it included."""
    words, asked = _words(text), " ".join(["", *_words(question), ""])
    if len(words) >= WHOLE and f" {' '.join(words)} " in asked:
        return True
    return any(f" {' '.join(words[at : at + RUN])} " in asked for at in range(len(words) - RUN + 1))


def repeats_another(text: str, others: Iterable[str]) -> bool:
    """Whether a caption is that of one of other photos, unlike this one; case and punctuation make no difference."""
    words = _words(text)
    return len(words) >= OTHERS and any(words == _words(other) for other in others)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
