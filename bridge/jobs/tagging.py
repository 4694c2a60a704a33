"""What a tagging run does to one photo: read, infer, check, plan, apply. Each result is stored before the next step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from bridge.codec import to_json, to_plain
from bridge.errors import BadAnswer
from bridge.exiftool import ExifTool
from bridge.jobs.locks import KeyedLocks
from bridge.jobs.request import DroppedResult, KeywordResult, PhotoResult, RunOptions
from bridge.jobs.runner import Step, Task, Work, ended
from bridge.metadata import Outcome, PhotoState, Plan, PlanOptions, Writer, make_plan, read_state, words_of
from bridge.paths import canonical, shown
from bridge.photos import Identity, ReadLimits, decode, identify, render_proxy
from bridge.settings import Settings
from bridge.store import AnswerTable, JobTable, SqliteJournal, Stage, WrittenTable, answer_key
from bridge.taggers.checks import Limits, check
from bridge.taggers.contract import Cancelled, Tagger, TagRequest, Want
from bridge.values import Answer, Format, Keyword, Picture, Proposal, RawRenderer

MAX_REQUESTS = 2
"""Requests a photo in all: a bad answer is asked for once more."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What every tagging run shares; the composition root builds it."""

    settings: Settings
    jobs: JobTable
    answers: AnswerTable
    written: WrittenTable
    journal: SqliteJournal
    exiftool: ExifTool
    writer: Writer
    readers: Executor
    writers: Executor
    asking: KeyedLocks
    """One question at a time for one answer key: the second asker finds the answer stored."""
    writing: KeyedLocks
    """One run at a time for one photo, from reading its metadata to the outcome."""
    proxies: Path
    """A private folder for rendered proxies, empty at start."""


@dataclass(frozen=True, slots=True)
class Carry:
    """What is known of a photo between two stages."""

    photo: Identity
    """Of the file that is written."""
    key: str
    answer: Answer | None = None
    picture: Picture | None = None


