"""Keys of made chord progressions, in all 24 keys, in and out of tune."""

from pathlib import Path

import numpy as np
import pytest

from motion.music.key import NAMES, find_key
from motion.music.spectrum import RATE, analyse
from performer.voice.songs import song_folder
from performer.voice.sound import read_sound
from tests.motion.music.made import progression

MAJOR = {
    "I IV V I": ((0, "M"), (5, "M"), (7, "M"), (0, "M")),
    "I V vi IV": ((0, "M"), (7, "M"), (9, "m"), (5, "M")),
    "IV V iii vi IV V I I": ((5, "M"), (7, "M"), (4, "m"), (9, "m"), (5, "M"), (7, "M"), (0, "M"), (0, "M")),
    "I vi ii V": ((0, "M"), (9, "m"), (2, "m"), (7, "M")),
}
MINOR = {
    "i iv v i": ((0, "m"), (5, "m"), (7, "m"), (0, "m")),
    "i iv V i": ((0, "m"), (5, "m"), (7, "M"), (0, "m")),
    "i VI VII i": ((0, "m"), (8, "M"), (10, "M"), (0, "m")),
    "i VI iv V": ((0, "m"), (8, "M"), (5, "m"), (7, "M")),
}


@pytest.mark.parametrize("tonic", range(12), ids=NAMES)
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_chords_of_a_key_have_that_key(tonic: int, mode: str) -> None:
    for cents, (name, chords) in zip(
        (0.0, 30.0, -30.0, 15.0), (MAJOR if mode == "major" else MINOR).items(), strict=True
    ):
        sound = analyse(np.tile(progression(tonic, chords, cents), 2), RATE)
        assert find_key(sound.chroma, sound.bass) == f"{NAMES[tonic]} {mode}", (name, cents)


def test_the_built_in_song_is_in_its_own_key() -> None:
    sound = read_sound(Path(song_folder("firstlight").path))
    heard = analyse(sound.mono, sound.rate)
    assert find_key(heard.chroma, heard.bass) == "C major"


def test_noise_and_silence_have_no_key() -> None:
    noise = analyse(np.random.default_rng(1).normal(0.0, 0.1, 8 * RATE).astype(np.float32), RATE)
    silence = analyse(np.zeros(4 * RATE, np.float32), RATE)
    assert find_key(noise.chroma, noise.bass) == ""
    assert find_key(silence.chroma, silence.bass) == ""
