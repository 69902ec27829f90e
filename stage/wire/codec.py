"""Frames as bytes and back: little-endian, fixed layout, written down in PROTOCOL.md.

    32  u8 version, u8 kind, u16 performers, u32 sequence, f64 show time, f64 media time, u32 flags, u32 song
    36  camera: position 3 x f32, target 3 x f32, vertical fov, roll, focus distance f32
    16  u8 look, palette, intensity, strobe; u8 beat phase, bar phase, energy, section; u16 lyric line, progress;
        2 cue slots: u16 with kind in the upper 3 bits, age in 1/512 s (petals: amount/8191) in the lower 13
    then per performer
    20  u8 id, u8 flags, u16 avatar table, f32 root x, z, yaw, lift
    12  hips 3 x f32
   330  55 rotations, 48 bits each
    4+n gaze 2 x i16 (±pi/2), n x u8 weights in the order of the avatar table

A rotation: the three smaller components a, b, c (15 bits each, ±1/sqrt 2, 16383 = 0) from bit 0 up, then 2 bits: which
component is the largest and left out (made positive), 1 spare bit. Error at most 0.007 degrees.
"""

import struct
from collections.abc import Mapping
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError
from motion.rig.bones import BONES
from stage.wire.frame import CUES, Camera, CueSlot, Frame, LightBlock, PerformerFrame

__all__ = [
    "FRAME_VERSION",
    "KIND_FRAME",
    "MAX_PERFORMERS",
    "FrameError",
    "decode_frame",
    "encode_frame",
    "pack_rotations",
    "unpack_rotations",
]

FRAME_VERSION = 1
KIND_FRAME = 1
MAX_PERFORMERS = 16

_HEADER = struct.Struct("<BBHIddII")
_CAMERA = struct.Struct("<9f")
_LIGHT = struct.Struct("<8BHHHH")
_PERFORMER = struct.Struct("<BBH4f")
_HIPS = struct.Struct("<3f")
_GAZE = struct.Struct("<hh")
_FIXED = _HEADER.size + _CAMERA.size + _LIGHT.size
_ROTATIONS = 6 * len(BONES)
_BODY = _PERFORMER.size + _HIPS.size + _ROTATIONS + _GAZE.size

_ROOT_HALF = np.sqrt(0.5)
# An even number of steps, so that 0 has a code of its own and rest poses travel exactly.
_STEPS = 32766
_PETALS = CUES.index("petals")
_CUE_STEPS = 8191
_CUE_RATE = 512.0
_MASK = np.uint64(0x7FFF)
# Row i: the components that stay when component i is the largest.
_OTHERS = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
_GAZE_LIMIT = np.pi / 2.0
_CORNERS = np.array(list(product((0.0, 1.0), repeat=3)))
_CORNERS_SQUARED = (_CORNERS**2).sum(axis=-1)
_PLACES = np.array([1.0, 2.0**15, 2.0**30])


@cache
def _starts(count: int) -> NDArray[np.intp]:
    return np.arange(count, dtype=np.intp) * 4


class FrameError(UserError):
    """Bytes that are not a frame of this version; the message says what does not fit."""


def pack_rotations(rotations: NDArray[np.floating]) -> bytes:
    """(n, 4) unit quaternions to 6 n bytes."""
    q = np.ascontiguousarray(rotations, dtype=np.float64)
    flat, starts = q.ravel(), _starts(len(q))
    largest = np.abs(q).argmax(axis=-1)
    left_out = flat[starts + largest]
    rest = flat[starts[:, None] + _OTHERS[largest]] * np.where(left_out < 0.0, -1.0, 1.0)[:, None]
    steps = rest * (_STEPS / 2.0 / _ROOT_HALF)
    low = np.floor(steps)
    # Each component to its nearest step is not the nearest rotation: the left-out one, rebuilt from the three, takes up
    # their errors' sum. Of the eight steps around, take the one with the least error of all four components.
    part = steps - low
    pull = rest / np.maximum(np.abs(left_out), 1e-9)[:, None]
    fourth = np.einsum("ij,ij->i", part, pull)[:, None] - pull @ _CORNERS.T
    corner = (_CORNERS_SQUARED - 2.0 * (part @ _CORNERS.T) + fourth * fourth).argmin(axis=-1)
    low += _STEPS / 2.0
    low += _CORNERS[corner]
    codes = np.minimum(np.maximum(low, 0.0), _STEPS)
    # 47 bits are exact in a float64.
    words = (codes @ _PLACES + largest * 2.0**45).astype("<u8")
    return words.view(np.uint8).reshape(-1, 8)[:, :6].tobytes()


def unpack_rotations(data: bytes) -> NDArray[np.float32]:
    """6 n bytes to (n, 4) unit quaternions."""
    raw = np.zeros((len(data) // 6, 8), dtype=np.uint8)
    raw[:, :6] = np.frombuffer(data, dtype=np.uint8).reshape(-1, 6)
    words = raw.view("<u8")[:, 0].astype(np.uint64)
    codes = np.stack([words >> np.uint64(shift) & _MASK for shift in (0, 15, 30)], axis=-1).astype(np.float64)
    rest = (codes / (_STEPS / 2.0) - 1.0) * _ROOT_HALF
    largest = (words >> np.uint64(45) & np.uint64(3)).astype(np.intp)
    out = np.empty((len(words), 4))
    rows = np.arange(len(words))
    out[rows[:, None], _OTHERS[largest]] = rest
    out[rows, largest] = np.sqrt(np.maximum(1.0 - np.sum(rest * rest, axis=-1), 0.0))
    out /= np.maximum(np.linalg.norm(out, axis=-1, keepdims=True), 1e-9)
    return out.astype(np.float32)


def _unit_to_byte(value: float) -> int:
    return min(255, max(0, round(value * 255.0)))


def _phase_to_byte(value: float) -> int:
    # A phase of 1 is the next 0.
    return int(value * 256.0) % 256


def _cue_to_word(slot: CueSlot) -> int:
    steps = slot.value * (_CUE_STEPS if slot.kind == _PETALS else _CUE_RATE)
    return slot.kind << 13 | min(_CUE_STEPS, max(0, round(steps)))


def _word_to_cue(word: int) -> CueSlot:
    kind, steps = word >> 13, word & _CUE_STEPS
    return CueSlot(kind, steps / (_CUE_STEPS if kind == _PETALS else _CUE_RATE))


def encode_frame(frame: Frame) -> bytes:
    """One frame as one binary message."""
    camera, light = frame.camera, frame.light
    parts = [
        _HEADER.pack(
            FRAME_VERSION,
            KIND_FRAME,
            len(frame.performers),
            frame.sequence & 0xFFFFFFFF,
            frame.show_time,
            frame.media_time,
            frame.flags,
            frame.song,
        ),
        _CAMERA.pack(*camera.position, *camera.target, camera.fov, camera.roll, camera.focus),
        _LIGHT.pack(
            light.look,
            light.palette,
            _unit_to_byte(light.intensity),
            light.strobe,
            _phase_to_byte(light.beat_phase),
            _phase_to_byte(light.bar_phase),
            _unit_to_byte(light.energy),
            light.section,
            light.lyric_line,
            min(65535, max(0, round(light.lyric_progress * 65535.0))),
            *map(_cue_to_word, light.cues),
        ),
    ]
    for performer in frame.performers:
        yaw, pitch = (round(min(max(x / _GAZE_LIMIT, -1.0), 1.0) * 32767.0) for x in performer.gaze.tolist())
        parts += (
            _PERFORMER.pack(performer.id, performer.flags, performer.avatar, *performer.root.tolist()),
            _HIPS.pack(*performer.hips.tolist()),
            pack_rotations(performer.rotations),
            _GAZE.pack(yaw, pitch),
            (np.minimum(np.maximum(performer.weights, 0.0), 1.0) * 255.0 + 0.5).astype(np.uint8).tobytes(),
        )
    return b"".join(parts)


def decode_frame(data: bytes, weights: Mapping[int, int]) -> Frame:
    """One binary message to a frame.

    Args:
        weights: avatar table number -> number of expression weights of that table.

    Raises:
        FrameError: another version or kind, an unknown avatar table, or a length that does not fit.
    """
    if len(data) < _FIXED:
        raise FrameError(f"a frame has at least {_FIXED} bytes; these are {len(data)}")
    version, kind, count, sequence, show_time, media_time, flags, song = _HEADER.unpack_from(data)
    if version != FRAME_VERSION:
        raise FrameError(f"frame version {version}; this program reads version {FRAME_VERSION}")
    if kind != KIND_FRAME:
        raise FrameError(f"message kind {kind} is not a frame ({KIND_FRAME})")
    if count > MAX_PERFORMERS:
        raise FrameError(f"{count} performers in a frame; at most {MAX_PERFORMERS} are allowed")
    camera = _CAMERA.unpack_from(data, _HEADER.size)
    light = _LIGHT.unpack_from(data, _HEADER.size + _CAMERA.size)
    at = _FIXED
    performers: list[PerformerFrame] = []
    for _ in range(count):
        if len(data) < at + _BODY:
            raise FrameError(f"the frame ends inside a performer ({len(data)} bytes)")
        ident, who, avatar, *root = _PERFORMER.unpack_from(data, at)
        if avatar not in weights:
            raise FrameError(
                f"avatar table {avatar} is not known; it comes in an avatar_table message before the frame"
            )
        n = weights[avatar]
        hips = _HIPS.unpack_from(data, at + _PERFORMER.size)
        start = at + _PERFORMER.size + _HIPS.size
        gaze = _GAZE.unpack_from(data, start + _ROTATIONS)
        end = at + _BODY + n
        if len(data) < end:
            raise FrameError(f"the frame ends inside the weights of performer {ident}")
        performers.append(
            PerformerFrame(
                id=ident,
                flags=who,
                avatar=avatar,
                root=np.array(root, np.float32),
                hips=np.array(hips, np.float32),
                rotations=unpack_rotations(data[start : start + _ROTATIONS]),
                gaze=np.array(gaze, np.float32) * np.float32(_GAZE_LIMIT / 32767.0),
                weights=np.frombuffer(data, np.uint8, n, at + _BODY).astype(np.float32) / np.float32(255.0),
            )
        )
        at = end
    if at != len(data):
        raise FrameError(f"{len(data) - at} bytes too many after the last performer")
    return Frame(
        sequence=sequence,
        show_time=show_time,
        media_time=media_time,
        song=song,
        flags=flags,
        camera=Camera(camera[0:3], camera[3:6], camera[6], camera[7], camera[8]),
        light=LightBlock(
            look=light[0],
            palette=light[1],
            intensity=light[2] / 255.0,
            strobe=light[3],
            beat_phase=light[4] / 256.0,
            bar_phase=light[5] / 256.0,
            energy=light[6] / 255.0,
            section=light[7],
            lyric_line=light[8],
            lyric_progress=light[9] / 65535.0,
            cues=(_word_to_cue(light[10]), _word_to_cue(light[11])),
        ),
        performers=tuple(performers),
    )
