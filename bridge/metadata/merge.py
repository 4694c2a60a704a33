"""The three-way merge: what we last wrote, what is there now, what is proposed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bridge.metadata._acdsee import changed
from bridge.metadata._merge_texts import MergedText, change_texts, merge_text
from bridge.metadata._merge_words import Merged, change_list, merge_words
from bridge.metadata._notes import warnings_of
from bridge.metadata._targets import Target, targets_of
from bridge.metadata.keywords import ACDSEE_TREE, LISTS, WINDOWS, entries, entry_key, to_path, words_of
from bridge.metadata.plan import KeywordPath, ListChange, Plan, PlanOptions, TargetPlan, TextChange
from bridge.metadata.state import PhotoState, Role
from bridge.metadata.texts import ALT_TEXT, CAPTION, TITLE
from bridge.values import Proposal, Written

_KINDS = {kind.tag: kind for kind in LISTS}


def make_plan(
    state: PhotoState, proposal: Proposal, base: Written | None = None, options: PlanOptions | None = None
) -> Plan:
    """What to write so that the photo says what it says now and what is proposed. Reads and writes nothing.

    Raises MetadataRefused for a format that holds no metadata of ours (video, unknown).
    """
    base = base or Written()
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
    )
    documents += told
    texts = [
        merge_text(TITLE, proposal.title, base.title, documents, renew=options.replace),
        merge_text(CAPTION, proposal.caption, base.caption, documents, renew=options.replace),
        merge_text(ALT_TEXT, proposal.alt_text, base.alt_text, documents, renew=options.replace),
    ]
    # A sidecar is made for something of ours only.
    needed = bool(words.added) or any(text.new is not None for text in texts)
    targets = [target for target in targets if target.document is not None or needed]
    sync = bool(proposal.keywords)
    plans = [_target(target, words if sync else None, texts, state) for target in targets]
    changes = [plan for plan in plans if plan.lists or plan.texts]
    title, caption, alt_text = (text.new if _changes(text, changes) else None for text in texts)
    lists = _carriers(targets, plans, base) if sync else base.lists
    gives_way = {
        text.kind.name.replace(" ", "_"): text.present for text in texts if _changes(text, changes) and text.present
    }
    return Plan(
        photo=state.photo,
        format=state.format,
        added=words.added,
        kept=words.kept,
        dropped=words.dropped,
        removed=tuple(removed_by(words, changes)),
        title=title,
        caption=caption,
        alt_text=alt_text,
        targets=tuple(changes),
        warnings=tuple(dict.fromkeys((*words.warnings, *warnings_of(state, changes, texts)))),
        written=replace(
            words.written, title=texts[0].base, caption=texts[1].base, alt_text=texts[2].base, lists=tuple(lists)
        ),
        keep_times=options.keep_times,
        fingerprints=tuple((document.path, document.fingerprint) for document in state.documents),
        gives_way=gives_way,
    )


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


def _target(target: Target, words: Merged | None, texts: Sequence[MergedText], state: PhotoState) -> TargetPlan:
    lists, fields = ([], []) if words is None else change_words(target, words)
    for text in texts:
        fields += change_texts(target, text)
    return TargetPlan(
        path=target.path,
        role=target.role,
        fingerprint=target.fingerprint,
        lists=tuple(lists),
        texts=tuple(fields),
        iptc_charset=target.iptc_charset if target.document is not None else state.embedded.iptc_charset,
    )


def _as_text(old: str, change: ListChange) -> str:
    """A list that is held as one text, after a change."""
    if change.tag == WINDOWS.tag:
        values = [value for value in old.split(";") if value.strip() and value not in change.remove]
        return ";".join((*values, *change.add))
    return changed(
        old, (to_path(ACDSEE_TREE, value) for value in change.add), (tuple(v.split("|")) for v in change.remove)
    )


def _carriers(targets: Sequence[Target], plans: Sequence[TargetPlan], base: Written) -> Iterator[str]:
    """The lists that carry the photo's words once the plan is applied, and those that a host emptied."""
    for target, plan in zip(targets, plans, strict=True):
        grown = {change.tag for change in plan.lists if change.add} | {text.tag for text in plan.texts if text.new}
        for kind in target.kinds():
            name = f"{target.place} {kind.tag}"
            if any(target.values(kind)) or kind.tag in grown or name in base.lists:
                yield name


def _changes(text: MergedText, plans: Sequence[TargetPlan]) -> bool:
    return text.new is not None and any(change.tag == text.kind.xmp for plan in plans for change in plan.texts)


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
