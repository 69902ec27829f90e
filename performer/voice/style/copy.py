"""A recording as frames of its own voice: pitch, envelope and noise share, ready to be sung again otherwise.

Whole recordings only: the pitch network hears to both sides. It works through long ones in pieces, so that an hour
costs no more memory than a minute beside the frames themselves.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt
from swift_f0 import SwiftF0

from performer.voice.bands import BANDS, CONTENT_RATE, HIGH_BANDS, HOP_SECONDS, band_centres
from performer.voice.convert.frames import Frames, joined
from performer.voice.envelope import APERIODICITY_EDGES, LOWEST_HERTZ, aperiodicity, spectral_envelope
from performer.voice.pitch import track
from performer.voice.sound import resample

__all__ = ["COPY_BANDS", "frames_of", "pitch_of"]

COPY_BANDS = BANDS + HIGH_BANDS
_RATE = 48_000
_HIGHEST_HERTZ = 1250.0
# Confidence of swift-f0 from which a frame is voiced; with the live tracker of the same opinion less will do.
_SURE, _SURE_TOGETHER = 0.5, 0.15
_SAME_OCTAVES = 1 / 12
# Seconds of a piece, and what is heard beside it so that no border is in the result.
_PIECE_SECONDS, _MARGIN_SECONDS = 20, 1
# Nepers of power by which the level of an envelope may be put right.
_MOST_OFF = 0.7
_HOPS = round(1 / HOP_SECONDS)
_SILENT_LOG = -30.0
# No voice is below; what rumbles there would be smeared up to 300 Hz by the wide windows of unvoiced frames.
_RUMBLE_HERTZ = 45.0


def pitch_of(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """samples: (n,) at 16 kHz -> (n // 160,) hertz every 10 ms, 0 = unvoiced.

    swift-f0 (L. Nieradzik, 2025) says how high; where it hesitates, our live tracker may second it.
    """
    frames = len(samples) // round(CONTENT_RATE * HOP_SECONDS)
    if frames == 0:
        return np.zeros(0, np.float32)
    found = SwiftF0().detect(samples, CONTENT_RATE, LOWEST_HERTZ, _HIGHEST_HERTZ)
    at = np.arange(frames) * HOP_SECONDS
    high = np.interp(at, found.timestamps, np.log2(np.maximum(found.pitch_hz, 1.0)))
    sure = np.interp(at, found.timestamps, found.confidence)
    second = track(samples).hertz
    agreed = (second > 0) & (np.abs(np.log2(np.maximum(second, 1.0)) - high) < _SAME_OCTAVES)
    voiced = (sure >= _SURE) | (agreed & (sure >= _SURE_TOGETHER))
    return np.where(voiced, np.exp2(high), 0.0).astype(np.float32)


def _piece(samples: NDArray[np.float32], frames: int) -> Frames:
    """samples: (n,) at 48 kHz."""
    low = resample(samples, _RATE, CONTENT_RATE)
    hertz = np.zeros(frames, np.float32)
    pitch = pitch_of(low)[:frames]
    hertz[: len(pitch)] = pitch
    # The envelope's unit at 48 kHz is a third of that at 16 kHz: the same noise is spread over three times the band.
    envelope = spectral_envelope(samples, hertz, _RATE) - np.log(_RATE / CONTENT_RATE)
    places = band_centres(COPY_BANDS) / (_RATE / 2) * (envelope.shape[1] - 1)
    at = places.astype(np.intp)
    part = (places - at).astype(np.float32)
    density = envelope[:, at] * (1 - part) + envelope[:, at + 1] * part
    density = density + _shortfall(samples, hertz, envelope)[:, None]
    return Frames(hertz, density.astype(np.float32), aperiodicity(samples, hertz, _RATE))


def _shortfall(
    samples: NDArray[np.float32], hertz: NDArray[np.float32], envelope: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(frames,) what the envelope's log lacks of the power that is there, 0 where unvoiced.

    CheapTrick lifts valleys between formants: voiced frames come out 1 dB too loud.
    """
    hop = _RATE // _HOPS
    voiced = np.flatnonzero(hertz > 0)
    out = np.zeros(len(hertz), np.float32)
    total = np.concatenate([[0.0], np.cumsum(np.square(samples.astype(np.float64)))])
    reach = _RATE / np.maximum(hertz[voiced], 1.0)
    first = np.clip(voiced * hop - reach, 0, len(samples)).astype(np.intp)
    last = np.clip(voiced * hop + reach, 1, len(samples)).astype(np.intp)
    there = (total[last] - total[first]) / np.maximum(last - first, 1)
    # The power of noise of this density at 48 kHz is its mean over all frequencies. Under half the pitch there is none.
    places = np.arange(envelope.shape[1]) / (envelope.shape[1] - 1) * (_RATE / 2)
    heard = places[None, :] >= 0.5 * hertz[voiced, None]
    modelled = np.where(heard, np.exp(envelope[voiced]), 0.0).mean(axis=1) * (_RATE / CONTENT_RATE)
    out[voiced] = np.clip(np.log((there + 1e-12) / (modelled + 1e-12)), -_MOST_OFF, _MOST_OFF)
    return out


def frames_of(samples: NDArray[np.float32], rate: int, tell: Callable[[float], None] | None = None) -> Frames:
    """What `Synthesiser` makes the same voice of.

    Args:
        samples: (n,) mono, of any rate and level.
        tell: is told the share that is done, 0..1.

    Returns:
        ceil(n / rate * 100) + 1 frames of 104 bands: one beyond the end, so that the sound's last hop is made too.
    """
    if not len(samples):
        return _silence(1)
    sound = resample(samples, rate, _RATE)
    rumble_free = sosfilt(butter(3, _RUMBLE_HERTZ, "high", fs=_RATE, output="sos"), sound)
    sound = np.asarray(rumble_free, np.float32)
    hop = _RATE // _HOPS
    count = -(-len(sound) // hop) + 1
    # What lasts less than the analysis looks around is laid into silence.
    padded = np.pad(sound, (_MARGIN_SECONDS * _RATE, _MARGIN_SECONDS * _RATE + 2 * hop))
    margin, size = _MARGIN_SECONDS * _HOPS, _PIECE_SECONDS * _HOPS
    parts: list[Frames] = []
    for first in range(0, count, size):
        frames = min(size, count - first)
        heard = padded[first * hop : (first + frames + 2 * margin) * hop]
        if np.any(heard):
            parts.append(_piece(heard, frames + 2 * margin)[margin : margin + frames])
        else:
            parts.append(_silence(frames))
        if tell is not None:
            tell((first + frames) / count)
    return joined(parts)


def _silence(frames: int) -> Frames:
    return Frames(
        np.zeros(frames, np.float32),
        np.full((frames, COPY_BANDS), _SILENT_LOG, np.float32),
        np.ones((frames, len(APERIODICITY_EDGES) - 1), np.float32),
    )
