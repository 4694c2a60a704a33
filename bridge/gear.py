"""Cameras and lenses by the names that people and their files have for them. No I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_COMPANY = re.compile(r"\b(?:corporation|corp|company|co|ltd|inc|gmbh|imaging|optical|electronics|ag)\b[.,]*", re.I)


def camera_name(make: str | None, model: str | None) -> str | None:
    """One name for a camera from its EXIF make and model: ``NIKON D850`` from ``NIKON CORPORATION`` and ``NIKON D850``,
    ``SONY ILCE-7M3`` from ``SONY`` and ``ILCE-7M3``. None where there is neither."""
    maker = " ".join(_COMPANY.sub(" ", make or "").split()) or (make or "").strip()
    named = (model or "").strip()
    if not named or not maker:
        return named or maker or None
    said = set(gear_words(named))
    return named if any(word in said for word in gear_words(maker)) else f"{maker} {named}"


def gear_words(name: str) -> list[str]:
    """The parts of a camera's or a lens's name, as they are compared: ``EF50mm f/1.8`` is ``ef``, ``50mm``, ``f``,
    ``1.8``. A range such as ``24-70mm`` is one part, so that 70mm is no such lens."""
    text = name.lower().replace("–", "-").replace("ƒ", "f")
    text = re.sub(r"(?<=\d)\s+(?=mm\b)", "", text)
    text = re.sub(r"(?<=[a-z])(?=\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)?mm)", " ", text)
    text = re.sub(r"mm(?=f?\d)", "mm ", text)
    text = re.sub(r"\bf\s*/?\s*(?=\d)|\b1:(?=\d)", "f ", text)
    text = re.sub(r"(\bf \d+(?:\.\d+)?)(?=[a-z])", r"\1 ", text)
    return [part.strip(".-") for part in re.split(r"[\s/,;()_]+", text) if part.strip(".-")]


def is_part(asked: str, name: str) -> bool:
    """Whether every part of what was asked is a part of the name; ``z6`` and ``Z 6`` are one."""
    return has_parts(name, gear_words(asked))


def has_parts(name: str, parts: Sequence[str]) -> bool:
    """``is_part`` of something that is in its parts already."""
    known, runs = _parts(name)
    return bool(parts) and ("".join(parts) in runs or known.issuperset(parts))


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The parts of a name, and every run of them without what is between. A library has few names, asked for often."""
    parts = gear_words(name)
    runs = {"".join(parts[at:end]) for at in range(len(parts)) for end in range(at + 1, len(parts) + 1)}
    return frozenset(parts), frozenset(runs)


@lru_cache(maxsize=16)
def beginnings(names: tuple[str, ...]) -> str:
    """A text in which a line break and the parts of a word, joined, stand wherever a part of a name begins so: tells
    quickly that most words of a text are of no camera."""
    parts = [gear_words(name) for name in names]
    return "\n" + "\n".join("".join(words[at:]) for words in parts for at in range(len(words)))
