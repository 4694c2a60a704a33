"""Which model a run gets, and what there is to choose from."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from bridge.errors import (
    InvalidParams,
    ModelMissing,
    ModelUnreachable,
    NoCaptionModel,
    PromptInvalid,
)
from bridge.taggers import _extras, choose_model, list_models, make_tagger
from bridge.taggers.contract import ReadyState
from tests.fakes.ollama import FakeModel, FakeOllama
from tests.fakes.openai import FakeOpenAI
from tests.taggers.pictures import settings_for
from tests.taggers.weights import write_blip2, write_clip

NOBODY = "http://127.0.0.1:1"
"""Nothing listens there."""


def chosen(name: str, *models: str, want: str = "all", **more: object) -> str:
    with FakeOllama(models=[FakeModel(model) for model in models]) as server:
        return choose_model(name, settings_for(server.url, **more), want).name


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (["moondream:latest", "qwen2-vl:7b", "llama3.2-vision:11b", "llava:13b"], "llava:13b"),
        (["moondream:latest", "llava:13b-v1.6-q4_0"], "llava:13b-v1.6-q4_0"),
        (["moondream:latest", "llava:7b", "llama3.2-vision:90b", "llama3.2-vision:latest"], "llama3.2-vision:latest"),
        (["moondream:latest", "someone/qwen2-vl:7b"], "someone/qwen2-vl:7b"),
        (["moondream:latest", "llava:7b"], "moondream:latest"),
    ],
)
def test_auto_follows_its_list(there: list[str], taken: str) -> None:
    assert chosen("auto", *there) == f"ollama:{taken}"


def test_auto_takes_no_model_that_cannot_see() -> None:
    models = [FakeModel("llava:13b", ("completion",)), FakeModel("mistral:latest", ("completion",))]
    with FakeOllama(models=models) as server:
        choice = choose_model("auto", settings_for(server.url))
    assert choice.name == "starter"
    assert "no vision model" in choice.why


def test_auto_says_what_it_took_and_why() -> None:
    choice = choose_model("auto", settings_for(NOBODY))
    assert choice.name == "starter"
    assert "No Ollama answers at http://127.0.0.1:1" in choice.why


def test_auto_goes_by_the_settings() -> None:
    order = ("starter", "llava:13b")
    assert chosen("auto", "llava:13b", auto_order=order) == "starter"
    assert chosen("auto", "llava:13b", auto_order=order, want="caption") == "ollama:llava:13b"
    assert chosen("auto", "llava:13b", auto_order=("ollama:llava",)) == "ollama:llava:13b"
    with pytest.raises(ModelMissing, match="No model of auto_order"):
        chosen("auto", "llava:13b", auto_order=("clip", "bakllava"))
    with FakeOpenAI() as server:
        name = f"openai:{server.api}#qwen2-vl"
        assert chosen("auto", auto_order=(f"openai:{NOBODY}/v1#x", name, "starter")) == name


@pytest.mark.parametrize("name", ["llava:13b", "ollama:llava:13b", " llava:13b ", "LLaVA:13b", "llava"])
def test_a_bare_name_means_ollama(name: str) -> None:
    assert chosen(name, "moondream:latest", "llava:13b") == "ollama:llava:13b"


def test_a_name_without_tag_means_the_latest() -> None:
    assert chosen("llava", "llava:13b", "llava:latest") == "ollama:llava:latest"
    with pytest.raises(ModelMissing, match="llava:13b, llava:7b"):
        chosen("llava", "llava:13b", "llava:7b")


def test_a_model_that_is_not_there() -> None:
    with pytest.raises(ModelMissing, match="bakllava") as error:
        chosen("bakllava:7b", "llava:13b")
    assert error.value.hint == "ollama pull bakllava:7b"


def test_a_model_that_cannot_see() -> None:
    with (
        FakeOllama(models=[FakeModel("mistral:latest", ("completion",))]) as server,
        pytest.raises(ModelMissing, match="cannot look at pictures"),
    ):
        choose_model("mistral", settings_for(server.url))


def test_a_server_that_is_down() -> None:
    with pytest.raises(ModelUnreachable, match="No Ollama answers") as error:
        choose_model("llava:13b", settings_for(NOBODY))
    assert "ollama serve" in error.value.hint


@pytest.mark.parametrize(
    "name",
    ["", " ", "ollama:", "llava:13b:x", "a b", "-rf", "../llava", "x" + ":" * 3, "openai:", "ollama:$(id)"],
)
def test_nonsense(name: str) -> None:
    with pytest.raises(InvalidParams) as error:
        choose_model(name, settings_for(NOBODY))
    assert error.value.hint


@pytest.mark.parametrize("name", ["clip", "clip:ViT-B-32/openai", "blip2"])
def test_a_model_whose_weights_are_not_here(name: str) -> None:
    with pytest.raises(ModelMissing, match="weights are not on this machine") as error:
        choose_model(name, settings_for(NOBODY))
    assert error.value.hint == f"photo-bridge models pull {name}"


@pytest.mark.parametrize("name", ["clip:", "clip:ViT-L-14", "clip:../openai", "clip:a/b/c", "clip:/etc/passwd"])
def test_no_name_of_a_clip(name: str) -> None:
    with pytest.raises(InvalidParams, match="is no name") as error:
        choose_model(name, settings_for(NOBODY))
    assert "clip:MODEL/PRETRAINED" in error.value.hint


def test_an_extra_that_is_not_installed(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_clip(own_home)
    monkeypatch.setitem(_extras.MODULES, "clip", ("a_module_that_is_not_there",))
    with pytest.raises(ModelMissing, match="packages that are not installed") as error:
        choose_model("clip", settings_for(NOBODY))
    assert "pip install 'photo-ai-bridge[clip]'" in error.value.hint
    assert "pipx inject photo-ai-bridge open-clip-torch torch" in error.value.hint
    states = {entry["name"]: entry["state"] for entry in list_models(settings_for(NOBODY))}
    assert states["clip"] == "missing_dependency"
    assert "clip" not in choose_model("auto", settings_for(NOBODY)).why, "who never wanted it is not told of it"


def test_auto_takes_clip_where_it_is_ready(own_home: Path) -> None:
    assert "photo-bridge" not in choose_model("auto", settings_for(NOBODY)).why
    write_clip(own_home)
    assert chosen("auto") == "clip"
    assert chosen("auto", "llava:13b") == "ollama:llava:13b"
    with pytest.raises(NoCaptionModel, match="No model on this machine"):
        chosen("auto", want="caption")
    with pytest.raises(NoCaptionModel, match="clip writes no captions"):
        chosen("clip", want="caption")


def test_blip2_is_taken_where_it_is_named(own_home: Path) -> None:
    write_blip2(own_home)
    assert chosen("auto") == "starter"
    assert chosen("auto", auto_order=("blip2", "starter"), want="caption") == "blip2"
    assert chosen("blip2", want="caption") == "blip2"


def test_the_list_has_every_clip_that_was_pulled(own_home: Path) -> None:
    write_clip(own_home, "clip:ViT-B-32/laion2b_e16")
    (own_home / "models" / "clip" / "odd").mkdir()
    (own_home / "models" / "clip" / "odd" / "manifest.json").write_text("{}")
    states = {entry["name"]: entry["state"] for entry in list_models(settings_for(NOBODY))}
    assert states["clip:ViT-B-32/laion2b_e16"] == "ready"
    assert states["clip"] == states["blip2"] == "missing_model"
    assert set(states) == {"starter", "ollama", "clip", "clip:ViT-B-32/laion2b_e16", "blip2"}


def test_a_caption_needs_a_model_that_writes_one() -> None:
    for name in ("starter", "auto"):
        with pytest.raises(NoCaptionModel) as error:
            choose_model(name, settings_for(NOBODY), "caption")
        assert error.value.hint == "Install Ollama, then: ollama pull llava:13b"
        with pytest.raises(NoCaptionModel) as error, FakeOllama(models=()) as server:
            choose_model(name, settings_for(server.url), "caption")
        assert error.value.hint == "ollama pull llava:13b"
    assert chosen("auto", "llava:13b", want="caption") == "ollama:llava:13b"
    assert choose_model("starter", settings_for(NOBODY), "all").name == "starter"


def test_making_a_tagger_asks_nobody() -> None:
    settings = settings_for(NOBODY)
    for name in ("starter", "ollama:llava:13b", f"openai:{NOBODY}/v1#qwen2-vl"):
        assert make_tagger(name, settings).name == name
        with pytest.raises(PromptInvalid):
            make_tagger(name, settings, prompt="{{nonsense}}")


def test_the_list() -> None:
    models = [FakeModel("llava:13b"), FakeModel("mistral:latest", ("completion",))]
    with FakeOllama(models=models) as ollama, FakeOpenAI() as openai:
        dead = f"{NOBODY}/v1"
        listed = list_models(settings_for(ollama.url, openai_urls=(openai.api, dead, "nonsense")))
        assert not ollama.chats and not ollama.loads
    assert json.loads(json.dumps(listed)) == listed
    assert all(set(entry) == {"name", "state", "message", "hint", "capabilities"} for entry in listed)
    assert {entry["name"]: entry["state"] for entry in listed} == {
        "starter": "ready",
        "ollama:llava:13b": "ready",
        "ollama:mistral:latest": "missing_model",
        f"openai:{openai.api}#qwen2-vl": "ready",
        f"openai:{dead}": "unreachable",
        "openai:nonsense": "unreachable",
        "clip": "missing_model",
        "blip2": "missing_model",
    }
    assert {entry["state"] for entry in listed} <= {state.value for state in ReadyState}
    assert listed[1]["capabilities"] == ["keywords", "caption", "schema"]
    assert all(entry["message"] and entry["hint"] for entry in listed if entry["state"] != "ready")


def test_a_server_that_never_answers_does_not_hold_the_list_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.taggers._list.LIST_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        listed = list_models(settings_for(address, openai_urls=(f"{address}/v1",)))
    assert [entry["state"] for entry in listed[:3]] == ["ready", "unreachable", "unreachable"]
    assert all("does not answer within 0.2 s" in entry["message"] for entry in listed[1:3])


def test_the_list_without_ollama_and_without_models() -> None:
    down = list_models(settings_for(NOBODY))
    assert [(entry["name"], entry["state"]) for entry in down[:2]] == [("starter", "ready"), ("ollama", "unreachable")]
    with FakeOllama(models=()) as server:
        empty = list_models(settings_for(server.url))
    assert (empty[1]["state"], empty[1]["hint"]) == ("missing_model", "ollama pull llava:13b")
