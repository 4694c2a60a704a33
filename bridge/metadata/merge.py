"""The three-way merge: what we last wrote, what is there now, what is proposed. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bridge.metadata._acdsee import changed
from bridge.metadata._merge_marks import MergedMark, change_marks, flags_of, merge_marks, said_again
from bridge.metadata._merge_texts import MergedText, change_texts, merge_text, merge_typed, text_of
from bridge.metadata._merge_words import Merged, change_list, may_go, merge_words
from bridge.metadata._notes import warnings_of
from bridge.metadata._sidecars import shares_name
from bridge.metadata._targets import IN_PHOTO, Target, targets_of
from bridge.metadata.chosen import as_theirs, asked_for
from bridge.metadata.keywords import ACDSEE_TREE, LISTS, WINDOWS, entries, entry_key, to_path, words_of
from bridge.metadata.plan import KeywordPath, ListChange, Plan, PlanOptions, TargetPlan, TextChange
from bridge.metadata.state import Document, PhotoState, Role
from bridge.metadata.texts import ALT_TEXT, CAPTION, TITLE, TextKind
from bridge.paths import shown
from bridge.values import Flags, Format, Proposal, Written
from bridge.words import key

CHANGED_SINCE = "The {} was changed since you saw it: what the photo says now stays."
ANOTHER_STAYS = "Another {} that stands in another field stays there: “{}”."
STAYS_SHARED = "“{}” stays in {}, which belongs to another photo too."
NOT_ITS_OWN = "Its only sidecar belongs to another photo of its name too: a mark there would be that one's."
_KINDS = {kind.tag: kind for kind in LISTS}


def make_plan(
    state: PhotoState, proposal: Proposal, base: Written | None = None, options: PlanOptions | None = None
) -> Plan:
    """What to write so that the photo says what it says now and what is proposed. Reads and writes nothing.

    Raises MetadataRefused for a format that holds no metadata of ours (video, unknown).
    """
    base = base or Written()
    base = asked_for(base, proposal.chosen)
    options = options or PlanOptions()
    targets = targets_of(state, options)
    # As hosts read them: a sidecar before the photo, darktable's last.
    documents = [*state.sidecars, state.embedded, *(d for d in state.documents if d.role is Role.DARKTABLE)]
    told = [] if state.host is None else [state.host]
    words = merge_words(
        proposal.keywords,
        base,
        targets,
        documents,
        renew=options.replace,
        elsewhere=words_of(told),
        flat_stays=options.flat_stays,
        refused=proposal.refused,
    )
    documents += told
    texts = [_text(kind, proposal, base, documents, options) for kind in (TITLE, CAPTION, ALT_TEXT)]
    markable = any(_holds_marks(target, state) for target in targets)
    wanted = proposal.flags if markable else Flags()
    marks = merge_marks(wanted, base.flags, documents, renew=options.replace, over=options.replace_flags)
    # A sidecar is made for something of ours only.
    needed = bool(words.added) or any(text.new is not None for text in texts)
    needed |= any(mark.new is not None for mark in marks)
    targets = [target for target in targets if target.document is not None or needed]
    sync = not words.alone
    plans = [_target(target, words if sync else None, texts, marks, state, options) for target in targets]
    changes = [plan for plan in plans if plan.lists or plan.texts]
    title, caption, alt_text = (text.new if _changes(text, changes) else None for text in texts)
    lists = tuple(_carriers(targets, plans, base, words.written)) if sync else base.lists
    made = _made(targets, plans, base) if sync else base.made
    gives_way = {text.kind.field.value: text.present for text in texts if _changes(text, changes) and text.present}
    flags = {merged.kind.field: merged.new for merged in marks if _marks(merged, changes)}
    gives_way |= {m.kind.field.value: str(m.before) for m in marks if m.kind.field in flags and m.before is not None}
    chosen = words.became(proposal.chosen)
    written = as_theirs(words.written, chosen)
    said = [warning for merged in marks for warning in merged.warning]
    said += [
        STAYS_SHARED.format(" > ".join(path), shown(Path(target.path.name)))
        for target in targets
        for path in words.taken
        if not may_go(target, path)
    ]
    said += [CHANGED_SINCE.format(text.kind.name) for text in texts if text.changed]
    said += [ANOTHER_STAYS.format(text.kind.name, value) for text in texts for value in dict.fromkeys(text.stay)]
    said += [NOT_ITS_OWN] * (wanted != proposal.flags)
    return Plan(
        photo=state.photo,
        format=state.format,
        added=words.added,
        kept=words.kept,
        dropped=(*words.dropped, *(drop for merged in marks for drop in merged.dropped)),
        removed=tuple(removed_by(words, changes)),
        title=title,
        caption=caption,
        alt_text=alt_text,
        targets=tuple(changes),
        noted=tuple(_noted(targets, plans, chosen)),
        warnings=tuple(dict.fromkeys((*words.warnings, *said, *warnings_of(state, changes, texts)))),
        written=replace(
            written,
            title=texts[0].base,
            caption=texts[1].base,
            alt_text=texts[2].base,
            lists=lists,
            made=tuple(made),
            flags=flags_of({merged.kind.field: merged.base for merged in marks}),
            typed=tuple(text.kind.field for text in texts if text.typed),
        ),
        keep_times=options.keep_times,
        fingerprints=tuple((document.path, document.fingerprint) for document in state.documents),
        gives_way=gives_way,
        flags=flags_of(flags),
        present={text.kind.field.value: text.present for text in texts if text.present is not None},
    )


def _text(
    kind: TextKind, proposal: Proposal, base: Written, documents: Sequence[Document], options: PlanOptions
) -> MergedText:
    proposed, ours = text_of(proposal, kind), text_of(base, kind)
    if kind.field in proposal.typed:
        return merge_typed(kind, proposed, proposal.typed[kind.field], ours, documents)
    return merge_text(kind, proposed, ours, documents, renew=options.replace)


def change_words(target: Target, words: Merged) -> tuple[list[ListChange], list[TextChange]]:
    """What the keyword lists of one file gain and lose; some files hold a list as one text."""
    lists: list[ListChange] = []
    fields: list[TextChange] = []
    for kind in target.kinds():
        change = change_list(target, kind, words)
        if not change.add and not change.remove:
            continue
        if kind.text:
            old = target.source.texts[kind.tag]
            fields.append(TextChange(kind.tag, None if target.document is None else old, _as_text(old, change)))
        else:
            lists.append(change)
    return lists, fields


def _target(
    target: Target,
    words: Merged | None,
    texts: Sequence[MergedText],
    marks: Sequence[MergedMark],
    state: PhotoState,
    options: PlanOptions,
) -> TargetPlan:
    lists, fields = ([], []) if words is None else change_words(target, words)
    for text in texts:
        fields += change_texts(target, text)
    if _holds_marks(target, state):
        for mark in marks:
            fields += change_marks(target, mark, options.mark_tags)
        if lists or fields:
            fields += (again for mark in marks for again in said_again(target, mark))
    return TargetPlan(
        path=target.path,
        role=target.role,
        fingerprint=target.fingerprint,
        lists=tuple(lists),
        texts=tuple(fields),
        iptc_charset=target.iptc_charset if target.document is not None else state.embedded.iptc_charset,
    )


def _holds_marks(target: Target, state: PhotoState) -> bool:
    """``IMG.xmp`` is the RAW's where both are called IMG: what is said there of its JPEG would be said of the RAW."""
    its_own = state.format is Format.RAW or target.path.suffix.lower() != ".xmp"
    return its_own or not state.shared_with or not shares_name(target.path, state.photo)


