"""The part of the merge about captions, titles and alt texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bridge.metadata._targets import Target
from bridge.metadata.limits import blank, clean, cut
from bridge.metadata.plan import TextChange
from bridge.metadata.state import Document
from bridge.metadata.texts import CAPTION, TextKind
from bridge.values import Proposal, Written


@dataclass(frozen=True, slots=True)
class MergedText:
    """What becomes of one text of a photo."""

    kind: TextKind
    new: str | None
    """To be written wherever it does not stand yet; None leaves every field as it is."""
    old: tuple[str, ...]
    """What gives way to it."""
    present: str | None
    """What the photo says now, as hosts read it: a new sidecar takes it along."""
    base: str | None
    """What of ours stands there afterwards, or was taken away by a person."""
    typed: bool = False
    """What stands there afterwards is what the person wrote."""
    changed: bool = False
    """The person wrote it over another text than the one that is there: it is not written."""
    stay: tuple[str, ...] = ()
    """What the person has besides in other fields, and did not see: it stays there."""


def merge_text(
    kind: TextKind, proposed: str | None, base: str | None, documents: Sequence[Document], *, renew: bool
) -> MergedText:
    """``documents`` in the order in which hosts read them."""
    there = [value for document in documents for value in texts_of(kind, document)]
    present = there[0] if there else None
    old = tuple(dict.fromkeys(_main(kind, documents) or there[:1]))
    foreign = any(not is_ours(kind, value, base) for value in there)
    new = None if proposed is None else _tidy(kind, proposed)
    if new is None or blank(new):
        return MergedText(kind, None, old, present, None if foreign else base)
    if renew:
        standing = None if foreign else base
    elif foreign:
        return MergedText(kind, None, old, present, None)
    elif not there and base == new:
        # Ours, and a person took it away.
        return MergedText(kind, None, old, present, base)
    else:
        standing = base
    settled = bool(there) and all(_same(value, new) for value in _main(kind, documents)) and standing is None
    return MergedText(kind, new, old, present, None if settled else new)


def merge_typed(
    kind: TextKind, text: str | None, seen: str | None, base: str | None, documents: Sequence[Document]
) -> MergedText:
    """The same for a text that a person wrote: it is theirs, and takes the place of what they saw (``seen``), of ours,
    and of nothing else."""
    merged = merge_text(kind, text, base, documents, renew=True)
    present = merged.present
    new = None if text is None else _tidy(kind, text)
    if new is None or blank(new):
        return merge_text(kind, None, base, documents, renew=False)
    known = [new, *([] if seen is None else [seen])]
    if present is not None and not is_ours(kind, present, base) and not _one_of(present, known):
        return replace(merged, new=None, base=None, changed=True)
    stay = tuple(v for v in _main(kind, documents) if not (is_ours(kind, v, base) or _one_of_cut(kind, v, known)))
    old = tuple(value for value in merged.old if value not in stay)
    settled = bool(present) and all(_same(value, new) for value in _main(kind, documents) if value not in stay)
    return replace(merged, new=None if settled else new, old=old, base=None, typed=True, stay=stay)


def text_of(of: Proposal | Written, kind: TextKind) -> str | None:
    text: str | None = getattr(of, kind.field.value)
    return text


def persons_text(kind: TextKind, base: str | None, documents: Sequence[Document]) -> str | None:
    """What a photo says that is not ours, as hosts read it."""
    there = (value for document in documents for value in texts_of(kind, document))
    return next((value for value in there if not is_ours(kind, value, base)), None)


def change_texts(target: Target, merged: MergedText) -> Iterator[TextChange]:
    """The fields of one file that change."""
    kind = merged.kind
    document = target.document
    if document is None:
        if value := merged.new or merged.present:
            yield TextChange(kind.xmp, None, value)
        return
    if merged.new is None:
        return
    tags = [kind.xmp]
    if kind.iptc is not None and (target.iptc or kind.iptc in document.texts):
        tags.append(kind.iptc)
    for tag in tags:
        new = cut(merged.new, kind.limit) if tag == kind.iptc else merged.new
        now = document.texts.get(tag)
        if now is None or not (_same(now, new) or now in merged.stay):
            yield TextChange(tag, now, new)
    for tag in kind.others:
        now = document.texts.get(tag)
        if now is not None and not blank(now) and not _same(now, merged.new) and _one_of(now, merged.old):
            yield TextChange(tag, now, merged.new)


def texts_of(kind: TextKind, document: Document) -> list[str]:
    """What a document says, the fields in the order in which hosts read them; other languages after the default."""
    tags = [kind.xmp, *(tag for tag in document.texts if tag.startswith(f"{kind.xmp}-")), kind.iptc or "", *kind.others]
    return [value for tag in tags if (value := document.texts.get(tag)) is not None and not blank(value)]


def _main(kind: TextKind, documents: Sequence[Document]) -> list[str]:
    found = (document.texts.get(tag) for document in documents for tag in (kind.xmp, kind.iptc or ""))
    return [value for value in found if value is not None and not blank(value)]


def _tidy(kind: TextKind, text: str) -> str:
    return clean(text) if kind is CAPTION else " ".join(clean(text).split())


def is_ours(kind: TextKind, value: str, base: str | None) -> bool:
    return base is not None and (_same(value, base) or (kind.iptc is not None and _same(value, cut(base, kind.limit))))


def _one_of(value: str, texts: Sequence[str]) -> bool:
    return any(_same(value, text) for text in texts)


def _one_of_cut(kind: TextKind, value: str, texts: Sequence[str]) -> bool:
    """The same, where a field may hold one of them cut."""
    return any(is_ours(kind, value, text) for text in texts)


def _same(one: str, other: str) -> bool:
    """Programs trim, and change the line ends."""
    return one == other or clean(one).split() == clean(other).split()
