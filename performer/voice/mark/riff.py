"""Chunks of a WAV file: what stands in them besides sound, and the same file with other words (a shell: reads files).

Our label is a chunk `AIGC` with the field's JSON, an XMP packet (`_PMX`, as the XMP specification, part 3, puts it
into WAV) for tools that look there, and LIST INFO (title, artist, comment, software) for people.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

from performer.voice.mark.label import AIGC_TAG, SOURCE_TAG, TOOL

__all__ = ["copy_wav", "is_wav", "read_wav_tags"]

_INFO = {"title": b"INAM", "artist": b"IART", "comment": b"ICMT", "software": b"ISFT"}
_LONGEST_TEXT = 1 << 20
_LARGEST = 0xFFFFFFFF
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class _Chunk:
    """name: four bytes. start: of its content. size: of its content, never beyond the file's end."""

    name: bytes
    start: int
    size: int


def is_wav(path: Path) -> bool:
    """Whether the file begins as a RIFF WAVE file does; RF64 and the like do not."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:12] == b"WAVE"


def _chunks(file: BinaryIO) -> Iterator[_Chunk]:
    """All chunks, as far as they can be followed."""
    end = file.seek(0, 2)
    at = 12
    while at + 8 <= end:
        file.seek(at)
        name, size = struct.unpack("<4sI", file.read(8))
        # A writer that was cut off, or wrote to a pipe, promises more than there is.
        size = min(size, end - at - 8)
        yield _Chunk(name, at + 8, size)
        at += 8 + size + size % 2


def _content(file: BinaryIO, chunk: _Chunk) -> bytes:
    file.seek(chunk.start)
    return file.read(min(chunk.size, _LONGEST_TEXT))


def _info_items(content: bytes) -> dict[bytes, bytes]:
    """Items of a LIST INFO chunk's content; empty for other lists."""
    items: dict[bytes, bytes] = {}
    if content[:4] != b"INFO":
        return items
    at = 4
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        items[name] = content[at + 8 : at + 8 + size].rstrip(b"\0")
        at += 8 + size + size % 2
    return items


def read_wav_tags(path: Path) -> dict[str, str]:
    """Our names of what LIST INFO and the chunk AIGC say; anything else is left out."""
    tags: dict[str, str] = {}
    with path.open("rb") as file:
        for chunk in _chunks(file):
            if chunk.name == AIGC_TAG.encode():
                tags[AIGC_TAG] = _content(file, chunk).rstrip(b"\0").decode(errors="replace")
            elif chunk.name == b"LIST":
                items = _info_items(_content(file, chunk))
                tags |= {name: items[code].decode(errors="replace") for name, code in _INFO.items() if code in items}
            elif chunk.name == b"_PMX" and f"{SOURCE_TAG}=".encode() in (packet := _content(file, chunk)):
                value = packet.partition(f'{SOURCE_TAG}="'.encode())[2].partition(b'"')[0]
                tags[SOURCE_TAG] = value.decode(errors="replace")
    return tags


def _packed(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)


def _xmp(tags: Mapping[str, str]) -> bytes:
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f" TC260:{AIGC_TAG}={quoteattr(tags[AIGC_TAG])}"
        f" Iptc4xmpExt:{SOURCE_TAG}={quoteattr(tags.get(SOURCE_TAG, ''))}/>"
        '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )
    return packet.encode()


def copy_wav(source: Path, target: Path, tags: Mapping[str, str]) -> None:
    """Write `target`: the chunks of `source` with the label `tags` (with AIGC) in the place of any that was there.

    Raises:
        OSError: the system refuses.
        ValueError: the result would not fit into a WAV file (4 GB).
    """
    info: dict[bytes, bytes] = {}
    with source.open("rb") as read, target.open("wb") as written:
        written.write(b"RIFF\0\0\0\0WAVE")
        for chunk in _chunks(read):
            if chunk.name in (AIGC_TAG.encode(), b"_PMX"):
                continue
            if chunk.name == b"LIST" and (items := _info_items(_content(read, chunk))):
                info |= items
                continue
            written.write(struct.pack("<4sI", chunk.name, chunk.size))
            read.seek(chunk.start)
            left = chunk.size
            while left:
                piece = read.read(min(left, _PIECE))
                if not piece:
                    raise OSError("the file became shorter while it was read")
                written.write(piece)
                left -= len(piece)
            written.write(b"\0" * (chunk.size % 2))
        said = {"software": TOOL, **tags}
        info |= {code: said[name].encode() for name, code in _INFO.items() if name in said}
        written.write(_packed(b"LIST", b"INFO" + b"".join(_packed(code, text + b"\0") for code, text in info.items())))
        written.write(_packed(AIGC_TAG.encode(), tags[AIGC_TAG].encode()))
        written.write(_packed(b"_PMX", _xmp(tags)))
        size = written.tell() - 8
        if size > _LARGEST:
            raise ValueError("more than a WAV file holds (4 GB)")
        written.seek(4)
        written.write(struct.pack("<I", size))
