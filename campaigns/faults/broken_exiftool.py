"""An ExifTool that answers and does not work: ``python broken_exiftool.py HOW``, then ExifTool's own arguments.

``fails`` refuses every file; ``lies`` says that it wrote and did not; ``cuts`` leaves half of what it wrote, as on a
disk that lies about its room; ``garbles`` answers with noise.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXECUTE = re.compile(rb"-execute(\d+)")
OUTPUT = re.compile(rb"#\[CSTR\](/.*\.tmp)")


def main() -> None:
    how, *given = sys.argv[1:]
    command: list[bytes] = []
    for line in sys.stdin.buffer:
        line = line.rstrip(b"\n")
        done = EXECUTE.fullmatch(line)
        if done is None:
            command.append(line)
            continue
        at = command.index(b"-echo4")
        mark = command[at + 1]
        out, status = answer(how, given, command[:at])
        sys.stdout.buffer.write(out + b"{ready%s}\n" % done[1])
        sys.stdout.flush()
        sys.stderr.buffer.write(mark.replace(b"${status}", str(status).encode()) + b"\n")
        sys.stderr.flush()
        command = []


def answer(how: str, given: list[str], command: list[bytes]) -> tuple[bytes, int]:
    if command == [b"-ver"]:
        return real(given, command)
    if how == "garbles":
        return os.urandom(64).replace(b"{", b"") + b"\n", 0
    if how == "fails":
        return b"", 1
    outputs = [found[1] for line in command if (found := OUTPUT.fullmatch(line))]
    if outputs and how == "lies":
        return b"    1 image files created\n", 0
    out, status = real(given, command)
    for name in outputs:
        path = Path(os.fsdecode(name))
        if path.exists():
            os.truncate(path, path.stat().st_size // 2)
    return out, status


def real(given: list[str], command: list[bytes]) -> tuple[bytes, int]:
    """What the system's ExifTool does with it."""
    program = shutil.which("exiftool")
    assert program is not None
    with tempfile.NamedTemporaryFile() as lines:
        lines.write(b"\n".join(command) + b"\n")
        lines.flush()
        config = given[:2] if given[:1] == ["-config"] else []
        done = subprocess.run([program, *config, "-@", lines.name], capture_output=True, check=False)
    return done.stdout, done.returncode


if __name__ == "__main__":
    main()
