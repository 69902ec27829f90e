"""Which of the five vowels a short sound is: mel-cepstral distance to vowels made from formants.

No recording is in here. Vowels of many tract lengths, pitches and colours are drawn as spectra from formant
frequencies; one Gaussian a vowel with a common covariance is fitted to their cepstra (a linear discriminant).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

from performer.face.track import MOUTH

__all__ = ["MEL_BANDS", "ANALYSIS_RATE", "FFT_SIZE", "cepstra", "mel_matrix", "vowel_logits"]

ANALYSIS_RATE = 16_000
FFT_SIZE = 512
MEL_BANDS = 36
_LOW, _HIGH = 120.0, 6_500.0
_COEFFICIENTS = 11
# First four formants and their bandwidths of the five vowels, in MOUTH's order, for a tract of medium length.
_FORMANTS = np.array(
    [
        [850.0, 1400.0, 2800.0, 3900.0],
        [320.0, 2450.0, 3200.0, 4000.0],
        [360.0, 1450.0, 2600.0, 3800.0],
        [520.0, 2100.0, 2900.0, 4000.0],
        [540.0, 980.0, 2800.0, 3800.0],
    ]
)
# How far one vowel's formants lie apart (relative standard deviation): dialects, singers, neighbouring sounds.
_SPREAD = np.array([0.18, 0.18, 0.12, 0.10])
_BANDWIDTHS = np.array([80.0, 110.0, 160.0, 220.0])
# Lips radiate 6 dB an octave.
_RADIATION = 0.6
_SAMPLES = 500
# A singer's own vowels pull the templates to themselves; the templates weigh as much as this many heard frames each.
_ADAPT_FRAMES = 1000.0
_ADAPT_ROUNDS = 5
_ADAPT_SHARPNESS = 0.5


@cache
def mel_matrix() -> NDArray[np.float64]:
    """(bins, bands) triangles on the mel scale, each of unit sum."""

    def to_mel(hertz: float) -> float:
        return 2595.0 * np.log10(1.0 + hertz / 700.0)

    edges = 700.0 * (10.0 ** (np.linspace(to_mel(_LOW), to_mel(_HIGH), MEL_BANDS + 2) / 2595.0) - 1.0)
    bins = np.fft.rfftfreq(FFT_SIZE, 1.0 / ANALYSIS_RATE)[:, None]
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(np.minimum(rise, fall), 0.0)
    return triangles / triangles.sum(axis=0)


def cepstra(log_mel: NDArray[np.floating]) -> NDArray[np.float64]:
    """(..., bands) natural-log mel powers -> (..., 10) cepstra without the level."""
    return np.asarray(dct(np.asarray(log_mel, np.float64), type=2, axis=-1, norm="ortho"))[..., 1:_COEFFICIENTS]


def _draw_log_mel(rng: np.random.Generator, formants: NDArray[np.float64]) -> NDArray[np.float64]:
    """(samples, bands) of one vowel sung by many throats at many pitches."""
    n = _SAMPLES
    tract = np.exp(rng.uniform(np.log(0.82), np.log(1.18), (n, 1)))
    centres = formants * tract * np.exp(rng.normal(0.0, 1.0, (n, 4)) * _SPREAD)
    widths = _BANDWIDTHS * np.exp(rng.normal(0.0, 0.3, (n, 4)))
    pitch = np.exp(rng.uniform(np.log(90.0), np.log(600.0), n))
    bins = np.fft.rfftfreq(FFT_SIZE, 1.0 / ANALYSIS_RATE)
    s = 1j * bins[None, None, :]
    poles = widths[:, :, None] / 2.0 + 1j * centres[:, :, None]
    gain = np.abs(np.abs(poles) ** 2 / ((s + poles) * (s + np.conj(poles)))) ** 2
    envelope = np.prod(gain, axis=1)
    tilt_db = rng.uniform(-14.0, -4.0, (n, 1))
    octaves = np.log2(np.maximum(bins, 100.0) / 100.0)
    envelope *= 10.0 ** ((tilt_db / 10.0 + _RADIATION) * octaves)
    # Distance to the nearest harmonic through the lobe of a Hann window of FFT_SIZE samples.
    distance = np.abs((bins / pitch[:, None] + 0.5) % 1.0 - 0.5) * pitch[:, None]
    lobe = np.exp(-((distance / 28.0) ** 2)) + 1e-3
    power = envelope * lobe
    power += power.max(axis=1, keepdims=True) * 10.0 ** rng.uniform(-6.0, -3.5, (n, 1))
    return np.log(power @ mel_matrix())


@dataclass(frozen=True, slots=True)
class _Templates:
    """means: (5, 10); precision: (10, 10) inverse common covariance; centre: (10,) mean over vowels."""

    means: NDArray[np.float64]
    precision: NDArray[np.float64]
    centre: NDArray[np.float64]


@cache
def _templates() -> _Templates:
    rng = np.random.default_rng(5)
    drawn = [cepstra(_draw_log_mel(rng, formants)) for formants in _FORMANTS]
    means = np.stack([values.mean(axis=0) for values in drawn])
    covariance = np.mean([np.cov(values.T) for values in drawn], axis=0) + 0.02 * np.eye(_COEFFICIENTS - 1)
    return _Templates(means, np.linalg.inv(covariance), means.mean(axis=0))


def vowel_logits(log_mel: NDArray[np.floating], weight: NDArray[np.floating]) -> NDArray[np.float64]:
    """Log likelihoods, up to a constant a frame.

    Args:
        log_mel: (frames, 36) natural-log mel powers.
        weight: (frames,) how much each frame is sung; the singer's own mean is taken over these.

    Returns: (frames, 5) in the order of MOUTH.
    """
    assert len(MOUTH) == len(_FORMANTS)
    model = _templates()
    features = cepstra(log_mel)
    weight = np.asarray(weight, np.float64)
    total = float(np.sum(weight))
    if total < 1.0:
        return _scores(features, model.means, model.precision)
    # Microphone, room and tract length shift all vowels alike: with enough singing that shift is taken out.
    mean = (features * weight[:, None]).sum(axis=0) / total
    features = features - total / (total + 100.0) * (mean - model.centre)
    means = model.means
    sung = weight > 0.0
    for _ in range(_ADAPT_ROUNDS):
        logits = _scores(features[sung], means, model.precision) * _ADAPT_SHARPNESS
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        share *= (weight[sung] / share.sum(axis=1))[:, None]
        means = (_ADAPT_FRAMES * model.means + share.T @ features[sung]) / (_ADAPT_FRAMES + share.sum(axis=0)[:, None])
    return _scores(features, means, model.precision)


def _scores(
    features: NDArray[np.float64], means: NDArray[np.float64], precision: NDArray[np.float64]
) -> NDArray[np.float64]:
    return features @ (precision @ means.T) - 0.5 * np.sum((means @ precision) * means, axis=1)
