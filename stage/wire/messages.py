"""Every control message, as one table of records: JSON text with a `type`, camelCase names.

Frames are binary and live in `codec`. PROTOCOL.md explains when each is sent; `generate` writes the TypeScript types.
Times: show time = seconds on the server's own clock; media time = seconds from the song's start.
"""

from typing import Literal, get_args

import msgspec

from motion.errors import UserError

__all__ = [
    "CLIENT_MESSAGES",
    "SERVER_MESSAGES",
    "Ack",
    "AudioReport",
    "AvatarTable",
    "Bar",
    "ClientInfo",
    "ClientMessage",
    "Express",
    "Fire",
    "Intensity",
    "LyricLine",
    "LyricWord",
    "MessageError",
    "Next",
    "PaletteChoice",
    "Panic",
    "Pause",
    "Ping",
    "Play",
    "Pong",
    "Problem",
    "Role",
    "Section",
    "Seek",
    "Select",
    "ServerMessage",
    "ShotChoice",
    "ShowState",
    "Sing",
    "SongEntry",
    "SongInfo",
    "SongList",
    "Stop",
    "Transport",
    "TransportEvent",
    "VoiceState",
    "Welcome",
    "Wink",
    "decode_client_message",
    "decode_server_message",
    "encode_message",
]

PROTOCOL_VERSION = 1
Role = Literal["viewer", "stage", "performer", "operator"]
TransportEvent = Literal["load", "play", "pause", "stop", "seek", "end", "panic", "now"]


class MessageError(UserError):
    """Text that is not a message of this protocol; says what does not fit."""


class _Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A part of a message."""


class _Message(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="type"):
    """A message; unknown fields are ignored on reading."""


# --- from the server --------------------------------------------------------------------------------------------------


class Welcome(_Message, frozen=True, kw_only=True, tag="welcome"):
    """First message. shots and pads: what the console may name. show_time: the server's clock now. venue: which of the
    page's venues is played in, "" where the server does not say."""

    version: int = PROTOCOL_VERSION
    role: Role
    client: int
    show_time: float
    shots: list[str] = []
    pads: list[str] = []
    cues: list[str] = []
    palettes: list[str] = []
    venue: str = ""


class Pong(_Message, frozen=True, kw_only=True, tag="pong"):
    """Answer to a ping: client_time as it came, show_time when it was answered."""

    client_time: float
    show_time: float


class AvatarTable(_Message, frozen=True, kw_only=True, tag="avatar_table"):
    """An avatar, before the first frame that names it by `number`. expressions: the order of a frame's weights."""

    number: int
    url: str
    sha256: str
    title: str
    expressions: list[str]
    height: float


class Section(_Record, frozen=True, kw_only=True):
    """A section of the song; equal `group`: repeats."""

    start: float
    end: float
    label: str
    group: int


class Bar(_Record, frozen=True, kw_only=True):
    """One bar."""

    start: float
    beats: int


class LyricWord(_Record, frozen=True, kw_only=True):
    """A word or syllable."""

    start: float
    end: float
    text: str


class LyricLine(_Record, frozen=True, kw_only=True):
    """A line on the screen."""

    start: float
    end: float
    text: str
    translation: str = ""
    words: list[LyricWord] = []


class SongInfo(_Message, frozen=True, kw_only=True, tag="song_info"):
    """The song on the desk; `number` is what frames carry. heard_by_machine: the words are a machine's guess."""

    number: int
    id: str
    title: str
    artist: str
    duration: float
    url: str
    bpm: float
    seed: int
    sections: list[Section]
    bars: list[Bar]
    lines: list[LyricLine]
    heard_by_machine: bool = False
    label: bool = True
    credits: list[str] = []


class SongEntry(_Record, frozen=True, kw_only=True):
    """A song of the list. share: 0..1 of its preparation. note: what is being done, or what went wrong."""

    id: str
    title: str
    artist: str
    duration: float
    state: Literal["ready", "preparing", "waiting", "failed"]
    share: float = 0.0
    note: str = ""


class SongList(_Message, frozen=True, kw_only=True, tag="song_list"):
    """All songs of the show, in order. current: id of the song on the desk; wanted: of the one that comes there as soon
    as it is ready, "" for none."""

    songs: list[SongEntry]
    current: str = ""
    wanted: str = ""


class Transport(_Message, frozen=True, kw_only=True, tag="transport"):
    """A change of what plays: at show_time the song stood at media_time. Sent to everyone, never dropped."""

    event: TransportEvent
    playing: bool
    panic: bool
    song: int
    media_time: float
    show_time: float


class ClientInfo(_Record, frozen=True, kw_only=True):
    """A connected page. delay_ms: measured, frame sent to acknowledged. skipped: frames left out for it.

    quality: in which it draws, "hidden" while nobody sees it, "" before its first picture.
    """

    client: int
    role: Role
    fps: float
    delay_ms: float
    skipped: int
    quality: str = ""
    sound_offset_ms: float | None = None


