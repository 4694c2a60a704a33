"""What this machine has and what to do about what is missing. Works without a daemon."""

from __future__ import annotations

import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

from bridge import __version__
from bridge.engines import hardware
from bridge.engines.hardware import GIB
from bridge.engines.sensors import GpuReading, MachineSensors
from bridge.errors import BridgeError
from bridge.exiftool import check_version
from bridge.home import home_folder
from bridge.hosts import captureone, darktable, digikam, lightroom
from bridge.rpc.daemonfile import read_info
from bridge.settings import Settings
from bridge.taggers import choose_embedder, list_models
from bridge.taggers.advice import advise

LOW_DISK = 2 * 10**9
"""Bytes: below this a long run may not end."""


def examine(home: Path, settings: Settings) -> list[dict[str, Any]]:
    """Findings ``{"name", "ok", "needed", "message", "hint"}``, what is needed first."""
    found = [_exiftool(settings), _opencv(), _home(home), _disk(home), _daemon(home), *_hosts(home)]
    return [*found, *_machine(), *_heat(), _search(settings), *_models(settings)]


def _finding(name: str, ok: bool, message: str, hint: str = "", *, needed: bool = True) -> dict[str, Any]:
    return {"name": name, "ok": ok, "needed": needed, "message": message, "hint": "" if ok else hint}


def _exiftool(settings: Settings) -> dict[str, Any]:
    try:
        version = check_version(settings.exiftool)
    except BridgeError as error:
        return _finding("exiftool", False, error.message, error.hint)
    return _finding("exiftool", True, f"version {version}")


def _opencv() -> dict[str, Any]:
    # Several OpenCV packages install over the same folder and break one another.
    names = {(name or "").lower() for name in (dist.metadata["Name"] for dist in metadata.distributions())}
    found = sorted(name for name in names if name.startswith("opencv-"))
    hint = f"Uninstall all of them ({', '.join(found)}) and install opencv-python again."
    return _finding("opencv", found == ["opencv-python"], ", ".join(found) or "none", hint)


def _home(home: Path) -> dict[str, Any]:
    mode = home.stat().st_mode & 0o777
    private = mode & 0o077 == 0
    return _finding("state folder", private, f"{home} ({mode:o})", f"Make it yours alone: chmod 700 {home}")


def _disk(home: Path) -> dict[str, Any]:
    free = shutil.disk_usage(home).free
    return _finding(
        "disk", free > LOW_DISK, f"{free / 10**9:.1f} GB free", "Free some space before a long run.", needed=False
    )


def _daemon(home: Path) -> dict[str, Any]:
    info = read_info(home)
    message = "not running" if info is None else f"version {info.version} on 127.0.0.1:{info.port}, process {info.pid}"
    log = home / "daemon.log"
    return _finding("daemon", info is not None, f"{message}; log: {log}", "photo-bridge serve", needed=False)


def _hosts(home: Path) -> list[dict[str, Any]]:
    adapters = {
        "digikam": digikam.check(home, __version__),
        "captureone": captureone.check(home),
        "darktable": darktable.check(home, __version__),
        "lightroom": lightroom.check(home, home_folder({}), __version__),
    }
    return [
        _finding(f"{name} adapter", *told, f"photo-bridge install {name}", needed=False)
        for name, told in adapters.items()
        if told is not None
    ]


def _machine() -> list[dict[str, Any]]:
    """What there is to run models on, and the model that it is good for."""
    found = hardware.look()
    cards = ", ".join(f"{gpu.name} ({gpu.memory / GIB:.0f} GiB)" for gpu in found.gpus) or "none whose memory is known"
    memory = f"{found.memory / GIB:.0f} GiB" if found.memory else "unknown"
    advice = advise(found)
    return [
        _finding(
            "machine", True, f"{found.cores} processor cores, {memory} of memory, graphics: {cards}", needed=False
        ),
        _finding("model for it", True, " ".join(filter(None, (advice.why, advice.command))), needed=False),
    ]


def _heat() -> list[dict[str, Any]]:
    """What long runs go by (docs/long-runs.md); nothing to say where there is no card of NVIDIA's."""
    told = [_told(card) for card in MachineSensors().gpus()]
    if not told and shutil.which("nvidia-smi") is None:
        return []
    hint = "pip install 'photo-ai-bridge[nvidia]' (pipx inject photo-ai-bridge nvidia-ml-py)"
    message = ", ".join(told) or "the temperature of this card cannot be read: runs do not slow down when it is hot"
    return [_finding("gpu heat", bool(told), message, hint, needed=False)]


def _told(card: GpuReading) -> str:
    parts = [card.name, "" if card.celsius is None else f"{card.celsius:.0f} °C"]
    return " ".join(filter(None, (*parts, "" if card.watts is None else f"{card.watts:.0f} W")))


def _search(settings: Settings) -> dict[str, Any]:
    try:
        choice = choose_embedder(settings.search_model, settings)
    except BridgeError as error:
        return _finding("search", False, error.message, error.hint, needed=False)
    return _finding("search", True, f"by {choice.name}. {choice.why}", needed=False)


def _models(settings: Settings) -> list[dict[str, Any]]:
    return [
        _finding(
            f"model {model['name']}",
            model["state"] == "ready",
            model["message"] or model["state"],
            model["hint"],
            needed=False,
        )
        for model in list_models(settings)
    ]
