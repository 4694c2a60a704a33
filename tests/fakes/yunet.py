"""OpenCV's FaceDetectorYN without its weights: as strict about its input, and finding what it is told to find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
import numpy.typing as npt

from bridge.engines.weights import Manifest, WeightFile, models_folder, sha256_of, write_manifest
from bridge.faces.contract import FoundFace
from bridge.faces.yunet import WEIGHTS
from bridge.values import RGB

CONTENT = b"weights of a face detector"


def write_yunet(home: Path, content: bytes = CONTENT) -> Path:
    """As if it had been pulled; the folder."""
    folder = models_folder(home) / "yunet"
    folder.mkdir(parents=True)
    path = folder / WEIGHTS
    path.write_bytes(content)
    write_manifest(folder, Manifest("opencv/face_detection_yunet", "c" * 40, (_file(path),)))
    return folder


def _file(path: Path) -> WeightFile:
    return WeightFile(path.name, path.stat().st_size, sha256_of(path))


class FakeFaceDetectorYN:
    """Put in the place of ``cv2.FaceDetectorYN``. ``find`` finds the faces of a photo."""

    find: ClassVar[Callable[[RGB], Sequence[FoundFace]]]
    given: ClassVar[list[npt.NDArray[Any]]]
    """Every picture it was given."""

    def __init__(self, size: tuple[int, int], least: float) -> None:
        self._size = size
        self._least = least

    @classmethod
    def create(
        cls, model: str, config: str, input_size: tuple[int, int], score: float, overlap: float, top: int
    ) -> FakeFaceDetectorYN:
        assert isinstance(model, str) and config == "" and top > 0 and 0 < overlap < 1
        if Path(model).read_bytes() != CONTENT:
            raise cv2.error("(-5:Bad argument) Can't read ONNX file")
        return cls(input_size, score)

    def setInputSize(self, size: tuple[int, int]) -> None:  # noqa: N802  (OpenCV's name)
        assert all(isinstance(side, int) and side >= 32 for side in size), "an empty grid is a fault in OpenCV"
        self._size = size

    def detect(self, image: npt.NDArray[Any]) -> tuple[int, npt.NDArray[np.float32] | None]:
        assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3 and image.flags.c_contiguous
        assert (image.shape[1], image.shape[0]) == self._size, "Size does not match"
        type(self).given.append(image)
        rgb = np.ascontiguousarray(image[..., ::-1])
        rows = [_row(face, self._size) for face in type(self).find(rgb) if face.score >= self._least]
        return 1, np.array(rows, np.float32) if rows else None


def _row(face: FoundFace, size: tuple[int, int]) -> list[float]:
    width, height = size
    points = [number for x, y in face.points for number in (x * width, y * height)]
    box = [face.left * width, face.top * height, face.width * width, face.height * height]
    return [*box, *points, face.score]
