"""What an index over a vector file promises, whichever engine keeps it.

Nothing in an index is the only copy of anything: the vectors are in their file, and which of them count is for the
owner of the keys to say. What an index keeps may be lost at any time; that costs a rebuild.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from bridge.search._exact import Best
from bridge.search.vectors import Floats, Rows

__all__ = ["Best", "Dead", "Engine", "Index", "Kind"]

Engine = Literal["faiss", "qdrant"]
Kind = Literal["flat", "compressed", "qdrant"]
Dead = Callable[[], Iterable[int]]
"""Which rows of the file no longer count: those of photos that are gone, and older rows of a key that was appended
again. An index asks when it is opened and rebuilt; in between, ``remove`` tells of more."""


class Index(ABC):
    """Which photos' vectors are nearest to a query.

    Rows that are in the file already are part of it as soon as it is open. Safe to use from several threads: searches
    go on while rows are added and while it is rebuilt.
    """

    @abstractmethod
    def __len__(self) -> int:
        """Rows that can be found."""

    @property
    @abstractmethod
    def kind(self) -> Kind:
        """How it keeps the vectors now."""

    @property
    @abstractmethod
    def damaged(self) -> Sequence[int]:
        """Rows whose vectors are damaged in the file: their photos have to be looked at again."""

    @property
    @abstractmethod
    def needs_rebuild(self) -> bool:
        """Searches are right without, and slower, or find a little less, the longer it waits."""

    @property
    def trouble(self) -> str | None:
        """Why searches take longer than they have to, for a person; None where they do not."""
        return None

    @abstractmethod
    def search(self, query: Floats, k: int, *, allowed: Rows | Sequence[int] | None = None) -> Best:
        """The best ``k`` rows for a query (dimensions,), and their exact products with it, the best first.

        ``allowed``: rows in ascending order; no others are found. There are fewer than ``k`` only where there are not
        more. Raises VectorsDamaged.
        """

    @abstractmethod
    def add(self, rows: Sequence[int] | Rows | range) -> None:
        """Rows that were appended to the file; those before them that are not known yet come with them.

        Raises DiskFull, WriteDenied where the index is saved on the way and cannot be.
        """

    @abstractmethod
    def remove(self, rows: Iterable[int]) -> None:
        """They are not found from now on."""

    @abstractmethod
    def rebuild(
        self, tell: Callable[[float], None] = lambda _: None, cancelled: Callable[[], bool] = lambda: False
    ) -> bool:
        """From the file, while the index goes on answering. False: cancelled.

        ``tell`` gets 0..1. One at a time; a second one waits. Raises VectorsDamaged; IndexUnreachable where the engine
        does not answer; DiskFull, WriteDenied where the new one, which answers then, cannot be saved.
        """

    @abstractmethod
    def save(self) -> None:
        """What would take long to make again, so that the next start is quick. Raises DiskFull, WriteDenied."""

    @abstractmethod
    def close(self) -> None:
        """What ``save`` does and raises; then nothing more can be asked of it."""

    @abstractmethod
    def drop(self) -> None:
        """Close it, and take away all that it keeps outside the vector file. Raises IndexUnreachable, WriteDenied."""
