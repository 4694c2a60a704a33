"""all-MiniLM-L6-v2 as an ONNX graph, from the safetensors file: token ids in, one unit vector a text out.

Architecture: BERT (Devlin et al., 2018) of six layers, as nreimers/MiniLM-L6-H384-uncased has it, with the mean over
the tokens and the scaling to length 1 of sentence-transformers in the graph.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto

from starter_models.onnx_writer import OnnxWriter

Weights = Mapping[str, npt.NDArray[Any]]

HIDDEN = 384
HEADS = 12
LAYERS = 6
LONGEST = 256
"""Tokens that sentence-transformers reads of a text at most, though the model has 512 positions."""
LAYER_NORM_EPSILON = 1e-12
MASKED = -1e4
"""Far below any score, and still a half-precision number."""


def read_safetensors(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The float32 and int64 tensors of the file: eight bytes of length, a JSON header, then the numbers."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header: dict[str, Any] = json.loads(data[8:start])
    dtypes = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}
    tensors = {}
    for name, about in header.items():
        if name != "__metadata__":
            first, last = (start + offset for offset in about["data_offsets"])
            tensors[name] = np.frombuffer(data[first:last], dtypes[about["dtype"]]).reshape(about["shape"])
    return tensors


def tokenizer(published: str) -> bytes:
    """The tokenizer file without its fixed length: 128 tokens for a word of two would be 126 for nothing."""
    settings: dict[str, Any] = json.loads(published)
    settings["truncation"] = {"direction": "Right", "max_length": LONGEST, "strategy": "LongestFirst", "stride": 0}
    settings["padding"] = None
    return (json.dumps(settings, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def minilm(weights: Weights, name: str) -> bytes:
    """The model: ``ids`` and ``mask`` int64 [texts, tokens]; ``vectors`` float32 [texts, 384] of length 1.

    Matrices are stored as int8 with one scale for each output (each word, in the table of words) and widened once,
    when the model is loaded, the table of words as it is looked up: 23 MB instead of 91, and every product in float32.
    Quantising the activations too would be faster, and bends the vectors more (cosine to the published ones 0.96, not
    0.9996).
    """
    writer = OnnxWriter()
    mask = writer.node("Cast", ["mask"], to=TensorProto.FLOAT)
    x = _embedded(writer, weights)
    hidden_scores = _hidden_scores(writer, mask)
    for layer in range(LAYERS):
        x = _layer(writer, weights, x, hidden_scores, f"encoder.layer.{layer}.")
    if f"encoder.layer.{LAYERS}.output.dense.weight" in weights:
        raise ValueError(f"{name} has more than {LAYERS} layers")
    _pooled(writer, x, mask)
    text: list[int | str] = ["texts", "tokens"]
    return writer.model(name, {"ids": text, "mask": text}, {"vectors": ["texts", HIDDEN]}, input_type=TensorProto.INT64)


def _embedded(writer: OnnxWriter, weights: Weights) -> str:
    words, scales = _int8(weights["embeddings.word_embeddings.weight"])
    row = writer.node("Cast", [writer.node("Gather", [writer.constant(words), "ids"])], to=TensorProto.FLOAT)
    x = writer.node("Mul", [row, writer.node("Gather", [writer.constant(scales, half=False), "ids"])])
    # There is one text in each input, so that every token is of the first of the two types.
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    length = writer.node("Gather", [writer.node("Shape", ["ids"]), _whole(writer, [1])])
    place = writer.node("Slice", [writer.constant(places[:LONGEST]), _whole(writer, [0]), length, _whole(writer, [0])])
    return _norm(writer, weights, writer.node("Add", [x, place]), "embeddings.LayerNorm")


def _hidden_scores(writer: OnnxWriter, mask: str) -> str:
    """[texts, 1, 1, tokens]: what is added to a score, so that nothing attends to padding."""
    padding = writer.node("Sub", [writer.constant(1.0), mask])
    scores = writer.node("Mul", [padding, writer.constant(MASKED)])
    return writer.node("Unsqueeze", [scores, _whole(writer, [1, 2])])


def _layer(writer: OnnxWriter, weights: Weights, x: str, hidden_scores: str, prefix: str) -> str:
    attention = f"{prefix}attention."
    query, key, value = (
        _heads(writer, _dense(writer, weights, x, f"{attention}self.{role}"), order)
        for role, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3]))
    )
    scale = writer.constant(1.0 / math.sqrt(HIDDEN // HEADS))
    scores = writer.node("Mul", [writer.node("MatMul", [query, key]), scale])
    shares = writer.node("Softmax", [writer.node("Add", [scores, hidden_scores])], axis=-1)
    mixed = writer.node("Transpose", [writer.node("MatMul", [shares, value])], perm=[0, 2, 1, 3])
    joined = writer.node("Reshape", [mixed, _whole(writer, [0, 0, HIDDEN])])
    seen = writer.node("Add", [x, _dense(writer, weights, joined, f"{attention}output.dense")])
    x = _norm(writer, weights, seen, f"{attention}output.LayerNorm")
    wide = _gelu(writer, _dense(writer, weights, x, f"{prefix}intermediate.dense"))
    thought = writer.node("Add", [x, _dense(writer, weights, wide, f"{prefix}output.dense")])
    return _norm(writer, weights, thought, f"{prefix}output.LayerNorm")


def _heads(writer: OnnxWriter, x: str, order: list[int]) -> str:
    return writer.node(
        "Transpose", [writer.node("Reshape", [x, _whole(writer, [0, 0, HEADS, HIDDEN // HEADS])])], perm=order
    )


def _pooled(writer: OnnxWriter, x: str, mask: str) -> None:
    """The mean over the tokens that are no padding, scaled to length 1: the scaling makes it the sum as well."""
    total = writer.node("ReduceSum", [_masked(writer, x, mask), _whole(writer, [1])], keepdims=0)
    writer.node("LpNormalization", [total], "vectors", axis=-1, p=2)


def _masked(writer: OnnxWriter, x: str, mask: str) -> str:
    return writer.node("Mul", [x, writer.node("Unsqueeze", [mask, _whole(writer, [2])])])


def _gelu(writer: OnnxWriter, x: str) -> str:
    erf = writer.node("Erf", [writer.node("Div", [x, writer.constant(math.sqrt(2))])])
    return writer.node(
        "Mul", [writer.node("Mul", [x, writer.node("Add", [erf, writer.constant(1.0)])]), writer.constant(0.5)]
    )


def _norm(writer: OnnxWriter, weights: Weights, x: str, prefix: str) -> str:
    parts = [writer.constant(weights[f"{prefix}.{part}"], half=False) for part in ("weight", "bias")]
    return writer.node("LayerNormalization", [x, *parts], axis=-1, epsilon=LAYER_NORM_EPSILON)


def _dense(writer: OnnxWriter, weights: Weights, x: str, prefix: str) -> str:
    values, scales = _int8(weights[f"{prefix}.weight"])
    matrix = writer.node("Cast", [writer.constant(values.T)], to=TensorProto.FLOAT)
    matrix = writer.node("Mul", [matrix, writer.constant(scales.T, half=False)])
    bias = writer.constant(weights[f"{prefix}.bias"], half=False)
    return writer.node("Add", [writer.node("MatMul", [x, matrix]), bias])


def _int8(rows: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Whole numbers of -127 to 127 and, for each row, what one of them is worth ([rows, 1])."""
    scales = (np.abs(rows).max(axis=1, keepdims=True) / 127).astype(np.float32)
    return np.rint(rows / np.maximum(scales, np.finfo(np.float32).tiny)).astype(np.int8), scales


def _whole(writer: OnnxWriter, values: list[int]) -> str:
    return writer.constant(np.array(values, np.int64))
