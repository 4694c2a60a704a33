"""TensorFlow.js graph models (a JSON topology and a file of weights) as ONNX.

Tensors keep TensorFlow's order (height, width, channels); each convolution is put between two transposes, which
onnxruntime moves together and cancels when it loads the model. Only the operations that our models use are known.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from starter_models.onnx_writer import OnnxWriter

TO_NCHW = [0, 3, 1, 2]
TO_NHWC = [0, 2, 3, 1]
SAME_OPERATION = {
    "Add": "Add",
    "AddV2": "Add",
    "Sub": "Sub",
    "Mul": "Mul",
    "Minimum": "Min",
    "Maximum": "Max",
    "Relu": "Relu",
    "Sigmoid": "Sigmoid",
    "Identity": "Identity",
}
"""Operations that mean the same in both, with numpy's broadcasting."""


@dataclass(frozen=True)
class Node:
    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    def attribute(self, key: str, default: Any = None) -> Any:
        """The plain value of an attribute: a number, text, bool or list of them."""
        value = self.attributes.get(key)
        if value is None:
            return default
        if "list" in value:
            items = value["list"]
            return [int(i) for i in items.get("i", [])] or [base64.b64decode(s).decode() for s in items.get("s", [])]
        if "s" in value:
            return base64.b64decode(value["s"]).decode()
        if "i" in value:
            return int(value["i"])
        return value.get("b", value.get("f", default))


@dataclass(frozen=True)
class GraphModel:
    nodes: Mapping[str, Node]
    weights: Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Output:
    """A tensor that the ONNX model gives: our name for it and its shape."""

    name: str
    shape: list[int | str]


def read_graph_model(path: Path) -> GraphModel:
    """Read ``path`` (the JSON) and the weight files that it names beside it."""
    document = json.loads(path.read_text())
    nodes = {
        n["name"]: Node(n["name"], n["op"], _data_inputs(n.get("input", [])), n.get("attr", {}))
        for n in document["modelTopology"]["node"]
    }
    weights: dict[str, npt.NDArray[Any]] = {}
    for group in document["weightsManifest"]:
        blob = b"".join((path.parent / name).read_bytes() for name in group["paths"])
        weights.update(_split(blob, group["weights"]))
    return GraphModel(nodes, weights)


def _data_inputs(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.partition(":")[0] for name in names if not name.startswith("^"))


def _split(blob: bytes, entries: Sequence[Mapping[str, Any]]) -> dict[str, npt.NDArray[Any]]:
    weights = {}
    offset = 0
    for entry in entries:
        stored = np.dtype(entry.get("quantization", {}).get("dtype", entry["dtype"])).newbyteorder("<")
        count = int(np.prod(entry["shape"]))
        array = np.frombuffer(blob, stored, count, offset).astype(entry["dtype"]).reshape(entry["shape"])
        weights[entry["name"]] = array
        offset += count * stored.itemsize
    return weights


def convert(model: GraphModel, *, name: str, size: int, outputs: Mapping[str, Output]) -> bytes:
    """The part of the graph that ``outputs`` (by TensorFlow's name) needs, for one square image.

    Input ``input`` [1, size, size, 3]; outputs as in the original. Raises ValueError for an unknown operation.
    """
    translation = _Translation(model)
    for node in _needed(model, list(outputs)):
        translation.add(node)
    for original, output in outputs.items():
        translation.writer.node("Identity", [translation.tensor(original)], output.name)
    shapes = {output.name: output.shape for output in outputs.values()}
    return translation.writer.model(name, {"input": [1, size, size, 3]}, shapes)


def _needed(model: GraphModel, outputs: list[str]) -> list[Node]:
    """The nodes that the outputs depend on, each after its inputs."""
    needs: dict[str, tuple[str, ...]] = {}
    waiting = list(outputs)
    while waiting:
        name = waiting.pop()
        if name not in needs:
            needs[name] = model.nodes[name].inputs
            waiting.extend(needs[name])
    return [model.nodes[name] for name in TopologicalSorter(needs).static_order()]