class VoiceState(_Record, frozen=True, kw_only=True):
    """The live voice: on while the microphone sings. microphone_db, voice_db: dB of full scale. delay_ms: computing and
    buffers. load: share of a block's time that it takes, p99. trouble: what is wrong, "" = nothing."""

    name: str
    on: bool
    microphone: str = ""
    microphone_db: float = -120.0
    voice_db: float = -120.0
    delay_ms: float = 0.0
    load: float = 0.0
    drops: int = 0
    trouble: str = ""


class ShowState(_Message, frozen=True, kw_only=True, tag="show_state"):
    """What the console shows, ten times a second, to operators. level: RMS of left and right, 0..1.

    voice: the live voice, None where the show has none.
    """

    show_time: float
    media_time: float
    duration: float
    song: int
    playing: bool
    panic: bool
    ended: bool
    intensity: float
    shot: str
    palette: str = ""
    pads: dict[str, float]
    level: tuple[float, float]
    pose_rate: float
    pose_p99_ms: float
    cpu: float
    clients: list[ClientInfo]
    voice: VoiceState | None = None


class Problem(_Message, frozen=True, kw_only=True, tag="problem"):
    """Something the user should read, in one sentence."""

    message: str


# --- from a page ------------------------------------------------------------------------------------------------------


class Ping(_Message, frozen=True, kw_only=True, tag="ping"):
    """Clock question; client_time in seconds on the page's own clock."""

    client_time: float


class Ack(_Message, frozen=True, kw_only=True, tag="ack"):
    """The last frame that came, at least every 250 ms; and what the page measures of itself.

    loaded: number of the song whose sound and performers are here; -1 for none. hidden: nobody sees the page (a tab
    behind another); it draws nothing.
    """

    sequence: int
    fps: float = 0.0
    draw_ms: float = 0.0
    quality: str = ""
    loaded: int = -1
    hidden: bool = False


class AudioReport(_Message, frozen=True, kw_only=True, tag="audio_report"):
    """Media time that was heard at show_time: how far picture and sound are apart is measured from this."""

    song: int
    media_time: float
    show_time: float


class Play(_Message, frozen=True, kw_only=True, tag="play"):
    """Start, or go on."""


class Pause(_Message, frozen=True, kw_only=True, tag="pause"):
    """Hold."""


class Stop(_Message, frozen=True, kw_only=True, tag="stop"):
    """Back to the song's start, idle."""


class Next(_Message, frozen=True, kw_only=True, tag="next"):
    """The next song of the list."""


class Seek(_Message, frozen=True, kw_only=True, tag="seek"):
    """Jump to a media time."""

    media_time: float


class Select(_Message, frozen=True, kw_only=True, tag="select"):
    """Put a song on the desk, and play it if something plays."""

    id: str


class ShotChoice(_Message, frozen=True, kw_only=True, tag="shot"):
    """Hold a named camera shot; "auto" gives the camera back."""

    name: str


class PaletteChoice(_Message, frozen=True, kw_only=True, tag="palette"):
    """Hold a named palette; "auto" gives the colours back to the plan."""

    name: str


class Fire(_Message, frozen=True, kw_only=True, tag="cue"):
    """Fire a cue: confetti, sparks, petals, a lift of light."""

    kind: str


class Express(_Message, frozen=True, kw_only=True, tag="express"):
    """Press an expression pad, or let it go with weight 0."""

    name: str
    weight: float


class Wink(_Message, frozen=True, kw_only=True, tag="wink"):
    """One eye."""

    side: Literal["Left", "Right"] = "Left"


class Intensity(_Message, frozen=True, kw_only=True, tag="intensity"):
    """0..1.5; 1 as planned."""

    value: float


class Panic(_Message, frozen=True, kw_only=True, tag="panic"):
    """Fade to the safe idle loop, and back."""

    on: bool


class Sing(_Message, frozen=True, kw_only=True, tag="sing"):
    """The microphone sings with the live voice and moves the mouth; off: the song's own lips."""

    on: bool


ServerMessage = Welcome | Pong | AvatarTable | SongInfo | SongList | Transport | ShowState | Problem
ClientMessage = (
    Ping
    | Ack
    | AudioReport
    | Play
    | Pause
    | Stop
    | Next
    | Seek
    | Select
    | ShotChoice
    | PaletteChoice
    | Fire
    | Express
    | Wink
    | Intensity
    | Panic
    | Sing
)
SERVER_MESSAGES: tuple[type[msgspec.Struct], ...] = get_args(ServerMessage)
CLIENT_MESSAGES: tuple[type[msgspec.Struct], ...] = get_args(ClientMessage)

_encoder = msgspec.json.Encoder()
_client_decoder: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_server_decoder: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)


def encode_message(message: ServerMessage | ClientMessage) -> str:
    """One message as JSON text."""
    return _encoder.encode(message).decode()


def decode_client_message(text: str | bytes) -> ClientMessage:
    """What a page sent.

    Raises:
        MessageError: not JSON, an unknown type, a missing or wrong field.
    """
    try:
        return _client_decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MessageError(f"not a message of this protocol: {error}") from error


def decode_server_message(text: str | bytes) -> ServerMessage:
    """What the server sent (for clients in Python).

    Raises:
        MessageError: as `decode_client_message`.
    """
    try:
        return _server_decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MessageError(f"not a message of this protocol: {error}") from error
