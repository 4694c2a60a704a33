"""Every line of the threat model names the tests that prove it, and no proof is without a line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "SECURITY.md", ROOT / "docs" / "privacy.md")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def lines() -> Iterator[tuple[str, str]]:
    """(the attack, the cell with its proof) of each line of the tables that have a proof."""
    for page in PAGES:
        proving = False
        for line in page.read_text("utf-8").splitlines():
            cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
            if not line.startswith("|"):
                proving = False
            elif cells[-1].rstrip(" |") == "Proof":
                proving = True
            elif proving and not set(line) <= set("|- "):
                assert len(cells) == 3, line
                yield cells[0], cells[2]


def names_in(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_line_names_a_test_that_is_there() -> None:
    found = dict(lines())
    assert len(found) >= 25
    for attack, proof in found.items():
        named = TEST.findall(proof)
        assert named, f"no test proves: {attack}"
        for file, name in named:
            assert (ROOT / file).exists(), f"{file}, of: {attack}"
            assert name in names_in(ROOT / file), f"{file}::{name}, of: {attack}"


def test_every_test_of_a_threat_has_a_line() -> None:
    named = {found for _, proof in lines() for found in TEST.findall(proof)}
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path != Path(__file__):
            for name in names_in(path):
                assert (path.relative_to(ROOT).as_posix(), name) in named, f"no line for {path.name}::{name}"
