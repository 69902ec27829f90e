"""Where tongue, lips and velum are at each moment: placed syllables become tracks of formants and levels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from presets.songs.singer.phones import vowel
from presets.songs.singer.phrasing import Part, Placed

__all__ = ["Tracks", "articulate"]

Formants = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Tracks:
    """Per frame. formants: (frames, 4) hertz at the table's size. voice: level of the voice, 1 in a vowel.

    breath: level of the voiceless air through the tract. nasal: 0..1 opening of the velum. zero: its notch, hertz.
    """

    formants: NDArray[np.float64]
    voice: NDArray[np.float64]
    breath: NDArray[np.float64]
    nasal: NDArray[np.float64]
    zero: NDArray[np.float64]


class _Keys:
    """Points of a track in order of time; one that comes too early is moved to the last."""

    def __init__(self) -> None:
        self.at: list[float] = []
        self.value: list[tuple[float, ...]] = []

    def add(self, at: float, *value: float) -> None:
        self.at.append(max(at, self.at[-1] if self.at else at))
        self.value.append(value)

    def track(self, times: NDArray[np.float64], smooth: float) -> NDArray[np.float64]:
        """(frames, values) between the points along straight lines, then rounded over `smooth` seconds."""
        table = np.asarray(self.value)
        lines = np.stack([np.interp(times, self.at, column) for column in table.T], axis=1)
        return gaussian_filter1d(lines, smooth / float(times[1] - times[0]), axis=0)


def articulate(song: Sequence[Placed], times: NDArray[np.float64]) -> Tracks:
    """Tracks at each of the times (seconds, evenly spaced)."""
    shape, voice, breath, nasal, zero = _Keys(), _Keys(), _Keys(), _Keys(), _Keys()
    for keys in (voice, breath, nasal):
        keys.add(0.0, 0.0)
    zero.add(0.0, 1500.0)
    for placed in song:
        _enter(placed, shape, voice, breath, nasal, zero)
        _hold(placed, shape, voice, breath, nasal, zero)
    return Tracks(
        shape.track(times, 0.007),
        voice.track(times, 0.0035)[:, 0],
        breath.track(times, 0.003)[:, 0],
        nasal.track(times, 0.006)[:, 0],
        zero.track(times, 0.008)[:, 0],
    )


def _first_vowel(placed: Placed) -> Formants:
    final = placed.syllable.final
    return vowel(final.glide or final.core).f


def _locus(part: Part, target: Formants) -> Formants:
    kind = part.kind
    one, two, three = kind.locus
    if kind.velar:
        # The back of the tongue closes where the vowel is already: F2 and F3 come together.
        two, three = 0.9 * target[1] + 200.0, 0.75 * target[2] + 350.0
        return (one, two, max(three, two + 300.0), target[3])
    return (one, two + kind.pull * (target[1] - two), three + 0.7 * kind.pull * (target[2] - three), target[3])


def _enter(placed: Placed, shape: _Keys, voice: _Keys, breath: _Keys, nasal: _Keys, zero: _Keys) -> None:
    """The consonants before, up to the onset of the vowel."""
    target = _first_vowel(placed)
    onset = placed.onset
    if not placed.before:
        if placed.opens:
            shape.add(onset - 0.05, *target)
            voice.add(onset - 0.030, 0.0)
            voice.add(onset + 0.030, 1.0)
            breath.add(onset - 0.05, 0.0)
            breath.add(onset - 0.02, 0.10)
            breath.add(onset + 0.03, 0.0)
        else:
            voice.add(onset - 0.03, 1.0)
            voice.add(onset - 0.008, 0.45)
            voice.add(onset + 0.02, 1.0)
            shape.add(onset + 0.025, *target)
        return
    for part in placed.before:
        kind = part.kind
        locus = _locus(part, target)
        released = part.start + part.scale * (kind.shut + kind.burst + kind.hiss)
        shape.add(part.start + min(0.012, 0.3 * (part.end - part.start)), *locus)
        if kind.voiced:
            first = part is placed.before[0] and placed.opens
            if first:
                voice.add(part.start, 0.0)
            voice.add(part.start + (0.035 if first else 0.012), kind.voice)
            voice.add(part.end - 0.012, kind.voice)
            shape.add(part.end - 0.012, *locus)
            if kind.nasal:
                nasal.add(part.start - 0.03, 0.0)
                nasal.add(part.start + 0.008, kind.nasal)
                nasal.add(part.end - 0.004, kind.nasal)
                nasal.add(part.end + 0.02, 0.15 * kind.nasal)
                nasal.add(part.end + 0.07, 0.0)
                zero.add(part.start, kind.zero)
                zero.add(part.end + 0.02, kind.zero)
        else:
            # The folds ring on a moment behind closing lips; into a hiss the voice fades while the air sets in.
            length = part.end - part.start
            voice.add(part.start + (min(0.022, 0.25 * length) if kind.shut else min(0.03, 0.3 * length)), 0.0)
            shape.add(released, *locus)
            if kind.breath_level > 0.0:
                breath.add(released - 0.004, 0.0)
                breath.add(released + 0.006, 0.35 * kind.breath_level)
                breath.add(part.end - 0.008, 0.25 * kind.breath_level)
                breath.add(part.end + 0.020, 0.0)
    last = placed.before[-1]
    if not last.kind.voiced:
        voice.add(last.end - 0.010, 0.0)
        voice.add(last.end + 0.014, 1.0)
        start = last.start + last.scale * (last.kind.shut + last.kind.burst + last.kind.hiss)
    else:
        voice.add(last.end + 0.012, 1.0)
        start = last.end - 0.012
    # Two thirds of the way in the first third of the time: a tongue starts fast and settles.
    locus = _locus(last, target)
    quick = start + 0.35 * last.kind.transition
    if quick < placed.onset + 0.05:
        shape.add(quick, *(a + 0.65 * (b - a) for a, b in zip(locus, target, strict=True)))
    shape.add(start + last.kind.transition, *target)


def _hold(placed: Placed, shape: _Keys, voice: _Keys, breath: _Keys, nasal: _Keys, zero: _Keys) -> None:
    """The vowel with its glides, the nasal at its end, and what comes after."""
    final = placed.syllable.final
    core = vowel(final.core).f
    end = placed.after[0].start if placed.after else placed.end
    if final.glide:
        shape.add(placed.onset + 0.3 * (placed.glide_end - placed.onset), *vowel(final.glide).f)
        shape.add(placed.glide_end, *core)
    if final.core in ("N", "M", "NG"):
        nasal.add(placed.onset - 0.02, 0.0)
        nasal.add(placed.onset, 1.0)
        nasal.add(end, 1.0)
        nasal.add(end + 0.03, 0.0)
        zero.add(placed.onset, {"M": 1050.0, "N": 1650.0, "NG": 3000.0}[final.core])
    shape.add(placed.close_start - (0.02 if final.coda and not final.close else 0.0), *core)
    closed = core
    if final.close:
        closed = vowel(final.close).f
        shape.add(placed.close_start + 0.75 * (placed.coda_start - placed.close_start), *closed)
    if final.coda:
        behind = vowel({"n": "N", "ng": "NG"}[final.coda]).f
        front = (behind[0], behind[1] + 0.25 * (closed[1] - behind[1]), behind[2], behind[3])
        shape.add(placed.coda_start - 0.02, *(a + 0.3 * (b - a) for a, b in zip(closed, front, strict=True)))
        shape.add(placed.coda_start + 0.03, *front)
        shape.add(end - 0.02, *front)
        nasal.add(placed.coda_start - 0.10, 0.0)
        nasal.add(placed.coda_start - 0.012, 0.35)
        nasal.add(placed.coda_start + 0.02, 1.0)
        nasal.add(end - 0.008, 1.0)
        nasal.add(end + 0.03, 0.0)
        zero.add(placed.coda_start - 0.1, 1650.0 if final.coda == "n" else 3000.0)
        zero.add(end, 1650.0 if final.coda == "n" else 3000.0)
        voice.add(placed.coda_start - 0.02, 1.0)
        voice.add(placed.coda_start + 0.025, 0.7)
    else:
        shape.add(end - 0.03, *closed)
    # A hum behind the closed mouth dies away; held level it sounds like an organ.
    level = 0.42 if final.coda else 1.0
    _after(placed, shape, voice, breath, nasal, zero, closed, level)


def _after(
    placed: Placed,
    shape: _Keys,
    voice: _Keys,
    breath: _Keys,
    nasal: _Keys,
    zero: _Keys,
    closed: Formants,
    level: float,
) -> None:
    """English consonants at the end, and how the voice stops."""
    for part in placed.after:
        kind = part.kind
        locus = _locus(part, closed)
        shape.add(part.start + 0.015, *locus)
        shape.add(part.end, *locus)
        voice.add(part.start - 0.012, level)
        if kind.nasal:
            nasal.add(part.start - 0.06, 0.0)
            nasal.add(part.start + 0.01, kind.nasal)
            nasal.add(part.end, kind.nasal)
            nasal.add(part.end + 0.03, 0.0)
            zero.add(part.start, kind.zero)
        level = kind.voice
        voice.add(part.start + 0.012, level)
        voice.add(part.end - 0.02, level)
    if placed.closes:
        length = placed.end - placed.onset
        let_go = min(0.11, 0.35 * length)
        if placed.after:
            voice.add(placed.end, 0.0)
            return
        # The last of a phrase fades in a curve and leaves a little air.
        for part, share in ((0.0, 1.0), (0.4, 0.72), (0.7, 0.35), (1.0, 0.0)):
            voice.add(placed.end - let_go * (1.0 - part), level * share)
        breath.add(placed.end - let_go, 0.0)
        breath.add(placed.end - 0.02, 0.05)
        breath.add(placed.end + 0.07, 0.0)
    else:
        voice.add(placed.end - 0.012, level)
        if level > 0.0:
            # What the next consonant wants comes from its own keys; without one the voice runs on.
            voice.add(placed.end + 0.004, level)
