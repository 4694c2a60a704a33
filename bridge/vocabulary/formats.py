"""Every kind of keyword list: told apart by what is in it, read, written, and what is lost in it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bridge.errors import VocabularyInvalid
from bridge.vocabulary import captureone, digikam, lightroom, plain
from bridge.vocabulary._lines import Render, Scan, decoded, numbered
from bridge.vocabulary.tree import Term, Vocabulary
from bridge.words import fold

__all__ = ["FORMATS", "Format", "decoded", "losses", "parse", "recognise", "write"]


@dataclass(frozen=True, slots=True)
class Format:
    title: str
    parse: Callable[[str | bytes], Vocabulary]
    write: Callable[[Vocabulary], str]
    scan: Scan
    render: Render


FORMATS = {
    plain.NAME: Format("a plain list", plain.parse, plain.format, plain.scan, plain.render),
    lightroom.NAME: Format(
        "a Lightroom keyword list", lightroom.parse, lightroom.format, lightroom.scan, lightroom.render
    ),
    digikam.NAME: Format("digiKam's tags", digikam.parse, digikam.format, digikam.scan, digikam.render),
    captureone.NAME: Format(
        "a Capture One keyword list", captureone.parse, captureone.format, lightroom.scan, captureone.render
    ),
}


def parse(data: str | bytes, format: str | None = None) -> Vocabulary:
    """A keyword list of any kind; ``layout.format`` of the answer says of which. Raises VocabularyInvalid."""
    return _of(recognise(data) if format is None else format).parse(data)


def write(vocabulary: Vocabulary, format: str) -> str:
    """The text of that kind. Raises VocabularyInvalid where there is no such kind."""
    return _of(format).write(vocabulary)


def recognise(data: str | bytes) -> str:
    """What kind of list a text is: by its tabs and braces, else by its slashes, else a plain one.

    A Capture One list is a Lightroom list without synonyms and is taken for one.
    """
    lines = [line for _, line, _ in numbered(decoded(data)) if line.strip()]
    if any(line.startswith("\t") for line in lines):
        return lightroom.NAME
    paths = {fold(line) for line in lines}
    slashed = [folded for folded in paths if "/" in folded]
    if slashed and all(folded.rpartition("/")[0] in paths for folded in slashed):
        return digikam.NAME  # a tree that lists each branch; in a plain list "black/white" has no line "black" above it
    return plain.NAME


def losses(vocabulary: Vocabulary, format: str) -> tuple[str, ...]:
    """What that kind of list does not hold of a vocabulary, for a person; empty: all comes back."""
    back = _of(format).parse(_of(format).write(vocabulary))
    found: list[tuple[str, list[str]]] = [
        ("changed names", []),
        ('"not included on export"', []),
        ("synonyms", []),
        ("names in other languages", []),
        ("names without their language", []),
    ]
    names, categories, synonyms, languages, codes = (examples for _, examples in found)
    for term in vocabulary:
        there = back.find(term.path) or Term(())
        if there.path != term.path:
            names.append("|".join(term.path))
            continue
        if there.export != term.export:
            categories.append(term.name)
        called = set(map(fold, there.synonyms))
        synonyms += [synonym for synonym in term.synonyms if fold(synonym) not in called]
        for code, name in term.languages:
            if (code, name) not in there.languages:
                (codes if fold(name) in called else languages).append(name)
    return tuple(f"{what} ({len(examples)}): {_some(examples)}" for what, examples in found if examples)


def _some(examples: list[str], shown: int = 3) -> str:
    return ", ".join(examples[:shown]) + (" …" if len(examples) > shown else "")


def _of(format: str) -> Format:
    if format not in FORMATS:
        raise VocabularyInvalid(
            f"There is no kind of keyword list named {format}.", hint=f"Use one of: {', '.join(FORMATS)}"
        )
    return FORMATS[format]
