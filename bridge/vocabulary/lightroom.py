"""Lightroom Classic's keyword list (Metadata > Export Keywords): a tab for each level above, ``{synonym}`` lines below
their keyword, ``[name]`` for a keyword that is not included on export. Pure.

darktable reads and writes the same (src/common/tags.c: dt_tag_import, dt_tag_export), and so are the lists of the
Lightroom Keyword List Project (github.com/ericvaandering/MetadataScripts, Photos/LRKeywordProject).
"""

from __future__ import annotations

from collections.abc import Iterator

from bridge.vocabulary._lines import Line, invalid, leveled, numbered, one_line, read, write
from bridge.vocabulary.tree import Path, Term, Vocabulary

NAME = "lightroom"


def parse(data: str | bytes) -> Vocabulary:
    """Raises VocabularyInvalid, with the number of the line."""
    return read(NAME, scan, data)


def format(vocabulary: Vocabulary) -> str:
    """Names in other languages become synonyms, since the list has no place for a language."""
    return write(NAME, scan, render, vocabulary)


def scan(text: str) -> Iterator[Line]:
    above: Path = ()
    for number, line, end in numbered(text):
        depth = len(line) - len(line.lstrip("\t"))
        told = line.strip()
        if not told:
            yield Line(line, end)
            continue
        if line[depth] == " ":
            raise invalid(number, "is indented with spaces", "Indent it with one tab for each level above it.")
        if depth > len(above):
            raise invalid(
                number, "is indented too far", "Indent it by one tab more than the keyword that it belongs to."
            )
        above = above[:depth]
        if synonym := _within(told, "{}"):
            if not above:
                raise invalid(number, "is a synonym of nothing", "Put it below its keyword, with one tab more.")
            yield Line(line, end, Term(above, (synonym,)), also=True)
            continue
        category = _within(told, "[]")
        if "|" in told:
            raise invalid(number, "has a | in it", "Lightroom parts levels with that: put each level on its own line.")
        above = leveled(number, (*above, category or told))
        yield Line(line, end, Term(above, export=category is None))


def render(term: Term) -> list[str]:
    tabs = "\t" * (len(term.path) - 1)
    name = one_line(term.name).replace("|", "/")
    if term.export and (name[0] + name[-1]) in ("[]", "{}"):
        name = f"({name[1:-1]})"
    synonyms = (*term.synonyms, *(name for _, name in term.languages))
    return [
        tabs + (name if term.export else f"[{name}]"),
        *(f"{tabs}\t{{{one_line(synonym)}}}" for synonym in dict.fromkeys(synonyms)),
    ]


def _within(told: str, marks: str) -> str | None:
    """What stands between two marks; None where nothing does."""
    if len(told) > 2 and told[0] == marks[0] and told[-1] == marks[1]:
        return told[1:-1].strip() or None
    return None
