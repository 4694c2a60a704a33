"""What a host may ask of the daemon, in plain Python. Knows no wire and no host; rules that hosts share are here."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bridge.codec import from_json
from bridge.errors import BridgeError, HostApplied, InvalidParams, NotFound, Refused
from bridge.hosts import HOSTS
from bridge.jobs.keywording import keyword_path
from bridge.jobs.matching import pair_with_originals
from bridge.jobs.request import KINDS, PERSON, ErrorResult, PhotoResult, RunOptions, UndoRequest
from bridge.jobs.runner import Runner
from bridge.jobs.styling import RunStyles, prompt_label
from bridge.jobs.tasks import Tasks
from bridge.jobs.tools import Tools
from bridge.jobs.uploads import Uploads
from bridge.jobs.watching_all import Watching
from bridge.paths import canonical, shown, to_uri
from bridge.photos import find_photos, glance
from bridge.service.audits import AuditService
from bridge.service.culling import CullService
from bridge.service.hosts import HostService
from bridge.service.keywords import KeywordService
from bridge.service.models import ModelService
from bridge.service.passes import Identify, PassService
from bridge.service.people import PeopleService
from bridge.service.pictures import PictureService
from bridge.service.places import photos_at
from bridge.service.provenance import ProvenanceService
from bridge.service.quality import QualityService
from bridge.service.replies import (
    MAX_WAIT_MS,
    Failure,
    Health,
    JobEvent,
    JobEvents,
    JobResults,
    JobStatus,
    ListedRun,
    Purged,
    StoreStatus,
    Submitted,
)
from bridge.service.review import ReviewService
from bridge.service.runs import RunService
from bridge.service.search import SearchService
from bridge.service.stock import StockService
from bridge.service.styles import StyleService
from bridge.service.vocabulary import VocabularyService
from bridge.service.watch import WatchService
from bridge.settings import load_settings, save_setting
from bridge.store import ItemRow, JobRow, JobState, NewItem, Stage
from bridge.taggers import Choice
from bridge.values import Policy

SESSION_IDLE_SECONDS = 60.0
"""A host that submits photo by photo has one run until it was idle for so long."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the service works with; the composition root builds it."""

    tools: Tools
    runner: Runner
    uploads: Uploads
    choose_model: Callable[[RunOptions], Choice]
    """The model that a run gets; raises what is wrong with the request."""
    identify: Identify
    models: ModelService
    tasks: Tasks
    watching: Watching
    people: PeopleService
    pictures: PictureService
    doctor: Callable[[], list[dict[str, Any]]]
    version: str
    pid: int
    database: Path
    started: float


