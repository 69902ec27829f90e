"""A voice on the microphone: the same however the blocks fall, as late as it says, whole whatever comes in."""

from dataclasses import replace
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from motion.errors import UserError
from performer.voice.convert.chain import CHAIN_DELAY, Converter
from performer.voice.convert.offline import convert
from performer.voice.convert.voice_file import PitchRange
from tests.performer.voice.convert.made import made_voice, sung

RATE = 48_000


def through(converter: Converter, sound: NDArray[np.float32], size: int = 480) -> NDArray[np.float32]:
    return np.concatenate([converter.feed(sound[at : at + size], 0.0).audio for at in range(0, len(sound), size)])


def mixed(seconds: float) -> NDArray[np.float32]:
    """Breath, a sung vowel, silence."""
    sound = sung(seconds)
    sound[: len(sound) // 4] = 0.01 * np.random.default_rng(1).standard_normal(len(sound) // 4)
    sound[-len(sound) // 5 :] = 0.0
    return sound


def level(sound: NDArray[np.float32]) -> float:
    """dB of full scale."""
    return float(10 * np.log10(np.mean(np.square(sound.astype(np.float64))) + 1e-20))


@settings(deadline=None, max_examples=12)
@given(st.lists(st.integers(1, 6000), min_size=2, max_size=10))
def test_any_split_sounds_the_same_to_the_bit(sizes: list[int]) -> None:
    sound = mixed(0.6)[: sum(sizes)]
    whole = Converter(made_voice(), semitones=3).feed(sound, 0.0)
    converter = Converter(made_voice(), semitones=3)
    edges = np.cumsum([0, *sizes])
    parts = [converter.feed(sound[a:b], a / RATE) for a, b in pairwise(edges)]
    assert [len(part.audio) for part in parts] == [len(sound[a:b]) for a, b in pairwise(edges)]
    assert np.array_equal(np.concatenate([part.audio for part in parts]), whole.audio)
    points = [point for part in parts for point in part.pitch]
    assert [point.hertz for point in points] == [point.hertz for point in whole.pitch]
    assert np.allclose([point.t for point in points], [point.t for point in whole.pitch], atol=1e-9)


def test_single_samples_and_one_long_block_are_the_same() -> None:
    sound = mixed(0.1)
    by_one = through(Converter(made_voice()), sound, 1)
    assert np.array_equal(by_one, through(Converter(made_voice()), sound, len(sound)))
    assert np.any(by_one)


def test_offline_is_the_stream_without_its_delay() -> None:
    sound = mixed(0.5)
    live = through(Converter(made_voice()), np.concatenate([sound, np.zeros(CHAIN_DELAY, np.float32)]), 480)
    assert np.array_equal(convert(sound, RATE, made_voice()), live[CHAIN_DELAY:])


def test_a_click_comes_out_as_late_as_the_chain_says() -> None:
    assert CHAIN_DELAY / RATE <= 0.047
    rng = np.random.default_rng(0)
    clicks = np.arange(12) * RATE // 4 + RATE // 8 + rng.integers(0, 480, 12)
    sound = np.zeros(clicks[-1] + RATE // 4, np.float32)
    sound[clicks] = 0.9
    out = np.square(through(Converter(made_voice()), sound).astype(np.float64))
    late: list[float] = []
    for click in clicks:
        part = out[click : click + RATE // 8]
        late.append(float((part * np.arange(len(part))).sum() / part.sum()))
    # The mean place of a click's energy, which is as wide as a window of analysis.
    assert abs(np.mean(late) - CHAIN_DELAY) < 0.001 * RATE
    assert np.abs(np.array(late) - CHAIN_DELAY).max() < 0.006 * RATE


def test_what_sounds_depends_on_nothing_later_than_its_delay_allows() -> None:
    sound = sung(0.5)
    other = sound.copy()
    other[RATE // 4 :] = 0.0
    one, two = through(Converter(made_voice()), sound), through(Converter(made_voice()), other)
    differs = np.flatnonzero(one != two)
    assert RATE // 4 <= differs[0] <= RATE // 4 + CHAIN_DELAY


def test_a_steady_tone_has_no_clicks_at_the_edges_of_blocks() -> None:
    # No whole number of periods in a few blocks, so that each place of a block meets every place of a period.
    out = through(Converter(made_voice()), sung(2.0, 183.7), 480)[RATE // 2 :].astype(np.float64)
    assert level(out) > -40
    bend = np.square(np.diff(out, 3))
    places = bend[: len(bend) // 480 * 480].reshape(-1, 480).mean(axis=0)
    around = np.convolve(np.concatenate([places, places[:47]]), np.full(48, 1 / 48), "valid")
    # Frames are joined somewhere in a block: there it must be like everywhere else.
    assert around.max() < 1.5 * bend.mean()
    assert around.min() > bend.mean() / 1.5


def test_silence_stays_silence() -> None:
    assert level(through(Converter(made_voice()), np.zeros(RATE, np.float32))) < -70
    # Also after a voice, when what is remembered of it has run out.
    after = through(Converter(made_voice()), np.concatenate([sung(0.5), np.zeros(RATE, np.float32)]))
    assert level(after[-RATE // 2 :]) < -70


def test_the_voice_is_as_loud_as_what_is_sung_within_a_few_decibels() -> None:
    loud, soft = sung(1.0), 0.1 * sung(1.0)
    out = [level(through(Converter(made_voice()), sound)[RATE // 2 :]) for sound in (loud, soft)]
    assert abs(out[0] - level(loud)) < 6
    # A whisper of 20 dB less is about that much less: the level of the voice moves what the decoder hears, no more.
    assert 14 < out[0] - out[1] < 26


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf, 3e38, -1e30, 1e-40])
def test_a_broken_block_passes_and_the_voice_goes_on(broken: float) -> None:
    sound = sung(0.8)
    sound[9_000:9_480] = broken
    with np.errstate(all="raise", under="ignore"):
        out = through(Converter(made_voice()), sound)
    assert np.isfinite(out).all()
    assert level(out[-RATE // 10 :]) > -45


def test_a_constant_is_no_voice_and_does_not_drown_one() -> None:
    constant = Converter(made_voice()).feed(np.full(RATE // 2, 0.5, np.float32), 0.0)
    assert np.isfinite(constant.audio).all()
    assert not any(point.hertz for point in constant.pitch)
    # Under a voice it takes part in its loudness (to be rid of it is the front's matter), but not in its pitch.
    offset = Converter(made_voice()).feed(sung(0.5) + 0.1, 0.0)
    assert np.median([point.hertz for point in offset.pitch if point.hertz]) == pytest.approx(180.0, rel=0.005)
    assert level(offset.audio[RATE // 4 :]) < level(sung(0.5)) + 6


def test_reset_is_as_fresh_as_new() -> None:
    used = Converter(made_voice())
    through(used, sung(0.3, 300.0))
    used.reset()
    assert np.array_equal(through(used, mixed(0.3)), through(Converter(made_voice()), mixed(0.3)))


def test_an_empty_block_changes_nothing() -> None:
    converter, sound = Converter(made_voice()), mixed(0.2)
    assert len(converter.feed(np.zeros(0, np.float32), 0.0).audio) == 0
    assert np.array_equal(through(converter, sound), through(Converter(made_voice()), sound))


def test_pitch_goes_up_by_the_semitones_asked_for_and_stands_at_the_time_it_sounds() -> None:
    block = Converter(made_voice(), semitones=7).feed(sung(0.6, 180.0), 5.0)
    voiced = [point for point in block.pitch if point.hertz]
    assert np.median([point.hertz for point in voiced]) == pytest.approx(180 * 2 ** (7 / 12), rel=0.005)
    assert 5.0 + CHAIN_DELAY / RATE - 0.02 <= voiced[0].t <= 5.0 + CHAIN_DELAY / RATE + 0.1
    assert block.latency == CHAIN_DELAY / RATE
    spans = [(phone.start, phone.end) for phone in block.phones]
    assert all(start < end for start, end in spans)
    assert all(one[1] <= two[0] + 1e-9 for one, two in pairwise(spans))


def test_the_widest_range_that_a_card_may_have_warns_of_nothing() -> None:
    voice = made_voice()
    wide = replace(voice, card=msgspec.structs.replace(voice.card, range=PitchRange(1.0, 200.0, 20_000.0)))
    assert np.isfinite(through(Converter(wide), mixed(0.5))).all()


def test_a_voice_without_a_decoder_is_refused_in_a_sentence() -> None:
    voice = made_voice()
    bare = replace(voice, members={"content.onnx": voice.members["content.onnx"]})
    with pytest.raises(UserError, match="Nobody"):
        Converter(bare)
