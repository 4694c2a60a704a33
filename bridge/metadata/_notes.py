"""What a person should know of a plan besides what it writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bridge.metadata._merge_texts import MergedText
from bridge.metadata._sidecars import shares_name
from bridge.metadata.limits import IPTC_KEYWORD
from bridge.metadata.marks import LABEL, URGENCY
from bridge.metadata.plan import TargetPlan
from bridge.metadata.state import IptcCharset, PhotoState, Role
from bridge.paths import shown
from bridge.words import DIVISION_SLASH

_CLOCK = timedelta(hours=26)
"""Dates that are further apart are no matter of time zones."""


def warnings_of(state: PhotoState, plans: Sequence[TargetPlan], texts: Sequence[MergedText]) -> Iterator[str]:
    yield from _cut_short(plans, texts)
    slashed = {
        value.rpartition("/")[2].replace(DIVISION_SLASH, "/")
        for plan in plans
        for change in plan.lists
        if change.tag == "XMP-digiKam:TagsList"
        for value in change.add
        if DIVISION_SLASH in value
    }
    if slashed:
        yield f"“/” parts the levels of digiKam's tags and is written there as “{DIVISION_SLASH}”: {_some(slashed)}."
    for plan in plans:
        tags = (*(change.tag for change in plan.lists), *(change.tag for change in plan.texts))
        if any(tag.startswith("IPTC:") for tag in tags) and plan.iptc_charset is IptcCharset.LATIN1:
            yield "The photo's IPTC text has an old encoding (Latin-1): it is written anew in UTF-8, with its marker."
    yield from _about_sidecars(state, plans)
    labels = {tag.tag for tag in LABEL.tags}
    urgency = state.mark(URGENCY) or "0"
    if not urgency.startswith("0") and any(change.tag in labels for plan in plans for change in plan.texts):
        yield f"It has the urgency {urgency[:1]}, which some programs show as a colour too: that stays."


def _cut_short(plans: Sequence[TargetPlan], texts: Sequence[MergedText]) -> Iterator[str]:
    for text in texts:
        written = {change.new for plan in plans for change in plan.texts if change.tag == text.kind.iptc}
        if text.new is not None and written and written != {text.new}:
            yield f"The {text.kind.name} is whole in XMP and cut in IPTC, which holds {text.kind.limit} bytes."
    cut = set()
    for plan in plans:
        whole = {value for change in plan.lists if change.tag == "XMP-dc:Subject" for value in change.add}
        short = {value for change in plan.lists if change.tag == "IPTC:Keywords" for value in change.add}
        cut |= (
            {value for value in whole if len(value.encode()) > IPTC_KEYWORD and value not in short} if short else set()
        )
    if cut:
        yield f"Whole in XMP and cut in IPTC, which holds {IPTC_KEYWORD} bytes a keyword: {_some(cut)}."


def _about_sidecars(state: PhotoState, plans: Sequence[TargetPlan]) -> Iterator[str]:
    for path in state.foreign:
        yield f"{_name(path)} has the capture date of another picture of this name: it was left alone."
    taken = state.embedded.captured
    for plan in plans:
        if plan.role is not Role.SIDECAR:
            continue
        if state.shared_with and shares_name(plan.path, state.photo):
            others = _some(_name(path) for path in state.shared_with)
            yield f"{_name(plan.path)} belongs to {others} too: it carries the keywords of all, and the first caption."
        date = next((d.captured for d in state.documents if d.path == plan.path), None)
        if _far_apart(date, taken):
            yield f"{_name(plan.path)} says another capture date than the photo: see whether it belongs to it."
    made = any(plan.fingerprint is None for plan in plans)
    kept = [_name(document.path) for document in state.documents if document.role is Role.DARKTABLE]
    if made and kept:
        yield f"{_some(kept)} is darktable's: it was read and left alone."


def _name(path: Path) -> str:
    return shown(Path(path.name))


def _far_apart(one: str | None, other: str | None) -> bool:
    try:
        dates = [datetime.strptime(text or "", "%Y:%m:%d %H:%M:%S") for text in (one, other)]
    except ValueError:
        return False
    return abs(dates[0] - dates[1]) > _CLOCK


def _some(names: Iterable[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:3]) + (f" and {len(listed) - 3} more" if len(listed) > 3 else "")
