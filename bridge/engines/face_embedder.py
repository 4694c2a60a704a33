"""A face as a vector: faceres, a MobileNet that was taught to tell people apart (after HSE_FaceRec_tf)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bridge import starter
from bridge.engines.onnx import FloatArray, OnnxModel
from bridge.values import RGB

__all__ = ["DIMENSIONS", "SIZE", "WEIGHTS", "FaceEmbedder"]

SIZE = 224
DIMENSIONS = 1024
WEIGHTS = "face_embedding.onnx"


class FaceEmbedder:
    """Loaded at its first use; safe to use from several threads at once."""

    def __init__(self, threads: int = 1) -> None:
        self.model = OnnxModel(lambda: starter.read(WEIGHTS), threads)

    def embed(self, faces: Sequence[RGB]) -> FloatArray:
        """Vectors (n, 1024) of length 1 of upright faces, each ``SIZE`` pixels a side; about 30 ms a face.

        Each is seen twice, the second time mirrored. The network's features are positive, with a few large ones that
        say more of the picture than of the person: of their roots (Arandjelovic and Zisserman 2012) the product tells
        people apart better than of themselves.
        """
        vectors = np.zeros((len(faces), DIMENSIONS), np.float32)
        for at, face in enumerate(faces):
            for seen in (face, face[:, ::-1]):
                (features,) = self.model.run(["features"], {"input": seen[None].astype(np.float32)})
                vectors[at] += features[0]
        roots = np.sqrt(np.maximum(vectors, 0.0)) + np.float32(1e-9)
        result: FloatArray = roots / np.linalg.norm(roots, axis=1, keepdims=True)
        return result
