"""The starter tagger as a whole, on real photographs and on made pixels."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bridge import starter
from bridge.errors import ModelMissing
from bridge.photos import read
from bridge.taggers.contract import Cancelled, ReadyState, TagRequest, Want
from bridge.taggers.starter import StarterTagger
from bridge.taggers.starter import tagger as tagger_module
from bridge.values import Answer, Category, Facts, Format, Gps, Picture


@pytest.fixture(scope="module")
def tagger() -> Iterator[StarterTagger]:
    tagger = StarterTagger(threads=2)
    yield tagger
    tagger.close()


def photo(folder: Path, name: str) -> TagRequest:
    return TagRequest(read(folder / name, StarterTagger.edge))


def words(answer: Answer) -> set[str]:
    return {keyword.name for keyword in answer.keywords}


@pytest.mark.photos
@pytest.mark.parametrize(
    ("name", "among"),
    [
        ("labelled/Samsung_GT-I9100__Galaxy_SII_.jpg", {"cat", "animal"}),
        ("labelled/Canon_PowerShot_A720_IS.jpg", {"scuba diver", "underwater", "water", "person"}),
        ("labelled/Samsung_S730.jpg", {"lake", "water", "sky", "landscape"}),
        ("labelled/Nikon_E950.jpg", {"cannon"}),
        ("labelled/HTC_One.jpg", {"plant", "leaf"}),
        ("labelled/Canon_PowerShot_G11.jpg", {"sunset", "sky"}),
        ("labelled/Nikon_D5000.jpg", {"railway", "train", "Slovakia"}),
        ("labelled/Apple_iPhone_5.jpg", {"flower", "plant", "Seattle", "Washington", "United States"}),
        ("faces/obama.jpg", {"person", "portrait", "suit"}),
        ("faces/codingsprint2009-01.jpg", {"people", "crowd", "laptop"}),
        ("near_duplicates/DSCN0012.jpg", {"Italy", "autumn", "tree"}),
        ("heic/pug.heic", {"dog", "animal", "pet"}),
    ],
)
def test_it_names_what_a_photo_shows(tagger: StarterTagger, shared_photos: Path, name: str, among: set[str]) -> None:
    assert among <= words(tagger.tag(photo(shared_photos, name)))


@pytest.mark.photos
@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("faces/biden2.jpg", Category.PORTRAIT),
        ("labelled/Samsung_S730.jpg", Category.LANDSCAPE),
        ("labelled/Kodak_DX4330.jpg", Category.MACRO),
    ],
)
def test_the_category(tagger: StarterTagger, shared_photos: Path, name: str, category: Category) -> None:
    answer = tagger.tag(photo(shared_photos, name))
    assert answer.category is category
    assert answer.category_score is not None and 0.5 <= answer.category_score <= 1.0


@pytest.mark.photos
def test_it_never_invents_a_sentence(tagger: StarterTagger, shared_photos: Path) -> None:
    answer = tagger.tag(photo(shared_photos, "faces/obama.jpg"))
    assert (answer.title, answer.caption, answer.alt_text) == (None, None, None)
    assert not tagger.capabilities.caption


@pytest.mark.photos
def test_every_word_has_a_probability_and_says_where_it_comes_from(tagger: StarterTagger, shared_photos: Path) -> None:
    for name in ("faces/codingsprint2009-02.jpg", "labelled/Apple_iPhone_5.jpg"):
        for keyword in tagger.tag(photo(shared_photos, name)).keywords:
            assert keyword.score is not None and 0.0 < keyword.score < 1.0
            assert keyword.source.partition(":")[0] in {"imagenet", "coco", "face", "rule", "exif", "place"}


@pytest.mark.photos
def test_photos_side_by_side_get_the_answers_they_get_alone(tagger: StarterTagger, shared_photos: Path) -> None:
    names = ["faces/obama.jpg", "labelled/Samsung_S730.jpg", "labelled/Nikon_E950.jpg", "labelled/HTC_One.jpg"]
    requests = [photo(shared_photos, name) for name in names]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(tagger.tag, requests))
    assert together == [tagger.tag(request) for request in requests]


NO_EXIF = Facts()


def made(width: int = 300, height: int = 200, facts: Facts = NO_EXIF) -> Picture:
    pixels = np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return Picture(pixels, width, height, Format.JPEG, facts, "hash")


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 300), (3000, 2), (64, 64)])
def test_a_picture_of_any_shape_has_an_answer(tagger: StarterTagger, width: int, height: int) -> None:
    assert isinstance(tagger.tag(TagRequest(made(width, height))), Answer)


def test_what_the_file_states_is_among_the_facts(tagger: StarterTagger) -> None:
    facts = Facts(focal_length_35mm=200.0, exposure_s=2.0, f_number=8.0, iso=100, gps=Gps(40.4168, -3.7038))
    answer = tagger.tag(TagRequest(made(facts=facts)))
    assert {"telephoto", "long exposure", "Madrid", "Spain"} <= words(answer)
    assert answer.facts["city"] == "Madrid"
    assert answer.facts["focal_length_35mm"] == 200.0
    assert answer.facts["exposure_value"] == 5.0


def test_keywords_that_are_not_wanted_are_not_said(tagger: StarterTagger) -> None:
    facts = Facts(focal_length_35mm=200.0)
    assert tagger.tag(TagRequest(made(facts=facts), Want(keywords=False))).keywords == ()


def test_a_cancelled_photo_is_not_looked_at(tagger: StarterTagger) -> None:
    with pytest.raises(Cancelled):
        tagger.tag(TagRequest(made(), cancelled=lambda: True))


def test_after_close_it_loads_again_and_says_the_same() -> None:
    tagger = StarterTagger(threads=1)
    before = tagger.tag(TagRequest(made()))
    tagger.close()
    tagger.close()
    assert tagger.tag(TagRequest(made())) == before
    tagger.close()


def test_its_identity_follows_weights_table_and_rules(tagger: StarterTagger, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tagger.identity(Want())
    assert first == tagger.identity(Want(caption=False)), "what is wanted does not change what is seen"
    seen = {first.digest}
    with monkeypatch.context() as patch:
        patch.setattr(tagger_module, "rules_digest", lambda: "other rules")
        seen.add(tagger.identity(Want()).digest)
    with monkeypatch.context() as patch:
        patch.setattr(starter, "digest", lambda _: "other weights")
        seen.add(tagger.identity(Want()).digest)
    assert len(seen) == 3


def test_a_damaged_installation_is_said_and_not_raised(tagger: StarterTagger, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> str:
        raise ModelMissing("The starter models are not there.", hint="Install again.")

    assert tagger.readiness().ready
    monkeypatch.setattr(starter, "digest", gone)
    readiness = tagger.readiness()
    assert readiness.state is ReadyState.MISSING_MODEL
    assert readiness.hint == "Install again."


def test_a_photo_turned_upside_down_keeps_its_exif_words(tagger: StarterTagger) -> None:
    picture = made(facts=Facts(focal_length_35mm=14.0))
    turned = replace(picture, rgb=np.ascontiguousarray(picture.rgb[::-1]))
    for one in (picture, turned):
        assert "wide angle" in words(tagger.tag(TagRequest(one)))
