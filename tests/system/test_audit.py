"""``photo-bridge audit`` as it is installed: two models side by side on real photographs, judged, run on all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fakes.ollama import FakeOllama
from tests.system.daemon import digests, keywords, running

pytestmark = [pytest.mark.system, pytest.mark.photos]


def test_a_sample_is_tried_judged_and_then_run_on_all(tmp_path: Path, photos: Path) -> None:
    before = digests(sorted(photos.iterdir()))
    with FakeOllama() as ollama, running(tmp_path / "home", {"PHOTO_BRIDGE_OLLAMA_URL": ollama.url}) as bridge:
        tried = bridge.run("audit", photos, "--sample", "4", "--model", "starter", "--model", "llava:13b")
        assert tried.returncode == 0, tried.stderr
        assert len(ollama.asked) == 4
        judged = bridge.run("audit", "judge", input="1 +zeppelin\n\n\nq\n")
        assert "3 of 4 photos judged" in judged.stdout
        told = json.loads(bridge.run("audit", "show", "--json").stdout)
        models = {model["model"]: model for model in told["models"]}
        assert set(models) == {"starter", "ollama:llava:13b"}
        assert all(0 < model["recall"]["count"] < model["recall"]["of"] for model in models.values())
        assert digests(sorted(photos.iterdir())) == before, "nothing is written before run on all"
        done = bridge.run("audit", "run", "--model", "ollama:llava:13b", "--write")
        assert done.returncode == 0, done.stderr
        assert sorted(ollama.asked) == sorted(set(ollama.asked)), "what the sample answered is not asked again"
        assert len(ollama.asked) == len(before)
        assert "ollama:llava:13b" in bridge.run("passes").stdout
    assert all("XMP-dc:Subject" in keywords(photo) for photo in photos.glob("*.jpg"))
