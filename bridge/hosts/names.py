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
    forbidden: str = ""
    """Characters that no name of a keyword may hold there; each becomes a space."""

    def keyword(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A keyword as the program can hold it."""
        if not self.forbidden:
            return path
        spaces = str.maketrans(dict.fromkeys(self.forbidden, " "))
        return tuple(" ".join(level.translate(spaces).split()) for level in path)


HOSTS = {
    "lightroom": Host("Lightroom Classic", SidecarRule.ADOBE, "Library > Plug-in Extras > Undo Last AI Run"),
    # "Capture One does not allow , or | in keywords": emorydunn/CaptureOneScripts, ApplyKeywords.applescript.
    "captureone": Host("Capture One", SidecarRule.ADOBE, "the Scripts menu > Undo Last AI Run", forbidden=",|"),
    "darktable": Host("darktable", SidecarRule.AUTO, "actions on selection > Undo Last AI Run"),
    "digikam": Host("digiKam", SidecarRule.DIGIKAM, "Open With > Undo Last AI Run"),
}
