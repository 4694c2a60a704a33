"""``photo-bridge eval`` as it is installed: a real daemon and the starter tagger on labelled photographs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.system.daemon import running

pytestmark = [pytest.mark.system, pytest.mark.photos]


def test_the_starter_tagger_names_most_of_what_a_person_sees(tmp_path: Path, shared_photos: Path) -> None:
    labelled = shared_photos / "labelled"
    groups = sum(map(len, json.loads((labelled / "labels.json").read_text()).values()))
    with running(tmp_path / "home") as bridge:
        done = bridge.run("eval", labelled, "--model", "starter", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["against"], told["photos"], told["asked"], told["recall"]["of"]) == ("labels", 46, 46, groups)
    assert told["recall"]["value"] > 0.85
    assert told["keywords_a_photo"] < 8
    assert told["forecast"]["seconds"] > 0
