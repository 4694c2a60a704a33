"""Find what the bridge needs from the system, or install it with the system's package manager, or say how in one line.

Run by ``make`` with the system's Python, before and after ``.venv`` is made. Standard library only.

    python3 tools/ensure_system.py venv                      # can this Python make virtual environments?
    python3 tools/ensure_system.py programs .venv/bin/python # ExifTool, and what OpenCV's wheel leaves out
    python3 tools/ensure_system.py hosts                     # the photo programs that make test-hosts drives
    python3 tools/ensure_system.py browser                   # Chromium and axe-core, for make test-browser
    python3 tools/ensure_system.py faults                    # libfaketime, for make faults
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

MINIMUM = (12, 40)
HOSTS = {
    "digikam": "digikam",
    "darktable": "darktable",
    "gdbus": "libglib2.0-bin",
    "lua5.1": "lua5.1",
    "luacheck": "lua-check",
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus-x11",
    "qdbus": "qdbus-qt5",
    "xdotool": "xdotool",
}
"""Programs by the name of their package in Debian and Ubuntu."""
LUA_SOCKET = "lua-socket"
"""A package without a program: the fake Lightroom talks to the daemon by it."""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
AXE = "axe-core@4.11.0"
AXE_SHA256 = "e9e5863c33a874f09bc01acd9234b7e3c871479f5eef8802fa582544465e6d01"
AXE_FILE = Path(__file__).parent.parent / ".cache" / "axe.min.js"
"""What looks for faults of accessibility: used by tests alone, so it is fetched for them and never committed."""


def main(arguments: list[str]) -> int:
    if arguments == ["venv"]:
        return 0 if ensure_venv() else 1
    if len(arguments) == 2 and arguments[0] == "programs":
        exiftool, opencv = ensure_exiftool(), ensure_opencv(arguments[1])
        return 0 if exiftool and opencv else 1
    if arguments == ["hosts"]:
        return 0 if ensure_hosts() else 1
    if arguments == ["faults"]:
        return 0 if ensure_faketime() else 1
    if arguments == ["browser"]:
        chromium, axe = ensure_chromium(), ensure_axe()
        return 0 if chromium and axe else 1
    print(__doc__, file=sys.stderr)
    return 2


def ensure_venv() -> bool:
    if sys.version_info < (3, 11):  # noqa: UP036 - this is what tells the person
        print(f"Python 3.11 or later is needed; this is {sys.version.split()[0]}. Say: make PYTHON=python3.12 …")
        return False
    # Debian splits ensurepip off into a package of its own, named for the minor version.
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return ensure(lambda: importlib.util.find_spec("ensurepip") is not None, "venv for this Python", apt=[package])


def ensure_exiftool() -> bool:
    return ensure(exiftool_works, "ExifTool 12.40 or later", apt=["libimage-exiftool-perl"], brew=["exiftool"])


def exiftool_works() -> bool:
    program = shutil.which("exiftool")
    if program is None:
        return False
    said = subprocess.run([program, "-ver"], capture_output=True, text=True, check=False).stdout.strip()
    parts = said.split(".")
    return len(parts) >= 2 and all(part.isdigit() for part in parts[:2]) and (int(parts[0]), int(parts[1])) >= MINIMUM


def ensure_opencv(python: str) -> bool:
    """opencv-python loads libGL and GLib from the system, which a bare Debian does not have."""
    works = [python, "-c", "import cv2"]

    def imports() -> bool:
        return subprocess.run(works, capture_output=True, check=False).returncode == 0

    # GLib's package was renamed on newer releases (64-bit time); the old name is then provided by the new one.
    return ensure(imports, "the system libraries of OpenCV", apt=["libgl1", "libglib2.0-0"])


def ensure_hosts() -> bool:
    def there() -> bool:
        return all(shutil.which(program) for program in HOSTS) and lua_socket_works()

    return ensure(there, "a photo program", apt=[*HOSTS.values(), LUA_SOCKET])


def lua_socket_works() -> bool:
    return subprocess.run(["lua5.1", "-e", 'require "socket"'], capture_output=True, check=False).returncode == 0


def ensure_faketime() -> bool:
    """The clock of one process can be set by it; the machine's own is left alone."""
    return ensure(lambda: shutil.which("faketime") is not None, "libfaketime", apt=["faketime"], brew=["libfaketime"])


def ensure_chromium() -> bool:
    def there() -> bool:
        return any(shutil.which(program) for program in CHROMIUM)

    return ensure(there, "Chromium", apt=["chromium"], brew=["chromium"])


def ensure_axe() -> bool:
    if axe_works():
        return True
    if not ensure(lambda: shutil.which("npm") is not None, "npm, which fetches axe-core", apt=["npm"], brew=["node"]):
        return False
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"--pack-destination={folder}", AXE]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        for package in Path(folder).glob("*.tgz"):
            unpack_axe(package)
    if axe_works():
        return True
    print(f"{AXE} could not be fetched. Run npm pack {AXE} where there is a network; its axe.min.js goes to {AXE_FILE}")
    return False


def unpack_axe(package: Path) -> None:
    with tarfile.open(package) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        AXE_FILE.parent.mkdir(exist_ok=True)
        AXE_FILE.write_bytes(script.read())


def axe_works() -> bool:
    return AXE_FILE.is_file() and hashlib.sha256(AXE_FILE.read_bytes()).hexdigest() == AXE_SHA256


def ensure(there: Callable[[], bool], what: str, *, apt: list[str], brew: list[str] | None = None) -> bool:
    """True where it is there, or could be installed."""
    if there():
        return True
    command = install_command(apt, brew or [])
    if command is None:
        print(f"{what} is missing: install {' '.join(apt)} (Debian, Ubuntu) or {' '.join(brew or apt)} (macOS).")
        return False
    print(f"{what} is missing; running: {' && '.join(' '.join(step) for step in command)}", flush=True)
    for step in command:
        subprocess.run(step, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if there():
        return True
    print(f"{what} is still missing. Install it by hand: {' '.join(command[-1])}")
    return False


def install_command(apt: list[str], brew: list[str]) -> list[list[str]] | None:
    """The package manager's commands, with sudo where that is needed and there; None where neither can be used."""
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo"] if shutil.which("sudo") else None
        if sudo is None:
            return None
        # What is merely recommended (translations, MIME types, ICU) would be another 60 MB.
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *apt]
        return [[*sudo, "apt-get", "update", "-qq"], [*sudo, *install]]
    if brew and shutil.which("brew"):
        return [["brew", "install", *brew]]
    return None


if __name__ == "__main__":
    os.chdir(Path(__file__).parent.parent)
    sys.exit(main(sys.argv[1:]))
