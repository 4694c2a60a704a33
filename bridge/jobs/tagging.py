"""What a tagging run does to one photo: read, infer, check, plan, apply. Each result is stored before the next step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from bridge.codec import to_json, to_plain
from bridge.errors import BridgeError
from bridge.jobs import writing
from bridge.jobs.asking import Asking
from bridge.jobs.claims import WRITE, Source
from bridge.jobs.librarian import Librarian, Sighted
from bridge.jobs.records import quietly
from bridge.jobs.request import DroppedResult, KeywordResult, PhotoResult, RunOptions
from bridge.jobs.styling import NamedGuide, RunStyles
from bridge.jobs.tools import Tools
from bridge.jobs.watch_quality import QualityWatch
from bridge.jobs.wording import Worded, Wording, unsaid, without
from bridge.jobs.work import Step, Task, Work, ended
from bridge.journal import place_of
from bridge.metadata import (
    HostPlan,
    Outcome,
    PhotoState,
    Plan,
    host_document,
    of_a_person,
    plan_for_host,
    read_state,
    words_of,
)
from bridge.paths import canonical, shown
from bridge.photos import Identity, ReadLimits, decode, glance, identify, render_proxy
from bridge.store import ItemRow, Stage
from bridge.taggers.contract import Tagger
from bridge.taggers.facts import DISAGREEMENTS
from bridge.taggers.starter import NOTHING_SEEN, Seen
from bridge.taggers.styles import NO_GUIDE
from bridge.values import Answer, Dropped, Format, Keyword, Known, Picture, Proposal, Written
from bridge.vocabulary import Vocabulary
from bridge.vocabulary.matching import Match


@dataclass(frozen=True, slots=True)
class Carry:
    """What is known of a photo between two stages."""

    photo: Identity
    """Of the file that is written."""
    key: str
    answer: Answer | None = None
    picture: Picture | None = None
    seen: Seen = NOTHING_SEEN
    existing: Known | None = None
    pixels: Identity | None = None
    """What was looked at, where search is to know the photo."""
    unseen: bool = False
    """Search has not seen the picture yet."""
    sighted: Sighted | None = None


class TagWork(Work):
    """One run. Its stages are called from several threads, each with a photo of its own."""

    def __init__(
        self,
        tools: Tools,
        options: RunOptions,
        tagger_for: Callable[[str | None], Tagger],
        model: Executor,
        librarian: Librarian | None = None,
    ) -> None:
        """``tagger_for`` makes the run's model with the text of a style guide, or with none; ``model`` are the threads
        on which it is asked: as many as it takes requests at once; ``librarian`` indexes what passes by."""
        self._librarian = librarian
        self._tools = tools
        self._options = options
        self._styles = RunStyles(options)
        self._tagger = tagger = tagger_for(options.style)
        self._model = model
        self._limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)
        self._renderer = options.raw_renderer or tools.settings.raw_renderer
        words = tools.lists.source(options)
        matcher = None if words is None else tools.lists.matcher(words)
        quality = QualityWatch()

        def asking(guide: NamedGuide | None) -> Asking:
            text = None if guide is None else guide.text
            read = NO_GUIDE if guide is None else guide.read
            return Asking(tools, options, tagger_for(text), self._renderer, matcher, read, quality)

        self._askings = {guide: asking(guide) for guide in self._styles.each()}
        self._wording = Wording(
            matcher=matcher,
            policy=options.vocab_policy,
            under=options.under,
            tree=matcher.vocabulary if matcher is not None and words == ("tree", options.tree) else self._tree(),
        )
        self._never = tools.rules.never()
        self.in_flight = tagger.in_flight + 2 * tools.settings.readers + 2 * tools.settings.writers

    def _tree(self) -> Vocabulary | None:
        """The keyword tree of the host, where that is still known."""
        tree = None if self._options.tree is None else self._tools.trees.get(self._options.tree)
        return None if tree is None else Vocabulary.from_host(tree)

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        see = [] if self._librarian is None else [(self._librarian.space.threads, self._see)]
        return [(self._tools.readers, self._read), (self._model, self._infer), *see, (self._tools.writers, self._write)]

    def is_heavy(self, task: Task, step: int) -> bool:
        carry: Carry | None = task.carry
        if carry is None:
            return False
        if step == 1:
            return carry.answer is None
        return step == 2 and self._librarian is not None and carry.picture is not None

    def reads(self, item: ItemRow) -> Path | None:
        """Where the host rendered a proxy, the original may be anywhere."""
        return item.pixels if item.pixels is not None and self._options.apply == "host" else item.path

    # -- read ---------------------------------------------------------------------------------------------------------

    def _read(self, task: Task) -> PhotoResult | None:
        photo, pixels = self._identities(task.item)
        if photo.format is Format.VIDEO:
            return ended(task.item, "skipped", reason="A video: only photos are tagged.")
        if reason := self._filtered(photo, task.item.known):
            return ended(task.item, "skipped", reason=reason)
        existing, asking = self._existing(photo, task.item), self._asking(task)
        key = asking.key(pixels, existing)
        answer = self._tools.answers.get(key)
        unseen = self._librarian is not None and self._librarian.lacks(pixels)
        tile = self._tools.thumbnails.lacking(task.item.path)
        picture = self._look(pixels) if answer is None else self._look_for_search(pixels) if unseen else None
        if picture is not None:
            self._tools.thumbnails.keep(tile, picture.rgb)
        carry = Carry(photo, key, answer, picture, pixels=pixels, unseen=unseen)
        if answer is None and picture is not None:
            carry = replace(carry, seen=asking.look(picture), existing=existing)
        task.carry = carry
        self._tools.jobs.advance(task.item.id, Stage.READ)
        return None

    def _asking(self, task: Task) -> Asking:
        return self._askings[self._styles.of(task.item.path)]

    def _identities(self, item: ItemRow) -> tuple[Identity, Identity]:
        """The photo, and the file that its pixels come from."""
        if item.pixels is None:
            photo = identify(item.path, self._limits)
            return photo, photo
        if self._options.apply != "host":
            return identify(item.path, self._limits), identify(item.pixels, self._limits)
        # A proxy that the host rendered: its original may be offline, and knows more of itself where it is not.
        pixels = identify(item.pixels, self._limits)
        try:
            facts = glance(item.path).facts
        except BridgeError:
            facts = pixels.facts
        pixels = replace(pixels, facts=facts)
        return replace(pixels, path=item.path), pixels

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

    def _look_for_search(self, photo: Identity) -> Picture | None:
        """Nobody but search wants these pixels: that they cannot be had fails nothing."""
        found: list[Picture] = []
        quietly(lambda: found.append(self._look(photo)), photo.path)
        return found[0] if found else None

    def _filtered(self, photo: Identity, known: Known | None) -> str | None:
        """Why this run does not want the photo, or None."""
        options = self._options
        if options.since is not None and not _taken_since(photo, options.since):
            return f"Not known to be taken on or after {options.since}."
        if not options.only_untagged and options.min_rating is None:
            return None
        tagged, rating = self._said(photo, known)
        if options.only_untagged and tagged:
            return "It has keywords already."
        if options.min_rating is not None and rating < options.min_rating:
            return f"Rated lower than {options.min_rating}."
        return None

    def _said(self, photo: Identity, known: Known | None) -> tuple[bool, float]:
        """Whether a photo has keywords, and its rating: by the host where that applies the run, else by its files."""
        if self._options.apply == "host":
            return bool(known and known.keywords), (known and known.rating) or 0
        state = read_state(self._tools.exiftool, photo.path, photo.format)
        tagged = bool(words_of(state.documents).paths) or bool(known and known.keywords)
        return tagged, (known and known.rating) or _rating(state)

    def _existing(self, photo: Identity, item: ItemRow) -> Known | None:
        """What a person wrote about the photo, where the model is told of it. Our own words are not: with each run the
        question would be another one."""
        if not (self._options.tell_existing and self._tagger.capabilities.context):
            return None
        if self._options.apply == "host":
            known = item.known or Known()
            return of_a_person([host_document(item.path, known)], self._base(item))
        state = read_state(self._tools.exiftool, photo.path, photo.format)
        written = self._tools.written.get(canonical(photo.path), photo.data_hash)
        return of_a_person(state.documents, written)

    # -- infer --------------------------------------------------------------------------------------------------------

    def _infer(self, task: Task) -> PhotoResult | None:
        carry: Carry = task.carry
        asking = self._asking(task)
        if carry.answer is None:
            picture = carry.picture
            assert picture is not None
            with self._tools.asking.hold(carry.key):
                answer = self._tools.answers.get(carry.key) or asking.ask(
                    picture, carry.seen, carry.existing, task.cancelled
                )
                self._tools.answers.put(carry.key, self._tagger.name, answer)
            # The pixels are let go as soon as may be: what waits for the writer is small.
            task.carry = replace(carry, answer=answer, picture=picture if carry.unseen else None)
        origin = to_json(asking.origin(carry.photo.data_hash))
        self._tools.jobs.advance(task.item.id, Stage.INFERRED, answer_key=carry.key, origin=origin)
        return None

    # -- for search ---------------------------------------------------------------------------------------------------

    def _see(self, task: Task) -> PhotoResult | None:
        """What the model saw is stored already; that search cannot see the photo does not fail it."""
        carry: Carry = task.carry
        picture, librarian = carry.picture, self._librarian
        task.carry = replace(carry, picture=None)
        if picture is not None and librarian is not None:

            def see() -> None:
                task.carry = replace(carry, picture=None, sighted=librarian.see(picture))

            quietly(see, task.item.path)
        return None

    def _index(self, task: Task) -> None:
        carry: Carry = task.carry
        librarian, pixels = self._librarian, carry.pixels
        if librarian is None or pixels is None or (carry.unseen and carry.sighted is None):
            return
        known = task.item.known if self._options.apply == "host" else None
        quietly(lambda: librarian.keep(carry.photo, pixels, carry.sighted, known), task.item.path)

    # -- plan and apply -----------------------------------------------------------------------------------------------

    def _write(self, task: Task) -> PhotoResult | None:
        result = self._written(task)
        self._index(task)
        return result

    def _written(self, task: Task) -> PhotoResult | None:
        carry: Carry = task.carry
        assert carry.answer is not None
        guide, asking = self._styles.of(task.item.path), self._asking(task)
        answer = asking.check(carry.answer)
        worded = without(self._wording.of(answer, with_category=self._options.category_keyword), self._never)
        worded = unsaid(worded, NO_GUIDE.never if guide is None else guide.read.never)
        proposal = Proposal(worded.keywords, answer.title, answer.caption, answer.alt_text)
        item, options, photo = task.item, self._options, carry.photo
        if options.apply == "host":
            # What it would do now. The host is told by metadata.plan, when it has said what the photo says by then.
            known, base = item.known or Known(), self._base(item)
            offered = plan_for_host(item.path, known, proposal, base, replace_ours=options.replace)
            return self._result(task, answer, worded, offered)
        if not options.write:
            shown_plan = writing.plan(self._tools, options, item, photo, proposal)
            return self._result(task, answer, worded, shown_plan)

        origin = asking.origin(photo.data_hash)
        source = Source(origin, _said(worded), proposal, approved=options.host or WRITE)
        outcome = writing.write(self._tools, options, item, photo, source, still_wanted=task.still_wanted)
        return self._result(task, answer, worded, outcome.plan, outcome)

    def _base(self, item: ItemRow) -> Written | None:
        assert self._options.host is not None
        return self._tools.host_writes.base(place_of(self._options.host, item.path, item.host_id))

    def _result(
        self, task: Task, answer: Answer, worded: Worded, plan: Plan | HostPlan, outcome: Outcome | None = None
    ) -> PhotoResult:
        if worded.suggested and self._options.vocabulary is not None:
            self._tools.suggestions.add(self._options.vocabulary, task.item.id, worded.suggested)
        guide = self._styles.of(task.item.path)
        written_to, warnings = (outcome.written_to, outcome.warnings) if outcome else ((), ())
        return ended(
            task.item,
            "done",
            keywords=_said(worded),
            **merged(plan, (*answer.dropped, *worded.dropped)),
            suggested=worded.suggested,
            title=answer.title,
            caption=answer.caption,
            alt_text=answer.alt_text,
            category=answer.category,
            facts={**_facts(task.carry.photo), **answer.facts},
            model=self._tagger.name,
            style=None if guide is None else guide.label,
            written_to=[shown(path) for path in written_to],
            warnings=list(dict.fromkeys((*answer.facts.get(DISAGREEMENTS, ()), *plan.warnings, *warnings))),
        )


def _said(worded: Worded) -> list[KeywordResult]:
    return [_told(word, match) for word, match in zip(worded.keywords, worded.matches, strict=True)]


def _told(word: Keyword, match: Match | None) -> KeywordResult:
    found = {} if match is None else {"word": match.word, "reason": match.reason}
    return KeywordResult(name=word.name, path=word.path, score=word.score, source=word.source, **found)


def merged(plan: Plan | HostPlan, dropped: tuple[Dropped, ...] = ()) -> dict[str, Any]:
    """What a plan does to the keywords, as results tell it."""
    return {
        "added": ["|".join(path) for path in plan.added],
        "removed": ["|".join(path) for path in plan.removed],
        "kept": ["|".join(path) for path in plan.kept],
        "dropped": [DroppedResult(name=d.name, reason=d.reason) for d in (*dropped, *plan.dropped)],
    }


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
