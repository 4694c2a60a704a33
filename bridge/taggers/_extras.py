"""Back ends that are installed by an extra of the package, and how to install it."""

from __future__ import annotations

from importlib.util import find_spec

from bridge.errors import BridgeError, ModelMissing
from bridge.taggers.contract import Readiness, ReadyState

PACKAGES = {"clip": ("open-clip-torch", "torch"), "blip2": ("transformers", "torch")}
MODULES = {"clip": ("open_clip", "torch"), "blip2": ("transformers", "torch")}


def installed(extra: str) -> bool:
    """Without importing anything: torch alone takes two seconds."""
    return all(find_spec(module) is not None for module in MODULES[extra])


def not_installed(extra: str) -> ModelMissing:
    packages = " ".join(PACKAGES[extra])
    return ModelMissing(
        f"{extra} needs packages that are not installed: {packages}.",
        hint=f"pip install 'photo-ai-bridge[{extra}]' (with pipx: pipx inject photo-ai-bridge {packages})",
    )


def readiness_of(extra: str, error: BridgeError | None) -> Readiness:
    """``error`` is what the weights lack, None where they are there."""
    if not installed(extra):
        missing = not_installed(extra)
        return Readiness(ReadyState.MISSING_DEPENDENCY, missing.message, missing.hint)
    if error is not None:
        return Readiness(ReadyState.MISSING_MODEL, error.message, error.hint)
    return Readiness(ReadyState.READY)
