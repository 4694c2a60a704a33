"""How many of the ranked photos are worth showing, and how what was seen and what was written count together. Pure.

Relevances are those of ``Judged``: 0..1, how sure it is that a person would call the photo a hit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

LIKELY = 0.5
"""A photo that is rather a hit than not is shown, however many there are."""
LEAST = 0.15
"""Of photos below, a person would look through seven and more for one hit."""
SHARE = 1 / 3
"""Of the best one's relevance: photos that are less sure by that are not shown beside it unless they are likely."""
STEP = 0.6
"""Of the relevance of the photo before: there the list falls off."""
FEW = 10
"""Photos that are shown where none is likely: then a long row of equals is what nonsense finds, and a guess is enough
to see that."""
SAID = 0.7
"""How sure the best match of words alone is. Reasoned, not measured: a person's own word is right nearly always, but
may stand in another meaning, and in a title for something that the photo does not show."""


def worth_showing(relevances: Sequence[float]) -> int:
    """How many of the first photos to show. ``relevances`` are in ranked order; where one dips and a later one makes
    up for it, the list goes on."""
    levels = list(accumulate(reversed([float(one) for one in relevances]), max))[::-1]
    if not levels or not levels[0] >= LEAST:
        return 0
    shown = 0
    for shown, level in enumerate(levels):
        before = levels[max(shown - 1, 0)]
        if level < LIKELY and (level < LEAST or level < levels[0] * SHARE or level < before * STEP):
            break
    else:
        shown = len(levels)
    return shown if levels[0] >= LIKELY else min(shown, FEW)


def merged(seen: Mapping[int, float], said: Iterable[tuple[int, float]]) -> list[tuple[int, float]]:
    """(row, relevance) of photos that were found by what is seen in them, by what is written of them, or both; the most
    relevant first.

    ``seen`` has relevances by row; ``said`` are rows with a score above 0 of any scale, as ``rows_by_words`` has them.
    The best of these counts as ``SAID``, others in proportion. Picture and words are two witnesses who may both be
    wrong independently, so that a photo is no hit only where both are: 1 - (1 - seen) * (1 - said). Neither can take
    from what the other is sure of, and a photo without any words keeps the relevance, and the place, that it had.
    """
    words = {row: score for row, score in said if score > 0}
    best = max(words.values(), default=1.0)
    together = {row: 1 - (1 - seen.get(row, 0.0)) * (1 - SAID * words.get(row, 0.0) / best) for row in (*seen, *words)}
    return sorted(together.items(), key=lambda found: -found[1])
