"""The photos in files and folders that a person named, one at a time, however many there are."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from bridge.errors import PhotoUnreadable
from bridge.paths import shown
from bridge.photos._suffixes import SEARCHED
from bridge.volumes import behind_stub

# What hosts, storage boxes and systems keep beside photos and a person does not mean. Hidden names are skipped anyway,
# digiKam's .dtrash among them.
_NO_PHOTOS_OF_THEIRS = (
    *("@eaDir", "#recycle", "@Recycle", "@Recently-Snapshot", "$RECYCLE.BIN", "System Volume Information"),
    *("lost+found", "*.lrdata", "*.lrcat-data", "*.lrlibrary", "*.cocatalog", "CaptureOne"),
    *("*.photoslibrary", "*.photolibrary", "*.aplibrary", "*.migratedphotolibrary", "*.imovielibrary", "*.fcpbundle"),
)

_Id = tuple[int, int]
"""(device, inode)"""

_log = logging.getLogger(__name__)


def find_photos(places: Iterable[Path], *, recursive: bool = False, exclude: Iterable[str] = ()) -> Iterator[Path]:
    """Photos and videos in ``places``, each path once, in the order of the places and of the names in a folder.

    A named file is given whatever its suffix, also where it is not there; a folder gives what has the suffix of a photo
    or a video, with ``recursive`` its subfolders too, without hidden names and the caches of other programs.
    ``exclude`` are globs; one that matches a name or a path, whole or below its place, leaves out a file, or a folder
    with all that is in it.

    Memory grows with the largest folder, not with the number of photos. A folder below a place that cannot be read is
    logged as a warning and passed over. Raises PhotoUnreadable for a named folder, when it is reached.
    """
    search = _Search(recursive, tuple(pattern.rstrip("/") for pattern in exclude))
    for place in places:
        yield from search.place(place)


def would_find(place: Path, path: Path, *, recursive: bool = False, exclude: Iterable[str] = ()) -> bool:
    """Whether ``find_photos`` gives a file below the folder ``place``, as far as names tell."""
    if place not in path.parents:
        return False
    search = _Search(recursive, tuple(pattern.rstrip("/") for pattern in exclude))
    folders = [folder for folder in path.parents if place in folder.parents]
    if folders and not recursive:
        return False
    hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
    cached = any(_is_cache(folder.name) for folder in folders)
    named = (path, *folders)
    return _is_searched(path.name) and not (
        hidden or cached or any(search.excluded(str(one), str(place)) for one in named)
    )


class _Search:
    def __init__(self, recursive: bool, exclude: tuple[str, ...]) -> None:
        self._recursive = recursive
        self._exclude = exclude
        self._folders: set[_Id] = set()
        """Folders that were searched: a loop of links ends here, and places may lie in one another."""
        self._named: set[str] = set()

    def place(self, place: Path) -> Iterator[Path]:
        if _is_folder(place):
            yield from self._folder(str(place), str(place))
        elif not self.excluded(str(place), str(place.parent)) and self._is_new(place):
            yield place

    def _is_new(self, file: Path) -> bool:
        name = os.path.abspath(file)  # noqa: PTH100 - links stay: each path counts by itself
        if name in self._named:
            return False
        self._named.add(name)
        if not _is_searched(file.name) or file.name.startswith("."):
            return True  # no folder gives it
        try:
            folder = file.parent.stat()
        except OSError:
            return True
        return (folder.st_dev, folder.st_ino) not in self._folders

    def _folder(self, top: str, root: str) -> Iterator[Path]:
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            try:
                files, subfolders = self._listing(folder, root)
            except OSError as error:
                if folder == root:
                    raise PhotoUnreadable(
                        f"The folder {shown(Path(folder))} cannot be read: {error.strerror}."
                    ) from error
                _log.warning("The folder %s cannot be read: %s", shown(Path(folder)), error.strerror)
                continue
            for name in files:
                path = os.path.join(folder, name)  # noqa: PTH118 - half a million Path objects cost seconds
                if not self._named or os.path.abspath(path) not in self._named:  # noqa: PTH100
                    yield Path(path)
            waiting += [os.path.join(folder, name) for name in reversed(subfolders)]  # noqa: PTH118

    def _listing(self, folder: str, root: str) -> tuple[list[str], list[str]]:
        """(files, subfolders) that count, by name; none of a folder that was searched before."""
        found = os.stat(folder)  # noqa: PTH116
        if (found.st_dev, found.st_ino) in self._folders:
            return [], []
        self._folders.add((found.st_dev, found.st_ino))
        files: list[str] = []
        subfolders: list[str] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if (real := behind_stub(name)) and _is_searched(real) and not self.excluded(_beside(entry, real), root):
                    files.append(real)  # its content is in the cloud
                if name.startswith(".") or self.excluded(entry.path, root):
                    continue
                if _is_searched(name) and _is_file_or_leads_nowhere(entry):
                    files.append(name)
                elif self._recursive and _is_subfolder(entry) and not _is_cache(name):
                    subfolders.append(name)
        return sorted(set(files)), sorted(subfolders)

    def excluded(self, path: str, root: str) -> bool:
        if not self._exclude:
            return False
        forms = (os.path.basename(path), os.path.relpath(path, root), os.path.abspath(path))  # noqa: PTH100, PTH119
        return any(fnmatchcase(form, pattern) for pattern in self._exclude for form in forms)


def _beside(entry: os.DirEntry[str], name: str) -> str:
    return os.path.join(os.path.dirname(entry.path), name)  # noqa: PTH118, PTH120


def _is_file_or_leads_nowhere(entry: os.DirEntry[str]) -> bool:
    """A link whose photo is gone, or that leads back to itself, is given like a photo, and fails alone."""
    try:
        return entry.is_file() or (entry.is_symlink() and not entry.is_dir())
    except OSError:
        return entry.is_symlink()


def _is_subfolder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links
        return False


def _is_folder(place: Path) -> bool:
    """False too for what is not there or is a loop of links: it is given like a file, and fails alone."""
    try:
        return stat.S_ISDIR(place.stat().st_mode)
    except OSError:
        return False


def _is_searched(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in SEARCHED  # noqa: PTH122


def _is_cache(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in _NO_PHOTOS_OF_THEIRS)
