"""EfficientNet-Lite as an ONNX graph, from the weights of the PyTorch port.

Architecture: Tan and Le, "EfficientNet" (2019), and the Lite variants of the TensorFlow TPU repository: no squeeze and
excitation, ReLU6, and stem, first stage, last stage and head of fixed depth. Batch normalisation is folded into the
convolution before it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from starter_models.onnx_writer import OnnxWriter

Weights = Mapping[str, npt.NDArray[Any]]
BATCH_NORM_EPSILON = 1e-3


@dataclass(frozen=True)
class Stage:
    repeats: int
    kernel: int
    stride: int


STAGES = (
    Stage(1, 3, 1),
    Stage(2, 3, 2),
    Stage(2, 5, 2),
    Stage(3, 3, 2),
    Stage(3, 5, 1),
    Stage(4, 5, 2),
    Stage(1, 3, 1),
)


def efficientnet_lite(weights: Weights, *, depth: float, size: int, name: str) -> bytes:
    """The model: ``input`` [n, 3, size, size] RGB (x - 127) / 128; ``logits`` [n, 1000]; ``embedding`` [n, 1280]."""
    writer = OnnxWriter()
    x = _conv(writer, weights, "input", "_conv_stem", "_bn0", stride=2, relu=True)
    block = 0
    for number, stage in enumerate(STAGES):
        fixed = number in (0, len(STAGES) - 1)
        for repeat in range(stage.repeats if fixed else math.ceil(stage.repeats * depth)):
            x = _block(writer, weights, x, f"_blocks.{block}.", stage.stride if repeat == 0 else 1, skip=repeat > 0)
            block += 1
    if f"_blocks.{block}._depthwise_conv.weight" in weights:
        raise ValueError(f"{name} has more than {block} blocks: wrong depth")
    x = _conv(writer, weights, x, "_conv_head", "_bn1", relu=True)
    x = writer.node("GlobalAveragePool", [x])
    writer.node("Flatten", [x], "embedding")
    dense = [writer.constant(weights["_fc.weight"]), writer.constant(weights["_fc.bias"])]
    writer.node("Gemm", ["embedding", *dense], "logits", transB=1)
    return writer.model(name, {"input": ["n", 3, size, size]}, {"logits": ["n", 1000], "embedding": ["n", 1280]})


def _block(writer: OnnxWriter, weights: Weights, x: str, prefix: str, stride: int, *, skip: bool) -> str:
    """An inverted residual: widen, filter each channel, narrow."""
    y = x
    if f"{prefix}_expand_conv.weight" in weights:
        y = _conv(writer, weights, y, f"{prefix}_expand_conv", f"{prefix}_bn0", relu=True)
    y = _conv(writer, weights, y, f"{prefix}_depthwise_conv", f"{prefix}_bn1", stride=stride, depthwise=True, relu=True)
    y = _conv(writer, weights, y, f"{prefix}_project_conv", f"{prefix}_bn2")
    return writer.node("Add", [y, x]) if skip else y


def _conv(
    writer: OnnxWriter,
    weights: Weights,
    x: str,
    conv: str,
    norm: str,
    *,
    stride: int = 1,
    depthwise: bool = False,
    relu: bool = False,
) -> str:
    scale = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"] + BATCH_NORM_EPSILON)
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
    kernel = (weights[f"{conv}.weight"] * scale[:, None, None, None]).astype(np.float32)
    y = writer.node(
        "Conv",
        [x, writer.constant(kernel), writer.constant(bias.astype(np.float32), half=False)],
        kernel_shape=list(kernel.shape[2:]),
        strides=[stride, stride],
        group=kernel.shape[0] if depthwise else 1,
        auto_pad="SAME_UPPER",
    )
    return writer.clip(y, 0.0, 6.0) if relu else y
