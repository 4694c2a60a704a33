"""Style guides: those that are shipped, the photographer's own, and which folder has which."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bridge.errors import InvalidParams, NotFound, Refused
from bridge.jobs.request import RunOptions
from bridge.jobs.styling import concerned
from bridge.jobs.tools import Tools
from bridge.paths import canonical, shown, to_uri
from bridge.service.replies import Style, StyleFolder, StyleInfo
from bridge.taggers.prompts import MAX_CHARACTERS, label
from bridge.taggers.styles import SHIPPED, read_guide, shipped_text
from bridge.words import fold


class StyleService:
    def __init__(self, tools: Tools) -> None:
        self._table = tools.styles

    def list(self) -> tuple[StyleInfo, ...]:
        """By name. A guide of one's own stands in place of a shipped one of its name."""
        own = {fold(kept.name): kept for kept in self._table.all()}
        told = [StyleInfo(name=kept.name, label=label(kept.text, kept.name), shipped=False) for kept in own.values()]
        for name in SHIPPED:
            if name not in own:
                told.append(StyleInfo(name=name, label=label(self._text(name), name), shipped=True))
        return tuple(sorted(told, key=lambda info: fold(info.name)))

    def show(self, name: str) -> Style:
        """Raises NotFound."""
        return Style(name=self._called(name), text=self._text(name))

    def add(self, text: str, name: str) -> StyleInfo:
        """Keep a guide. Raises StyleInvalid, which names the line, and InvalidParams."""
        name = name.strip()
        if not name or not name.isprintable() or len(name) > 100 or "," in name or "/" in name:
            raise InvalidParams(
                "A style guide has a name of one line, up to 100 characters, without comma and slash.",
                hint="Name it: --name NAME",
            )
        if not text.strip():
            raise InvalidParams("The style guide is empty.", hint="docs/styles.md shows what may stand in one.")
        if len(text) > MAX_CHARACTERS:
            raise InvalidParams("The style guide is too long.", hint=f"At most {MAX_CHARACTERS} characters.")
        read_guide(text)
        self._table.put(name, text)
        return StyleInfo(name=name, label=label(text, name), shipped=False)

    def remove(self, name: str) -> tuple[StyleInfo, ...]:
        """Raises NotFound, and Refused where a folder would be left with a guide that is gone."""
        kept = self._table.get(name)
        if kept is None:
            if shipped_text(name) is not None:
                raise Refused(f"{name} comes with the program and stays.", hint="A guide of yours may have its name.")
            raise _missing(name)
        users = [folder for folder, used in self._table.folders().items() if fold(used) == fold(name)]
        if users and shipped_text(name) is None:
            raise Refused(
                f"{shown(users[0])} is tagged by {kept.name}.",
                hint=f"photo-bridge style unuse --folder {shown(users[0])}",
            )
        self._table.delete(name)
        return self.list()

    def use(self, name: str, folder: Path) -> tuple[StyleFolder, ...]:
        """Photos in a folder and below are tagged by this guide, where no nearer folder has one. Raises NotFound."""
        name = self._called(name)
        if not folder.is_dir():
            raise InvalidParams(f"{shown(folder)} is no folder.", hint="Name a folder that is there.")
        self._table.use(folder.resolve(), name)
        return self.folders()

    def unuse(self, folder: Path) -> tuple[StyleFolder, ...]:
        """Raises NotFound. The folder itself may be gone."""
        if not self._table.unuse(folder.resolve()):
            raise NotFound(
                f"{shown(folder)} has no style guide of its own.", hint="photo-bridge style folders shows which have."
            )
        return self.folders()

    def folders(self) -> tuple[StyleFolder, ...]:
        return tuple(
            StyleFolder(uri=to_uri(folder), folder=shown(folder), style=name, label=label(self._text(name), name))
            for folder, name in self._table.folders().items()
        )

    def fixed(self, options: RunOptions, places: Iterable[Path] | None = None) -> RunOptions:
        """The request with the texts of its style guides as they are now, so that a run uses these to its end.

        ``places``: its files and folders; None: any. A guide of the request goes before those of folders. Raises
        InvalidParams where the request names a guide that is not known.
        """
        if options.no_style:
            return options.model_copy(update={"style": None, "style_name": None, "styles": {}, "style_folders": {}})
        if options.style is not None:
            return options.model_copy(update={"styles": {}, "style_folders": {}})
        if options.style_name is not None:
            try:
                name = self._called(options.style_name)
            except NotFound:
                raise InvalidParams(
                    f"There is no style guide and no file named {options.style_name}.",
                    hint="Name a UTF-8 text file, or a guide of: photo-bridge style list",
                ) from None
            found = {"style": self._text(name), "style_name": name}
            return options.model_copy(update={**found, "styles": {}, "style_folders": {}})
        folders = self._table.folders()
        if places is not None:
            there = [place.resolve() if place.is_dir() else canonical(place) for place in places]
            wanted = concerned(folders, there)
            if len(wanted) == 1 and all(wanted[0] in (place, *place.parents) for place in there):
                # One guide for all of it, as if the run had named it: to go on without one is another pass then.
                return self.fixed(options.model_copy(update={"style_name": folders[wanted[0]]}))
            folders = {folder: folders[folder] for folder in wanted}
        return options.model_copy(
            update={
                "styles": {name: self._text(name) for name in sorted(set(folders.values()))},
                "style_folders": {to_uri(folder): name for folder, name in folders.items()},
            }
        )

    def _called(self, name: str) -> str:
        """As it is written where it is kept. Raises NotFound."""
        kept = self._table.get(name)
        if kept is not None:
            return kept.name
        if shipped_text(name.strip()) is None:
            raise _missing(name)
        return name.strip().casefold()

    def _text(self, name: str) -> str:
        kept = self._table.get(name)
        text = shipped_text(name.strip()) if kept is None else kept.text
        if text is None:
            raise _missing(name)
        return text


def _missing(name: str) -> NotFound:
    return NotFound(
        f"There is no style guide named {name}.", hint="photo-bridge style list shows those that there are."
    )
