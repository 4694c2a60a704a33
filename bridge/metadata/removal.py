"""A plan that takes away what runs of ours wrote, and nothing else: by the rules of the merge. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bridge.metadata._merge_marks import flags_of, mark_of, said_of, stands_alone, take_away
from bridge.metadata._merge_texts import is_ours, texts_of
from bridge.metadata._merge_words import Merged, everything_of, look_back, may_go
from bridge.metadata._targets import Target, targets_of
from bridge.metadata.keywords import Words, words_of
from bridge.metadata.limits import blank, cut
from bridge.metadata.marks import KINDS as MARK_KINDS
from bridge.metadata.marks import Mark
from bridge.metadata.merge import change_words, removed_by
from bridge.metadata.plan import KeywordPath, Plan, PlanOptions, TargetPlan, TextChange
from bridge.metadata.state import Document, PhotoState, Role
from bridge.metadata.texts import ALT_TEXT, CAPTION, TITLE, TextKind
from bridge.values import Dropped, Field, Written
from bridge.words import Key, key

KINDS = {Field.TITLE: TITLE, Field.CAPTION: CAPTION, Field.ALT_TEXT: ALT_TEXT}
MARKS = {kind.field: kind for kind in MARK_KINDS}


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to go from one photo, as far as it is ours still."""

    keywords: tuple[KeywordPath, ...] = ()
    texts: Mapping[Field, str | None] = field(default_factory=dict)
    """What takes the place of a text or mark of ours; None: nothing does."""
    ours_again: frozenset[Field] = frozenset()
    """Where that is of an earlier run of ours; else it is the person's."""
    elsewhere: frozenset[Key] = frozenset()
    """Keywords that photos have which share a sidecar with this one: there they stay."""
    interrupted: bool = False
    """A crash has cut it short: what is gone from some lists already was taken away by us."""


def make_removal(state: PhotoState, removal: Removal, base: Written, options: PlanOptions | None = None) -> Plan:
    """What to write so that the photo says what it says now, without this. A person's words stay where they are, and
    no list gains a word. Raises MetadataRefused for a format that holds no metadata of ours."""
    options = options or PlanOptions()
    targets = [target for target in targets_of(state, options) if target.document is not None]
    documents = [*state.sidecars, state.embedded, *(d for d in state.documents if d.role is Role.DARKTABLE)]
    words, written = _words(removal, base, targets, documents)
    texts = {name: new for name, new in removal.texts.items() if _unchanged(name, base, documents)}
    gone: set[Field] = set()
    plans = []
    for target in targets:
        lists, fields = change_words(*_in_this_file(target, words, removal.elsewhere))
        for name, new in texts.items():
            changed = list(_text(target, name, base, new))
            gone |= {name} if changed else set()
            fields += changed
        plans.append(
            TargetPlan(target.path, target.role, target.fingerprint, tuple(lists), tuple(fields), target.iptc_charset)
        )
    changes = tuple(plan for plan in plans if plan.lists or plan.texts)
    removed = tuple(removed_by(words, changes))
    return Plan(
        photo=state.photo,
        format=state.format,
        removed=removed,
        dropped=tuple(_dropped(words, removed, removal.elsewhere)),
        title=texts.get(Field.TITLE),
        caption=texts.get(Field.CAPTION),
        alt_text=texts.get(Field.ALT_TEXT),
        flags=flags_of({name: _mark(name, new) for name, new in texts.items() if name in MARKS}),
        targets=changes,
        written=_left(written, removal, texts, gone),
        keep_times=options.keep_times,
        fingerprints=tuple((document.path, document.fingerprint) for document in state.documents),
        gives_way={name.value: old for name in texts if name in gone and (old := _of(base, name))},
    )


def _dropped(words: Merged, removed: Sequence[KeywordPath], elsewhere: frozenset[Key]) -> Iterator[Dropped]:
    """What stays in a sidecar that another photo shares, and was nowhere else."""
    for word, path in words.goes.items():
        if word in elsewhere and path not in removed:
            yield Dropped(" > ".join(path), "shared_sidecar")


