"""A run that writes the names of people into the files of photos: as regions, and as keywords where that is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from bridge.jobs import writing
from bridge.jobs.claims import WRITE, Origin, Source
from bridge.jobs.keywording import keyword_path
from bridge.jobs.people import People
from bridge.jobs.request import PERSON, KeywordResult, PhotoResult, RunOptions
from bridge.jobs.tagging import merged
from bridge.jobs.tools import Tools
from bridge.jobs.work import Step, Task, Work, ended
from bridge.metadata import (
    Box,
    DocumentRegions,
    Frame,
    Named,
    Naming,
    PhotoState,
    Plan,
    PlanOptions,
    Region,
    read_regions,
    with_regions,
)
from bridge.paths import shown
from bridge.photos import Identity, ReadLimits, identify
from bridge.store import FacePicture, picture_key
from bridge.values import Format, Keyword, Proposal

IN_FLIGHT = 4


class NamesWork(Work):
    """One such run. ``options.keyword`` is what names go under as keywords; None: they become none."""

    in_flight = IN_FLIGHT

    def __init__(self, tools: Tools, people: People, options: RunOptions) -> None:
        """Raises FacesOff."""
        people.check()
        self._tools = tools
        self._people = people
        self._options = options
        self._limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)
        self._under = () if options.keyword is None else keyword_path(options.keyword)

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        return [(self._tools.writers, self._write)]

    def _write(self, task: Task) -> PhotoResult | None:
        tools, options, item = self._tools, self._options, task.item
        self._people.go_on()
        photo = identify(item.path, self._limits)
        if photo.format is Format.VIDEO:
            return ended(item, "skipped", reason="A video: faces are found in photos.")
        picture = self._people.faces.picture(picture_key(photo.data_hash, photo.orientation))
        if picture is None:
            reason = "Its faces were not looked for yet: photo-bridge faces find"
            return ended(item, "skipped", reason=reason)
        people = self._named(picture)
        regions = _Regions(tools, self._people, item.job, photo, picture, people)
        if not options.write:
            plan = writing.plan(tools, options, item, photo, self._proposal(people), amend=regions.amend)
            return self._result(task, plan, regions, warnings=plan.warnings)

        outcome = writing.write(
            *(tools, options, item, photo),
            Source(Origin(PERSON, data_hash=photo.data_hash), (), self._proposal(people), approved=WRITE),
            still_wanted=task.still_wanted,
            amend=regions.note,
        )
        tools.records.refresh(item.path)
        return self._result(
            task,
            outcome.plan,
            regions,
            written_to=[shown(path) for path in outcome.written_to],
            warnings=list(dict.fromkeys((*outcome.plan.warnings, *outcome.warnings))),
        )

    def _named(self, picture: FacePicture) -> tuple[Region, ...]:
        faces = self._people.faces.of_picture(picture.id)
        return tuple(Region(face.name, Box(*face.place)) for face in faces if face.name and not face.never)

    def _keywords(self, people: Sequence[Region]) -> tuple[Keyword, ...]:
        if not self._under:
            return ()
        names = dict.fromkeys(person.name for person in people)
        return tuple(Keyword((*self._under, name), None, PERSON) for name in names)

    def _proposal(self, people: Sequence[Region]) -> Proposal:
        words = self._keywords(people)
        return Proposal(words, chosen=tuple(word.path for word in words))

    def _result(self, task: Task, plan: Plan, regions: _Regions, **more: object) -> PhotoResult:
        words = tuple(
            KeywordResult(name=word.name, path=word.path, score=None, source=PERSON)
            for word in self._keywords(regions.people)
        )
        named = regions.named
        return ended(
            task.item,
            "done",
            keywords=words,
            model=PERSON,
            named=() if named is None else named.added,
            unnamed=() if named is None else named.removed,
            **{**merged(plan), **more},
        )


class _Regions:
    """The regions of one photo in one run."""

    def __init__(
        self,
        tools: Tools,
        people: People,
        job: str,
        photo: Identity,
        picture: FacePicture,
        named: tuple[Region, ...],
    ) -> None:
        self._tools = tools
        self._faces = people.faces
        self._job = job
        self._photo = photo
        self._picture = picture
        self.people = named
        self.named: Named | None = None

    def amend(self, plan: Plan, state: PhotoState, options: PlanOptions) -> Plan:
        frame = Frame.of_shown(self._photo.width, self._photo.height, self._photo.orientation)
        found = read_regions(self._tools.exiftool, state, frame)
        events = self._faces.regions(self._picture.id)
        naming = Naming(self.people, frame, frozenset(entry for _, entry, _ in events), self._gone(events, found))
        self.named = with_regions(plan, state, found, naming, options)
        return self.named.plan

    def note(self, plan: Plan, state: PhotoState, options: PlanOptions) -> Plan:
        """The same, and what is about to be written is kept as ours: a crash between the two leaves nothing behind
        that would count as somebody else's."""
        made = self.amend(plan, state, options)
        assert self.named is not None
        self._faces.write_regions(self._picture.id, self._job, self.named.entries, self.named.taken)
        return made

    def _gone(self, events: Sequence[tuple[str, str, bool]], found: Sequence[DocumentRegions]) -> frozenset[str]:
        """Entries that runs left in the files, were not undone, and are in none of them any more."""
        stands: dict[str, bool] = {}
        done: dict[str, bool] = {}
        for job, entry, added in events:
            if job not in done:
                done[job] = bool(self._tools.journal.of_job(job, self._photo.path, self._photo.data_hash))
            if done[job]:
                stands[entry] = added
        there = {entry.text for regions in found for listed in regions.lists.values() for entry in listed}
        return frozenset(entry for entry, stood in stands.items() if stood) - there
