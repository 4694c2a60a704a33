"""Back ends that are installed by an extra of the package, and how to install it."""

from __future__ import annotations

from importlib.util import find_spec

from bridge.errors import ModelMissing

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
