"""What a signal says to a photographer."""

from __future__ import annotations

from bridge.culling.measures import Measures
from bridge.culling.presets import Preset


def text_of(name: str, measures: Measures, preset: Preset) -> str:
    """One sentence. ``name`` is that of the limit."""
    if name == "eyes":
        return _eyes(measures, preset)
    if name == "watermark":
        what = "a date stamp" if measures.date_stamp > measures.watermark else "a watermark"
        return f"It looks as if there were {what} on it."
    return {
        "soft": f"Out of focus where it matters ({measures.sharpness:.0%} sharp).",
        "soft_relative": f"Another photo of this moment is sharper ({measures.sharpness:.0%} sharp).",
        "motion": "Blurred by movement.",
        "overexposed": f"Highlights are lost{_share(measures.clipped_high, 'clipped')}.",
        "underexposed": f"Too dark to be brought back{_share(measures.clipped_low, 'black')}.",
        "cut_off": "A face or a head is cut off by the edge.",
    }[name]


def _eyes(measures: Measures, preset: Preset) -> str:
    told = measures.eyes_told
    shut = sum(eyes < preset.eyes_shut for eyes in told)
    if len(told) == 1:
        return "The eyes look shut."
    return f"The eyes of {shut} of {len(told)} people look shut."


def _share(share: float, what: str) -> str:
    """Nothing where it is no percent: it is dark then without being black."""
    return f" ({share:.0%} of the picture is {what})" if share >= 0.005 else ""
