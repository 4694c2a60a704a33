"""What an English noun can mean, and what each meaning is a kind of (WordNet 3.1).

The words stay the text that they are and are searched by halving, 12 µs each: as Python objects, 100,000 of them with
their meanings would take half a second to make and 60 MB to hold.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bridge import starter

__all__ = ["Meanings", "Sense", "Senses"]

REMEMBERED = 20_000
"""Words and senses whose answers are kept at hand."""


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a word."""

    synset: int
    """The same number for words of the same meaning."""
    field: int
    """The lexicographers' file: 5 animals, 6 artefacts, 13 food, 17 natural things … (lexnames(5WN))."""
    count: int
    """How often the word has this meaning in the tagged texts; 0 for most."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """What a word can mean: as a noun, most frequent first, and how often it is an adjective (0: never)."""

    senses: tuple[Sense, ...] = ()
    as_adjective: int = 0


class Senses:
    """Looks words up. Loaded at its first use; safe to call from several threads."""

    def __init__(self, read: Callable[[], bytes] = lambda: starter.read("senses.txt.gz")) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._table: _Table | None = None
        self.of = lru_cache(REMEMBERED)(self._of)
        self.kinds = lru_cache(REMEMBERED)(self._kinds)

    def load(self) -> None:
        """Read the table: 0.15 s, 30 MB. Raises ModelMissing where the installation is damaged."""
        self._loaded()

    def words(self) -> list[str]:
        """Every word that it knows, in the order of their UTF-8 bytes."""
        return self._loaded().all_words()

    def _of(self, word: str) -> Meanings:
        """What ``word`` means, singular, in lower case, parts set apart by a space; nothing where it is not known."""
        return self._loaded().meanings(word)

    def _kinds(self, synset: int) -> dict[int, int]:
        """Every synset that this one is a kind of, and how many steps up that is; itself with 0.

        What its definition says that it is counts as one step, though WordNet's tree has it elsewhere.
        """
        table = self._loaded()
        steps = {synset: 0}
        queue = [synset]
        for at in queue:
            for parent in table.parents[at] + (table.defined[at] if at == synset else ()):
                if parent not in steps:
                    steps[parent] = steps[at] + 1
                    queue.append(parent)
        return steps

    def _loaded(self) -> _Table:
        with self._lock:
            if self._table is None:
                self._table = _Table(gzip.decompress(self._read()))
            return self._table


class _Table:
    def __init__(self, text: bytes) -> None:
        synsets, _, words = text.partition(b"\n\n")
        rows = [row.partition(b" =") for row in synsets.split(b"\n")]
        numbers = [tuple(map(int, row.split())) for row, _, _ in rows]
        self.parents = [row[1:] for row in numbers]
        self.defined = [tuple(map(int, told.split())) for _, _, told in rows]
        self._fields = [row[0] for row in numbers]
        self._words = words
        ends = np.flatnonzero(np.frombuffer(words, np.uint8) == ord("\n"))
        self._starts = [0, *(ends[:-1] + 1).tolist()]

    def meanings(self, word: str) -> Meanings:
        wanted = word.encode(errors="replace")
        low, high = 0, len(self._starts)
        while low < high:
            middle = (low + high) // 2
            if self._line(middle)[0] < wanted:
                low = middle + 1
            else:
                high = middle
        if low == len(self._starts):
            return Meanings()
        found, *parts = self._line(low)
        if found != wanted:
            return Meanings()
        pairs = [part.decode().split(":") for part in parts]
        senses = tuple(Sense(int(at), self._fields[int(at)], int(n)) for at, n in pairs if at != "a")
        return Meanings(senses, sum(int(n) for at, n in pairs if at == "a"))

    def all_words(self) -> list[str]:
        return [line.partition(b"\t")[0].decode() for line in self._words.split(b"\n") if line]

    def _line(self, number: int) -> list[bytes]:
        start = self._starts[number]
        return self._words[start : self._words.index(b"\n", start)].split(b"\t")
