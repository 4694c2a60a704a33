"""What a text asks of the labels. No model here was shown texts beside photos; words are matched with words.

Three voices, for each thing that the text asks for: the label of that name; WordNet, which knows what is a kind of
what; and MiniLM, for which a scuba diver is like an underwater diver. The last one also finds a cat like a dog: where
the first two know the thing, it is heard less.

The limits were chosen by reasoning and on queries that are no part of the acceptance (docs/models.md says which).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

import numpy as np

from bridge import starter
from bridge.engines.onnx import FloatArray
from bridge.engines.senses import Senses
from bridge.engines.sentences import SentenceEncoder
from bridge.engines.vectors import VectorFiles, halved
from bridge.plurals import compact
from bridge.taggers.starter._asked import bare, forms, things
from bridge.taggers.starter._kinds import Kinds

REMEMBERED = 64
"""Texts of which is kept what they ask for: a page of results asks several times."""
UNLIKE, SPAN = 0.30, 0.50
"""Likeness of two texts from which they have something to do with one another, and how far from there they mean the
same; between them the square, for most of what is a little alike is not meant."""
KNOWN = 0.7
"""From this the other voices know the thing."""
BESIDE_KNOWN = 0.3
"""What MiniLM's voice counts beside them."""
BESIDE_NAMED = 0.3
"""What WordNet's counts beside a label of that very name: its kinds are in its score already."""
UNKNOWN = 0.3
"""What it counts of words that neither WordNet nor the tokenizer knows: letters in a row are like many a rare word."""
PART = 0.5
"""What a part of a thing's words counts: "mountain", of "mountain landscape"."""
LIKE_ONE = 0.3
"""WordNet's voice from which a word by itself is such a part."""
WHOLE = 0.5
"""What the whole of a text counts beside the several things in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """``parts``: for each thing, how much each label is it, (things, labels), 0..1. ``weights``: all together, by which
    photos are ranked, (labels,)."""

    parts: FloatArray
    weights: FloatArray


class Meaning:
    """Loaded at its first use; safe to call from several threads."""

    def __init__(self, names: Sequence[str], folder: Path | None = None) -> None:
        """In ``folder`` the vectors of the names are kept."""
        self._names = tuple(names)
        self._called = {compact(form): at for at, name in reversed(list(enumerate(names))) for form in forms(name)}
        self._files = None if folder is None else VectorFiles(folder, 1)
        self._encoder = SentenceEncoder()
        self._senses = Senses()
        self._lock = threading.Lock()
        self._loaded: tuple[FloatArray, Kinds] | None = None
        self.asked = lru_cache(REMEMBERED)(self._asked)

    def load(self) -> None:
        """The vectors of the names take a second or two when they were not kept."""
        self._ready()

    def close(self) -> None:
        with self._lock:
            self._loaded = None
            self._encoder.close()

    def _asked(self, text: str) -> Asked:
        """What a text asks for; nothing where no label has anything to do with it."""
        parts_of = {phrase: self._parts(phrase) for phrase in (bare(text), *things(text))}
        named = self._named([*parts_of, *chain(*parts_of.values())])
        found = {
            phrase: np.maximum.reduce([named[phrase], *(PART * named[part] for part in parts)])
            for phrase, parts in parts_of.items()
        }
        whole = found[bare(text)]
        told = things(text) if whole.max() < 1.0 else (bare(text),)
        parts = np.stack([found[thing] for thing in told])
        return Asked(parts, parts.sum(axis=0) + (WHOLE * whole if len(told) > 1 else 0.0))

    def _named(self, phrases: Sequence[str]) -> dict[str, FloatArray]:
        """How much each label is what a phrase means, (labels,), 0..1, without its parts."""
        vectors, kinds = self._ready()
        phrases = list(dict.fromkeys(phrases))
        likeness = np.clip((self._encoder.encode(phrases) @ vectors.T - UNLIKE) / SPAN, 0.0, 1.0) ** 2
        return {phrase: self._joined(phrase, kinds, alike) for phrase, alike in zip(phrases, likeness, strict=True)}

    def _joined(self, phrase: str, kinds: Kinds, alike: FloatArray) -> FloatArray:
        """The three voices, 0..1."""
        related = kinds.related(phrase)
        called = [self._called[compact(form)] for form in forms(phrase) if compact(form) in self._called]
        if called:
            related *= BESIDE_NAMED
            related[called] = 1.0
        heard = 1.0
        if related.max() >= KNOWN:
            heard *= BESIDE_KNOWN
        if not any(kinds.knows(word) or self._encoder.knows(word) for word in phrase.split()):
            heard *= UNKNOWN
        joined: FloatArray = np.maximum(related, heard * alike).astype(np.float32)
        return joined

    def _parts(self, phrase: str) -> list[str]:
        """The longest runs of its words that are names of labels, and words that WordNet knows to be like one; not the
        whole of it."""
        _, kinds = self._ready()
        words = phrase.split()
        found: list[str] = []
        start = 0
        while start < len(words):
            for end in range(len(words), start, -1):
                run = " ".join(words[start:end])
                called = any(compact(form) in self._called for form in forms(run))
                like_one = end - start == 1 and kinds.related(run).max() >= LIKE_ONE
                if end - start < len(words) and (called or like_one):
                    found.append(run)
                    start = end - 1
                    break
            start += 1
        return found

    def _ready(self) -> tuple[FloatArray, Kinds]:
        with self._lock:
            if self._loaded is None:
                self._loaded = (self._vectors(), Kinds(self._names, self._senses))
            return self._loaded

    def _vectors(self) -> FloatArray:
        """Those of the names, (labels, 384)."""
        key = hashlib.sha256(
            "\n".join((starter.digest(("sentences.onnx", "sentences_tokenizer.json")), *self._names)).encode()
        ).hexdigest()[:32]
        vectors = self._files.get(key) if self._files else None
        if vectors is None or len(vectors) != len(self._names):
            vectors = halved(self._encoder.encode(self._names))
            if self._files:
                self._files.put(key, vectors)
        return vectors
