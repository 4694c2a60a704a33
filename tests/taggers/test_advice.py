"""The model that a machine is good for."""

from __future__ import annotations

import pytest

from bridge.engines.hardware import GIB, Gpu, Hardware
from bridge.taggers.advice import advise


@pytest.mark.parametrize(
    ("gpus", "model"),
    [
        ((Gpu("H100", 80 * GIB),), "llava:13b"),
        ((Gpu("RTX 3060", 12288 * 2**20),), "llava:13b"),
        ((Gpu("RTX 4060", 8188 * 2**20),), "llava:7b"),
        ((Gpu("GTX 1650", 4096 * 2**20),), "clip"),
        ((Gpu("Apple M1", 8 * GIB, shared=True),), "clip"),
        ((Gpu("Apple M2", 16 * GIB, shared=True),), "llava:7b"),
        ((Gpu("Apple M3 Max", 36 * GIB, shared=True),), "llava:13b"),
        ((Gpu("old", 2 * GIB),), "starter"),
        ((), "starter"),
    ],
)
def test_memory_decides(gpus: tuple[Gpu, ...], model: str) -> None:
    advice = advise(Hardware(8, 32 * GIB, gpus))
    assert advice.model == model
    assert advice.command == ("" if model == "starter" else f"photo-bridge models pull {model}")


def test_the_advice_names_the_card() -> None:
    assert "RTX 3060 (12 GiB)" in advise(Hardware(8, 0, (Gpu("RTX 3060", 12 * GIB),))).why
