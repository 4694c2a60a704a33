"""Runs that a host applies: offers of operations, the host's word on them, and taking them back.

A plan is made when the host is about to write, against what the host says at that moment, and is stored before the
host is told. A plan of which the host never said what became of it is settled by what the host says the next time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bridge.codec import from_json
from bridge.errors import BridgeError, InvalidParams, NotFound, Refused
from bridge.hosts import HOSTS
from bridge.hosts.flags import marking_of
from bridge.jobs.claims import Origin, Source
from bridge.jobs.request import KINDS, PhotoResult, RunOptions
from bridge.jobs.tools import Tools
from bridge.jobs.writing import rejected
from bridge.journal import EntryState, HostWrite, place_of
from bridge.metadata import confirmed, plan_for_host, standing, take_back
from bridge.paths import shown
from bridge.store import ItemRow, JobRow, Outcome, Stage
from bridge.values import Known, Op, Operation, Proposal, Written


@dataclass(frozen=True, slots=True)
class HostPhoto:
    """One photo as a host names it, and what it says of it."""

    path: Path
    id: str = ""
    known: Known = field(default_factory=Known)
    proxy: str | None = None
    stamp: str | None = None
    """Of its files before it was asked to save them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a host is to do to one photo; without an id there is nothing to do."""

    photo: HostPhoto
    id: int | None = None
    operations: tuple[Operation, ...] = ()
    warnings: tuple[str, ...] = ()
    error: BridgeError | None = None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a host did of one offer: the places of the operations that it carried out (None: all)."""

    id: int
    applied: tuple[int, ...] | None = None
    created: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Draft:
    """An offer before it is stored."""

    offer: Offer
    write: HostWrite | None = None


class HostDesk:
    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._writes = tools.host_writes
        self._lock = threading.Lock()

    def plan(self, job: JobRow, photos: Sequence[HostPhoto]) -> list[Offer]:
        """What the host has to do so that its photos say what the run proposes: in the order of ``photos``."""
        options = options_of(job)
        with self._lock:
            return self._store([self._tried(photo, lambda p: self._draft(job, options, p)) for photo in photos])

    def plan_undo(self, job: str, host: str, photos: Sequence[HostPhoto]) -> list[Offer]:
        """What the host has to do so that its photos are as they were before the run, less what was changed since."""
        with self._lock:
            return self._store([self._tried(photo, lambda p: self._draft_undo(job, host, p)) for photo in photos])

    def confirm(self, confirmations: Sequence[Confirmation]) -> int:
        """Take the host's word. Saying it twice changes nothing. Raises NotFound, InvalidParams."""
        outcomes: list[Outcome] = []
        carried_out: list[tuple[HostWrite, Sequence[int]]] = []
        with self._lock:
            for said in confirmations:
                write = self._writes.get(said.id)
                if write.state in (EntryState.DONE, EntryState.UNDONE):
                    continue
                applied = range(len(write.operations)) if said.applied is None else said.applied
                if any(not 0 <= number < len(write.operations) for number in (*applied, *said.created)):
                    raise InvalidParams(f"The plan {said.id} has {len(write.operations)} operations, counted from 0.")
                done = tuple(sorted(set(applied)))
                outcomes.append(_outcome(write, done, said.created))
                carried_out.append((write, done))
            self._writes.settle(outcomes)
        for write, numbers in carried_out:
            self._tools.records.applied(write.photo, [write.operations[number] for number in numbers])
        return len(confirmations)

    # -- one photo ----------------------------------------------------------------------------------------------------

    def _tried(self, photo: HostPhoto, draft: Callable[[HostPhoto], _Draft]) -> _Draft:
        try:
            return draft(photo)
        except BridgeError as error:
            return _Draft(Offer(photo, error=error))

    def _draft(self, job: JobRow, options: RunOptions, photo: HostPhoto) -> _Draft:
        assert options.host is not None
        item = finished_item(self._tools, job.id, photo)
        result = from_json(PhotoResult, item.result or "")
        place = place_of(options.host, photo.path, photo.id)
        open_writes = self._settled(place, photo.known)
        base = self._writes.base(place)
        source = source_of(item, result, options)
        proposal = source.proposal
        plan = plan_for_host(
            photo.path,
            photo.known,
            proposal,
            base,
            replace_ours=options.replace,
            replace_flags=options.replace_flags,
            unrated=marking_of(options.host).unrated,
        )
        write = HostWrite(
            job=job.id,
            item=item.id,
            host=options.host,
            photo=photo.path,
            photo_id=photo.id,
            operations=plan.operations,
            kept=plan.kept,
            base=base or Written(),
            written=plan.written,
            claims=source.of_host(plan),
        )
        self._tools.rules.notice(source.origin.data_hash or place, rejected(base, plan.written))
        if not write.operations:
            self._drop(open_writes)
            # What a person took away is remembered although there is nothing to do. It keeps no word of an earlier run
            # from being taken back: nobody could take this one back afterwards.
            learned = replace(write, state=EntryState.DONE, kept=()) if plan.written != base else None
            return _Draft(Offer(photo, warnings=plan.warnings), learned)
        return self._offered(photo, write, open_writes, plan.warnings)

    def _draft_undo(self, job: str, host: str, photo: HostPhoto) -> _Draft:
        place = place_of(host, photo.path, photo.id)
        open_writes = self._settled(place, photo.known)
        history = self._writes.of_place(place)
        mine = [write for write in history if write.job == job and write.state is EntryState.DONE]
        operations: list[Operation] = []
        left: list[str] = []
        known = photo.known
        for write in reversed(mine):
            later = [w for w in history if w.id > write.id and w.state is EntryState.DONE and w.job != job]
            undone = [w for w in history if w.id < write.id and w.state is EntryState.UNDONE]
            back, stays = take_back(write, known, later, undone)
            operations += back
            left += stays
            known = _after(known, back)
        if not mine:
            self._drop(open_writes)
            return _Draft(Offer(photo))
        write = replace(
            mine[-1],
            operations=tuple(operations),
            kept=(),
            undoes=tuple(write.id for write in mine),
            applied=(),
            created=(),
            claims=(),
            state=EntryState.INTENT,
            id=0,
        )
        if not operations:
            self._drop(open_writes)
            (id,) = self._writes.intend([write])
            self._writes.settle([Outcome(id, ())])
            return _Draft(Offer(photo, warnings=tuple(left)))
        return self._offered(photo, write, open_writes, tuple(left))

    def _settled(self, place: str, known: Known) -> list[HostWrite]:
        """Settle what the host never spoke of. Returns what it did not do, as far as can be seen."""
        left: list[HostWrite] = []
        for write in self._writes.unsettled(place):
            if done := standing(write.operations, known):
                self._writes.settle([_outcome(write, done, ())])
            else:
                left.append(write)
        return left

    def _offered(
        self, photo: HostPhoto, write: HostWrite, open_writes: Sequence[HostWrite], warnings: tuple[str, ...]
    ) -> _Draft:
        """The offer that is open already, where it says the same; else a new one in its place."""
        same = [
            w for w in open_writes if (w.job, w.undoes, w.operations) == (write.job, write.undoes, write.operations)
        ]
        self._drop(other for other in open_writes if other not in same[:1])
        if same:
            return _Draft(Offer(photo, same[0].id, same[0].operations, warnings))
        return _Draft(Offer(photo, None, write.operations, warnings), write)

    def _drop(self, writes: Iterable[HostWrite]) -> None:
        if ids := [write.id for write in writes]:
            self._writes.drop(ids)

    def _store(self, drafts: Sequence[_Draft]) -> list[Offer]:
        """Store what is offered before the host hears of it."""
        ids = iter(self._writes.intend([draft.write for draft in drafts if draft.write is not None]))
        offers: list[Offer] = []
        for draft in drafts:
            id = None if draft.write is None else next(ids)
            offers.append(replace(draft.offer, id=id) if draft.offer.operations and id is not None else draft.offer)
        return offers


