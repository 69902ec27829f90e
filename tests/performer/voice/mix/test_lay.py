"""Loudness, limiter, and a voice laid back into its song: level, place, peaks, any rate and number of channels."""

import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from performer.voice.mix.lay import Sung, blend, follow_level, lay
from performer.voice.mix.limiter import limited, true_peak
from performer.voice.mix.loudness import SILENT_LUFS, loudness_lufs
from performer.voice.sound import Sound, resample
from performer.voice.style.apply import Part

RATE = 48_000


def tone(seconds: float, rate: int, hertz: float, level: float) -> NDArray[np.float32]:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
def test_a_tone_of_the_standard_has_its_loudness(rate: int) -> None:
    # BS.1770: 997 Hz at full scale in one channel is -3.01 LUFS.
    assert loudness_lufs(tone(3, rate, 997, 1.0)[:, None], rate) == pytest.approx(-3.01, abs=0.1)


def test_silence_and_nothing_have_the_least_loudness() -> None:
    for count in (0, 100, RATE):
        assert loudness_lufs(np.zeros((count, 2), np.float32), RATE) == SILENT_LUFS


def test_the_limiter_holds_true_peaks_and_leaves_what_is_quiet() -> None:
    # A quarter of the rate, between its samples: peaks 3 dB over the samples' own.
    sound = np.sin(2 * np.pi * (np.arange(RATE) / 4 + 0.125))[:, None].astype(np.float32) * np.float32(1.3)
    sound[: RATE // 2] *= 0.3
    held = limited(sound, RATE)
    assert 20 * np.log10(true_peak(held)) <= -1.0
    assert np.array_equal(held[: RATE // 4], sound[: RATE // 4])
    quiet = sound * np.float32(0.2)
    assert limited(quiet, RATE) is quiet


def test_a_long_sound_is_limited_in_the_room_of_one_more() -> None:
    sound = np.random.default_rng(2).standard_normal((60 * RATE, 1)).astype(np.float32)
    tracemalloc.start()
    held = limited(sound, RATE)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2.5 * held.nbytes


@pytest.mark.parametrize(("rate", "channels"), [(22_050, 1), (44_100, 2), (96_000, 2)])
def test_a_voice_takes_the_place_and_level_of_the_old_one(rate: int, channels: int) -> None:
    old = tone(6, rate, 300, 0.2)
    old[len(old) // 2 :] *= 0.25
    vocal = Sound(np.repeat(old[:, None], channels, axis=1), rate)
    band = Sound(np.repeat(tone(6, rate, 90, 0.1)[:, None], channels, axis=1), rate)
    # Another level, and no difference between the phrases.
    new = Sung(Part("lead"), tone(6, RATE, 700, 0.05))
    song = lay([new], RATE, vocal, band)
    assert song.rate == max(rate, 44_100)
    assert song.samples.shape == (6 * song.rate, 2)
    assert 20 * np.log10(true_peak(song.samples)) <= -1.0
    whole = np.repeat(resample(vocal.samples + band.samples, rate, song.rate), 3 - channels, axis=1)
    assert loudness_lufs(song.samples, song.rate) == pytest.approx(loudness_lufs(whole, song.rate), abs=0.2)
    levels = []
    for start in (1.0, 4.5):
        part = song.samples[int(start * song.rate) : int((start + 1) * song.rate), 0]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
        levels.append(20 * np.log10(spectrum[650:750].max()))
    assert levels[0] - levels[1] == pytest.approx(12.04, abs=1.0)


def test_takes_stand_aside_and_the_lead_in_the_middle() -> None:
    lead, take = (np.pad(tone(1, RATE, hertz, 0.1), (0, RATE)) for hertz in (300.0, 700.0))
    mixed = blend([Sung(Part("lead"), lead), Sung(Part("take", pan=1.0), take)], RATE)
    spectrum = np.abs(np.fft.rfft(mixed[:RATE], axis=0))
    assert spectrum[300, 0] == pytest.approx(spectrum[300, 1], rel=0.05)
    assert spectrum[700, 1] > 4 * spectrum[700, 0]


def test_silence_laid_into_a_song_leaves_the_song() -> None:
    band = Sound(tone(2, RATE, 200, 0.1)[:, None], RATE)
    nothing = Sound(np.zeros((2 * RATE, 1), np.float32), RATE)
    song = lay([Sung(Part("lead"), np.zeros(RATE, np.float32))], RATE, nothing, band)
    assert np.allclose(song.samples, np.repeat(band.samples, 2, axis=1), atol=1e-3)


def test_a_sound_shorter_than_any_phrase_still_has_a_level() -> None:
    heard = np.zeros(2000)
    heard[1000] = 1.0
    gain = follow_level(heard, 4 * heard)
    assert gain[1000] == pytest.approx(2.0, rel=0.05)
