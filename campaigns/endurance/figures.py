"""From what was seen to what is told."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.endurance.stored import Stored
from campaigns.endurance.watching import Seen, Window
from campaigns.report import Figure

GROWTH, GROWTH_BYTES = 0.10, 30 * 2**20
RATE, A_PHOTO, JOURNAL, START_S, STATUS_S = 0.95, 8 * 1024, 1.3, 2.0, 0.050


@dataclass(frozen=True, slots=True)
class Result:
    photos: int
    early: int
    """Photos after which growth counts."""
    share: float
    """Of the photos beyond ``early``: what start and end of the run are."""
    seen: Seen
    asked_after: Sequence[float]
    """Seconds of ``jobs.status`` when the run had ended."""
    submitted: float
    """Seconds until ``photos.analyze`` answered."""
    stored: Stored
    segments: tuple[float, float]
    """Bytes a photo of the segments that were changed, compressed: the old ones alone; old and new."""
    starts_empty: Sequence[float]
    starts_full: Sequence[float]
    lost: Sequence[str]
    """Photos that lost something of a person's, or that lack our words."""
    checked: int
    not_undone: Sequence[str]
    undone: int


def figures(result: Result) -> tuple[Figure, ...]:
    status = result.seen.status
    well = (status["state"], status["done"], status["failed"]) == ("done", result.photos, 0)
    return (
        Figure("photos done, failed", f"{status['done']:,}, {status['failed']}", f"{result.photos:,}, 0", well),
        Figure(
            f"photos that lost a word or caption of a person's, of {result.checked}",
            str(len(result.lost)),
            "0",
            not result.lost,
        ),
        Figure(
            f"photos that an undo did not bring back byte for byte, of {result.undone}",
            str(len(result.not_undone)),
            "0",
            not result.not_undone,
        ),
        _memory(result),
        _rate(result),
        _database(result),
        _journal(result),
        _start(result),
        *_status(result),
        Figure("photos a second, reference standing aside", f"{result.photos / result.seen.seconds:.1f}"),
        Figure("`photos.analyze` answered after", f"{result.submitted:.1f} s"),
    )


def _memory(result: Result) -> Figure:
    early = max(sample.pss for sample in result.seen.samples if sample.photos <= result.early)
    late = max(sample.pss for sample in result.seen.samples if sample.photos > result.early)
    allowed = max(GROWTH * early, GROWTH_BYTES)
    rss = max(sample.rss for sample in result.seen.samples)
    return Figure(
        f"peak memory with children (PSS), from {result.early:,} to {result.photos:,} photos",
        f"{early / 2**20:.0f} to {late / 2**20:.0f} MiB ({(late - early) / 2**20:+.0f}; RSS {rss / 2**20:.0f})",
        f"at most {allowed / 2**20:+.0f}",
        late - early <= allowed,
    )


def _rate(result: Result) -> Figure:
    reach = result.share * (result.photos - result.early)
    windows = [window for window in result.seen.windows if window.start >= result.early and window.end > window.start]
    first = [window for window in windows if window.start < result.early + reach]
    last = [window for window in windows if window.end > result.photos - reach]
    ratio = _over_reference(last) / _over_reference(first)
    return Figure(
        "photos a second over the blind loop's, end over start",
        f"{ratio:.3f} ({_told(first)}; {_told(last)})",
        f"at least {RATE}",
        ratio >= RATE,
    )


def _over_reference(windows: Sequence[Window]) -> float:
    rate, blind = _rates(windows)
    return rate / blind


def _rates(windows: Sequence[Window]) -> tuple[float, float]:
    """Photos a second; writes of the reference a second."""
    photos = sum(window.end - window.start for window in windows)
    writes = sum(window.reference.writes for window in windows)
    return (
        photos / sum(window.seconds for window in windows),
        writes / sum(window.reference.seconds for window in windows),
    )


def _told(windows: Sequence[Window]) -> str:
    rate, blind = _rates(windows)
    return f"{rate:.1f}/{blind:.1f}"


def _database(result: Result) -> Figure:
    size = result.stored.rest / result.photos
    return Figure(
        "database a photo, without vectors, thumbnails and journal",
        f"{size:,.0f} bytes",
        f"at most {A_PHOTO:,}",
        size <= A_PHOTO,
    )


def _journal(result: Result) -> Figure:
    size, (_, both) = result.stored.journal / result.stored.journal_entries, result.segments
    return Figure(
        "journal over the compressed segments that were changed",
        f"{size / both:.2f} ({size:,.0f} over {both:,.0f} bytes a photo)",
        f"at most {JOURNAL}",
        size <= JOURNAL * both,
    )


def _start(result: Result) -> Figure:
    full, empty = statistics.median(result.starts_full), statistics.median(result.starts_empty)
    return Figure(
        f"start of the daemon with that store (median of {len(result.starts_full)})",
        f"{full:.2f} s (with an empty store {empty:.2f} s)",
        f"under {START_S:g} s",
        full < START_S,
    )


def _status(result: Result) -> tuple[Figure, ...]:
    return tuple(
        Figure(
            f"`jobs.status` without waiting, {when}, 99th percentile of {len(answers):,}",
            f"{1000 * percentile(answers, 99):.1f} ms (median {1000 * statistics.median(answers):.1f}, worst"
            f" {1000 * max(answers):.0f})",
            f"at most {1000 * STATUS_S:.0f} ms",
            percentile(answers, 99) <= STATUS_S,
        )
        for when, answers in (("during the run", result.seen.answers), ("when it had ended", result.asked_after))
    )


def percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
