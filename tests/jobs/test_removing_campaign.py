"""Runs of two models, a person's edits, removals of everything that one model wrote, and undos of all of them in every
order, on real files: a person's word is never lost, and nothing of a model is left that was only its own."""

from __future__ import annotations

import itertools
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from PIL import Image

from bridge.exiftool import Assign, ExifTool, Reply, Write
from bridge.jobs.request import PhotoResult, RunOptions
from bridge.metadata import read_state
from bridge.service import Service
from bridge.values import Answer, Format, Keyword
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.tagger import FakeTagger

MODELS = ("a", "b")
OURS = ("sea", "boat", "Nature|Sky")
PERSONS = ("Rome", "Ann")
LISTS = ("XMP-dc:Subject", "XMP-lr:HierarchicalSubject", "XMP-digiKam:TagsList", "IPTC:Keywords")
MAIN = ("XMP-dc:Description", "IPTC:Caption-Abstract")
WORDS = st.lists(st.sampled_from(OURS), unique=True, min_size=1, max_size=2)
NUMBER = itertools.count()


@dataclass
class Claim:
    """That a run wrote a word, or found it there and said it too."""

    model: str
    word: str
    run: str
    taken: set[str] = field(default_factory=set)
    """Runs that took it away: undos have none, since they are final."""


