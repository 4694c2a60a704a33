"""What a model is measured against, and how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bridge.jobs.learning import persons_own
from bridge.jobs.tools import Tools
from bridge.paths import to_uri
from bridge.service.places import photos_at
from bridge.service.replies import Pace, PhotoKeywords
from bridge.values import Known


class QualityService:
    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def keywords(
        self, places: Sequence[Path], *, recursive: bool = False, exclude: Sequence[str] = ()
    ) -> tuple[PhotoKeywords, ...]:
        """The keywords and texts that a person gave to each of these photos: what our runs wrote is left out.

        Raises InvalidParams where there is no photo, ExifToolMissing, ExifToolTooOld.
        """
        photos = photos_at(places, recursive=recursive, exclude=exclude)
        found = persons_own(self._tools, photos)
        return tuple(_told(photo, known) for photo, known in zip(photos, found, strict=True))

    def pace(self, job: str) -> Pace:
        """How fast the model answered in a run. Raises NotFound."""
        row = self._tools.jobs.get(job)
        answered = self._tools.answers.times(row.id, row.created)
        between = len(answered) - 1
        return Pace(
            asked=len(answered), seconds_a_photo=(answered[-1] - answered[0]) / between if between > 0 else None
        )


def _told(photo: Path, known: Known | None) -> PhotoKeywords:
    if known is None:
        return PhotoKeywords(uri=to_uri(photo), keywords=None)
    return PhotoKeywords(
        uri=to_uri(photo),
        keywords=known.keywords,
        title=known.title,
        caption=known.caption,
        alt_text=known.alt_text,
    )
