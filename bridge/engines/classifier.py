"""What a picture shows, as probabilities of the 1000 ImageNet classes (EfficientNet-Lite2)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from bridge import starter
from bridge.engines.onnx import FloatArray, OnnxModel
from bridge.values import RGB

__all__ = ["CLASSES", "Classifier", "class_names"]

SIZE = 260
CLASSES = 1000


def class_names() -> list[str]:
    """The short English names of the classes, in their order. Two names occur twice (missile, sunglasses)."""
    return starter.read("imagenet_classes.txt").decode().splitlines()


class Classifier:
    """Looks at one or more views of a picture."""

    def __init__(self, threads: int = 1) -> None:
        self.model = OnnxModel(lambda: starter.read("classifier.onnx"), threads)

    def probabilities(self, views: Sequence[RGB]) -> FloatArray:
        """Softmax probabilities, (views, 1000). A view of any shape is squeezed to the model's square."""
        return self.look(views)[0]

    def look(self, views: Sequence[RGB]) -> tuple[FloatArray, FloatArray]:
        """The same, and what they are computed from: (views, 1280), 0 and above, alike where pictures look alike."""
        # One at a time: the activations of a batch no longer fit the cache (a view of 7: 16 ms, alone: 11 ms).
        runs = [self.model.run(["logits", "embedding"], {"input": _prepare(view)[None]}) for view in views]
        logits, features = (np.concatenate([run[at] for run in runs]) for at in (0, 1))
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True), features


def _prepare(view: RGB) -> FloatArray:
    """(3, 260, 260), values (x - 127) / 128 as EfficientNet-Lite was trained."""
    shrinks = max(view.shape[:2]) > SIZE
    square = cv2.resize(view, (SIZE, SIZE), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    scaled: FloatArray = (square.astype(np.float32).transpose(2, 0, 1) - 127.0) / 128.0
    return scaled