class Campaign(RuleBasedStateMachine):
    """One photo, and what is known of it by what was done to it."""

    stack: ClassVar[ExitStack]
    service: ClassVar[Service]
    taggers: ClassVar[dict[str, FakeTagger]]
    tool: ClassVar[ExifTool]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.photo = Path(self.folder.name) / "photo.jpg"
        number = next(NUMBER)
        # No two alike: what is known of a photo that is gone would be taken for this one's.
        picture = Image.new("L", (24, 1))
        picture.putdata([255 * (number >> bit & 1) for bit in range(24)])
        picture.resize((240, 60), Image.Resampling.NEAREST).convert("RGB").save(self.photo)
        self.claims: list[Claim] = []
        self.runs: list[str] = []
        self.by_hand: set[str] = set()
        self.typed: str | None = None
        self.unsure: set[str] = set()
        """Words of ours that a person took away or spelt otherwise: they may count as the person's."""

    def teardown(self) -> None:
        for model in MODELS:
            self.a_removal(model, back=False)
        left = self.words() - self.by_hand - self.unsure
        assert not left, f"{left} is nobody's"
        self.folder.cleanup()

    @initialize(first=WORDS, second=WORDS)
    def both_models_wrote(self, first: list[str], second: list[str]) -> None:
        self.a_run("a", first, caption="once", renew=False)
        self.a_run("b", second, caption=None, renew=False)

    @rule(
        model=st.sampled_from(MODELS),
        words=WORDS,
        caption=st.sampled_from([None, "once", "again"]),
        renew=st.sampled_from([False, False, False, True]),
    )
    def a_run(self, model: str, words: list[str], caption: str | None, renew: bool) -> None:
        keywords = tuple(Keyword(tuple(word.split("|"))) for word in words)
        said = None if caption is None else f"Written by {model} {caption}."
        tagger = self.taggers[model]
        tagger.script = lambda _: Answer(keywords=keywords, caption=said)
        tagger.digest = f"{words} {caption}"
        options = RunOptions(model=model, write=True, replace=renew, allow_mixed=True)
        result = self.ended(self.service.runs.analyze([self.photo], options).job or "")
        for claim in self.claims:
            if claim.word in result.removed:
                claim.taken.add(result.job)
        there = {claim.word for claim in self.claims if not claim.taken}
        kept = [word for word in result.kept if word in there and result.written_to]
        self.claims += [Claim(model, word, result.job) for word in (*result.added, *kept)]
        if renew and caption:
            self.typed = None
        self.runs.append(result.job)

    @rule(word=st.sampled_from(PERSONS))
    def a_person_adds(self, word: str) -> None:
        if word not in self.by_hand:
            self.edit(*(Assign(tag, word, "+=") for tag in LISTS))
            self.by_hand.add(word)

    @rule(word=st.sampled_from(OURS))
    def a_person_takes_away(self, word: str) -> None:
        self.unsure.add(word)
        leaf = word.split("|")[-1]
        values = {LISTS[0]: leaf, LISTS[1]: word, LISTS[2]: word.replace("|", "/"), LISTS[3]: leaf}
        self.edit(*(Assign(tag, value, "-=") for tag, value in values.items()))

    @rule(word=st.sampled_from(OURS[:2]))
    def a_person_spells_it_otherwise(self, word: str) -> None:
        if word in self.words():
            self.unsure.add(word)
            self.edit(*(Assign(tag, word, "-=") for tag in LISTS), *(Assign(tag, word.upper(), "+=") for tag in LISTS))
            self.by_hand.add(word.upper())

    @rule(text=st.sampled_from(["My own.", "Another of mine."]))
    def a_person_writes_a_caption(self, text: str) -> None:
        self.edit(*(Assign(tag, text) for tag in MAIN))
        self.typed = text

    @rule(model=st.sampled_from(MODELS), back=st.booleans())
    def a_removal(self, model: str, back: bool) -> None:
        if not any(claim.model == model for claim in self.claims):
            return
        before, bytes_before = self.words(), self.photo.read_bytes()
        try:
            job = self.service.provenance.remove(model, [self.photo], write=True).job
        except Exception as error:
            assert "Nothing that" in str(error)
            job = ""
        if job:
            self.ended(job)
        if back and job and self.photo.read_bytes() != bytes_before:
            self.undo(job)
            assert self.photo.read_bytes() == bytes_before
            return
        for claim in self.claims:
            if claim.model == model:
                claim.taken.add(job)
        standing = {claim.word for claim in self.claims if not claim.taken}
        ours = {claim.word for claim in self.claims} - self.unsure
        now = self.words()
        assert not now & (ours - standing), "something of the model is left"
        assert before & standing - self.unsure <= now, "it took another model's word"
        assert not [text for text in self.captions_there() if text.startswith(f"Written by {model}")]
        if job:
            self.runs.append(job)

    @precondition(lambda self: self.runs)
    @rule(data=st.data())
    def an_undo(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from(self.runs))
        self.runs.remove(job)
        before = self.words()
        self.undo(job)
        for claim in self.claims:
            claim.taken.discard(job)
        gone = before - self.words()
        self.claims = [claim for claim in self.claims if claim.run != job]
        standing = {claim.word for claim in self.claims if not claim.taken}
        assert not gone & standing - self.unsure, "it took what another run says too"

    @invariant()
    def what_a_person_wrote_is_there(self) -> None:
        assert self.by_hand <= self.words()
        if self.typed is not None:
            assert self.captions_there() == {self.typed}

    # -- doing --------------------------------------------------------------------------------------------------------

    def ended(self, job: str) -> PhotoResult:
        (result,) = results(self.service, job).values()
        assert result.status == "done", result
        return result

    def undo(self, job: str) -> None:
        try:
            undone = finish(self.service, self.service.runs.undo(job).job or "")
        except Exception as error:
            assert "nothing left to undo" in str(error) or "There is no run" in str(error)
            return
        assert (undone.state, undone.done) == ("done", 1)

    def edit(self, *assigns: Assign) -> None:
        new = self.photo.with_name("edited")
        (reply,) = self.tool.run([Write(self.photo, new, assigns, suffix=".jpg")])
        assert isinstance(reply, Reply), reply
        if new.exists():
            new.replace(self.photo)

    def words(self) -> set[str]:
        """Every keyword in any list; the leaf alone of one whose path stands nowhere."""
        (document,) = read_state(self.tool, self.photo, Format.JPEG).documents
        found = {value.replace("/", "|") for tag in LISTS for value in document.lists.get(tag, ())}
        leaves = {path.split("|")[-1]: path for path in found if "|" in path}
        return {leaves.get(word, word) for word in found}

    def captions_there(self) -> set[str]:
        (document,) = read_state(self.tool, self.photo, Format.JPEG).documents
        return {document.texts[tag] for tag in MAIN if tag in document.texts}


Campaign.TestCase.settings = settings(max_examples=25, stateful_step_count=10, deadline=None)


class TestCampaign(Campaign.TestCase):  # type: ignore[misc, name-defined]
    @classmethod
    def setUpClass(cls) -> None:
        """One daemon and one ExifTool for all examples, each of which has a photo of its own."""
        Campaign.stack = ExitStack()
        home = Path(Campaign.stack.enter_context(tempfile.TemporaryDirectory()))
        Campaign.taggers = {name: FakeTagger(name=name, schema=False) for name in MODELS}
        Campaign.service = Campaign.stack.enter_context(service_around(home, *Campaign.taggers.values()))
        Campaign.tool = ExifTool(processes=1)
        Campaign.stack.callback(Campaign.tool.close)

    @classmethod
    def tearDownClass(cls) -> None:
        Campaign.stack.close()
