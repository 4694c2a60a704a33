"""The models of faces by their names."""

from __future__ import annotations

from pathlib import Path

from bridge.errors import InvalidParams
from bridge.faces.contract import FaceModel
from bridge.faces.starter import StarterFaceModel
from bridge.faces.yunet import YuNetFaceModel

FACE_MODELS = ("starter", "yunet")


def make_face_model(name: str, home: Path, threads: int = 1) -> FaceModel:
    """``readiness`` says whether it can be used. Raises InvalidParams for another name."""
    if name == "starter":
        return StarterFaceModel(threads)
    if name == "yunet":
        return YuNetFaceModel(home, threads)
    raise InvalidParams(f"{name!r} is no model of faces.", hint=f"Choose one of: {', '.join(FACE_MODELS)}.")