def _as_text(old: str, change: ListChange) -> str:
    """A list that is held as one text, after a change."""
    if change.tag == WINDOWS.tag:
        values = [value for value in old.split(";") if value.strip() and value not in change.remove]
        return ";".join((*values, *change.add))
    return changed(
        old, (to_path(ACDSEE_TREE, value) for value in change.add), (tuple(v.split("|")) for v in change.remove)
    )


def _carriers(targets: Sequence[Target], plans: Sequence[TargetPlan], base: Written, written: Written) -> Iterator[str]:
    """The lists that carry the photo's words once the plan is applied, and those that a host emptied."""
    then = base.lists or ()
    if not any(target.role is Role.PHOTO for target in targets):
        # The original is only read: its lists carry what they did, which is all as long as there is no new word.
        known = set(map(key, (*base.keywords, *base.others)))
        if all(key(path) in known for path in (*written.keywords, *written.others)):
            yield from (name for name in then if name.startswith(IN_PHOTO))
    for target, plan in zip(targets, plans, strict=True):
        grown = {change.tag for change in plan.lists if change.add} | {text.tag for text in plan.texts if text.new}
        for kind in target.kinds():
            name = target.name(kind)
            if any(target.values(kind)) or kind.tag in grown or name in then:
                yield name


def _made(targets: Sequence[Target], plans: Sequence[TargetPlan], base: Written) -> Iterator[str]:
    """The lists that are there by runs of ours alone, once the plan is applied."""
    looked_at = {target.name(kind) for target in targets for kind in LISTS}
    yield from (name for name in base.made if name not in looked_at)
    for target, plan in zip(targets, plans, strict=True):
        made = {change.tag for change in plan.lists if change.ours and change.add}
        for kind in target.kinds():
            name = target.name(kind)
            if kind.tag in made or (name in base.made and any(target.values(kind))):
                yield name


def _noted(
    targets: Sequence[Target], plans: Sequence[TargetPlan], chosen: Collection[KeywordPath]
) -> Iterator[TargetPlan]:
    """The files that are not written and have a word already that a person chose."""
    for target, plan in zip(targets, plans, strict=True):
        if chosen and target.document is not None and not plan.lists and not plan.texts:
            words = words_of([target.document])
            if any(words.find(path) for path in chosen):
                yield plan


def _changes(text: MergedText, plans: Sequence[TargetPlan]) -> bool:
    return text.new is not None and any(change.tag == text.kind.xmp for plan in plans for change in plan.texts)


def _marks(merged: MergedMark, plans: Sequence[TargetPlan]) -> bool:
    """Whether a plan writes it anywhere anew."""
    tags = {tag.tag for tag in merged.kind.tags}
    changed = (text for plan in plans for text in plan.texts if text.tag in tags and text.old != text.new)
    return merged.new is not None and any(changed)


def removed_by(words: Merged, plans: Sequence[TargetPlan]) -> Iterator[KeywordPath]:
    """What leaves at least one list of a file that is there."""
    left = [
        (kind, entries(kind, change.remove))
        for plan in plans
        if plan.fingerprint is not None
        for change in plan.lists
        if change.remove and (kind := _KINDS[change.tag])
    ]
    yield from (path for path in words.goes.values() if any(entry_key(kind, path) in gone for kind, gone in left))
