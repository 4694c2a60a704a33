"""The wheel, installed by pipx into an empty home: all that a photographer gets, and nothing that this checkout has.

Only the installation asks a registry. The packages are those of ``requirements.lock``, each compared with its hash.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bridge import __version__

pytestmark = [pytest.mark.wheel, pytest.mark.system]

ROOT = Path(__file__).parents[2]
ADAPTERS = ("captureone-applescript", "darktable-lua", "digikam-scripts", "lightroom-plugin")
LARGEST = 65 * 10**6
"""Bytes of the wheel."""
MINUTES = 600.0
"""Against waiting for ever: it measures nothing."""


@dataclass(frozen=True)
class Person:
    """Somebody with an empty home who has Python and ExifTool, and no more."""

    home: Path

    @property
    def environ(self) -> dict[str, str]:
        exiftool = shutil.which("exiftool")
        assert exiftool is not None, "ExifTool is missing: python3 tools/ensure_system.py programs python3"
        path = os.pathsep.join([str(self.home / ".local" / "bin"), str(Path(exiftool).parent), "/usr/bin", "/bin"])
        return {"HOME": str(self.home), "PATH": path, "LANG": "C.UTF-8", "PHOTO_BRIDGE_INDEX_WHILE_TAGGING": "false"}

    def run(self, *arguments: str | Path, code: int = 0) -> str:
        """What ``photo-bridge`` prints, started from another folder."""
        command = [self.home / ".local" / "bin" / "photo-bridge", *arguments]
        return output(command, self.environ, code=code, cwd=self.home)

    @property
    def files(self) -> set[Path]:
        """What lies in the home but pipx's own, the daemon's state and what programs remember."""
        kept = (".local/share/pipx", ".local/bin", ".local/state/pipx", ".local/state/photo-bridge", ".cache")
        return {
            path
            for path in self.home.rglob("*")
            if not path.is_dir() and not path.relative_to(self.home).as_posix().startswith(kept)
        }


def output(command: list[str | Path], environ: dict[str, str], *, code: int = 0, cwd: Path = ROOT) -> str:
    done = subprocess.run(command, env=environ, cwd=cwd, capture_output=True, text=True, timeout=MINUTES, check=False)
    assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps"]
    output([*pip, "--wheel-dir", folder, ROOT], dict(os.environ))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def person(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """The program installed as ``pipx install`` does it, its packages those of the lock alone."""
    person = Person(tmp_path_factory.mktemp("home"))
    cache = output([sys.executable, "-m", "pip", "cache", "dir"], dict(os.environ)).strip()
    asks = {name: os.environ[name] for name in os.environ if name.startswith(("PIP_", "SSL_", "REQUESTS_"))}
    environ = {**asks, **person.environ, "PIP_CACHE_DIR": cache, "PIPX_HOME": str(person.home / ".local/share/pipx")}
    pipx: list[str | Path] = [sys.executable, "-m", "pipx"]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    exactly = f"--pip-args=--require-hashes --no-compile -c {ROOT / 'requirements.lock'}"
    output(
        [*pipx, "install", "--backend", "pip", f"photo-ai-bridge @ {wheel.as_uri()}#sha256={digest}", exactly], environ
    )
    yield person
    person.run("stop")
    output([*pipx, "uninstall", "photo-ai-bridge"], environ)
    assert not (person.home / ".local" / "bin" / "photo-bridge").exists()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A drawn picture with a place in it, of which one keyword is certain."""
    path = tmp_path / "photo.jpg"
    picture = Image.new("RGB", (900, 600), (120, 170, 230))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 380, 900, 600), fill=(60, 130, 50))
    draw.ellipse((640, 60, 760, 180), fill=(250, 220, 90))
    facts = Image.Exif()
    facts.get_ifd(0x8825).update({1: "N", 2: (47.0, 22.0, 30.0), 3: "E", 4: (8.0, 32.0, 30.0)})
    picture.save(path, exif=facts)
    return path


