"""``requirements.lock``: every package that photo-bridge runs on, at one version, with the hashes of its files.

    python tools/locking.py   # make lock: writes it from pyproject.toml and constraints.txt

uv resolves for Linux, macOS and Windows at once; it is put into a folder of its own for that and is needed for nothing
else. Files come from whatever registry the person's own configuration names: the lock names none.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
UV = "uv==0.13.9"
HEAD = """# Every package that photo-bridge runs on, with the hashes of its files. Made by `make lock`; a test compares
# it with pyproject.toml and constraints.txt. To install just these: pip install --require-hashes -r requirements.lock
"""
RESOLVE = ("--universal", "--python-version", "3.11", "--generate-hashes")
QUIET = ("--no-header", "--no-annotate", "--no-emit-index-url", "--quiet")
BROWSER, ELSEWHERE = "sys_platform == 'emscripten'", "sys_platform != 'emscripten'"
_ENTRY = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>.+))?")


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of the lock. ``marker`` says where it is needed, in the words of PEP 508; empty: everywhere."""

    name: str
    version: str
    marker: str
    sha256: tuple[str, ...]


def read_lock(text: str) -> list[Locked]:
    """The packages of a lock, in its order. Raises ValueError at what is not one with its hashes."""
    found = []
    for line in text.replace("\\\n", "").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        head, *hashes = re.split(r"\s+--hash=sha256:", line.strip())
        entry = _ENTRY.fullmatch(head.strip())
        if entry is None or not hashes or not all(re.fullmatch("[0-9a-f]{64}", one) for one in hashes):
            raise ValueError(f"not a package with hashes: {line}")
        found.append(Locked(entry["name"], entry["version"], entry["marker"] or "", tuple(hashes)))
    return found


def here(found: list[Locked]) -> list[Locked]:
    """The packages of the systems that we run on. A browser's Python (Emscripten) is none of them."""
    return [replace(one, marker=one.marker.replace(ELSEWHERE, "")) for one in found if BROWSER not in one.marker]


def render(packages: list[Locked]) -> str:
    """The text of a lock. ``read_lock`` reads the same packages from it."""
    text = HEAD
    for one in packages:
        marker = f" ; {one.marker}" if one.marker else ""
        lines = [f"{one.name}=={one.version}{marker}", *(f"--hash=sha256:{value}" for value in one.sha256)]
        text += " \\\n    ".join(lines) + "\n"
    return text


def uv(*arguments: str | Path) -> str:
    """What uv prints. Raises CalledProcessError; its own complaint is on standard error by then."""
    folder = ROOT / ".cache" / UV
    if not (folder / "bin").is_dir():
        pip = (sys.executable, "-m", "pip", "install", "-q", "--target", folder)
        subprocess.run([*pip, UV], check=True)
    done = subprocess.run([folder / "bin" / "uv", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def main() -> None:
    packages = here(read_lock(uv("pip", "compile", "pyproject.toml", "-c", "constraints.txt", *RESOLVE, *QUIET)))
    LOCK.write_text(render(packages), "utf-8")
    print(f"{LOCK.name}: {len(packages)} packages")


if __name__ == "__main__":
    main()
