"""Which style guide a run uses for which photo. All of it was fixed, with the texts, when the run began."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bridge.jobs.request import RunOptions
from bridge.paths import canonical, from_uri
from bridge.taggers.prompts import TEMPLATE, label
from bridge.taggers.styles import Guide, read_guide


@dataclass(frozen=True, slots=True)
class NamedGuide:
    name: str
    text: str

    @property
    def label(self) -> str:
        return label(self.text, self.name)

    @property
    def read(self) -> Guide:
        return _read(self.text)


_read = lru_cache(maxsize=50)(read_guide)


class RunStyles:
    def __init__(self, options: RunOptions) -> None:
        self._one = None if options.style is None else NamedGuide(options.style_name or "own", options.style)
        self._folders = {
            from_uri(uri): NamedGuide(name, options.styles[name]) for uri, name in options.style_folders.items()
        }

    def of(self, photo: Path) -> NamedGuide | None:
        """The run's own guide, or that of the nearest folder above the photo that has one."""
        if self._one is not None or not self._folders:
            return self._one
        above = canonical(photo).parent
        return nearest(above, self._folders)

    def each(self) -> list[NamedGuide | None]:
        """What ``of`` may say."""
        return [*self.all()] if self._one is not None else [None, *self.all()]

    def all(self) -> list[NamedGuide]:
        """Every guide that a photo of the run may meet, by name."""
        guides = [self._one] if self._one is not None else self._folders.values()
        return sorted(set(guides), key=lambda guide: guide.name)

    @property
    def label(self) -> str | None:
        """For people: the guides of the run, comma between them."""
        return ", ".join(guide.label for guide in self.all()) or None

    def passed(self, *, asked: bool) -> str:
        """The same for a pass: the guides that shape its words; ``asked``: those for the model alone, too. With guides
        of folders "none" is among them, for the photos elsewhere."""
        guides = [guide.label for guide in self.all() if asked or guide.read.has_checks]
        return ", ".join(["none"] * bool(guides and self._one is None) + guides)


def nearest(folder: Path, folders: Mapping[Path, NamedGuide]) -> NamedGuide | None:
    return next((folders[above] for above in (folder, *folder.parents) if above in folders), None)


def concerned(folders: Collection[Path], places: Collection[Path]) -> list[Path]:
    """Those of ``folders`` that may be the nearest one above a photo at, or below, one of ``places``."""
    found: set[Path] = set()
    for place in places:
        found |= {folder for folder in folders if place in folder.parents}
        found |= set([above for above in (place, *place.parents) if above in folders][:1])
    return sorted(found)


def prompt_label(options: RunOptions) -> str:
    return label(TEMPLATE, "built-in") if options.prompt is None else label(options.prompt, "own")
