"""Ogg pages under a serial number of our choice, so that a song is the same file again (encoders draw one by chance).

Pages after RFC 3533.
"""

import struct

__all__ = ["with_serial"]

_POLYNOMIAL = 0x04C11DB7
_SERIAL, _SUM, _SEGMENTS = 14, 22, 26
"""Where in a page's head the serial number, the checksum and the number of segments stand."""


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
        page[_SUM : _SUM + 4] = bytes(4)
        page[_SUM : _SUM + 4] = struct.pack("<I", _checksum(bytes(page)))
        out += page
        at = end
    return bytes(out)
