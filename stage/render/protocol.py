"""What the command and its render page say to each other, as bytes. The page's side: web/src/render/protocol.ts."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from stage.render.errors import BrowserError

__all__ = [
    "AvatarJob",
    "CHUNK_H264",
    "CHUNK_RAW",
    "Chunk",
    "Done",
    "Failed",
    "FromPage",
    "Go",
    "Hash",
    "Job",
    "Ready",
    "Spent",
    "Want",
    "decode_chunk",
    "decode_message",
    "encode_batch",
    "encode_command",
]

CHUNK_H264 = 1
CHUNK_RAW = 2
_CHUNK = struct.Struct("<BBHI")


class AvatarJob(msgspec.Struct, frozen=True):
    """Number in the wire's avatar table, address relative to the page, expression names in the wire's order."""

    id: int
    url: str
    expressions: list[str]


class Job(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="type", tag="job"):
    """
    The stage to build; sent first, while the song is still being listened to. song: words as far as known.

    paint: the page paints performers itself where software GL would be slower; both ways can be compared without it.
    """

    width: int
    height: int
    fps: float
    quality: Literal["lite", "full"]
    transparent: bool
    venue: str
    label: bool
    encode: Literal["h264", "raw"]
    bitrate: int
    key_interval: int
    hash: bool
    song: dict[str, Any]
    avatars: list[AvatarJob]
    paint: bool = True


class Go(msgspec.Struct, frozen=True, tag_field="type", tag="go"):
    """One stretch of video: frames below `first` are stepped but not drawn."""

    first: int
    last: int
    song: dict[str, Any]


class Ready(msgspec.Struct, frozen=True, tag_field="type", tag="ready"):
    """The stage is built; drawn by `renderer`."""

    renderer: str


class Want(msgspec.Struct, frozen=True, tag_field="type", tag="want"):
    """Send so many more frames."""

    frames: int


class Spent(msgspec.Struct, frozen=True, tag_field="type", tag="spent"):
    """Sums over the frames drawn so far, milliseconds."""

    frames: int = 0
    step: float = 0.0
    draw: float = 0.0
    read: float = 0.0
    encode: float = 0.0
    wait: float = 0.0


class Hash(msgspec.Struct, frozen=True, tag_field="type", tag="hash"):
    """Hash of the drawn pixels of one frame."""

    index: int
    value: int


class Done(msgspec.Struct, frozen=True, tag_field="type", tag="done"):
    """Every frame is drawn, encoded and sent."""


class Failed(msgspec.Struct, frozen=True, tag_field="type", tag="error"):
    """The page cannot go on. crash: may go on in a new browser; encoder: no H.264; page: a fault of ours."""

    kind: Literal["crash", "encoder", "page"]
    message: str


FromPage = Ready | Want | Spent | Hash | Done | Failed
_DECODER: msgspec.json.Decoder[FromPage] = msgspec.json.Decoder(FromPage)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One encoded or raw picture of frame `index`."""

    kind: int
    key: bool
    index: int
    data: memoryview


def decode_message(text: str) -> FromPage:
    """Parse a text message of the page.

    Raises:
        BrowserError: it is none.
    """
    try:
        return _DECODER.decode(text)
    except msgspec.DecodeError as error:
        raise BrowserError(f"the render page said something unknown ({error}); 'make setup' builds it anew") from error


def decode_chunk(message: bytes) -> Chunk:
    """Split a binary message of the page: u8 kind, u8 key, u16 zero, u32 frame index, payload.

    Raises:
        BrowserError: cut off or of an unknown kind.
    """
    if len(message) <= _CHUNK.size:
        raise BrowserError("the render page sent a picture without content")
    kind, key, _, index = _CHUNK.unpack_from(message)
    if kind not in (CHUNK_H264, CHUNK_RAW):
        raise BrowserError(f"the render page sent a picture of unknown kind {kind}; 'make setup' builds it anew")
    return Chunk(kind, bool(key), index, memoryview(message)[_CHUNK.size :])


def encode_command(command: Job | Go) -> str:
    """The text message that says it to the page."""
    return msgspec.json.encode(command).decode()


def encode_batch(frames: Sequence[bytes]) -> bytes:
    """Frames of the wire, each behind its length as u32."""
    return b"".join(part for frame in frames for part in (struct.pack("<I", len(frame)), frame))
