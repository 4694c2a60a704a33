"""A photo's metadata without a photo: states made by hand, and what a plan makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bridge.metadata import Document, PhotoState, Plan, PlanOptions, Role, make_plan
from bridge.metadata._acdsee import assigned
from bridge.metadata.keywords import LISTS, entries
from bridge.metadata.marks import TAGS as MARK_TAGS
from bridge.metadata.texts import ACDSEE
from bridge.values import Fingerprint, Format, Keyword, Proposal, Written

DC = "XMP-dc:Subject"
LR = "XMP-lr:HierarchicalSubject"
TAGS = "XMP-digiKam:TagsList"
IPTC = "IPTC:Keywords"
PRINT = Fingerprint(size=1, mtime_ns=1, inode=1)
KINDS = {kind.tag: kind for kind in LISTS}


def document(
    path: str,
    lists: Mapping[str, Sequence[str]] | None = None,
    texts: Mapping[str, str] | None = None,
    *,
    role: Role = Role.PHOTO,
    marks: Mapping[str, str] | None = None,
) -> Document:
    texts = texts or {}
    return Document(
        path=Path(path),
        role=role,
        fingerprint=PRINT,
        lists={tag: tuple(words) for tag, words in (lists or {}).items()},
        texts=texts,
        acdsee=assigned(texts.get(ACDSEE, "")),
        marks=marks or {},
    )


def photo(
    lists: Mapping[str, Sequence[str]] | None = None,
    texts: Mapping[str, str] | None = None,
    *sidecars: Document,
    format: Format = Format.JPEG,
    path: str = "/p/IMG.jpg",
    shared_with: Sequence[str] = (),
    marks: Mapping[str, str] | None = None,
) -> PhotoState:
    own = document(path, lists, texts, marks=marks)
    return PhotoState(own.path, format, (own, *sidecars), shared_with=tuple(map(Path, shared_with)))


def sidecar(
    path: str = "/p/IMG.xmp",
    lists: Mapping[str, Sequence[str]] | None = None,
    texts: Mapping[str, str] | None = None,
    *,
    role: Role = Role.SIDECAR,
    marks: Mapping[str, str] | None = None,
) -> Document:
    return document(path, lists, texts, role=role, marks=marks)


def words(*names: str | tuple[str, ...], caption: str | None = None, title: str | None = None) -> Proposal:
    """A proposal; ``A|B`` is a path."""
    paths = (name if isinstance(name, tuple) else tuple(name.split("|")) for name in names)
    return Proposal(tuple(Keyword(path) for path in paths), title=title, caption=caption)


def applied(state: PhotoState, plan: Plan) -> PhotoState:
    """The state after a writer did what the plan says."""
    documents = {document.path: document for document in state.documents}
    for target in plan.targets:
        before = documents.get(target.path)
        assert (before is None) == (target.fingerprint is None)
        lists, texts = dict(before.lists if before else _copied(state.embedded)), dict((before or state.embedded).texts)
        if before is None:
            texts = {tag: text for tag, text in texts.items() if tag.startswith("XMP-")}
        for change in target.lists:
            gone = set(change.remove)
            left = [value for value in lists.get(change.tag, ()) if value not in gone]
            lists[change.tag] = tuple(dict.fromkeys((*left, *change.add)))
        marks = dict((before or state.embedded).marks)
        for text in target.texts:
            if text.tag in MARK_TAGS:
                assert before is None or marks.get(text.tag) == text.old
                marks[text.tag] = text.new
                continue
            assert before is None or before.texts.get(text.tag) == text.old
            texts[text.tag] = text.new
        full = {tag: values for tag, values in lists.items() if values}
        documents[target.path] = document(
            str(target.path),
            full,
            {tag: text for tag, text in texts.items() if text},
            role=target.role,
            marks={tag: mark for tag, mark in marks.items() if mark},
        )
    return replace(state, documents=tuple(documents.values()))


def _copied(embedded: Document) -> dict[str, tuple[str, ...]]:
    """What a new sidecar takes along: the photo's XMP, and IPTC keywords as dc:subject."""
    lists = {tag: values for tag, values in embedded.lists.items() if tag.startswith("XMP-")}
    if IPTC in embedded.lists:
        lists[DC] = tuple(dict.fromkeys((*lists.get(DC, ()), *embedded.lists[IPTC])))
    return lists


def run(
    state: PhotoState, proposal: Proposal, base: Written | None = None, options: PlanOptions | None = None
) -> tuple[PhotoState, Plan]:
    plan = make_plan(state, proposal, base, options)
    return applied(state, plan), plan


def held(document: Document, tag: str) -> set[tuple[str, ...]]:
    """The keywords of one list, as they compare."""
    return entries(KINDS[tag], document.lists.get(tag, ()))
