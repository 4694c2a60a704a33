"""darktable-cli and rawtherapee-cli, through stand-ins that refuse whatever the programs' manuals do not allow."""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import PhotoMissing, RawUndecodable
from bridge.photos._programs import render_by_program
from bridge.values import RawRenderer
from tests.photos.made import assert_upright, dng, jpeg_bytes, picture, pixels

DARKTABLE = """
import json, os, pathlib, shutil, sys
arguments = sys.argv[1:]
report = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
core = {}
if "--core" in arguments:
    at = arguments.index("--core")
    arguments, rest = arguments[:at], arguments[at + 1:]
    while rest:
        name = rest.pop(0)
        if name == "--disable-opencl":
            core[name] = True
        elif name in ("--library", "--configdir", "--cachedir", "--tmpdir"):
            core[name] = rest.pop(0)
        else:
            sys.exit(f"unknown core option {name}")
files, options = [], {}
while arguments:
    name = arguments.pop(0)
    if not name.startswith("--"):
        files.append(name)
    elif name in ("--width", "--height"):
        options[name] = int(arguments.pop(0))
    elif name in ("--hq", "--upscale"):
        options[name] = {"0": False, "1": True, "false": False, "true": True}[arguments.pop(0)]
    else:
        sys.exit(f"unknown option {name}")
if len(files) not in (2, 3) or "$(" in files[-1]:
    sys.exit("input and output are needed")
source, target = pathlib.Path(files[0]), pathlib.Path(files[-1])
if not source.read_bytes().startswith(b"II*"):
    sys.exit("no raw file")
if target.suffix != ".jpg" or target.exists():
    sys.exit("the output is no new JPEG")
report |= {"core": core, "options": options, "source": str(source)}
"""

RAWTHERAPEE = """
import json, os, pathlib, re, shutil, sys
arguments = sys.argv[1:]
report = {"arguments": list(arguments), "folder": os.getcwd(), "environment": dict(os.environ)}
target, profiles, inputs, options = None, [], [], []
while arguments:
    name = arguments.pop(0)
    if name == "-o":
        target = pathlib.Path(arguments.pop(0))
    elif name == "-p":
        profiles.append(pathlib.Path(arguments.pop(0)).read_text())
    elif name == "-c":
        inputs, arguments = arguments, []
    elif name in ("-q", "-d", "-Y") or re.fullmatch("-j[0-9]{1,3}|-js[1-3]", name):
        options.append(name)
    else:
        sys.exit(f"unknown option {name}")
if len(inputs) != 1 or target is None or "-Y" not in options:
    sys.exit("input and output are needed")
if not pathlib.Path(inputs[0]).read_bytes().startswith(b"II*"):
    sys.exit("no raw file")
report |= {"profiles": profiles, "options": options, "source": inputs[0]}
"""

WRITES = """
shutil.copyfile({jpeg!r}, target)
pathlib.Path({report!r}).write_text(json.dumps(report))
"""

FAULTS = {
    "fails": "\nprint('out of memory')\nsys.exit(1)\n",
    "writes nothing": "\n",
    "writes rubbish": "\ntarget.write_bytes(b'rubbish')\n",
    "writes half": "\ntarget.write_bytes(pathlib.Path({jpeg!r}).read_bytes()[:400])\n",
    "never ends": "\nimport signal\nsignal.pause()\n",
}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose ``bin`` is all of the PATH, and whose ``tmp`` holds the temporary folders."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "tmp").mkdir()
    (tmp_path / "shown.jpg").write_bytes(jpeg_bytes(picture(300, 200)))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path


def install(bench: Path, renderer: RawRenderer, end: str = WRITES) -> None:
    body = DARKTABLE if renderer is RawRenderer.DARKTABLE else RAWTHERAPEE
    program = bench / "bin" / renderer.value
    end = end.format(jpeg=str(bench / "shown.jpg"), report=str(bench / "report.json"))
    program.write_text(f"#!{sys.executable}\n{body}{end}")
    program.chmod(0o755)


def report(bench: Path) -> Any:
    return json.loads((bench / "report.json").read_text())


PROGRAMS = (RawRenderer.DARKTABLE, RawRenderer.RAWTHERAPEE)


