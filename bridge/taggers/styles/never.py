"""What a style guide wants never said: words of its own, names of people, guesses about people. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bridge.plurals import singular
from bridge.taggers.styles.names import person_named
from bridge.taggers.styles.people import guess_about

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Never:
    words: tuple[str, ...] = ()
    names: bool = False
    guesses: bool = False

    def said_in(self, text: str) -> str | None:
        """What of a keyword or a text must not be said, or None.

        A word counts in any case, with hyphens or blanks, in singular and plural, alone or within a phrase; "age" is
        not in "village".
        """
        if not text or self == NEVER_NOTHING:
            return None
        told = forms(text)
        for word in self.words:
            if _within(forms(word), told) or (_unspaced(word) and word.casefold() in text.casefold()):
                return word
        if self.guesses and (guess := guess_about(told)):
            return guess
        return person_named(text) if self.names else None

    def told(self) -> Iterator[str]:
        """The same for a model."""
        if self.words:
            yield f"Never say any of these, nor the same in other words: {', '.join(self.words)}."
        if self.names:
            yield "Never name a person, not even one that you recognise or whose name can be read."
        if self.guesses:
            yield (
                "Of people say only what can be seen: never guess age, origin, religion, health, how they are related "
                "or what they feel."
            )


NEVER_NOTHING = Never()


@lru_cache(maxsize=2000)
def forms(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: without case, each in its singular."""
    return tuple(singular(word) for word in _WORD.findall(unicodedata.normalize("NFC", text).casefold()))


def _within(phrase: Sequence[str], told: Sequence[str]) -> bool:
    size = len(phrase)
    return size > 0 and any(tuple(told[at : at + size]) == tuple(phrase) for at in range(len(told) - size + 1))


def _unspaced(word: str) -> bool:
    """Whether it is of a script without blanks between words: Chinese, Japanese, Thai."""
    return all(unicodedata.category(c) in ("Lo", "Mn", "Mc") for c in word)
