"""Read the tensors of a PyTorch weight file of the old kind (before 1.6) without PyTorch and without running its code.

Such a file is a row of pickles (magic number, protocol, system, state dict, keys of the storages) followed by the raw
storages, each led by its length. The unpickler here knows tensors, storages and OrderedDict and refuses all else.
"""

from __future__ import annotations

import pickle
import struct
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

MAGIC = 0x1950A86A20F9469CFC6C
DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


@dataclass(frozen=True)
class _Tensor:
    """A view into a storage that has not been read yet."""

    storage: tuple[str, str]
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _rebuild_tensor(
    storage: tuple[str, str], offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: Any
) -> Any:
    return _Tensor(storage, offset, tuple(size), tuple(stride))


class _SafeUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch" and name in DTYPES:
            return name
        raise pickle.UnpicklingError(f"a weight file has no business with {module}.{name}")

    def persistent_load(self, pid: Any) -> tuple[str, str]:
        _, storage_type, key, *_ = pid
        return storage_type, key


def _storages(file: BinaryIO, kinds: dict[str, str]) -> dict[str, npt.NDArray[Any]]:
    storages = {}
    for key in _SafeUnpickler(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        dtype = DTYPES[kinds[key]]
        storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    return storages


def read_state_dict(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The named tensors of the file. Raises ValueError or UnpicklingError for anything that is not such a file."""
    with path.open("rb") as file:
        if _SafeUnpickler(file).load() != MAGIC:
            raise ValueError(f"{path.name} is no PyTorch file of the old kind")
        _protocol, _system = _SafeUnpickler(file).load(), _SafeUnpickler(file).load()
        tensors: dict[str, _Tensor] = _SafeUnpickler(file).load()
        storages = _storages(file, {tensor.storage[1]: tensor.storage[0] for tensor in tensors.values()})
    return {name: _view(storages[tensor.storage[1]], tensor) for name, tensor in tensors.items()}


def _view(storage: npt.NDArray[Any], tensor: _Tensor) -> npt.NDArray[Any]:
    strides = [step * storage.itemsize for step in tensor.strides]
    return np.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.shape, strides).copy()
