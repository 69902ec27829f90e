"""The voice's curve on sounds whose truth is known: no voice, a voice in the built-in song, one or two channels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import motion.music.voice_features as voice_features_module
from motion.music.vocal import VOCAL_HOP, StemEars, stem_activity, vocal_activity
from motion.music.voice_columns import FEATURES
from motion.music.voice_features import VoiceFeatures, voice_features
from motion.music.voice_weights import WEIGHTS
from performer.voice.songs import song_folder
from performer.voice.sound import read_sound
from tests.motion.music.made import RATE, band


def test_every_feature_has_its_weight() -> None:
    assert len(set(FEATURES)) == len(FEATURES) == len(WEIGHTS["mean"]) == len(WEIGHTS["spread"])
    assert WEIGHTS["into"].shape == (len(FEATURES), len(WEIGHTS["bias"]))
    assert WEIGHTS["out"].shape == WEIGHTS["bias"].shape
    assert np.all(WEIGHTS["spread"] > 0.0)


def test_a_band_without_singer_is_not_sung() -> None:
    sound, _ = band(110.0, 6, 4)
    assert np.mean(vocal_activity(sound, RATE).values) < 0.2
    assert np.mean(vocal_activity(np.stack([sound, sound], axis=1), RATE).values) < 0.2


def test_silence_is_not_sung_and_lasts_as_long() -> None:
    curve = vocal_activity(np.zeros((3 * RATE, 2), np.float32), RATE)
    assert curve.values == [0.0] * (int(3 / VOCAL_HOP) + 1)


@given(sizes=st.lists(st.integers(1, 40_000), min_size=1, max_size=8), channels=st.sampled_from([1, 2]))
@settings(max_examples=8, deadline=None)
def test_features_of_the_whole_are_those_of_any_split(sizes: list[int], channels: int) -> None:
    sound = np.repeat(band(120.0, 5, 4)[0][:, None], channels, axis=1)
    sound[:, 0] *= 0.8
    with pytest.MonkeyPatch.context() as patch:
        # Short "minutes", so that several of them end inside the sound.
        patch.setattr(voice_features_module, "_BLOCK_SECONDS", 2.5)
        whole = voice_features(sound, RATE)
        ears = VoiceFeatures(RATE)
        at = 0
        for size in sizes:
            ears.feed(sound[at : at + size])
            at += size
        ears.feed(sound[at:])
        assert np.array_equal(ears.finish(), whole)
    assert len(whole) == int(np.ceil(len(sound) / RATE / VOCAL_HOP)) + 1
    assert np.isfinite(whole).all()
    assert len(np.unique(whole, axis=0)) > 0.8 * len(whole)


@given(sizes=st.lists(st.integers(0, 9000), max_size=9))
@settings(deadline=None)
def test_a_stem_in_pieces_is_as_active_as_whole(sizes: list[int]) -> None:
    stem = np.random.default_rng(3).normal(0.0, 0.1, 3 * RATE).astype(np.float32)
    stem[RATE : 2 * RATE] = 0.0
    ears, at = StemEars(RATE), 0
    for size in sizes:
        ears.feed(stem[at : at + size])
        at += size
    ears.feed(stem[at:])
    heard = ears.finish(3.0)
    assert heard == stem_activity(stem, RATE, 3.0)
    assert heard.at(1.5) == 0.0
    assert heard.at(0.5) == heard.at(2.5) == 1.0


def heard_and_false(sound: NDArray[np.float32], truth: NDArray[np.bool_], rate: int) -> tuple[float, float]:
    """Shares of the sung and of the other moments at which singing is heard."""
    on = np.array(vocal_activity(sound, rate).values) > 0.5
    count = min(len(on), len(truth))
    on, truth = on[:count], truth[:count]
    return float(on[truth].mean()), float(on[~truth].mean())


def test_the_built_in_song_is_sung_where_its_stem_is() -> None:
    files = song_folder("firstlight")
    assert files.vocal is not None
    mix, voice = read_sound(files.path), read_sound(files.vocal)
    truth = np.array(stem_activity(voice.mono, voice.rate, mix.seconds).values) > 0.5
    recall, false = heard_and_false(voice.mono, truth, voice.rate)
    assert recall > 0.9
    assert false < 0.1
    recall, false = heard_and_false(mix.samples, truth, mix.rate)
    # A soft synthetic voice under loud synthesizers is heard a third of the time: few false alarms matter more.
    assert recall > 2.0 * false
    assert false < 0.15
