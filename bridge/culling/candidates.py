"""Which of many photos may be alike, without comparing all with all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["FARTHEST", "close_hashes", "near_overviews"]

Pairs = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

FARTHEST = 6
"""Bits in which the pHashes of near-duplicates differ at most."""

_CHUNKS, _CHUNK_BITS = 8, 8
_CLEAN = _CHUNKS - FARTHEST
"""Six wrong bits leave two of the eight bytes as they were: each pair meets in the table of two such bytes."""
_BLOCK = 1 << 17
"""Comparisons at a time, or a few more."""
_MOST_EACH = 64
"""Pairs of one hash. Thousands of black frames are all close; some of their pairs join them as well as all would."""
_WINDOW = 512
"""In a table, hashes are compared with so many that follow in the same place."""

_NEIGHBOURS = 8
_ALIKE = 0.75
"""Cosine of two overviews. Of 2,079 pairs of different photographs 0.1 % lie above it, of crops by 10 % and turns by
3 degrees nearly all."""
_FLAT_UNTIL = 20_000
"""Photos. More are kept in about as many lists as each list is long, and the nearest lists are asked."""
_LISTS_ASKED = 12
_PIECE = 4096
"""Photos at a time."""


def close_hashes(hashes: Sequence[int] | Hashes) -> Pairs:
    """(pairs, 2): positions of hashes at most ``FARTHEST`` bits apart, lower first, each pair once, in order.

    Of photos with one and the same hash only neighbours are paired, and of two close hashes that several photos share
    only the first of each and the last of each: enough to join them all.
    """
    values, owners = np.unique(np.asarray(hashes, np.uint64), return_inverse=True)
    order = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[order], np.arange(len(values) + 1))
    pairs = _close_values(values)
    found = [_neighbours(order, starts), order[starts[pairs]], order[starts[pairs + 1] - 1]]
    return _once(np.concatenate(found), len(owners))


def _once(pairs: Pairs, count: int) -> Pairs:
    """Lower first, each once, in order."""
    keys = np.unique(pairs.min(axis=1) * count + pairs.max(axis=1))
    return np.stack(np.divmod(keys, max(1, count)), axis=1)


def _neighbours(order: npt.NDArray[np.intp], starts: npt.NDArray[np.intp]) -> Pairs:
    same = np.ones(max(0, len(order) - 1), bool)
    same[starts[1:-1] - 1] = False
    return np.stack([order[:-1][same], order[1:][same]], axis=1).astype(np.int64)


def _close_values(values: Hashes) -> Pairs:
    """Among different hashes, in rising order: positions of those that are close."""
    found = [np.empty((0, 2), np.int64)]
    pairs_of = np.zeros(len(values), np.int64)
    tables = list(combinations(range(_CHUNKS), _CLEAN))
    for number, table in enumerate(tables):
        for one, other in _met(_keys(values, table)):
            wanted = np.minimum(pairs_of[one], pairs_of[other]) < _MOST_EACH
            one, other = one[wanted], other[wanted]
            different = values[one] ^ values[other]
            close = np.bitwise_count(different) <= FARTHEST
            one, other, different = one[close], other[close], different[close]
            for earlier in tables[:number]:  # each pair in the first table where it meets
                later = _keys(different, earlier) != 0
                one, other, different = one[later], other[later], different[later]
            pairs = np.stack([one, other], axis=1)
            pairs_of += np.bincount(pairs.ravel(), minlength=len(values))
            found.append(pairs)
    return np.concatenate(found)


def _keys(values: Hashes, table: Sequence[int]) -> npt.NDArray[np.uint32]:
    keys: npt.NDArray[np.uint32] = np.zeros(len(values), np.uint32)
    for chunk in table:
        part = (values >> np.uint64(chunk * _CHUNK_BITS)) & np.uint64(0xFF)
        keys = (keys << np.uint32(_CHUNK_BITS)) | part.astype(np.uint32)
    return keys


def _met(keys: npt.NDArray[np.uint32]) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Positions with the same key, in blocks."""
    order = np.argsort(keys, kind="stable")
    sorted_keys = keys[order]
    ends = np.searchsorted(sorted_keys, sorted_keys, side="right")
    here: npt.NDArray[np.intp] = np.arange(len(keys))
    met: list[Pairs] = []
    for step in range(1, _WINDOW + 1):
        here = here[here + step < ends[here]]
        met.append(np.stack([order[here], order[here + step]]))
        if len(here) and step < _WINDOW and sum(pairs.shape[1] for pairs in met) < _BLOCK:
            continue
        one, other = np.concatenate(met, axis=1)
        yield one, other
        met.clear()
        if not len(here):
            return


def near_overviews(overviews: npt.NDArray[np.int8]) -> Pairs:
    """(pairs, 2): positions of photos that look alike as a whole or when cropped, lower first, each once, in order.

    ``overviews``: (n, crops, length), unit vectors times 127, the whole first.
    """
    count, crops, _ = overviews.shape
    if count < 2:
        return np.empty((0, 2), np.int64)
    index = _index(overviews[:, 0])
    found = [np.empty((0, 2), np.int64)]
    for crop in range(crops):
        for start in range(0, count, _PIECE):
            asked = _as_floats(overviews[start : start + _PIECE, crop])
            cosines, places = index.search(asked, min(_NEIGHBOURS + 1, count))
            own = np.broadcast_to(np.arange(start, start + len(asked))[:, None], places.shape)
            alike = (cosines >= _ALIKE) & (places >= 0) & (places != own)
            found.append(np.stack([own[alike], places[alike]], axis=1).astype(np.int64))
    return _once(np.concatenate(found), count)


def _index(wholes: npt.NDArray[np.int8]) -> Any:
    """In pieces, for the index holds them all as floats once already."""
    import faiss

    count, length = wholes.shape
    index: Any = faiss.IndexFlatIP(length)
    if count > _FLAT_UNTIL:
        lists = int(np.sqrt(count))
        index = faiss.IndexIVFFlat(index, length, lists, faiss.METRIC_INNER_PRODUCT)
        index.train(_as_floats(wholes[:: max(1, count // (lists * 40))]))
        index.nprobe = _LISTS_ASKED
    for start in range(0, count, _PIECE):
        index.add(_as_floats(wholes[start : start + _PIECE]))
    return index


def _as_floats(overviews: npt.NDArray[np.int8]) -> npt.NDArray[np.float32]:
    floats: npt.NDArray[np.float32] = np.ascontiguousarray(overviews, np.float32) / np.float32(127)
    return floats
