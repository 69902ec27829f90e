"""Measures a take while it comes in: loudness, peak, clipping, interruptions, and where in it somebody speaks.

Levels are K-weighted (ITU-R BS.1770-4), so that rumble does not count as voice: LUFS, every 10 ms. What is measured of
a take is the same however it was split into blocks. It judges nothing: see `verdict`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

__all__ = ["HOP_SECONDS", "SILENCE_LUFS", "Level", "Measured", "TakeMeter"]

HOP_SECONDS = 0.010
# What digital silence is called.
SILENCE_LUFS = -120.0
_OFFSET_DB = -0.691
# Samples in a row at full scale that are a cut-off wave and no chance; and equal ones in a row below it, which an
# interface gives that clips before its converter.
_FULL, _FULL_RUN = 0.99, 3
_FLAT, _FLAT_RUN = 0.3, 5
# Equal samples for so long are no sound: even a quiet microphone hisses.
_HOLE_SECONDS = 0.005
# A voice stands out of the room by this much, and no part of it lies further under its loud parts (dB).
_OVER_ROOM_DB, _UNDER_VOICE_DB = 9.0, 32.0
# A held note has no quiet moments: what lies less than this under its loudest is voice in any case (dB).
_FILLED_DB = 12.0
# Shorter than this (80 ms, alone) is a click of lips, keys or chairs.
_LEAST_FRAMES = 8
# Below this nothing is taken for a voice.
_LOWEST_LUFS = -60.0
# Loudness of a voice: mean of what lies at most this far under the loudest tenth.
_GATE_DB = 20.0


@dataclass(frozen=True, slots=True)
class Level:
    """What a meter shows. lufs: of the last 50 ms. peak: 0..1 of the newest block. clipped: in it."""

    lufs: float
    peak: float
    clipped: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """What a take is like.

    seconds: its length. lufs: loudness of the voice in it, SILENCE_LUFS where there is none. floor_lufs: its quietest
    tenth. peak: 0..1. clips, holes: how often the wave is cut off, how often the sound stops within the voice.
    begins, ends: seconds from the start to the first and past the last sound of the voice (0, 0: no voice).
    voiced_seconds: how long somebody speaks or sings. spread_db: between its quiet and its loud tenth.
    """

    seconds: float
    lufs: float
    floor_lufs: float
    peak: float
    clips: int
    holes: int
    begins: float
    ends: float
    voiced_seconds: float
    spread_db: float

    @property
    def has_pauses(self) -> bool:
        """So much of it is no voice that its quietest tenth is the room."""
        return self.voiced_seconds < 0.85 * self.seconds


class TakeMeter:
    """Blocks of mono sound in; `Level` of each, `Measured` of all. room_lufs: the room's level, by its own take."""

    def __init__(self, rate: int, room_lufs: float = SILENCE_LUFS) -> None:
        self._rate = rate
        self._room = room_lufs
        self._hop = max(1, round(rate * HOP_SECONDS))
        self._stages = _k_weighting(rate)
        self.reset()

    def reset(self) -> None:
        """Forget everything: another take."""
        self._states = [np.zeros(2) for _ in self._stages]
        self._rest = np.zeros(0)
        self._powers: list[NDArray[np.float64]] = []
        self._count = 0
        self._peak = 0.0
        self._full = _Runs(_FULL_RUN)
        self._flat = _Runs(_FLAT_RUN)
        self._still = _Runs(max(2, round(_HOLE_SECONDS * self._rate)))
        self._before = np.zeros(0, np.float32)

    def feed(self, block: NDArray[np.float32]) -> Level:
        """block: (n,) any length, finite, full scale 1."""
        if not len(block):
            return Level(self._now(), 0.0, False)
        clips = len(self._full.ends) + len(self._flat.ends)
        size = np.abs(block)
        same = np.diff(block, prepend=self._before if len(self._before) else block[:1] + np.float32(1.0)) == 0.0
        self._full.feed(size >= _FULL)
        # A run of equal differences is one sample shorter than the run of equal samples.
        self._flat.feed(same & (size >= _FLAT) & (size < _FULL))
        self._still.feed(same)
        self._before = block[-1:].copy()
        peak = float(size.max())
        self._peak = max(self._peak, peak)
        self._count += len(block)
        weighted: NDArray[np.float64] = block.astype(np.float64)
        for number, (b, a) in enumerate(self._stages):
            weighted, self._states[number] = lfilter(b, a, weighted, zi=self._states[number])
        sound = np.concatenate([self._rest, weighted])
        frames = len(sound) // self._hop
        if frames:
            self._powers.append(np.square(sound[: frames * self._hop].reshape(frames, self._hop)).mean(axis=1))
        self._rest = sound[frames * self._hop :]
        return Level(self._now(), peak, len(self._full.ends) + len(self._flat.ends) > clips)

    @property
    def levels(self) -> NDArray[np.float64]:
        """(frames,) LUFS of each 10 ms so far."""
        return _lufs(np.concatenate(self._powers)) if self._powers else np.zeros(0)

    def quiet_for(self) -> float:
        """Seconds since somebody spoke last; 0 before anybody has."""
        levels = self.levels
        voice = np.flatnonzero(self._is_voice(levels))
        return (len(levels) - 1 - int(voice[-1])) * HOP_SECONDS if len(voice) else 0.0

    def measure(self) -> Measured:
        """What has been taken since the start or the last `reset`."""
        levels = self.levels
        voice = np.flatnonzero(self._is_voice(levels))
        floor, high = np.percentile(_smooth(levels), (10, 90)).tolist() if len(levels) else (SILENCE_LUFS, SILENCE_LUFS)
        begins = ends = 0.0
        holes, loud, voiced = 0, SILENCE_LUFS, 0.0
        if len(voice):
            begins, ends = int(voice[0]) * HOP_SECONDS, (int(voice[-1]) + 1) * HOP_SECONDS
            within = [at for at in self._still.ends if begins * self._rate < at < ends * self._rate]
            holes, loud, voiced = len(within), _loudness(levels[voice]), len(voice) * HOP_SECONDS
        return Measured(
            seconds=self._count / self._rate,
            lufs=loud,
            floor_lufs=floor,
            peak=self._peak,
            clips=len(self._full.ends) + len(self._flat.ends),
            holes=holes,
            begins=begins,
            ends=ends,
            voiced_seconds=voiced,
            spread_db=high - floor,
        )

    def _now(self) -> float:
        # Each entry holds a frame at least, so five entries hold the newest five.
        if not self._powers:
            return SILENCE_LUFS
        return float(_lufs(np.concatenate(self._powers[-5:])[-5:].mean(keepdims=True))[0])

    def _is_voice(self, levels: NDArray[np.float64]) -> NDArray[np.bool_]:
        """(frames,) where the voice sounds: over the room, not too far under the loudest, and no mere click."""
        if not len(levels):
            return np.zeros(0, np.bool_)
        smooth = _smooth(levels)
        low, loud = np.percentile(smooth, (5, 95)).tolist()
        # The quietest moments tell the noise where the room's own take is missing, unless the voice fills the take.
        noise = max(self._room, min(low, loud - _OVER_ROOM_DB - _FILLED_DB))
        voice = smooth > max(noise + _OVER_ROOM_DB, loud - _UNDER_VOICE_DB, _LOWEST_LUFS)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], voice, [False]]).astype(np.int8)))
        for first, last in edges.reshape(-1, 2).tolist():
            if last - first < _LEAST_FRAMES:
                voice[first:last] = False
        return voice


