"""Beats: tempo candidates by autocorrelation, each followed through the song by dynamic programming, the best kept."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import maximum_filter1d

from motion.music.onsets import LATENESS, Onsets

__all__ = ["BeatTrack", "track_beats"]

SLOWEST_BPM = 50.0
FASTEST_BPM = 215.0
PREFERRED_BPM = 118.0
PREFERENCE_OCTAVES = 0.75
"""Width of the listener's preference around PREFERRED_BPM."""
COMB = {0.5: 0.3, 1.0: 1.0, 2.0: 0.8, 3.0: 0.3, 4.0: 1.0, 8.0: 0.5}
"""Weights of the autocorrelation at so many beat lengths: a true beat also divides into halves and builds bars."""
COMB_POWER = 1.0
"""How much a candidate's comb counts beside what its beats gather."""
BACKBEAT_ALTERNATION = 0.8
BACKBEAT_LONE = 1.6
"""Deviations of onset strength, read off 40 drummers: 0.1 to 0.5 and 1.9 to 3.5 where the snare was taken for the beat;
rock with a busy kick alternates by 1.5 and more."""
HOLLOW_ALTERNATION = 1.0
SLOWEST_TO_HALVE_BPM = 100.0
"""Read off made songs at 60 to 75 bpm heard double: 1.2 and more, with nothing between; swing reaches 0.75 so."""
STIFFNESS = 260.0
"""Cost of (ln of the ratio of two neighbouring beat lengths) squared, in units of onset deviations."""
FAINTEST_PULSE = 0.2
"""Comb of the best candidate below which there is no pulse: noise reaches 0.13, rubato strings 0.35, a click 3."""


@dataclass(frozen=True, slots=True)
class BeatTrack:
    """times: (beats,) seconds, increasing. clarity: mean onset strength on them, in deviations; 0 without beats."""

    times: NDArray[np.float64]
    clarity: float

    @property
    def bpm(self) -> float:
        """Tempo of the middle half of the beat lengths; 0 without beats."""
        if len(self.times) < 2:
            return 0.0
        lengths = np.sort(np.diff(self.times))
        quarter = len(lengths) // 4
        return float(60.0 / lengths[quarter : len(lengths) - quarter].mean())


NO_BEATS = BeatTrack(np.zeros(0), 0.0)


def track_beats(onsets: Onsets, duration: float) -> BeatTrack:
    """The beats of a song, or none where no pulse stands out."""
    strength = onsets.whole.astype(np.float64)
    rate = onsets.frame_rate
    if len(strength) < 3.0 * rate or float(np.max(strength)) < 1.0:
        return NO_BEATS
    candidates = _candidates(strength, rate)
    if max(comb for _, comb in candidates) < FAINTEST_PULSE:
        return NO_BEATS
    best, best_score = NO_BEATS, -np.inf
    for period, comb in candidates:
        frames = _follow(strength, period)
        if len(frames) < 4:
            continue
        values = maximum_filter1d(strength, 3)[frames]
        clarity = float(values.mean())
        # A matched filter's signal to noise: missing every other beat and adding empty ones both cost a factor √2.
        score = clarity * np.sqrt(len(frames)) * _preference(60.0 * rate / period) * max(comb, 0.0) ** COMB_POWER
        if score > best_score:
            best, best_score = BeatTrack(_smooth(frames, strength) / rate - LATENESS, clarity), score
    times = _without_hollow_beats(_off_the_backbeat(best.times, onsets), onsets)
    times = times[(times >= 0.0) & (times < duration)]
    return BeatTrack(times, best.clarity)


def _off_the_backbeat(times: NDArray[np.float64], onsets: Onsets) -> NDArray[np.float64]:
    """Half a beat earlier where what was followed is the snare of a double-time beat.

    Its signs: the snare is on every "beat" alike and never between, while the kick is between. A true beat with
    backbeats has more snare on every other one.
    """
    if len(times) < 8:
        return times
    between = 0.5 * (times[1:] + times[:-1])
    rate = onsets.frame_rate
    snare = _at(onsets.middle, times, rate)
    alternation = abs(float(snare[::2].mean() - snare[1::2].mean()))
    lone = float(snare.mean() - _at(onsets.middle, between, rate).mean())
    kick_between = float(_at(onsets.low, between, rate).mean()) > float(_at(onsets.low, times, rate).mean())
    if kick_between and alternation < BACKBEAT_ALTERNATION and lone > BACKBEAT_LONE:
        return np.concatenate([[1.5 * times[0] - 0.5 * times[1]], between])
    return times


def _without_hollow_beats(times: NDArray[np.float64], onsets: Onsets) -> NDArray[np.float64]:
    """Every other beat of a fast pulse that is only the off-beat of a slow song.

    Its signs: neither kick, snare nor chord on every other beat, and nothing between the beats, where a fast song has
    off-beats of its own, straight or swung; or every other beat is empty altogether.
    """
    if len(times) < 8 or 60.0 / float(np.median(np.diff(times))) < SLOWEST_TO_HALVE_BPM:
        return times
    rate = onsets.frame_rate
    body = np.maximum(_at(onsets.low, times, rate), _at(onsets.middle, times, rate))
    full = 0 if body[::2].mean() >= body[1::2].mean() else 1
    if float(body[full::2].mean() - body[1 - full :: 2].mean()) < HOLLOW_ALTERNATION:
        return times
    empty = float(_at(onsets.whole, times, rate)[1 - full :: 2].mean()) < 0.0
    lengths = np.diff(times)
    between = max(float(_at(onsets.whole, times[:-1] + part * lengths, rate).mean()) for part in (1 / 2, 2 / 3))
    return times[full::2] if empty or between < 0.0 else times


