"""Style guides in whole runs: what a language model is asked under one, and what is taken of its answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bridge.compose import build, shipped_models
from bridge.errors import InvalidParams, MixedPass, StyleInvalid
from bridge.jobs.request import PhotoResult, RunOptions
from bridge.jobs.styling import concerned
from bridge.service import Service
from bridge.store import NewItem
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.ollama import FakeOllama, Fault
from tests.fakes.tagger import FakeTagger
from tests.taggers.pictures import pixels, settings_for

GERMAN = """\
+++
keywords = 4
language = "de"
caption_words = 12
never = ["Braut"]
+++
Nenne zuerst den Teil des Tages.
"""


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        yield server


@pytest.fixture
def service(ollama: FakeOllama, own_home: Path) -> Iterator[Service]:
    daemon = build(own_home, settings_for(ollama.url, model="llava:13b"), shipped_models())
    yield daemon.service
    daemon.close()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A photo in the folder itself, and one in each of two below it."""
    for number, name in enumerate(("top.jpg", "wedding/bride.jpg", "wedding/party/dance.jpg", "match/goal.jpg")):
        path = tmp_path / "library" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels(number)).save(path, quality=95)
    return tmp_path / "library"


def tag(service: Service, *places: Path, **options: object) -> dict[str, PhotoResult]:
    job = service.runs.analyze(places, RunOptions.model_validate({"facts": False, **options}), recursive=True).job
    found = results(service, job or "")
    assert {result.status for result in found.values()} == {"done"}, found
    return found


def answer(*words: str, caption: str = "Ein Tanz.") -> str:
    return json.dumps({"keywords": list(words), "title": "Ein Tanz", "caption": caption, "alt_text": "Ein Tanz."})


def test_a_guide_shapes_the_question_and_limits_the_answer(service: Service, ollama: FakeOllama, library: Path) -> None:
    ollama.says = answer(
        *("Braut", "Brautpaar", "Tanz", "Scheune", "Abend", "Lichterkette"),
        caption="Ein Paar tanzt in der Scheune. Die Gäste stehen im Kreis um sie. Es ist spät am Abend.",
    )
    result = tag(service, library / "wedding" / "party", style=GERMAN, style_name="mine")["dance.jpg"]
    prompt = ollama.chats[-1].prompt
    assert "at most 4 specific" in prompt or "a list of 4 specific keywords" in prompt
    assert "German (de)" in prompt and "Nenne zuerst" in prompt and "Braut" in prompt
    assert [word.name for word in result.keywords] == ["Brautpaar", "Tanz", "Scheune", "Abend"]
    assert [(word.name, word.reason) for word in result.dropped] == [
        ("Braut", "style"),
        ("Lichterkette", "over_the_limit"),
    ]
    assert result.caption == "Ein Paar tanzt in der Scheune."
    assert result.style is not None and result.style.startswith("mine (")


def test_a_caption_that_says_what_must_not_be_said_is_asked_for_once_more(
    service: Service, ollama: FakeOllama, library: Path
) -> None:
    ollama.says = answer("Tanz", caption="Die Braut tanzt.")
    result = tag(service, library / "wedding" / "party", style=GERMAN)["dance.jpg"]
    assert len(ollama.chats) == 2
    assert [word.name for word in result.keywords] == ["Tanz"]
    assert (result.title, result.caption) == ("Ein Tanz", None)
    assert [(word.name, word.reason) for word in result.dropped] == [("caption: Die Braut tanzt.", "style")]
    # The answer is stored, and what it says is checked again when it is taken from there.
    assert tag(service, library / "wedding" / "party", style=GERMAN)["dance.jpg"].caption is None
    assert len(ollama.chats) == 2


@pytest.mark.parametrize("fault", [Fault.PROSE, Fault.HTTP_500, Fault.CUT])
def test_an_answer_is_not_lost_because_the_second_one_is_worse(
    service: Service, ollama: FakeOllama, library: Path, fault: Fault
) -> None:
    ollama.faults = [None, fault]
    (result,) = tag(service, library / "match", style='+++\nnever = ["light"]\n+++').values()
    assert len(ollama.chats) == 2
    assert len(result.keywords) > 5
    assert (result.caption is None, result.alt_text is None) == (True, False)


def test_each_photo_of_a_run_has_the_guide_of_its_folder(service: Service, ollama: FakeOllama, library: Path) -> None:
    service.styles.add(GERMAN, "mine")
    service.styles.use("sports", library / "match")
    service.styles.use("wedding", library / "wedding")
    service.styles.use("mine", library / "wedding" / "party")
    found = tag(service, library)
    assert {name: (result.style or "").partition(" ")[0] for name, result in found.items()} == {
        "top.jpg": "",
        "bride.jpg": "wedding",
        "dance.jpg": "mine",
        "goal.jpg": "sports",
    }
    prompts = [chat.prompt for chat in ollama.chats]
    assert sum("Nenne zuerst" in prompt for prompt in prompts) == 1
    assert sum("picture desk" in prompt for prompt in prompts) == 1
    assert sum("couple's album" in prompt for prompt in prompts) == 1
    assert sum("style guide ---" not in prompt for prompt in prompts) == 1
    (status,) = service.jobs.recent(1)
    assert status.style is not None
    assert [label.partition(" ")[0] for label in status.style.split(", ")] == ["mine", "sports", "wedding"]
    assert status.prompt is not None and status.prompt.startswith("built-in (")
    # A guide of the run goes before those of the folders; none is one, too.
    assert {result.style for result in tag(service, library, no_style=True).values()} == {None}
    assert {(result.style or "")[:5] for result in tag(service, library, style_name="Stock").values()} == {"stock"}


