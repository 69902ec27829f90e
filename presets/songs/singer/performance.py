"""A song sung: harmonics of the pulse and air through the tract, with the dynamics of a phrase."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from presets.songs.singer import voices
from presets.songs.singer.articulation import Tracks, articulate
from presets.songs.singer.glottis import HARMONICS, pulse_spectra
from presets.songs.singer.hiss import BODY, add_hisses, shaped_air
from presets.songs.singer.intonation import intone
from presets.songs.singer.phrasing import Note, Phone, Placed, phones, place
from presets.songs.singer.tract import response, tuned
from presets.songs.singer.voices import Voice

__all__ = ["sing", "timings"]

FRAME = 0.0025
"""Seconds between control points."""

HIGHEST = 16_000.0
RMS = 0.1
"""Of a vowel at loudness 0.7: peaks stay below 0.7 then."""

EVEN = 0.8
"""Share (in decibels) of the difference between loud and faint vowels that a singer takes away."""

UNEVEN = 0.5
"""Decibels by which the pressure of the breath wanders."""

RING_DB = -15.0
"""What lies above 2 kHz against the whole vowel, where a trained voice has it on every vowel."""

TAIL = 0.5

TEETH = 0.8
"""Air above 7 kHz that the tract does not shape, against all of the air."""


def timings(notes: Sequence[Note]) -> list[Phone]:
    """When each sound is sung: the very plan that `sing` follows."""
    return phones(place(notes)) if notes else []


def sing(notes: Sequence[Note], *, seed: int, rate: int = 48_000, voice: str | Voice = "lead") -> NDArray[np.float32]:
    """Sing the notes.

    Args:
        notes: any order; one at a time.
        seed: of everything that chance decides; other seeds are other takes of the same singer.
        rate: samples a second.
        voice: a name in voices.toml, or a character of your own.

    Returns:
        (samples,) mono from the song's t = 0 to half a second after the last note.
    """
    if not notes:
        return np.zeros(0, np.float32)
    rng = np.random.default_rng(seed)
    who = voices.named(voice) if isinstance(voice, str) else voice
    song = place(notes)
    hop = int(rate * FRAME)
    frames = int((song[-1].end + TAIL) * rate) // hop + 2
    times = np.arange(frames) * hop / rate
    tracks = articulate(song, times)
    tone = intone(song, times, who, rng)
    swell = _dynamics(song, times, tone.vibrato, rng)
    formants = tuned(tracks.formants * _alive(frames, tone.vibrato, rng), tone.hertz, who)
    samples = (frames - 1) * hop
    phase = _phase(tone.hertz, hop, rate)
    voiced = _harmonics(tracks, formants, tone.hertz, swell, phase, hop, rate, who)
    pulse = _openness(phase)
    loud = np.interp(np.arange(samples), np.arange(frames) * hop, swell)
    hissed = np.zeros(samples)
    add_hisses(hissed, song, loud, pulse, rate, who, rng)
    air = _air(tracks, formants, swell, pulse, hop, rate, who, rng)
    total = (voiced + hissed + air) * RMS * 10.0 ** (who.gain / 20.0)
    return total.astype(np.float32)


def _dynamics(
    song: Sequence[Placed], times: NDArray[np.float64], vibrato: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """(frames,) gain: loudness of the notes, the arch of a phrase, accents, the breathing of long notes."""
    hop = float(times[1] - times[0])
    db = np.full(len(times), -3.0)
    begins = [n for n, placed in enumerate(song) if placed.opens] + [len(song)]
    for first, after in pairwise(begins):
        start, end = song[first].begin, song[after - 1].end
        inside = (times >= start - 0.1) & (times < end + 0.2)
        x = np.clip((times[inside] - start) / max(end - start, 0.3), 0.0, 1.0)
        arch = 2.2 * np.sin(np.pi * x**0.8) - 1.2
        db[inside] = arch
        for placed in song[first:after]:
            for note in placed.notes:
                here = (times >= note.start_s - 0.08) & (times < end + 0.2)
                db[here] = 14.0 * (note.loudness - 0.7) + np.interp(times[here], times[inside], arch)
    db = gaussian_filter1d(db, 0.03 / hop)
    shape = np.zeros(len(times))
    for placed in song:
        since = times - placed.onset
        here = (since > -0.1) & (times < placed.end + 0.12)
        accent = 1.8 * np.exp(-0.5 * ((since[here] - 0.06) / 0.05) ** 2)
        length = placed.end - placed.onset
        x = np.clip(since[here] / length, 0.0, 1.0)
        # Short notes sink a little, long ones open before they sink.
        bloom = 1.8 * np.sin(np.pi * x) * min(1.0, max(length - 0.45, 0.0) / 0.5) - 2.2 * x**2
        shape[here] = accent + bloom
    shimmer = 0.25 * gaussian_filter1d(rng.normal(0.0, 1.0, len(times)), 1.0) / 0.53
    breath = gaussian_filter1d(rng.normal(0.0, 1.0, len(times)), 0.09 / hop)
    shimmer += UNEVEN * breath / max(float(breath.std()), 1e-9)
    return 10.0 ** ((db + gaussian_filter1d(shape, 0.012 / hop) + 1.3 * vibrato + shimmer) / 20.0)


def _alive(frames: int, vibrato: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """(frames, 4) near 1: no tongue holds still, and the larynx rises and falls with the vibrato."""
    slow = gaussian_filter1d(rng.normal(0.0, 1.0, (frames, 4)), 0.12 / FRAME, axis=0)
    return 1.0 + 0.012 * slow / slow.std() + 0.004 * vibrato[:, None]


def _phase(hertz: NDArray[np.float64], hop: int, rate: int) -> NDArray[np.float64]:
    """(samples,) turns of the voice, exact for a pitch that moves linearly between frames."""
    steps = np.repeat(hertz[:-1], hop) + np.repeat(np.diff(hertz), hop) * np.tile(np.arange(hop) / hop, len(hertz) - 1)
    turns = np.cumsum(steps / rate)
    return turns - np.floor(turns)


def _openness(phase: NDArray[np.float64]) -> NDArray[np.float64]:
    """(samples,) 0..1: air streams most just before and as the folds close (phase 0)."""
    return (0.5 + 0.5 * np.cos(2.0 * np.pi * (phase + 0.12))) ** 1.5


def _shape(
    level: NDArray[np.float64], swell: NDArray[np.float64], hertz: NDArray[np.float64], voice: Voice
) -> NDArray[np.float64]:
    """(frames,) Rd: louder is brighter; the top of the range turns to head voice; what fades closes less."""
    effort = 20.0 * np.log10(swell) / 6.0
    head = np.clip((hertz - 480.0) / 400.0, 0.0, 1.0)
    return np.clip(voice.shape - voice.effort * effort + 0.25 * head + 0.7 * np.clip(1.0 - level, 0.0, 1.0), 0.45, 2.4)


def _harmonics(
    tracks: Tracks,
    formants: NDArray[np.float64],
    hertz: NDArray[np.float64],
    swell: NDArray[np.float64],
    phase: NDArray[np.float64],
    hop: int,
    rate: int,
    voice: Voice,
) -> NDArray[np.float64]:
    """(samples,) the sum of the harmonics, level 1 = a vowel's rms; silent stretches are passed over."""
    out = np.zeros(len(phase))
    shape = gaussian_filter1d(_shape(tracks.voice, swell, hertz, voice), 4.0)
    level = tracks.voice * swell
    ramp = (np.arange(hop) / hop).astype(np.float32)
    for first in range(0, len(hertz) - 1, 400):
        last = min(first + 400, len(hertz) - 1)
        part = slice(first, last + 1)
        if level[part].max() < 1e-5:
            continue
        count = min(int(min(HIGHEST, 0.45 * rate) / hertz[part].min()), HARMONICS)
        k = np.arange(1, count + 1, dtype=np.float32)
        f = hertz[part].astype(np.float32)[:, None] * k
        tract = response(f, formants[part], tracks.nasal[part], tracks.zero[part], voice)
        spectrum = pulse_spectra(shape[part], count) * tract * _rung(tract, f, tracks.nasal[part], voice)
        spectrum *= _evened(spectrum, f)[:, None] * level[part].astype(np.float32)[:, None]
        turn = np.exp(2j * np.pi * phase[first * hop : last * hop]).astype(np.complex64).reshape(-1, hop)
        power = np.ones_like(turn)
        total = np.zeros(turn.shape, np.float32)
        for n in range(count):
            power *= turn
            now, step = spectrum[:-1, n : n + 1], np.diff(spectrum[:, n])[:, None]
            total += ((now + step * ramp) * power).real
        out[first * hop : last * hop] = total.reshape(-1)
    return out


