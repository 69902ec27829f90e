"""Ogg pages under a serial number of our choice, so that a song is the same file again (encoders draw one by chance).

Pages after RFC 3533, the head of an Opus stream after RFC 7845.
"""

import struct

__all__ = ["with_gain", "with_serial"]

_POLYNOMIAL = 0x04C11DB7
_SERIAL, _SUM, _SEGMENTS = 14, 22, 26
_GAIN = 16
"""Places in the head of a page (serial number, checksum, number of segments) and of an Opus stream (gain)."""


def _table() -> list[int]:
    rows: list[int] = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = ((value << 1) ^ (_POLYNOMIAL if value & 0x80000000 else 0)) & 0xFFFFFFFF
        rows.append(value)
    return rows


_TABLE = _table()


def _checksum(page: bytes) -> int:
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ _TABLE[(value >> 24) ^ byte]
    return value


def with_serial(data: bytes, serial: int) -> bytes:
    """The same stream under another serial number.

    Raises:
        ValueError: not an Ogg file.
    """
    out, at = bytearray(), 0
    while at < len(data):
        if data[at : at + 4] != b"OggS":
            raise ValueError(f"no Ogg page at byte {at}")
        segments = data[at + _SEGMENTS]
        head = at + _SEGMENTS + 1 + segments
        end = head + sum(data[head - segments : head])
        page = bytearray(data[at:end])
        page[_SERIAL : _SERIAL + 4] = struct.pack("<I", serial)
        out += _summed(page)
        at = end
    return bytes(out)


def _summed(page: bytearray) -> bytearray:
    page[_SUM : _SUM + 4] = bytes(4)
    page[_SUM : _SUM + 4] = struct.pack("<I", _checksum(bytes(page)))
    return page


def with_gain(data: bytes, gain_db: float) -> bytes:
    """The same Opus stream played softer or louder: players must apply the gain in its head.

    Raises:
        ValueError: not an Opus file.
    """
    head = data.find(b"OpusHead")
    if data[:4] != b"OggS" or head < 0:
        raise ValueError("no Opus stream")
    end = head + data[head - 1]
    page = bytearray(data[:end])
    page[head + _GAIN : head + _GAIN + 2] = struct.pack("<h", round(gain_db * 256.0))
    return bytes(_summed(page)) + data[end:]
