"""What one node does, without Ray."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

import bridge.errors
from bridge import __version__
from bridge.cluster.contract import CullSpec, FaceSpec, TaggerSpec
from bridge.cluster.worker import NodeBroke, Presented, Worker, choose_here, failed, packed, shaping, unpacked
from bridge.errors import BridgeError, ModelMissing, ModelUnreachable, PhotoChanged
from bridge.jobs.measuring import Wanted
from bridge.settings import load_settings
from bridge.taggers import make_tagger
from bridge.taggers.contract import NO_CONTEXT, Cancelled, Want
from tests.fakes.ollama import FakeOllama
from tests.photos.made import look, save
from tests.taggers.pictures import picture

ERRORS = [kind for kind in vars(bridge.errors).values() if isinstance(kind, type) and issubclass(kind, BridgeError)]


def call(worker: Worker, method: str, *arguments: Any, task: int = 1) -> Any:
    return unpacked(worker.call(task, method, pickle.dumps(arguments)))


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_arrives_with_its_hint(kind: type[BridgeError]) -> None:
    with pytest.raises(kind) as caught:
        unpacked(failed(kind("It is so.", hint="Do that.", detail="because")))
    assert type(caught.value) is kind
    assert (caught.value.message, caught.value.hint, caught.value.detail) == ("It is so.", "Do that.", "because")


def test_a_defect_arrives_with_its_traceback() -> None:
    def breaks() -> None:
        raise ZeroDivisionError("of a node")

    with pytest.raises(NodeBroke, match=r"in breaks\n.*\nZeroDivisionError: of a node"):
        unpacked(packed(breaks))


def test_a_worker_says_first_what_it_is() -> None:
    told: Presented = unpacked(Worker(TaggerSpec("starter"), {}).present())
    assert told.version == __version__
    assert told.traits.name == told.traits.identity.name == "starter"  # type: ignore[union-attr]
    assert told.in_flight >= 1


def test_it_answers_as_the_tagger_itself_would() -> None:
    worker = Worker(TaggerSpec("starter"), {})
    told = call(worker, "tag", picture(3), Want(), 1, NO_CONTEXT)
    assert told == call(worker, "tag", picture(3), Want(), 1, NO_CONTEXT, task=2)
    assert call(worker, "identity", Want()).name == "starter"


def test_only_what_a_model_of_its_kind_can_do_is_called() -> None:
    for spec, method in (
        (TaggerSpec("starter"), "close"),
        (TaggerSpec("starter"), "load"),
        (FaceSpec("starter"), "tag"),
        (CullSpec(), "__init__"),
    ):
        with pytest.raises(NodeBroke, match="no method"):
            call(Worker(spec, {}), method)


def test_a_call_that_was_cancelled_ends_at_its_next_step() -> None:
    worker = Worker(CullSpec(), {})
    worker.cancel(7)
    with pytest.raises(Cancelled):
        call(worker, "look", None, None, task=7)


def test_what_shapes_answers_is_said_by_who_asks_and_all_else_by_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    asking = shaping(load_settings(num_predict=123, ollama_url="http://127.0.0.1:1"))
    assert asking["num_predict"] == 123
    assert "ollama_url" not in asking
    monkeypatch.setenv("PHOTO_BRIDGE_OLLAMA_URL", "http://127.0.0.1:9")
    with pytest.raises(ModelUnreachable, match=r"127\.0\.0\.1:9"):
        unpacked(choose_here("ollama:llava", "all", asking))
    with pytest.raises(ModelUnreachable, match=r"127\.0\.0\.1:9"):
        unpacked(Worker(TaggerSpec("ollama:llava"), asking).present())


def test_a_language_model_is_the_same_whatever_a_node_says_of_keywords(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else nodes seem to have different models, and answers are kept under what nobody here asks for."""
    asking = shaping(load_settings(max_keywords=7))
    with FakeOllama() as server:
        here = make_tagger("ollama:llava:13b", load_settings(max_keywords=7, ollama_url=server.url))
        for own in ("3", "30"):
            monkeypatch.setenv("PHOTO_BRIDGE_OLLAMA_URL", server.url)
            monkeypatch.setenv("PHOTO_BRIDGE_MAX_KEYWORDS", own)
            told: Presented = unpacked(Worker(TaggerSpec("ollama:llava:13b"), asking).present())
            assert told.traits.identity == here.identity(Want())  # type: ignore[union-attr]


def test_a_model_that_a_node_lacks_is_missing_there() -> None:
    with pytest.raises(ModelMissing):
        unpacked(Worker(FaceSpec("yunet"), {}).present())


def test_a_file_of_the_same_name_that_is_another_picture_is_not_measured(tmp_path: Path) -> None:
    """Its measures would be kept as those of the picture that was asked about."""
    photo = look(save(tmp_path / "photo.jpg"))
    save(tmp_path / "photo.jpg", width=500)
    with pytest.raises(PhotoChanged, match="another picture for the machine") as caught:
        call(Worker(CullSpec(), {}), "look", photo, Wanted())
    assert "same path" in caught.value.hint
