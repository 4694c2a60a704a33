"""Runs, reviews, edits of a person and undos in every order: theirs stays, refused stays away, undone is as before."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import NotFound
from bridge.jobs.request import RunOptions
from bridge.service import ReviewScope, Service
from bridge.store import NewReview, ReviewKind
from bridge.values import Answer, Keyword
from tests.fakes.bridge import finish, service_around
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import exiftool

STEPS = 12
OURS = ("sea", "harbour", "Animals|Cat", "dog", "boat")
CHOSEN = ("Holiday", "Animals|Dog", "Places|Harbour")
TYPED = ("owl", "my, word", "straße")
MINE = ("My own.", "Mine.")


@dataclass
class Campaign:
    service: Service
    tagger: FakeTagger
    photo: Path
    dice: random.Random
    typed: set[str] = field(default_factory=set)
    chosen: dict[str, set[str]] = field(default_factory=dict)
    """What was written as the person's own word, by run; those that stand."""
    jobs: list[str] = field(default_factory=list)

    def tag(self) -> str:
        words = self.dice.sample(OURS, self.dice.randint(1, 4))
        caption = self.dice.choice([None, "Ours.", "Ours again."])
        self.tagger.script = lambda _: Answer(tuple(Keyword(tuple(w.split("|")), 0.9) for w in words), caption=caption)
        self.tagger.digest = f"{words} {caption}"
        job = self.service.runs.analyze([self.photo], RunOptions()).job or ""
        assert finish(self.service, job).failed == 0
        return job

    def write(self) -> None:
        self.written(self.service.apply(self.tag()).job or "")

    def review(self) -> None:
        job = self.tag()
        said = [word.value for word in self.service.review.list(job).photos[0].words]
        for word in said:
            kind = self.dice.choice([None, None, ReviewKind.REJECT, ReviewKind.MAP])
            if kind is not None:
                self.decide(job, NewReview(kind, word, self.dice.choice(CHOSEN)))
        if self.dice.random() < 0.5:
            self.decide(job, NewReview(ReviewKind.ADD, value=self.dice.choice(CHOSEN)))
        if self.dice.random() < 0.5:
            old = self.caption()
            text = self.dice.choice(MINE)
            self.decide(job, NewReview(ReviewKind.TEXT, value=text, field="caption", seen=old or None))
        if self.dice.random() < 0.3 and self.service.review.actions(job).actions:
            self.service.review.undo(job)
        photo = self.service.review.list(job).photos[0]
        applied = self.service.review.apply(job).job or ""
        self.written(applied)
        self.chosen[applied] = {word.value for word in photo.words if word.state in ("added", "mapped")}

    def decide(self, job: str, decision: NewReview) -> None:
        self.service.review.decide(job, decision, ReviewScope(all=True))

    def written(self, job: str) -> None:
        self.jobs.append(job)
        assert finish(self.service, job).failed == 0

    def undo(self, job: str | None = None) -> None:
        if not self.jobs:
            return
        job = job or self.dice.choice(self.jobs)
        self.jobs.remove(job)
        self.chosen.pop(job, None)
        with suppress(NotFound):  # it wrote nothing, and nothing was decided
            assert finish(self.service, self.service.runs.undo(job).job or "").failed == 0

    def several_and_back(self) -> None:
        before, first = self.photo.read_bytes(), len(self.jobs)
        for step in (self.write, self.review, self.review):
            step()
        for job in reversed(self.jobs[first:]):
            self.undo(job)
        assert self.photo.read_bytes() == before

    def type(self) -> None:
        word = self.dice.choice(TYPED)
        if word not in self.words():
            exiftool("-overwrite_original", f"-XMP-dc:Subject+={word}", self.photo)
            self.typed.add(word)

    def told(self, *tags: str) -> dict[str, list[str]]:
        (found,) = json.loads(exiftool("-j", *(f"-XMP:{tag}" for tag in tags), self.photo))
        return {
            tag: list(map(str, value if isinstance(value := found.get(tag, []), list) else [value])) for tag in tags
        }

    def words(self) -> set[str]:
        told = self.told("Subject", "HierarchicalSubject")
        return {*told["Subject"], *told["HierarchicalSubject"]}

    def caption(self) -> str:
        return "".join(self.told("Description")["Description"])

    def check(self) -> None:
        words = self.words()
        assert self.typed <= words
        for job, chosen in self.chosen.items():
            assert {word.split("|")[-1].lower() for word in chosen} <= {w.split("|")[-1].lower() for w in words}, job


@pytest.mark.parametrize("seed", range(2))
def test_whatever_the_order_theirs_stays(own_home: Path, tmp_path: Path, seed: int) -> None:
    photo = tmp_path / "0.jpg"
    Image.new("RGB", (160, 120), (200, 30, 30)).save(photo)
    tagger = FakeTagger(schema=False, caption=True)
    with service_around(own_home, tagger) as service:
        campaign = Campaign(service, tagger, photo, random.Random(f"review {seed}"))
        steps: dict[Callable[[], None], int] = {
            campaign.write: 2,
            campaign.review: 4,
            campaign.type: 2,
            campaign.undo: 3,
            campaign.several_and_back: 2,
        }
        said = []
        for step in campaign.dice.choices(list(steps), list(steps.values()), k=STEPS):
            said.append(step.__name__)
            step()
            campaign.check()
        for job in reversed(campaign.jobs[:]):
            campaign.undo(job)
        assert campaign.words() == campaign.typed, said
        # A caption that the person wrote in two reviews stays where they take back the older one first.
        assert campaign.caption() in ("", *MINE), said


def test_a_word_that_a_person_wrote_again_stays_whatever_is_undone(own_home: Path, tmp_path: Path) -> None:
    """Ours, refused, typed by hand: then both runs are taken back, the one that took it away first."""
    photo = tmp_path / "0.jpg"
    Image.new("RGB", (160, 120), (200, 30, 30)).save(photo)
    tagger = FakeTagger(schema=False, caption=False)
    with service_around(own_home, tagger) as service:
        campaign = Campaign(service, tagger, photo, random.Random(0))
        tagger.script = lambda _: Answer((Keyword(("sea",), 0.9), Keyword(("boat",), 0.9)))
        first = service.runs.analyze([photo], RunOptions(write=True)).job or ""
        finish(service, first)
        dry = service.runs.analyze([photo], RunOptions()).job or ""
        finish(service, dry)
        campaign.decide(dry, NewReview(ReviewKind.REJECT, "boat"))
        second = service.review.apply(dry).job or ""
        finish(service, second)
        assert "boat" not in campaign.words()
        exiftool("-overwrite_original", "-XMP-dc:Subject+=boat", "-XMP-lr:HierarchicalSubject+=boat", photo)
        for job in (second, first):
            assert finish(service, service.runs.undo(job).job or "").failed == 0
        assert campaign.words() == {"boat"}
