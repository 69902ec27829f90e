"""Other voices, pitches, rooms and microphones from a stored envelope, without making any sound.

The power that a 25 ms window would show of a voice is its envelope times the window's lobe around each harmonic; so
formants can be moved, melodies imposed and notes held in the spectrum itself, and labels stay exact.
"""

from functools import cache

import numpy as np
import torch
from torch import Tensor

from performer.voice.bands import BANDS, CONTENT_RATE, FLOOR, filters

__all__ = ["BINS", "bands_of_envelope", "coloured_by_bands", "heard_by_a_stranger", "levelled", "loud_level"]

BINS = 513
_WINDOW = 400
# Steps of the lobe's table, hertz.
_LOBE_STEP, _LOBE_REACH = 0.25, 400.0
_LOWEST, _HIGHEST = 60.0, 1150.0
# Formants move by up to this factor either way (natural logarithm).
_FORMANTS = 0.22
# A harmonic of the window holds the power of so many hertz of envelope.
_HARMONIC_WIDTH = 62.0
_SPREAD = 3.0


@cache
def _lobe() -> Tensor:
    """Power of the Hann window's transform at distance k * 0.25 Hz, 1 at 0."""
    window = np.hanning(_WINDOW + 1)[:_WINDOW]
    transform = np.abs(np.fft.rfft(window, round(CONTENT_RATE / _LOBE_STEP)))[: round(_LOBE_REACH / _LOBE_STEP)]
    return torch.tensor(np.square(transform / transform[0]).astype(np.float32))


@cache
def _mel() -> Tensor:
    return torch.tensor(filters(CONTENT_RATE, BINS))


@cache
def _hertz() -> Tensor:
    return torch.linspace(0, CONTENT_RATE / 2, BINS)


def bands_of_envelope(envelope: Tensor) -> Tensor:
    """(..., 513) log power density -> (..., 80) log bands."""
    return torch.log(envelope.exp() @ _mel() + FLOOR)


@cache
def _between() -> Tensor:
    """(80, 513): what each band weighs in each bin, sums of 1."""
    weights = _mel().T + 1e-7
    return weights / weights.sum(0)


def coloured_by_bands(envelope: Tensor, gain: Tensor) -> Tensor:
    """(..., 513) log power, (..., 80) what each band rises by, natural log of power -> (..., 513)."""
    return envelope + gain @ _between()


def loud_level(bands: Tensor) -> Tensor:
    """(batch, frames, 80) -> (batch, 1, 1): what 85 % of the frames stay under, natural log of power."""
    return torch.quantile(torch.logsumexp(bands, 2), 0.85, dim=1)[:, None, None]


def levelled(bands: Tensor, level: Tensor) -> Tensor:
    """What the content network is given: relative to the voice's loud level, about -4..4."""
    return ((bands - level) / _SPREAD).clamp(-4, 4)


def _uniform(count: int, low: float, high: float) -> Tensor:
    return torch.rand(count, 1) * (high - low) + low


def _formants_moved(envelope: Tensor, factor: Tensor) -> Tensor:
    """factor: (batch, 1), > 1 moves them up."""
    source = (torch.arange(BINS)[None] / factor).clamp(0, BINS - 1.001)
    low = source.floor().long()
    part = (source - low)[:, None, :]

    def read(at: Tensor) -> Tensor:
        return torch.gather(envelope, 2, at[:, None, :].expand(-1, envelope.shape[1], -1))

    return read(low) * (1 - part) + read(low + 1) * part


def _melody(hertz: Tensor) -> Tensor:
    """New pitch curves (batch, frames): transposed, flattened to held notes with vibrato, or as they were."""
    count, frames = hertz.shape
    voiced = hertz > 0
    log_pitch = torch.where(voiced, torch.log2(hertz.clamp(min=_LOWEST)), torch.zeros(()))
    middle = log_pitch.sum(1, keepdim=True) / (voiced.sum(1, keepdim=True) + 1e-3)
    held = (torch.rand(count, 1) < 0.5) * torch.rand(count, 1)
    seconds = torch.arange(frames)[None] * 0.01
    turns = 2 * np.pi * (_uniform(count, 4.5, 7.5) * seconds + torch.rand(count, 1))
    vibrato = _uniform(count, 0, 0.08) * torch.sin(turns)
    moved = _uniform(count, np.log2(80.0), np.log2(900.0)) + (log_pitch - middle) * (1 - held) + vibrato
    kept = torch.rand(count, 1) < 0.3
    made = torch.exp2(torch.where(kept, log_pitch, moved)).clamp(_LOWEST, _HIGHEST)
    return torch.where(voiced, made, torch.zeros(()))


