"""The clip tagger over small random weights: whose words, when anew, what is shared."""

from __future__ import annotations

import gc
import json
import shutil
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bridge.engines.shared import Engines
from bridge.errors import ModelMissing, WeightsDamaged
from bridge.taggers._names import pulled_model
from bridge.taggers.clip import ClipTagger, tagger
from bridge.taggers.clip._calibrate import Rules
from bridge.taggers.contract import Cancelled, Want
from bridge.values import TreeKeyword
from tests.taggers.pictures import request
from tests.taggers.weights import write_clip

TREE = tuple(
    TreeKeyword(("Things", name))
    for name in ["dog", "cat", "car", "boat", "mountain", "flower", "lake", "bridge", "church"]
)
FREE = Rules(chance=8.0, beside_best=0.0)
"""Lets about half of the words pass: random weights know none."""


def made(home: Path, words: tuple[TreeKeyword, ...] = TREE, rules: Rules = FREE) -> ClipTagger:
    model = pulled_model("clip")
    folder = model.folder(home)
    if not folder.exists():
        write_clip(home)
    return ClipTagger(model, home, Engines().clip(folder, model.variant, model.pull), words, rules)


def test_it_says_words_of_its_list_by_their_paths(own_home: Path) -> None:
    clip = made(own_home)
    said = {word.path for number in range(8) for word in clip.tag(request(number)).keywords}
    assert len(said) > 3 and said <= {keyword.path for keyword in TREE}


def test_without_a_list_it_has_its_own(own_home: Path) -> None:
    said = [word for number in range(8) for word in made(own_home, ()).tag(request(number)).keywords]
    assert said and all(len(word.path) == 1 and word.source == "clip" for word in said)


def test_photos_that_come_together_get_what_they_get_alone(own_home: Path) -> None:
    clip = made(own_home)
    alone = [clip.tag(request(number)) for number in range(20)]
    assert any(answer.keywords for answer in alone)
    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(clip.tag, [request(number) for number in range(20)])) == alone


def test_a_list_is_encoded_once_for_each_weights(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = made(own_home)
    before = [first.tag(request(number)) for number in range(4)]
    kept = len(list((first._weights.folder / "words").iterdir()))
    assert kept == 2, "the list and the background"

    def never(*_: object) -> None:
        raise AssertionError("the words are encoded again")

    again = made(own_home)
    monkeypatch.setattr(again._encoder, "texts", never)
    assert [again.tag(request(number)) for number in range(4)] == before
    with pytest.raises(AssertionError, match="encoded again"):
        other = made(own_home, TREE[1:])
        monkeypatch.setattr(other._encoder, "texts", never)
        other.tag(request())


def test_a_long_list_can_be_cancelled(own_home: Path) -> None:
    clip = made(own_home, tuple(TreeKeyword((f"word {number}",)) for number in range(2000)))
    asked = iter([False, False])
    with pytest.raises(Cancelled):
        clip.tag(request(cancelled=lambda: next(asked, True)))
    assert not list((clip._weights.folder / "words").glob("*.new"))


def test_its_identity_follows_weights_words_templates_and_limits(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = made(own_home).identity(Want())
    assert made(own_home).identity(Want()) == first
    assert isinstance(json.loads(first.options), dict)
    others = [
        made(own_home, TREE[:-1]),
        made(own_home, (*TREE[:-1], TreeKeyword(TREE[-1].path, ("kirk",)))),
        made(own_home, rules=Rules(chance=8.0, beside_best=0.1)),
        made(own_home, rules=Rules(templates=("a painting of {}",), chance=8.0, beside_best=0.0)),
    ]
    identities = [first, *(other.identity(Want()) for other in others)]
    write_clip(tmp_path, seed=2)
    identities.append(made(tmp_path).identity(Want()))
    monkeypatch.setattr(tagger, "VERSION", tagger.VERSION + 1)
    identities.append(made(own_home).identity(Want()))
    assert len({(identity.digest, identity.options) for identity in identities}) == len(identities)


def test_damaged_weights_are_told_before_they_are_loaded(own_home: Path) -> None:
    clip = made(own_home)
    with (clip._weights.folder / "open_clip_model.safetensors").open("ab") as file:
        file.write(b"\0")
    assert "bytes, not" in clip.readiness().message
    with pytest.raises(WeightsDamaged) as error:
        clip.load()
    assert error.value.hint == "photo-bridge models pull clip"
    (clip._weights.folder / "manifest.json").unlink()
    with pytest.raises(ModelMissing):
        clip.identity(Want())


def test_weights_that_are_pulled_anew_are_loaded_anew(own_home: Path, tmp_path: Path) -> None:
    clip = made(own_home)
    before = [clip.tag(request(number)) for number in range(4)]
    shutil.copytree(write_clip(tmp_path, seed=2), clip._weights.folder, dirs_exist_ok=True)
    clip.load()
    after = [clip.tag(request(number)) for number in range(4)]
    assert after != before
    assert after == [made(own_home).tag(request(number)) for number in range(4)]


def test_weights_are_in_memory_once_and_for_as_long_as_they_are_used(own_home: Path) -> None:
    folder = write_clip(own_home)
    engines = Engines()
    one, two = (engines.clip(folder, "ViT-L-14/openai", "") for _ in range(2))
    assert one is two
    kept = weakref.ref(one)
    del one, two
    gc.collect()
    assert kept() is None


def test_templates_have_their_part(own_home: Path) -> None:
    """A word's vector is the mean over its names and the templates."""
    clip = made(own_home, (TreeKeyword(("dog",), ("hound",)),))
    vectors = clip._vectors.computed(clip._words)
    texts = clip._encoder.texts([form.format(name) for form in FREE.templates for name in ("dog", "hound")])
    mean = texts.mean(axis=0)
    assert vectors[0] == pytest.approx(mean / (mean @ mean) ** 0.5, abs=1e-3)
