"""Runs, a person's edits, lost confirmations and undos in every order, on one photo of a program's catalogue."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bridge.codec import to_json
from bridge.exiftool import ExifTool
from bridge.jobs.hosting import Confirmation, HostDesk, HostPhoto, Offer
from bridge.jobs.records import Records
from bridge.jobs.request import KeywordResult, PhotoResult, RunOptions
from bridge.store import HostWriteTable, JobTable, LibraryTable, NewItem, RuleTable, Stage, Store
from bridge.values import Flags, Known, Op

PHOTO = Path("/p/a.jpg")
MODEL = st.lists(
    st.sampled_from([("sea",), ("boat",), ("Nature", "Sky"), ("Nature", "Sea")]), unique=True, min_size=1, max_size=3
)
MOSTLY = st.sampled_from([True, True, True, False])
HAND = st.sampled_from([("Rome",), ("People", "Ann"), ("kept",)])
TEXT = st.sampled_from([None, "ours one", "ours two"])
FLAG = st.sampled_from([None, -1])
"""Ours; a person picks."""
TYPED = st.sampled_from([None, "typed", "typed again"])


class Campaign(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "bridge.db")
        self.jobs = JobTable(self.store)
        self.writes = HostWriteTable(self.store)
        tools = SimpleNamespace(
            jobs=self.jobs,
            host_writes=self.writes,
            rules=RuleTable(self.store),
            records=Records(LibraryTable(self.store), ExifTool()),
        )
        self.desk = HostDesk(cast(Any, tools))
        self.known = Known()
        self.by_hand: set[tuple[str, ...]] = set()
        self.typed: str | None = None
        """The caption, where a person wrote the last one."""
        self.picked = False
        """A person picked it."""
        self.unflagged = False
        """A person took our flag away."""
        self.rejected: set[tuple[str, ...]] = set()
        self.runs: list[str] = []
        self.said: dict[str, set[tuple[str, ...]]] = {}
        """What each run that did something said."""
        self.ours: set[tuple[str, ...]] = set()
        self.unsure = False
        """Something was edited while the host owed its word, or it owes it for one step alone: then ours may count as
        the person's, never the reverse."""

    def teardown(self) -> None:
        for job in reversed(self.runs):
            (offer,) = self.desk.plan_undo(job, "lightroom", [self.photo()])
            self.carry_out(offer, carried_out=True, confirm=True)
        self.what_a_person_wrote_is_there()
        assert self.unsure or set(self.known.keywords) == self.by_hand
        assert self.unsure or (self.known.pick or 0) == int(self.picked)
        self.store.close()
        self.folder.cleanup()

    @rule(words=MODEL, caption=TEXT, pick=FLAG, confirm=MOSTLY, carried_out=MOSTLY, renew=st.booleans())
    def a_run(
        self,
        words: list[tuple[str, ...]],
        caption: str | None,
        pick: int | None,
        confirm: bool,
        carried_out: bool,
        renew: bool,
    ) -> None:
        options = RunOptions(apply="host", host="lightroom", replace=renew)
        job = self.jobs.create("tag", options.model_dump_json())
        self.jobs.add(job, [NewItem(PHOTO, host_id="1")])
        (item,) = self.jobs.unfinished(job, 0, 1)
        proposed = tuple(KeywordResult(name=path[-1], path=path, score=0.9, source="x") for path in words)
        said = {"keywords": proposed, "caption": caption, "flags": Flags(pick=pick)}
        result = PhotoResult.model_validate({"path": "", "uri": "", "status": "done", "job": job, **said})
        self.jobs.finish(item.id, Stage.DONE, to_json(result))
        self.runs.append(job)
        (offer,) = self.desk.plan(self.jobs.get(job), [self.photo()])
        assert not {operation.path for operation in offer.operations if operation.op is Op.ADD} & self.rejected
        flagged = any(operation.op is Op.PICK for operation in offer.operations)
        assert not (flagged and (self.picked or (self.unflagged and not renew)))
        self.unflagged = self.unflagged and not flagged
        if renew and caption and any(operation.op is Op.CAPTION for operation in offer.operations) and carried_out:
            self.typed = None
        self.carry_out(offer, carried_out, confirm)
        if offer.id is not None and carried_out and confirm:
            self.said[job] = set(words)

    @rule(word=HAND)
    def a_person_adds(self, word: tuple[str, ...]) -> None:
        self.unsure = self.unsure or self.pending()
        self.by_hand.add(word)
        self.known = replace(self.known, keywords=tuple(dict.fromkeys((*self.known.keywords, word))))

    @precondition(lambda self: self.known.keywords)
    @rule(data=st.data())
    def a_person_removes(self, data: st.DataObject) -> None:
        word = data.draw(st.sampled_from(self.known.keywords))
        self.unsure = self.unsure or self.pending()
        self.by_hand.discard(word)
        if not self.unsure and word in self.ours:
            self.rejected.add(word)
        self.known = replace(self.known, keywords=tuple(path for path in self.known.keywords if path != word))

    @rule(text=TYPED)
    def a_person_writes_a_caption(self, text: str | None) -> None:
        self.unsure = self.unsure or self.pending()
        self.typed = text
        self.known = replace(self.known, caption=text)

    @rule(picked=st.booleans())
    def a_person_flags(self, picked: bool) -> None:
        self.unsure = self.unsure or self.pending()
        self.unflagged = not self.unsure and not picked and (self.unflagged or self.known.pick == -1)
        self.picked = picked
        self.known = replace(self.known, pick=int(picked))

    @precondition(lambda self: self.runs)
    @rule(data=st.data(), confirm=MOSTLY, carried_out=MOSTLY)
    def an_undo(self, data: st.DataObject, confirm: bool, carried_out: bool) -> None:
        job = data.draw(st.sampled_from(self.runs))
        (offer,) = self.desk.plan_undo(job, "lightroom", [self.photo()])
        # What a run wrote and was undone counts as never written, so nobody took it away either.
        self.rejected.clear()
        self.unflagged = False
        before = set(self.known.keywords)
        self.carry_out(offer, carried_out, confirm)
        self.said.pop(job, None)
        later = {word for run in self.runs[self.runs.index(job) :] for word in self.said.get(run, ())}
        names = {name.lower() for path in self.known.keywords for name in path}
        assert {word[-1].lower() for word in before & later} <= names

    @invariant()
    def what_a_person_wrote_is_there(self) -> None:
        assert self.by_hand <= set(self.known.keywords)
        if self.typed is not None:
            assert self.known.caption == self.typed
        if self.picked:
            assert self.known.pick == 1

    def photo(self) -> HostPhoto:
        return HostPhoto(PHOTO, "1", self.known)

    def pending(self) -> bool:
        return bool(self.writes.unsettled("lightroom 1"))

    def carry_out(self, offer: Offer, carried_out: bool, confirm: bool) -> None:
        assert offer.error is None
        applied = []
        for number, operation in enumerate(offer.operations if carried_out else ()):
            path = operation.path
            if operation.op is Op.ADD and path and path not in self.known.keywords:
                self.known = replace(self.known, keywords=(*self.known.keywords, path))
                self.ours.add(path)
            elif operation.op is Op.REMOVE and path in self.known.keywords:
                assert path not in self.by_hand
                self.known = replace(self.known, keywords=tuple(p for p in self.known.keywords if p != path))
            elif operation.op is Op.CAPTION and (self.known.caption or None) == operation.old:
                self.known = replace(self.known, caption=operation.new)
            elif operation.op is Op.PICK and (self.known.pick or 0) == (operation.old or 0):
                self.known = replace(self.known, pick=cast(int | None, operation.new))
            else:
                continue
            applied.append(number)
        if len(applied) == 1 and not confirm:
            self.unsure = True
        if confirm and offer.id is not None:
            self.desk.confirm([Confirmation(offer.id, tuple(applied))])


Campaign.TestCase.settings = settings(max_examples=60, stateful_step_count=14, deadline=None)
TestCampaign = Campaign.TestCase
