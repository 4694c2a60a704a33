"""The merge for photos whose host applies it: a plan against what the host's catalogue says, as operations. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bridge.journal import HostWrite
from bridge.metadata._merge_marks import flags_of, mark_of, merge_marks
from bridge.metadata._merge_texts import merge_text
from bridge.metadata._merge_words import merge_words
from bridge.metadata._targets import Target
from bridge.metadata.chosen import as_theirs, asked_for
from bridge.metadata.keywords import LIGHTROOM, words_of
from bridge.metadata.marks import LABEL, PICK, RATING, Mark
from bridge.metadata.plan import KeywordPath
from bridge.metadata.state import Document, PhotoState, Role
from bridge.metadata.texts import ALT_TEXT, CAPTION, TITLE, TextKind
from bridge.values import Dropped, Field, Fingerprint, Flags, Known, Op, Operation, Proposal, Written
from bridge.words import Key, key

PLACE = "host"
NO_LABEL = "none"
_MARKS = ((Op.PICK, PICK, "XMP-xmpDM:Pick"), (Op.RATING, RATING, "XMP-xmp:Rating"), (Op.LABEL, LABEL, "XMP-xmp:Label"))
_TEXTS = ((Op.TITLE, TITLE), (Op.CAPTION, CAPTION), (Op.ALT_TEXT, ALT_TEXT))


@dataclass(frozen=True, slots=True)
class HostPlan:
    """What a host is to do to one photo."""

    operations: tuple[Operation, ...]
    added: tuple[KeywordPath, ...] = ()
    kept: tuple[KeywordPath, ...] = ()
    removed: tuple[KeywordPath, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    warnings: tuple[str, ...] = ()
    written: Written = field(default_factory=Written)
    """The base of the next run, once all operations are carried out."""
    flags: Flags = field(default_factory=Flags)
    """The marks that are set."""


def host_document(photo: Path, known: Known) -> Document:
    """A catalogue's words in the form of a file's, so that one merge serves both."""
    texts = {kind.xmp: value for op, kind in _TEXTS if (value := _text(known, op))}
    words = tuple(LIGHTROOM.separator.join(path) for path in known.keywords) if LIGHTROOM.separator else ()
    # That there is no flag says nothing: a catalogue may not have read the files yet.
    marks = {tag: str(mark) for op, _, tag in _MARKS if (mark := _field(known, op))}
    return Document(photo, Role.HOST, Fingerprint(0, 0, 0), {LIGHTROOM.tag: words} if words else {}, texts, marks=marks)


def plan_for_host(
    photo: Path,
    known: Known,
    proposal: Proposal,
    base: Written | None = None,
    *,
    replace_ours: bool = False,
    replace_flags: bool = False,
    unrated: Collection[int] = (),
) -> HostPlan:
    """What the host has to do so that the photo says what it says now and what is proposed.

    ``replace_flags``: a person's marks give way; ``unrated``: stars that the host gives by itself.
    """
    base = base or Written()
    base = asked_for(base, proposal.chosen)
    document = host_document(photo, known)
    target = Target(photo, Role.HOST, PLACE, document, document, iptc=False)
    words = merge_words(proposal.keywords, base, [target], [document], renew=replace_ours)
    there = {key(path): path for path in known.keywords}
    removed = tuple(there[word] for word in words.goes if word in there)
    operations = [Operation(Op.REMOVE, path=path) for path in removed]
    operations += [Operation(Op.ADD, path=path) for path in words.added]
    bases: dict[TextKind, str | None] = {}
    proposed = {TITLE: proposal.title, CAPTION: proposal.caption, ALT_TEXT: proposal.alt_text}
    standing = {TITLE: base.title, CAPTION: base.caption, ALT_TEXT: base.alt_text}
    for op, kind in _TEXTS:
        merged = merge_text(kind, proposed[kind], standing[kind], [document], renew=replace_ours)
        bases[kind] = merged.base
        old = _text(known, op)
        if merged.new is not None and not _alike(old, merged.new):
            operations.append(Operation(op, old=old, new=merged.new))
    marks = merge_marks(proposal.flags, base.flags, [document], renew=replace_ours, over=replace_flags, unrated=unrated)
    flags: dict[Field, Mark | None] = {}
    for (op, _, _), mark in zip(_MARKS, marks, strict=True):
        now = _field(known, op)
        if mark.new is not None and not _alike(now, mark.new):
            flags[mark.kind.field] = mark.new
            operations.append(Operation(op, old=now, new=mark.new))
    written = as_theirs(words.written, words.became(proposal.chosen))
    return HostPlan(
        operations=tuple(operations),
        added=words.added,
        kept=words.kept,
        removed=removed,
        dropped=(*words.dropped, *(drop for mark in marks for drop in mark.dropped)),
        warnings=(*words.warnings, *(warning for mark in marks for warning in mark.warning)),
        written=replace(
            written,
            title=bases[TITLE],
            caption=bases[CAPTION],
            alt_text=bases[ALT_TEXT],
            lists=(f"{PLACE} {LIGHTROOM.tag}",),
            flags=flags_of({mark.kind.field: mark.base for mark in marks}),
        ),
        flags=flags_of(flags),
    )


def standing(operations: Sequence[Operation], known: Known) -> tuple[int, ...]:
    """Which operations a catalogue looks as if they had been carried out; none, unless it is most of them.

    For a plan whose host never said what became of it. A person may have changed something since; but a word that
    stands alone may be a person's own, and what is taken for ours by mistake would go with an undo.
    """
    found = tuple(number for number, operation in enumerate(operations) if _stands(operation, known))
    return found if len(found) > 1 and 2 * len(found) > len(operations) else ()


def shows(state: PhotoState, known: Known, *, saved: bool = False) -> bool:
    """Whether a photo's files say what a catalogue says: its keywords and no others, its texts and its rating.

    ``saved``: the files were written since. What Lightroom saves flat holds the keywords above and the synonyms too, so
    that only its hierarchical list tells of words that the catalogue does not have.
    """
    words = words_of([*state.sidecars, state.embedded])
    saved = saved and any(document.lists.get(LIGHTROOM.tag) for document in state.documents)
    catalogue = {key(path) for path in known.keywords}
    names = {name for path in catalogue for name in path}
    if any(words.find(path) is None for path in known.keywords):
        return False
    for word in words.paths:
        flat = len(word) == 1 and (word[0] in names or (saved and word[0] not in words.rooted))
        if word not in catalogue and not flat:
            return False
    for op, kind in _TEXTS:
        said = next((value for d in (*state.sidecars, state.embedded) if (value := d.texts.get(kind.xmp))), None)
        if op is not Op.ALT_TEXT and not _alike(said, _text(known, op)):
            return False
    return _alike(_number(state.mark("XMP-xmp:Rating")), known.rating)


def confirmed(write: HostWrite, applied: Iterable[int]) -> Written:
    """The base of the next run, where the host carried out only some of the operations."""
    done = set(applied)
    missing = [operation for number, operation in enumerate(write.operations) if number not in done]
    not_added = {operation.path for operation in missing if operation.op is Op.ADD}
    not_removed = {operation.path for operation in missing if operation.op is Op.REMOVE}
    keywords = (
        *(path for path in write.written.keywords if path not in not_added),
        *(path for path in write.base.keywords if path in not_removed),
    )
    texts = {operation.op for operation in missing}
    return replace(
        write.written,
        keywords=keywords,
        others=tuple(path for path in write.written.others if path not in not_added),
        chosen=tuple(path for path in write.written.chosen if path not in not_added),
        title=write.base.title if Op.TITLE in texts else write.written.title,
        caption=write.base.caption if Op.CAPTION in texts else write.written.caption,
        alt_text=write.base.alt_text if Op.ALT_TEXT in texts else write.written.alt_text,
        flags=flags_of(
            {
                kind.field: mark_of(write.base.flags if op in texts else write.written.flags, kind.field)
                for op, kind, _ in _MARKS
            }
        ),
    )


def take_back(
    write: HostWrite, known: Known, later: Sequence[HostWrite], undone: Sequence[HostWrite]
) -> tuple[tuple[Operation, ...], tuple[str, ...]]:
    """What the host has to do to take one write back, and what stays, each with its reason.

    ``later``: writes to the same photo that came after it and stand; ``undone``: earlier ones that were taken back.
    What a person changed since stays as it is.
    """
    there = {key(path): path for path in known.keywords}
    claimed = {word for other in later for word in _claims(other)}
    refused = {key(path) for other in later for path in other.written.rejected}
    # A run that had nothing to do here has no undo: what it chose would stay for ever.
    chosen = {
        key(path)
        for other in later
        if other.operations
        for path in Counter(other.written.chosen) - Counter(other.base.chosen)
    }
    operations: list[Operation] = []
    left: list[str] = []
    for word, made in _put_there(write, undone).items():
        if word not in there:
            continue
        if word in chosen:
            left.append(f"{' > '.join(there[word])}: you chose it since")
        elif word in claimed:
            left.append(f"{' > '.join(there[word])}: a later run says it too")
        elif word in refused:
            left.append(f"{' > '.join(there[word])}: taken away and written again since")
        else:
            operations.append(Operation(Op.REMOVE, path=there[word], created=made))
    # What an earlier run had put there, and what was taken back since, does not come back by way of this one.
    gone = {key(path) for other in undone for path, _ in _additions(other)}
    for operation in _applied(write, Op.REMOVE):
        if operation.path and key(operation.path) not in {*there, *claimed, *gone}:
            operations.append(Operation(Op.ADD, path=operation.path))
    rewritten = {operation.op for other in later for _, operation in _done(other)}
    # What a later run found there was not ours any more.
    theirs = {op for op, kind, _ in _MARKS if any(mark_of(other.written.flags, kind.field) is None for other in later)}
    for _, operation in _done(write):
        if operation.op in (Op.ADD, Op.REMOVE):
            continue
        now, old = _field(known, operation.op), _before(operation, undone)
        if _alike(now, old):
            continue
        if operation.op in rewritten:
            left.append(f"{_name(operation.op)}: a later run wrote it")
        elif operation.op in theirs:
            left.append(f"{_name(operation.op)}: you set it since")
        elif not _alike(now, operation.new):
            left.append(f"{_name(operation.op)}: changed since")
        else:
            operations.append(Operation(operation.op, old=now, new=old))
    return tuple(operations), tuple(left)


def _put_there(write: HostWrite, undone: Sequence[HostWrite]) -> dict[Key, bool]:
    """The words that go with this write, and whether they were made in the host's tree for us: its own, and those of
    earlier writes that stayed, when these were taken back, because this one said them too."""
    words = {key(path): made for path, made in _additions(write)}
    # What is not among ours in its record went with their undo: a person has given it again.
    kept = {key(path) for path in write.kept} & {key(path) for path in write.written.keywords}
    for other in undone:
        words |= {key(path): made for path, made in _additions(other) if key(path) in kept}
    return words


def _additions(write: HostWrite) -> Iterator[tuple[KeywordPath, bool]]:
    for number, operation in _done(write):
        if operation.op is Op.ADD and operation.path:
            yield operation.path, number in write.created


def _claims(write: HostWrite) -> Iterator[Key]:
    yield from (key(operation.path) for _, operation in _done(write) if operation.path)
    yield from map(key, write.kept)


def _done(write: HostWrite) -> Iterator[tuple[int, Operation]]:
    for number in write.applied:
        yield number, write.operations[number]


def _applied(write: HostWrite, op: Op) -> Iterator[Operation]:
    yield from (operation for _, operation in _done(write) if operation.op is op)


def _before(operation: Operation, undone: Sequence[HostWrite]) -> str | int | None:
    """What stood there before our first run of those that are taken back."""
    old = operation.old
    for other in reversed(undone):
        for earlier in _applied(other, operation.op):
            if _alike(earlier.new, old):
                old = earlier.old
    return old


def _stands(operation: Operation, known: Known) -> bool:
    if operation.path is not None:
        is_there = key(operation.path) in {key(path) for path in known.keywords}
        return is_there is (operation.op is Op.ADD)
    return _alike(_field(known, operation.op), operation.new)


def _field(known: Known, op: Op) -> str | int | None:
    value: str | int | None = getattr(known, op.removesuffix(".set"))
    return None if op is Op.LABEL and value == NO_LABEL else value


def _text(known: Known, op: Op) -> str | None:
    value = _field(known, op)
    return value if isinstance(value, str) else None


def _number(text: str | None) -> int | None:
    try:
        return None if text is None else int(float(text))
    except ValueError:
        return None


def _alike(one: str | int | None, other: str | int | None) -> bool:
    """Programs trim texts, change their line ends, and say nothing for an empty one."""
    if isinstance(one, int) or isinstance(other, int):
        return (one or 0) == (other or 0)
    return (one or "").split() == (other or "").split()


def _name(op: Op) -> str:
    return op.removesuffix(".set").replace("_", " ")
