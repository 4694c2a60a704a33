"""The version stands in one place, and what must repeat it says the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from bridge import __version__

ROOT = Path(__file__).parent.parent


def test_it_is_three_numbers_and_the_package_takes_it_from_the_code() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["version"]["path"] == "bridge/__init__.py"


def test_the_changelog_begins_with_it_and_no_version_is_there_twice() -> None:
    headings = re.findall(
        r"^## (\S+), (not released yet|\d{4}-\d\d-\d\d)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M
    )
    versions = [version for version, _ in headings]
    assert versions[0] == __version__
    assert len(versions) == len(set(versions))
    assert all(when != "not released yet" for _, when in headings[1:])


def test_lightroom_is_told_the_same() -> None:
    told = (ROOT / "lightroom-plugin" / "photo-bridge.lrplugin" / "Info.lua").read_text("utf-8")
    numbers = re.search(r"VERSION = \{ major = (\d+), minor = (\d+), revision = (\d+) \}", told)
    assert numbers is not None
    assert ".".join(numbers.groups()) == __version__
