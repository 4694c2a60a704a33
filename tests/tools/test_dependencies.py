"""The lock, the constraints, the bill of materials and the page of licences say the same, and name no registry."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path

import pytest

from bridge import __version__
from tools import licences
from tools.locking import HEAD, LOCK, Locked, here, read_lock, render

ROOT = LOCK.parent
A, B = "a" * 64, "b" * 64


@pytest.fixture(scope="module")
def locked() -> list[Locked]:
    return read_lock(LOCK.read_text("utf-8"))


@pytest.fixture(scope="module")
def sbom() -> dict[str, object]:
    return dict(json.loads(licences.SBOM.read_text("utf-8")))


def test_what_the_project_asks_for_and_what_that_needs_is_locked(locked: list[Locked]) -> None:
    names = {one.name for one in locked}
    assert licences.direct_names() <= names, "run: make lock"
    for one in locked:
        if one.marker:
            continue
        for needed in metadata.requires(one.name) or []:
            if ";" not in needed:
                name = licences.normal(re.split(r"[<>=!~ \[(]", needed)[0])
                assert name in names, f"{one.name} needs {name}; run: make lock"


def test_lock_and_constraints_agree(locked: list[Locked]) -> None:
    constraints = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        name, version = line.partition("#")[0].strip().split("==")
        constraints[licences.normal(name)] = version
    assert {one.name: one.version for one in locked}.items() <= constraints.items(), "run: make lock"


def test_a_lock_reads_as_it_was_written(locked: list[Locked]) -> None:
    assert len(locked) > 40
    assert render(locked) == LOCK.read_text("utf-8")
    browser = Locked("for-browsers", "1.0", "sys_platform == 'emscripten'", (A,))
    other = Locked("for-others", "1.0", "sys_platform != 'emscripten'", (A, B))
    assert here([browser, other]) == [Locked("for-others", "1.0", "", (A, B))]


@pytest.mark.parametrize(
    "line",
    ["numpy==2.4.6", "numpy --hash=sha256:" + A, "numpy==2.4.6 --hash=sha256:abc", "--index-url there", "numpy>=2"],
)
def test_what_is_not_a_package_with_hashes_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a package with hashes"):
        read_lock(HEAD + line + "\n")


@pytest.mark.parametrize("file", [LOCK, licences.SBOM, licences.PAGE], ids=lambda path: path.name)
def test_no_registry_is_named(file: Path) -> None:
    text = file.read_text("utf-8")
    hosts = set(re.findall(r"https?://([\w.-]+)", text))
    assert hosts <= {"cyclonedx.org"}
    assert not re.search(r"--(?:extra-)?index|--find-links|--trusted|file:|pypi\.|hosted", text)


def test_the_bill_of_materials_is_not_stale(locked: list[Locked], sbom: dict[str, object]) -> None:
    known = {one["name"]: one["licenses"][0]["expression"] for one in sbom["components"] if one["type"] == "library"}  # type: ignore[attr-defined]
    assert sbom == licences.bill(locked, known, licences.direct_names()), "run: make sbom"
    assert sbom["metadata"]["component"]["version"] == __version__  # type: ignore[index]
    for one in locked:
        if found := licences.distribution(one):
            assert known[one.name] == licences.spdx(found.metadata), "run: make sbom"


def test_every_reference_of_the_bill_is_one_of_its_components(sbom: dict[str, object]) -> None:
    references = [one["bom-ref"] for one in sbom["components"]]  # type: ignore[attr-defined]
    assert len(references) == len(set(references))
    (own,) = sbom["dependencies"]  # type: ignore[misc]
    assert own["ref"] == sbom["metadata"]["component"]["bom-ref"]  # type: ignore[has-type,index]
    assert set(own["dependsOn"]) < set(references)  # type: ignore[has-type]


def test_the_page_of_licences_is_not_stale(locked: list[Locked], sbom: dict[str, object]) -> None:
    assert licences.PAGE.read_text("utf-8") == licences.page(sbom), "run: make sbom"
    assert set(licences.CARRIED) <= {one.name for one in locked}


def test_a_licence_that_is_no_expression_is_for_a_person() -> None:
    told = metadata.distribution("pytest").metadata
    assert licences.spdx(told) == "MIT"
    del told["License-Expression"], told["License"]
    told["Name"], told["License"] = "other", "see the file"
    with pytest.raises(ValueError, match="read its licence"):
        licences.spdx(told)
