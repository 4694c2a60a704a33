"""A little grammar for writing ONNX graphs: nodes and constants with names that are the same at every run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 18
IR_VERSION = 9
"""Read by every onnxruntime since 1.15."""

HALF_FROM = 256
"""Float constants of at least this many values are stored as fp16: they are nearly all of the bytes."""

Array = npt.NDArray[Any]


@dataclass
class OnnxWriter:
    """Collects a graph. Every method returns the name of the tensor it made."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def node(self, op: str, inputs: list[str], output: str | None = None, **attributes: Any) -> str:
        output = output or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def constant(self, value: Array | float, *, half: bool = True) -> str:
        """A constant tensor; large float ones are stored as fp16 and widened once, when the model is loaded."""
        array = np.ascontiguousarray(np.asarray(value, dtype=np.float32 if isinstance(value, float) else None))
        name = f"constant_{len(self.constants)}"
        if half and array.dtype == np.float32 and array.size >= HALF_FROM:
            self.constants.append(numpy_helper.from_array(array.astype(np.float16), name))
            return self.node("Cast", [name], to=TensorProto.FLOAT)
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def clip(self, x: str, low: float, high: float) -> str:
        return self.node("Clip", [x, self.constant(low), self.constant(high)])

    def model(
        self,
        name: str,
        inputs: dict[str, list[int | str]],
        outputs: dict[str, list[int | str]],
        input_type: int = TensorProto.FLOAT,
    ) -> bytes:
        """The finished model, float32 out and, unless said otherwise, in. Its bytes depend on nothing but the graph."""
        graph = helper.make_graph(
            self.nodes,
            name,
            [helper.make_tensor_value_info(n, input_type, shape) for n, shape in inputs.items()],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in outputs.items()],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        model.producer_name = "photo-ai-bridge"
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString(deterministic=True))
