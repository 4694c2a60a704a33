"""What an index does with vectors, whichever way it keeps them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from bridge.search._exact import Best, Wanted
from bridge.search.contract import Kind
from bridge.search.vectors import Floats, Halves

__all__ = ["Body"]


class Body(ABC):
    """The rows of a vector file from 0 to ``count``; safe to use from several threads."""

    kind: ClassVar[Kind]

    @property
    @abstractmethod
    def count(self) -> int:
        """Rows that it knows."""

    @abstractmethod
    def extend(self, halves: Halves) -> None:
        """The next rows of the file, in its order. A row of NaN takes a number and is never found."""

    @abstractmethod
    def search(self, query: Floats, k: int, wanted: Wanted) -> Best:
        """The best ``k``, or all that are wanted where those are fewer, with exact products."""
