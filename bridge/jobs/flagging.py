"""A run that marks photos as picked or rejected, each as it was decided when the run began: planned, written and undone
as any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path

from bridge.codec import to_json
from bridge.hosts.flags import flags_for, how_for, marking_of
from bridge.jobs import writing
from bridge.jobs.claims import WRITE, Origin, Source
from bridge.jobs.request import PhotoResult, RunOptions
from bridge.jobs.tagging import merged
from bridge.jobs.tools import Tools
from bridge.jobs.work import Step, Task, Work, ended
from bridge.journal import place_of
from bridge.metadata import plan_for_host
from bridge.paths import shown
from bridge.photos import ReadLimits, identify
from bridge.store import ItemRow, Stage
from bridge.values import Flags, Format, Known, Proposal

IN_FLIGHT = 4
CULL = Origin("cull")
NO_REJECT = "Ratings have no reject there: choose colour labels, or pick flags."
OTHER = "It shows another picture than the one that was culled: cull it again."


class FlagWork(Work):
    """One such run. No model looks at the photos."""

    in_flight = IN_FLIGHT

    def __init__(
        self,
        tools: Tools,
        options: RunOptions,
        shows: Callable[[ItemRow, str], bool] = lambda _, __: True,
        origin: Origin = CULL,
    ) -> None:
        """What is written is with each item, 0 or None nothing. ``shows``: whether a file whose pixels have this hash
        shows what was looked at; it may be called from several threads.

        Raises InvalidParams where the asking program has no such marks."""
        how_for(options.host, options.flags)
        self._tools = tools
        self._options = options
        self._shows = shows
        self._origin = origin
        self._limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)

    def reads(self, item: ItemRow) -> Path | None:
        return None if self._options.apply == "host" else item.path

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        step = self._offer if self._options.apply == "host" else self._write
        return [(self._tools.writers, step)]

    def _offer(self, task: Task) -> PhotoResult | None:
        """What it would do now; the host is told by metadata.plan."""
        item, options = task.item, self._options
        assert options.host is not None
        pick, flags = self._flags(item)
        base = self._tools.host_writes.base(place_of(options.host, item.path, item.host_id))
        self._tools.jobs.advance(item.id, Stage.INFERRED, origin=to_json(self._origin))
        plan = plan_for_host(
            item.path,
            item.known or Known(),
            Proposal(flags=flags),
            base,
            replace_ours=options.replace,
            replace_flags=options.replace_flags,
            unrated=marking_of(options.host).unrated,
        )
        return self._result(task, pick, flags, **merged(plan), warnings=(*_unsaid(pick, flags), *plan.warnings))

    def _write(self, task: Task) -> PhotoResult | None:
        tools, options, item = self._tools, self._options, task.item
        pick, flags = self._flags(item)
        if flags == Flags():
            return self._result(task, pick, flags, warnings=_unsaid(pick, flags))
        photo = identify(item.path, self._limits)
        if photo.format is Format.VIDEO:
            return ended(item, "skipped", reason="A video: only photos are marked.")
        if not self._shows(item, photo.data_hash):
            # Cameras use their file names again, and editors save over a file.
            return ended(item, "skipped", reason=OTHER)
        proposal = Proposal(flags=flags)
        if not options.write:
            plan = writing.plan(tools, options, item, photo, proposal)
            return self._result(task, pick, flags, **merged(plan), warnings=plan.warnings)

        origin = Origin(self._origin.model, self._origin.digest, self._origin.options, photo.data_hash)
        source = Source(origin, (), proposal, approved=options.host or WRITE)
        outcome = writing.write(tools, options, item, photo, source, still_wanted=task.still_wanted)
        tools.records.refresh(item.path)
        return self._result(
            task,
            pick,
            flags,
            **merged(outcome.plan),
            written_to=[shown(path) for path in outcome.written_to],
            warnings=list(dict.fromkeys((*outcome.plan.warnings, *outcome.warnings))),
        )

    def _flags(self, item: ItemRow) -> tuple[int, Flags]:
        pick = item.pick or 0
        return pick, flags_for(self._options.host, self._options.flags, pick, self._options.flag_stars)

    def _result(self, task: Task, pick: int, flags: Flags, **more: object) -> PhotoResult:
        marked = None if flags == Flags() else flags
        return ended(task.item, "done", pick=pick, flags=marked, model=self._origin.model, **more)


def _unsaid(pick: int, flags: Flags) -> tuple[str, ...]:
    """Of a verdict that the program's marks cannot say."""
    return (NO_REJECT,) if pick and flags == Flags() else ()