def _power(envelope: Tensor, hertz: Tensor, noise_low: Tensor, noise_high: Tensor) -> Tensor:
    """Power spectrum of a 25 ms window: harmonics and noise under the envelope. noise_*: (batch, 1) at 0 and 8 kHz."""
    voiced = (hertz > 0).float()[..., None]
    pitch = hertz.clamp(min=_LOWEST)[..., None]
    distance = (_hertz() - pitch * torch.round(_hertz() / pitch).clamp(min=1)).abs()
    comb = _lobe()[(distance / _LOBE_STEP).long().clamp(max=len(_lobe()) - 1)] * pitch / _HARMONIC_WIDTH
    noise = torch.empty_like(envelope).exponential_()
    share = noise_low + (noise_high - noise_low) * torch.linspace(0, 1, BINS)[None]
    share = share[:, None] * voiced + (1 - voiced)
    return envelope.exp() * ((1 - share) * comb + share * noise)


def _coloured(power: Tensor) -> Tensor:
    """Through some microphone and room: a tilt and two broad waves, natural log units."""
    count = len(power)
    place = torch.linspace(0, 1, BINS)[None]
    colour = torch.randn(count, 1) * 2.0 * (place - 0.3)
    for _ in range(2):
        colour = colour + torch.randn(count, 1) * 0.8 * torch.sin(
            2 * np.pi * (_uniform(count, 0, 2.5) * place + torch.rand(count, 1))
        )
    return power * torch.exp(colour)[:, None]


def _echoing(bands: Tensor) -> Tensor:
    """A third of the crops get a tail that dies by 60 dB in 0.15 to 0.6 s, 6 to 22 dB under the voice."""
    count, frames, _ = bands.shape
    fall = torch.exp(-13.8 * 0.01 / _uniform(count, 0.15, 0.6))
    under = torch.exp(-_uniform(count, 1.4, 5.0)) * (torch.rand(count, 1) < 0.33)
    power, tail = bands.exp(), torch.zeros_like(bands[:, 0])
    out = torch.empty_like(bands)
    for frame in range(frames):
        out[:, frame] = power[:, frame] + under * tail
        tail = fall * tail + (1 - fall) * 8 * power[:, frame]
    return torch.log(out + FLOOR)


def _noisy(bands: Tensor) -> Tensor:
    """A floor of 9 to 40 dB under the loud level."""
    count, frames, _ = bands.shape
    under = _uniform(count, 2.0, 9.2)[..., None] + 4.0
    shape = torch.randn(count, 1, BANDS) * 0.7 + torch.randn(count, 1, 1) * torch.linspace(1, -1, BANDS)
    grain = torch.log(torch.empty(count, frames, BANDS).exponential_().clamp(min=1e-3)) * 0.5
    return torch.logaddexp(bands, loud_level(bands) - under + shape + grain)


def heard_by_a_stranger(envelope: Tensor, hertz: Tensor, bands: Tensor, real: float = 0.15) -> Tensor:
    """(b, n, 513), (b, n), (b, n, 80) -> (b, n, 80) levelled bands of the same words by nobody in particular.

    A share `real` keeps the recording's own bands under the noise. Draws from torch's global generator.
    """
    count = len(envelope)
    moved = _formants_moved(envelope, torch.exp(_uniform(count, -_FORMANTS, _FORMANTS)))
    power = _power(moved, _melody(hertz), _uniform(count, 0, 0.05), _uniform(count, 0.1, 0.8))
    made = torch.log(_coloured(power) @ _mel() + FLOOR)
    made = torch.where(torch.rand(count, 1, 1) < real, bands, made)
    heard = _noisy(_echoing(made))
    return levelled(heard, loud_level(heard) + torch.randn(count, 1, 1) * 0.5)
