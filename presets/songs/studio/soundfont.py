"""General MIDI instruments through FluidSynth (a shell: runs a program, writes temporary files)."""

import shutil
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from presets.songs.studio.errors import StudioError

__all__ = ["Played", "render_program"]

RATE = 48_000
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
_TICKS = 4800
"""A second: the file's tempo is one quarter a second."""


@dataclass(frozen=True, slots=True)
class Played:
    """A note as played: seconds, MIDI pitch, velocity 1..127."""

    start: float
    length: float
    pitch: int
    velocity: int


def _variable(value: int) -> bytes:
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | (value & 0x7F))
    return bytes(reversed(out))


def midi_bytes(notes: Sequence[Played], program: int, *, drums: bool = False) -> bytes:
    """A Standard MIDI file of one track."""
    channel = 9 if drums else 0
    events: list[tuple[int, int, bytes]] = []
    for note in notes:
        on, off = round(note.start * _TICKS), round((note.start + note.length) * _TICKS)
        events.append((on, 1, bytes([0x90 | channel, note.pitch, note.velocity])))
        events.append((max(off, on + 1), 0, bytes([0x80 | channel, note.pitch, 0])))
    track = b"\x00\xff\x51\x03" + (1_000_000).to_bytes(3, "big") + b"\x00" + bytes([0xC0 | channel, program])
    now = 0
    for tick, _, data in sorted(events):
        track += _variable(tick - now) + data
        now = tick
    track += _variable(2 * _TICKS) + b"\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, _TICKS) + b"MTrk" + struct.pack(">I", len(track)) + track


def render_program(notes: Sequence[Played], program: int, samples: int, *, drums: bool = False) -> NDArray[np.float64]:
    """(samples, 2) the notes on a General MIDI program, dry.

    Raises:
        StudioError: FluidSynth or its sound font is missing.
    """
    if shutil.which("fluidsynth") is None or not SOUNDFONT.exists():
        raise StudioError(
            "making songs needs FluidSynth and its sound font; get them with: "
            "apt-get install fluidsynth fluid-soundfont-gm"
        )
    with tempfile.TemporaryDirectory() as folder:
        score, sound = Path(folder) / "part.mid", Path(folder) / "part.wav"
        score.write_bytes(midi_bytes(notes, program, drums=drums))
        # One short buffer at a time, so that notes do not wait for the next one.
        options = [
            "-ni",
            "-q",
            "-R",
            "0",
            "-C",
            "0",
            "-g",
            "0.6",
            "-r",
            str(RATE),
            "-z",
            "64",
            "-O",
            "float",
            "-T",
            "wav",
        ]
        subprocess.run(
            ["fluidsynth", *options, "-F", str(sound), str(SOUNDFONT), str(score)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        played, _ = soundfile.read(sound, dtype="float64", always_2d=True)
    out = np.zeros((samples, 2))
    count = min(samples, len(played))
    out[:count] = played[:count]
    return out
