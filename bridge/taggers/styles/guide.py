"""A style guide: free text, and before it, between two lines ``+++``, limits in TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from bridge.errors import StyleInvalid
from bridge.taggers.styles.languages import LANGUAGES
from bridge.taggers.styles.never import NEVER_NOTHING, Never

FENCE = "+++"
MAX_KEYWORDS, MAX_CAPTION_WORDS, MAX_TITLE_WORDS = 50, 60, 20
MAX_NEVER, MAX_NEVER_CHARACTERS = 200, 60

_LINE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True)
class Guide:
    """What a guide says: its text for the model, and its limits, None where it sets none."""

    text: str = ""
    keywords: int | None = None
    """A photo, at most; in place of the setting ``max_keywords``."""
    language: str | None = None
    """A code of ``LANGUAGES``: what the model writes in."""
    caption_words: int | None = None
    title_words: int | None = None
    never: Never = NEVER_NOTHING

    @property
    def has_checks(self) -> bool:
        """Whether it changes what is taken of an answer, whoever gave that."""
        return replace(self, text="", language=None) != NO_GUIDE


NO_GUIDE = Guide()


def read_guide(text: str) -> Guide:
    """Raises StyleInvalid, which names the line of the limits that cannot be read."""
    lines = text.lstrip("\ufeff").splitlines()
    begin = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    if begin == len(lines) or lines[begin].strip() != FENCE:
        return Guide(text.lstrip("\ufeff").strip())
    end = next((at for at in range(begin + 1, len(lines)) if lines[at].strip() == FENCE), None)
    if end is None:
        raise StyleInvalid(
            f"Line {begin + 1} of the style guide begins its limits, and no line ends them.",
            hint=f"Put a line {FENCE} between the limits and the text.",
        )
    head = "\n".join(lines[begin + 1 : end])
    try:
        limits = tomllib.loads(head)
    except (ValueError, RecursionError) as error:  # numbers too long and lists too deep are no TOMLDecodeError
        line = _LINE.search(str(error))
        at = begin + 1 + (int(line[1]) if line else end - begin - 1)
        raise StyleInvalid(
            f"Line {at} of the style guide cannot be read: {lines[min(at, end) - 1].strip()!r}.",
            hint='Limits look like: keywords = 20, language = "de", never = ["bride", "age"], never_names = true',
        ) from None
    return _with_limits(
        Guide("\n".join(lines[end + 1 :]).strip()),
        limits,
        lambda name: begin + 2 + next((at for at, one in enumerate(head.split("\n")) if _sets(one, name)), 0),
    )


def limits_text(guide: Guide, *, words: bool = False) -> str:
    """The limits as a model is told them, a line each. ``words``: it chooses keywords from a list."""
    return "\n".join(f"- {line}" for line in _told(guide, words))


def _told(guide: Guide, words: bool) -> Iterator[str]:
    if guide.language is not None:
        listed = ", and keywords of the list as they stand there" if words else ""
        name = LANGUAGES[guide.language.partition("-")[0]]
        yield f"Write all keywords and texts in {name} ({guide.language}){listed}. The category stays English."
    if guide.caption_words is not None:
        yield f"The caption has at most {guide.caption_words} words, and ends with a whole sentence."
    if guide.title_words is not None:
        yield f"The title has at most {guide.title_words} words."
    yield from guide.never.told()


def _sets(line: str, name: str) -> bool:
    return re.match(rf"\s*[\"']?{re.escape(name)}[\"']?\s*[=.]|\s*\[+\s*{re.escape(name)}\b", line) is not None


def _with_limits(guide: Guide, limits: dict[str, Any], line_of: Callable[[str], int]) -> Guide:
    found: dict[str, Any] = {}
    for name, value in limits.items():
        known = _LIMITS.get(name)
        if known is None:
            raise StyleInvalid(
                f"Line {line_of(name)} of the style guide has an unknown limit: {name}.",
                hint=f"It may set {', '.join(_LIMITS)}. Text for the model goes below the second {FENCE}.",
            )
        fits, wanted = known
        if not fits(value):
            raise StyleInvalid(
                f"Line {line_of(name)} of the style guide: {name} is {value!r}.", hint=f"It has to be {wanted}."
            )
        found[name] = value
    never = Never(
        words=tuple(word.strip() for word in found.pop("never", ())),
        names=found.pop("never_names", False),
        guesses=found.pop("never_guess_people", False),
    )
    return replace(guide, **found, never=never)


def _number(most: int) -> tuple[Callable[[Any], bool], str]:
    return lambda value: type(value) is int and 1 <= value <= most, f"a whole number from 1 to {most}"


def _is_language(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and value.partition("-")[0] in LANGUAGES and len(value) < 12


def _are_words(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MAX_NEVER
        and all(isinstance(word, str) and word.strip() and len(word) <= MAX_NEVER_CHARACTERS for word in value)
        and all(any(c.isalnum() for c in word) and word.isprintable() for word in value)
    )


_SWITCH = (lambda value: isinstance(value, bool), "true or false")
_LIMITS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "keywords": _number(MAX_KEYWORDS),
    "language": (_is_language, f'a code such as "de" or "pt-BR"; known are {", ".join(LANGUAGES)}'),
    "caption_words": _number(MAX_CAPTION_WORDS),
    "title_words": _number(MAX_TITLE_WORDS),
    "never": (_are_words, f'a list of up to {MAX_NEVER} words, as in ["bride", "age"]'),
    "never_names": _SWITCH,
    "never_guess_people": _SWITCH,
}