@pytest.mark.parametrize("renderer", PROGRAMS)
def test_the_program_develops_the_photo(bench: Path, renderer: RawRenderer) -> None:
    install(bench, renderer)
    rgb = pixels(dng(bench / "a.dng"), 300, renderer)
    assert rgb.shape == (200, 300, 3)
    assert_upright(rgb)


@pytest.mark.parametrize("renderer", PROGRAMS)
def test_nothing_is_left_and_nothing_of_the_users_is_touched(bench: Path, renderer: RawRenderer) -> None:
    install(bench, renderer)
    source = dng(bench / "a.dng")
    before = source.read_bytes(), source.stat().st_mtime_ns
    pixels(source, 300, renderer)
    said = report(bench)
    assert list((bench / "tmp").iterdir()) == []
    assert (source.read_bytes(), source.stat().st_mtime_ns) == before
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "RT_SETTINGS", "RT_CACHE", "TMPDIR"):
        assert said["environment"][name] == said["folder"]
    assert said["folder"].startswith(str(bench / "tmp"))


@pytest.mark.parametrize("renderer", PROGRAMS)
@pytest.mark.parametrize("name", ["$(FILE_FOLDER) `id`.nef", "-o.nef", "line\nbreak.nef", "n\udcffme.nef", "no suffix"])
def test_the_photos_own_name_never_reaches_the_program(bench: Path, renderer: RawRenderer, name: str) -> None:
    install(bench, renderer)
    pixels(dng(bench / "a.dng").rename(bench / name), 300, renderer)
    source = Path(report(bench)["source"])
    assert source.stem == "photo"
    assert source.suffix == (".raw" if name == "no suffix" else ".nef")


def test_darktable_is_told_the_size_and_to_keep_nothing(bench: Path) -> None:
    install(bench, RawRenderer.DARKTABLE)
    pixels(dng(bench / "a.dng"), 300, RawRenderer.DARKTABLE)
    said = report(bench)
    assert said["options"] == {"--width": 300, "--height": 300, "--hq": True, "--upscale": False}
    assert said["core"]["--library"] == ":memory:"
    assert said["core"]["--configdir"].startswith(said["folder"])
    assert said["core"]["--cachedir"].startswith(said["folder"])


def test_rawtherapee_is_told_the_size_by_a_profile(bench: Path) -> None:
    install(bench, RawRenderer.RAWTHERAPEE)
    pixels(dng(bench / "a.dng"), 300, RawRenderer.RAWTHERAPEE)
    (profile,) = report(bench)["profiles"]
    assert "[Resize]\nEnabled=true\n" in profile and "Width=300\nHeight=300\n" in profile


@pytest.mark.parametrize("renderer", PROGRAMS)
@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_program_that_fails_fails_this_photo_and_leaves_nothing(
    bench: Path, renderer: RawRenderer, fault: str
) -> None:
    install(bench, renderer, FAULTS[fault])
    source = dng(bench / "a.dng")
    with pytest.raises(RawUndecodable) as caught:
        render_by_program(source, 300, renderer, seconds=1.0 if fault == "never ends" else 60.0)
    assert renderer.value in caught.value.message
    assert list((bench / "tmp").iterdir()) == []
    if fault == "fails":
        assert "out of memory" in str(caught.value.detail)


def test_a_program_that_is_not_there_is_named(bench: Path) -> None:
    with pytest.raises(RawUndecodable, match="darktable-cli is not installed") as caught:
        pixels(dng(bench / "a.dng"), 300, RawRenderer.DARKTABLE)
    assert "Install it" in caught.value.hint


def test_a_photo_that_is_not_there_is_not_the_programs_fault(bench: Path) -> None:
    install(bench, RawRenderer.DARKTABLE)
    with pytest.raises(PhotoMissing):
        render_by_program(bench / "gone.nef", 300, RawRenderer.DARKTABLE)


def test_the_private_folder_is_for_this_user_alone(bench: Path) -> None:
    end = WRITES.replace("pathlib.Path", "report['mode'] = os.stat(os.getcwd()).st_mode\npathlib.Path", 1)
    install(bench, RawRenderer.DARKTABLE, end)
    pixels(dng(bench / "a.dng"), 300, RawRenderer.DARKTABLE)
    assert stat.S_IMODE(report(bench)["mode"]) == 0o700
    assert os.environ["PATH"] == str(bench / "bin")
