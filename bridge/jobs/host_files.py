"""Files of photos whose host applies the run: what it cannot do itself, or leaves to us by XMP."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge.codec import from_json, to_json
from bridge.errors import BridgeError
from bridge.jobs import writing
from bridge.jobs.hosting import HostPhoto, finished_item, options_of, source_of
from bridge.jobs.reading import format_of, stamp_of, states_of
from bridge.jobs.request import PhotoResult
from bridge.jobs.tagging import merged
from bridge.jobs.tools import Tools
from bridge.jobs.work import failed
from bridge.metadata import shows
from bridge.paths import shown
from bridge.photos import ReadLimits, identify
from bridge.store import JobRow


@dataclass(frozen=True, slots=True)
class Saved:
    """Whether a photo's files say what its catalogue says, and their stamp, which changes with every save."""

    landed: bool
    stamp: str


def saved(tools: Tools, photos: Sequence[HostPhoto]) -> list[Saved]:
    """Whether what was saved has arrived: files that say the same, and that have another stamp where the photo names
    one. A catalogue that had nothing new to say is saved late all the same, over what is written meanwhile."""
    stamps = [_stamp(photo) for photo in photos]
    # What still has its stamp has not landed, whatever it says.
    written = [stamp != photo.stamp for photo, stamp in zip(photos, stamps, strict=True)]
    states = iter(states_of(tools.exiftool, [photo.path for photo, new in zip(photos, written, strict=True) if new]))
    found: list[Saved] = []
    for photo, new, stamp in zip(photos, written, stamps, strict=True):
        state = next(states) if new else None
        alike = state is not None and shows(state, photo.known, saved=photo.stamp is not None)
        found.append(Saved(alike, stamp))
    return found


def _stamp(photo: HostPhoto) -> str:
    """Lightroom saves into the photo or into ``IMG.xmp``."""
    return stamp_of((photo.path, photo.path.with_suffix(".xmp")))


def write_now(tools: Tools, job: JobRow, photos: Sequence[HostPhoto]) -> list[PhotoResult]:
    """Merge what a run proposes into the photos' files, under the same run: journalled, undone as any write is.

    In the order of ``photos``; one that fails is a failed result. Raises what finds no such run or photo.
    """
    options = options_of(job).model_copy(update={"write": True})
    limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)
    items = [finished_item(tools, job.id, photo) for photo in photos]

    def one(number: int) -> PhotoResult:
        item = items[number]
        result = from_json(PhotoResult, item.result or "")
        try:
            outcome = writing.write(
                tools,
                options,
                item,
                identify(item.path, limits),
                replace(source_of(item, result, options), proposal=result.proposal()),
                store=lambda plan: tools.jobs.amend(item.id, plan=plan.to_json()),
            )
        except BridgeError as error:
            return failed(item, error)
        tools.records.refresh(item.path)
        told = result.model_dump() | merged(outcome.plan)
        told["written_to"] = [shown(path) for path in outcome.written_to]
        told["warnings"] = list(dict.fromkeys((*outcome.plan.warnings, *outcome.warnings)))
        result = PhotoResult.model_validate(told)
        tools.jobs.amend(item.id, result=to_json(result))
        return result

    return list(tools.writers.map(one, range(len(items))))


def needs_proxy(photo: HostPhoto, *, virtual: bool, edited: bool) -> str | None:
    """Why the daemon cannot see by itself what the host shows: a reason, or None where it can."""
    if virtual:
        return "virtual_copy"
    if edited:
        return "edited"
    if not os.access(photo.path, os.R_OK):
        return "offline"
    return "unreadable" if format_of(photo.path) is None else None
