"""Drives and network shares: which one a file lies on, whether it is there, and whether a file is only in the cloud.

Nothing here touches the drive itself: a network drive that does not answer would hold whoever asks. What is mounted is
read from the system's table on Linux; elsewhere the mount point is looked at.
"""

from __future__ import annotations

import errno
import ntpath
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
BY_UUID = Path("/dev/disk/by-uuid")
REMOTE = frozenset(
    {
        *("9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "drvfs", "glusterfs", "gpfs", "lustre", "ncpfs"),
        *("nfs", "nfs4", "prl_fs", "shfs", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs"),
    }
)
"""File systems of Linux that tell nothing of what other machines write into them."""
_MOST_LINKS = 40

GONE = frozenset(
    code
    for name in (
        *("ENODEV", "ENXIO", "EIO", "ESTALE", "ENOTCONN", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH"),
        *("ETIMEDOUT", "ECONNABORTED", "ECONNRESET", "ECONNREFUSED", "EREMOTEIO", "ENOMEDIUM", "ESHUTDOWN"),
    )
    if (code := getattr(errno, name, None)) is not None
)
"""What the system says of a drive that went away under a file. A single bad file may say some of it too."""
UNSTEADY = GONE - {errno.EIO, errno.ENXIO}
"""Those of them that no broken file says: the drive, or the way to it."""
GONE_WINDOWS = frozenset({3, 15, 21, 53, 55, 59, 64, 67, 121, 1167, 1231, 1232})
"""The same as Windows numbers them: path, drive, device not ready, network path, share or host not there."""

_SF_DATALESS = 0x40000000
"""<sys/stat.h> of macOS 10.15 and later: the name is here, the content with iCloud or another provider."""
_RECALL = 0x00400000 | 0x00040000 | 0x00001000
"""FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS, _RECALL_ON_OPEN and _OFFLINE: OneDrive, Dropbox, tape."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A drive or a network share."""

    root: Path
    """Its mount point, drive or share."""
    uuid: str = ""
    """Of the file system, where the system tells: another card may be mounted at the same place."""
    mounted: bool = True
    """False: it was not there when it was asked for, and only its place looks like that of a drive."""


@dataclass(frozen=True, slots=True)
class Mount:
    source: str
    kind: str


_NO_MOUNT = Mount("", "")


class Volumes:
    """What the system says now. Cheap to make; another one for another moment."""

    def __init__(
        self,
        *,
        platform: str = sys.platform,
        mounts: Path = MOUNTS,
        by_uuid: Path = BY_UUID,
        is_mount: Callable[[str], bool] = os.path.ismount,
        exists: Callable[[str], bool] = os.path.exists,
    ) -> None:
        self._platform = platform
        self._by_uuid = by_uuid
        self._is_mount = is_mount
        self._exists = exists
        self._table: Mapping[str, Mount] | None = None
        self._folders: dict[Path, Path] = {}
        self._uuids: dict[str, str] = {}
        if platform == "linux":
            with suppress(OSError):
                self._table = mounted(mounts.read_text("utf-8", "surrogateescape").splitlines())

    def of(self, path: Path, known: Sequence[Volume] = ()) -> Volume | None:
        """The volume that a file lies on, or would lie on were it there: one of ``known``, or what is mounted now.

        None: that of the system, which is always there.
        """
        if self._platform == "win32":
            drive = _of_windows(str(path))
            return next((one for one in known if drive is not None and _same_drive(one, drive)), drive)
        folder = self._folders.get(path.parent)
        if folder is None:
            folder = self._folders[path.parent] = Path(self._real(str(path.parent)))
        real = folder / path.name
        root = self._mounted_root(str(folder))
        now = None if root is None else Volume(Path(root), self._uuid(root))
        then = deepest(known, real)
        if then is not None and (now is None or len(then.root.parts) >= len(now.root.parts)):
            return then
        if now is not None:
            return now
        would_be = next((place for place in _usual_places(real) if not _has_something(place)), None)
        return None if would_be is None else Volume(would_be, mounted=False)

    def at(self, root: Path) -> Volume:
        """What is mounted there now."""
        return Volume(root, self._uuid(str(root)))

    def is_there(self, volume: Volume) -> bool:
        root = str(volume.root)
        if self._platform == "win32":
            return self._exists(root)
        if self._is_mounted(root):
            kind = (self._table or {}).get(root, _NO_MOUNT).kind
            return kind != "autofs" and not self.another_is_there(volume)
        return not volume.mounted and _has_something(volume.root)

    def left_empty(self, volume: Volume) -> bool:
        """Whether it is not there, and nothing else is at its place."""
        return not self.is_there(volume) and not _has_something(volume.root)

    def another_is_there(self, volume: Volume) -> bool:
        """Whether another file system is where it was."""
        now = self._uuid(str(volume.root)) if self._is_mounted(str(volume.root)) else ""
        return bool(volume.uuid and now and now != volume.uuid)

    def _is_mounted(self, place: str) -> bool:
        return place in self._table if self._table is not None else self._is_mount(place)

    def _mounted_root(self, folder: str) -> str | None:
        """The mount point that a folder lies on; None for that of the system."""
        return next((place for place in _upwards(folder) if place != os.sep and self._is_mounted(place)), None)

    def _real(self, folder: str) -> str:
        """Behind links, without a question to a drive that may not answer."""
        if self._table is None:
            return os.path.realpath(folder)
        done, rest, hops = "/", folder.split("/")[::-1], 0
        while rest:
            name = rest.pop()
            if name in ("", "."):
                continue
            if name == "..":
                done = os.path.dirname(done)  # noqa: PTH120
                continue
            place = os.path.join(done, name)  # noqa: PTH118
            mount = self._table.get(place)
            if mount is not None and is_remote(mount.kind):
                return os.path.join(place, *rest[::-1])  # noqa: PTH118
            try:
                target = os.readlink(place)  # noqa: PTH115
            except OSError:
                done = place
                continue
            hops += 1
            if hops > _MOST_LINKS:
                return folder
            if target.startswith("/"):
                done = "/"
            rest += target.split("/")[::-1]
        return done

    def _uuid(self, root: str) -> str:
        if root not in self._uuids:
            self._uuids[root] = self._look_up(root)
        return self._uuids[root]

    def _look_up(self, root: str) -> str:
        source = (self._table or {}).get(root, _NO_MOUNT).source
        if not source.startswith("/dev/"):
            return ""
        device = os.path.realpath(source)
        with suppress(OSError):
            for link in self._by_uuid.iterdir():
                if os.path.realpath(link) == device:
                    return link.name
        return ""


def is_remote(kind: str) -> bool:
    """Whether a type of file system, as Linux names it, may be that of another machine, or of a program."""
    return kind in REMOTE or kind.startswith("fuse.") or kind == "fuse"


def deepest(volumes: Iterable[Volume], path: Path) -> Volume | None:
    """The one of several that a file lies on, by names alone."""
    on = [volume for volume in volumes if volume.root in path.parents or volume.root == path]
    return max(on, key=lambda volume: len(volume.root.parts), default=None)


def mounted(lines: Iterable[str]) -> dict[str, Mount]:
    """By mount point, from lines as /proc/self/mounts has them; of several at one place the last one is on top."""
    found = {}
    for line in lines:
        fields = line.split(" ")
        if len(fields) > 2:
            found[_unescaped(fields[1])] = Mount(_unescaped(fields[0]), fields[2])
    return found


def in_the_cloud(found: os.stat_result) -> bool:
    """Whether a file's content would have to be fetched first. Looking at its status fetches nothing."""
    flags: int = getattr(found, "st_flags", 0)
    attributes: int = getattr(found, "st_file_attributes", 0)
    return bool(flags & _SF_DATALESS or attributes & _RECALL)


def stub_of(path: Path) -> Path:
    """What macOS before 14 leaves in place of a file whose content is in iCloud: ``.IMG_1.jpg.icloud``."""
    return path.with_name(f".{path.name}.icloud")


def behind_stub(name: str) -> str | None:
    """The name of the file that a stub stands for; None where it is none."""
    return name[1:-7] if name.startswith(".") and name.endswith(".icloud") and len(name) > 8 else None


def system_error(error: BaseException | None) -> OSError | None:
    """What the system said, however often it was told anew since."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, OSError) and error.errno is not None:
            return error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None


def says_gone(error: OSError, codes: frozenset[int] = GONE) -> bool:
    return error.errno in codes or getattr(error, "winerror", None) in GONE_WINDOWS


def _of_windows(path: str) -> Volume | None:
    drive = ntpath.splitdrive(path)[0]
    system = os.environ.get("SYSTEMDRIVE", "C:")
    return None if not drive or drive.lower() == system.lower() else Volume(Path(drive + "\\"))


def _same_drive(one: Volume, other: Volume) -> bool:
    return str(one.root).lower() == str(other.root).lower()


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        above = os.path.dirname(folder)  # noqa: PTH120 - half a million Path objects cost seconds
        if above == folder:
            return
        folder = above


def _usual_places(path: Path) -> Iterator[Path]:
    """Where systems mount drives, on the way to a file."""
    parts: Sequence[str] = path.parts
    depths = {"Volumes": (3,), "mnt": (3,), "media": (3, 4)}.get(parts[1] if len(parts) > 1 else "", ())
    if parts[1:3] == ("run", "media"):
        depths = (4, 5)
    return (Path(*parts[:depth]) for depth in depths if len(parts) > depth)


def _has_something(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(True for _ in entries)
    except PermissionError:
        return True
    except OSError:
        with suppress(OSError):
            return not stat.S_ISDIR(folder.stat().st_mode)
        return False


def _unescaped(text: str) -> str:
    """proc(5): space, tab, newline and backslash are octal there."""
    for code, letter in ((r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")):
        text = text.replace(code, letter)
    return text