def options_of(job: JobRow) -> RunOptions:
    """Raises Refused for a run that no host applies."""
    options = RunOptions.model_validate_json(job.request) if job.kind in KINDS else RunOptions()
    if options.apply != "host":
        raise Refused(f"The run {job.id} is written by the daemon, not by the program that asked for it.")
    return options


def finished_item(tools: Tools, job: str, photo: HostPhoto) -> ItemRow:
    """The photo's item in a run. Raises NotFound, Refused where it has no proposal."""
    item = tools.jobs.find(job, photo.path, photo.id)
    if item is None:
        raise NotFound(f"{shown(photo.path)} is not in the run {job}.", hint="Start a run over it.")
    if item.stage is not Stage.DONE or item.result is None:
        raise Refused(f"{shown(photo.path)} has no result yet: it is {item.stage}.")
    return item


def source_of(item: ItemRow, result: PhotoResult, options: RunOptions) -> Source:
    """What a run says of a photo, in words that its host can hold."""
    assert options.host is not None
    origin = Origin(result.model or "") if item.origin is None else from_json(Origin, item.origin)
    return Source(origin, result.keywords, _held(result.proposal(), options.host), approved=options.host)


def _outcome(write: HostWrite, applied: tuple[int, ...], created: tuple[int, ...]) -> Outcome:
    made = tuple(number for number in created if number in applied and write.operations[number].op is Op.ADD)
    return Outcome(write.id, applied, made, confirmed(write, applied))


def _after(known: Known, operations: Sequence[Operation]) -> Known:
    """What the host will say once these are carried out."""
    for operation in operations:
        if operation.path is None:
            values: dict[str, Any] = {operation.op.removesuffix(".set"): operation.new}
            known = replace(known, **values)
        elif operation.op is Op.REMOVE:
            known = replace(known, keywords=tuple(path for path in known.keywords if path != operation.path))
        else:
            known = replace(known, keywords=(*known.keywords, operation.path))
    return known


def _held(proposal: Proposal, host: str) -> Proposal:
    """The words as their host can hold them: a plan is compared with what it says later."""
    words = (replace(word, path=HOSTS[host].keyword(word.path)) for word in proposal.keywords)
    return replace(proposal, keywords=tuple({word.path: word for word in words}.values()))
