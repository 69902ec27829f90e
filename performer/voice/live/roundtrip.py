"""How long sound takes from the loudspeaker back to the microphone: probes that are played, and where they come back.

A chirp is found to the sample, but a voice makes it another sound. What a voice delays is read off bursts of a made
vowel instead, by their loudness over time, which any voice keeps. Pure; the loop plays and records.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import correlate

from performer.voice.front.stage import RATE, Samples
from performer.voice.live.loop import BLOCK
from performer.voice.stream import VoiceBlock, VoiceStream

__all__ = ["Delay", "Prober", "bursts", "chirp", "find_bursts", "find_chirp", "voice_delay"]

_CHIRP_SECONDS = 0.5
# A burst's loudness is compared at every millisecond.
_STEP = 48
_CLEAR = 8.0


@dataclass(frozen=True, slots=True)
class Delay:
    """seconds; clear: how far the best place stands out of all others (chirp: peak over rms; bursts: correlation)."""

    seconds: float
    clear: float
    found: bool


def chirp(level: float = 0.3) -> Samples:
    """Half a second from 200 Hz to 8 kHz, an equal time for each octave (A. Farina, AES 108, 2000)."""
    t = np.arange(round(_CHIRP_SECONDS * RATE)) / RATE
    grow = np.log(8000 / 200)
    phase = 2 * np.pi * 200 * _CHIRP_SECONDS / grow * (np.exp(t / _CHIRP_SECONDS * grow) - 1)
    fade = np.minimum(1.0, np.minimum(t, t[::-1]) / 0.01)
    return (level * fade * np.sin(phase)).astype(np.float32)


def bursts(seconds: float = 6.0, level: float = 0.2) -> Samples:
    """A vowel of gliding pitch, on and off at random times that never repeat."""
    draw = np.random.default_rng(12)
    count = round(seconds * RATE)
    t = np.arange(count) / RATE
    hertz = 200 * 2 ** (0.3 * np.sin(2 * np.pi * 0.7 * t))
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    sound = np.zeros(count)
    for harmonic in range(1, 25):
        at = harmonic * hertz
        gain = np.exp(-(((at - 700) / 300) ** 2)) + 0.5 * np.exp(-(((at - 1200) / 300) ** 2)) + 0.05
        sound += gain / harmonic**0.5 * np.sin(harmonic * phase)
    on = np.zeros(count)
    at = 0.1
    while at < seconds - 0.3:
        length = draw.uniform(0.08, 0.25)
        on[round(at * RATE) : round((at + length) * RATE)] = 1.0
        at += length + draw.uniform(0.08, 0.25)
    smooth = np.convolve(on, np.hanning(240) / np.hanning(240).sum(), "same")
    sound *= smooth
    return (level * sound / np.abs(sound).max()).astype(np.float32)


def find_chirp(sent: Samples, heard: Samples) -> Delay:
    """Where `sent` begins in `heard`, to the sample."""
    if len(heard) < len(sent):
        return Delay(0.0, 0.0, False)
    likeness = np.abs(correlate(heard.astype(np.float64), sent.astype(np.float64), "valid", "fft"))
    best = int(likeness.argmax())
    clear = float(likeness[best] / (np.sqrt(np.mean(np.square(likeness))) + 1e-12))
    return Delay(best / RATE, clear, clear > _CLEAR)


def find_bursts(sent: Samples, heard: Samples, longest: float = 1.0) -> Delay:
    """The same for sounds that only share their loudness over time, to about a millisecond."""
    a, b = _loudness(sent), _loudness(heard)
    most = min(round(longest * RATE / _STEP), len(b) - 1)
    scores = np.zeros(most + 1)
    for lag in range(most + 1):
        count = min(len(a), len(b) - lag)
        one, other = a[:count] - a[:count].mean(), b[lag : lag + count] - b[lag : lag + count].mean()
        scores[lag] = np.dot(one, other) / (np.sqrt(np.dot(one, one) * np.dot(other, other)) + 1e-12)
    best = int(scores.argmax())
    place = float(best)
    if 0 < best < most:
        before, here, after = scores[best - 1 : best + 2]
        curve = before - 2 * here + after
        place += 0.5 * (before - after) / curve if curve < 0 else 0.0
    return Delay(place * _STEP / RATE, float(scores[best]), bool(scores[best] > 0.6))


def _loudness(sound: Samples) -> Samples:
    """(n // _STEP,) decibels over a centred window of 10 ms, no lower than 40 under the loudest."""
    power = np.square(sound.astype(np.float64))
    window = np.hanning(480)
    smooth = np.convolve(power, window / window.sum(), "same")[::_STEP]
    level = 10 * np.log10(smooth + 1e-12)
    return np.maximum(level, level.max() - 40).astype(np.float32)


def voice_delay(voice: VoiceStream, probe: Samples) -> Delay:
    """What a voice (or any part of the chain) adds, by feeding it `probe` in the loop's blocks."""
    voice.reset()
    padded = np.concatenate([probe, np.zeros(RATE, np.float32)])
    made = [voice.feed(padded[at : at + BLOCK], at / RATE).audio for at in range(0, len(padded), BLOCK)]
    voice.reset()
    return find_bursts(probe, np.concatenate(made))


class Prober:
    """A voice that ignores what comes in, plays its probe and keeps what it hears: put it into the loop.

    `heard` lies on the same line of time as the probe: sample 0 came in when the probe's sample 0 went out.
    """

    rate = RATE
    latency = 0.0

    def __init__(self, probe: Samples, after: float = 1.0, tail: float = 1.5) -> None:
        """after: seconds of silence before the probe, so that buffers have settled; tail: listened for so long."""
        self._probe = probe
        self._lead = round(after * RATE)
        self._end = self._lead + len(probe) + round(tail * RATE)
        self._at = 0
        self._blocks: list[Samples] = []

    @property
    def done(self) -> bool:
        return self._at >= self._end

    @property
    def heard(self) -> Samples:
        whole = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)
        return whole[self._lead :]

    def feed(self, block: Samples, t: float) -> VoiceBlock:
        del t
        out = np.zeros(len(block), np.float32)
        first, stop = max(self._at, self._lead), min(self._at + len(block), self._lead + len(self._probe))
        if stop > first:
            out[first - self._at : stop - self._at] = self._probe[first - self._lead : stop - self._lead]
        self._at += len(block)
        self._blocks.append(block.copy())
        return VoiceBlock(out)

    def reset(self) -> None:
        self._at = 0
        self._blocks = []
