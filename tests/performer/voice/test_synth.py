"""The synthesis: partials where they belong and as loud as asked, breath as loud, no clicks, a stream is the whole."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from performer.voice.bands import BANDS, CONTENT_RATE, HIGH_BANDS, band_centres
from performer.voice.synth import SYNTHESIS_RATE, Synthesiser, synthesise

RATE, HOP = SYNTHESIS_RATE, SYNTHESIS_RATE // 100
ALL = BANDS + HIGH_BANDS
DENSITY = 1e-4
Samples = NDArray[np.float32]


def flat(frames: int, bands: int = ALL, density: float = DENSITY) -> Samples:
    return np.full((frames, bands), np.log(density), np.float32)


def shares(frames: int, share: float) -> Samples:
    return np.full((frames, 8), share, np.float32)


def steady(frames: int, hertz: float) -> Samples:
    return np.full(frames, hertz, np.float32)


def decibels(power: float | np.floating) -> float:
    return 10 * float(np.log10(power + 1e-20))


def band_power(sound: Samples, low: float, high: float) -> float:
    """Mean power of what lies between two frequencies."""
    spectrum = np.square(np.abs(np.fft.rfft(sound)))
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(2 * spectrum[(hertz >= low) & (hertz < high)].sum() / len(sound) ** 2)


@pytest.mark.parametrize("hertz", [60.0, 200.0, 440.0, 1250.0])
def test_partials_lie_at_multiples_of_the_pitch_and_are_as_loud_as_asked(hertz: float) -> None:
    sound = synthesise(steady(120, hertz), flat(120), shares(120, 0.0))[-RATE:]
    # A second holds whole periods, so each partial is one line of the transform.
    lines = np.abs(np.fft.rfft(sound)) / (RATE / 2)
    partials = np.arange(1, int(20_000 / hertz) + 1) * round(hertz)
    asked = 2 * np.sqrt(DENSITY * hertz / CONTENT_RATE)
    assert 20 * np.log10(lines[partials] / asked) == pytest.approx(0.0, abs=0.1)
    between = np.delete(lines, partials)
    assert decibels(np.square(between).sum()) < decibels(np.square(lines).sum()) - 70


def test_a_formant_is_where_it_was_put() -> None:
    density = -9.0 + 6.0 * np.exp(-np.square((band_centres(ALL) - 1500.0) / 300.0))
    rows = np.tile(density.astype(np.float32), (120, 1))
    lines = np.abs(np.fft.rfft(synthesise(steady(120, 100.0), rows, shares(120, 0.0))[-RATE:]))[100:4000:100]
    assert 100 * (1 + int(lines.argmax())) == pytest.approx(1500, abs=100)
    # 6 nepers of power are 26 dB.
    assert 20 * np.log10(lines.max() / lines[0]) == pytest.approx(26.0, abs=1.0)


def test_a_glide_keeps_its_phase() -> None:
    hertz = np.linspace(100.0, 300.0, 101).astype(np.float32)
    sound = synthesise(hertz, flat(101), shares(101, 0.0))
    true = np.interp(np.arange(1, len(sound) + 1) / HOP, np.arange(101), hertz)
    turned = sound * np.exp(-2j * np.pi * np.cumsum(true) / RATE)
    # Over a tenth of a second the other partials turn away.
    windows = turned[: len(turned) // 4800 * 4800].reshape(-1, 4800) @ np.hanning(4800)
    drift = np.angle(windows[1:] / windows[:-1])
    assert np.abs(drift).max() < 0.05


@pytest.mark.parametrize("share", [1.0, 0.5, 0.0])
def test_voice_and_breath_of_one_density_are_equally_loud(share: float) -> None:
    sound = synthesise(steady(301, 250.0), flat(301), shares(301, share))
    for low, high in ((500.0, 2000.0), (2000.0, 8000.0), (8000.0, 16_000.0)):
        # Noise of variance v at 16 kHz has its power spread over 8 kHz.
        asked = DENSITY * (high - low) / (CONTENT_RATE / 2)
        assert decibels(band_power(sound, low, high)) == pytest.approx(decibels(asked), abs=0.6)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_of_a_shared_sound_the_share_is_breath(share: float) -> None:
    sound = synthesise(steady(301, 250.0), flat(301), shares(301, share))[-2 * RATE :]
    spectrum = np.square(np.abs(np.fft.rfft(sound)))
    partials = np.arange(1, 40) * 500
    voice = spectrum[partials].sum()
    total = spectrum[250 : 500 * 39 + 250].sum()
    assert 1 - voice / total == pytest.approx(share, abs=0.05)


def test_no_product_is_so_large_that_threads_would_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, sizes = np.matmul, [0]

    def seen(left: NDArray[np.complex64], right: NDArray[np.complex64], *, out: NDArray[np.complex64]) -> None:
        sizes.append(left.size * right.shape[1])
        plain(left, right, out=out)

    given_ = steady(3, 25.0), flat(3), shares(3, 0.2)
    whole = Synthesiser().feed(*given_)
    monkeypatch.setattr(np, "matmul", seen)
    assert np.array_equal(Synthesiser().feed(*given_), whole)
    # Where OpenBLAS begins to wake other threads for complex numbers.
    assert 0 < max(sizes) <= 65_536


def test_breath_alone_where_there_is_no_pitch() -> None:
    sound = synthesise(steady(301, 0.0), flat(301), shares(301, 0.0))
    assert np.square(sound).mean() == pytest.approx(3 * DENSITY, rel=0.05)
    lines = np.square(np.abs(np.fft.rfft(sound[: 2 * RATE])))
    # No line stands out of two seconds of noise by more than chance gives.
    assert lines.max() < 30 * lines.mean()


def test_lower_bands_alone_fall_by_24_db_an_octave() -> None:
    sound = synthesise(steady(301, 0.0), flat(301, BANDS), shares(301, 1.0))
    low = band_power(sound, 3900, 4100)
    assert decibels(band_power(sound, 7000, 7200)) == pytest.approx(decibels(low), abs=1.5)
    assert decibels(band_power(sound, 15_900, 16_100)) == pytest.approx(decibels(low) - 24, abs=2.5)


def dark(frames: int) -> Samples:
    """Partials up to 1 kHz only."""
    row = np.where(band_centres(ALL) < 1000.0, np.log(DENSITY), -30.0).astype(np.float32)
    return np.tile(row, (frames, 1))


def splash(sound: Samples) -> float:
    """dB of the loudest 5 ms above 6 kHz, under the sound's own power."""
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) < 6000.0] = 0
    high = np.square(np.fft.irfft(spectrum, len(sound)))
    loudest = np.convolve(high, np.ones(240) / 240, "valid").max()
    return decibels(loudest) - decibels(np.square(sound).mean())


