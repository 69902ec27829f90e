"""The pitch that is really sung: scoops, slides, overshoot, vibrato that grows, and the small unrest of a throat."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from presets.songs.singer.phrasing import Note, Placed
from presets.songs.singer.voices import Voice

__all__ = ["Intonation", "intone"]

TONES: dict[int, tuple[tuple[float, float], ...]] = {
    1: ((-0.07, 0.0), (-0.03, 25.0), (0.08, 0.0)),
    2: ((-0.07, 0.0), (-0.03, -105.0), (0.03, -80.0), (0.14, 0.0)),
    3: ((-0.07, 0.0), (-0.03, -35.0), (0.05, -115.0), (0.17, 0.0)),
    4: ((-0.07, 0.0), (-0.02, 75.0), (0.03, 55.0), (0.12, 0.0)),
}
"""Ways into a note by Mandarin tone: (seconds from the vowel, cents). The melody keeps the note itself; a word is told
from its like by how its note is reached, as singers of Mandarin do."""


@dataclass(frozen=True, slots=True)
class Intonation:
    """hertz: (frames,). vibrato: (frames,) -1..1, its turn, scaled by its size, for what moves with it."""

    hertz: NDArray[np.float64]
    vibrato: NDArray[np.float64]


def intone(song: Sequence[Placed], times: NDArray[np.float64], voice: Voice, rng: np.random.Generator) -> Intonation:
    """Pitch at each of the times (seconds, evenly spaced)."""
    hop = float(times[1] - times[0])
    cents = np.full(len(times), 100.0 * song[0].notes[0].midi)
    extent = np.zeros(len(times))
    bends = np.zeros(len(times))
    before: Note | None = None
    for placed in song:
        for n, note in enumerate(placed.notes):
            own = 100.0 * note.midi
            if before is None or (n == 0 and placed.opens):
                first = placed.begin - 0.05
                cents[times >= first] = own
                since = times - placed.onset
                bends -= np.where(times >= first, voice.scoop * np.exp(-np.clip(since + 0.03, 0, None) / 0.035), 0.0)
            else:
                step = own - 100.0 * before.midi
                _slide(cents, bends, times, note, step, n > 0 or note.slur, voice)
            end = placed.end if n + 1 == len(placed.notes) else note.start_s + note.length_s
            extent = np.maximum(extent, _vibrato(times, note.start_s, end, voice, rng))
            if n == 0 and (way := TONES.get(note.tone)):
                # A short note is left a smaller bend in a shorter time.
                room = min(1.0, note.length_s / 0.4)
                at, bend = np.array(way).T
                bends += voice.tones * (0.4 + 0.6 * room) * np.interp(times, placed.onset + at * room, bend)
            before = note
        if placed.closes:
            # The voice sinks a little as it lets go.
            bends -= np.where(times >= placed.onset, 35.0 * np.clip((times - placed.end + 0.07) / 0.1, 0.0, 1.0), 0.0)
            bends[times > placed.end + 0.1] = 0.0
    cents = gaussian_filter1d(cents + bends, 0.007 / hop)
    rate = voice.rate + 0.35 * _wander(len(times), 0.5 / hop, rng)
    turn = np.sin(2.0 * np.pi * np.cumsum(rate) * hop)
    sway = gaussian_filter1d(extent, 0.02 / hop)
    unrest = voice.drift * _wander(len(times), 0.22 / hop, rng) + 0.55 * voice.drift * _wander(
        len(times), 0.022 / hop, rng
    )
    jitter = 3.0 * rng.normal(0.0, 1.0, len(times))
    total = cents + sway * turn + unrest + jitter
    hertz = 440.0 * 2.0 ** ((total / 100.0 + 12.0 * voice.octave - 69.0) / 12.0)
    return Intonation(hertz, turn * sway / max(voice.vibrato, 1.0))


def _slide(
    cents: NDArray[np.float64],
    bends: NDArray[np.float64],
    times: NDArray[np.float64],
    note: Note,
    step: float,
    slurred: bool,
    voice: Voice,
) -> None:
    """From the note before to this one; ends just after the vowel has begun, for a slur somewhat later."""
    length = (voice.slide + 0.004 * abs(step) / 100.0) * (1.3 if slurred else 1.0)
    length = min(length, 0.6 * note.length_s)
    first = note.start_s - (0.5 if slurred else 0.8) * length
    x = np.clip((times - first) / length, 0.0, 1.0)
    risen = x * x * (3.0 - 2.0 * x)
    after = times >= first
    cents[after] = 100.0 * note.midi - step * (1.0 - risen[after])
    room = min(1.0, note.length_s / 0.35)
    over = float(np.clip(0.09 * step, -32.0, 32.0)) * room
    bends += over * np.exp(-0.5 * ((times - first - length - 0.022) / 0.022) ** 2)
    bends -= 0.4 * over * np.exp(-0.5 * ((times - first + 0.01) / 0.022) ** 2)


def _vibrato(
    times: NDArray[np.float64], start: float, end: float, voice: Voice, rng: np.random.Generator
) -> NDArray[np.float64]:
    """(frames,) extent in cents: nothing on short notes, then growing, smaller again as the note ends."""
    length = end - start
    # A note of pop song is seldom long: its vibrato begins at two fifths, at the latest at the voice's own time.
    begins = min(voice.onset, 0.34 * length)
    if length < 0.38:
        return np.zeros(len(times))
    grown = np.clip((times - start - begins) / min(0.4, 0.35 * length), 0.0, 1.0)
    fading = np.clip((end - times) / 0.09, 0.0, 1.0)
    size = voice.vibrato * float(rng.uniform(0.85, 1.15)) * min(1.0, length / 0.7)
    return np.asarray(size * grown * fading)


def _wander(count: int, smooth: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """(count,) smooth noise of deviation 1."""
    noise = gaussian_filter1d(rng.normal(0.0, 1.0, count), smooth)
    return noise / max(float(noise.std()), 1e-9)
