"""A run is reviewed and written as it was decided, on real files: what the person wants is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import InvalidParams, NotFound, Refused
from bridge.jobs.request import PhotoResult, RunOptions
from bridge.service import ReviewScope, Service
from bridge.service.review_replies import ReviewPhoto
from bridge.store import NewItem, NewReview, ReviewKind
from bridge.values import Answer, Keyword
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import exiftool

ALL = ReviewScope(all=True)


@dataclass
class Desk:
    service: Service
    tagger: FakeTagger
    photos: list[Path]

    def tag(self, *words: str, options: RunOptions | None = None, **texts: str) -> str:
        """A dry run over all photos; its name."""
        self.tagger.script = lambda _: Answer(
            tuple(Keyword(tuple(word.split("|")), 0.9, "eye") for word in words), **texts
        )
        self.tagger.digest = " ".join((*words, *texts.values()))
        job = self.service.runs.analyze(self.photos, options or RunOptions()).job or ""
        assert finish(self.service, job).failed == 0
        return job

    def decide(
        self,
        kind: ReviewKind,
        word: str | None = None,
        value: str | None = None,
        *,
        field: str | None = None,
        seen: str | None = None,
        photos: list[int] | None = None,
        job: str = "last",
    ) -> int:
        scope = ALL if photos is None else ReviewScope(items=tuple(self.items(job)[number] for number in photos))
        return self.service.review.decide(job, NewReview(kind, word, value, field, seen), scope).action

    def items(self, job: str = "last") -> list[int]:
        return [photo.item for photo in self.service.review.list(job).photos]

    def shown(self, number: int = 0, job: str = "last") -> ReviewPhoto:
        return self.service.review.list(job).photos[number]

    def words(self, number: int = 0, job: str = "last") -> dict[str, str]:
        return {word.value: word.state for word in self.shown(number, job).words}

    def apply(self, job: str = "last", *, only_accepted: bool = False) -> dict[str, PhotoResult]:
        return results(self.service, self.service.review.apply(job, only_accepted=only_accepted).job or "")

    def undo(self, job: str = "last") -> None:
        assert finish(self.service, self.service.runs.undo(job).job or "").failed == 0

    def said(self, number: int = 0) -> list[str]:
        """The keywords of a file."""
        return self.told(number, "HierarchicalSubject")

    def told(self, number: int, tag: str) -> list[str]:
        (told,) = json.loads(exiftool("-j", f"-XMP:{tag}", self.photos[number]))
        found = told.get(tag, [])
        return sorted(map(str, found if isinstance(found, list) else [found]))

    def bytes(self) -> list[bytes]:
        return [photo.read_bytes() for photo in self.photos]


@pytest.fixture
def desk(own_home: Path, tmp_path: Path) -> Iterator[Desk]:
    photos = []
    for number in range(3):
        photos.append(tmp_path / f"{number}.jpg")
        Image.new("RGB", (160, 120), (200, 30 * number, 30)).save(photos[-1])
    tagger = FakeTagger(schema=False, caption=True)
    with service_around(own_home, tagger) as service:
        yield Desk(service, tagger, photos)


def test_what_is_rejected_for_one_photo_is_written_in_the_others(desk: Desk) -> None:
    before = desk.bytes()
    desk.tag("cat", "sofa")
    desk.decide(ReviewKind.REJECT, "CAT", photos=[1])
    assert [desk.words(number) for number in range(3)] == [
        {"cat": "proposed", "sofa": "proposed"},
        {"cat": "rejected", "sofa": "proposed"},
        {"cat": "proposed", "sofa": "proposed"},
    ]
    written = desk.apply()
    assert [desk.said(number) for number in range(3)] == [["cat", "sofa"], ["sofa"], ["cat", "sofa"]]
    assert [(drop.name, drop.reason) for drop in written["1.jpg"].dropped] == [("cat", "refused")]
    desk.undo()
    assert desk.bytes() == before


def test_what_was_refused_is_never_proposed_to_that_photo_again(desk: Desk) -> None:
    desk.tag("cat", "sofa")
    desk.decide(ReviewKind.REJECT, "cat", photos=[1])
    desk.apply()
    job = desk.tag("cat", "sofa", "lamp")
    assert [desk.words(number, job).get("cat") for number in range(3)] == ["there", "refused", "there"]
    assert desk.shown(1, job).words[0].why == "You took it away from this photo before."
    finish(desk.service, desk.service.apply(job).job or "")
    assert desk.said(1) == ["lamp", "sofa"]


def test_the_undo_of_a_run_forgets_what_was_refused_in_it_too(desk: Desk) -> None:
    desk.tag("cat")
    desk.decide(ReviewKind.REJECT, "cat", photos=[1])
    desk.apply()
    written = desk.service.runs.undo("last").job or ""
    assert finish(desk.service, written).total == 3, "the photo too in which nothing was written"
    job = desk.tag("cat")
    assert [desk.words(number, job) for number in range(3)] == [{"cat": "proposed"}] * 3


def test_a_word_of_ours_that_is_rejected_goes_and_comes_back(desk: Desk) -> None:
    first = desk.tag("cat", "sofa")
    finish(desk.service, desk.service.apply(first).job or "")
    between = desk.bytes()
    desk.tag("cat", "lamp")
    assert desk.shown().words[0].ours
    desk.decide(ReviewKind.REJECT, "cat")
    desk.apply()
    assert desk.said() == ["lamp", "sofa"]
    desk.undo()
    assert desk.bytes() == between
    assert desk.words(0, desk.tag("cat", "dog"))["cat"] == "there"


def test_a_word_of_the_person_s_own_stays_whatever_is_rejected(desk: Desk) -> None:
    exiftool("-overwrite_original", "-XMP-dc:Subject=cat", desk.photos[0])
    desk.tag("cat", "sofa")
    desk.decide(ReviewKind.REJECT, "cat")
    (word, _) = desk.shown().words
    assert (word.state, word.why) == ("there", "It is your own keyword: it stays.")
    written = desk.apply()
    assert desk.said() == ["cat", "sofa"]
    assert any("it stays" in warning for warning in written["0.jpg"].warnings)
    assert desk.said(1) == ["sofa"]


def test_a_word_that_is_mapped_is_the_person_s(desk: Desk) -> None:
    before = desk.bytes()
    desk.tag("cat", "sofa")
    desk.decide(ReviewKind.MAP, "cat", "Animals|Cat")
    word = desk.shown().words[0]
    assert (word.value, word.said, word.state) == ("Animals|Cat", "cat", "mapped")
    applied = desk.apply()
    assert desk.said() == ["Animals|Cat", "sofa"]
    (told,) = desk.service.provenance.get([desk.photos[0]])
    assert [value.value for value in told.values] == ["sofa"], "what the person chose is claimed for no model"
    assert [(v.model, v.score, v.source) for v in told.values] == [(desk.tagger.name, 0.9, "eye")]
    finish(desk.service, desk.service.runs.analyze(desk.photos, RunOptions(write=True, replace=True)).job or "")
    assert "Animals|Cat" in desk.said(), "no later run takes it away"
    assert applied["0.jpg"].keywords[0].word == "cat"
    desk.undo()
    assert desk.bytes() == before


def test_a_caption_that_is_edited_takes_the_place_of_the_one_that_was_seen(desk: Desk) -> None:
    exiftool("-overwrite_original", "-XMP-dc:Description=Old.", desk.photos[0])
    before = desk.bytes()
    desk.tag("cat", caption="A cat sits on a sofa.")
    shown = {text.field: text for text in desk.shown().texts}["caption"]
    assert (shown.state, shown.old, shown.why) == ("kept", "Old.", "Your own caption stays.")
    desk.decide(ReviewKind.TEXT, value="My cat.", field="caption", seen="Old.", photos=[0])
    desk.apply()
    assert desk.told(0, "Description") == ["My cat."]
    assert desk.told(1, "Description") == ["A cat sits on a sofa."]
    yours = desk.service.quality.keywords(desk.photos[:2])
    assert [one.caption for one in yours] == ["My cat.", None]
    desk.tag("dog", caption="A dog.")
    finish(desk.service, desk.service.apply("last").job or "")
    assert desk.told(0, "Description") == ["My cat."], "it is no text of ours"
    desk.undo()
    desk.undo()
    assert desk.bytes() == before


def test_a_caption_that_somebody_changed_since_is_not_written_over(desk: Desk) -> None:
    desk.tag("cat", caption="A cat.")
    desk.decide(ReviewKind.TEXT, value="My cat.", field="caption", photos=[0])
    exiftool("-overwrite_original", "-XMP-dc:Description=Theirs.", desk.photos[0])
    written = desk.apply()
    assert desk.told(0, "Description") == ["Theirs."]
    assert any("was changed since you saw it" in warning for warning in written["0.jpg"].warnings)


def test_never_holds_for_the_run_and_for_later_ones_until_it_is_taken_back(desk: Desk) -> None:
    job = desk.tag("cat", "sofa")
    action = desk.service.review.decide(job, NewReview(ReviewKind.NEVER, "cat"), ReviewScope(items=(1,))).action
    assert [desk.words(number)["cat"] for number in range(3)] == ["rejected"] * 3
    (cat, *_) = desk.service.review.words(job).words
    assert (cat.value, cat.photos, cat.rejected, cat.never) == ("cat", 3, 3, True)
    assert "cat" not in desk.words(0, desk.tag("cat", "sofa"))
    desk.service.review.undo(job, action)
    assert desk.words(0, job)["cat"] == "proposed"
    assert desk.words(0, desk.tag("cat", "sofa")) == {"cat": "proposed", "sofa": "proposed"}


def test_a_rule_that_was_there_before_stays(desk: Desk) -> None:
    job, other = desk.tag("cat", "sofa", "lamp"), desk.tag("cat", "sofa")
    desk.service.provenance.decide("cat", "accept")
    desk.service.review.undo(job, desk.decide(ReviewKind.NEVER, "cat", job=job))
    first = desk.decide(ReviewKind.NEVER, "sofa", job=job)
    second = desk.decide(ReviewKind.NEVER, "Sofa", job=other)
    desk.service.review.undo(job, first)
    assert desk.words(0, desk.tag("cat", "sofa", "lamp")) == {"lamp": "proposed"}, "the other run wants it too"
    desk.service.review.undo(other, second)
    assert desk.words(0, desk.tag("cat", "sofa", "dog")) == {"sofa": "proposed", "dog": "proposed"}


def test_photos_that_are_skipped_are_left_out_and_those_that_wait_too_where_that_is_asked(desk: Desk) -> None:
    desk.tag("cat")
    desk.decide(ReviewKind.SKIP, photos=[0])
    desk.decide(ReviewKind.ACCEPT, photos=[2])
    assert set(desk.apply(only_accepted=True)) == {"2.jpg"}
    assert [desk.said(number) for number in range(3)] == [[], [], ["cat"]]
    assert set(desk.apply()) == {"1.jpg", "2.jpg"}
    assert desk.said(1) == ["cat"]
    summary = desk.service.review.summary("last")
    assert (summary.open, summary.accepted, summary.skipped, len(summary.applied)) == (1, 1, 1, 2)


def test_apply_of_the_command_line_writes_what_was_reviewed(desk: Desk) -> None:
    job = desk.tag("cat", "sofa")
    desk.decide(ReviewKind.REJECT, "sofa")
    submitted = desk.service.apply(job)
    assert submitted.why == "What you decided in the review is written."
    finish(desk.service, submitted.job or "")
    assert desk.said() == ["cat"]
    desk.service.review.undo(job)
    desk.undo()
    assert desk.service.jobs.status(desk.service.apply(job).job or "").kind == "tag", "nothing is decided any more"


def test_a_photo_that_shows_another_picture_by_now_is_left_alone(desk: Desk) -> None:
    desk.tag("cat")
    Image.new("RGB", (160, 120), (1, 2, 3)).save(desk.photos[0])
    assert desk.service.review.show("last", desk.items()[0]).changed
    desk.decide(ReviewKind.ACCEPT)
    written = desk.apply()
    assert (written["0.jpg"].status, written["1.jpg"].status) == ("skipped", "done")
    assert "another picture" in (written["0.jpg"].reason or "")
    assert desk.said() == []


def test_what_is_shown_of_one_photo_is_what_is_written(desk: Desk) -> None:
    exiftool("-overwrite_original", "-XMP-dc:Subject=owl", "-XMP-dc:Description=Old.", desk.photos[0])
    desk.tag("cat", "sofa", caption="A cat.")
    desk.decide(ReviewKind.MAP, "cat", "Animals|Cat")
    desk.decide(ReviewKind.ADD, value="Home")
    desk.decide(ReviewKind.TEXT, value="Mine.", field="caption", seen="Old.")
    plan = [item.plan for item in desk.service._tools.jobs.results(desk.service.jobs.status("last").job, 0, 10)]
    shown = desk.service.review.show("last", desk.items()[0])
    assert plan == [item.plan for item in desk.service._tools.jobs.results(desk.service.jobs.status("last").job, 0, 10)]
    assert not shown.nothing and shown.photo.goes_to == (str(desk.photos[0]),)
    desk.apply()
    (target,) = shown.targets
    for change in target.lists:
        tag = change.tag.removeprefix("XMP-dc:").removeprefix("XMP-lr:").removeprefix("XMP-digiKam:")
        if not tag.startswith("IPTC"):
            assert desk.told(0, tag) == sorted(change.after)
    captions = {change.tag: (change.before, change.after) for change in target.texts}
    assert captions["XMP-dc:Description"] == ("Old.", "Mine.")


def test_decisions_that_come_later_change_nothing_of_a_run(desk: Desk) -> None:
    job = desk.tag("cat", "sofa")
    desk.decide(ReviewKind.REJECT, "sofa")
    applied = desk.service.review.apply(job).job or ""
    desk.service.review.undo(job)
    desk.decide(ReviewKind.REJECT, "cat", job=job)
    finish(desk.service, applied)
    assert [desk.said(number) for number in range(3)] == [["cat"]] * 3


def test_a_keyword_of_a_person_s_own_can_be_left_out_and_stays_theirs(desk: Desk) -> None:
    job = desk.service.runs.keyword("Bride", [NewItem(photo) for photo in desk.photos], RunOptions()).job or ""
    finish(desk.service, job)
    desk.decide(ReviewKind.REJECT, "Bride", photos=[1], job=job)
    desk.apply(job)
    assert [desk.said(number) for number in range(3)] == [["Bride"], [], ["Bride"]]
    assert desk.service.provenance.get([desk.photos[0]])[0].values == ()
    assert [rule.word for rule in desk.service._tools.rules.offered()] == []


def test_a_run_that_wrote_is_shown_and_not_decided_on(desk: Desk) -> None:
    job = desk.tag("cat", options=RunOptions(write=True))
    page = desk.service.review.list(job)
    assert not page.reviewable and page.why is not None
    (word,) = page.photos[0].words
    assert (word.state, word.ours, word.why) == ("there", True, "This run wrote it.")
    assert page.photos[0].written_to == (str(desk.photos[0]),)
    with pytest.raises(Refused, match="written already"):
        desk.decide(ReviewKind.ACCEPT, job=job)
    assert desk.service.review.show(job, page.photos[0].item).nothing


def test_pages_are_filtered_by_state_and_word(desk: Desk) -> None:
    review = desk.service.review
    job = desk.tag("cat", "sofa")
    desk.decide(ReviewKind.MAP, "cat", "Animals|Cat", photos=[0])
    desk.decide(ReviewKind.ADD, value="Home", photos=[1])
    desk.decide(ReviewKind.SKIP, photos=[2])
    items = desk.items()

    def found(state: object = None, word: str | None = None) -> list[int]:
        return [items.index(photo.item) for photo in review.list(job, state=state, word=word).photos]  # type: ignore[arg-type]

    assert found("edited") == [0, 1]
    assert found("skipped") == [2]
    assert found("open") == [0, 1]
    assert found(word="animals|cat") == [0]
    assert found(word="Home") == [1]
    assert found(word="sofa") == [0, 1, 2]
    assert found("skipped", "sofa") == [2]
    assert found("failed") == []
    counts = {word.value: (word.photos, word.yours) for word in review.words(job).words}
    assert counts == {"cat": (3, False), "sofa": (3, False), "Animals|Cat": (1, True), "Home": (1, True)}
    assert [word.value for word in review.complete(job, "ca").words] == ["cat", "Animals|Cat"]
    decided = review.decide(job, NewReview(ReviewKind.REJECT, "sofa"), ReviewScope(state="skipped"))
    assert (decided.photos, decided.told) == (1, "“sofa” is not written in 1 photo.")
    with pytest.raises(NotFound):
        review.decide(job, NewReview(ReviewKind.REJECT, "sofa"), ReviewScope(word="zebra"))


@pytest.mark.parametrize(
    "decision",
    [
        NewReview(ReviewKind.REJECT),
        NewReview(ReviewKind.REJECT, "| "),
        NewReview(ReviewKind.MAP, "cat", "A||B"),
        NewReview(ReviewKind.ADD, value=""),
        NewReview(ReviewKind.TEXT, value="x"),
        NewReview(ReviewKind.TEXT, value="OLYMPUS DIGITAL CAMERA", field="caption"),
        NewReview(ReviewKind.TEXT, value="x" * 20_001, field="caption"),
        NewReview(ReviewKind.TEXT_RESTORE),
    ],
)
def test_what_cannot_be_decided_is_said(desk: Desk, decision: NewReview) -> None:
    job = desk.tag("cat")
    with pytest.raises(InvalidParams):
        desk.service.review.decide(job, decision, ALL)
    assert desk.service.review.actions(job).actions == ()


def test_a_photo_of_another_run_cannot_be_decided_on(desk: Desk) -> None:
    other = desk.tag("cat")
    items = desk.items(other)
    job = desk.tag("dog")
    with pytest.raises(NotFound):
        desk.service.review.decide(job, NewReview(ReviewKind.ACCEPT), ReviewScope(items=(items[0], items[1])))
    assert desk.service.review.actions(job).actions == ()


def test_a_run_is_counted_alike_whether_something_is_decided_on_it_or_not(desk: Desk) -> None:
    desk.photos[2].write_bytes(b"no picture")
    desk.tagger.script = lambda _: Answer((Keyword(("cat",), 0.9),))
    job = desk.service.runs.analyze(desk.photos, RunOptions()).job or ""
    finish(desk.service, job)
    before = desk.service.review.summary(job)
    assert (before.photos, before.open, before.failed, before.decisions) == (2, 2, 1, 0)
    desk.service.review.decide(job, NewReview(ReviewKind.REOPEN), ALL)
    after = desk.service.review.summary(job)
    assert after.model_copy(update={"seq": before.seq, "decisions": 0}) == before


def test_decisions_are_listed_and_taken_back_one_by_one(desk: Desk) -> None:
    job = desk.tag("cat")
    desk.decide(ReviewKind.ACCEPT)
    first = desk.decide(ReviewKind.REJECT, "cat", photos=[0, 1])
    desk.decide(ReviewKind.TEXT, value="", field="caption")
    assert desk.service.review.undo(job, first).told == "“cat” is not written in 2 photos."
    with pytest.raises(Refused):
        desk.service.review.undo(job, first)
    assert desk.service.review.undo(job).told == "No caption is written in the whole run."
    told = [(action.kind, action.undone) for action in desk.service.review.actions(job).actions]
    assert told == [("text", True), ("reject", True), ("accept", False)]
    desk.service.review.undo(job)
    with pytest.raises(NotFound):
        desk.service.review.undo(job)
    assert desk.shown().decided == "open"


def test_purge_takes_decisions_along_and_leaves_what_is_being_written(desk: Desk) -> None:
    job = desk.tag("cat")
    desk.decide(ReviewKind.ACCEPT)
    store = desk.service._tools.jobs._store
    applied = desk.service.review.apply(job).job or ""
    finish(desk.service, applied)
    with store.transaction() as db:
        db.execute("UPDATE jobs SET state = 'paused' WHERE id = ?", (applied,))
    desk.service.purge()
    assert desk.service.jobs.status(job).done == 3
    with store.transaction() as db:
        db.execute("UPDATE jobs SET state = 'done' WHERE id = ?", (applied,))
    desk.service.purge()
    with store.reading() as db:
        assert db.execute("SELECT COUNT(*) FROM review_actions").fetchone()[0] == 0


def test_a_refusal_stands_where_a_later_choice_of_that_word_is_taken_back(desk: Desk) -> None:
    desk.tag("cat", "sofa")
    desk.decide(ReviewKind.REJECT, "cat")
    desk.apply()
    desk.tag("bed")
    desk.decide(ReviewKind.ADD, value="cat")
    chosen = desk.service.review.apply("last").job or ""
    finish(desk.service, chosen)
    desk.tag("dog")
    finish(desk.service, desk.service.apply("last").job or "")
    desk.undo(chosen)
    assert desk.said() == ["dog", "sofa"]
    assert desk.words(0, desk.tag("cat", "pen")) == {"cat": "refused", "pen": "proposed"}


def test_what_two_runs_refused_stays_refused_until_both_are_taken_back(desk: Desk) -> None:
    written = []
    for run in [desk.tag("cat", "sofa"), desk.tag("cat", "lamp")]:
        desk.decide(ReviewKind.REJECT, "cat", job=run)
        written.append(desk.service.review.apply(run).job or "")
        finish(desk.service, written[-1])
    first, second = written
    desk.undo(first)
    assert desk.words(0, desk.tag("cat", "pen"))["cat"] == "refused"
    desk.undo(second)
    assert desk.words(0, desk.tag("cat", "bed"))["cat"] == "proposed"


def test_a_caption_in_another_field_that_nobody_saw_is_not_written_over(desk: Desk) -> None:
    photo = desk.photos[0]
    exiftool("-overwrite_original", "-XMP-dc:Description=Old.", "-IPTC:Caption-Abstract=Mine too.", photo)
    desk.tag("cat", caption="A cat.")
    desk.decide(ReviewKind.TEXT, value="My cat.", field="caption", photos=[0])
    written = desk.apply()
    (told,) = json.loads(exiftool("-j", "-XMP-dc:Description", "-IPTC:Caption-Abstract", photo))
    assert (told["Description"], told["Caption-Abstract"]) == ("My cat.", "Mine too.")
    assert any("Mine too." in warning for warning in written["0.jpg"].warnings)
    assert desk.told(1, "Description") == ["A cat."]


def test_a_word_that_is_typed_is_written_as_it_is_typed(desk: Desk) -> None:
    desk.tag("cat", "sofa", "kitty")
    desk.decide(ReviewKind.ADD, value="Cat")
    desk.decide(ReviewKind.MAP, "kitty", "SOFA")
    assert desk.words() == {"Cat": "added", "SOFA": "added"}
    desk.apply()
    assert desk.said() == ["Cat", "SOFA"]


def test_a_word_is_never_written_again_however_it_is_spaced(desk: Desk) -> None:
    desk.tag("big cat", "sofa")
    desk.decide(ReviewKind.NEVER, "Big  cat ")
    assert desk.words()["big cat"] == "rejected"
    assert desk.words(0, desk.tag("big cat", "lamp")) == {"lamp": "proposed"}
