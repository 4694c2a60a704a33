"""Keywords as a text that photo programs import: a keyword a line, a tab for each level above it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.words import key


def library_text(words: Iterable[tuple[str, ...]]) -> str:
    """All keywords with the levels above them, each once, by name; what differs only in case is one. Empty: nothing."""
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    for path in words:
        for depth in range(1, len(path) + 1):
            known.setdefault(key(path[:depth]), path[:depth])
    lines = ("\t" * (len(known[folded]) - 1) + " ".join(known[folded][-1].split()) for folded in sorted(known))
    return "".join(f"{text}\n" for text in lines)
