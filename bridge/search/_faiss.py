"""faiss, as it is used here: loaded late, with one thread, and beside torch.

On macOS the wheels of faiss-cpu and torch each bring an OpenMP runtime of their own. The second one to start ends the
process ("OMP: Error #15") unless it is told to go on, and then work that is shared among threads crashes
(github.com/faiss-wheels/faiss-wheels/issues/73, pytorch/pytorch/issues/149201); with one thread nothing is shared.
"""

from __future__ import annotations

import os
import sys
from typing import Any

__all__ = ["faiss_module"]


def faiss_module() -> Any:
    """The module, for use in the thread that asks: OpenMP counts threads for each of ours. Takes 0.2 s at first."""
    if sys.platform == "darwin":
        os.environ.setdefault("KMP_DUPLICATE_LIB_OK", "TRUE")
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss
