"""The face track as a readable file (`face.json`): named columns of rounded numbers, only those that move.

One list per weight, one number per frame. A person can edit a column, delete it (it rests at 0) or add one by name.
"""

import json
import math
from typing import Any

import numpy as np

from motion.errors import UserError
from performer.face.track import EXPRESSION_INDEX, FaceTrack, rest_face

__all__ = ["FaceFileError", "decode_face", "encode_face"]

FORMAT_VERSION = 1
_WEIGHT_DIGITS = 3
_ANGLE_DIGITS = 4
_MAX_FRAMES = 60 * 60 * 240


class FaceFileError(UserError):
    """A face file cannot be used; the message says what is wrong with it."""


def _column(values: np.ndarray, digits: int) -> str:
    scale = 10**digits
    whole = np.rint(np.asarray(values, np.float64) * scale).astype(np.int64)
    return "[" + ",".join(f"{value / scale:g}" if value else "0" for value in whole.tolist()) + "]"


def encode_face(face: FaceTrack) -> bytes:
    """The file: version, rate, frames, gaze in radians, weights by name, one column a line."""
    head = [
        f' "version": {FORMAT_VERSION},',
        f' "rate": {face.rate:g},',
        f' "frames": {len(face)},',
        f' "gaze_yaw": {_column(face.gaze[:, 0], _ANGLE_DIGITS)},',
        f' "gaze_pitch": {_column(face.gaze[:, 1], _ANGLE_DIGITS)},',
    ]
    half_step = 0.5 * 10**-_WEIGHT_DIGITS
    columns = [
        f'  "{name}": {_column(face.weights[:, i], _WEIGHT_DIGITS)}'
        for name, i in EXPRESSION_INDEX.items()
        if len(face) and np.max(face.weights[:, i]) >= half_step
    ]
    body = ' "weights": {\n' + ",\n".join(columns) + "\n }" if columns else ' "weights": {}'
    return ("{\n" + "\n".join(head) + "\n" + body + "\n}\n").encode()


def _numbers(value: Any, name: str, frames: int, low: float, high: float) -> np.ndarray:
    if not isinstance(value, list) or len(value) != frames:
        raise FaceFileError(f"face file: '{name}' must be a list of {frames} numbers, one a frame")
    if not all(isinstance(item, int | float) and not isinstance(item, bool) for item in value):
        raise FaceFileError(f"face file: '{name}' holds something that is not a number")
    try:
        array = np.asarray(value, np.float64)
    except (OverflowError, ValueError) as error:
        raise FaceFileError(f"face file: '{name}' holds a number that is too large") from error
    if not np.isfinite(array).all() or array.min(initial=0.0) < low or array.max(initial=0.0) > high:
        raise FaceFileError(f"face file: the numbers of '{name}' must lie in {low:g}..{high:g}")
    return array.astype(np.float32)


def decode_face(data: bytes) -> FaceTrack:
    """Parse and check a `face.json`.

    Raises:
        FaceFileError: not JSON, a newer format, an unknown weight, a column of the wrong length or range.
    """
    try:
        found: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FaceFileError(f"not a face file: {error}. Make one with: nichang lipsync SOUND -o face.json") from error
    if not isinstance(found, dict) or not isinstance(found.get("version"), int):
        raise FaceFileError("not a face file: it has no version. Make one with: nichang lipsync SOUND -o face.json")
    if found["version"] > FORMAT_VERSION:
        raise FaceFileError(f"face file format {found['version']} is newer than this nichang reads ({FORMAT_VERSION})")
    frames, rate = found.get("frames"), found.get("rate")
    if not isinstance(frames, int) or isinstance(frames, bool) or not 0 <= frames <= _MAX_FRAMES:
        raise FaceFileError(f"face file: 'frames' must be a whole number up to {_MAX_FRAMES}")
    if not isinstance(rate, int | float) or isinstance(rate, bool) or not 1.0 <= rate <= 1000.0:
        raise FaceFileError("face file: 'rate' must be frames per second, 1..1000")
    columns = found.get("weights")
    if not isinstance(columns, dict):
        raise FaceFileError("face file: 'weights' must hold one list per expression name")
    face = rest_face(frames)
    for i, name in enumerate(("gaze_yaw", "gaze_pitch")):
        if name in found:
            face.gaze[:, i] = _numbers(found[name], name, frames, -math.pi / 2, math.pi / 2)
    for name, values in columns.items():
        if name not in EXPRESSION_INDEX:
            raise FaceFileError(f"face file: there is no expression '{name}'; names are those of VRM 1.0 and ARKit")
        face.weights[:, EXPRESSION_INDEX[name]] = _numbers(values, name, frames, 0.0, 1.0)
    return FaceTrack(face.weights, face.gaze, float(rate))
