"""Colours of the mannequin: one row of swatches for light and one for shade, as a tiny PNG each."""

import struct
import zlib

import numpy as np

__all__ = [
    "ACCENT",
    "BLUSH",
    "BOOT",
    "BROW",
    "CLOTH",
    "EYE_WHITE",
    "HAIR",
    "HAIR_DARK",
    "HAIR_LIGHT",
    "HIGHLIGHT",
    "IRIS",
    "IRIS_DARK",
    "LASH",
    "MOUTH",
    "SKIN",
    "TIGHTS",
    "TONGUE",
    "WHITE",
    "palette_png",
    "swatch_uv",
]

_SIZE = 8  # pixels a swatch: enough that filtering never reaches the neighbour at its middle
_COLOURS = (
    ("SKIN", "fbe3d6", "eab6ab"),
    ("CLOTH", "34558b", "243a68"),
    ("WHITE", "f7f7fc", "c9c9e2"),
    ("ACCENT", "ff8fa3", "d9607f"),
    ("TIGHTS", "3d3f5c", "2a2a44"),
    ("BOOT", "f0f0f7", "bcbcd8"),
    ("HAIR", "8f7cc4", "6554a0"),
    ("HAIR_DARK", "8a77c0", "61509b"),
    ("HAIR_LIGHT", "ab9ada", "7c6ab6"),
    ("EYE_WHITE", "fdfdff", "fdfdff"),
    ("IRIS", "58b8d6", "58b8d6"),
    ("IRIS_DARK", "23406e", "23406e"),
    ("HIGHLIGHT", "ffffff", "ffffff"),
    ("LASH", "40304f", "40304f"),
    ("BROW", "5f4e93", "5f4e93"),
    ("MOUTH", "9c3d50", "9c3d50"),
    ("TONGUE", "ee8f93", "ee8f93"),
    ("BLUSH", "f8c4bb", "f8c4bb"),
)
SKIN, CLOTH, WHITE, ACCENT, TIGHTS, BOOT, HAIR, HAIR_DARK, HAIR_LIGHT = range(9)
EYE_WHITE, IRIS, IRIS_DARK, HIGHLIGHT, LASH, BROW, MOUTH, TONGUE, BLUSH = range(9, 18)


def swatch_uv(colour: np.ndarray) -> np.ndarray:
    """(n,) palette numbers to (n, 2) texture coordinates, the middle of the swatch."""
    u = (colour + 0.5) / 32.0
    return np.stack((u, np.full(len(u), 0.5)), axis=-1)


def palette_png(*, shade: bool) -> bytes:
    """A row of 32 swatches, RGB."""
    row = b"".join(bytes.fromhex(entry[2 if shade else 1]) * _SIZE for entry in _COLOURS)
    row += b"\x80\x80\x80" * (_SIZE * (32 - len(_COLOURS)))
    rows = (b"\0" + row) * _SIZE

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 32 * _SIZE, _SIZE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