class _Translation:
    """Writes one TensorFlow node after the other; weights are written where an operation asks for them."""

    def __init__(self, model: GraphModel) -> None:
        self.model = model
        self.writer = OnnxWriter()
        self._written: dict[str, str] = {}
        self._rules: dict[str, Callable[[Node], str]] = {
            "Placeholder": lambda _: "input",
            "_FusedConv2D": self._convolution,
            "Conv2D": self._convolution,
            "FusedDepthwiseConv2dNative": self._convolution,
            "DepthwiseConv2dNative": self._convolution,
            "Relu6": lambda node: self.writer.clip(self.tensor(node.inputs[0]), 0.0, 6.0),
            "Prelu": self._prelu,
            "Mean": self._mean,
            "MaxPool": self._max_pool,
            "Pad": self._pad,
            "Reshape": self._reshape,
            "ResizeBilinear": self._resize,
            "ConcatV2": self._concat,
        }

    def add(self, node: Node) -> None:
        if node.op == "Const":
            return
        if node.op in SAME_OPERATION:
            written = self.writer.node(SAME_OPERATION[node.op], [self.tensor(i) for i in node.inputs])
        elif node.op in self._rules:
            written = self._rules[node.op](node)
        else:
            raise ValueError(f"{node.name}: no rule for the operation {node.op}")
        self._written[node.name] = written

    def tensor(self, name: str) -> str:
        """The ONNX name of a TensorFlow tensor whose node was added; a constant is written when it is asked for."""
        if name not in self._written:
            self._written[name] = self.writer.constant(self.model.weights[name])
        return self._written[name]

    def _parameter(self, node: Node, position: int) -> npt.NDArray[Any]:
        return self.model.weights[node.inputs[position]]

    def _channels_first(self, x: str) -> str:
        return self.writer.node("Transpose", [x], perm=TO_NCHW)

    def _channels_last(self, x: str) -> str:
        return self.writer.node("Transpose", [x], perm=TO_NHWC)

    def _convolution(self, node: Node) -> str:
        """Conv2D and its depthwise and fused forms (bias, then an activation)."""
        kernel = self._parameter(node, 1)
        if "Depthwise" in node.op:
            height, width, channels, multiplier = kernel.shape
            kernel = kernel.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
            groups = channels
        else:
            kernel, groups = kernel.transpose(3, 2, 0, 1), 1
        fused = node.attribute("fused_ops", [])
        inputs = [self._channels_first(self.tensor(node.inputs[0])), self.writer.constant(kernel)]
        if "BiasAdd" in fused:
            inputs.append(self.writer.constant(self._parameter(node, 2).reshape(-1), half=False))
        y = self.writer.node(
            "Conv",
            inputs,
            kernel_shape=list(kernel.shape[2:]),
            strides=node.attribute("strides")[1:3],
            dilations=node.attribute("dilations", [1, 1, 1, 1])[1:3],
            group=groups,
            **_padding(node),
        )
        for activation in (op for op in fused if op != "BiasAdd"):
            y = self._activation(node, activation, y)
        return self._channels_last(y)

    def _activation(self, node: Node, name: str, x: str) -> str:
        """``x`` is in ONNX's order here."""
        if name == "Relu":
            return self.writer.node("Relu", [x])
        if name == "Relu6":
            return self.writer.clip(x, 0.0, 6.0)
        if name == "Prelu":
            return self.writer.node("PRelu", [x, self.writer.constant(self._parameter(node, 3).reshape(-1, 1, 1))])
        raise ValueError(f"{node.name}: no rule for the activation {name}")

    def _prelu(self, node: Node) -> str:
        return self.writer.node("PRelu", [self.tensor(node.inputs[0]), self.writer.constant(self._parameter(node, 1))])

    def _mean(self, node: Node) -> str:
        axes = self.writer.constant(self._parameter(node, 1).reshape(-1).astype(np.int64))
        keep = int(bool(node.attribute("keep_dims", False)))
        return self.writer.node("ReduceMean", [self.tensor(node.inputs[0]), axes], keepdims=keep)

    def _max_pool(self, node: Node) -> str:
        y = self.writer.node(
            "MaxPool",
            [self._channels_first(self.tensor(node.inputs[0]))],
            kernel_shape=node.attribute("ksize")[1:3],
            strides=node.attribute("strides")[1:3],
            **_padding(node),
        )
        return self._channels_last(y)

    def _pad(self, node: Node) -> str:
        pads = self._parameter(node, 1).astype(np.int64)
        widths = self.writer.constant(np.concatenate([pads[:, 0], pads[:, 1]]))
        return self.writer.node("Pad", [self.tensor(node.inputs[0]), widths])

    def _reshape(self, node: Node) -> str:
        shape = self.writer.constant(self._parameter(node, 1).astype(np.int64))
        return self.writer.node("Reshape", [self.tensor(node.inputs[0]), shape])

    def _resize(self, node: Node) -> str:
        """Bilinear; TensorFlow's three ways of placing the corners have the same three names in ONNX, or nearly."""
        placing = "asymmetric"
        if node.attribute("half_pixel_centers", False):
            placing = "half_pixel"
        elif node.attribute("align_corners", False):
            placing = "align_corners"
        x = self._channels_first(self.tensor(node.inputs[0]))
        size = self.writer.constant(self._parameter(node, 1).astype(np.int64))
        y = self.writer.node(
            "Resize", [x, "", "", size], axes=[2, 3], mode="linear", coordinate_transformation_mode=placing
        )
        return self._channels_last(y)

    def _concat(self, node: Node) -> str:
        axis = int(self._parameter(node, len(node.inputs) - 1))
        return self.writer.node("Concat", [self.tensor(i) for i in node.inputs[:-1]], axis=axis)


def _padding(node: Node) -> dict[str, Any]:
    kind = node.attribute("padding")
    if kind == "SAME":
        return {"auto_pad": "SAME_UPPER"}
    if kind == "VALID":
        return {}
    raise ValueError(f"{node.name}: no rule for the padding {kind}")