class _Runs:
    """Counts runs of True of at least `least` samples over any blocks; `ends`: where each was long enough."""

    def __init__(self, least: int) -> None:
        self._least = least
        self._open = 0
        self._seen = 0
        self.ends: list[int] = []

    def feed(self, flags: NDArray[np.bool_]) -> None:
        # Runs by the places where flags change; the first may continue one of the block before.
        edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
        for first, last in edges.reshape(-1, 2).tolist():
            before = self._open if first == 0 else 0
            length = before + last - first
            # Told once, when it becomes long enough.
            if before < self._least <= length:
                self.ends.append(self._seen + first + self._least - before)
        if len(flags):
            whole = bool(flags.all())
            tail = 0 if not flags[-1] else len(flags) - int(edges[-2])
            self._open = self._open + len(flags) if whole else tail
        self._seen += len(flags)


def _smooth(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of five frames: a click of 20 ms is no voice."""
    padded = np.pad(levels, 2, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)


def _loudness(levels: NDArray[np.float64]) -> float:
    """Mean power of the parts that are not far under the loudest tenth, in LUFS."""
    powers = 10.0 ** (levels / 10.0)
    gate = float(np.percentile(levels, 90)) - _GATE_DB
    return float(10.0 * np.log10(powers[levels >= gate].mean()))


def _lufs(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum(SILENCE_LUFS, _OFFSET_DB + 10.0 * np.log10(powers + 1e-20))


def _k_weighting(rate: int) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """The shelf and the high-pass of BS.1770-4 for any rate: their analogue forms by the bilinear transform."""
    k = np.tan(np.pi * 1681.974450955533 / rate)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = (
        np.array([high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k]) / a0,
        np.array([1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]),
    )
    k = np.tan(np.pi * 38.13547087602444 / rate)
    q = 0.5003270373238773
    a0 = 1 + k / q + k * k
    high_pass = np.array([1.0, -2.0, 1.0]), np.array([1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0])
    return [shelf, high_pass]
