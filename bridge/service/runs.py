"""Runs over photos: begun, written after they were only shown, taken back. Every part that begins one does it here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from bridge.errors import BridgeError, HostApplied, InvalidParams, NotFound, Refused
from bridge.hosts import HOSTS
from bridge.jobs.keywording import keyword_path
from bridge.jobs.matching import pair_with_originals
from bridge.jobs.placing import placed, who_sees
from bridge.jobs.request import PERSON, Placed, RunOptions, UndoRequest
from bridge.jobs.runner import Runner
from bridge.jobs.tools import Tools
from bridge.paths import canonical, shown
from bridge.photos import find_photos, glance
from bridge.service.passes import PassService
from bridge.service.places import photos_at
from bridge.service.replies import Submitted
from bridge.service.styles import StyleService
from bridge.store import JobRow, JobState, NewItem, Stage
from bridge.taggers import Choice
from bridge.values import Policy

SESSION_IDLE_SECONDS = 60.0
"""A host that submits photo by photo has one run until it was idle for so long."""
ChooseModel = Callable[[RunOptions], Choice]
"""The model that a run gets; raises what is wrong with the request."""


class RunService:
    def __init__(
        self, tools: Tools, runner: Runner, choose_model: ChooseModel, styles: StyleService, passes: PassService
    ) -> None:
        self._tools = tools
        self._jobs = tools.jobs
        self._runner = runner
        self._choose_model = choose_model
        self._styles = styles
        self._passes = passes
        self._joining = threading.Lock()

    def analyze(
        self,
        places: Sequence[Path],
        options: RunOptions,
        *,
        recursive: bool = False,
        exclude: Sequence[str] = (),
        originals: Sequence[Path] = (),
        session: str | None = None,
    ) -> Submitted:
        """Start a tagging run over files and folders, or add them to the session's run. Over folders it is a pass.

        Raises NoCaptionModel, ModelMissing, PromptInvalid, MixedPass, VolumeSlow … before anything is stored.
        """
        self.must_answer((*places, *originals))
        options, choice = self.fixed(options, originals or places)
        scopes = self._passes.scopes(originals or places, recursive=recursive, want=options.want)
        settings, mixed = self._passes.admit(scopes, options)
        found = photos_at(places, recursive=recursive, exclude=exclude)
        pairs: list[tuple[Path, Path | None]] = [(path, None) for path in found]
        unmatched: tuple[str, ...] = ()
        if originals:
            for place in originals:
                if not place.exists():
                    raise InvalidParams(
                        f"There is nothing at {shown(place)}.",
                        hint="Name the originals or their folder: --for ORIGINALS",
                    )
            there = list(find_photos(originals, recursive=recursive, exclude=exclude))
            pairs, unmatched = pair_with_originals(found, there, _captured)
        if not scopes:
            mixed = self._passes.note([path for path, _ in pairs], options)
        return self._submit(
            options,
            choice,
            [NewItem(*pair) for pair in pairs],
            session,
            record=lambda job: self._passes.record(scopes, settings, job),
            unmatched=unmatched,
            warnings=(*mixed, *self._elsewhere(options)),
        )

    def analyze_items(self, items: Sequence[NewItem], options: RunOptions, *, session: str | None = None) -> Submitted:
        """The same for single photos of a host, with what the host says of each."""
        paths = [item.path for item in items]
        self.must_answer(path.parent for path in paths)
        # A session may go on in other folders: it has their guides as well, so that it stays one run.
        options, choice = self.fixed(options, None if session else paths)
        mixed = self._passes.note(paths, options)
        return self._submit(options, choice, items, session, warnings=(*mixed, *self._elsewhere(options)))

    def must_answer(self, places: Iterable[Path]) -> None:
        """Wait for drives that sleep, and not for ever. Raises VolumeSlow."""
        self._tools.drives.must_answer(places, self._tools.settings.drive_timeout_s)

    def keyword(
        self, keyword: str, items: Sequence[NewItem], options: RunOptions, *, session: str | None = None
    ) -> Submitted:
        """Add one keyword, ``A|B`` for a hierarchy, to photos: a run in which no model is asked.

        Raises InvalidParams where it is no keyword.
        """
        path = keyword_path(keyword)
        chosen = options.model_copy(update={"keyword": "|".join(path), "model": PERSON})
        return self._submit(chosen, Choice(PERSON, "You chose the keyword."), items, session, kind="keyword")

    def fixed(self, options: RunOptions, places: Sequence[Path] | None) -> tuple[RunOptions, Choice]:
        """The request with the guides of these places, and everything else that settings say now; and the model.

        Raises as ``analyze`` does.
        """
        return self._chosen(self._styles.fixed(options, places))

    def _chosen(self, options: RunOptions) -> tuple[RunOptions, Choice]:
        """The request with everything fixed that settings and the active vocabulary say now, and the model."""
        if options.under is not None and (not options.under.strip() or "|" in options.under):
            raise InvalidParams(
                f"{options.under!r} is no parent keyword.", hint="Name one, without |, as in: --under AI"
            )
        if options.keyword is not None:
            raise InvalidParams("A keyword of your own is added by photos.keyword.")
        active = None if options.no_vocabulary else self._tools.vocabularies.active()
        if options.vocabulary is None and active is not None and options.under is None:
            options = options.model_copy(update={"vocabulary": active.content.hash})
        own = options.vocabulary or (options.tree if options.vocab_policy is Policy.ONLY else None)
        if own is None and options.vocab_policy is not Policy.PREFER:
            raise InvalidParams(
                f"With {options.vocab_policy} there has to be a vocabulary.",
                hint="Name one: --vocab FILE, or import one: photo-bridge vocabulary import FILE --name NAME",
            )
        if options.vocabulary is not None and self._tools.vocabularies.by_hash(options.vocabulary) is None:
            raise NotFound("That keyword list is not known here.", hint="Send it by vocabulary.import first.")
        options = placed(options, self._tools.settings)
        choice = self._choose_model(options)
        return options.model_copy(update={"model": choice.name}), choice

    def _elsewhere(self, options: RunOptions) -> tuple[str, ...]:
        """What is otherwise in a run on a cluster."""
        told = who_sees(options)
        if told and self._tools.settings.index_while_tagging:
            told += ("Search does not see its photos meanwhile. Afterwards: photo-bridge index PHOTOS",)
        return told

    def _submit(
        self,
        options: RunOptions,
        choice: Choice,
        items: Sequence[NewItem],
        session: str | None,
        *,
        record: Callable[[str], None] = lambda _: None,
        kind: str = "tag",
        **told: Any,
    ) -> Submitted:
        """``begin`` with the model that was chosen, and why."""
        request = options.model_dump_json()
        return self.begin(
            kind, request, items, model=choice.name, session=session, record=record, why=choice.why, **told
        )

    def begin(
        self,
        kind: str,
        request: str,
        items: Sequence[NewItem],
        *,
        model: str,
        session: str | None = None,
        record: Callable[[str], None] = lambda _: None,
        **told: Any,
    ) -> Submitted:
        """A run, or more photos for the session's run. ``record`` is called with it before it begins; ``told`` goes
        into the reply."""
        with self._joining:
            job = self._job_for(request, session, kind)
            record(job)
            added = self._jobs.add(job, items)
        self._jobs.set_model(job, model)
        self._runner.kick(job)
        return Submitted(job=job, photos=added, model=model, **told)

    def language_model(self, name: str, where: Placed) -> str:
        """The full name of a model there that can say more than keywords. Raises NoCaptionModel, ModelMissing …"""
        asked = RunOptions(model=name, want="caption", engine=where.engine, address=where.address)
        return self._choose_model(asked).name

    def _job_for(self, text: str, session: str | None, kind: str) -> str:
        if session is not None:
            open_job = self._jobs.of_session(session, time.time() - SESSION_IDLE_SECONDS)
            same = open_job is not None and (open_job.kind, open_job.request) == (kind, text)
            if open_job is not None and same and not self._jobs.displaced(open_job.id):
                return open_job.id
        return self._jobs.create(kind, text, session=session)

    def write_shown(self, row: JobRow, *, allow_mixed: bool = False) -> Submitted:
        """Write in a new run what a run that only proposes showed; nothing is asked anew. Raises Refused, MixedPass."""
        self.refuse_open(row)
        options = RunOptions.model_validate_json(row.request).model_copy(update={"write": True})
        if options.apply == "host" and options.host is not None:
            raise Refused(f"{HOSTS[options.host].title} writes what that run proposes; it asks for it by itself.")
        done: list[NewItem] = []
        after = 0
        while batch := self._jobs.results(row.id, after, 1000):
            after = batch[-1].finished or after
            done += [NewItem(item.path, item.pixels, pick=item.pick) for item in batch if item.stage is Stage.DONE]
        if not done:
            raise Refused(f"The run {row.id} has no photo that could be written.")
        return self.write_anew(row, row.kind, options, done, allow_mixed=allow_mixed)

    def write_anew(
        self,
        row: JobRow,
        kind: str,
        options: RunOptions,
        items: Sequence[NewItem],
        *,
        allow_mixed: bool,
        why: str | None = None,
    ) -> Submitted:
        """A run that writes what the run ``row`` only showed, and goes on with its passes. Raises MixedPass."""
        passes = self._passes.go_on(row.id, allow_mixed=allow_mixed)
        fresh = self._jobs.create(kind, options.model_dump_json(), about=row.id)
        for scope, settings in passes:
            self._passes.record([scope], settings, fresh)
        added = self._jobs.add(fresh, items)
        self._jobs.set_model(fresh, row.model)
        self._runner.kick(fresh)
        return Submitted(job=fresh, photos=added, model=row.model, why=why)

    def undo(self, job: str, photo: Path | None = None) -> Submitted:
        """Take back what a run wrote (``last``: the newest that wrote anything), for all its photos or for one.

        Raises HostApplied where a program applied it in its own catalogue: only that can take it back.
        """
        wanted = self._last_written() if job == "last" else self._jobs_name(job)
        if wanted is None:
            raise NotFound("No run has written anything that could be undone.")
        if name := self._tools.host_writes.host_of(wanted):
            host = HOSTS[name]
            raise HostApplied(
                f"{host.title} applied the run {wanted}: its catalogue has the keywords.",
                hint=f"Take it back there: {host.undo}",
            )
        return self.undo_files(wanted, photo)

    def undo_files(self, job: str, photo: Path | None = None) -> Submitted:
        """Take back what a run wrote into files. Raises NotFound, Refused while it is at work."""
        with suppress(NotFound):  # the journal outlives the jobs that were purged
            self.refuse_open(self._jobs.get(job))
        items = self._tools.journal.photos_of(job, photo)
        # A run that takes a model's words away may have found them in another model's keeping, and written nothing; one
        # that was reviewed may have found nothing to write but what a person refused.
        unwritten = (*self._tools.provenance.taken_by(job), *self._tools.written.decided_by(job))
        known = set(map(canonical, items))
        items |= {path: 0 for path in unwritten if canonical(path) not in known and photo in (None, path)}
        if not items:
            raise NotFound(f"The run {job} has nothing left to undo{' in this photo' if photo else ''}.")
        undo = self._jobs.create("undo", UndoRequest(job=job).model_dump_json(), about=job)
        added = self._jobs.add(undo, [NewItem(path, host_id=self._host_id(item)) for path, item in items.items()])
        self._runner.kick(undo)
        return Submitted(job=undo, photos=added, undoes=job)

    def _host_id(self, item: int) -> str:
        """What the host calls the photo of an item; empty where the run was purged."""
        with suppress(NotFound):
            return self._jobs.item(item).host_id
        return ""

    def _last_written(self) -> str | None:
        return self._jobs.newest((self._tools.journal.last_job(), self._tools.host_writes.last_job()))

    def last_run(self, kinds: Collection[str]) -> JobRow:
        for row in self._jobs.recent(1000):
            if row.kind in kinds:
                return row
        raise NotFound(f"There is no {'culling' if 'cull' in kinds else 'tagging'} run yet.")

    def refuse_open(self, row: JobRow) -> None:
        if row.state is JobState.OPEN:
            raise Refused(
                f"The run {row.id} is still at work.",
                hint=f"Wait for its end, or end it now: photo-bridge cancel {row.id}",
            )

    def _jobs_name(self, job: str) -> str:
        # The journal outlives the jobs that were purged, so a name is looked for there as well.
        if not self._tools.journal.wrote(job) and self._tools.host_writes.host_of(job) is None:
            self._jobs.get(job)
        return job


def _captured(photo: Path) -> datetime | None:
    """When a photo says that it was taken; None where it cannot be read, which its own turn will tell."""
    try:
        return glance(photo).facts.captured
    except BridgeError:
        return None
