"""Candidates looked at exactly, those with the best estimates first, and no further than can change the result."""

from __future__ import annotations

import numpy as np

from bridge.search._exact import Best, products, top
from bridge.search._trained import CompressedOptions
from bridge.search.vectors import Floats, Rows, VectorFile

__all__ = ["Looking"]

_AT_ONCE = 256
"""Vectors in memory."""


class Looking:
    """For the best ``k`` among candidates of which at most ``most`` are looked at.

    How far the estimates of those that were looked at lay from the truth tells which of the others may still be among
    the best.
    """

    def __init__(
        self, vectors: VectorFile, query: Floats, k: int, options: CompressedOptions, doubt: float, most: int
    ) -> None:
        self._vectors = vectors
        self._query = query
        self._k = k
        self._doubt = doubt
        self._first = max(options.first, 2 * k)
        self._most = most
        self._rows: Rows = np.empty(0, np.int64)
        self._estimates: Floats = np.empty(0, np.float32)
        self._scores: Floats = np.empty(0, np.float32)
        """Of the first of them."""

    @property
    def kth(self) -> float:
        """The product of the k-th best by now."""
        if len(self._scores) < self._k:
            return -np.inf
        return float(np.partition(self._scores, len(self._scores) - self._k)[len(self._scores) - self._k])

    def at(self, rows: Rows, estimates: Floats) -> Looking:
        """These too; the first ones at once."""
        done = len(self._scores)
        left = np.concatenate((self._estimates[done:], estimates))
        order = np.argsort(-left, kind="stable")
        self._rows = np.concatenate((self._rows[:done], np.concatenate((self._rows[done:], rows))[order]))
        self._estimates = np.concatenate((self._estimates[:done], left[order]))
        if not done:
            self._look(self._first)
        return self

    def best(self) -> Best:
        while (ahead := self._worth()) > len(self._scores):
            self._look(ahead)
        sound = np.isfinite(self._scores)
        return top(self._k, self._rows[: len(self._scores)][sound], self._scores[sound])

    def _worth(self) -> int:
        """How many of the candidates are worth a look, as far as can be said by now."""
        done = len(self._scores)
        if done >= min(len(self._rows), self._most):
            return done
        errors = self._scores - self._estimates[:done]
        errors = errors[np.isfinite(errors)]
        least = self.kth - errors.mean() - self._doubt * errors.std() if len(errors) else -np.inf
        within = int(np.searchsorted(-self._estimates[done:], -least)) + done
        return min(within, self._most)

    def _look(self, ahead: int) -> None:
        done = len(self._scores)
        rows = self._rows[done : min(ahead, done + _AT_ONCE)]
        order = np.argsort(rows)
        scores = np.empty(len(rows), np.float32)
        scores[order] = products(self._query, self._vectors.read_sorted(rows[order]))
        self._scores = np.concatenate((self._scores, scores))
