"""A stem beside its song: brought to its rate and length, or refused in a sentence."""

import numpy as np
import pytest

from performer.voice.sound import Sound, SoundError
from performer.voice.stem import stem_beside


def tone(seconds: float, rate: int) -> Sound:
    t = np.arange(round(seconds * rate)) / rate
    return Sound((0.3 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)[:, None], rate)


@pytest.mark.parametrize("seconds", [4.0, 5.0, 6.5])
def test_a_stem_gets_the_songs_rate_and_length(seconds: float) -> None:
    song = tone(5.0, 16_000)
    fitted = stem_beside(tone(seconds, 22_050), song, "v.wav")
    assert fitted.shape == (80_000,)
    heard = np.abs(fitted) > 0.05
    assert heard[: int(min(seconds, 5.0) * 16_000) - 200].mean() > 0.8
    assert not heard[int(seconds * 16_000) + 200 :].any()


def test_another_songs_stem_is_refused() -> None:
    with pytest.raises(SoundError, match=r"v\.wav lasts 9\.0 s, the song 5\.0 s"):
        stem_beside(tone(9.0, 8000), tone(5.0, 8000), "v.wav")
