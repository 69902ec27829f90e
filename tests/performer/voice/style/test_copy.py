"""A recording as frames of its own voice: sung again it is the same, at any rate, in any pieces."""

import numpy as np
import pytest
from numpy.typing import NDArray

from performer.voice.bands import log_bands
from performer.voice.convert.frames import Frames
from performer.voice.sound import resample
from performer.voice.style import copy
from performer.voice.style.copy import COPY_BANDS, frames_of, pitch_of
from performer.voice.synth import synthesise
from tests.performer.voice.convert.made import sung

RATE = 48_000


def level(sound: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.square(sound).mean() + 1e-12))


def again(frames: Frames) -> NDArray[np.float32]:
    return synthesise(frames.hertz, frames.density, frames.noise)


@pytest.mark.parametrize(("hertz", "off"), [(110.0, 0.5), (220.0, 0.5), (523.0, 2.5)])
def test_sung_again_it_is_the_same_voice(hertz: float, off: float) -> None:
    # off: dB. High notes come out louder: their few partials lie near formants, where the envelope is above its mean.
    sound = sung(1.0, hertz)
    frames = frames_of(sound, RATE)
    assert len(frames) == 101
    assert frames.density.shape == (101, COPY_BANDS)
    middle = frames.hertz[20:80]
    assert np.abs(1200 * np.log2(middle / hertz)).max() < 10
    copied = again(frames)
    assert len(copied) == len(sound)
    inside = slice(RATE // 5, RATE * 4 // 5)
    assert level(copied[inside]) == pytest.approx(level(sound[inside]), abs=off)
    before, after = (log_bands(resample(one[inside], RATE, 16_000)).mean(axis=0) for one in (sound, copied))
    loud = before > before.max() - 8
    assert np.abs(after - before)[loud].mean() < 0.4


def test_another_rate_is_the_same_voice() -> None:
    sound = sung(0.6, 200.0)
    one, two = frames_of(sound, RATE), frames_of(resample(sound, RATE, 44_100), 44_100)
    assert len(one) == len(two)
    assert two.hertz[15:45] == pytest.approx(one.hertz[15:45], rel=2e-3)
    assert np.abs(two.density - one.density)[15:45, :80].mean() < 0.1


def test_pieces_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = np.concatenate([sung(1.3, 180.0), np.zeros(RATE // 5, np.float32), sung(0.9, 260.0)])
    whole = frames_of(sound, RATE)
    monkeypatch.setattr(copy, "_PIECE_SECONDS", 1)
    shares: list[float] = []
    parts = frames_of(sound, RATE, shares.append)
    assert shares == sorted(shares)
    assert len(shares) == 3
    assert shares[-1] == 1.0
    # Where a note ends, a frame more or less may count as voiced.
    same = (parts.hertz > 0) == (whole.hertz > 0)
    assert (~same).sum() <= 3
    assert np.abs(parts.hertz - whole.hertz)[same].max() < 1.0
    assert np.abs(parts.density - whole.density)[same].max() < 0.2
    assert np.abs(parts.noise - whole.noise)[same].max() < 0.2


def test_silence_has_no_pitch_and_makes_no_sound() -> None:
    frames = frames_of(np.zeros(RATE // 2, np.float32), RATE)
    assert not frames.hertz.any()
    assert np.abs(again(frames)).max() < 1e-5
    assert len(frames_of(np.zeros(0, np.float32), RATE)) == 1
    assert len(pitch_of(np.zeros(100, np.float32))) == 0


def test_breath_stays_breath() -> None:
    noise = (0.05 * np.random.default_rng(1).standard_normal(RATE)).astype(np.float32)
    frames = frames_of(noise, RATE)
    assert (frames.hertz[10:-10] > 0).mean() < 0.1
    assert level(again(frames)[4800:-4800]) == pytest.approx(level(noise), abs=1.0)
