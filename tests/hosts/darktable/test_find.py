"""Finding photos in a real darktable: its panel, what is shown and selected, and a keyword for what was found.

What the daemon answers to a search is given here, by a stand-in for the command; all else is the real one.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bridge.hosts.records import line
from tests.hosts.darktable.conftest import Desk, Prepare
from tests.hosts.darktable.program import Darktable
from tests.hosts.desktop import wait_for

pytestmark = pytest.mark.hosts

HOSTILE = (
    "a `touch INJ1`.jpg",
    "b $(touch INJ2), c.jpg",
    'd \' ; "x" % _.jpg',
    "f\nid=7\t\\n.jpg",
    "-g ünï 📷.jpg",
)
FIND = "require('photo-bridge/find')"
SHOWN = (
    "local t = {} for i = 1, #dt.collection do t[i] = dt.collection[i].path .. '/' .. dt.collection[i].filename end "
)
SELECTED = "local t = {} for i, one in ipairs(dt.gui.selection()) do t[i] = one.path .. '/' .. one.filename end "
PRINT = "return table.concat(t, '\\0')"


def answering(desk: Desk, *found: Path | str, more: str = "") -> Path:
    """Let searches find these. Returns the file that tells what was asked."""
    folder = desk.darktable.folder
    answer, asked, wrapper = folder / "answer.tsv", folder / "asked", folder / "bridge.sh"
    rows = "".join(line("result", "", str(path)) for path in found) + more
    answer.write_text(rows + line("said", f"{len(found)} photos, best first.") + line("done", len(found)))
    script = desk.darktable.config / "lua" / "photo-bridge" / "command.lua"
    if not wrapper.exists():
        (command,) = re.findall(r'^local COMMAND = "(.*)"', script.read_text(), re.MULTILINE)
        real = command.encode().decode("unicode_escape")
        wrapper.write_text(
            f"""#!/bin/sh
