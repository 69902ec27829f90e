"""Judges a take in one sentence that says what to do. Its numbers lie in `presets/voices/scripts/recording.toml`."""

import math
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from performer.voice.record.meter import SILENCE_LUFS, Measured

__all__ = ["Grade", "Limits", "Verdict", "judge_room", "judge_take", "load_limits", "with_tuning"]

Grade = Literal["good", "fair", "again"]


class _Level(msgspec.Struct, frozen=True):
    quiet: float
    soft: float
    loud: float
    peak: float


class _Room(msgspec.Struct, frozen=True):
    noisy: float
    audible: float
    over: float
    good_over: float
    unsteady: float


class _Timing(msgspec.Struct, frozen=True):
    edge: float
    short: float
    hush: float
    after_key: float
    before: float
    after: float


class _Singing(msgspec.Struct, frozen=True):
    off: float


class Limits(msgspec.Struct, frozen=True):
    """What a good take is; the units stand in the file."""

    level: _Level
    room: _Room
    timing: _Timing
    singing: _Singing


@dataclass(frozen=True, slots=True)
class Verdict:
    """good: kept. fair: kept, with advice. again: to be recorded once more. sentence: for the person who reads."""

    grade: Grade
    sentence: str


def load_limits() -> Limits:
    """The shipped numbers."""
    path = Path(str(files("presets"))) / "voices" / "scripts" / "recording.toml"
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Limits)


def judge_room(take: Measured, limits: Limits) -> Verdict:
    """The silence of the room, recorded before everything else."""
    room = limits.room
    if take.floor_lufs <= SILENCE_LUFS + 1.0:
        return Verdict("again", "nothing at all arrives; is the microphone muted, or another one chosen?")
    if take.spread_db > room.unsteady:
        return Verdict("again", "something sounded in the silence; keep still and record it again")
    level = f"{take.floor_lufs:.0f} LUFS"
    if take.floor_lufs > room.noisy:
        return Verdict("again", f"the room is too loud ({level}); switch off fans, close windows, or go elsewhere")
    if take.floor_lufs > room.audible:
        return Verdict("fair", f"the room can be heard ({level}); a fan or window less would make a clearer voice")
    return Verdict("good", f"the room is quiet ({level})")


def judge_take(take: Measured, expected: float, room_lufs: float, limits: Limits) -> Verdict:
    """A spoken or sung line. expected: its usual length in seconds. room_lufs: SILENCE_LUFS where it is not known.

    What spoils a take most comes first: one thing at a time is said, the one to mend first.
    """
    level, room, timing = limits.level, limits.room, limits.timing
    if take.lufs <= SILENCE_LUFS + 1.0 or take.voiced_seconds < 0.15:
        return Verdict("again", "no voice was heard; is the right microphone chosen and switched on?")
    if take.clips:
        times = "once" if take.clips == 1 else f"{take.clips} times"
        return Verdict("again", f"it clips {times}; turn the microphone down or step back a little")
    if take.lufs < level.quiet:
        return Verdict("again", f"too quiet ({take.lufs:.0f} LUFS); come closer or turn the microphone up")
    if take.begins < timing.edge:
        return Verdict("again", "its beginning is cut off; wait a moment after the key before you begin")
    if take.seconds - take.ends < timing.edge:
        return Verdict("again", "its end is cut off; wait a moment before you press the key")
    if take.holes:
        times = "once" if take.holes == 1 else f"{take.holes} times"
        return Verdict(
            "again", f"the sound stops {times} within it; switch off noise suppression, close other programs"
        )
    if take.ends - take.begins < timing.short * expected:
        return Verdict(
            "again", f"it is much shorter than the line ({take.ends - take.begins:.1f} s); was all of it said?"
        )
    # Where the take itself is never silent, the room's own take tells the noise.
    noise = take.floor_lufs if take.has_pauses else room_lufs
    over = take.lufs - noise
    if over < room.over:
        return Verdict("again", f"only {over:.0f} dB over the room's noise; come closer or make the room quieter")
    if take.lufs > level.loud or take.peak > level.peak:
        return Verdict("fair", f"good, but close to clipping ({take.lufs:.0f} LUFS); step back a little")
    if take.lufs < level.soft:
        return Verdict("fair", f"good, but soft ({take.lufs:.0f} LUFS); come a little closer")
    if over < room.good_over:
        return Verdict("fair", f"good, though only {over:.0f} dB over the room's noise; closer would be better")
    return Verdict("good", f"good ({take.lufs:.0f} LUFS)")


def with_tuning(verdict: Verdict, semitones: float, limits: Limits) -> Verdict:
    """The same, with advice where a held note misses its guide by `semitones` (above is positive, NaN: no pitch)."""
    if verdict.grade == "again" or math.isnan(semitones) or abs(semitones) <= limits.singing.off:
        return verdict
    where = "above" if semitones > 0 else "below"
    return Verdict("fair", f"kept, but {abs(semitones):.1f} semitones {where} the guide tone; listen to it once more")
