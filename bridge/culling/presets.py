"""The thresholds of a verdict: presets.toml, and what was fitted to a person's own flags on top of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from importlib.resources import files
from typing import Any

from bridge.errors import NotFound

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Limit:
    """From which amount on a signal is weak, and from which strong; None: never strong."""

    weak: float
    strong: float | None = None

    def is_strong(self, amount: float) -> bool:
        return self.strong is not None and amount >= self.strong


@dataclass(frozen=True, slots=True)
class Weights:
    """What a score is made of; shares that add up to 1."""

    sharpness: float
    exposure: float
    eyes: float
    frame: float


@dataclass(frozen=True, slots=True)
class Preset:
    """One section of presets.toml, which says what each value is."""

    name: str
    about: str
    keep: int
    pick: float
    pick_single: float
    detail: float
    eyes_shut: float
    soft: Limit
    soft_relative: Limit
    motion: Limit
    overexposed: Limit
    underexposed: Limit
    eyes: Limit
    cut_off: Limit
    watermark: Limit
    duplicate: Limit
    weights: Weights

    def limits(self) -> dict[str, Limit]:
        """By name, those that can be fitted among them."""
        return {field.name: value for field in fields(self) if isinstance(value := getattr(self, field.name), Limit)}

    def fitted(self, limits: Mapping[str, Limit]) -> Preset:
        """With other limits; names that it does not know are passed over."""
        known = self.limits()
        return replace(self, **{name: limit for name, limit in limits.items() if name in known})  # type: ignore[arg-type]


def presets() -> list[Preset]:
    """In the order of the file, the default first."""
    told = tomllib.loads((files("bridge.culling") / "presets.toml").read_text("utf-8"))
    return [_preset(name, {**told[DEFAULT], **values}) for name, values in told.items()]


def preset_named(name: str) -> Preset:
    """Raises NotFound."""
    for preset in presets():
        if preset.name == name:
            return preset
    raise NotFound(
        f"There is no preset named {name}.", hint=f"There are {', '.join(preset.name for preset in presets())}."
    )


def _preset(name: str, values: dict[str, Any]) -> Preset:
    made: dict[str, Any] = {}
    for key, value in values.items():
        made[key] = Weights(**value) if key == "weights" else Limit(**value) if isinstance(value, dict) else value
    return Preset(name=name, **made)