def _at(curve: NDArray[np.float32], times: NDArray[np.float64], rate: float) -> NDArray[np.float64]:
    """(times,) the curve's maximum within two frames of each time."""
    wide = maximum_filter1d(curve.astype(np.float64), 5)
    return wide[np.clip(np.round((times + LATENESS) * rate).astype(int), 0, len(wide) - 1)]


def _preference(bpm: float) -> float:
    octaves = np.log2(bpm / PREFERRED_BPM)
    return float(np.exp(-0.5 * (octaves / PREFERENCE_OCTAVES) ** 2))


def _candidates(strength: NDArray[np.float64], rate: float, count: int = 6) -> list[tuple[float, float]]:
    """Beat lengths in frames that fit the song's autocorrelation, likeliest first."""
    size = fft.next_fast_len(2 * len(strength))
    power = np.abs(np.asarray(fft.rfft(strength, size))) ** 2
    correlation = np.asarray(fft.irfft(power, size))[: int(rate * 5.0)]
    correlation = correlation / correlation[0]
    periods = np.exp(np.linspace(np.log(60.0 * rate / FASTEST_BPM), np.log(60.0 * rate / SLOWEST_BPM), 400))
    lags = np.arange(len(correlation))
    comb = np.sum([w * np.interp(periods * k, lags, correlation) for k, w in COMB.items()], axis=0)
    weighted = comb * np.array([_preference(60.0 * rate / period) for period in periods])
    inner = (weighted[1:-1] >= weighted[:-2]) & (weighted[1:-1] > weighted[2:])
    peaks = np.flatnonzero(inner) + 1
    if len(peaks) == 0:
        peaks = np.array([int(np.argmax(weighted))])
    order = peaks[np.argsort(-weighted[peaks], kind="stable")][:count]
    return [(float(periods[i]), float(comb[i])) for i in order]


def _follow(strength: NDArray[np.float64], period: float) -> NDArray[np.intp]:
    """Frames of the beats near `period`: best sum of strength minus what changing the beat length costs."""
    lengths = np.arange(max(2, int(period * 0.78)), int(period * 1.28) + 2)
    logs = np.log(lengths)
    cost = STIFFNESS * (logs[:, None] - logs[None, :]) ** 2
    longest = int(lengths[-1])
    total = len(strength)
    # arrived[t, k]: best score of a chain whose last beat is at t and whose next beat is lengths[k] later.
    arrived = np.zeros((total + longest, len(lengths)), np.float32)
    came_by = np.zeros((total, len(lengths)), np.int16)
    last = np.zeros((min(longest, total), len(lengths)), np.float32)
    columns = np.arange(len(lengths))
    arrived[:longest] = -0.02 * np.abs(logs - np.log(period)) * STIFFNESS
    value = strength.astype(np.float32)
    # No beat follows another within the shortest length, so that many frames can be settled at once.
    for first in range(0, total, int(lengths[0])):
        t = np.arange(first, min(total, first + int(lengths[0])))
        here = arrived[t[:, None] - lengths + longest, columns] + value[t, None]
        kept = t >= total - len(last)
        last[t[kept] - (total - len(last))] = here[kept]
        options = here[:, None, :] - cost
        pick = options.argmax(axis=2)
        came_by[t] = pick
        arrived[t + longest] = np.take_along_axis(options, pick[:, :, None], axis=2)[:, :, 0]
    end = int(np.argmax(last.max(axis=1)))
    k = int(np.argmax(last[end]))
    end += total - len(last)
    beats: list[int] = []
    t = end
    while t >= 0:
        beats.append(t)
        t -= int(lengths[k])
        if t >= 0:
            k = int(came_by[t, k])
    return np.array(beats[::-1], dtype=np.intp)


def _smooth(frames: NDArray[np.intp], strength: NDArray[np.float64]) -> NDArray[np.float64]:
    """Beat positions between frames: each lies on the line through its neighbours, weighted by how clear they are."""
    picked = np.array([_peak_near(strength, int(frame)) for frame in frames])
    weight = 0.05 + np.clip(strength[frames], 0.0, 3.0)
    number = np.arange(len(picked), dtype=np.float64)
    reach = 6
    out = np.empty_like(picked)
    for i in range(len(picked)):
        span = slice(max(0, i - reach), min(len(picked), i + reach + 1))
        near = weight[span] * np.exp(-0.5 * ((number[span] - i) / (reach / 2.0)) ** 2)
        slope, offset = np.polyfit(number[span] - i, picked[span], 1, w=np.sqrt(near))
        out[i] = offset if slope > 0 else picked[i]
    return np.maximum.accumulate(out + np.arange(len(out)) * 1e-6)


def _peak_near(strength: NDArray[np.float64], frame: int) -> float:
    """Sub-frame place of the maximum within one frame of `frame`."""
    low, high = max(1, frame - 1), min(len(strength) - 2, frame + 1)
    if high < low:
        return float(frame)
    peak = low + int(np.argmax(strength[low : high + 1]))
    a, b, c = strength[peak - 1 : peak + 2]
    bend = a - 2.0 * b + c
    return peak + (float(np.clip(0.5 * (a - c) / bend, -0.5, 0.5)) if bend < 0 else 0.0)
