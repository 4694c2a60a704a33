"""The buttons and shortcuts in a real darktable: from the selection through the daemon into its library and sidecars."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fakes.ollama import FakeOllama
from tests.hosts.darktable.conftest import Prepare
from tests.hosts.desktop import wait_for
from tests.system.daemon import keywords

pytestmark = pytest.mark.hosts

PHOTOS = {"one.jpg": "Canon_EOS_7D.jpg", "two.jpg": "Nikon_D100.jpg", "three.jpg": "Sigma_DP1.jpg"}


def test_keywords_arrive_in_the_library_and_in_the_sidecars_beside_the_persons_own(desk: Prepare) -> None:
    here = desk(PHOTOS)
    darktable = here.darktable
    darktable.on(
        "one.jpg", 'image:attach_tag(dt.tags.create("People|Ann")) image.rating = 4 image.description = "Mine"'
    )
    said = darktable.done("AI Keyword Selected")
    assert "3 written, 0 unchanged, 0 failed" in said