def test_a_voice_that_begins_stops_leaps_or_goes_silent_does_not_click() -> None:
    hertz = np.repeat([0, 150, 0, 300, 140, 0], 20).astype(np.float32)
    density = dark(120)
    # From full to nothing from one frame to the next, and back.
    density[65:75] = -30.0
    unvoiced = hertz == 0
    density[unvoiced] = -30.0
    sound = synthesise(hertz, density, shares(120, 0.0))
    assert splash(sound) < -60
    # The measure sees a click: one sample's step of a hundredth of the sound.
    clicked = sound.copy()
    clicked[25_000:] += 0.3 * np.abs(sound).max()
    assert splash(clicked) > -45


@st.composite
def sung(draw: st.DrawFn) -> tuple[Samples, Samples, Samples]:
    frames = draw(st.integers(1, 25))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    hertz = rng.uniform(60, 1200, frames) * (rng.random(frames) < 0.7)
    density = rng.normal(-9, 3, (frames, draw(st.sampled_from([BANDS, ALL]))))
    return hertz.astype(np.float32), density.astype(np.float32), rng.random((frames, 8)).astype(np.float32)


@settings(deadline=None, max_examples=30)
@given(sung(), st.lists(st.integers(0, 25), max_size=6))
def test_a_stream_is_the_whole_to_the_bit_however_it_is_split(
    frames: tuple[Samples, Samples, Samples], cuts: list[int]
) -> None:
    whole = Synthesiser(seed=3).feed(*frames)
    maker = Synthesiser(seed=3)
    edges = sorted({0, len(frames[0]), *(min(cut, len(frames[0])) for cut in cuts)})
    parts = [maker.feed(*(rows[a:b] for rows in frames)) for a, b in pairwise(edges)]
    assert np.array_equal(np.concatenate(parts), whole)
    assert np.isfinite(whole).all()
    assert len(whole) == len(frames[0]) * HOP


def test_another_seed_is_another_breath_and_the_same_voice() -> None:
    given_ = steady(50, 200.0), flat(50), shares(50, 0.3)
    one, two = Synthesiser(seed=1).feed(*given_), Synthesiser(seed=2).feed(*given_)
    assert np.abs(one - two).max() > 1e-3
    still = given_[0], given_[1], shares(50, 0.0)
    assert np.array_equal(Synthesiser(seed=1).feed(*still), Synthesiser(seed=2).feed(*still))
