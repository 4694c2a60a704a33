"""Which original a proxy was made from: by name and capture time, and never by a guess."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bridge.paths import shown
from bridge.values import RAW_SUFFIXES

Captured = Callable[[Path], datetime | None]
"""When a file says that it was taken; None where it does not say or cannot be read."""

# What programs append to the name of an export: IMG_1-2.jpg, IMG_1_proxy.jpg, "IMG_1 copy.jpg", IMG_1.CR2.jpg.
_JOINTS = "-_ .("
_RAW = RAW_SUFFIXES | {".dng"}


def pair_with_originals(
    proxies: Sequence[Path], originals: Sequence[Path], captured: Captured
) -> tuple[list[tuple[Path, Path | None]], tuple[str, ...]]:
    """(original, proxy) pairs, and the proxies (as shown) that have no sure original or share it with another one.

    A proxy belongs to the original whose name without its extension is that of the proxy, or begins it before one of
    ``-_ .(``; the longest such name counts. Where both say when they were taken, that must agree to the second; of
    several originals of one name it decides.
    """
    by_name: dict[str, list[Path]] = defaultdict(list)
    for original in originals:
        by_name[original.stem.casefold()].append(original)
    owners: dict[Path, list[Path]] = defaultdict(list)
    unmatched: list[Path] = []
    for proxy in proxies:
        owner = _original_of(proxy, by_name, captured)
        if owner is None:
            unmatched.append(proxy)
        else:
            owners[owner].append(proxy)
    pairs: list[tuple[Path, Path | None]] = []
    for original, claimants in owners.items():
        if len(claimants) == 1:
            pairs.append((original, claimants[0]))
        else:
            unmatched += claimants
    return pairs, tuple(shown(proxy) for proxy in unmatched)


def _original_of(proxy: Path, by_name: dict[str, list[Path]], captured: Captured) -> Path | None:
    candidates = _raw_first([original for original in _by_name(proxy.stem, by_name) if original != proxy])
    moment = captured(proxy)
    moments = {original: captured(original) for original in candidates}
    if len(candidates) > 1:
        agreeing = [original for original in candidates if moment is not None and moments[original] == moment]
        return agreeing[0] if len(agreeing) == 1 else None
    for original in candidates:
        if moment is None or moments[original] is None or moments[original] == moment:
            return original
    return None


def _by_name(stem: str, by_name: dict[str, list[Path]]) -> list[Path]:
    name = stem.casefold()
    for end in range(len(name), 0, -1):
        whole_or_joint = end == len(name) or name[end] in _JOINTS
        if whole_or_joint and name[:end] in by_name:
            return by_name[name[:end]]
    return []


def _raw_first(originals: list[Path]) -> list[Path]:
    """Of a RAW and the JPEG beside it, which share a name and a moment, the RAW is the original."""
    raws = {(path.parent, path.stem) for path in originals if path.suffix.lower() in _RAW}
    return [path for path in originals if path.suffix.lower() in _RAW or (path.parent, path.stem) not in raws]
