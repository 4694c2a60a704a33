"""The programs that have an adapter: what they are called, where they read XMP, and where a run is undone in them."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.values import SidecarRule


@dataclass(frozen=True, slots=True)
class Host:
    title: str
    sidecar: SidecarRule
    undo: str
    """The menu item that takes back what this program applied itself."""


HOSTS = {
    "lightroom": Host("Lightroom Classic", SidecarRule.ADOBE, "Library > Plug-in Extras > Undo Last AI Run"),
    "captureone": Host("Capture One", SidecarRule.ADOBE, "the Scripts menu > Undo Last AI Run"),
    "darktable": Host("darktable", SidecarRule.AUTO, "actions on selection > Undo Last AI Run"),
    "digikam": Host("digiKam", SidecarRule.DIGIKAM, "Open With > Undo Last AI Run"),
}
