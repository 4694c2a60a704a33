"""Things of 80 everyday kinds and where they are (CenterNet, Zhou et al. 2019, trained on COCO)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from bridge import starter
from bridge.engines.onnx import FloatArray, OnnxModel
from bridge.values import RGB

__all__ = ["COCO_NAMES", "DetectedObject", "ObjectDetector"]

SIZE = 512
SQUEEZED = 1.2
"""Aspect from which a picture is also looked at in squares."""
STRIDE = 4
"""Pixels of the model's input for one point of its heat map."""

COCO_NAMES = [
    "person",
    "bicycle",
    "car",
    "motorcycle",
    "airplane",
    "bus",
    "train",
    "truck",
    "boat",
    "traffic light",
    "fire hydrant",
    "stop sign",
    "parking meter",
    "bench",
    "bird",
    "cat",
    "dog",
    "horse",
    "sheep",
    "cow",
    "elephant",
    "bear",
    "zebra",
    "giraffe",
    "backpack",
    "umbrella",
    "handbag",
    "tie",
    "suitcase",
    "frisbee",
    "skis",
    "snowboard",
    "sports ball",
    "kite",
    "baseball bat",
    "baseball glove",
    "skateboard",
    "surfboard",
    "tennis racket",
    "bottle",
    "wine glass",
    "cup",
    "fork",
    "knife",
    "spoon",
    "bowl",
    "banana",
    "apple",
    "sandwich",
    "orange",
    "broccoli",
    "carrot",
    "hot dog",
    "pizza",
    "donut",
    "cake",
    "chair",
    "couch",
    "potted plant",
    "bed",
    "dining table",
    "toilet",
    "tv",
    "laptop",
    "mouse",
    "remote",
    "keyboard",
    "cell phone",
    "microwave",
    "oven",
    "toaster",
    "sink",
    "refrigerator",
    "book",
    "clock",
    "vase",
    "scissors",
    "teddy bear",
    "hair drier",
    "toothbrush",
]


@dataclass(frozen=True, slots=True)
class DetectedObject:
    """One thing. The box is in parts of the picture's width and height, 0..1."""

    name: str
    score: float
    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


class ObjectDetector:
    def __init__(self, threads: int = 1) -> None:
        self.model = OnnxModel(lambda: starter.read("objects.onnx"), threads)

    def detect(self, rgb: RGB, threshold: float = 0.2, *, ends: bool = True) -> list[DetectedObject]:
        """Things with a score of at least ``threshold`` (0..1), the surest first; doubled boxes are merged.

        The model sees a square, and things squeezed into it are harder to know: ``ends`` also looks at the squares at
        both ends of a picture that is not square.
        """
        height, width = rgb.shape[:2]
        things = self._look(rgb, threshold)
        if ends and max(height, width) >= SQUEEZED * min(height, width):
            side = min(height, width)
            for x, y in ((0, 0), (width - side, height - side)):
                frame = (x / width, y / height, side / width, side / height)
                placed = [_placed(t, *frame) for t in self._look(rgb[y : y + side, x : x + side], threshold)]
                things += [thing for thing in placed if not _is_cut(thing, *frame)]
        return _merge_doubles(sorted(things, key=lambda thing: -thing.score))

    def _look(self, rgb: RGB, threshold: float) -> list[DetectedObject]:
        # Up to a factor of two bilinear loses nothing to speak of, and takes a seventh of the time.
        shrinks_much = max(rgb.shape[:2]) > 2 * SIZE
        square = cv2.resize(rgb, (SIZE, SIZE), interpolation=cv2.INTER_AREA if shrinks_much else cv2.INTER_LINEAR)
        heat, reach = self.model.run(["heat", "reach"], {"input": square[None].astype(np.float32)})
        return _peaks(heat[0], reach[0], threshold)


def _placed(thing: DetectedObject, x: float, y: float, width: float, height: float) -> DetectedObject:
    """A thing found in a part of the picture, in parts of the whole."""
    return replace(
        thing,
        left=x + thing.left * width,
        top=y + thing.top * height,
        right=x + thing.right * width,
        bottom=y + thing.bottom * height,
    )


def _is_cut(thing: DetectedObject, x: float, y: float, width: float, height: float) -> bool:
    """Whether the thing goes on beyond the part that was looked at: half a thing would count as another one."""
    near = 0.02
    return (
        (x > 0 and thing.left < x + near)
        or (y > 0 and thing.top < y + near)
        or (x + width < 1 and thing.right > x + width - near)
        or (y + height < 1 and thing.bottom > y + height - near)
    )


def _peaks(heat: FloatArray, reach: FloatArray, threshold: float) -> list[DetectedObject]:
    """The points of the heat maps that are the highest of their 3 x 3 neighbourhood."""
    found = np.flatnonzero(heat.ravel() >= threshold)
    rows, columns, kinds = np.unravel_index(found, heat.shape)
    scores = heat.ravel()[found]
    strongest = np.zeros(heat.shape[:2], np.float32)
    np.maximum.at(strongest, (rows, columns), scores)
    around = cv2.dilate(strongest, np.ones((3, 3), np.uint8))
    things = []
    for y, x, kind, score in zip(rows, columns, kinds, scores, strict=True):
        if score < around[y, x]:
            continue
        left, up, right, down = (float(d) for d in reach[y, x])
        things.append(
            DetectedObject(
                COCO_NAMES[kind],
                float(score),
                max(0.0, (x * STRIDE - left) / SIZE),
                max(0.0, (y * STRIDE - up) / SIZE),
                min(1.0, (x * STRIDE + right) / SIZE),
                min(1.0, (y * STRIDE + down) / SIZE),
            )
        )
    return things


def _merge_doubles(things: list[DetectedObject], overlap: float = 0.5) -> list[DetectedObject]:
    """Of boxes of one kind that share more than ``overlap`` of the smaller one, the surest stays."""
    kept: list[DetectedObject] = []
    for thing in things:
        if not any(other.name == thing.name and _share(other, thing) > overlap for other in kept):
            kept.append(thing)
    return kept


def _share(one: DetectedObject, other: DetectedObject) -> float:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    smaller = min(one.area, other.area)
    return max(0.0, width) * max(0.0, height) / smaller if smaller > 0 else 1.0