def test_a_run_keeps_its_guide_though_it_is_edited_meanwhile(
    service: Service, ollama: FakeOllama, library: Path
) -> None:
    service.styles.add("Say it in the first way.", "mine")
    service.styles.use("mine", library)
    ollama.fault = Fault.HTTP_500
    job = service.runs.analyze([library / "match"], RunOptions(), recursive=True).job
    assert job is not None
    finish(service, job)
    asked = len(ollama.chats)
    ollama.fault = None
    service.styles.add("Say it in the second way.", "mine")
    service.styles.unuse(library)
    service.jobs.resume(job)
    (result,) = results(service, job).values()
    assert result.status == "done"
    assert len(ollama.chats) > asked
    assert all("first way" in chat.prompt for chat in ollama.chats)


def test_a_guide_that_cannot_be_used_is_told_before_the_run(service: Service, library: Path) -> None:
    with pytest.raises(StyleInvalid, match="Line 2"):
        service.runs.analyze([library], RunOptions(style="+++\nkeywords = 0\n+++"), recursive=True)
    with pytest.raises(InvalidParams, match="no style guide and no file named nothing"):
        service.runs.analyze([library], RunOptions(style_name="nothing"), recursive=True)
    assert service.jobs.recent(10) == []


def test_a_run_through_one_folder_goes_on_with_a_run_through_all(service: Service, library: Path) -> None:
    service.styles.use("wedding", library / "wedding")
    tag(service, library, write=True)
    tag(service, library / "wedding", write=True)
    with pytest.raises(MixedPass, match="another style guide"):
        tag(service, library / "wedding", write=True, style_name="sports")
    with pytest.raises(MixedPass, match="another style guide \\(none"):
        tag(service, library / "wedding", write=True, no_style=True)
    service.styles.add("Another one.", "wedding")
    with pytest.raises(MixedPass, match="another style guide"):
        tag(service, library / "wedding", write=True)


def test_a_classifier_obeys_what_limits_the_answer(own_home: Path, library: Path) -> None:
    with service_around(own_home, FakeTagger(schema=False)) as service:
        style = '+++\nkeywords = 1\nnever = ["wide", "scene"]\n+++'
        for result in tag(service, library, style=style).values():
            assert len(result.keywords) == 1
            assert result.keywords[0].name in ("red", "green", "blue")
            assert {word.name for word in result.dropped if word.reason == "style"} >= {"wide"}
            assert result.title is result.caption is None


def test_a_word_of_the_vocabulary_is_not_written_either(own_home: Path, library: Path) -> None:
    with service_around(own_home, FakeTagger()) as service:
        service.vocabularies.import_list("Shape\n\tLandscape format\n\t\t{wide}\n", "mine", "lightroom")
        plain = tag(service, library)["top.jpg"]
        assert "Landscape format" in {word.name for word in plain.keywords}
        limited = tag(service, library, style='+++\nnever = ["landscape format"]\n+++')["top.jpg"]
        assert "Landscape format" not in {word.name for word in limited.keywords}
        assert ("Landscape format", "style") in {(word.name, word.reason) for word in limited.dropped}


def test_only_folders_that_a_run_may_meet_concern_it() -> None:
    folders = {Path(name) for name in ("/a", "/a/b", "/a/b/c", "/x")}
    assert concerned(folders, [Path("/a/b")]) == [Path("/a/b"), Path("/a/b/c")]
    assert concerned(folders, [Path("/a/d/photo.jpg")]) == [Path("/a")]
    assert concerned(folders, [Path("/")]) == sorted(folders)
    assert concerned(folders, [Path("/y")]) == []


def test_a_host_s_photos_have_the_guides_of_their_folders_in_one_run(own_home: Path, library: Path) -> None:
    with service_around(own_home, FakeTagger()) as service:
        service.styles.use("sports", library / "match")
        service.styles.use("wedding", library / "wedding")
        options = RunOptions(apply="host", host="lightroom")
        jobs = {
            service.runs.analyze_items([NewItem(path)], options, session="s").job
            for path in (library / "match" / "goal.jpg", library / "wedding" / "party" / "dance.jpg")
        }
        (job,) = jobs
        found = results(service, job or "")
        assert {name: (result.style or "").partition(" ")[0] for name, result in found.items()} == {
            "goal.jpg": "sports",
            "dance.jpg": "wedding",
        }
