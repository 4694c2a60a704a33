r"""A plain list, the one that a person writes by hand and that holds everything. Pure.

    # a comment
    Wedding
    Animals|Dog {hound} {Hund@de}      a path is A|B or A > B; a synonym; what it is called in German
    [Places]                           only holds others together: never a word for a photo

A backslash takes the meaning of the mark that follows: ``\#1 fan``. What follows an @ is a language tag, as in RDF
(w3.org/TR/turtle: LANGTAG).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bridge.vocabulary._lines import Line, invalid, leveled, numbered, one_line, read, write
from bridge.vocabulary.tree import Term, Vocabulary

NAME = "plain"
_MARKS = r"#[]{}|>@" + "\\"
# What a mark becomes while a line is taken apart: half a surrogate pair, which no text holds.
_HIDE = {ord(mark): 0xDC00 + ord(mark) for mark in _MARKS}
_SHOW = {hidden: mark for mark, hidden in _HIDE.items()}
_ESCAPED = re.compile(r"\\([#\[\]{}|>@\\])")
_LANGUAGE = re.compile(r"(.*\S)@([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)")


def parse(data: str | bytes) -> Vocabulary:
    """Raises VocabularyInvalid, with the number of the line."""
    return read(NAME, scan, data)


def format(vocabulary: Vocabulary) -> str:
    return write(NAME, scan, render, vocabulary)


def scan(text: str) -> Iterator[Line]:
    for number, line, end in numbered(text):
        told = _ESCAPED.sub(lambda escape: escape[1].translate(_HIDE), line).strip()
        yield Line(line, end, None if not told or told[0] == "#" else _term(number, told))


def _term(number: int, told: str) -> Term:
    path, called = _parted(told)
    if "{" in path or "}" in path:
        raise invalid(number, "has a brace without its other half", r"Write {synonym}, or \{ where a name has a brace.")
    export = not (path[:1] == "[" and path[-1:] == "]")
    path = path if export else path[1:-1]
    names = [name.strip() for name in (path.split("|") if "|" in path else re.split(r"\s>\s", path))]
    if not all(names):
        raise invalid(number, "has a level without a name", "Write a keyword as Animals|Dog, or take the line out.")
    return Term(
        leveled(number, tuple(map(_shown, names))),
        tuple(_shown(name) for name in called if not _LANGUAGE.fullmatch(name)),
        export,
        tuple((match[2], _shown(match[1])) for name in called if (match := _LANGUAGE.fullmatch(name))),
    )


def _parted(told: str) -> tuple[str, list[str]]:
    """The path, and what stands in braces behind it."""
    called: list[str] = []
    while told.endswith("}") and "}" not in told[(start := told.rfind("{")) + 1 : -1] and start >= 0:
        called.append(told[start + 1 : -1].strip())
        told = told[:start].rstrip()
    return told, [name for name in reversed(called) if name]


def render(term: Term) -> list[str]:
    path = "|".join(re.sub(r"[{}|\\]|(?<=\s)>(?=\s)", r"\\\g<0>", one_line(name)) for name in term.path)
    if not term.export:
        path = f"[{path}]"
    elif path[0] in "#[":
        path = f"\\{path}"
    called = [*map(_escaped, term.synonyms), *(f"{_escaped(name)}@{code}" for code, name in term.languages)]
    return [" ".join([path, *(f"{{{name}}}" for name in called)])]


def _escaped(name: str) -> str:
    return re.sub(r"[{}@\\]", r"\\\g<0>", one_line(name))


def _shown(name: str) -> str:
    return name.translate(_SHOW)
