"""The pulled weights of a model that an extra of the package runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.engines.weights import check_sizes, read_manifest
from bridge.errors import BridgeError
from bridge.taggers._extras import installed, not_installed
from bridge.taggers._names import PulledModel
from bridge.values import ModelIdentity, Readiness, ReadyState


@dataclass(frozen=True, slots=True)
class Weights:
    model: PulledModel
    folder: Path

    def readiness(self) -> Readiness:
        """Cheap; never raises."""
        if not installed(self.model.family):
            missing = not_installed(self.model.family)
            return Readiness(ReadyState.MISSING_DEPENDENCY, missing.message, missing.hint)
        try:
            check_sizes(self.folder, self.model.pull)
        except BridgeError as error:
            return Readiness(ReadyState.MISSING_MODEL, error.message, error.hint)
        return Readiness(ReadyState.READY)

    def digest(self) -> str:
        """Raises ModelMissing, WeightsDamaged."""
        return read_manifest(self.folder, self.model.pull).digest

    def digest_to_load(self) -> str:
        """The same, once it is sure that they can be loaded. Raises as ``digest`` does."""
        if not installed(self.model.family):
            raise not_installed(self.model.family)
        return check_sizes(self.folder, self.model.pull).digest

    def identity(self, told: Mapping[str, Any]) -> ModelIdentity:
        """``told``: what else changes its answers, JSON. Raises as ``digest`` does."""
        options = json.dumps(told, sort_keys=True, separators=(",", ":"))
        return ModelIdentity(self.model.name, self.digest(), options)
