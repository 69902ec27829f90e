"""Made takes: a hissing room and a buzz that stands for a voice, and a session of a few lines."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from performer.voice.record import session as session_module
from performer.voice.record.script import Line, Note, Script, parse_script
from performer.voice.record.session import Session, open_session

RATE = 48_000
Sound = NDArray[np.float32]
LINES = (
    Line("en-room", "Keep still.", "room", seconds=2.0),
    Line("en-001", "A short line to be read aloud."),
    Line("en-002", "Another short line to be read."),
    Line("en-hold-69", "Hold the tone", "vowel", notes=(Note(69, 1.5),)),
    Line("en-song", "La la la", "song", notes=(Note(60, 0.6, sung="la"), Note(64, 0.6), Note(60, 0.6))),
)
SCRIPT = Script("en", "Made", LINES)


def db(value: float) -> float:
    return 10.0 ** (value / 20.0)


def room(seconds: float, level_db: float = -65.0, seed: int = 0, rate: int = RATE) -> Sound:
    """White noise of that root mean square."""
    rng = np.random.default_rng(seed)
    return (db(level_db) * rng.standard_normal(round(seconds * rate))).astype(np.float32)


def buzz(seconds: float, level_db: float = -22.0, hertz: float = 220.0, rate: int = RATE) -> Sound:
    """A tone with partials, swelling like syllables, of about that root mean square."""
    t = np.arange(round(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * k * hertz * t) / k for k in range(1, 12))
    shape = 0.75 + 0.25 * np.sin(2 * np.pi * 4.0 * t)
    sound = np.asarray(tone * shape)
    return (sound * db(level_db) / np.sqrt(np.square(sound).mean())).astype(np.float32)


def take(
    seconds: float = 2.0, level_db: float = -22.0, *, before: float = 0.8, after: float = 0.8, noise_db: float = -65.0
) -> Sound:
    """Room, voice, room."""
    sound = room(before + seconds + after, noise_db)
    first = round(before * RATE)
    voice = buzz(seconds, level_db)
    sound[first : first + len(voice)] += voice
    return sound


def pieces(sound: Sound, cuts: Sequence[int]) -> list[Sound]:
    """`sound` split at `cuts` (any order, any number)."""
    return np.split(sound, sorted(min(cut, len(sound)) for cut in cuts))


def made_session(folder: Path, monkeypatch: pytest.MonkeyPatch, script: Script = SCRIPT) -> Session:
    """A session of the made script, in whatever language is asked for."""

    def load(language: str) -> Script:
        return Script(
            parse_script([f'language = "{language}"\ntitle = ""\n[[lines]]\nid = "a"\ntext = "a"']).language,
            "",
            script.lines,
        )

    monkeypatch.setattr(session_module, "load_script", load)
    return open_session(folder, "")
