"""A run that writes what an earlier one proposed, as a person reviewed it: planned, written and undone as any.

No model looks at the photos. What it writes is fixed when it is made: decisions that come later change nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from bridge.codec import from_json
from bridge.errors import NotFound
from bridge.jobs import writing
from bridge.jobs.claims import WRITE, Origin, Source
from bridge.jobs.request import PERSON, DroppedResult, KeywordResult, PhotoResult, RunOptions
from bridge.jobs.review_overlay import Decided, Overlay, fold_actions, key_of, reviewed, text_of
from bridge.jobs.tagging import merged
from bridge.jobs.tools import Tools
from bridge.jobs.work import Step, Task, Work, ended
from bridge.metadata import PhotoState, Plan
from bridge.paths import shown
from bridge.photos import ReadLimits, identify
from bridge.store import NOW, ItemRow
from bridge.words import key

IN_FLIGHT = 4
OTHER = "It shows another picture than the one that was looked at: tag it again."


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One photo of a run that was reviewed."""

    item: ItemRow
    result: PhotoResult
    plan: Plan | None
    """As it was made by that run."""
    decided: Decided
    overlay: Overlay

    @property
    def origin(self) -> Origin:
        """Of the model's words."""
        return Origin(self.result.model or "") if self.item.origin is None else from_json(Origin, self.item.origin)


class Reader:
    """The photos of one run with the decisions that stood when the last of them was ``upto``."""

    def __init__(self, tools: Tools, job: str, upto: int = NOW) -> None:
        self._tools = tools
        self._job = job
        self._upto = upto
        self._standing = {action.id: action for action in tools.reviews.standing(job, upto)}

    def read(self, items: Sequence[ItemRow]) -> list[Reviewed]:
        """Photos that have ended, in their order; what was said of one that has not is left out."""
        own = self._tools.reviews.of_items(self._job, [item.id for item in items], self._upto)
        whole = [id for id, action in self._standing.items() if action.whole]
        found = []
        for item in items:
            if item.result is None:
                continue
            # One that was decided on meanwhile is not among those that stood.
            ids = sorted((*whole, *(id for id in own.get(item.id, ()) if id in self._standing)))
            decided = fold_actions(self._standing[id] for id in ids)
            result = from_json(PhotoResult, item.result)
            plan = None if item.plan is None else Plan.from_json(item.plan)
            found.append(Reviewed(item, result, plan, decided, reviewed(result, plan, decided)))
        return found


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be written into a photo now."""

    overlay: Overlay
    """As against what its files say now."""
    state: PhotoState | None
    """None where the photo is another picture by now."""
    plan: Plan | None


def preview(tools: Tools, options: RunOptions, photo: Reviewed) -> Preview:
    """Reads the files; keeps nothing. Raises what reading a photo raises."""
    item = photo.item
    identity = identify(item.path, ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud))
    if _is_other(photo.origin, identity.data_hash):
        return Preview(photo.overlay, None, None)
    state = writing.look(tools, item, identity)
    undecided = writing.sketch(tools, options, identity, photo.result.proposal(), state)
    result = photo.result.model_copy(update=_told(undecided, photo.result))
    overlay = reviewed(result, undecided, photo.decided)
    return Preview(overlay, state, writing.sketch(tools, options, identity, photo.overlay.proposal(), state))


def _told(plan: Plan, result: PhotoResult) -> dict[str, object]:
    told = {name: tuple(values) for name, values in merged(plan).items()}
    return {**told, "dropped": (*result.dropped, *told["dropped"])}


def _is_other(origin: Origin, data_hash: str) -> bool:
    return bool(origin.data_hash) and origin.data_hash != data_hash


class ReviewWork(Work):
    in_flight = IN_FLIGHT

    def __init__(self, tools: Tools, options: RunOptions) -> None:
        """Raises NotFound where the run that was reviewed is gone."""
        assert options.review is not None
        tools.jobs.get(options.review)
        self._tools = tools
        self._options = options
        self._job = options.review
        self._reader = Reader(tools, options.review, options.review_upto)
        self._limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        return [(self._tools.writers, self._write)]

    def _write(self, task: Task) -> PhotoResult | None:
        tools, options, item = self._tools, self._options, task.item
        there = tools.jobs.find(self._job, item.path, item.host_id)
        photos = [] if there is None else self._reader.read([there])
        if not photos:
            raise NotFound(f"The run {self._job} says nothing of this photo any more.")
        photo = photos[0]
        identity = identify(item.path, self._limits)
        if _is_other(photo.origin, identity.data_hash):
            # Cameras use their file names again, and editors save over a file.
            return ended(item, "skipped", reason=OTHER)
        proposal = photo.overlay.proposal()
        source = Source(photo.origin, photo.result.keywords, proposal, approved=options.host or WRITE)
        outcome = writing.write(tools, options, item, identity, source, still_wanted=task.still_wanted)
        refused = set(map(key, outcome.plan.written.refused))
        unwanted = [path for path in proposal.refused if key(path) in refused and self._is_a_models(photo, path)]
        tools.rules.notice(identity.data_hash, unwanted)
        tools.records.refresh(item.path)
        told = merged(outcome.plan)
        told["dropped"] += [DroppedResult(name=" > ".join(path), reason="refused") for path in proposal.refused]
        return ended(
            item,
            "done",
            keywords=_keywords(photo),
            **told,
            title=proposal.title,
            caption=proposal.caption,
            alt_text=proposal.alt_text,
            category=photo.result.category,
            facts=photo.result.facts,
            model=photo.result.model,
            style=photo.result.style,
            written_to=[shown(path) for path in outcome.written_to],
            warnings=list(dict.fromkeys((*outcome.plan.warnings, *outcome.warnings))),
        )

    def _is_a_models(self, photo: Reviewed, path: tuple[str, ...]) -> bool:
        """What a person had proposed themselves and leaves out here is no sign that a model says it wrongly."""
        word = key(path)
        return any(s.source != PERSON and key_of(text_of(s.path)) == word for s in photo.result.keywords)


def _keywords(photo: Reviewed) -> list[KeywordResult]:
    said = {key_of(text_of(word.path)): word for word in photo.result.keywords}
    found = []
    for word in photo.overlay.words:
        if not word.wanted:
            continue
        own = said.get(key(word.path))
        told: dict[str, str | None] = {}
        if word.said is not None:
            told = {"word": text_of(word.said), "reason": "review"}
        elif own is not None:
            told = {"word": own.word, "reason": own.reason}
        found.append(KeywordResult(name=word.path[-1], path=word.path, score=word.score, source=word.source, **told))
    return found
