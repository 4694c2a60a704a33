"""Watched folders: which there are, and the runs that their new photos are given to."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bridge.codec import from_json
from bridge.errors import InvalidParams, NotFound, PhotoMissing, Refused
from bridge.jobs.request import ErrorResult, PhotoResult, RunOptions
from bridge.jobs.runner import Runner
from bridge.jobs.tools import Tools
from bridge.jobs.watching_all import Watching
from bridge.jobs.watching_disk import Area, look_into
from bridge.jobs.watching_folder import Told, WatchState
from bridge.paths import absolute, shown, to_uri
from bridge.photos import ReadLimits
from bridge.service.passes import PassService
from bridge.service.replies import MAX_WAIT_MS
from bridge.service.runs import RunService
from bridge.service.watch_replies import Watch, Watches
from bridge.store import BatchRow, JobRow, JobState, NewItem, Seen, WatchRow

JOINED_SECONDS = 60.0
"""New photos join the run of those before them until it was over for so long."""
FRESH_SECONDS = 60.0
"""A photo that was saved so lately may be one that is just being copied."""
NOT_YET = Told(WatchState.WATCHING, "", 0, None)


class WatchService:
    def __init__(
        self,
        tools: Tools,
        watching: Watching,
        passes: PassService,
        runner: Runner,
        runs: RunService,
    ) -> None:
        self._tools = tools
        self._table = tools.watches
        self._watching = watching
        self._passes = passes
        self._runner = runner
        self._runs = runs

    def go_on(self) -> None:
        """Watch what was watched when the last process ended."""
        for row in self._table.all():
            self._watching.begin(row)

    def add(
        self,
        folders: Sequence[Path],
        options: RunOptions,
        *,
        recursive: bool = False,
        exclude: Sequence[str] = (),
        existing: bool = False,
        poll: bool = False,
    ) -> Watches:
        """Watch folders from now on; the model and all that shapes its words are fixed now, as of any pass. A folder
        that is watched already is watched in the new way. With ``existing`` what is there is the first run.

        Raises InvalidParams, Refused for a folder that is watched with another one, MixedPass, ModelMissing …
        """
        if options.apply == "host":
            raise InvalidParams("A watched folder is tagged by the daemon: leave apply out.")
        areas = [Area(absolute(folder), recursive, tuple(exclude)) for folder in folders]
        for area in areas:
            self._refuse(area)
        for area in areas:
            self._add(area, options, existing=existing, poll=poll)
        return self.list()

    def remove(self, folder: Path) -> Watches:
        """Watch a folder no more; runs of it go on. Raises NotFound."""
        row = self._table.at(absolute(folder))
        self._watching.end(row.id)
        self._table.remove(row.id)
        return self.list()

    def list(self, seen: int | None = None, wait_ms: int = 0) -> Watches:
        """Oldest first; with ``wait_ms`` as soon as something is another than when ``seen`` was told."""
        wait_s = min(wait_ms, MAX_WAIT_MS) / 1000 if seen is not None else 0.0
        now = self._watching.wait(-1 if seen is None else seen, wait_s)
        return Watches(watches=tuple(map(self._said, self._table.all())), seen=now)

    # -- for the watched folders ---------------------------------------------------------------------------------------

    def give(self, row: WatchRow, batch: BatchRow) -> None:
        """Give a batch to the run of its session, or begin that. What was given before is not given twice."""
        photos = [NewItem(path) for path in self._table.photos(batch)]
        if not photos:
            self._table.drop(batch)
            return
        job = self._tools.jobs.of_session(batch.session, 0.0)
        if job is not None:
            self._tools.jobs.add(job.id, photos)
            self._runner.kick(job.id)
            self._table.given(batch, job.id)
            return
        options = RunOptions.model_validate_json(row.request)
        assert options.model is not None, "it was fixed when the folder began to be watched"
        scopes = self._passes.scopes([row.folder], recursive=row.recursive, want=options.want)
        settings, _ = self._passes.admit(scopes, options)
        begun = self._runs.begin(
            "tag",
            row.request,
            photos,
            model=options.model,
            session=batch.session,
            record=lambda made: self._passes.record(scopes, settings, made),
        )
        self._table.given(batch, begun.job or "")

    def join(self, row: WatchRow, photos: Sequence[Path]) -> str | None:
        """The session of the run that the photos before these were given to, where they can join it."""
        last = self._table.last(row.id)
        job = None if last is None else self._job(last)
        if last is None or job is None or job.state is JobState.CANCELLED or job.request != row.request:
            return None
        if job.state is not JobState.OPEN and job.updated < time.time() - JOINED_SECONDS:
            return None
        if self._tools.jobs.displaced(job.id):
            return None  # it waits for the card that was pulled, and these are on the next one
        # A run has each photo once: one with a new picture needs another.
        has = any(self._tools.jobs.find(job.id, path) for path in photos)
        return None if has else last.session

    def unfinished(self, row: WatchRow, photo: Path) -> bool:
        """Whether the run that a photo was given to has not come to it yet, or did not find it at its path."""
        item = self._tools.jobs.find(self._table.job_of(row.id, photo) or "", photo)
        if item is None or not item.stage.final:
            return item is not None
        result = None if item.result is None else from_json(PhotoResult, item.result)
        return result is not None and result.error is not None and result.error.code == PhotoMissing.code

    # -- within --------------------------------------------------------------------------------------------------------

    def _refuse(self, area: Area) -> None:
        if not area.folder.is_dir():
            raise InvalidParams(
                f"There is no folder at {shown(area.folder)}.", hint="Name a folder; connect its drive first."
            )
        own = area.folder.resolve()
        for row in self._table.all():
            other = row.folder.resolve()
            if row.folder == area.folder or not _share(own, area.recursive, other, row.recursive):
                continue
            raise Refused(
                f"{shown(area.folder)} shares photos with {shown(row.folder)}, which is watched already.",
                hint=f"A photo has one run. To end that watch: photo-bridge watch --stop {shown(row.folder)}",
            )

    def _add(self, area: Area, asked: RunOptions, *, existing: bool, poll: bool) -> None:
        options, choice = self._runs.fixed(asked, [area.folder])
        self._passes.admit(self._passes.scopes([area.folder], recursive=area.recursive, want=options.want), options)
        row = self._table.put(
            area.folder,
            recursive=area.recursive,
            exclude=area.exclude,
            poll=poll,
            request=options.model_dump_json(),
            why=choice.why,
            device=str(area.folder.stat().st_dev),
            seen=self._there(area, existing=existing),
            batch=existing,
        )
        self._watching.begin(row)

    def _there(self, area: Area, *, existing: bool) -> dict[str, Seen]:
        """What of the photos that are there is dealt with by watching them."""
        before: dict[str, Seen] = {}
        old: Area | None = None
        with suppress(NotFound):
            row = self._table.at(area.folder)
            before, old = self._table.seen(row.id), Area(row.folder, row.recursive, row.exclude)
        found: dict[str, Seen] = {}
        settings, fresh = self._tools.settings, time.time() - FRESH_SECONDS
        limits = ReadLimits(settings.max_megapixels, settings.fetch_from_cloud)
        for path, stamp in area.listing().items():
            if old is not None and old.means(path) and not existing:
                continue  # known, or on its way into a run
            found[path] = (stamp, before[path][1] if path in before else "")
            if path not in before and _saved(path) > fresh:
                # It may be half a photo yet: told by what is in it now whether more comes.
                look = look_into(path, limits, lambda _: "")
                if look is None or (existing and not look.whole):
                    del found[path]
                else:
                    found[path] = (look.stamp, look.picture)
        return found

    def _said(self, row: WatchRow) -> Watch:
        options = RunOptions.model_validate_json(row.request)
        told = self._watching.told(row.id) or NOT_YET
        last = self._table.last(row.id)
        job = None if last is None else self._job(last)
        return Watch(
            uri=to_uri(row.folder),
            folder=shown(row.folder),
            recursive=row.recursive,
            exclude=row.exclude,
            write=options.write,
            model=options.model,
            why=row.why,
            state=told.state,
            note=told.note,
            waiting=told.waiting,
            photos=self._table.count(row.id),
            job=None if job is None else job.id,
            problem=None if told.problem is None else ErrorResult(**told.problem.as_dict()),
            since=row.created,
        )

    def _job(self, batch: BatchRow) -> JobRow | None:
        with suppress(NotFound):
            return self._tools.jobs.get(batch.job or "")
        return None


def _share(one: Path, one_deep: bool, other: Path, other_deep: bool) -> bool:
    return one == other or (one_deep and one in other.parents) or (other_deep and other in one.parents)


def _saved(path: str) -> float:
    try:
        return os.stat(path).st_mtime  # noqa: PTH116 - paths are text here
    except OSError:
        return 0.0