class Service:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._tools = parts.tools
        self._jobs = parts.tools.jobs
        self._runner = parts.runner
        self._joining = threading.Lock()
        self.runs = RunService(parts.tools)
        self.hosts = HostService(self, parts.tools, parts.uploads)
        """What hosts may ask that apply runs themselves."""
        self.vocabularies = VocabularyService(parts.tools)
        self.keywords = KeywordService(parts.tools)
        self.styles = StyleService(parts.tools)
        self.stock = StockService(parts.tools, self._last_tagging)
        self.quality = QualityService(parts.tools)
        self.models = parts.models
        self.people = parts.people
        self.pictures = parts.pictures
        self.audits = AuditService(parts.tools, parts.tasks, self.quality, self._settled, self.analyze)
        self.passes = PassService(parts.tools, parts.identify)
        self.search = SearchService(parts.tools, parts.tasks, parts.runner.kick)
        self.provenance = ProvenanceService(parts.tools, parts.runner.kick)
        self.review = ReviewService(self, parts.tools)
        self.watch = WatchService(
            parts.tools,
            parts.watching,
            self.passes,
            parts.runner,
            fixed=lambda options, places: self._chosen(self.styles.fixed(options, places)),
            begin=self.begin,
        )
        self.cull = CullService(self, parts.tools, parts.people.known_faces)

    # -- runs ---------------------------------------------------------------------------------------------------------

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

        Raises NoCaptionModel, ModelMissing, PromptInvalid, MixedPass … before anything is stored.
        """
        options, choice = self._chosen(self.styles.fixed(options, originals or places))
        scopes = self.passes.scopes(originals or places, recursive=recursive, want=options.want)
        settings, mixed = self.passes.admit(scopes, options)
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
            mixed = self.passes.note([path for path, _ in pairs], options)
        return self._submit(
            options,
            choice,
            [NewItem(*pair) for pair in pairs],
            session,
            record=lambda job: self.passes.record(scopes, settings, job),
            unmatched=unmatched,
            warnings=tuple(mixed),
        )

    def analyze_items(self, items: Sequence[NewItem], options: RunOptions, *, session: str | None = None) -> Submitted:
        """The same for single photos of a host, with what the host says of each."""
        paths = [item.path for item in items]
        # A session may go on in other folders: it has their guides as well, so that it stays one run.
        options, choice = self._chosen(self.styles.fixed(options, None if session else paths))
        mixed = self.passes.note(paths, options)
        return self._submit(options, choice, items, session, warnings=tuple(mixed))

    def keyword(
        self, keyword: str, items: Sequence[NewItem], options: RunOptions, *, session: str | None = None
    ) -> Submitted:
        """Add one keyword, ``A|B`` for a hierarchy, to photos: a run in which no model is asked.

        Raises InvalidParams where it is no keyword.
        """
        path = keyword_path(keyword)
        chosen = options.model_copy(update={"keyword": "|".join(path), "model": PERSON})
        return self._submit(chosen, Choice(PERSON, "You chose the keyword."), items, session, kind="keyword")

    def _settled(self, options: RunOptions, places: Sequence[Path]) -> RunOptions:
        return self._chosen(self.styles.fixed(options, places))[0]

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
        choice = self._parts.choose_model(options)
        return options.model_copy(update={"model": choice.name}), choice

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

    def language_model(self, name: str) -> str:
        """The full name of a model that can say more than keywords. Raises NoCaptionModel, ModelMissing …"""
        return self._parts.choose_model(RunOptions(model=name, want="caption")).name

    def _job_for(self, text: str, session: str | None, kind: str) -> str:
        if session is not None:
            open_job = self._jobs.of_session(session, time.time() - SESSION_IDLE_SECONDS)
            if open_job is not None and (open_job.kind, open_job.request) == (kind, text):
                return open_job.id
        return self._jobs.create(kind, text, session=session)

    def apply(self, job: str, *, allow_mixed: bool = False) -> Submitted:
        """Write in a new run what a dry run showed (``last``: the newest that proposed any), as it was decided where it
        was reviewed; nothing is asked anew.

        Raises MixedPass.
        """
        row = self.last_run(KINDS) if job == "last" else self._jobs.get(job)
        if row.kind not in KINDS:
            raise Refused("Only a run that proposes something can be written.")
        if self.review.has_decisions(row):
            return self.review.apply(row.id, allow_mixed=allow_mixed)
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
        passes = self.passes.go_on(row.id, allow_mixed=allow_mixed)
        fresh = self._jobs.create(kind, options.model_dump_json())
        for scope, settings in passes:
            self.passes.record([scope], settings, fresh)
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
        items = {entry.photo: entry.item for entry in self._tools.journal.of_job(job, photo)}
        # A run that takes a model's words away may have found them in another model's keeping, and written nothing; one
        # that was reviewed may have found nothing to write but what a person refused.
        unwritten = (*self._tools.provenance.taken_by(job), *self._tools.written.decided_by(job))
        known = set(map(canonical, items))
        items |= {path: 0 for path in unwritten if canonical(path) not in known and photo in (None, path)}
        if not items:
            raise NotFound(f"The run {job} has nothing left to undo{' in this photo' if photo else ''}.")
        undo = self._jobs.create("undo", UndoRequest(job=job).model_dump_json())
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

    def _last_tagging(self) -> JobRow:
        return self.last_run(("tag",))

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

    def jobs(self, limit: int) -> list[ListedRun]:
        """Newest first."""
        return [self.runs.listed(row, self._status(row)) for row in self._jobs.recent(limit)]

    def job(self, job: str, wait_ms: int = 0) -> JobStatus:
        """Where a run stands; with ``wait_ms`` as soon as one more photo has ended, the run has, or something else
        holds it back."""
        job = self._resolve(job)
        before = self._status(self._jobs.get(job))
        if wait_ms and before.state == JobState.OPEN:
            self._runner.wait(lambda: self._moved(before), min(wait_ms, MAX_WAIT_MS) / 1000)
        return self._status(self._jobs.get(job))

    def _moved(self, before: JobStatus) -> bool:
        now = self._status(self._jobs.get(before.job))
        return (now.state, _ended(now), now.waiting) != (before.state, _ended(before), before.waiting)

    def results(self, job: str, after: int = 0, limit: int = 200, wait_ms: int = 0) -> JobResults:
        """Results in the order in which photos ended, from beyond ``after``; waits for the next where none is there."""
        page, ended = self._page(job, after, limit, wait_ms)
        results = tuple(from_json(PhotoResult, item.result) for item in page if item.result is not None)
        return JobResults(results=results, next=_last(page, after), ended=ended)

    def events(self, job: str, after: int = 0, wait_ms: int = 0, photos: Collection[Path] = ()) -> JobEvents:
        """The same as ``results``, told in one line a photo; only of ``photos``, where these are named."""
        page, ended = self._page(job, after, 1000, wait_ms)
        events = tuple(
            JobEvent(seq=item.finished, uri=to_uri(item.path), status=item.stage)
            for item in page
            if item.finished is not None and (not photos or item.path in photos)
        )
        return JobEvents(events=events, next=_last(page, after), ended=ended)

    def _page(self, job: str, after: int, limit: int, wait_ms: int) -> tuple[list[ItemRow], bool]:
        """What ended beyond ``after``, waited for where there is nothing yet; and whether that is the last of it."""
        job = self._resolve(job)
        items = self._jobs.results(job, after, limit)
        if not items and wait_ms and self._jobs.get(job).state is JobState.OPEN:
            self._runner.wait(
                lambda: bool(self._jobs.results(job, after, 1)) or self._jobs.get(job).state is not JobState.OPEN,
                min(wait_ms, MAX_WAIT_MS) / 1000,
            )
            items = self._jobs.results(job, after, limit)
        ended = self._jobs.get(job).state is not JobState.OPEN
        return items, ended and not self._jobs.results(job, _last(items, after), 1)

    def failures(self, job: str) -> tuple[Failure, ...]:
        """Why photos of a run failed, by cause."""
        return self.runs.failures(self._resolve(job))

    def cancel(self, job: str, photos: Sequence[Path] = ()) -> JobStatus:
        """Stop a run, or single photos of it. What was written stays written and can be undone."""
        row = self._jobs.get(self._resolve(job))
        if row.state in (JobState.OPEN, JobState.PAUSED):
            self._runner.cancel(row.id, self._jobs.open_items(row.id, photos) if photos else None)
        return self._status(self._jobs.get(row.id))

    def resume(self, job: str = "last") -> JobStatus:
        """Go on with a run: what failed or was cancelled is tried again; nothing that is stored is asked again."""
        job = self._resolve(job)
        self._jobs.get(job)
        self._runner.resume(job)
        return self._status(self._jobs.get(job))

    def _resolve(self, job: str) -> str:
        if job != "last":
            return job
        recent = self._jobs.recent(1)
        if not recent:
            raise NotFound("There is no run yet.")
        return recent[0].id

    def _status(self, row: JobRow) -> JobStatus:
        counts = self._jobs.counts(row.id)
        total = sum(counts.values())
        left = sum(count for stage, count in counts.items() if not stage.final)
        request = json.loads(row.request)
        is_open = row.state is JobState.OPEN
        rate = self._runner.rate(row.id) if is_open else None
        return JobStatus(
            job=row.id,
            kind=row.kind,
            state=row.state,
            model=row.model,
            **_asked(row),
            write=row.kind == "undo" or bool(request.get("write")) or request.get("apply") == "host",
            total=total,
            done=counts.get(Stage.DONE, 0),
            skipped=counts.get(Stage.SKIPPED, 0),
            failed=counts.get(Stage.FAILED, 0),
            cancelled=counts.get(Stage.CANCELLED, 0),
            rate=rate,
            seconds_left=left / rate if rate else None,
            created=row.created,
            error=None if row.error is None else ErrorResult.model_validate_json(row.error),
            waiting=self._runner.waiting(row.id) if is_open else None,
        )

    # -- the daemon itself --------------------------------------------------------------------------------------------

    def health(self) -> Health:
        parts = self._parts
        return Health(
            version=parts.version,
            pid=parts.pid,
            uptime_s=time.monotonic() - parts.started,
            open_jobs=len(self._jobs.open_jobs()),
        )

    def store(self) -> StoreStatus:
        size = self._tools.journal.size()
        database = self._parts.database
        return StoreStatus(
            database=str(database),
            database_bytes=database.stat().st_size,
            journal_entries=size.entries,
            before_image_bytes=size.bytes,
        )

    def doctor(self) -> list[dict[str, Any]]:
        return self._parts.doctor()

    def settings(self) -> dict[str, Any]:
        """The settings in force since the daemon's start."""
        return self._tools.settings.model_dump(mode="json")

    def set_setting(self, name: str, value: Any) -> dict[str, Any]:
        """Write one setting into the file; it is in force from the next start. Returns all as they will be."""
        save_setting(name, value)
        return load_settings().model_dump(mode="json")

    def prune(self, older_than_s: float) -> int:
        """Forget writes older than this many seconds, with their before-images: they can no longer be undone."""
        before = time.time() - older_than_s
        return self._tools.journal.prune(before) + self._tools.host_writes.prune(before)

    def purge(self, *, journal: bool = False, index: bool = False) -> Purged:
        """Forget ended runs, stored answers and small pictures; the journal, and what search knows, where that is said.

        Never touches a photo. Raises Refused for the index while a run is at work."""
        if index and (at_work := self._jobs.open_jobs()):
            self.refuse_open(at_work[0])
        indexed = self._tools.spaces.purge() if index else 0
        jobs = self._jobs.purge()
        self._tools.culls.purge()
        self._tools.thumbnails.forget()
        return Purged(
            jobs=jobs,
            answers=self._tools.answers.purge(),
            journal_entries=self.prune(0.0) if journal else 0,
            indexed=indexed,
        )


def _captured(photo: Path) -> datetime | None:
    """When a photo says that it was taken; None where it cannot be read, which its own turn will tell."""
    try:
        return glance(photo).facts.captured
    except BridgeError:
        return None


def _asked(row: JobRow) -> dict[str, str | None]:
    """By which guides and which template a tagging run asks."""
    if row.kind != "tag":
        return {}
    options = RunOptions.model_validate_json(row.request)
    return {"style": RunStyles(options).label, "prompt": prompt_label(options)}


def _ended(status: JobStatus) -> int:
    return status.done + status.skipped + status.failed + status.cancelled


def _last(page: Sequence[ItemRow], after: int) -> int:
    return (page[-1].finished if page else None) or after
