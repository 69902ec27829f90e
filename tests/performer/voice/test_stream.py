"""The voice slot: any split into blocks gives the same voice."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from performer.voice.stream import FileVoice, Phone, PitchPoint, VoiceStream

RATE = 8000
STEM = np.random.default_rng(1).normal(0.0, 0.2, 2 * RATE).astype(np.float32)
PHONES = tuple(Phone(t, t + 0.1, "a") for t in (0.0, 0.25, 0.9, 1.7))
PITCH = tuple(PitchPoint(k * 0.01, 220.0) for k in range(200))


def voice() -> VoiceStream:
    return FileVoice(STEM, RATE, phones=PHONES, pitch=PITCH)


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=20))
def test_whole_equals_any_split(sizes: list[int]) -> None:
    total = sum(sizes)
    whole = voice().feed(np.zeros(total, np.float32), 0.0)
    split = voice()
    at, blocks = 0, []
    for size in sizes:
        blocks.append(split.feed(np.zeros(size, np.float32), at / RATE))
        at += size
    assert np.array_equal(np.concatenate([block.audio for block in blocks]), whole.audio)
    assert tuple(phone for block in blocks for phone in block.phones) == whole.phones
    assert tuple(point for block in blocks for point in block.pitch) == whole.pitch
    assert all(block.latency == split.latency for block in blocks)


def test_before_and_after_the_file_there_is_silence() -> None:
    block = voice().feed(np.ones(RATE, np.float32), -0.5)
    assert not np.any(block.audio[: RATE // 2])
    assert np.array_equal(block.audio[RATE // 2 :], STEM[: RATE // 2])
    assert not np.any(voice().feed(np.ones(100, np.float32), 5.0).audio)


def test_reset_hands_the_phones_out_again() -> None:
    one = voice()
    first = one.feed(np.zeros(RATE, np.float32), 0.0).phones
    assert one.feed(np.zeros(RATE, np.float32), 0.0).phones == ()
    one.reset()
    assert one.feed(np.zeros(RATE, np.float32), 0.0).phones == first
