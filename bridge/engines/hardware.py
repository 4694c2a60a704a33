"""What this machine has to run models on, asked without loading any of their libraries."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ASK_S = 10.0
"""A driver that hangs must not hang us."""
MIB, GIB = 2**20, 2**30
DRM = Path("/sys/class/drm")
_ASK_NVIDIA = ("--query-gpu=name,memory.total", "--format=csv,noheader,nounits")


@dataclass(frozen=True, slots=True)
class Gpu:
    name: str
    memory: int
    """Bytes of its own; of the whole machine where it shares them (Apple Silicon)."""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Hardware:
    cores: int
    memory: int
    """Bytes; 0 where the system does not tell."""
    gpus: tuple[Gpu, ...] = ()
    """Those whose memory is known, the largest first."""


def look(drm: Path = DRM) -> Hardware:
    """Never raises; takes some tenths of a second where a driver has to be asked."""
    memory = _memory()
    gpus = (*_nvidia(), *_amd(drm), *_apple(memory))
    return Hardware(os.cpu_count() or 1, memory, tuple(sorted(gpus, key=lambda gpu: -gpu.memory)))


def _nvidia() -> list[Gpu]:
    """By ``nvidia-smi``, which comes with the driver, on Windows too: a line a card, memory in MiB."""
    found = []
    for line in _lines("nvidia-smi", *_ASK_NVIDIA):
        name, _, memory = line.rpartition(",")
        # "[N/A]" on cards that share the machine's memory and on those that are split (MIG).
        if name.strip() and memory.strip().isdecimal():
            found.append(Gpu(name.strip(), int(memory) * MIB))
    return found


def _amd(drm: Path) -> list[Gpu]:
    """By the amdgpu driver: https://docs.kernel.org/gpu/amdgpu/driver-misc.html (mem_info_vram_total, bytes)."""
    found = []
    for file in sorted(drm.glob("card*/device/mem_info_vram_total")):
        with suppress(OSError, ValueError):
            memory = int(file.read_text())
            name_file = file.parent / "product_name"
            name = name_file.read_text().strip() if name_file.is_file() else ""
            found.append(Gpu(name or "AMD graphics", memory))
    return found


def _apple(memory: int) -> list[Gpu]:
    if platform.system() != "Darwin" or platform.machine() != "arm64" or not memory:
        return []
    chip = next(iter(_lines("sysctl", "-n", "machdep.cpu.brand_string")), "Apple Silicon")
    return [Gpu(chip, memory, shared=True)]


def _memory() -> int:
    with suppress(ValueError, OSError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(ValueError, IndexError):
        return int(_lines("sysctl", "-n", "hw.memsize")[0])
    return _windows_memory()


def _windows_memory() -> int:
    """GetPhysicallyInstalledSystemMemory of sysinfoapi.h, which tells KiB."""
    import ctypes

    kernel = getattr(getattr(ctypes, "windll", None), "kernel32", None)
    if kernel is None:
        return 0
    kib = ctypes.c_ulonglong()
    return kib.value * 1024 if kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(kib)) else 0


def _lines(program: str, *arguments: str) -> list[str]:
    """What a program says, by lines; nothing where it is not there or fails."""
    found = shutil.which(program)
    if found is None:
        return []
    try:
        told = subprocess.run([found, *arguments], capture_output=True, text=True, timeout=ASK_S, check=True)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return []
    return [line for line in told.stdout.splitlines() if line.strip()]
