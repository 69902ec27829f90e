"""A foreign voice on a microphone: the same however split, as offline, silent in silence, without clicks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.voice.foreign.kinds import ForeignError
from performer.voice.foreign.model import ForeignModel
from performer.voice.foreign.offline import convert, find_pitch, rmvpe
from performer.voice.foreign.stream import ForeignVoice
from performer.voice.foreign.window import LIVE, OFFLINE, Window
from tests.performer.voice.foreign import graphs

_TONE = ForeignModel(graphs.rvc(tone=True), graphs.content(), threads=1)
_LEVEL = ForeignModel(graphs.rvc(), graphs.content(), threads=1)
# Short windows: many seams in a short test.
_QUICK = Window(chunk=0.08, context=0.16, crossfade=0.04, search=0.01, ahead=0.03)


def _sung(seconds: float, rate: int, hertz: float = 220.0) -> np.ndarray:
    """A tone with two harmonics whose loudness swells: what a tracker hears clearly."""
    t = np.arange(round(seconds * rate)) / rate
    wave = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in (1, 2, 3))
    return (0.2 * wave * (1 + 0.5 * np.sin(2 * np.pi * 1.5 * t))).astype(np.float32)


def _live(voice: ForeignVoice, sound: np.ndarray, sizes: list[int]) -> np.ndarray:
    parts, at, turn = [], 0, 0
    while at < len(sound):
        size = sizes[turn % len(sizes)]
        block = sound[at : at + size]
        audio = voice.feed(block, at / voice.rate).audio
        assert len(audio) == len(block)
        parts.append(audio)
        at += len(block)
        turn += 1
    return np.concatenate(parts)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, 9000), min_size=1, max_size=4))
def test_any_split_gives_the_same(sizes: list[int]) -> None:
    sound = _sung(0.6, 16_000)
    whole = ForeignVoice(_TONE, rate=16_000, window=_QUICK).feed(sound, 0.0)
    voice = ForeignVoice(_TONE, rate=16_000, window=_QUICK)
    assert np.array_equal(_live(voice, sound, sizes), whole.audio)
    assert np.abs(whole.audio).max() > 0.05


def test_reset_forgets() -> None:
    sound = _sung(0.5, 16_000)
    voice = ForeignVoice(_TONE, rate=16_000, window=_QUICK)
    first = voice.feed(sound, 0.0)
    again = voice.feed(sound, 0.5)
    assert not np.array_equal(first.audio, again.audio)
    voice.reset()
    after = voice.feed(sound, 0.0)
    assert np.array_equal(first.audio, after.audio)
    assert first.pitch == after.pitch


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_live_is_as_offline_after_its_latency_at_any_rate(rate: int) -> None:
    """The level graph answers locally, so windows of any length must agree; what differs is filters at 8 kHz."""
    sound = _sung(2.0, rate)
    voice = ForeignVoice(_LEVEL, rate=rate)
    live = _live(voice, np.concatenate([sound, np.zeros(rate, np.float32)]), [rate // 10])
    offline = convert(sound, rate, _LEVEL)
    assert len(offline) == 96_000
    late = round(voice.latency * rate)
    heard = live[late : late + len(sound)]
    times = np.arange(0.1, 1.9, 0.001)
    live_at = np.interp(times, np.arange(len(heard)) / rate, heard)
    offline_at = np.interp(times, np.arange(len(offline)) / 48_000, offline)
    residual = np.sqrt(np.mean(np.square(live_at - offline_at)) / np.mean(np.square(offline_at)))
    # Frames of 10 ms make steps, which two resamplers round differently at their edges; -32 dB.
    assert residual < 0.025


def test_the_latency_is_the_one_that_is_stated() -> None:
    rate = 48_000
    sound = np.zeros(3 * rate, np.float32)
    sound[rate : rate + rate // 2] = 0.5
    voice = ForeignVoice(_LEVEL, rate=rate)
    heard = _live(voice, sound, [480])
    onset = np.flatnonzero(heard > 0.2)[0] / rate
    # A feature sees 25 ms from its start, so an edge is known to 20 ms.
    assert abs(onset - (1.0 + voice.latency)) < 0.02
    assert voice.latency == pytest.approx(0.315)


def _steady(window: Window) -> np.ndarray:
    """Second differences of what the tone graph makes of a steady tone, against the greatest that a sine has.

    The graph begins every window at another phase. At 200 Hz the features do not change from frame to frame, and
    1.3 semitones more do not come to whole periods in a chunk.
    """
    rate = 40_000
    t = np.arange(3 * rate) / rate
    sound = (0.4 * np.sin(2 * np.pi * 200 * t) + 0.2 * np.sin(2 * np.pi * 400 * t)).astype(np.float32)
    heard = _live(ForeignVoice(_TONE, rate=rate, semitones=1.3, window=window), sound, [400])[rate:]
    assert float(np.abs(heard).max()) > 0.1
    # Of a steady sine the second difference is amplitude * (2 pi f / rate) ** 2 at most.
    hertz = 200 * 2 ** (1.3 / 12)
    return np.abs(np.diff(heard, 2)) / (np.abs(heard).max() * (2 * np.pi * hertz / rate) ** 2)


def test_seams_of_a_steady_tone_do_not_click() -> None:
    assert _steady(LIVE).max() < 1.3


def test_without_a_search_they_do() -> None:
    assert _steady(Window(chunk=0.24, context=0.56, crossfade=0.001, search=0.0, ahead=0.079)).max() > 3


def test_the_octave_is_where_it_was_asked_for() -> None:
    rate = 48_000
    voice = ForeignVoice(_TONE, rate=rate, semitones=12.0)
    block = voice.feed(_sung(2.0, rate), 10.0)
    spectrum = np.abs(np.fft.rfft(block.audio[rate:] * np.hanning(rate)))
    assert np.argmax(spectrum) == pytest.approx(440, abs=2)
    voiced = [point for point in block.pitch if point.hertz > 0]
    assert np.median([point.hertz for point in voiced]) == pytest.approx(440, rel=0.01)
    times = np.array([point.t for point in block.pitch])
    assert times[0] == pytest.approx(10.0 + voice.latency)
    assert np.allclose(np.diff(times), 0.01)


@pytest.mark.parametrize("seconds", [0.0, 0.01, 1.0])
def test_silence_and_nothing_stay_silent(seconds: float) -> None:
    silence = np.zeros(round(48_000 * seconds), np.float32)
    noisy = ForeignModel(graphs.rvc(noisy=10.0), graphs.content(), threads=1)
    assert np.array_equal(ForeignVoice(noisy).feed(silence, 0.0).audio, silence)
    assert np.array_equal(convert(silence, 48_000, noisy), silence)


def test_broken_samples_do_not_break_the_show() -> None:
    sound = _sung(1.0, 48_000)
    sound[1000:1100], sound[5000] = np.nan, np.inf
    assert np.isfinite(ForeignVoice(_TONE).feed(sound, 0.0).audio).all()
    assert np.isfinite(convert(sound, 48_000, _TONE)).all()


@pytest.mark.parametrize("rate", [4_000, 200_000, 44_099])
def test_rates_that_cannot_be_run_are_refused(rate: int) -> None:
    with pytest.raises(ForeignError, match="8000 to 192000"):
        ForeignVoice(_TONE, rate=rate)


def test_windows_lie_on_the_grid() -> None:
    for window in (LIVE, OFFLINE, _QUICK):
        for seconds in (window.chunk, window.context, window.tail):
            assert seconds / 0.04 == pytest.approx(round(seconds / 0.04))


def test_a_long_file_is_cut_into_windows_that_do_not_show() -> None:
    sound = _sung(19.0, 16_000)
    audio = convert(sound, 16_000, _LEVEL)
    one = convert(sound, 16_000, _LEVEL, window=Window(20.0, 1.0, 0.04, 0.01, 0.47))
    assert len(audio) == 19 * 48_000
    assert np.abs(audio - one)[4800:-4800].max() < 0.02 * np.abs(one).max()


def test_swift_f0_and_rmvpe_find_pitch_every_ten_milliseconds() -> None:
    sound = _sung(2.0, 16_000, 300.0)
    own = find_pitch(sound)
    assert len(own) == 201
    assert np.median(own[20:180]) == pytest.approx(300, rel=0.005)
    other = rmvpe(graphs.rmvpe(330.0))
    assert other(sound).shape == (201,)
    assert set(other(np.zeros(50 * 16_000, np.float32)).tolist()) == {330.0}
    with pytest.raises(ForeignError, match="RMVPE with waveform"):
        rmvpe(graphs.content())


def test_offline_sings_with_the_pitch_it_is_given() -> None:
    sound = _sung(2.0, 44_100)
    audio = convert(sound, 44_100, _TONE, pitch=rmvpe(graphs.rmvpe(330.0)))
    spectrum = np.abs(np.fft.rfft(audio[24_000:72_000] * np.hanning(48_000)))
    assert np.argmax(spectrum) == pytest.approx(330, abs=2)
