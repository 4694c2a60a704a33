"""A network share, as far as a program can tell: a file system that another process serves (FUSE, <linux/fuse.h> 7.31).

    python -m tests.fakes.share BEHIND PLACE

What is in the folder BEHIND is at PLACE. It prints "ready" and serves until it is killed. After SIGUSR1 it takes no
question any more until SIGUSR2, as a server whose disks sleep: who asked can still be killed. Stopped (SIGSTOP) it may
have taken one, and who asked that cannot even die. Needs root, for mount(2).
"""

from __future__ import annotations

import ctypes
import errno
import os
import select
import signal
import stat
import struct
import sys
from collections.abc import Callable
from pathlib import Path

HEADER = struct.Struct("<IIQQIIII")
_SIZE = 1 << 20
_ROOT = 1
_EXCHANGE = 2


class Share:
    def __init__(self, behind: str, device: int) -> None:
        self._device = device
        self._behind = behind
        self._paths = {_ROOT: behind}
        self._nodes = {behind: _ROOT}
        self._calls: dict[int, Callable[[int, bytes], bytes]] = {
            1: self._lookup,
            3: lambda node, _: self._attr(os.lstat(self._paths[node])),
            4: self._setattr,
            9: self._mkdir,
            10: lambda node, data: self._gone(os.unlink, node, data),
            11: lambda node, data: self._gone(os.rmdir, node, data),
            12: lambda node, data: self._rename(node, *struct.unpack_from("<Q", data), 0, data[8:]),
            13: self._link,
            14: self._open_file,
            15: self._read,
            16: self._write,
            17: self._statfs,
            18: self._release,
            20: lambda *_: b"",
            25: lambda *_: b"",
            26: self._init,
            27: lambda *_: struct.pack("<QII", 0, 0, 0),
            28: self._readdir,
            29: lambda *_: b"",
            30: lambda *_: b"",
            35: self._create,
            45: lambda node, data: self._rename(node, *struct.unpack_from("<QI", data), data[16:]),
        }

    def serve(self) -> None:
        asleep: list[int] = []
        signal.signal(signal.SIGUSR1, lambda number, _: asleep.append(number))
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
        while True:
            while not asleep and not select.select([self._device], [], [], 0.02)[0]:
                pass
            if asleep:
                signal.sigwait([signal.SIGUSR2])
                asleep.clear()
            try:
                request = os.read(self._device, _SIZE + 4096)
            except OSError as error:
                if error.errno == errno.ENODEV:  # unmounted
                    return
                continue
            _, call, unique, node, *_ = HEADER.unpack_from(request)
            if call in (2, 36, 42):  # forgotten, interrupted: no answer is expected
                continue
            code, answer = 0, b""
            try:
                answer = self._calls[call](node, request[HEADER.size :])
            except KeyError:
                code = -errno.ENOSYS
            except OSError as error:
                code = -(error.errno or errno.EIO)
            try:
                os.write(self._device, struct.pack("<IiQ", 16 + len(answer), code, unique) + answer)
            except OSError:
                continue  # whoever asked is gone

    def _init(self, _: int, __: bytes) -> bytes:
        return struct.pack("<IIIIHHIIHHI28x", 7, 31, _SIZE, 0, 16, 12, _SIZE, 1, 256, 0, 0)

    def _path(self, node: int, name: bytes) -> str:
        return os.path.join(self._paths[node], os.fsdecode(name.split(b"\0")[0]))  # noqa: PTH118

    def _node(self, path: str) -> int:
        if path not in self._nodes:
            node = max(self._paths) + 1
            self._nodes[path], self._paths[node] = node, path
        return self._nodes[path]

    def _entry(self, path: str) -> bytes:
        # Nothing is to be known for any time: each question comes here.
        found = os.lstat(path)
        return struct.pack("<QQQQII", self._node(path), 0, 0, 0, 0, 0) + _packed(found)

    def _attr(self, found: os.stat_result) -> bytes:
        return struct.pack("<QII", 0, 0, 0) + _packed(found)

    def _lookup(self, node: int, data: bytes) -> bytes:
        return self._entry(self._path(node, data))

    def _setattr(self, node: int, data: bytes) -> bytes:
        valid, _, _, size, _, atime, mtime, _, a_ns, m_ns, _, mode, _, uid, gid, _ = struct.unpack_from(
            "<IIQQQQQQIIIIIIII", data
        )
        path = self._paths[node]
        if valid & 1:
            os.chmod(path, stat.S_IMODE(mode))  # noqa: PTH101
        if valid & 6:
            os.chown(path, uid if valid & 2 else -1, gid if valid & 4 else -1)
        if valid & 8:
            os.truncate(path, size)
        if valid & 48 and not valid & 384:
            os.utime(path, ns=(atime * 10**9 + a_ns, mtime * 10**9 + m_ns))
        return self._attr(os.lstat(path))

    def _mkdir(self, node: int, data: bytes) -> bytes:
        path = self._path(node, data[8:])
        os.mkdir(path, stat.S_IMODE(struct.unpack_from("<I", data)[0]))  # noqa: PTH102
        return self._entry(path)

    def _gone(self, remove: Callable[[str], None], node: int, data: bytes) -> bytes:
        path = self._path(node, data)
        remove(path)
        self._nodes.pop(path, None)  # open files go on by their number
        return b""

    def _rename(self, node: int, folder: int, flags: int, names: bytes) -> bytes:
        old, new = names.split(b"\0")[:2]
        one, other = self._path(node, old), self._path(folder, new)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.renameat2(-100, os.fsencode(one), -100, os.fsencode(other), flags) != 0:
            raise OSError(ctypes.get_errno(), "renameat2")
        first, second = self._nodes.pop(one, None), self._nodes.pop(other, None)
        for moved, path in ((first, other), (second if flags & _EXCHANGE else None, one)):
            if moved is not None:
                self._nodes[path], self._paths[moved] = moved, path
        return b""

    def _link(self, node: int, data: bytes) -> bytes:
        path = self._path(node, data[8:])
        os.link(self._paths[struct.unpack_from("<Q", data)[0]], path)
        return self._entry(path)

    def _opened(self, path: str, flags: int, mode: int = 0o600) -> bytes:
        handle = os.open(path, flags & ~os.O_DIRECT, mode)
        return struct.pack("<QII", handle, 0, 0)

    def _open_file(self, node: int, data: bytes) -> bytes:
        return self._opened(self._paths[node], struct.unpack_from("<I", data)[0])

    def _create(self, node: int, data: bytes) -> bytes:
        flags, mode = struct.unpack_from("<II", data)
        path = self._path(node, data[16:])
        opened = self._opened(path, flags | os.O_CREAT, stat.S_IMODE(mode))
        return self._entry(path) + opened

    def _read(self, _: int, data: bytes) -> bytes:
        handle, offset, size = struct.unpack_from("<QQI", data)
        return os.pread(handle, size, offset)

    def _write(self, _: int, data: bytes) -> bytes:
        handle, offset, size = struct.unpack_from("<QQI", data)
        return struct.pack("<II", os.pwrite(handle, data[40 : 40 + size], offset), 0)

    def _release(self, _: int, data: bytes) -> bytes:
        os.close(struct.unpack_from("<Q", data)[0])
        return b""

    def _statfs(self, _: int, __: bytes) -> bytes:
        found = os.statvfs(self._behind)
        sizes = (found.f_blocks, found.f_bfree, found.f_bavail, found.f_files, found.f_ffree)
        return struct.pack("<QQQQQIIII24x", *sizes, found.f_bsize, found.f_namemax, found.f_frsize, 0)

    def _readdir(self, node: int, data: bytes) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", data)
        answer = b""
        for number, name in enumerate(sorted(os.listdir(self._paths[node]))[offset:], offset + 1):  # noqa: PTH208
            raw = os.fsencode(name)
            entry = struct.pack("<QQII", number, number, len(raw), 0) + raw
            entry += b"\0" * (-len(entry) % 8)
            if len(answer) + len(entry) > size:
                break
            answer += entry
        return answer


def _packed(found: os.stat_result) -> bytes:
    times = [divmod(ns, 10**9) for ns in (found.st_atime_ns, found.st_mtime_ns, found.st_ctime_ns)]
    return struct.pack(
        "<QQQQQQIIIIIIIIII",
        found.st_ino,
        found.st_size,
        found.st_blocks,
        *(seconds for seconds, _ in times),
        *(rest for _, rest in times),
        found.st_mode,
        found.st_nlink,
        found.st_uid,
        found.st_gid,
        0,
        4096,
        0,
    )


def main(behind: str, place: str) -> None:
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"test", os.fsencode(place), b"fuse.share", 0, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), "mount")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    Share(str(Path(behind).resolve()), device).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
