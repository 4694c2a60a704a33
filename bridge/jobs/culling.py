"""What a culling run does: measure each photo, then say of all of them which to pick and which to reject.

The measures of a picture are kept, so that another preset, or one photo more, costs no second look.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from bridge.codec import from_json, to_json
from bridge.culling.candidate import Candidate
from bridge.culling.descriptor import VERSION as LIKENESS_VERSION
from bridge.culling.groups import groups
from bridge.culling.measures import MEASURES_VERSION, Measures, Shot
from bridge.culling.presets import Limit, Preset, preset_named
from bridge.culling.series import shot_of
from bridge.culling.verdict import Verdict, verdicts
from bridge.errors import BadAnswer, BridgeError
from bridge.jobs.measuring import Measuring, Wanted
from bridge.jobs.request import CullRequest, PhotoResult
from bridge.jobs.tools import Tools
from bridge.jobs.work import Step, Task, Work, ended
from bridge.photos import Identity, ReadLimits, glance, identify
from bridge.store import CullRow, CullTable, CullVerdict, ItemRow, picture_key
from bridge.taggers.contract import Tagger, Want
from bridge.values import RGB, Format, Picture, Voice

CULLING = "culling"
"""What a culling run calls its model: several, and rules."""
VERSION = f"{MEASURES_VERSION}.{LIKENESS_VERSION}"
PAGE = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """A language model whose word is one more voice, and the threads on which it is asked."""

    tagger: Tagger
    threads: Executor


@dataclass(frozen=True, slots=True, eq=False)
class Carry:
    picture: bytes
    photo: Identity
    shot: str
    proxy: RGB | None = None
    """What the language model is shown, where it has not said anything yet."""


class CullWork(Work):
    """One such run."""

    def __init__(
        self,
        tools: Tools,
        job: str,
        request: CullRequest,
        measuring: Measuring,
        threads: Executor,
        judge: Judge | None = None,
        measuring_proxies: Measuring | None = None,
    ) -> None:
        """On ``threads`` each photo is looked at: as many as ``measuring`` keeps in flight. ``measuring_proxies``:
        where only this machine sees what a host rendered."""
        self._tools = tools
        self._job = job
        self._request = request
        self._measuring = measuring
        self._measuring_proxies = measuring_proxies or measuring
        self._threads = threads
        self._judge = judge
        self._limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)
        self.in_flight = 2 * measuring.in_flight + (0 if judge is None else judge.tagger.in_flight)

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        asking = [] if self._judge is None else [(self._judge.threads, self._ask)]
        return [(self._threads, self._measure), *asking, (self._tools.writers, self._note)]

    def is_heavy(self, task: Task, step: int) -> bool:
        return step == 0 or (self._judge is not None and step == 1 and task.carry.proxy is not None)

    def reads(self, item: ItemRow) -> Path | None:
        return item.path if item.pixels is None else item.pixels

    def finish(self) -> None:
        judge(self._tools.culls, self._job, self._request)

    def _measure(self, task: Task) -> PhotoResult | None:
        item = task.item
        photo = identify(item.path if item.pixels is None else item.pixels, self._limits)
        if photo.format is Format.VIDEO:
            return ended(item, "skipped", reason="A video: only photos are culled.")
        picture = picture_key(photo.data_hash, photo.orientation)
        unmeasured = self._tools.culls.measured(picture, VERSION) is None
        unheard = self._judge is not None and self._tools.culls.voice(picture, self._voice_of) is None
        proxy = self._look(task, photo, picture, unmeasured, unheard) if unmeasured or unheard else None
        task.carry = Carry(picture, photo, to_json(self._shot(item, photo)), proxy)
        return None

    def _look(self, task: Task, photo: Identity, picture: bytes, unmeasured: bool, unheard: bool) -> RGB | None:
        """Decode once for all that is asked. Returns what the language model is shown, where there is one."""
        tile = self._tools.thumbnails.lacking(photo.path) if unmeasured else None
        edge = self._judge.tagger.edge if self._judge is not None and unheard else None
        measuring = self._measuring if task.item.pixels is None else self._measuring_proxies
        looked = measuring.look(photo, Wanted(unmeasured, tile is not None, edge), task.cancelled)
        if looked.small is not None:
            self._tools.thumbnails.keep(tile, looked.small)
        if looked.measured is not None:
            self._tools.culls.keep(picture, VERSION, looked.measured)
        return looked.proxy

    def _shot(self, item: ItemRow, photo: Identity) -> Shot:
        """A proxy says nothing of how its original was taken."""
        if item.pixels is not None:
            with suppress(BridgeError):
                return shot_of(glance(item.path).facts)
        return shot_of(photo.facts)

    def _ask(self, task: Task) -> PhotoResult | None:
        """What the model says is kept, whatever becomes of the run. A photo of which it says nothing useful has one
        voice less."""
        assert self._judge is not None
        carry: Carry = task.carry
        tagger = self._judge.tagger
        with self._tools.asking.hold(f"{self._voice_of} {carry.picture.hex()}"):
            if carry.proxy is None or self._tools.culls.voice(carry.picture, self._voice_of) is not None:
                return None
            photo = carry.photo
            shown = Picture(carry.proxy, photo.width, photo.height, photo.format, photo.facts, photo.data_hash)
            with suppress(BadAnswer):
                told = tagger.judge(shown, task.cancelled)
                self._tools.culls.keep_voice(carry.picture, self._voice_of, to_json(told))
        task.carry = replace(carry, proxy=None)
        return None

    def _note(self, task: Task) -> PhotoResult | None:
        carry: Carry = task.carry
        voice = None if self._judge is None else self._tools.culls.voice(carry.picture, self._voice_of)
        self._tools.culls.note(task.item.id, carry.picture, carry.shot, voice)
        return ended(task.item, "done", model=CULLING)

    @cached_property
    def _voice_of(self) -> str:
        """The model with the digest of its weights: what others said is not what it says."""
        assert self._judge is not None
        identity = self._judge.tagger.identity(Want())
        return f"{identity.name} {identity.digest}"


def judge(culls: CullTable, job: str, request: CullRequest) -> None:
    """Say of every photo of a run that was measured what to do with it, and store that in one step."""
    preset = preset_in_force(culls, request.preset)
    measures: dict[int, Measures] = {}
    voices: dict[int, Voice] = {}
    candidates: list[Candidate] = []
    originals: dict[Hashable, int] = {}
    copies: dict[int, int] = {}
    for row in each_photo(culls, job):
        names = _names_of(row)
        original = min((originals[name] for name in names if name in originals), default=row.item)
        originals |= dict.fromkeys(names, original)
        if original != row.item:
            copies[row.item] = original  # a virtual copy or a link is no other photo: what holds of one holds of both
            continue
        measures[row.item] = from_json(Measures, row.measured.measures)
        candidates.append(_candidate(culls, row, measures[row.item]))
        if row.voice is not None:
            voices[row.item] = from_json(Voice, row.voice)
    said = verdicts(measures, groups(candidates), preset, keep=request.keep, voices=voices)
    said |= {copy: said[original] for copy, original in copies.items()}
    culls.judge(_stored(item, verdict) for item, verdict in said.items())


def _names_of(row: CullRow) -> tuple[Hashable, ...]:
    """What every name of one file has in common with another of them. The picture is asked too: some network drives
    number their files anew."""
    try:
        found = row.path.stat()
    except OSError:
        return (os.fsencode(row.path),)
    return os.fsencode(row.path), (found.st_dev, found.st_ino, row.picture)


def each_photo(culls: CullTable, job: str) -> Iterator[CullRow]:
    """The photos of a run that were measured, a page at a time."""
    after = 0
    while page := culls.photos(job, after, PAGE):
        yield from page
        after = page[-1].item


def fitted_limits(culls: CullTable) -> dict[str, Limit]:
    """What was fitted to a person's flags and holds."""
    fitted = culls.fitted()
    return {} if fitted is None else from_json(dict[str, Limit], fitted.limits)


def preset_in_force(culls: CullTable, name: str) -> Preset:
    """A preset with what was fitted. Raises NotFound."""
    return preset_named(name).fitted(fitted_limits(culls))


def _candidate(culls: CullTable, row: CullRow, measures: Measures) -> Candidate:
    return Candidate(
        id=row.item,
        shot=from_json(Shot, row.shot),
        phash=measures.phash,
        descriptor=partial(culls.likeness, row.picture),
        width=measures.width,
        height=measures.height,
        sharpest=measures.sharpest,
    )


def _stored(item: int, verdict: Verdict) -> CullVerdict:
    return CullVerdict(
        item,
        verdict.pick,
        verdict.score,
        to_json(verdict.reasons),
        verdict.group,
        verdict.rank,
        verdict.kind,
    )
