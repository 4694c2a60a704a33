"""Keywords that a person chose and has us write: theirs from the first moment, whatever they did with them before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from bridge.metadata.plan import KeywordPath
from bridge.values import Written
from bridge.words import key


def asked_for(base: Written, chosen: Iterable[KeywordPath]) -> Written:
    """The base of a merge that adds ``chosen``: that they took them away once counts for nothing now."""
    less = set(map(key, chosen))
    return replace(
        base,
        keywords=_less(base.keywords, less),
        rejected=_less(base.rejected, less),
        refused=_less(base.refused, less),
        others=_less(base.others, less),
        withheld=_less(base.withheld, less),
    )


def as_theirs(written: Written, chosen: Iterable[KeywordPath]) -> Written:
    """What is ours once ``chosen`` is written, or was found there, in its own place or as the leaf of another path: it
    is not, so that no later run of ours may take it away. What an earlier run chose too is kept twice, once for each
    undo."""
    paths = tuple({key(path): path for path in chosen}.values())
    less = set(map(key, paths))
    return replace(
        written,
        keywords=_less(written.keywords, less),
        others=(*_less(written.others, less), *paths),
        chosen=(*written.chosen, *paths),
    )


def _less(paths: tuple[KeywordPath, ...], keys: Collection[tuple[str, ...]]) -> tuple[KeywordPath, ...]:
    return tuple(path for path in paths if key(path) not in keys)
