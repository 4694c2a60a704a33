"""Which model searches."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bridge.engines.shared import Engines
from bridge.errors import InvalidParams, ModelMissing
from bridge.settings import load_settings
from bridge.taggers import choose_embedder, make_embedder
from bridge.taggers._names import pulled_model
from bridge.taggers.starter import Looker
from tests.taggers.weights import write_clip


def test_without_clip_the_starter_stands_in(own_home: Path) -> None:  # noqa: ARG001
    choice = choose_embedder("auto", load_settings())
    assert choice.name == "starter" and "photo-bridge models pull clip" in choice.why


def test_clip_is_taken_once_it_is_pulled(own_home: Path) -> None:
    write_clip(own_home, "clip:ViT-B-32/openai")
    assert choose_embedder("auto", load_settings()).name == "clip:ViT-B-32/openai"
    write_clip(own_home)
    assert choose_embedder("auto", load_settings()).name == "clip", "of several, the one with the short name"
    shutil.rmtree(pulled_model("clip").folder(own_home))
    assert choose_embedder("auto", load_settings()).name == "clip:ViT-B-32/openai"


@pytest.mark.parametrize("name", ["starter", "clip", "clip:ViT-B-32/openai"])
def test_the_model_that_was_named(own_home: Path, name: str) -> None:
    if name != "starter":
        with pytest.raises(ModelMissing) as error:
            choose_embedder(name, load_settings())
        assert error.value.hint == f"photo-bridge models pull {name}"
        write_clip(own_home, name)
    choice = choose_embedder(f" {name} ", load_settings())
    assert choice.name == name
    assert make_embedder(name, load_settings(), engines=Engines(), looker=Looker()).name == name


@pytest.mark.parametrize("name", ["blip2", "llava:13b", "ollama:llava", "", "clip:", "clip:../x/y"])
def test_models_that_cannot_search(own_home: Path, name: str) -> None:  # noqa: ARG001
    with pytest.raises(InvalidParams):
        choose_embedder(name, load_settings())
