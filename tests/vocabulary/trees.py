"""Vocabularies of every shape, for hypothesis; and a large one as a photographer has it."""

from __future__ import annotations

import random
from collections.abc import Iterator

from hypothesis import strategies as st

from bridge.vocabulary import Term, Vocabulary, with_parents

ANY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
"""Everything that can be sent, tabs and line ends too."""
TYPED = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(str.strip).filter(bool)
"""What a person can type into a line."""
WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
"""What means nothing in any list."""
CODES = st.sampled_from(["de", "fr", "pt-br", "zh-hant"])


def vocabularies(names: st.SearchStrategy[str] = WORDS) -> st.SearchStrategy[Vocabulary]:
    """Whole trees; some names come twice, at one place or at several."""
    few = st.lists(names, min_size=1, max_size=5, unique=True)
    return few.flatmap(lambda pool: st.lists(_terms(st.sampled_from(pool) | names, names), max_size=12)).map(
        lambda terms: Vocabulary(with_parents(terms))
    )


def _terms(levels: st.SearchStrategy[str], names: st.SearchStrategy[str]) -> st.SearchStrategy[Term]:
    return st.builds(
        Term,
        st.lists(levels, min_size=1, max_size=4).map(tuple),
        st.lists(names, max_size=2).map(tuple),
        st.booleans(),
        st.lists(st.tuples(CODES, names), max_size=2).map(tuple),
    )


def lightroom_list(entries: int, end: str = "\n") -> str:
    """A keyword list as Lightroom exports it: sorted, synonyms below their keyword and before what it holds."""
    chance = random.Random(7)
    words = iter(_names(chance))

    def below(tabs: str, depth: int, room: int) -> Iterator[str]:
        for name in sorted(next(words) for _ in range(room)):
            yield tabs + (f"[{name}]" if depth < 2 and chance.random() < 0.5 else name)
            for synonym in sorted(next(words) for _ in range(chance.choice((0, 0, 0, 1, 2)))):
                yield f"{tabs}\t{{{synonym}}}"
            if depth < 4:
                yield from below(tabs + "\t", depth + 1, chance.choice((0, 0, 4, 9)) if depth else 40)

    lines: list[str] = []
    while len(lines) < entries:
        lines += below("", 0, 5)
    return "".join(line + end for line in lines[:entries])


def _names(chance: random.Random) -> Iterator[str]:
    parts = (
        "Bär",
        "Sankt",
        "O'Neill",
        "&",
        "b&w",
        "(wild)",
        "Łódź",
        "münchen",
        "東京",
        "café",
        "No. 7",
        "grey heron",
        "é",
    )
    for number in range(100_000):
        yield f"{chance.choice(parts)} {number:05}"
