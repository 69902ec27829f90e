"""The singer of First Light alone: harmonics shaped by formants, noise for consonants. Syllables are kana in Latin.

Kept as it was, so that `make_firstlight` makes the shipped files again; new songs use `presets.songs.singer`.

Pure arrays and a seeded generator; knows nothing of files or of any one song.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import butter, sosfilt

__all__ = ["Note", "sing"]

FRAME = 240
"""Samples between control points: 5 ms at 48 kHz."""

VOWELS = {
    "a": (880.0, 1450.0, 2900.0, 4100.0),
    "i": (350.0, 2650.0, 3350.0, 4300.0),
    "u": (400.0, 1350.0, 2750.0, 4000.0),
    "e": (540.0, 2200.0, 2950.0, 4150.0),
    "o": (520.0, 960.0, 2800.0, 3950.0),
    "n": (300.0, 1250.0, 2500.0, 3800.0),
}
BANDWIDTHS = (90.0, 110.0, 170.0, 260.0)
TILT_HZ = 900.0
HIGHEST_HZ = 11_000.0


@dataclass(frozen=True, slots=True)
class Consonant:
    """seconds: before the vowel. voice: level of the voiced part meanwhile. noise: level and band of the hiss, which
    lasts `hiss` seconds up to the vowel. locus: formants from which the vowel is entered."""

    seconds: float
    voice: float
    noise: float = 0.0
    band: tuple[float, float] = (2000.0, 6000.0)
    hiss: float = 0.03
    locus: tuple[float, float, float, float] | None = None


CONSONANTS = {
    "": Consonant(0.02, 0.8),
    "k": Consonant(0.075, 0.0, 0.30, (1500.0, 4500.0), 0.035, (350.0, 2000.0, 2700.0, 4000.0)),
    "g": Consonant(0.06, 0.25, 0.15, (1500.0, 4000.0), 0.02, (300.0, 2000.0, 2600.0, 4000.0)),
    "s": Consonant(0.11, 0.0, 0.34, (5200.0, 10_500.0), 0.10, (350.0, 1800.0, 2800.0, 4000.0)),
    "j": Consonant(0.08, 0.25, 0.26, (3000.0, 7500.0), 0.05, (300.0, 2200.0, 3000.0, 4000.0)),
    "t": Consonant(0.07, 0.0, 0.32, (3500.0, 8000.0), 0.022, (350.0, 1800.0, 2800.0, 4000.0)),
    "d": Consonant(0.055, 0.3, 0.16, (3000.0, 7000.0), 0.015, (300.0, 1800.0, 2800.0, 4000.0)),
    "n": Consonant(0.06, 0.55, 0.0, locus=(280.0, 1500.0, 2500.0, 3800.0)),
    "m": Consonant(0.07, 0.55, 0.0, locus=(280.0, 1000.0, 2300.0, 3800.0)),
    "b": Consonant(0.06, 0.3, 0.08, (500.0, 2500.0), 0.012, (300.0, 900.0, 2300.0, 3800.0)),
    "h": Consonant(0.075, 0.1, 0.16, (1200.0, 6000.0), 0.075),
    "y": Consonant(0.06, 0.75, 0.0, locus=(300.0, 2600.0, 3200.0, 4200.0)),
    "r": Consonant(0.035, 0.4, 0.02, (2000.0, 5000.0), 0.01, (400.0, 1600.0, 2300.0, 3800.0)),
}


@dataclass(frozen=True, slots=True)
class Note:
    """syllable: consonant and vowel, e.g. "ka"; "n" alone is the nasal. start, seconds: the vowel's. pitch: MIDI."""

    syllable: str
    start: float
    seconds: float
    pitch: float


