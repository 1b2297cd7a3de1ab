"""Read the weights out of an ONNX file without a runtime: the few fields of protobuf they lie in.

A model's forward pass is a page of numpy; a runtime for it would weigh four times the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Tensor = NDArray[Any]

# Numbers of the fields in onnx.proto: ModelProto.graph, GraphProto.initializer, TensorProto.*
_GRAPH, _INITIALIZER, _DIMS, _TYPE, _NAME, _RAW = 7, 5, 1, 2, 8, 9
_DTYPES = {1: "<f4", 3: "i1"}  # TensorProto.FLOAT, INT8; others (shapes, constants) are left out
_QUANTIZED, _SCALE = "_q", "_scale"
_LENGTH_PREFIXED, _VARINT, _FIXED = 2, 0, {1: 8, 5: 4}  # wire types


def read_weights(path: Path) -> dict[str, FloatArray]:
    """Weights by name in the order of the file; int8 ones times their scales, as float32.

    Raises ValueError for a file that is cut short or no ONNX model.
    """
    raw = path.read_bytes()
    try:
        tensors = dict(_tensors(memoryview(raw)))
    except (IndexError, KeyError) as error:
        raise ValueError(f"{path.name} is not a readable ONNX file.") from error
    weights: dict[str, FloatArray] = {}
    for name, tensor in tensors.items():
        scale = tensors.get(name.removesuffix(_QUANTIZED) + _SCALE)
        if name.endswith(_QUANTIZED) and scale is not None:
            weights[name.removesuffix(_QUANTIZED)] = tensor.astype(np.float32) * scale
        elif not name.endswith(_SCALE):
            weights[name] = tensor.astype(np.float32)
    return weights


def _tensors(model: memoryview) -> Iterator[tuple[str, Tensor]]:
    for field, graph in _fields(model):
        if field == _GRAPH and isinstance(graph, memoryview):
            for inner, tensor in _fields(graph):
                if inner == _INITIALIZER and isinstance(tensor, memoryview):
                    yield from _tensor(tensor)


def _tensor(message: memoryview) -> Iterator[tuple[str, Tensor]]:
    """The tensor's name and array; nothing for a type that weights do not have."""
    shape: list[int] = []
    kind, name, raw = 0, "", memoryview(b"")
    for field, value in _fields(message):
        if field == _DIMS:
            shape += [value] if isinstance(value, int) else _packed(value)
        elif field == _TYPE and isinstance(value, int):
            kind = value
        elif field == _NAME and isinstance(value, memoryview):
            name = bytes(value).decode()
        elif field == _RAW and isinstance(value, memoryview):
            raw = value
    if kind in _DTYPES and len(raw):
        yield name, np.frombuffer(raw, dtype=_DTYPES[kind]).reshape(shape)


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """(field number, number or bytes) of a protobuf message."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        wire = key & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        length, at = _varint(message, at) if wire == _LENGTH_PREFIXED else (_FIXED[wire], at)
        yield key >> 3, message[at : at + length]
        at += length


def _packed(message: memoryview) -> list[int]:
    out, at = [], 0
    while at < len(message):
        value, at = _varint(message, at)
        out.append(value)
    return out


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, lowest first, and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