def test_the_wheel_is_small_and_holds_every_file_of_ours_and_no_other(wheel: Path) -> None:
    size = wheel.stat().st_size
    print(f"\n{wheel.name}: {size / 10**6:.1f} MB")  # noqa: T201 - the figure that a release names
    assert size <= LARGEST
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "bridge", *ADAPTERS]
    ours = {name for name in output(listed, dict(os.environ)).split("\0") if name and (ROOT / name).is_file()}
    wanted = {name if name.startswith("bridge/") else f"bridge/adapters/{name}" for name in ours}
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        notices = [name for name in archive.namelist() if "/licenses/" in name]
    assert held == wanted
    assert {Path(name).name for name in notices} == {"LICENSE", "NOTICE"}


def test_it_says_its_version_and_what_the_machine_has(person: Person) -> None:
    assert person.run("--version") == f"{__version__}\n"
    told = [json.loads(line) for line in person.run("doctor", "--json").splitlines()]
    assert all(one["ok"] for one in told if one["needed"])
    said = {one["name"]: one for one in told}
    assert said["state folder"]["message"].startswith(str(person.home / ".local" / "state" / "photo-bridge"))
    assert (said["model starter"]["ok"], said["model clip"]["ok"]) == (True, False)
    assert "pipx inject photo-ai-bridge" in said["model clip"]["hint"]


def test_every_adapter_goes_into_its_program_and_out_again(person: Person, tmp_path: Path) -> None:
    before = person.files
    programs = {
        "digikam": [],
        "darktable": [],
        "lightroom": ["--to", tmp_path / "lr"],
        "captureone": ["--to", tmp_path / "co"],
    }
    for program, elsewhere in programs.items():
        seen = person.files | set(tmp_path.rglob("*"))
        assert "in place" in person.run("install", program, *elsewhere)
        put = [path for path in (person.files | set(tmp_path.rglob("*"))) - seen if path.is_file()]
        assert any(b"photo-bridge" in path.read_bytes() for path in put), program
    launch = json.loads((person.home / ".local" / "state" / "photo-bridge" / "launch.json").read_text("utf-8"))
    assert output([*launch["command"], "--version"], {}, cwd=tmp_path) == f"{__version__}\n", (
        "from a desktop's bare PATH"
    )
    for program in programs:
        assert "is gone" in person.run("uninstall", program)
    assert person.files == before
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_lightroom_itself_is_refused_where_there_is_none(person: Person) -> None:
    if sys.platform == "linux":
        assert person.run("install", "lightroom", code=4) == ""


def test_a_photo_is_tagged_and_the_run_taken_back(person: Person, photo: Path) -> None:
    before = photo.read_bytes()
    (told,) = [
        json.loads(line) for line in person.run("tag", photo, "--model", "starter", "--write", "--json").splitlines()
    ]
    assert told["status"] == "done", told
    said = output(["exiftool", "-s3", "-XMP-dc:Subject", photo], dict(os.environ))
    assert "Zürich" in said
    person.run("undo", "last")
    assert photo.read_bytes() == before


def test_the_review_page_and_every_file_of_it_is_served(person: Person, photo: Path) -> None:
    person.run("tag", photo, "--model", "starter")
    told = person.run("review", "--job", "last", "--no-browser")
    (address,) = [word for word in told.split() if word.startswith("http://127.0.0.1:")]
    opened = Path(told.splitlines()[0].removeprefix("the review page: "))
    assert opened.parent == person.home / ".local" / "state" / "photo-bridge"
    assert address.encode() in opened.read_bytes()
    static = ROOT / "bridge" / "web" / "static"
    files = [path for path in static.rglob("*") if path.is_file()]
    assert len(files) > 40
    for path in files:
        name = path.relative_to(static).as_posix()
        where = address if name == "index.html" else f"{address}static/{name}"
        with urllib.request.urlopen(where, timeout=MINUTES) as answer:
            assert answer.read() == path.read_bytes(), name