def _left(written: Written, removal: Removal, texts: Mapping[Field, str | None], gone: Collection[Field]) -> Written:
    """Of a text that a person took away it is remembered that it was ours: it does not come back."""
    left: dict[str, Any] = {}
    marks = {name: mark_of(written.flags, name) for name in MARKS}
    for name in removal.texts:
        if name in texts and name not in gone:
            continue
        new = texts[name] if name in texts and name in removal.ours_again else None
        if name in MARKS:
            marks[name] = _mark(name, new)
        else:
            left[name.value] = new
    return replace(written, flags=flags_of(marks), **left)


def says(state: PhotoState, name: Field, value: str) -> bool:
    """Whether a photo's files say a keyword (``A|B``), a text or a mark of ours now."""
    if name is Field.KEYWORD:
        return words_of(state.documents).find(tuple(value.split("|"))) is not None
    if name in MARKS:
        return any(mark == _mark(name, value) for mark in said_of(MARKS[name], state.documents))
    kind = KINDS[name]
    return any(is_ours(kind, text, value) for document in state.documents for text in texts_of(kind, document))


def _words(
    removal: Removal, base: Written, targets: Sequence[Target], documents: Sequence[Document]
) -> tuple[Merged, Written]:
    """What goes from the lists, and the record that is left."""
    wanted = set(map(key, removal.keywords))
    ours = {key(path): path for path in base.keywords if key(path) in wanted}
    history = look_back(base, targets, documents)
    taken = {word: path for word, path in history.rejected.items() if word in ours}
    goes = {word: path for word, path in {**history.standing, **history.moved}.items() if word in ours} | taken
    own_flat = {word[0] for word in (*map(key, base.others), *history.standing) if len(word) == 1}
    own_flat -= {word[0] for word in goes if len(word) == 1}
    left = everything_of(targets, documents, {}, history, own_flat).without(goes, own_flat)
    rejected = () if removal.interrupted else tuple(taken.values())
    written = replace(
        base,
        keywords=tuple(path for path in base.keywords if key(path) not in ours),
        rejected=tuple({key(path): path for path in (*base.rejected, *rejected)}.values()),
        typed=(),
    )
    merged = Merged(Words(), (), (), (), goes, left.names() | own_flat, history.withheld.keys(), written, ())
    return merged, written


def _in_this_file(target: Target, words: Merged, elsewhere: frozenset[Key]) -> tuple[Target, Merged]:
    """A file that another photo shares loses what no photo has that shares it, and what was taken away there."""
    if not target.shared:
        return target, words
    goes = {word: path for word, path in words.goes.items() if word not in elsewhere or may_go(target, path)}
    return replace(target, shared=False), replace(words, goes=goes)


def _unchanged(name: Field, base: Written, documents: Sequence[Document]) -> bool:
    """Whether our text stands as we wrote it wherever hosts look first."""
    if name in MARKS:
        mark = mark_of(base.flags, name)
        return mark is not None and stands_alone(MARKS[name], mark, documents)
    kind, ours = KINDS[name], _of(base, name)
    main = [document.texts.get(tag) for document in documents for tag in (kind.xmp, kind.iptc or "")]
    return ours is not None and all(is_ours(kind, value, ours) for value in main if value and not blank(value))


def _text(target: Target, name: Field, base: Written, new: str | None) -> Iterator[TextChange]:
    assert target.document is not None
    if name in MARKS:
        mark = mark_of(base.flags, name)
        assert mark is not None
        yield from take_away(target, MARKS[name], mark, _mark(name, new))
        return
    kind, ours = KINDS[name], _of(base, name)
    for tag in (kind.xmp, kind.iptc, *kind.others):
        now = target.document.texts.get(tag or "")
        if tag is not None and now is not None and not blank(now) and is_ours(kind, now, ours):
            yield TextChange(tag, now, _fitting(kind, tag, new or ""))


def _fitting(kind: TextKind, tag: str, text: str) -> str:
    return cut(text, kind.limit) if tag == kind.iptc else text


def _mark(name: Field, text: str | None) -> Mark | None:
    """A mark from a claim's words."""
    return text if text is None or name is Field.LABEL else int(text)


def _of(base: Written, name: Field) -> str | None:
    if name in MARKS:
        return base.flags.said(name)
    text: str | None = getattr(base, name.value)
    return text
