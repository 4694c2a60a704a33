"""digiKam's tags as paths, one a line: ``Animals/Dog``, as its XMP field TagsList and its batch queue (TAGSPATH) have
them. Pure.

digiKam's Tag Manager has no export of its own (docs.digikam.org, Tags View: it writes tags to images and reads them
from images); ``photo-bridge vocabulary import digikam4.db`` takes them from its database in this form.
"""

from __future__ import annotations

from collections.abc import Iterator

from bridge.vocabulary._lines import Line, invalid, leveled, numbered, one_line, read, write
from bridge.vocabulary.tree import Term, Vocabulary
from bridge.words import DIVISION_SLASH

NAME = "digikam"


def parse(data: str | bytes) -> Vocabulary:
    """Raises VocabularyInvalid, with the number of the line."""
    return read(NAME, scan, data)


def format(vocabulary: Vocabulary) -> str:
    """Paths alone, each with all that it holds below it. A slash in a name becomes the division slash."""
    return write(NAME, scan, render, vocabulary)


def scan(text: str) -> Iterator[Line]:
    for number, line, end in numbered(text):
        told = line.strip().removeprefix("/")
        if not told:
            yield Line(line, end)
            continue
        path = tuple(name.replace(DIVISION_SLASH, "/").strip() for name in told.split("/"))
        if not all(path):
            raise invalid(number, "has a level without a name", "Write the tag as Animals/Dog, or take the line out.")
        yield Line(line, end, Term(leveled(number, path)))


def render(term: Term) -> list[str]:
    return ["/".join(one_line(name).replace("/", DIVISION_SLASH) for name in term.path)]
