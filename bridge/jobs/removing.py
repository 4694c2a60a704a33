"""What a run does to one photo that takes away everything that one model wrote: by provenance, whatever the journal has
forgotten, and as a write like any other, so that an undo brings it back."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

from bridge.jobs.request import PhotoResult, RemoveRequest
from bridge.jobs.tools import Tools
from bridge.jobs.unclaiming import Leaving, leaving
from bridge.jobs.work import Step, Task, Work, ended
from bridge.jobs.writing import rejected, written_over
from bridge.metadata import ANOTHER, Outcome, Plan, PlanOptions, make_removal, read_state
from bridge.paths import canonical, shown
from bridge.photos import Identity, ReadLimits, identify, same_picture
from bridge.store import ItemRow, Stage
from bridge.values import Written

IN_FLIGHT = 4


class RemoveWork(Work):
    in_flight = IN_FLIGHT

    def __init__(self, tools: Tools, request: RemoveRequest) -> None:
        self._tools = tools
        self._request = request
        self._limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        return [(self._tools.writers, self._remove)]

    def _remove(self, task: Task) -> PhotoResult | None:
        item = task.item
        if not item.path.exists() and item.path.parent.is_dir():
            return ended(item, "skipped", reason="It is not there any more. Where it has moved, name its new folder.")
        photo = identify(item.path, self._limits)
        if not self._wrote_into(canonical(photo.path), photo.data_hash) and self._wrote_into(canonical(photo.path)):
            return ended(item, "skipped", reason=f"{ANOTHER[0].upper()}{ANOTHER[1:]}.")
        # A sidecar that two photos share loses a word with the last of them, so one of them is looked at at a time.
        exposure = ("sidecar", item.path.parent, item.path.stem.lower())
        with self._tools.writing.hold(exposure), self._tools.writing.hold(photo.path.resolve()):
            if not self._request.write:
                return _result(item, self._request.model, self._plan(item, photo))
            outcome = self._write(task, photo)
        self._tools.records.refresh(item.path)
        return _result(item, self._request.model, outcome.plan, outcome)

    def _write(self, task: Task, photo: Identity) -> Outcome:
        """Raises Cancelled where it is not wanted any more, once the plan is made."""
        tools, item = self._tools, task.item
        tools.writer.settle_photo(photo.path)
        outcome = self._before_a_crash(item, photo)
        if outcome is None:

            def plan_again() -> Plan:
                same_picture(photo)
                made = self._plan(item, photo)
                tools.jobs.advance(item.id, Stage.PLANNED, plan=made.to_json())
                return made

            first = plan_again()
            task.still_wanted()
            outcome = tools.writer.apply(first, job=item.job, item=item.id, picture=photo.data_hash, replan=plan_again)
            tools.thumbnails.follow(photo.path, written_over(outcome.plan))
        base = self._base(photo)
        ending = self._leaving(photo, base).ending(base, outcome.plan)
        tools.written.put(canonical(photo.path), item.job, photo.data_hash, outcome.plan.written, ending=ending)
        return outcome

    def _before_a_crash(self, item: ItemRow, photo: Identity) -> Outcome | None:
        """The process died after the write and before the end of the item: the stored plan is what was written."""
        entries = [] if item.plan is None else self._tools.journal.of_job(item.job, item.path, photo.data_hash)
        if item.plan is None or not entries:
            return None
        made = Plan.from_json(item.plan)
        if len(entries) < len(made.targets):
            return None
        return Outcome(made, tuple(target.path for target in made.targets), made.written)

    def _plan(self, item: ItemRow, photo: Identity) -> Plan:
        tools, base = self._tools, self._base(photo)
        state = read_state(tools.exiftool, photo.path, photo.format)
        removal = self._leaving(photo, base).removal(
            tools.provenance.claimed([canonical(path) for path in state.shared_with]),
            interrupted=bool(tools.journal.of_job(item.job, item.path, photo.data_hash)),
        )
        made = make_removal(state, removal, base, PlanOptions(keep_times=tools.settings.keep_times))
        tools.rules.notice(photo.data_hash, rejected(base, made.written))
        return made

    def _wrote_into(self, photo: Path, data_hash: str | None = None) -> bool:
        """Whether the model wrote into what lies at a path now, or, without its hash, into anything that lay there."""
        return any(one.claim.model == self._request.model for one in self._tools.provenance.at(photo, data_hash))

    def _base(self, photo: Identity) -> Written:
        return self._tools.written.get(canonical(photo.path), photo.data_hash) or Written()

    def _leaving(self, photo: Identity, base: Written) -> Leaving:
        records = self._tools.provenance.at(canonical(photo.path), photo.data_hash)
        return leaving(records, self._request.model, base)


def _result(item: ItemRow, model: str, plan: Plan, outcome: Outcome | None = None) -> PhotoResult:
    written_to, warnings = (outcome.written_to, outcome.warnings) if outcome else ((), ())
    texts = [f"{field.replace('_', ' ')} taken away: {text}" for field, text in plan.gives_way.items()]
    return ended(
        item,
        "done",
        removed=["|".join(path) for path in plan.removed],
        dropped=[{"name": drop.name, "reason": drop.reason} for drop in plan.dropped],
        title=plan.title,
        caption=plan.caption,
        alt_text=plan.alt_text,
        model=model,
        written_to=[shown(path) for path in written_to],
        warnings=list(dict.fromkeys((*texts, *plan.warnings, *warnings))),
    )
