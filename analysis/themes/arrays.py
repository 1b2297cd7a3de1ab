"""Small arrays as text, so that a model's state is plain JSON."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pack(array: NDArray[Any]) -> dict[str, Any]:
    """Half-precision little-endian numbers in base64, with the shape."""
    raw = np.ascontiguousarray(array, dtype="<f2").tobytes()
    return {"shape": list(array.shape), "f16": base64.b64encode(raw).decode("ascii")}


def unpack(packed: dict[str, Any]) -> NDArray[np.float32]:
    """The array of `pack` as float32. Raises ValueError when it is cut short."""
    raw = base64.b64decode(packed["f16"], validate=True)
    return np.frombuffer(raw, dtype="<f2").reshape(packed["shape"]).astype(np.float32)
