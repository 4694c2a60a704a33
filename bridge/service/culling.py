"""Culling for hosts and the command line: runs, what they say, flags for it, and limits that fit a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

from bridge.culling.presets import Preset, preset_named, presets
from bridge.errors import NotFound, Refused
from bridge.hosts.flags import how_for
from bridge.jobs.cull_learning import learn
from bridge.jobs.culling import CULLING, each_photo, fitted_limits, judge, preset_in_force
from bridge.jobs.placing import placed, who_sees
from bridge.jobs.request import CullRequest, RunOptions
from bridge.jobs.tools import Tools
from bridge.paths import shown
from bridge.service.cull_replies import (
    CullDecided,
    CullDecisions,
    CullGroup,
    CullGroups,
    CullLimit,
    CullPhotos,
    CullPreset,
    CullPresets,
    CullResults,
    CullStacks,
    CullSummary,
    CullUndone,
    Learned,
    LimitChange,
)
from bridge.service.cull_telling import in_words, photos_of, result_of
from bridge.service.places import photos_at
from bridge.service.replies import Submitted
from bridge.service.runs import RunService
from bridge.store import CullDecision, FaceRow, JobRow, JobState, NewItem


class CullService:
    def __init__(self, runs: RunService, tools: Tools, known_faces: Callable[[bytes], Sequence[FaceRow]]) -> None:
        """``known_faces``: what is known of the people in a picture, by its key."""
        self._runs = runs
        self._tools = tools
        self._culls = tools.culls
        self._decisions = tools.cull_decisions
        self._known_faces = known_faces

    # -- runs ---------------------------------------------------------------------------------------------------------

    def run(
        self,
        places: Sequence[Path],
        request: CullRequest,
        *,
        recursive: bool = False,
        exclude: Sequence[str] = (),
    ) -> Submitted:
        """Measure photos and folders, and say what to pick and what to reject. Writes nothing.

        Raises NotFound, VolumeSlow.
        """
        self._runs.must_answer(places)
        found = photos_at(places, recursive=recursive, exclude=exclude)
        return self.run_items([NewItem(path) for path in found], request)

    def run_items(self, items: Sequence[NewItem], request: CullRequest, session: str | None = None) -> Submitted:
        """The same for single photos of a host, with what the host says of each."""
        preset_named(request.preset)
        request = placed(request, self._tools.settings)
        if request.model is not None:
            request = request.model_copy(update={"model": self._runs.language_model(request.model, request)})
        asked = request.model_dump_json()
        return self._runs.begin("cull", asked, items, model=CULLING, session=session, warnings=who_sees(request))

    def judge(self, job: str, request: CullRequest) -> CullSummary:
        """Say it of the same photos once more, by another preset. Nothing is measured again."""
        row = self._ended(job)
        asked = CullRequest.model_validate_json(row.request).model_copy(
            update={"preset": request.preset, "keep": request.keep}
        )
        preset_named(asked.preset)
        self._tools.jobs.ask_anew(row.id, asked.model_dump_json())
        judge(self._culls, row.id, asked)
        return self.summary(row.id)

    def summary(self, job: str) -> CullSummary:
        row = self._row(job)
        request = CullRequest.model_validate_json(row.request)
        picks = self._culls.picks(row.id)
        return CullSummary(
            job=row.id,
            preset=request.preset,
            keep=request.keep,
            photos=sum(picks.values()),
            picked=picks[1],
            rejected=picks[-1],
            undecided=picks[0],
            decided=self._decisions.photos(row.id),
            groups=self._culls.moment_count(row.id),
        )

    def results(self, job: str, after: int = 0, limit: int = 200) -> CullResults:
        row = self._judged(job)
        preset = self._preset_of(row)
        page = self._culls.photos(row.id, after, limit)
        return CullResults(
            results=tuple(result_of(photo, preset) for photo in page if photo.verdict is not None),
            next=page[-1].item if page else after,
            ended=len(page) < limit,
        )

    def groups(self, job: str) -> CullGroups:
        """Every group of a run with its photos."""
        row = self._judged(job)
        preset = self._preset_of(row)
        made = []
        for photos in self._culls.moments(row.id):
            first = photos[0].verdict
            assert first is not None and first.moment is not None and first.kind is not None
            told = tuple(result_of(photo, preset) for photo in photos)
            made.append(CullGroup(group=first.moment, kind=first.kind, photos=told))
        return CullGroups(groups=tuple(made))

    # -- what the person says -----------------------------------------------------------------------------------------

    def stacks(self, job: str) -> CullStacks:
        """Its photos in the order in which a person looks at them, with what holds of each."""
        row = self._judged(job)
        marks = sorted(self._culls.marks(row.id), key=lambda mark: mark.moment is None and mark.verdict == 0)
        sizes = [len(list(stack)) for _, stack in groupby(marks, key=lambda mark: mark.moment or -mark.item)]
        return CullStacks(
            job=row.id,
            sizes=tuple(sizes),
            items=tuple(mark.item for mark in marks),
            holds=tuple(mark.verdict if mark.yours is None else mark.yours for mark in marks),
            yours=tuple(mark.yours is not None for mark in marks),
        )

    def photos(self, job: str, items: Sequence[int]) -> CullPhotos:
        """Photos to be compared, in this order, with their faces; those that the run does not have are left out."""
        row = self._judged(job)
        preset = self._preset_of(row)
        found = [photo for photo in self._culls.some(row.id, items) if photo.verdict is not None]
        return CullPhotos(photos=photos_of(found, preset, self._known_faces))

    def decide(self, job: str, picks: Sequence[tuple[Path, str, int | None]]) -> CullDecided:
        """The person says this of photos (file, the host's id): 1 pick, -1 reject, 0 neither, None as the run says.
        It is on the disk when this returns, and holds whatever preset the run is judged by. Raises NotFound."""
        row = self._judged(job)
        items: dict[int, int | None] = {}
        for path, host_id, pick in picks:
            item = self._tools.jobs.find(row.id, path, host_id)
            if item is None:
                raise NotFound(f"The run {row.id} has no photo {shown(path)}.", hint="Nothing was decided.")
            items[item.id] = pick
        return _decided(self._decisions.decide(row.id, items))

    def undo(self, job: str, decision: int | None = None) -> CullUndone:
        """Take the person's latest decision back, or a certain one. Raises NotFound."""
        row = self._judged(job)
        taken, items = self._decisions.undo(row.id, decision)
        preset = self._preset_of(row)
        now = photos_of(self._culls.some(row.id, items), preset, self._known_faces)
        return CullUndone(**_decided(taken).model_dump(), now=now)

    def decisions(self, job: str, limit: int = 100) -> CullDecisions:
        return CullDecisions(decisions=tuple(map(_decided, self._decisions.recent(self._row(job).id, limit))))

    # -- flags --------------------------------------------------------------------------------------------------------

    def flag(self, job: str, options: RunOptions, session: str | None = None) -> Submitted:
        """Write what holds of each photo as flags, the person's word before the verdict, in a run that is planned,
        written and undone as any. What it writes is settled now, whatever is decided while it is at work. Photos that
        are neither picked nor rejected are left out. Raises Refused where all are."""
        row = self._judged(job)
        items = [
            NewItem(photo.path, None, photo.host_id, self._tools.jobs.item(photo.item).known, photo.pick)
            for photo in each_photo(self._culls, row.id)
            if photo.pick
        ]
        if not items:
            raise Refused("No photo of that run is picked or rejected.", hint="There is nothing to write.")
        how = how_for(options.host, options.flags)
        chosen = options.model_copy(update={"cull": row.id, "model": CULLING, "flags": how})
        return self._runs.begin("flag", chosen.model_dump_json(), items, model=CULLING, session=session)

    # -- limits -------------------------------------------------------------------------------------------------------

    def presets(self) -> CullPresets:
        """Every preset with its limits, as they hold now."""
        moved = fitted_limits(self._culls)
        return CullPresets(
            presets=tuple(
                CullPreset(
                    name=preset.name,
                    about=preset.about,
                    keep=preset.keep,
                    limits=tuple(
                        CullLimit(name=name, weak=limit.weak, strong=limit.strong, fitted=name in moved)
                        for name, limit in preset.fitted(moved).limits().items()
                    ),
                )
                for preset in presets()
            )
        )

    def learn(self, job: str, *, hold: bool) -> Learned:
        """Fit the limits to the flags that a person gave the photos of a run; with ``hold`` they are in force from now
        on. Raises Refused where it is still at work."""
        row = self._ended(job)
        request = CullRequest.model_validate_json(row.request)
        told = learn(self._tools, row.id, request.preset, hold=hold)
        return Learned(
            flags=told.flags,
            changes=tuple(
                LimitChange(
                    name=change.name,
                    old_weak=change.old.weak,
                    old_strong=change.old.strong,
                    new_weak=change.new.weak,
                    new_strong=change.new.strong,
                    beyond=change.beyond,
                    rejected=change.rejected,
                )
                for change in told.changes
            ),
            agreed_before=told.agreed_before,
            agreed_after=told.agreed_after,
            holds=told.holds,
        )

    def unlearn(self) -> CullPresets:
        """Take the last fit back. Raises NotFound where nothing was fitted."""
        if self._culls.take_back() is None:
            raise NotFound("No limit was fitted to your flags.")
        return self.presets()

    # -- what is stored -----------------------------------------------------------------------------------------------

    def _row(self, job: str) -> JobRow:
        row = self._runs.last_run(("cull",)) if job == "last" else self._tools.jobs.get(job)
        if row.kind != "cull":
            raise Refused(f"The run {row.id} did not cull.", hint="Start one: photo-bridge cull PHOTOS")
        return row

    def _ended(self, job: str) -> JobRow:
        row = self._row(job)
        self._runs.refuse_open(row)
        return row

    def _judged(self, job: str) -> JobRow:
        """A run that was cancelled has measured a part of its photos: of these it is said now."""
        row = self._ended(job)
        if row.state is not JobState.DONE and not any(self._culls.picks(row.id).values()):
            judge(self._culls, row.id, CullRequest.model_validate_json(row.request))
        return row

    def _preset_of(self, row: JobRow) -> Preset:
        request = CullRequest.model_validate_json(row.request)
        return preset_in_force(self._culls, request.preset)


def _decided(decision: CullDecision) -> CullDecided:
    photos = decision.picked + decision.rejected + decision.undecided + decision.given_back
    return CullDecided(
        decision=decision.id, told=in_words(decision), photos=photos, made=decision.made, undone=decision.undone
    )
