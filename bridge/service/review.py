"""Reviewing a run before it is written: what it proposes, a person's decisions on it, and writing what was decided."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bridge.errors import InvalidParams, NotFound, Refused
from bridge.hosts import HOSTS
from bridge.jobs.keywording import keyword_path
from bridge.jobs.lists import Source
from bridge.jobs.request import RunOptions
from bridge.jobs.review_index import Counts, RunIndex, State, undecided
from bridge.jobs.review_overlay import fold_actions, path_of, text_of
from bridge.jobs.reviewing import Reader, preview
from bridge.jobs.tools import Tools
from bridge.metadata import blank
from bridge.service.replies import Submitted
from bridge.service.review_replies import (
    Completion,
    Completions,
    ReviewActionReply,
    ReviewActions,
    ReviewApplied,
    ReviewDecided,
    ReviewedWord,
    ReviewedWords,
    ReviewPage,
    ReviewShown,
    ReviewSummary,
)
from bridge.service.review_telling import as_photo, as_target, told
from bridge.service.runs import RunService
from bridge.store import NOW, ItemRow, JobRow, NewItem, NewReview, ReviewAction, ReviewKind, Stage, forbidden
from bridge.words import fold

DRY = ("tag", "keyword")
"""Kinds of runs whose proposals can be decided on."""
KEPT = 2
"""Runs whose words are kept in memory."""
COMPLETIONS = 20
LONGEST_TEXT = 20_000
_STANDINGS = (ReviewKind.ACCEPT, ReviewKind.SKIP, ReviewKind.REOPEN)


@dataclass(frozen=True, slots=True)
class ReviewScope:
    """On which photos something is decided. Nothing named: on those that the filters mean now."""

    items: tuple[int, ...] | None = None
    all: bool = False
    """Every photo that the run has or will have."""
    state: State | None = None
    word: str | None = None


class ReviewService:
    def __init__(self, runs: RunService, tools: Tools) -> None:
        self._runs = runs
        self._tools = tools
        self._reviews = tools.reviews
        self._indexes: OrderedDict[str, RunIndex] = OrderedDict()
        self._indexing = threading.Lock()
        self._complete = lru_cache(maxsize=2)(self._names)

    # -- what there is ------------------------------------------------------------------------------------------------

    def list(
        self, job: str, offset: int = 0, limit: int = 50, state: State | None = None, word: str | None = None
    ) -> ReviewPage:
        """A page of the photos of any run, with what was decided on them."""
        row = self._row(job)
        why = _closed(row)
        sequence = self._reviews.sequence(row.id)
        if state is None and word is None:
            items, total = self._reviews.page(row.id, offset, limit)
        else:
            with self._index(row.id) as index:
                found = index.photos(state, word)
            items, total = self._reviews.items(row.id, found[offset : offset + limit]), len(found)
        return ReviewPage(
            job=row.id,
            kind=row.kind,
            model=row.model,
            run_state=row.state,
            reviewable=why is None,
            why=why,
            total=total,
            offset=offset,
            seq=sequence,
            photos=tuple(as_photo(photo, dry=why is None) for photo in Reader(self._tools, row.id).read(items)),
        )

    def show(self, job: str, item: int) -> ReviewShown:
        """One photo planned against what its files say now, with the decisions on it: exactly what will be written."""
        row = self._row(job)
        photos = Reader(self._tools, row.id).read(self._reviews.items(row.id, [item]))
        if not photos:
            raise NotFound(f"The run {row.id} has no such photo that has ended.", hint="Load the page again.")
        (photo,) = photos
        dry = _closed(row) is None
        if not dry or photo.item.stage is not Stage.DONE:
            return ReviewShown(photo=as_photo(photo, dry=dry), nothing=True)
        found = preview(self._tools, _options(row), photo)
        shown = as_photo(photo, dry=True, overlay=found.overlay, plan=found.plan)
        if found.plan is None or found.state is None:
            return ReviewShown(photo=shown, changed=True, nothing=True)
        return ReviewShown(
            photo=shown,
            nothing=found.plan.empty,
            targets=tuple(as_target(target, found.state) for target in found.plan.targets),
            warnings=found.plan.warnings,
        )

    def words(self, job: str, limit: int = 200, text: str | None = None) -> ReviewedWords:
        """The words of a run, those of most photos first; ``text``: only those that contain it."""
        row = self._row(job)
        never = self._tools.rules.never()
        with self._index(row.id) as index:
            found = index.words()
        if text is not None:
            found = [word for word in found if fold(text) in fold(text_of(word.path))]
        return ReviewedWords(
            job=row.id,
            words=tuple(
                ReviewedWord(
                    value=text_of(word.path),
                    photos=word.photos,
                    rejected=word.rejected,
                    never=forbidden(word.path, never),
                    yours=word.yours,
                )
                for word in found[:limit]
            ),
            total=len(found),
        )

    def complete(self, job: str, text: str) -> Completions:
        """Keywords that fit what was typed: of the run's keyword list, its host's tree, the run itself."""
        row = self._row(job)
        wanted = fold(text)
        sources: list[tuple[Literal["vocabulary", "tree", "run"], Sequence[str]]] = []
        for source in self._sources(row):
            kind: Literal["vocabulary", "tree"] = "vocabulary" if source[0] == "list" else "tree"
            sources.append((kind, self._complete(source)))
        with self._index(row.id) as index:
            sources.append(("run", [text_of(path) for path in index.spellings()]))
        found: dict[str, tuple[int, int, Completion]] = {}
        for place, (origin, names) in enumerate(sources):
            for name in names:
                fit = _fit(fold(name), wanted)
                if fit is not None and fold(name) not in found:
                    found[fold(name)] = (fit, place, Completion(value=name, origin=origin))
        best = sorted(found.items(), key=lambda one: (*one[1][:2], len(one[0]), one[0]))
        return Completions(words=tuple(completion for _, (_, _, completion) in best[:COMPLETIONS]))

    def _sources(self, row: JobRow) -> Iterator[Source]:
        options = _options(row) if row.kind in DRY else RunOptions()
        active = self._tools.vocabularies.active()
        hash = options.vocabulary or (None if active is None else active.content.hash)
        if hash is not None and self._tools.vocabularies.by_hash(hash) is not None:
            yield "list", hash
        if options.tree is not None and self._tools.trees.has(options.tree):
            yield "tree", options.tree

    def _names(self, source: Source) -> tuple[str, ...]:
        return tuple(text_of(term.path) for term in self._tools.lists.vocabulary(source) if term.export)

    def summary(self, job: str) -> ReviewSummary:
        row = self._row(job)
        why = _closed(row)
        decisions = len(self._reviews.standing(row.id))
        counts = self._counts(row.id) if decisions else undecided(self._tools.jobs.counts(row.id))
        applied = [self._tools.jobs.get(name) for name in self._reviews.applied(row.id)]
        return ReviewSummary(
            job=row.id,
            kind=row.kind,
            model=row.model,
            run_state=row.state,
            reviewable=why is None,
            why=why,
            seq=self._reviews.sequence(row.id),
            photos=counts.done,
            open=counts.open,
            accepted=counts.accepted,
            skipped=counts.skipped,
            edited=counts.edited,
            failed=counts.failed,
            passed_over=counts.passed_over,
            decisions=decisions,
            applied=tuple(
                ReviewApplied(
                    job=run.id,
                    state=run.state,
                    photos=sum(self._tools.jobs.counts(run.id).values()),
                    created=run.created,
                )
                for run in applied
            ),
        )

    def _counts(self, job: str) -> Counts:
        with self._index(job) as index:
            return index.counts()

    def actions(self, job: str, limit: int = 100, before: int | None = None) -> ReviewActions:
        """The decisions on a run, newest first, those that were taken back too."""
        row = self._row(job)
        found = self._reviews.actions(row.id, limit, NOW if before is None else before)
        return ReviewActions(
            actions=tuple(
                ReviewActionReply(
                    action=action.id,
                    kind=action.kind,
                    told=told(action),
                    photos=action.photos,
                    word=action.word,
                    value=action.value,
                    field=action.field,
                    made=action.made,
                    undone=action.undone is not None,
                )
                for action in found
            )
        )

    # -- decisions ----------------------------------------------------------------------------------------------------

    def decide(self, job: str, decision: NewReview, scope: ReviewScope) -> ReviewDecided:
        """Store a decision. It is on the disk when this returns.

        Raises Refused where nothing can be decided on the run, InvalidParams, NotFound.
        """
        row = self._reviewable(job)
        decision = _checked(decision)
        items = None if decision.kind is ReviewKind.NEVER else self._meant(row.id, scope)
        action = self._reviews.decide(row.id, decision, items)
        return self._decided(action, told(action))

    def _meant(self, job: str, scope: ReviewScope) -> Sequence[int] | None:
        if scope.all:
            return None
        if scope.items is not None:
            return scope.items
        with self._index(job) as index:
            items = index.photos(scope.state, scope.word)
        if not items:
            raise NotFound("No photo of this run is meant by that.", hint="Nothing was decided.")
        return items

    def undo(self, job: str, action: int | None = None) -> ReviewDecided:
        """Take a decision back: it is as if it had never been made. None: the latest that stands. ``told`` is what was
        decided."""
        row = self._reviewable(job)
        undone = self._reviews.undo(row.id, action)
        return self._decided(undone, told(undone))

    def _decided(self, action: ReviewAction, said: str) -> ReviewDecided:
        sequence = self._reviews.sequence(action.job)
        return ReviewDecided(action=action.id, told=said, photos=action.photos, seq=sequence)

    # -- writing ------------------------------------------------------------------------------------------------------

    def apply(self, job: str, *, only_accepted: bool = False, allow_mixed: bool = False) -> Submitted:
        """Write in a new run what was decided by now. Photos that are to be skipped are left out; with
        ``only_accepted`` those on which nothing was decided too. Raises Refused, MixedPass."""
        row = self._reviewable(job)
        self._runs.refuse_open(row)
        upto = self._reviews.sequence(row.id)
        wanted = ("accepted",) if only_accepted else ("accepted", "open")
        standing = self._standings(row.id, upto)
        items = [
            NewItem(item.path, item.pixels, item.host_id, item.known)
            for item in self._done(row.id)
            if standing(item.id) in wanted
        ]
        if not items:
            raise Refused(
                "No photo of this run is accepted yet." if only_accepted else "No photo of this run is to be written.",
                hint="Accept some first, or apply everything but what is skipped." if only_accepted else None,
            )
        fixed = {"write": True, "review": row.id, "review_upto": upto}
        options = _options(row).model_copy(update=fixed)
        return self._runs.write_anew(
            row, "review", options, items, allow_mixed=allow_mixed, why="What you decided in the review is written."
        )

    def has_decisions(self, row: JobRow) -> bool:
        return _closed(row) is None and bool(self._reviews.standing(row.id))

    def _done(self, job: str) -> Iterator[ItemRow]:
        after = 0
        while batch := self._tools.jobs.results(job, after, 1000):
            after = batch[-1].finished or after
            yield from (item for item in batch if item.stage is Stage.DONE)

    def _standings(self, job: str, upto: int) -> _Standings:
        actions = [action for action in self._reviews.standing(job, upto) if action.kind in _STANDINGS]
        own: dict[int, list[ReviewAction]] = {}
        for action in actions:
            if not action.whole:
                for item in self._reviews.photos_of(action.id):
                    own.setdefault(item, []).append(action)
        return _Standings([action for action in actions if action.whole], own)

    # -- runs ---------------------------------------------------------------------------------------------------------

    def _row(self, job: str) -> JobRow:
        if job != "last":
            return self._tools.jobs.get(job)
        recent = self._tools.jobs.recent(1000)
        open_ = next((row for row in recent if row.kind in DRY and _closed(row) is None), None)
        return open_ or self._runs.last_run((*DRY, "review"))

    def _reviewable(self, job: str) -> JobRow:
        row = self._row(job)
        if why := _closed(row):
            raise Refused(why)
        return row

    @contextmanager
    def _index(self, job: str) -> Iterator[RunIndex]:
        """Up to date; one that is asked for the first time reads its whole run."""
        with self._indexing:
            index = self._indexes.pop(job, None) or RunIndex(self._reviews, job)
            self._indexes[job] = index
            if len(self._indexes) > KEPT:
                self._indexes.popitem(last=False)
            index.refresh()
            yield index


class _Standings:
    def __init__(self, whole: Sequence[ReviewAction], own: dict[int, list[ReviewAction]]) -> None:
        self._whole = whole
        self._own = own
        self._alike = fold_actions(whole).standing

    def __call__(self, item: int) -> str:
        own = self._own.get(item)
        if own is None:
            return self._alike
        return fold_actions(sorted((*self._whole, *own), key=lambda action: action.id)).standing


def _options(row: JobRow) -> RunOptions:
    return RunOptions.model_validate_json(row.request)


def _closed(row: JobRow) -> str | None:
    """Why there is nothing to decide on a run, or None."""
    if row.kind == "review":
        return "This run wrote what was decided in a review: undo it there where it is listed, or decide anew."
    if row.kind not in DRY:
        return "This run proposes no keywords or texts: there is nothing to decide on it here."
    options = _options(row)
    if options.apply == "host" and options.host is not None:
        return f"{HOSTS[options.host].title} writes what this run proposes: decide on it there."
    if options.write:
        return "This run has written already. Undo it, or tag without writing to decide first."
    return None


def _checked(decision: NewReview) -> NewReview:
    """With keywords as they can be written. Raises InvalidParams."""
    kind, word, value, field = decision.kind, decision.word, decision.value, decision.field
    if kind in (ReviewKind.REJECT, ReviewKind.RESTORE, ReviewKind.NEVER, ReviewKind.MAP):
        if word is None or not any(name.strip() for name in word.split("|")):
            raise InvalidParams(f"{kind} needs a word.", hint="Name it: word, a hierarchy as A|B.")
        word = text_of(path_of(word))
    else:
        word = None
    if kind in (ReviewKind.MAP, ReviewKind.ADD):
        value = text_of(keyword_path(value or ""))
    elif kind is ReviewKind.TEXT:
        value = _text(value, field)
    else:
        value = None
    if kind in (ReviewKind.TEXT, ReviewKind.TEXT_RESTORE):
        if field is None:
            raise InvalidParams(f"{kind} needs a field.", hint="One of title, caption, alt_text.")
    else:
        field = None
    return NewReview(kind, word, value, field, decision.seen if kind is ReviewKind.TEXT else None)


def _text(value: str | None, field: str | None) -> str:
    if value is None:
        raise InvalidParams("There is no text.", hint="An empty one writes none.")
    if len(value) > LONGEST_TEXT:
        raise InvalidParams(f"The text is longer than {LONGEST_TEXT:,} characters.", hint="Shorten it.")
    if value.strip() and blank(value):
        raise InvalidParams(
            f"“{value.strip()}” counts as no {(field or 'text').replace('_', ' ')}: cameras write it by themselves.",
            hint="Write another text.",
        )
    return value.strip()


def _fit(name: str, wanted: str) -> int | None:
    """How well a keyword fits what was typed, 0 the best: it is called so, begins so, a word of it does, it contains
    it."""
    leaf = name.rsplit("|", 1)[-1]
    if wanted in (leaf, name):
        return 0
    if leaf.startswith(wanted) or name.startswith(wanted):
        return 1
    if any(part.startswith(wanted) for part in leaf.replace("-", " ").split()):
        return 2
    return 3 if wanted in name else None
