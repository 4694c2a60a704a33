"""Files as a database sees its pages: looked at, replaced in one step, written in place, made where nothing was."""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO

from bridge.errors import BridgeError, DiskFull, ExifToolFailed, PhotoMissing, WriteDenied
from bridge.paths import shown
from bridge.values import Fingerprint

BLOCK = 1 << 20

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ETXTBSY, errno.EBUSY}
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ESTALE, errno.ENODEV}


class CannotKeep(Exception):
    """A new file beside the old one could not have its owner, mode or attributes."""


def failure(error: OSError, path: Path) -> BridgeError:
    """What a person is told of an error of the operating system."""
    name, why = shown(path), os.strerror(error.errno) if error.errno else str(error)
    if error.errno in _FULL:
        return DiskFull(f"There is no room to write {name}.", detail=why)
    if error.errno in _DENIED:
        return WriteDenied(f"{name} may not be written ({why}).")
    if error.errno in _GONE:
        return PhotoMissing(f"{name} is not there ({why}).")
    return ExifToolFailed(f"{name} could not be written ({why}).", hint="Check the disk, then run: photo-bridge resume")


@contextmanager
def typed(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise failure(error, path) from error


def print_of(found: os.stat_result, digest: str | None = None) -> Fingerprint:
    return Fingerprint(found.st_size, found.st_mtime_ns, found.st_ino, found.st_ctime_ns, digest)


def look(path: Path) -> Fingerprint | None:
    """The file behind ``path`` as it is now, links followed; None where there is none. Raises OSError."""
    try:
        return print_of(path.stat())
    except (FileNotFoundError, NotADirectoryError):
        return None


def same(now: Fingerprint | None, then: Fingerprint | None, *, moved: bool = False) -> bool:
    """Whether a file is what it was. ``moved``: under another name, which changes ctime on most file systems."""
    if now is None or then is None:
        return now is then
    if (now.size, now.mtime_ns, now.inode) != (then.size, then.mtime_ns, then.inode):
        return False
    return moved or not (now.ctime_ns and then.ctime_ns) or now.ctime_ns == then.ctime_ns


def must_be_in_place(found: os.stat_result, target: Path) -> bool:
    """Several names for one file would part ways at a rename; without the folder there is no rename."""
    return found.st_nlink > 1 or not os.access(target.parent, os.W_OK | os.X_OK)


def dress(new: BinaryIO, old: BinaryIO, keep_times: bool) -> None:
    """Give the new file the owner, mode, extended attributes and, where asked, times of the old. Raises CannotKeep."""
    was, now = os.fstat(old.fileno()), os.fstat(new.fileno())
    try:
        if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
            os.fchown(new.fileno(), was.st_uid, was.st_gid)
        if stat.S_IMODE(was.st_mode) != stat.S_IMODE(os.fstat(new.fileno()).st_mode):
            os.fchmod(new.fileno(), stat.S_IMODE(was.st_mode))
        _copy_attributes(old.fileno(), new.fileno())
    except OSError as error:
        if error.errno in _FULL:
            raise
        raise CannotKeep(str(error)) from error
    if keep_times:
        os.utime(new.fileno(), ns=(was.st_atime_ns, was.st_mtime_ns))


def dress_as_far_as_may_be(new: BinaryIO, old: BinaryIO) -> None:
    """``dress`` for a file that takes the place of the old one in any case."""
    try:
        dress(new, old, keep_times=False)
    except CannotKeep:
        with suppress(OSError):
            os.fchmod(new.fileno(), stat.S_IMODE(os.fstat(old.fileno()).st_mode))


def _copy_attributes(old: int, new: int) -> None:
    if sys.platform == "darwin":
        acl_and_attributes = 1 << 0 | 1 << 2  # COPYFILE_ACL | COPYFILE_XATTR, copyfile(3)
        if _libc().fcopyfile(old, new, None, acl_and_attributes) != 0:
            raise OSError(ctypes.get_errno(), "fcopyfile")
        return
    if not hasattr(os, "listxattr"):
        return
    try:
        names = os.listxattr(old)
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOSYS):
            return
        raise
    for name in names:
        value = os.getxattr(old, name)
        try:
            os.setxattr(new, name, value)
        except OSError:
            # Labels of the security system are the kernel's to set; a new file in the same folder has its own.
            if not name.startswith(("security.", "trusted.")):
                raise


def exchange(one: Path, other: Path) -> bool:
    """Swap two files in one step. False where the system or the file system cannot."""
    call = _exchange_call()
    if call is None:
        return False
    if call(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP):
        return False
    raise OSError(code, os.strerror(code), str(other))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@cache
def _exchange_call() -> Callable[[bytes, bytes], int] | None:
    swap = 2  # RENAME_EXCHANGE, renameat2(2), and RENAME_SWAP, renamex_np(2)
    if sys.platform == "linux" and hasattr(_libc(), "renameat2"):
        here = -100  # AT_FDCWD
        renameat2 = _libc().renameat2
        return lambda one, other: int(renameat2(here, one, here, other, swap))
    if sys.platform == "darwin":
        renamex = _libc().renamex_np
        return lambda one, other: int(renamex(one, other, swap))
    return None


def create(new: Path, target: Path) -> None:
    """Give ``new`` the name ``target``, which must be free. Raises FileExistsError."""
    try:
        os.link(new, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES):
            raise
        # A file system without links: hold the name with an empty file, then replace that.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        new.replace(target)
    else:
        new.unlink()


def overwrite(target: Path, new: Path, expected: Fingerprint | None) -> None:
    """Put the bytes of ``new`` into the file that is there. Raises FileChanged before the first byte is touched.

    The room is taken before the first byte is changed, so that a full disk is met while the file is still whole.
    """
    with target.open("r+b", buffering=0) as file, new.open("rb", buffering=0) as source:
        if expected is not None and not (_alone(file) and same(print_of(os.fstat(file.fileno())), expected)):
            raise FileChanged(target)
        size, was = os.fstat(source.fileno()).st_size, os.fstat(file.fileno()).st_size
        if size > was:
            try:
                _reserve(file, size)
            except OSError:
                file.truncate(was)
                raise
        copy_bytes(source, file, size)
        file.truncate(size)
        os.fsync(file.fileno())


def _alone(file: BinaryIO) -> bool:
    """Until the file is closed. Two names of it may be at work at once, or two daemons; where it cannot be locked the
    look at it has to do."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def _reserve(file: BinaryIO, size: int) -> None:
    try:
        os.posix_fallocate(file.fileno(), 0, size)
    except AttributeError:
        file.truncate(size)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP):
            raise


def copy_bytes(source: BinaryIO, target: BinaryIO, length: int) -> None:
    """From where both files stand. Raises EOFError where the source is shorter."""
    while length:
        block = source.read(min(BLOCK, length))
        if not block:
            raise EOFError(f"{length} bytes are missing")
        length -= len(block)
        view = memoryview(block)
        while view:
            view = view[target.write(view) :]


def sync_folder(folder: Path) -> None:
    """Make names durable, where folders can be opened."""
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
                raise
        finally:
            os.close(handle)


class FileChanged(Exception):
    """The file is not what the plan was made against."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path
