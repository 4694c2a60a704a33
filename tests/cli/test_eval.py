"""``photo-bridge eval``: a model is measured by what a person said, which it never sees."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from bridge.cli import eval as evaluating
from bridge.cli import vocabulary
from bridge.errors import BadAnswer
from bridge.service import Service
from bridge.taggers.contract import TagRequest
from bridge.values import Answer, Keyword
from tests.cli.conftest import Command
from tests.fakes.tagger import FakeTagger
from tests.fakes.wire import WireClient
from tests.system.daemon import exiftool


@pytest.fixture(autouse=True)
def _wired(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (evaluating, vocabulary):
        monkeypatch.setattr(module, "connect_or_start", lambda _: WireClient(service))


@pytest.fixture
def tagged(photos: Path) -> Path:
    """The red photo and the green one with keywords, a blue one without any. The model says its colour, "wide" and
    "COLOUR wide scene" of each."""
    exiftool("-XMP-dc:Subject=Reds", "-XMP-dc:Subject=Grandma", photos / "red.jpg")
    exiftool("-XMP-lr:HierarchicalSubject=Wide|Garden", "-IPTC:Keywords=Grandma", photos / "green.jpg")
    Image.new("RGB", (160, 120), (30, 30, 200)).save(photos / "blue.jpg")
    return photos


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_is_measured_by_the_keywords_of_a_person(command: Command, tagged: Path) -> None:
    before = contents(tagged)
    said = command("eval", tagged)
    assert said.code == 0, said.err
    assert said.out.splitlines()[:6] == [
        f"fake on 2 photos of {tagged}, against your keywords",
        "    1 without any keyword of yours left out",
        "recall     0.250 (0.046 to 0.699)  1 of 4 keywords of yours found",
        "precision  0.333 (0.097 to 0.700)  2 of 6 of its words are among them",
        "           at least: nobody names everything, so that a word that is not among them can be right",
        "keywords   3.0 a photo",
    ]
    assert "missed     Grandma (2 of 2), Wide|Garden (1 of 1)" in said.out.splitlines()
    assert "fake: It is the only one." in said.err
    assert contents(tagged) == before, "nothing is written"


def test_the_model_is_sent_none_of_the_keywords(command: Command, tagged: Path, tagger: FakeTagger) -> None:
    command("eval", tagged)
    assert len(tagger.asked) == 2, "a photo without keywords is not asked for"
    assert "Grandma" not in repr(tagger.asked)
    assert not any(asked.want.caption for asked in tagger.asked)


def test_json_has_every_figure(command: Command, tagged: Path, service: Service) -> None:
    (told,) = command("eval", tagged, "--json").objects
    assert (told["against"], told["photos"], told["left_out"], told["unreadable"]) == ("keywords", 2, 1, 0)
    assert (told["recall"]["count"], told["recall"]["of"]) == (1, 4)
    assert told["recall"]["low"] < told["recall"]["value"] == 0.25 < told["recall"]["high"]
    assert told["precision"]["is_lower_bound"] is True
    assert told["missed"][0] == {"word": "Grandma", "count": 2, "of": 2}
    assert {"word": "red wide scene", "count": 1, "of": 1} in told["wrong"]
    assert (told["asked"], told["job"]) == (2, service.jobs.recent(1)[0].job)
    assert told["seconds_a_photo"] >= 0
    assert told["forecast"] == {"photos": 100_000, "seconds": told["seconds_a_photo"] * 100_000}


def test_answers_that_were_stored_tell_no_time(command: Command, tagged: Path, tagger: FakeTagger) -> None:
    first = command("eval", tagged, "--json").objects[0]
    again = command("eval", tagged, "--json").objects[0]
    assert (again["asked"], again["seconds_a_photo"], again["forecast"]["seconds"]) == (0, None, None)
    assert again["recall"] == first["recall"]
    assert len(tagger.asked) == 2
    assert "photo-bridge purge" in command("eval", tagged).out


def test_words_that_our_own_runs_wrote_are_no_person_s(command: Command, photos: Path) -> None:
    command("tag", photos, "--write")
    said = command("eval", photos)
    assert said.code == 4
    assert "None of the 2 photos has a keyword of yours." in said.err
    assert "--labels FILE" in said.err


def test_with_a_vocabulary_synonyms_are_one_keyword(command: Command, tagged: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("Colours|Crimson {red}\nWide|Garden {green}\n")
    said = command("eval", tagged, "--vocab", mine, "--vocab-policy", "only")
    lines = said.out.splitlines()
    assert "    worded by your list of 4 keywords (only)" in lines
    assert "recall     0.500 (0.150 to 0.850)  2 of 4 keywords of yours found" in lines
    command("vocabulary", "import", mine)
    (used,) = command("eval", tagged, "--json").objects
    assert (used["vocabulary"], used["recall"]["count"]) == ({"keywords": 4, "policy": "prefer"}, 2)
    (without,) = command("eval", tagged, "--no-vocab", "--json").objects
    assert (without["vocabulary"], without["recall"]["count"]) == (None, 1)


def test_labels_in_the_folder_are_taken_by_themselves(command: Command, tagged: Path) -> None:
    labels = {"red.jpg": [["reds", "crimson"], ["cat"]], "blue.jpg": [["sky", "blue"]], "gone.jpg": [["dog"]]}
    (tagged / "labels.json").write_text(json.dumps(labels))
    said = command("eval", tagged)
    assert said.out.splitlines()[:4] == [
        f"fake on 2 photos of {tagged}, against its labels",
        "    1 of the labels are not there",
        "recall     0.667 (0.208 to 0.939)  2 of 3 things to be named found",
        "precision  0.333 (0.097 to 0.700)  2 of 6 of its words are among them",
    ]
    assert "missed     cat (1 of 1)" in said.out.splitlines()


def test_labels_elsewhere_are_named(command: Command, tagged: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text('{"red.jpg": [["red"]]}')
    (told,) = command("eval", tagged, "--labels", file, "--json").objects
    assert (told["against"], told["photos"], told["recall"]["value"]) == ("labels", 1, 1.0)


def test_a_photo_without_an_answer_is_not_counted_and_told(command: Command, tagged: Path, tagger: FakeTagger) -> None:
    def script(request: TagRequest) -> Answer:
        if request.picture.rgb[..., 0].mean() > 100:
            raise BadAnswer("no words")
        return Answer(keywords=(Keyword(("gardens",), 0.9, "fake"),))

    tagger.script = script
    (tagged / "broken.jpg").write_bytes(b"nothing")
    said = command("eval", tagged)
    assert said.code == 1
    lines = said.out.splitlines()
    assert lines[0].startswith("fake on 1 photos")
    assert "    1 could not be read" in lines
    assert any(line.startswith("    1 have no answer: photo-bridge resume ") for line in lines)
    assert "recall     0.500 (0.095 to 0.905)  1 of 2 keywords of yours found" in lines


def test_where_no_photo_has_an_answer_there_is_no_figure(command: Command, tagged: Path, tagger: FakeTagger) -> None:
    def script(_: TagRequest) -> Answer:
        raise BadAnswer("no words")

    tagger.script = script
    said = command("eval", tagged)
    assert said.code == 1
    assert "recall" not in said.out


@pytest.mark.parametrize(
    ("labels", "code", "says"),
    [
        ("[", 2, "no JSON"),
        ('{"red.jpg": "red"}', 2, "red.jpg"),
        ('{"other.jpg": [["red"]]}', 4, "None of the 1 photos"),
        (None, 2, "cannot be read as text"),
    ],
)
def test_labels_that_cannot_be_used_say_why(
    command: Command, tagged: Path, tmp_path: Path, labels: str | None, code: int, says: str
) -> None:
    file = tmp_path / "mine.json"
    if labels is not None:
        file.write_text(labels)
    said = command("eval", tagged, "--labels", file)
    assert said.code == code
    assert says in said.err


def test_a_folder_without_photos_says_so(command: Command, tmp_path: Path, service: Service) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    said = command("eval", empty)
    assert (said.code, service.jobs.recent(10)) == (2, [])
    assert "There is no photo there." in said.err
    nowhere = command("eval", tmp_path / "nowhere")
    assert (nowhere.code, "There is no folder" in nowhere.err) == (2, True)


def test_a_video_is_no_photo(command: Command, tagged: Path) -> None:
    (tagged / "labels.json").write_text('{"red.jpg": [["red"]], "walk.mp4": [["dog"]]}')
    (tagged / "walk.mp4").write_bytes(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2")
    said = command("eval", tagged)
    assert (said.code, said.out.splitlines()[1]) == (0, "    1 are videos"), said.err


def test_subfolders_are_looked_into_when_asked(command: Command, tagged: Path) -> None:
    assert command("eval", tagged.parent).code == 2
    (told,) = command("eval", tagged.parent, "-r", "--json").objects
    assert told["photos"] == 2
