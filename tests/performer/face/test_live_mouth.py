"""The live mouth: opens with the sound, shuts for lips, does not depend on how blocks are cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.face.live_mouth import LiveMouth
from performer.face.track import MOUTH
from performer.voice.stream import Phone, VoiceBlock

RATE = 48_000


def _tone(seconds: float, level: float = 0.2) -> np.ndarray:
    return (level * np.sin(2 * np.pi * 220 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def _sung(phones: list[Phone], sound: np.ndarray, sizes: list[int]) -> LiveMouth:
    mouth = LiveMouth()
    at = 0
    left = list(phones)
    while at < len(sound):
        size = sizes[(at // 480) % len(sizes)] if sizes else 480
        stop = min(at + size, len(sound))
        # A phone is told a frame before it sounds.
        told = [phone for phone in left if phone.start <= stop / RATE + 0.01]
        left = [phone for phone in left if phone not in told]
        mouth.feed(VoiceBlock(sound[at:stop], tuple(told)), at / RATE, RATE)
        at = stop
    return mouth


SAID = [Phone(0.2, 0.5, "ɑ"), Phone(0.5, 0.58, "m"), Phone(0.58, 0.9, "u")]


def _sound() -> np.ndarray:
    sound = _tone(1.2)
    sound[: round(0.2 * RATE)] = 0
    sound[round(0.9 * RATE) :] = 0
    return sound


def test_vowels_open_their_own_shape_and_lips_meet() -> None:
    mouth = _sung(SAID, _sound(), [480])
    open_wide = mouth.at(0.4)
    assert MOUTH[int(open_wide.argmax())] == "aa"
    assert open_wide.max() > 0.7
    assert mouth.at(0.575).sum() < 0.3 * open_wide.sum()
    assert MOUTH[int(mouth.at(0.8).argmax())] == "ou"
    assert mouth.at(0.15).sum() == 0
    assert mouth.at(1.1).sum() < 0.02


def test_it_opens_with_the_sound_not_before_and_not_long_after() -> None:
    mouth = _sung(SAID, _sound(), [480])
    times = np.arange(0.1, 0.5, 0.001)
    opening = np.array([mouth.at(t).sum() for t in times])
    half = times[np.argmax(opening > 0.5 * opening.max())]
    assert abs(half - 0.2) < 0.03


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 3000), min_size=1, max_size=6))
def test_any_split_gives_the_same_mouth(sizes: list[int]) -> None:
    phones = [Phone(0.0, 0.6, "i"), Phone(0.6, 1.2, "oʊ")]
    whole, split = LiveMouth(), LiveMouth()
    sound = _tone(1.2)
    whole.feed(VoiceBlock(sound, tuple(phones)), 0.0, RATE)
    at = 0
    turn = 0
    first = True
    while at < len(sound):
        size = sizes[turn % len(sizes)]
        split.feed(VoiceBlock(sound[at : at + size], tuple(phones) if first else ()), at / RATE, RATE)
        at, turn, first = at + size, turn + 1, False
    for t in np.linspace(0.0, 1.19, 50):
        assert split.at(t) == pytest.approx(whole.at(t), abs=1e-5)


def test_a_voice_without_phones_still_moves_the_mouth() -> None:
    mouth = LiveMouth()
    mouth.feed(VoiceBlock(_tone(0.5)), 0.0, RATE)
    assert 0.2 < mouth.at(0.4).sum() <= 1


def test_when_nothing_comes_any_more_it_shuts() -> None:
    mouth = _sung(SAID, _sound()[: round(0.8 * RATE)], [480])
    assert mouth.at(0.8).sum() > 0.3
    assert mouth.at(1.1).sum() == 0


def test_weights_are_a_mouth() -> None:
    rng = np.random.default_rng(0)
    mouth = LiveMouth()
    for block in range(100):
        sound = rng.normal(0, rng.uniform(0, 2), 480).astype(np.float32)
        mouth.feed(VoiceBlock(sound, (Phone(block * 0.01, block * 0.01 + 0.01, "æ"),)), block * 0.01, RATE)
    for t in np.linspace(-1, 3, 60):
        weights = mouth.at(t)
        assert weights.shape == (5,)
        assert (weights >= 0).all()
        assert weights.sum() <= 1 + 1e-6
