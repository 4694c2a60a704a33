"""A share that was counted, and how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z = 1.959964
"""Of a normal distribution, 95 % is within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``of``; 0 <= count <= of."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """0..1; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval (Wilson 1927, J. Am. Stat. Assoc. 22:209), within 0..1; None of nothing.

        It supposes that each one counted was drawn by itself.
        """
        if not self.of:
            return None
        share, shrink = self.count / self.of, 1 + Z * Z / self.of
        middle = (share + Z * Z / (2 * self.of)) / shrink
        reach = Z * math.sqrt(share * (1 - share) / self.of + (Z / (2 * self.of)) ** 2) / shrink
        # At 0 of n and n of n one end is exact, which floating point would miss by a hair.
        low = 0.0 if self.count == 0 else max(0.0, middle - reach)
        high = 1.0 if self.count == self.of else min(1.0, middle + reach)
        return low, high
