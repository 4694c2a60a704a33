"""What a host may ask of the daemon, in plain Python. Knows no wire and no host; rules that hosts share are here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.errors import Refused
from bridge.jobs.request import KINDS, RunOptions
from bridge.jobs.runner import Runner
from bridge.jobs.tasks import Tasks
from bridge.jobs.tools import Tools
from bridge.jobs.uploads import Uploads
from bridge.jobs.watching_all import Watching
from bridge.service.audits import AuditService
from bridge.service.culling import CullService
from bridge.service.hosts import HostService
from bridge.service.jobs import JobService
from bridge.service.keywords import KeywordService
from bridge.service.models import ModelService
from bridge.service.passes import Identify, PassService
from bridge.service.people import PeopleService
from bridge.service.pictures import PictureService
from bridge.service.provenance import ProvenanceService
from bridge.service.quality import QualityService
from bridge.service.replies import (
    Health,
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
from bridge.taggers import Choice


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
        self._tools = tools = parts.tools
        runner = parts.runner
        self.styles = StyleService(tools)
        self.passes = PassService(tools, parts.identify)
        self.runs = RunService(tools, runner, parts.choose_model, self.styles, self.passes)
        self.jobs = JobService(tools, runner)
        self.cull = CullService(self.runs, tools, parts.people.known_faces)
        self.hosts = HostService(self.runs, self.cull, tools, parts.uploads)
        """What hosts may ask that apply runs themselves."""
        self.review = ReviewService(self.runs, tools)
        self.vocabularies = VocabularyService(tools)
        self.keywords = KeywordService(tools)
        self.stock = StockService(tools, lambda: self.runs.last_run(("tag",)))
        self.quality = QualityService(tools)
        self.models = parts.models
        self.people = parts.people
        self.pictures = parts.pictures
        self.audits = AuditService(tools, parts.tasks, self.quality, self.runs)
        self.search = SearchService(tools, parts.tasks, runner.kick)
        self.provenance = ProvenanceService(tools, runner.kick)
        self.watch = WatchService(tools, parts.watching, self.passes, runner, self.runs)

    def apply(self, job: str, *, allow_mixed: bool = False) -> Submitted:
        """Write in a new run what a dry run showed (``last``: the newest that proposed any), as it was decided where it
        was reviewed; nothing is asked anew.

        Raises MixedPass.
        """
        row = self.runs.last_run(KINDS) if job == "last" else self._tools.jobs.get(job)
        if row.kind not in KINDS:
            raise Refused("Only a run that proposes something can be written.")
        if self.review.has_decisions(row):
            return self.review.apply(row.id, allow_mixed=allow_mixed)
        return self.runs.write_shown(row, allow_mixed=allow_mixed)

    # -- the daemon itself --------------------------------------------------------------------------------------------

    def health(self) -> Health:
        parts = self._parts
        return Health(
            version=parts.version,
            pid=parts.pid,
            uptime_s=time.monotonic() - parts.started,
            open_jobs=len(self._tools.jobs.open_jobs()),
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
        if index and (at_work := self._tools.jobs.open_jobs()):
            self.runs.refuse_open(at_work[0])
        indexed = self._tools.spaces.purge() if index else 0
        jobs = self._tools.jobs.purge()
        self._tools.culls.purge()
        self._tools.thumbnails.forget()
        return Purged(
            jobs=jobs,
            answers=self._tools.answers.purge(),
            journal_entries=self.prune(0.0) if journal else 0,
            indexed=indexed,
        )
