"""The methods of reviewing a run before it is written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import Params
from bridge.service import (
    Completions,
    ReviewActions,
    ReviewDecided,
    ReviewedWords,
    ReviewPage,
    ReviewScope,
    ReviewService,
    ReviewShown,
    ReviewSummary,
    Submitted,
)
from bridge.store import NewReview, ReviewKind

MOST = 50_000
"""Photos that are decided on by their numbers at once."""
LONGEST = 1000
"""Characters of a keyword with all its levels."""
State = Literal["open", "accepted", "skipped", "edited", "failed"]


class ReviewJob(Params):
    job: str = Field("last", description="a run; last = the newest that can be reviewed")


class ReviewListParams(ReviewJob):
    offset: int = Field(0, ge=0, lt=2**31)
    limit: int = Field(50, ge=1, le=200)
    state: State | None = Field(None, description="edited: a decision changes what is written")
    word: str | None = Field(None, min_length=1, max_length=LONGEST, description="photos that show it; A|B")


class ReviewShowParams(ReviewJob):
    item: int = Field(ge=0, lt=2**63)


class ReviewWordsParams(ReviewJob):
    limit: int = Field(200, ge=1, le=1000)
    text: str | None = Field(None, min_length=1, max_length=200, description="only words that contain it")


class CompleteParams(ReviewJob):
    text: str = Field(min_length=1, max_length=200, description="what was typed so far")


class ScopeParams(Params):
    """One of: items; all; state and word, as review.list filters."""

    items: list[int] | None = Field(None, min_length=1, max_length=MOST)
    all: bool = Field(False, description="every photo that the run has or will have")
    state: State | None = None
    word: str | None = Field(None, min_length=1, max_length=LONGEST)

    @model_validator(mode="after")
    def _is_one(self) -> ScopeParams:
        filtered = self.state is not None or self.word is not None
        if (self.items is not None) + self.all + filtered != 1:
            raise ValueError("one of items, all, or state and word")
        return self

    def scope(self) -> ReviewScope:
        items = None if self.items is None else tuple(self.items)
        return ReviewScope(items, self.all, self.state, self.word)


class DecideParams(ReviewJob):
    kind: ReviewKind
    scope: ScopeParams | None = Field(None, description="may be left out for never: that is for the whole run")
    word: str | None = Field(None, max_length=LONGEST, description="for reject, restore, never, map; A|B")
    value: str | None = Field(None, max_length=50_000, description="a keyword (map, add), a text (text; empty = none)")
    field: Literal["title", "caption", "alt_text"] | None = Field(None, description="for text and text_restore")
    old: str | None = Field(None, max_length=100_000, description="the text that the person saw in the photo")

    @model_validator(mode="after")
    def _has_a_scope(self) -> DecideParams:
        if self.scope is None and self.kind is not ReviewKind.NEVER:
            raise ValueError("scope: which photos are meant")
        return self

    def decision(self) -> NewReview:
        return NewReview(self.kind, self.word, self.value, self.field, self.old)


class UndoDecisionParams(ReviewJob):
    action: int | None = Field(None, ge=0, lt=2**62, description="none = the latest that stands")


class ReviewActionsParams(ReviewJob):
    limit: int = Field(100, ge=1, le=1000)
    before: int | None = Field(None, ge=0, lt=2**62, description="the last action of the page before")


class ReviewApplyParams(ReviewJob):
    only_accepted: bool = Field(False, description="photos on which nothing was decided are left out too")
    allow_mixed: bool = Field(False, description="write into folders that have a pass of another model or style")


def review_methods(review: ReviewService) -> list[Method]:
    return [
        Method(
            "review.list",
            ReviewListParams,
            ReviewPage,
            lambda p: review.list(p.job, p.offset, p.limit, p.state, p.word),
            "A page of a run's photos: what is proposed and what was decided.",
        ),
        Method(
            "review.show",
            ReviewShowParams,
            ReviewShown,
            lambda p: review.show(p.job, p.item),
            "One photo planned against what its files say now: exactly what will be written.",
        ),
        Method(
            "review.words",
            ReviewWordsParams,
            ReviewedWords,
            lambda p: review.words(p.job, p.limit, p.text),
            "The words of a run, and how many photos show them.",
        ),
        Method(
            "review.complete",
            CompleteParams,
            Completions,
            lambda p: review.complete(p.job, p.text),
            "Keywords that fit what was typed.",
        ),
        Method(
            "review.decide",
            DecideParams,
            ReviewDecided,
            lambda p: review.decide(p.job, p.decision(), ReviewScope(all=True) if p.scope is None else p.scope.scope()),
            "Store a decision on photos of a run; on the disk before the answer.",
        ),
        Method(
            "review.undo",
            UndoDecisionParams,
            ReviewDecided,
            lambda p: review.undo(p.job, p.action),
            "Take a decision back; without an action the latest that stands.",
        ),
        Method(
            "review.actions",
            ReviewActionsParams,
            ReviewActions,
            lambda p: review.actions(p.job, p.limit, p.before),
            "The decisions on a run, newest first.",
        ),
        Method("review.summary", ReviewJob, ReviewSummary, lambda p: review.summary(p.job), "How far a review is."),
        Method(
            "review.apply",
            ReviewApplyParams,
            Submitted,
            lambda p: review.apply(p.job, only_accepted=p.only_accepted, allow_mixed=p.allow_mixed),
            "Write what was decided, in a run like any other.",
        ),
    ]
