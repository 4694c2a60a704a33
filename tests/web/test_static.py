"""The page's files: nothing in them makes markup of text, and nothing in them comes from elsewhere."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from bridge.web.files import page_files

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "bridge" / "web" / "static"
FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())
MODULES = [path for path in FILES if path.suffix == ".js"]
NAMESPACE = "http://www.w3.org/2000/svg"
"""The name of a language, which nothing is fetched from."""

# What reads text as markup or as a program. All text of ours goes through text nodes.
PARSERS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTMLUnsafe|parseFromString|createContextualFragment"
    r"|srcdoc|\beval\b|new Function|javascript:|setTimeout\(\s*[\"'`]|setInterval\(\s*[\"'`]"
)
IMPORT = re.compile(r"""^\s*(?:import|export)\s+(?:([^;()]+?)\s+from\s+)?["']([^"']+)["'];?\s*$""", re.M | re.S)
EXPORT = re.compile(r"^export\s+(?:async\s+)?(?:function\*?|class|const|let)\s+(\w+)", re.M)


def name(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_text_becomes_markup_and_nothing_comes_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8").replace(NAMESPACE, "")
    assert not PARSERS.findall(text)
    assert not re.findall(r"https?://\S+|\bdata:[a-z]+/", text)
    assert not re.findall(r"@import|sourceMappingURL|localStorage|document\.cookie", text)


def test_the_index_holds_no_script_and_no_style() -> None:
    text = (STATIC / "index.html").read_text("utf-8")
    assert not re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)
    leading = re.findall(r"(?:src|href)=\"([^\"#]+)\"", text)
    assert {target for target in leading if not (STATIC / target.removeprefix("/static/")).is_file()} == set()
    styles = {f"/static/{name(path)}" for path in FILES if path.suffix == ".css"}
    assert styles <= set(leading), "a style sheet that nothing asks for"


@pytest.mark.parametrize("path", sorted((STATIC / "views").glob("*.css")), ids=name)
def test_the_style_of_a_view_is_for_that_view_alone(path: Path) -> None:
    """All sheets are loaded at once, and their names meet."""
    text = path.read_text("utf-8")
    assert text.startswith(f'body[data-view="{path.stem}"] {{\n')
    assert re.findall(r"^\S.*$", text, re.M)[1:] == ["}"], "what stands outside that block"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_what_a_module_imports_is_there(path: Path) -> None:
    for what, source in IMPORT.findall(path.read_text("utf-8")):
        assert source.startswith("."), f"{source}: a browser knows no bare names"
        target = (path.parent / source).resolve()
        assert target.is_file(), source
        exported = set(EXPORT.findall(target.read_text("utf-8")))
        named = re.fullmatch(r"\{(.*)\}", what.strip(), re.S)
        wanted = {part.split(" as ")[0].strip() for part in named[1].split(",")} - {""} if named else set()
        assert wanted <= exported, source


def test_every_view_that_the_page_knows_is_there() -> None:
    app = (STATIC / "app.js").read_text("utf-8")
    known = re.search(r"const VIEWS = \{(.*?)\};", app, re.S)
    hidden = re.search(r"const HIDDEN = \[(.*?)\]", app)
    assert known and hidden
    views = {*re.findall(r"(\w+):", known[1]), *re.findall(r"\"(\w+)\"", hidden[1])}
    assert len(views) >= 8
    for view in views:
        exported = set(EXPORT.findall((STATIC / "views" / f"{view}.js").read_text("utf-8")))
        assert {"title", "show"} <= exported, view


def test_every_file_is_served_and_in_the_package() -> None:
    assert set(page_files()) == {name(path) for path in FILES}
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert "bridge" in packages["packages"]
    # Hatch leaves out what git ignores.
    command = ["git", "-C", str(ROOT), "check-ignore", "--no-index", *map(str, FILES)]
    assert subprocess.run(command, capture_output=True, check=False).stdout == b""


@pytest.mark.parametrize(
    "text",
    ["x.innerHTML = y", "eval(x)", "new Function('x')", "setTimeout('x()', 1)", "location = 'javascript:x'"],
)
def test_what_is_looked_for_would_be_found(text: str) -> None:
    assert PARSERS.search(text)
