"""BLIP-2 of the real architecture and of small size: loading, batches, sentences. No network."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bridge.engines.blip2 import Blip2Captioner
from bridge.errors import WeightsDamaged
from tests.taggers.pictures import pixels
from tests.taggers.weights import SAID, write_blip2


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("something went online")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


@pytest.fixture
def folder(own_home: Path) -> Path:
    return write_blip2(own_home)


@pytest.fixture
def captioner(folder: Path) -> Blip2Captioner:
    return Blip2Captioner(folder, "pull it")


def test_a_sentence_of_words_and_nothing_else(captioner: Blip2Captioner) -> None:
    caption = captioner.caption(pixels(1))
    assert caption and set(caption.split()) <= set(SAID.split())
    assert caption == captioner.caption(pixels(1))
    assert len({captioner.caption(pixels(number)) for number in range(4)}) > 1, "it sees"


def test_photos_asked_for_at_once_get_the_sentences_that_they_get_alone(captioner: Blip2Captioner) -> None:
    photos = [pixels(number, 60 + number, 80) for number in range(5)]
    alone = [captioner.caption(photo) for photo in photos]
    with ThreadPoolExecutor(5) as threads:
        assert list(threads.map(captioner.caption, photos)) == alone


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "preprocessor_config.json", "tokenizer.json"])
def test_files_that_are_no_model(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(b"\0" * path.stat().st_size)
    with pytest.raises(WeightsDamaged, match="no model that transformers can load") as error:
        Blip2Captioner(folder, "pull it").load()
    assert error.value.hint == "pull it"
    path.unlink()
    with pytest.raises(WeightsDamaged):
        Blip2Captioner(folder, "pull it").load()