def _rung(
    tract: NDArray[np.complex64], f: NDArray[np.float32], nasal: NDArray[np.float64], voice: Voice
) -> NDArray[np.float32]:
    """(frames, harmonics) gain from 2 kHz up: the singer's ring, without which o and u are hollow and i is sharp.

    Measured with one pulse for all: what effort does to the brightness stays.
    """
    power = np.abs(tract * pulse_spectra(np.array([voice.shape]), tract.shape[1])) ** 2
    high = (power * ((f > 2000.0) & (f < 5500.0))).sum(axis=1) / (power.sum(axis=1) + 1e-12)
    db = np.clip(voice.ring * (RING_DB - 10.0 * np.log10(high + 1e-6)), -3.0, 9.0) * (1.0 - np.clip(nasal, 0.0, 1.0))
    bend = 1.0 / (1.0 + np.exp((1900.0 - f) / 200.0))
    return np.asarray(10.0 ** (db[:, None] * bend / 20.0), np.float32)


def _evened(spectrum: NDArray[np.complex64], f: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames,) gain that brings vowels near one loudness, heard with an ear that favours 1 to 5 kHz."""
    ear = (f / 500.0) ** 2 / (1.0 + (f / 500.0) ** 2) * 0.6 + 0.4
    rms = np.sqrt(0.5 * (np.abs(spectrum * ear) ** 2).sum(axis=1)) + 1e-9
    return np.asarray(1.0 / rms * (rms / 0.2) ** (1.0 - EVEN), np.float32)


def _air(
    tracks: Tracks,
    formants: NDArray[np.float64],
    swell: NDArray[np.float64],
    pulse: NDArray[np.float64],
    hop: int,
    rate: int,
    voice: Voice,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """(samples,) breathiness of the vowels, in step with the folds, and the voiceless air of h, p, t, k."""
    samples = len(pulse)
    bins = (np.arange(2 * BODY + 1) * rate / (4 * BODY)).astype(np.float32)[None, :]
    places = np.arange(samples // BODY)
    at = np.minimum(np.round(places * BODY / hop).astype(int), len(swell) - 1)
    out = np.zeros(samples)
    # Air fades later than the voice.
    steady = np.clip(tracks.voice, 0.0, 1.0) ** 0.6 * swell * 10.0 ** (voice.air / 20.0)
    for level, part, low in (
        (steady, 0.2 + 2.0 * pulse, 1800.0),
        (tracks.breath * swell, np.ones(samples), 500.0),
    ):
        noise = rng.normal(0.0, 1.0, samples) * part
        used = np.flatnonzero(level[at] > 1e-5)
        gains = np.zeros((len(used), bins.shape[1]), np.float32)
        for first in range(0, len(used), 2000):
            frame = at[used[first : first + 2000]]
            gain = np.abs(
                response(bins, formants[frame], tracks.nasal[frame], tracks.zero[frame], voice, open_glottis=0.6)
            )
            gain *= (bins / low) ** 2 / (1.0 + (bins / low) ** 2)
            gain /= np.sqrt((gain**2).mean(axis=1, keepdims=True)) + 1e-9
            # Air whirls at teeth and lips too, where no resonance shapes it.
            teeth = TEETH / (1.0 + np.exp(-(bins - 6800.0) / 700.0)) * np.clip((17_500.0 - bins) / 1500.0, 0.0, 1.0)
            gain = np.hypot(gain, teeth)
            gains[first : first + 2000] = gain * level[frame][:, None]
        out += shaped_air(noise, gains, places[used])
    return out
