"""Photos, files and decisions of a review as they are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.jobs.review_overlay import Overlay, Word, text_of
from bridge.jobs.reviewing import Reviewed
from bridge.metadata import PhotoState, Plan, TargetPlan, held_in
from bridge.paths import shown, to_uri
from bridge.service.review_replies import ReviewField, ReviewList, ReviewPhoto, ReviewTarget, ReviewText, ReviewWord
from bridge.store import ReviewAction, ReviewKind, Stage
from bridge.words import key

WROTE = "This run wrote it."
_NAMES = {
    "XMP-dc:Subject": "Keywords (XMP)",
    "IPTC:Keywords": "Keywords (IPTC)",
    "XMP-lr:HierarchicalSubject": "Keyword tree (Lightroom)",
    "XMP-digiKam:TagsList": "Keyword tree (digiKam)",
    "XMP-dc:Title": "Title (XMP)",
    "IPTC:ObjectName": "Title (IPTC)",
    "XMP-dc:Description": "Caption (XMP)",
    "IPTC:Caption-Abstract": "Caption (IPTC)",
    "IFD0:ImageDescription": "Caption (EXIF)",
    "XMP-iptcCore:AltTextAccessibility": "Alt text",
    "IFD0:XPKeywords": "Keywords (Windows)",
}


def as_photo(photo: Reviewed, *, dry: bool, overlay: Overlay | None = None, plan: Plan | None = None) -> ReviewPhoto:
    """``dry``: the run wrote nothing, so that its words are proposals. ``overlay`` and ``plan`` take the place of what
    the run itself found."""
    result, item = photo.result, photo.item
    overlay = overlay or photo.overlay
    done = item.stage is Stage.DONE
    words = [_word(word, dry=dry) for word in overlay.words] if done else []
    texts = (
        []
        if not done
        else [
            ReviewText(field=t.field.value, state=t.state, new=t.new, old=t.old, said=t.said, why=t.why)
            for t in overlay.texts
        ]
    )
    return ReviewPhoto(
        item=item.id,
        uri=to_uri(item.path),
        path=shown(item.path),
        id=item.host_id,
        status=result.status,
        decided=overlay.standing,
        edited=overlay.edited,
        words=tuple(words),
        others=tuple(_others(words, plan or photo.plan)),
        texts=tuple(texts),
        removed=result.removed if plan is None else tuple(map(text_of, plan.removed)),
        goes_to=_goes_to(photo, overlay, plan) if done and dry else (),
        written_to=result.written_to,
        warnings=result.warnings if plan is None else plan.warnings,
        reason=result.reason,
        error=result.error,
    )


def _others(words: Sequence[ReviewWord], plan: Plan | None) -> Iterator[str]:
    """Less those that are shown, and the flat words that stand for the names of a path."""
    others = plan.written.others if plan else ()
    said = {key(word.value.split("|")) for word in words}
    names = {key((name,)) for path in others if len(path) > 1 for name in path}
    yield from (text_of(path) for path in others if key(path) not in said | names)


def _word(word: Word, *, dry: bool) -> ReviewWord:
    wrote = not dry and word.state == "proposed"
    return ReviewWord(
        value=text_of(word.path),
        score=word.score,
        source=word.source,
        state="there" if wrote else word.state,
        said=None if word.said is None else text_of(word.said),
        ours=word.ours or wrote,
        why=WROTE if wrote else word.why,
    )


def _goes_to(photo: Reviewed, overlay: Overlay, plan: Plan | None) -> tuple[str, ...]:
    """Files that are written. Where the run itself had nothing to write and a person has, they are not known yet."""
    if plan is not None:
        return tuple(shown(target.path) for target in plan.targets)
    new = any(word.state in ("proposed", "added", "mapped") for word in overlay.words)
    gone = any(word.state == "rejected" and word.ours for word in overlay.words)
    if not (new or gone or any(text.state in ("proposed", "edited") for text in overlay.texts)):
        return ()
    targets = [] if photo.plan is None else [shown(target.path) for target in photo.plan.targets]
    return tuple(targets) or (shown(photo.item.path),)


def as_target(target: TargetPlan, state: PhotoState) -> ReviewTarget:
    document = next((document for document in state.documents if document.path == target.path), None)
    lists = []
    for change in target.lists:
        before = () if document is None else held_in(document, change.tag)
        left = [value for value in before if value not in change.remove]
        lists.append(
            ReviewList(
                tag=change.tag,
                name=_NAMES.get(change.tag, change.tag),
                before=before,
                after=tuple(dict.fromkeys((*left, *change.add))),
                added=change.add,
                removed=change.remove if document is not None else (),
            )
        )
    return ReviewTarget(
        path=shown(target.path),
        uri=to_uri(target.path),
        made=target.fingerprint is None,
        lists=tuple(lists),
        texts=tuple(
            ReviewField(tag=change.tag, name=_NAMES.get(change.tag, change.tag), before=change.old, after=change.new)
            for change in target.texts
        ),
    )


def told(action: ReviewAction) -> str:
    """A decision in a sentence."""
    where = "the whole run" if action.whole else f"{action.photos:,} photo{'s' * (action.photos != 1)}"
    word, value = (f"“{' > '.join((text or '').split('|'))}”" for text in (action.word, action.value))
    field = (action.field or "").replace("_", " ")
    match action.kind:
        case ReviewKind.ACCEPT:
            return f"{_start(where)} {_is(action)} accepted."
        case ReviewKind.SKIP:
            return f"{_start(where)} {_is(action)} skipped."
        case ReviewKind.REOPEN:
            return f"{_start(where)} {_is(action)} open again."
        case ReviewKind.REJECT:
            return f"{word} is not written in {where}."
        case ReviewKind.RESTORE:
            return f"{word} is as it was proposed in {where}."
        case ReviewKind.NEVER:
            return f"{word} is not written in the whole run, nor in any later one."
        case ReviewKind.MAP:
            return f"{word} becomes {value} in {where}."
        case ReviewKind.ADD:
            return f"{value} is added in {where}."
        case ReviewKind.TEXT if action.value:
            return f"The {field} of {where} is yours."
        case ReviewKind.TEXT:
            return f"No {field} is written in {where}."
        case ReviewKind.TEXT_RESTORE:
            return f"The {field} of {where} is as proposed."


def _start(where: str) -> str:
    return where[0].upper() + where[1:]


def _is(action: ReviewAction) -> str:
    return "is" if action.whole or action.photos == 1 else "are"