def sing(notes: Sequence[Note], seconds: float, rate: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(samples,) the voice alone, peak about 1."""
    frames = int(np.ceil(seconds * rate / FRAME)) + 2
    hop = FRAME / rate
    pitch = np.full(frames, notes[0].pitch, float)
    level = np.zeros(frames)
    formants = np.tile(np.array(VOWELS["a"]), (frames, 1))
    vibrato: NDArray[np.float64] = np.zeros(frames)
    hiss = np.zeros(frames * FRAME)
    for i, note in enumerate(notes):
        consonant, vowel = CONSONANTS[_consonant(note)], VOWELS[note.syllable[-1]]
        follows = i > 0 and note.start - consonant.seconds - (notes[i - 1].start + notes[i - 1].seconds) < 0.05
        enter, at = int((note.start - consonant.seconds) / hop), int(note.start / hop)
        end = int((note.start + note.seconds) / hop)
        close = note.start + note.seconds
        if i + 1 < len(notes):
            after = notes[i + 1]
            close = (
                min(close, after.start - CONSONANTS[_consonant(after)].seconds) if after.start - close < 0.2 else close
            )
        stop = max(at + 4, int(close / hop))
        # A phrase is entered from a little below; inside a phrase the pitch slides from note to note.
        pitch[enter:] = note.pitch
        if not follows:
            pitch[enter : at + 8] = note.pitch - 0.7
        level[enter:at] = consonant.voice * (0.8 if follows or consonant.voice < 0.5 else 0.5)
        held = np.arange(stop - at) * hop
        level[at:stop] = 1.0 - 0.18 * np.clip(held / max(note.seconds, 0.1), 0.0, 1.0)
        level[stop:] = 0.0
        formants[enter:at] = consonant.locus or vowel
        formants[at:] = vowel
        late = np.clip((np.arange(end - at) * hop - 0.28) / 0.35, 0.0, 1.0)
        vibrato[at:end] = late * (0.33 if note.seconds > 0.6 else 0.0)
        _add_hiss(hiss, note.start, consonant, rate, rng)
    pitch = gaussian_filter1d(pitch, 0.022 / hop)
    level = gaussian_filter1d(level, 0.009 / hop)
    formants = gaussian_filter1d(formants, 0.016 / hop, axis=0)
    drift = gaussian_filter1d(rng.normal(0.0, 1.0, frames), 0.12 / hop)
    jitter = gaussian_filter1d(rng.normal(0.0, 1.0, frames), 0.012 / hop)
    pitch = pitch + 0.06 * drift / drift.std() + 0.025 * jitter / jitter.std()
    pitch = pitch + gaussian_filter1d(vibrato, 0.03 / hop) * np.sin(2.0 * np.pi * 5.6 * np.arange(frames) * hop)
    voice = _harmonics(440.0 * 2.0 ** ((pitch - 69.0) / 12.0), level, formants, rate)
    breath = sosfilt(butter(2, [2500.0, 9000.0], "band", fs=rate, output="sos"), rng.normal(0.0, 1.0, len(voice)))
    spread = np.repeat(level, FRAME)[: len(voice)]
    voice += 0.012 * np.asarray(breath) * gaussian_filter1d(spread, 200.0) * np.abs(voice).max()
    # Open vowels are far louder than closed ones; half of that difference (in dB) is kept, as a singer would.
    loud = np.sqrt(gaussian_filter1d(voice**2, 0.03 * rate)) + 0.02 * np.abs(voice).max()
    voice /= np.sqrt(loud)
    voice /= np.abs(voice).max()
    total = voice + 0.55 * hiss[: len(voice)]
    return total[: int(seconds * rate)] / np.abs(total).max()


def _consonant(note: Note) -> str:
    return note.syllable[:-1]


def _add_hiss(out: NDArray[np.float64], start: float, kind: Consonant, rate: int, rng: np.random.Generator) -> None:
    if kind.noise <= 0.0:
        return
    count = int(kind.hiss * rate)
    noise = rng.normal(0.0, 1.0, count + 400)
    shaped = sosfilt(butter(3, kind.band, "band", fs=rate, output="sos"), noise)[400:]
    shaped /= np.abs(shaped).max()
    edge = np.linspace(0.0, 1.0, count)
    shape = np.minimum(1.0, np.minimum(edge / 0.25, (1.0 - edge) / 0.3))
    first = int(start * rate) - count
    out[first : first + count] += kind.noise * shaped * shape


def _harmonics(
    hertz: NDArray[np.float64], level: NDArray[np.float64], formants: NDArray[np.float64], rate: int
) -> NDArray[np.float64]:
    """Sum of harmonics whose levels follow the formant curve at each moment."""
    points = np.arange(len(hertz)) * FRAME
    samples = np.arange((len(hertz) - 1) * FRAME)
    smooth = np.interp(samples, points, hertz)
    phase = 2.0 * np.pi * np.cumsum(smooth) / rate
    out = np.zeros(len(samples))
    for k in range(1, int(HIGHEST_HZ / hertz.min())):
        f = hertz * k
        gain = level / (1.0 + (f / TILT_HZ) ** 1.1)
        for n, width in enumerate(BANDWIDTHS):
            centre = formants[:, n]
            gain = (
                gain * (centre**2) / np.sqrt((centre**2 - f**2) ** 2 + (width * 1.5 * f) ** 2 + (0.12 * centre**2) ** 2)
            )
        # The cascade falls too steeply above its last formant for a voice with air in it.
        gain = gain * (1.0 + (f / 3500.0) ** 2) * np.clip((HIGHEST_HZ - f) / 2000.0, 0.0, 1.0)
        out += np.interp(samples, points, gain) * np.sin(phase * k)
    return out
