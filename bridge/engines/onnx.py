"""One way to run an ONNX model: on the CPU, from several threads at once, with memory that does not grow."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["FloatArray", "OnnxModel"]

FloatArray = npt.NDArray[np.float32]

SEVERITY_ERROR = 3


class OnnxModel:
    """A model that is loaded at its first use.

    ``threads`` is the number of threads that one forward pass uses. Callers that already look at several photos at once
    do best with 1: passes side by side scale, one pass over two cores gains about a third less. The CPU is used even
    where a GPU is there: these models need 5 to 50 ms, and answers that are stored must not depend on the device.
    """

    def __init__(self, read: Callable[[], bytes], threads: int = 1) -> None:
        self._read = read
        self._threads = threads
        self._lock = threading.Lock()
        self._session: Any = None

    def load(self) -> None:
        """Read the weights and prepare the graph; later calls return at once. Raises what ``read`` raises."""
        self._ready()

    def close(self) -> None:
        """Let go of the weights; the next use loads them again."""
        with self._lock:
            self._session = None

    def run(self, outputs: Sequence[str], inputs: Mapping[str, npt.NDArray[Any]]) -> list[FloatArray]:
        """The named outputs, float32, shapes as the model defines them. Safe to call from several threads."""
        session = self._ready()  # it may be closed meanwhile
        results: list[FloatArray] = session.run(list(outputs), dict(inputs))
        return results

    def _ready(self) -> Any:
        with self._lock:
            if self._session is None:
                self._session = self._open()
            return self._session

    def _open(self) -> Any:
        # From 1.29 on the packages for Linux and macOS report each session to their maker, with names and hashes of the
        # model (microsoft/onnxruntime#27379); seen here by a proxy that takes requests down. The function is too late
        # for that, and is there for Windows, which does not read the variable.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = SEVERITY_ERROR
        # A thread that spins while it waits takes the core from the thread that decodes the next photo.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # The arena keeps its high-water mark for each thread that ever ran; without it memory returns after each pass.
        options.enable_cpu_mem_arena = False
        return onnxruntime.InferenceSession(self._read(), options, providers=["CPUExecutionProvider"])
