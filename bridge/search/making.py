"""Indexes by name: which engine keeps them is a setting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from bridge.search._qdrant import EMBEDDED, QdrantPlace
from bridge.search.contract import Dead, Engine, Index
from bridge.search.faiss_index import FaissIndex, IndexOptions, discard_faiss
from bridge.search.qdrant_index import QdrantIndex, QdrantOptions, discard_qdrant
from bridge.search.vectors import VectorFile
from bridge.servers import server_url

__all__ = ["Indexes", "qdrant_place"]

_NEVER = 2**62
"""Vectors: never so many."""


@dataclass(frozen=True, slots=True)
class Indexes:
    """Opens indexes, and takes away what they keep. Nothing of Qdrant is imported before one of its is opened."""

    faiss: IndexOptions = field(default_factory=IndexOptions)
    qdrant: QdrantOptions = field(default_factory=QdrantOptions)
    place: Callable[[], QdrantPlace] = QdrantPlace
    """Where Qdrant is. Raises what ``qdrant_place`` does."""

    def open(
        self, engine: Engine, folder: Path, vectors: VectorFile, dead: Dead = tuple, *, compresses: bool = True
    ) -> Index:
        """``compresses``: whether codes of its vectors find the same. Raises VectorsDamaged, and with Qdrant what
        ``place`` and ``QdrantIndex`` do."""
        if engine == "qdrant":
            return QdrantIndex(folder, vectors, self.place(), dead, self.qdrant)
        options = self.faiss if compresses else replace(self.faiss, compressed_from=_NEVER)
        return FaissIndex(folder, vectors, dead, options)

    def discard(self, engine: Engine, folder: Path) -> None:
        """Take away what an engine keeps of the vector file in a folder, where it is not open.

        Raises IndexUnreachable, WriteDenied, and what ``place`` does where there is something.
        """
        if engine == "qdrant":
            discard_qdrant(folder, self.place)
        else:
            discard_faiss(folder)

    def server(self, engine: Engine) -> str | None:
        """The address of the server that keeps the indexes, for a person."""
        name = self.place().name if engine == "qdrant" else EMBEDDED
        return None if name == EMBEDDED else name


def qdrant_place(url: str, allowed: tuple[str, ...], key: str | None) -> QdrantPlace:
    """As the settings name it; embedded where they do not. Raises InvalidParams, ModelNotLocal where the server is
    another machine that ``allowed`` does not name."""
    if not url:
        return QdrantPlace()
    return QdrantPlace(
        server_url(url, allowed, what="Qdrant server", hint="Write qdrant_url like http://127.0.0.1:6333"), key
    )
