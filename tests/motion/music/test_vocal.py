"""The voice's curve on sounds whose truth is known: no voice, a voice in the built-in song, one or two channels."""

import numpy as np

from motion.music.vocal import VOCAL_HOP, stem_activity, vocal_activity
from motion.music.voice_features import FEATURES, voice_features
from motion.music.voice_weights import WEIGHTS
from performer.voice.songs import song_folder
from performer.voice.sound import read_sound
from tests.motion.music.made import RATE, band


def test_every_feature_has_its_weight() -> None:
    assert set(WEIGHTS) == set(FEATURES)


def test_a_band_without_singer_is_not_sung() -> None:
    sound, _ = band(110.0, 6, 4)
    assert np.mean(vocal_activity(sound, RATE).values) < 0.2
    assert np.mean(vocal_activity(np.stack([sound, sound], axis=1), RATE).values) < 0.2


def test_silence_is_not_sung_and_lasts_as_long() -> None:
    curve = vocal_activity(np.zeros((3 * RATE, 2), np.float32), RATE)
    assert curve.values == [0.0] * (int(3 / VOCAL_HOP) + 1)


def test_blocks_do_not_show_in_a_long_sound() -> None:
    sound, _ = band(120.0, 33, 4)
    whole = voice_features(sound, RATE)
    assert len(whole) == int(np.ceil(len(sound) / RATE / VOCAL_HOP)) + 1
    assert np.isfinite(whole).all()


def test_the_built_in_song_is_sung_where_its_stem_is() -> None:
    files = song_folder("firstlight")
    assert files.vocal is not None
    mix, voice = read_sound(files.path), read_sound(files.vocal)
    heard = np.array(vocal_activity(mix.samples, mix.rate).values)
    truth = np.array(stem_activity(voice.mono, voice.rate, len(mix.samples) / mix.rate).values) > 0.5
    truth = truth[: len(heard)]
    heard = heard[: len(truth)]
    assert heard[truth].mean() > 1.5 * heard[~truth].mean()
