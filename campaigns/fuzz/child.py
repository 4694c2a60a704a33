"""A process that tries inputs of one target, and may die over one of them.

    python -m campaigns.fuzz.child TARGET SEED FIRST LAST WORK

In WORK it leaves ``current`` (the input under way), ``outcomes`` (a line each), ``faults`` (a line of JSON each) and
``peak`` (KiB that it grew by). Everything that a target may write is below WORK; what it must not touch is there too.
"""

from __future__ import annotations

import base64
import faulthandler
import importlib
import json
import os
import resource
import sys
import warnings
from hashlib import blake2b
from pathlib import Path

from campaigns.fuzz.target import Fault, Target

MEMORY = 1 << 30
"""Bytes of address space that a child may take beyond what its libraries took."""
LOOK_EVERY = 100
"""Inputs between two looks at the files around."""
AROUND = {
    "beside/letter.txt": b"Dear diary",
    "photos.txt": b"beside the folder",
    "home/.config/other": b"another program's",
}
"""Files that no input may change."""


def main(name: str, seed: int, first: int, last: int, work: Path) -> None:
    faulthandler.enable()
    warnings.simplefilter("ignore")
    around = work / "around"
    for path, content in AROUND.items():
        (around / path).parent.mkdir(parents=True, exist_ok=True)
        (around / path).write_bytes(content)
    for folder in ("tmp", "photos", "cwd", "state"):
        (around / folder).mkdir(exist_ok=True)
    os.environ.update(HOME=str(around / "home"), TMPDIR=str(around / "tmp"), PHOTO_BRIDGE_HOME=str(around / "state"))
    os.chdir(around / "cwd")
    target = _made(name, around)
    before = _files(around)
    limit_memory()
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    current = os.open(work / "current", os.O_CREAT | os.O_RDWR, 0o600)
    outcomes = os.open(work / "outcomes", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    faults = os.open(work / "faults", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    count = 0

    def note(data: bytes) -> None:
        os.ftruncate(current, 0)
        os.pwrite(current, data, 0)

    def told(outcome: str, fault: Fault | None) -> None:
        nonlocal count, before
        if fault is not None:
            keep(fault)
        if not outcome:
            return
        os.write(outcomes, f"{outcome}\n".encode())
        count += 1
        if count % LOOK_EVERY == 0 or first + count == last:
            now = _files(around)
            if changed := {path for path in before | now if before.get(path) != now.get(path)}:
                data = (work / "current").read_bytes()
                keep(Fault(f"does not hold: files around stay as they are ({sorted(changed)[0]})", data, str(changed)))
                before = now

    def keep(fault: Fault) -> None:
        row = {"what": fault.what, "input": base64.b64encode(fault.input).decode(), "trace": fault.trace}
        os.write(faults, json.dumps(row).encode() + b"\n")

    try:
        target.run(seed, first, last, note, told)
    finally:
        target.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start
    (work / "peak").write_text(str(peak))


def _made(name: str, around: Path) -> Target:
    """By its name, or as ``module:Class``. Loaded here, since what is loaded may ask where our folders are."""
    if ":" in name:
        module, _, kind = name.partition(":")
        made: Target = getattr(importlib.import_module(module), kind)(around)
        return made
    from campaigns.fuzz.targets import TARGETS

    return TARGETS[name](around)


def limit_memory(more: int = MEMORY) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + more
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _files(folder: Path) -> dict[str, bytes]:
    """What is there, by path; but for the photos' own folder, our state, and the folder of the temporary files' own in
    which ExifTool is given links to photos of odd names: they come and go while a run is at work."""
    found: dict[str, bytes] = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if name.startswith(("photos/", "state/", "tmp/photo-bridge-")):
            continue
        found[name] = b"folder" if path.is_dir() else blake2b(path.read_bytes(), digest_size=16).digest()
    return found


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
