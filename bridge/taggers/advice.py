"""Which model a machine can run well. Memory is what decides; the figures are those of 4-bit weights with a picture."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.engines.hardware import GIB, Gpu, Hardware

UNIFIED_SHARE = 0.65
"""Of a Mac's memory, what its graphics may use: Metal recommends two thirds to three quarters at most."""


@dataclass(frozen=True, slots=True)
class Advice:
    model: str
    """As ``--model`` takes it."""
    why: str
    """A sentence for a person."""
    command: str
    """How to get it; empty where it is there."""


TIERS = (
    # A card of "12 GB" says 11.8 GiB and less.
    (11.0, "llava:13b", "A 13B vision model fits into {gpu}: the best captions."),
    (5.5, "llava:7b", "A 7B vision model fits into {gpu}."),
    (
        3.5,
        "clip",
        "{gpu} is too small for llava; clip gives keywords of your own list, and a small model such as"
        " qwen2.5vl:3b may fit.",
    ),
    (0.0, "starter", "{gpu} is too small for a vision model; the starter tagger gives keywords on the processor."),
)
"""(GiB of graphics memory from which, model, why)."""
CPU_ONLY = (
    "There is no graphics card whose memory could be told, so a language model is likely to take a minute and more a"
    " photo; the starter tagger gives keywords at once."
)


def advise(hardware: Hardware) -> Advice:
    """The best model for the largest graphics card. Pure."""
    for gpu in hardware.gpus[:1]:
        room = _room(gpu) / GIB
        for least, model, why in TIERS:
            if room >= least:
                command = "" if model == "starter" else f"photo-bridge models pull {model}"
                return Advice(model, why.format(gpu=f"{gpu.name} ({gpu.memory / GIB:.0f} GiB)"), command)
    return Advice("starter", CPU_ONLY, "")


def _room(gpu: Gpu) -> float:
    return gpu.memory * UNIFIED_SHARE if gpu.shared else gpu.memory
