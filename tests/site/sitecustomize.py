"""Lets torchvision be imported beside a torch without CUDA; for processes, this folder is put on PYTHONPATH.

Its wheel was built for a torch with CUDA, and its import fails on operators that the CPU's torch lacks. On a user's
machine both come from one index, and nothing is missing. CLIP does not use those operators (nms).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from typing import Any


class Forgive(MetaPathFinder):
    """Finds nothing itself: as torchvision is first looked for, torch is told to overlook missing operators."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:  # noqa: ARG002 - as it is called
        if name == "torchvision":
            sys.meta_path.remove(self)
            import torch

            torch.library.register_fake = forgiving(torch.library.register_fake)


def forgiving(real: Callable[..., Any]) -> Callable[..., Any]:
    def register_fake(*names: Any, **more: Any) -> Any:
        decorate = real(*names, **more)

        def register(function: Any) -> Any:
            try:
                return decorate(function)
            except RuntimeError:
                return function

        return register

    return register_fake


sys.meta_path.insert(0, Forgive())
