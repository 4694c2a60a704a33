"""RAW developed by a program of the photographer's: darktable-cli or rawtherapee-cli.

Their command lines are taken from darktable-cli(1) of darktable 2.4 to 5.2 and from RawTherapee's rtgui/main-cli.cc.
The tests run strict stand-ins: neither program itself has been run by us yet.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from PIL.JpegImagePlugin import JpegImageFile

from bridge.errors import PhotoDamaged, RawUndecodable
from bridge.paths import shown
from bridge.photos._open import os_errors
from bridge.photos._pixels import shown_pixels
from bridge.values import RGB, RawRenderer

RENDER_SECONDS = 120.0
"""Time for one RAW, the start of the program included."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def render_by_program(path: Path, edge: int, renderer: RawRenderer, seconds: float = RENDER_SECONDS) -> RGB:
    """The RAW as ``renderer`` develops it with its defaults, at most ``edge`` long.

    The program works in a private folder that is removed afterwards: it keeps no settings, no library and no cache of
    ours, reads no edits, and never sees the photo's own name, whatever is in it. Raises RawUndecodable.
    """
    program = shutil.which(renderer.value)
    if program is None:
        raise RawUndecodable(
            f"{renderer.value} is not installed.", hint="Install it, or use --raw-renderer auto, embedded or rawpy."
        )
    with os_errors(path), path.open("rb"):
        pass
    with tempfile.TemporaryDirectory(prefix="photo-bridge-") as name:
        folder = Path(name)
        source = _with_safe_name(path, folder)
        target = folder / "developed.jpg"
        if renderer is RawRenderer.DARKTABLE:
            arguments = _darktable(source, target, edge, folder)
        else:
            arguments = _rawtherapee(source, target, edge, folder)
        _run([program, *arguments], folder, seconds)
        try:
            with target.open("rb") as file, JpegImageFile(file) as image:
                return shown_pixels(image, edge, 1)
        except (OSError, SyntaxError, PhotoDamaged) as error:
            raise RawUndecodable(f"{renderer.value} made no picture of {shown(path)}.", detail=repr(error)) from error


def _with_safe_name(path: Path, folder: Path) -> Path:
    """A link of a harmless name in our folder: darktable expands variables in names, others take them for options."""
    suffix = "".join(letter for letter in path.suffix.lower() if letter in _LETTERS) or "raw"
    source = folder / f"photo.{suffix}"
    try:
        source.symlink_to(path.absolute())
    except OSError:  # Windows without the privilege
        shutil.copyfile(path, source)
    return source


def _darktable(source: Path, target: Path, edge: int, folder: Path) -> list[str]:
    size = str(edge)
    return [
        *(str(source), str(target)),
        *("--width", size, "--height", size, "--hq", "true", "--upscale", "false"),
        # After --core come darktable's own options: an empty library in memory and nothing of the user's settings.
        *("--core", "--library", ":memory:", "--configdir", str(folder / "config")),
        *("--cachedir", str(folder / "cache"), "--tmpdir", str(folder), "--disable-opencl"),
    ]


def _rawtherapee(source: Path, target: Path, edge: int, folder: Path) -> list[str]:
    profile = folder / "size.pp3"
    # DataSpecified 3: fit into a box. The profile is laid over RawTherapee's default (-d).
    profile.write_text(
        f"[Resize]\nEnabled=true\nAppliesTo=Cropped area\nMethod=Lanczos\nDataSpecified=3\n"
        f"Width={edge}\nHeight={edge}\nAllowUpscaling=false\n",
        "utf-8",
    )
    # -c must be the last option: whatever follows it is an input file.
    return ["-q", "-o", str(target), "-d", "-p", str(profile), "-j90", "-js3", "-Y", "-c", str(source)]


def _run(command: list[str], folder: Path, seconds: float) -> None:
    """Run without a shell, in a session of its own so that children end with it. Raises RawUndecodable."""
    name = Path(command[0]).name
    environment = {
        **{key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")},
        **dict.fromkeys(("HOME", "TMPDIR", "RT_SETTINGS", "RT_CACHE"), str(folder)),
        **dict.fromkeys(("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), str(folder)),
    }
    with (folder / "output.txt").open("wb") as output:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise RawUndecodable(f"{name} cannot be started: {error.strerror}.", detail=repr(error)) from error
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise RawUndecodable(f"{name} did not finish within {seconds:.0f} s.") from error
        finally:
            if process.poll() is None:
                _kill(process)
    if status != 0:
        said = (folder / "output.txt").read_text("utf-8", "replace")[-2000:]
        raise RawUndecodable(f"{name} failed with status {status}.", detail=said)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
