"""Bytes, views and accessors of a glTF while they are collected."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ARRAY", "INDEX", "Pack"]

ARRAY, INDEX = 34962, 34963
_KIND = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
_TYPE = {"u1": 5121, "u2": 5123, "u4": 5125, "f4": 5126}


class Pack:
    """Every view begins on 4 bytes."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def blob(self, data: bytes, target: int | None = None) -> int:
        """Add bytes; returns the number of their view."""
        self.data += b"\0" * (-len(self.data) % 4)
        view: dict[str, Any] = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)}
        if target is not None:
            view["target"] = target
        self.views.append(view)
        self.data += data
        return len(self.views) - 1

    def add(
        self, values: NDArray[Any], *, target: int | None = None, bounds: bool = False, normalised: bool = False
    ) -> int:
        """Add an array of the type it has, (n, width); returns the number of its accessor."""
        accessor = self._accessor(values)
        accessor["bufferView"] = self.blob(np.ascontiguousarray(values).tobytes(), target)
        if normalised:
            accessor["normalized"] = True
        if bounds:
            accessor["min"] = [float(v) for v in values.min(axis=0)]
            accessor["max"] = [float(v) for v in values.max(axis=0)]
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def sparse(self, values: NDArray[Any]) -> int:
        """Add an array that is mostly zero, with its bounds; only the other rows are written."""
        rows = np.flatnonzero(values.any(axis=1))
        accessor = self._accessor(values)
        accessor["min"] = [float(v) for v in values.min(axis=0)]
        accessor["max"] = [float(v) for v in values.max(axis=0)]
        if len(rows):
            kind = "<u2" if len(values) <= 65535 else "<u4"
            accessor["sparse"] = {
                "count": len(rows),
                "indices": {"bufferView": self.blob(rows.astype(kind).tobytes()), "componentType": _TYPE[kind[1:]]},
                "values": {"bufferView": self.blob(np.ascontiguousarray(values[rows]).tobytes())},
            }
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def _accessor(self, values: NDArray[Any]) -> dict[str, Any]:
        return {
            "componentType": _TYPE[values.dtype.str[1:]],
            "count": len(values),
            "type": _KIND[values.shape[1]],
        }
