"""The part of the merge about pick flags, ratings and colour labels."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bridge.metadata._targets import Target
from bridge.metadata.marks import KINDS, PICK, RATING, REJECTED_BY_RATING, Mark, MarkKind, MarkTag
from bridge.metadata.plan import TextChange
from bridge.metadata.state import Document, Role
from bridge.values import Dropped, Field, Flags

YOURS, TAKEN_AWAY = "yours", "rejected"
_IN_WORDS = {(Field.PICK, -1): "rejected", (Field.PICK, 1): "picked", (Field.RATING, -1): "rejected"}


@dataclass(frozen=True, slots=True)
class MergedMark:
    """What becomes of one mark of a photo."""

    kind: MarkKind
    new: Mark | None = None
    """To be written wherever it does not stand yet; None leaves every field as it is, but for ``stale``."""
    base: Mark | None = None
    """What of ours stands there afterwards, or was taken away by a person."""
    old: tuple[Mark, ...] = ()
    """What gives way to it."""
    ours: Mark | None = None
    """What of ours stands there now."""
    stale: Mark | None = None
    """What a person set in one field, or ``0`` where they took ours away: the fields that still say ours follow."""
    why: str = ""
    """Why nothing is written: ``yours``, ``rejected``."""
    present: Mark | None = None
    """What a person said, where that stays …"""
    said_by: MarkKind | None = None
    """… and by which mark, where it is another."""

    @property
    def before(self) -> Mark | None:
        """What the photo said that gives way, where it said any."""
        return next((value for value in self.old if value), None)

    @property
    def dropped(self) -> Iterator[Dropped]:
        if self.why:
            yield Dropped(self.kind.name, self.why)

    @property
    def warning(self) -> Iterator[str]:
        if self.why == YOURS:
            kind = self.said_by or self.kind
            yield f"The {kind.name} that it has is not ours ({in_words(kind, self.present)}), and stays."
        elif self.why == TAKEN_AWAY:
            yield f"You took our {self.kind.name} away: it is not set again."


def merge_marks(
    proposed: Flags,
    base: Flags,
    documents: Sequence[Document],
    *,
    renew: bool = False,
    over: bool = False,
    unrated: Collection[int] = (),
) -> list[MergedMark]:
    """Each of the marks. ``documents`` in the order in which hosts read them.

    ``renew``: one of ours that a person took away is set again; ``over``: a person's give way; ``unrated``: stars that
    the asking program gives by itself.
    """
    return [_merge(kind, proposed, base, documents, renew, over, unrated) for kind in KINDS]


def _merge(
    kind: MarkKind,
    proposed: Flags,
    base: Flags,
    documents: Sequence[Document],
    renew: bool,
    over: bool,
    unrated: Collection[int],
) -> MergedMark:
    new, ours = mark_of(proposed, kind.field), mark_of(base, kind.field)
    said = [value for document in documents for _, value in _said(kind, document, unrated)]
    foreign = [value for value in said if value not in (ours, 0, "")]
    if kind is PICK and base.rating != -1:
        foreign += [-1] * any(REJECTED_BY_RATING.read(_text(document, REJECTED_BY_RATING)) for document in documents)
    standing = ours if ours is not None and ours in said else None
    taken = ours is not None and not foreign and (standing is None or _taken_away(kind, documents))
    if new is None:
        return MergedMark(kind, base=None if foreign else ours)
    against = _said_otherwise(kind, new, base, documents)
    if foreign and not over:
        same = all(value == new for value in foreign)
        stale = foreign[0] if standing is not None and foreign[0] != ours else None
        return MergedMark(kind, ours=standing, stale=stale, why="" if same else YOURS, present=foreign[0])
    if against is not None and not over:
        return MergedMark(kind, base=None if foreign else ours, why=YOURS, present=against, said_by=PICK)
    if taken and not renew and new == ours:
        return MergedMark(kind, base=ours, ours=standing, stale=0 if standing is not None else None, why=TAKEN_AWAY)
    if foreign and standing is None and all(value == new for value in foreign):
        return MergedMark(kind)  # a person has said the same
    old = tuple(dict.fromkeys(value for value in said if value != new))
    return MergedMark(kind, new=new, base=new, old=old, ours=standing)


def change_marks(target: Target, merged: MergedMark, made: Collection[str]) -> Iterator[TextChange]:
    """The fields of one file that change. ``made``: the tags that are written where they are missing."""
    for tag in merged.kind.tags:
        now = None if target.document is None else target.document.marks.get(tag.tag)
        if not tag.write:
            continue
        if now is None:
            if merged.new is not None and merged.new in tag.write and tag.made and tag.tag in made:
                yield TextChange(tag.tag, None, tag.write[merged.new])
            continue
        value, becomes = tag.read(now) if now.strip() else 0, None
        if merged.new is not None and value != merged.new and value in (0, "", *merged.old):
            becomes = tag.write.get(merged.new, "")
        elif merged.stale is not None and value == merged.ours:
            becomes = tag.write.get(merged.stale, "")
        if becomes is not None and becomes != now:
            yield TextChange(tag.tag, now, becomes)


def said_again(target: Target, merged: MergedMark) -> Iterator[TextChange]:
    """The fields of one file that say ours already, and what this run says too: an undo of the earlier run leaves them
    to this one."""
    if target.document is None or merged.new is None or merged.ours != merged.new:
        return
    for tag in merged.kind.tags:
        now = target.document.marks.get(tag.tag)
        if now is not None and tag.read(now) == merged.new and tag.write.get(merged.new) == now:
            yield TextChange(tag.tag, now, now)


def flags_of(values: dict[Field, Mark | None]) -> Flags:
    pick, rating, label = (values.get(field) for field in (Field.PICK, Field.RATING, Field.LABEL))
    return Flags(
        pick if isinstance(pick, int) else None,
        rating if isinstance(rating, int) else None,
        label if isinstance(label, str) else None,
    )


def mark_of(flags: Flags, field: Field) -> Mark | None:
    value: Mark | None = getattr(flags, field.value)
    return value or None


def in_words(kind: MarkKind, value: Mark | None) -> str:
    if kind is RATING and isinstance(value, int) and value > 0:
        return f"{value} star{'s' if value > 1 else ''}"
    return _IN_WORDS.get((kind.field, value if isinstance(value, int) else 0), str(value))


def stands_alone(kind: MarkKind, ours: Mark, documents: Sequence[Document]) -> bool:
    """Whether nothing but ours says this mark."""
    said = set(said_of(kind, documents))
    return ours in said and said <= {ours, 0, ""}


def said_of(kind: MarkKind, documents: Sequence[Document]) -> Iterator[Mark]:
    """What the fields of these say of a mark."""
    return (value for document in documents for _, value in _said(kind, document, ()))


def take_away(target: Target, kind: MarkKind, ours: Mark, new: Mark | None) -> Iterator[TextChange]:
    """The fields of one file that say ours, as they are without it, or with ``new`` in its place."""
    assert target.document is not None
    for tag in kind.tags:
        now = target.document.marks.get(tag.tag)
        if now is not None and tag.write and tag.read(now) == ours:
            yield TextChange(tag.tag, now, "" if new is None else tag.write.get(new, ""))


def _said(kind: MarkKind, document: Document, unrated: Collection[int]) -> Iterator[tuple[MarkTag, Mark]]:
    """What a document says of a mark, by its fields."""
    for tag in kind.tags:
        value = tag.read(_text(document, tag))
        if value is None:
            continue
        given = kind is RATING and (value in unrated or (document.role is Role.DARKTABLE and value == 1))
        yield tag, 0 if given else value


def _text(document: Document, tag: MarkTag) -> str:
    return document.marks.get(tag.tag, "")


def _taken_away(kind: MarkKind, documents: Sequence[Document]) -> bool:
    """Whether, where hosts look first, a field of ours was emptied by a program that keeps it."""
    for document in documents:
        values = [tag.read(document.marks[tag.tag]) for tag in kind.tags if tag.made and tag.tag in document.marks]
        if values:
            return any(value in (0, "") for value in values)
    return False


def _said_otherwise(kind: MarkKind, new: Mark, base: Flags, documents: Sequence[Document]) -> Mark | None:
    """A pick flag of a person's that a rating of ours would deny: to some programs a rating of -1 is a reject."""
    if kind is not RATING or new != -1:
        return None
    picks = (value for document in documents for _, value in _said(PICK, document, ()))
    return next((value for value in picks if value == 1 and base.pick != 1), None)
