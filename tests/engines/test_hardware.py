"""What this machine has, told by programs and files that may say anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.engines import hardware
from bridge.engines.hardware import MIB, Gpu


def driver(folder: Path, says: str, status: int = 0) -> Path:
    """A folder with an ``nvidia-smi`` that says this, if it is asked as the real one wants to be."""
    program = folder / "nvidia-smi"
    asked = " ".join(hardware._ASK_NVIDIA)
    program.write_text(f'#!/bin/sh\n[ "$*" = "{asked}" ] || exit 2\ncat <<\'END\'\n{says}\nEND\nexit {status}\n')
    program.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("says", "status", "found"),
    [
        ("NVIDIA GeForce RTX 3060, 12288", 0, [Gpu("NVIDIA GeForce RTX 3060", 12288 * MIB)]),
        (
            "NVIDIA T400, 2048\nNVIDIA H100 80GB HBM3, 81559",
            0,
            [Gpu("NVIDIA H100 80GB HBM3", 81559 * MIB), Gpu("NVIDIA T400", 2048 * MIB)],
        ),
        ("NVIDIA H100 MIG 1g.10gb, [N/A]", 0, []),
        ("NVIDIA GB10, [Not Supported]", 0, []),
        ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", 9, []),
        ("No devices were found", 6, []),
        ("", 0, []),
    ],
)
def test_cards_of_nvidia_by_their_driver(
    says: str, status: int, found: list[Gpu], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{driver(tmp_path, says, status)}:/usr/bin:/bin")
    assert list(hardware.look(tmp_path / "none").gpus) == found


def test_cards_of_amd_by_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for card, memory in (("card0", "17163091968\n"), ("card1", "nonsense"), ("card2", "536870912")):
        device = tmp_path / card / "device"
        device.mkdir(parents=True)
        (device / "mem_info_vram_total").write_text(memory)
    (tmp_path / "card0" / "device" / "product_name").write_text("Radeon RX 7800 XT\n")
    assert hardware.look(tmp_path).gpus == (Gpu("Radeon RX 7800 XT", 17163091968), Gpu("AMD graphics", 536870912))


def test_a_machine_without_graphics_still_has_cores_and_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = hardware.look(tmp_path)
    assert found.gpus == ()
    assert found.cores >= 1
    assert found.memory > 2**28
