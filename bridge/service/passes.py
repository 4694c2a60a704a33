"""One model a pass: a folder that runs went through is gone on with in the same way, or mixed on purpose."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bridge.errors import MixedPass
from bridge.jobs.request import RunOptions
from bridge.jobs.tools import Tools
from bridge.paths import shown, to_uri
from bridge.quality import differences, meet
from bridge.service.replies import Pass
from bridge.store import JobState, PassRow
from bridge.values import PassSettings, Scope

Identify = Callable[[RunOptions], PassSettings]
"""What shapes the words of a run with these options. Raises what asking its model for its weights raises."""


class PassService:
    def __init__(self, tools: Tools, identify: Identify) -> None:
        self._tools = tools
        self._identify = identify

    def all(self) -> tuple[Pass, ...]:
        """Passes of which something is in the photos, the latest first."""
        return tuple(_told(row, self._tools.passes.photos(row)) for row in self._standing())

    def scopes(self, places: Sequence[Path], *, recursive: bool, want: str) -> list[Scope]:
        """The folders among ``places``: a run over these is a pass, one over single photos is not."""
        return [Scope(place.resolve(), recursive, want) for place in places if place.is_dir()]

    def admit(self, scopes: Sequence[Scope], options: RunOptions) -> tuple[PassSettings, list[str]]:
        """What the run records, and what a person should know of it before it writes.

        Raises MixedPass where it would write into folders that have a pass of another kind, and nobody asked for that.
        """
        settings = self._identify(options)
        found = self._mixed(scopes, settings)
        if found and options.write and not options.allow_mixed:
            raise MixedPass(
                f"{found[0]} Nothing was done.",
                hint="Go on with what the pass was made with (photo-bridge passes), or add --allow-mixed.",
            )
        return settings, found

    def note(self, photos: Sequence[Path], options: RunOptions) -> list[str]:
        """The same for single photos, which are no pass: it only warns."""
        folders = {photo.parent for photo in photos}
        scopes = [Scope(folder.resolve(), False, options.want) for folder in sorted(folders)]
        standing = self._standing()
        if not any(meet(row.scope, scope) for row in standing for scope in scopes):
            return []  # its model need not be asked what it is
        return self._mixed(scopes, self._identify(options))

    def record(self, scopes: Sequence[Scope], settings: PassSettings, job: str) -> None:
        """The run goes through these folders."""
        self._tools.passes.record(scopes, settings, job)

    def go_on(self, job: str, *, allow_mixed: bool) -> Sequence[tuple[Scope, PassSettings]]:
        """The passes that a run which writes what ``job`` only showed goes on with. Raises MixedPass."""
        passes = self._tools.passes.of_job(job)
        for row in passes:
            found = self._mixed([row.scope], row.settings)
            if found and not allow_mixed:
                raise MixedPass(
                    f"{found[0]} Nothing was written.",
                    hint=f"To write it all the same: photo-bridge apply {job} --allow-mixed",
                )
        return [(row.scope, row.settings) for row in passes]

    def _mixed(self, scopes: Sequence[Scope], settings: PassSettings) -> list[str]:
        """For each folder that has a pass of another kind, a sentence about the latest one."""
        told: dict[Path, str] = {}
        standing = self._standing()
        for scope in scopes:
            latest = next((row for row in standing if meet(row.scope, scope)), None)
            if latest is None:
                continue
            other = differences(latest.settings, settings)
            if other:
                photos = self._tools.passes.photos(latest)
                since = time.strftime("%Y-%m-%d", time.localtime(latest.started))
                told.setdefault(
                    latest.scope.folder,
                    f"{shown(latest.scope.folder)} has a pass by {latest.settings.model} ({photos} photos, since"
                    f" {since}); this run has {', '.join(other)}.",
                )
        return list(told.values())

    def _standing(self) -> list[PassRow]:
        return [row for row in self._tools.passes.all() if row.stands]


def _told(row: PassRow, photos: int) -> Pass:
    settings = row.settings
    return Pass(
        uri=to_uri(row.scope.folder),
        folder=shown(row.scope.folder),
        recursive=row.scope.recursive,
        want=row.scope.want,
        model=settings.model,
        weights=settings.weights,
        prompt=settings.prompt or None,
        style=settings.style or None,
        vocabulary=settings.vocabulary or None,
        policy=settings.policy,
        photos=photos,
        state=JobState.OPEN if row.at_work else JobState.DONE,
        started=row.started,
        latest=row.latest,
    )
