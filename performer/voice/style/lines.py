"""More voices from one: second takes that are never quite together, and harmonies within the key.

Each is later than the lead, never earlier, so a live voice may have them; how much later wanders as a sum of slow sines
of the frame's number, so the same frames give the same takes however they are split.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import HOP_SECONDS
from performer.voice.convert.frames import Frames, joined
from performer.voice.style.scale import Scale

__all__ = ["HARMONIES", "Intervals", "Take", "Taking"]

# Degrees of the scale above the lead.
HARMONIES: dict[str, int] = {
    "third": 2, "fifth": 4, "sixth": 5, "octave": 7, "third-below": -2, "fourth-below": -3, "octave-below": -7,
}  # fmt: skip
_WAVES = 4
# Periods of the wandering, seconds.
_SLOWEST, _QUICKEST = 6.0, 0.9


@dataclass(frozen=True, slots=True)
class Take:
    """What sets a second take apart. detune, wander: semitones. late, sway: seconds; late >= sway."""

    detune: float
    wander: float
    late: float
    sway: float
    seed: int


class _Wander:
    """A slow smooth curve of the time, within ±1."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rates = 2 * np.pi / np.exp(rng.uniform(np.log(_QUICKEST), np.log(_SLOWEST), _WAVES))
        self._phases = rng.uniform(0, 2 * np.pi, _WAVES)

    def at(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.sin(seconds[:, None] * self._rates + self._phases).mean(axis=1)


class Taking:
    """The lead's frames in, as many frames of a second take out."""

    def __init__(self, take: Take) -> None:
        rng = np.random.default_rng(take.seed)
        self._take = take
        self._pitch, self._time = _Wander(rng), _Wander(rng)
        self._longest = int(np.ceil((take.late + take.sway) / HOP_SECONDS)) + 2
        self._kept: Frames | None = None
        self._frame = 0

    def feed(self, frames: Frames) -> Frames:
        count = len(frames)
        if count == 0:
            return frames
        if self._kept is None:
            # Before the first frame: the same, but silent.
            first = frames[:1]
            silent = Frames(np.zeros(1, np.float32), np.full_like(first.density, -30.0), np.ones_like(first.noise))
            self._kept = joined([silent] * self._longest)
        whole = joined([self._kept, frames])
        number = self._frame + np.arange(count)
        time = number.astype(np.float64) * HOP_SECONDS
        late = np.maximum(self._take.late + self._take.sway * self._time.at(time), 0.0) / HOP_SECONDS
        # Whole numbers first: the fraction must not hang on how many frames came before the block.
        back = np.ceil(late).astype(np.intp)
        part = (back - late).astype(np.float32)
        low = self._longest + np.arange(count) - back
        read = _between(whole, low, np.minimum(low + 1, self._longest + np.arange(count)), part)
        bent = np.exp2((self._take.detune + self._take.wander * self._pitch.at(time)) / 12)
        self._kept = whole[-self._longest :]
        self._frame += count
        return Frames((read.hertz * bent).astype(np.float32), read.density, read.noise)


def _between(frames: Frames, low: NDArray[np.intp], high: NDArray[np.intp], part: NDArray[np.float32]) -> Frames:
    """`part` of the way from frames `low` to frames `high`; the nearer one's pitch where only one is voiced."""
    first, second = frames.hertz[low], frames.hertz[high]
    both = (first > 0) & (second > 0)
    mixed = np.exp2((1 - part) * np.log2(np.maximum(first, 1.0)) + part * np.log2(np.maximum(second, 1.0)))
    hertz = np.where(both, mixed, np.where(part < 0.5, first, second)).astype(np.float32)
    column = part[:, None]
    return Frames(
        hertz,
        (frames.density[low] * (1 - column) + frames.density[high] * column).astype(np.float32),
        (frames.noise[low] * (1 - column) + frames.noise[high] * column).astype(np.float32),
    )


class Intervals:
    """Notes of the lead in, semitones up to the harmony out: the scale's own, gliding from one to the next."""

    def __init__(self, scale: Scale, degrees: int, glide: float) -> None:
        """glide: seconds to 63 %."""
        self._scale, self._degrees = scale, degrees
        self._octaves = degrees % 7 == 0
        self._keep = float(np.exp(-HOP_SECONDS / max(glide, 1e-3)))
        self._now: float | None = None
        self._known: dict[int, int] = {}

    def feed(self, notes: NDArray[np.int64]) -> NDArray[np.float64]:
        """notes: (n,) MIDI of the scale, -1 = unvoiced -> (n,) semitones."""
        out = np.empty(len(notes))
        for frame, note in enumerate(notes.tolist()):
            if note >= 0:
                goal = self._interval(note)
                self._now = goal if self._now is None else self._keep * self._now + (1 - self._keep) * goal
            else:
                # After a pause the next note begins with its own interval.
                self._now = None
            out[frame] = self._now or 0.0
        return out

    def _interval(self, note: int) -> float:
        if self._octaves:
            return 12.0 * (self._degrees // 7)
        known = self._known.get(note)
        if known is None:
            known = self._known[note] = self._diatonic(note)
        return float(known)

    def _diatonic(self, note: int) -> int:
        """By degrees of the scale; in a scale of other than seven notes by the nearest note to the usual interval."""
        if len(self._scale.steps) == 7:
            return self._scale.interval(note, self._degrees)
        usual = {2: 4, 4: 7, 5: 9, -2: -3, -3: -5}[self._degrees]
        near = self._scale.notes(note + usual - 6, note + usual + 6)
        return int(near[np.abs(near - note - usual).argmin()] - note)