[ "$3" = search ] || exec {real} "$@"
for word; do [ "$before" = --out ] && out=$word; before=$word; done
cp "$4" {shlex.quote(str(asked))}; rm "$4"; cp {shlex.quote(str(answer))} "$out"
"""
        )
        wrapper.chmod(0o755)
        desk.darktable.lua(
            f"""local name, value = debug.getupvalue(require("photo-bridge/command").call, 1)
            for index = 1, 20 do
              name, value = debug.getupvalue(require("photo-bridge/command").call, index)
              if name == "COMMAND" then debug.setupvalue(require("photo-bridge/command").call, index, "{wrapper}") end
            end"""
        )
    return asked


def find(darktable: Darktable, text: str) -> str:
    """Type a text into the panel and press its button. Returns what the person is told."""
    darktable.lua(f"{FIND}.panel.text.text = [[{text}]]")
    return press(darktable, "find")


def press(darktable: Darktable, button: str) -> str:
    """Press a button of the panel, again where the last action was still at its end."""
    while True:
        before = len(darktable.said())
        darktable.lua(f"local one = {FIND}.panel.{button} one.clicked_callback(one)")
        wait_for("a word of it", lambda before=before: len(darktable.said()) > before)  # type: ignore[misc]
        if "at work already" not in darktable.told():
            return darktable.told()


def paths(darktable: Darktable, code: str) -> list[Path]:
    return [Path(one) for one in darktable.lua(code + PRINT).split("\0") if one]


def test_what_is_found_is_shown_and_selected_and_listed_in_rank_order(desk: Prepare) -> None:
    here = desk(6)
    darktable = here.darktable
    photos = [darktable.photos / f"{number}.jpg" for number in range(6)]
    before = darktable.everything()
    understood = line("filter", "people", "2", "two people")
    asked = answering(here, photos[4], photos[1], "/elsewhere/7.jpg", more=understood)
    said = find(darktable, "a dog, two people")
    assert asked.read_bytes() == b"most=100\0text=a dog, two people\0phrases=1\0"
    assert "3 photos, best first." in said
    assert "Understood: two people as people = 2" in said
    assert "Not in this library: 1." in said
    assert paths(darktable, SHOWN) == [photos[1], photos[4]]
    assert set(paths(darktable, SELECTED)) == {photos[1], photos[4]}
    listed = f"local t = {{}} for i = 1, #{FIND}.panel.list do t[i] = {FIND}.panel.list[i] end "
    assert [str(one) for one in paths(darktable, listed)] == ["all 2", "1  4.jpg", "2  1.jpg"]

    darktable.lua(f"{FIND}.panel.filters.value = false dt.control.dispatch({FIND}.choose, 2)")
    wait_for("the best alone", lambda: paths(darktable, SELECTED) == [photos[4]])
    darktable.lua(f"dt.control.dispatch({FIND}.choose, 1)")
    wait_for("all again", lambda: len(paths(darktable, SELECTED)) == 2)
    answering(here)
    find(darktable, "a dog, two people")
    assert asked.read_bytes().endswith(b"phrases=0\0")
    assert darktable.everything() == before, "nothing was written into a photo"


def test_what_the_real_daemon_finds_is_shown(desk: Prepare) -> None:
    here = desk({"one.jpg": "Canon_EOS_7D.jpg", "two.jpg": "Nikon_D100.jpg", "three.jpg": "Canon_IXUS_300.jpg"})
    darktable = here.darktable
    assert "No photo is indexed yet." in find(darktable, "a person")
    assert here.bridge.run("index", str(darktable.photos)).returncode == 0
    for text in ("a person", "a building", "an animal"):
        said = find(darktable, text)
        assert "100 % of your library is indexed, 3 of the 3 photos that photo-bridge knows." in said
        with here.bridge.client() as client:
            results = client.call("search.photos", texts=[text], k=100)["results"]
        if results:
            assert set(paths(darktable, SELECTED)) == {Path(result["path"]) for result in results}
            assert darktable.lua(f"return {FIND}.panel.list[2]").endswith(Path(results[0]["path"]).name)


def test_files_of_any_name_and_others_of_the_same_name(desk: Prepare) -> None:
    here = desk(dict.fromkeys(HOSTILE, "Canon_EOS_7D.jpg"))
    darktable = here.darktable
    other = darktable.folder / "other"
    other.mkdir()
    twin = other / HOSTILE[0]
    twin.write_bytes((darktable.photos / HOSTILE[0]).read_bytes())
    darktable.lua(f"dt.database.import([[{other}]])")
    wait_for("the import", lambda: darktable.lua("return #dt.database") == str(len(HOSTILE) + 1))
    photos = [darktable.photos / name for name in HOSTILE]
    answering(here, *photos)
    find(darktable, "it's `touch INJ9` \\ 'x'")
    assert set(paths(darktable, SHOWN)) >= set(photos)
    assert set(paths(darktable, SELECTED)) == set(photos)
    assert twin not in paths(darktable, SELECTED)
    assert not list(darktable.folder.rglob("INJ*"))


def test_a_keyword_for_what_is_selected_goes_with_an_undo(desk: Prepare) -> None:
    here = desk(4)
    darktable = here.darktable
    before, tree = darktable.everything(), darktable.all_tags()
    photos = [darktable.photos / f"{number}.jpg" for number in (2, 0)]
    answering(here, *photos)
    find(darktable, "bride")
    darktable.lua(f"{FIND}.panel.keyword.text = 'People|Bride'")
    assert "2 written, 0 unchanged, 0 failed" in press(darktable, "add")
    assert [darktable.tags(f"{number}.jpg") for number in range(4)] == [["People|Bride"], [], ["People|Bride"], []]
    assert "2 taken back" in darktable.done("Undo Last AI Run")
    assert (darktable.everything(), darktable.all_tags()) == (before, tree)


def test_what_cannot_be_found_is_said(desk: Prepare) -> None:
    here = desk(1)
    here.darktable.select()
    assert "Nothing was asked for." in find(here.darktable, " ")
    assert "No keyword was given." in press(here.darktable, "add")
    assert list(here.bridge.home.glob("darktable-*")) == [], "no file is left behind"