class TagWork(Work):
    """One run. Its stages are called from several threads, each with a photo of its own."""

    def __init__(self, tools: Tools, options: RunOptions, tagger: Tagger, model: Executor) -> None:
        """``model`` are the threads on which the tagger is asked: as many as it takes requests at once."""
        self._tools = tools
        self._options = options
        self._tagger = tagger
        self._model = model
        self._want = Want(
            keywords=options.want != "caption",
            caption=options.want != "keywords" and tagger.capabilities.caption,
        )
        self._model_identity = tagger.identity(self._want)
        self._limits = ReadLimits(max_megapixels=tools.settings.max_megapixels)
        self._renderer = options.raw_renderer or tools.settings.raw_renderer
        self.in_flight = tagger.in_flight + 2 * tools.settings.readers + 2 * tools.settings.writers

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        return [(self._tools.readers, self._read), (self._model, self._infer), (self._tools.writers, self._write)]

    # -- read ---------------------------------------------------------------------------------------------------------

    def _read(self, task: Task) -> PhotoResult | None:
        photo = identify(task.item.path, self._limits)
        if photo.format is Format.VIDEO:
            return ended(task.item, "skipped", reason="A video: only photos are tagged.")
        if reason := self._filtered(photo):
            return ended(task.item, "skipped", reason=reason)
        pixels = photo if task.item.pixels is None else identify(task.item.pixels, self._limits)
        key = answer_key(pixels.data_hash, pixels.orientation, self._model_identity, self._context(pixels))
        answer = self._tools.answers.get(key)
        task.carry = Carry(photo, key, answer, None if answer else self._look(pixels))
        self._tools.jobs.advance(task.item.id, Stage.READ)
        return None

    def _context(self, pixels: Identity) -> str:
        """The part of an answer's key that is neither picture nor model: other programs make other pixels of one RAW,
        and a photo whose clock or place was set right has another season. The program that saved it counts for nothing.
        """
        is_raw = pixels.format in (Format.RAW, Format.DNG)
        rendered = f"renderer {self._renderer}" if is_raw and self._renderer is not RawRenderer.AUTO else ""
        facts = to_json(replace(pixels.facts, software=None)) if self._tagger.capabilities.facts else ""
        return rendered + facts

    def _look(self, photo: Identity) -> Picture:
        """The pixels for the model; in proxy mode those of a proxy, so that the original is opened once and for all."""
        edge, limits, renderer = self._tagger.edge, self._limits, self._renderer
        if not self._options.proxy_mode:
            return decode(photo, edge, limits=limits, raw_renderer=renderer)
        proxy = render_proxy(photo, self._tools.proxies, edge, limits=limits, raw_renderer=renderer)
        try:
            seen = decode(identify(proxy, limits), edge, limits=limits, raw_renderer=renderer)
        finally:
            proxy.unlink()
        return replace(seen, width=photo.width, height=photo.height, format=photo.format, facts=photo.facts)

    def _filtered(self, photo: Identity) -> str | None:
        """Why this run does not want the photo, or None."""
        options = self._options
        if options.since is not None and not _taken_since(photo, options.since):
            return f"Not known to be taken on or after {options.since}."
        if not options.only_untagged and options.min_rating is None:
            return None
        state = read_state(self._tools.exiftool, photo.path, photo.format)
        if options.only_untagged and words_of(state.documents).paths:
            return "It has keywords already."
        if options.min_rating is not None and _rating(state) < options.min_rating:
            return f"Rated lower than {options.min_rating}."
        return None

    # -- infer and check ----------------------------------------------------------------------------------------------

    def _infer(self, task: Task) -> PhotoResult | None:
        carry: Carry = task.carry
        if carry.answer is None:
            assert carry.picture is not None
            with self._tools.asking.hold(carry.key):
                answer = self._tools.answers.get(carry.key) or self._ask(carry.picture, task.cancelled)
                self._tools.answers.put(carry.key, self._tagger.name, answer)
            # The pixels are let go here: what waits for the writer is small.
            task.carry = replace(carry, answer=answer, picture=None)
        self._tools.jobs.advance(task.item.id, Stage.INFERRED, answer_key=carry.key)
        return None

    def _ask(self, picture: Picture, cancelled: Callable[[], bool]) -> Answer:
        """The model's answer, raw, once it has passed the checks."""
        for attempt in range(1, MAX_REQUESTS + 1):
            try:
                answer = self._tagger.tag(TagRequest(picture, self._want, attempt, cancelled))
                self._check(answer)
                return answer
            except BadAnswer:
                if attempt == MAX_REQUESTS or not self._tagger.capabilities.schema:
                    raise
        raise Cancelled

    def _check(self, answer: Answer) -> Answer:
        # A classifier that is sure of nothing has answered; a language model that says nothing has failed.
        limits = Limits(
            max_keywords=self._tools.settings.max_keywords, may_be_empty=not self._tagger.capabilities.schema
        )
        return check(answer, self._want, limits)

    # -- plan and apply -----------------------------------------------------------------------------------------------

    def _write(self, task: Task) -> PhotoResult | None:
        carry: Carry = task.carry
        assert carry.answer is not None
        answer = self._check(carry.answer)
        proposal = self._proposal(answer)
        photo = carry.photo
        with self._tools.writing.hold(photo.path.resolve()):
            outcome = self._outcome_before_a_crash(task) or self._apply(task, photo, proposal)
            if self._options.write:
                self._tools.written.put(canonical(photo.path), task.item.job, photo.data_hash, outcome.written)
        return self._result(task, answer, proposal, outcome)

    def _apply(self, task: Task, photo: Identity, proposal: Proposal) -> Outcome:
        plan = self._plan(task, photo, proposal)
        if not self._options.write:
            return Outcome(plan)
        if task.cancelled():
            raise Cancelled
        return self._tools.writer.apply(
            plan, job=task.item.job, item=task.item.id, replan=lambda: self._plan(task, photo, proposal)
        )

    def _outcome_before_a_crash(self, task: Task) -> Outcome | None:
        """The process died after the write and before the end of the item: the stored plan is what was written.

        Where only a part of it was, that part counts as ours, and the rest is planned again.
        """
        item = task.item
        if item.plan is None or not self._options.write:
            return None
        entries = self._tools.journal.of_job(item.job, item.path)
        if not entries:
            return None
        plan = Plan.from_json(item.plan)
        if len(entries) < len(plan.targets):
            self._tools.written.put(canonical(item.path), item.job, task.carry.photo.data_hash, plan.written)
            return None
        targets = tuple(target.path for target in plan.targets)
        return Outcome(plan, targets, plan.written, tuple(entry.id for entry in entries))

    def _plan(self, task: Task, photo: Identity, proposal: Proposal) -> Plan:
        """A plan against what the files say now, stored before anything is done with it."""
        options = self._options
        state = read_state(self._tools.exiftool, photo.path, photo.format)
        base = self._tools.written.get(canonical(photo.path), photo.data_hash)
        rule = options.sidecar or self._tools.settings.sidecar
        plan = make_plan(
            state,
            proposal,
            base,
            PlanOptions(
                replace=options.replace,
                sidecar=rule,
                keep_times=self._tools.settings.keep_times,
                read_only=options.proxy_mode,
            ),
        )
        self._tools.jobs.advance(task.item.id, Stage.PLANNED, plan=plan.to_json())
        return plan

    def _proposal(self, answer: Answer) -> Proposal:
        parent = () if self._options.under is None else (self._options.under,)
        words = [replace(word, path=(*parent, *word.path)) for word in answer.keywords]
        if self._options.category_keyword and answer.category is not None:
            name = answer.category.value.capitalize()
            words.append(Keyword((*parent, "Category", name), answer.category_score, "category"))
        return Proposal(tuple(words), answer.title, answer.caption, answer.alt_text)

    def _result(self, task: Task, answer: Answer, proposal: Proposal, outcome: Outcome) -> PhotoResult:
        plan = outcome.plan
        return ended(
            task.item,
            "done",
            keywords=[
                KeywordResult(name=w.name, path=w.path, score=w.score, source=w.source) for w in proposal.keywords
            ],
            added=["|".join(path) for path in plan.added],
            removed=["|".join(path) for path in plan.removed],
            kept=["|".join(path) for path in plan.kept],
            dropped=[DroppedResult(name=d.name, reason=d.reason) for d in (*answer.dropped, *plan.dropped)],
            title=answer.title,
            caption=answer.caption,
            alt_text=answer.alt_text,
            category=answer.category,
            facts={**_facts(task.carry.photo), **answer.facts},
            model=self._tagger.name,
            written_to=[shown(path) for path in outcome.written_to],
            warnings=list(dict.fromkeys((*plan.warnings, *outcome.warnings))),
        )


def _facts(photo: Identity) -> dict[str, Any]:
    """What the file says of itself, without what it does not say."""
    told: dict[str, Any] = to_plain(photo.facts)
    return {name: value for name, value in told.items() if value is not None}


def _taken_since(photo: Identity, day: date) -> bool:
    return photo.facts.captured is not None and photo.facts.captured.date() >= day


def _rating(state: PhotoState) -> float:
    try:
        return float(state.mark("XMP-xmp:Rating") or 0)
    except ValueError:
        return 0.0
