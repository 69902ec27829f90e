"""The mark end to end: found in cuts, through coders, never where there is none; the same however sound is split."""

import shutil
import subprocess

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from performer.voice.mark.detect import STRONG_ENOUGH, Detector, detect
from performer.voice.mark.embed import Embedder, embed
from performer.voice.mark.pattern import LEAST_RATE, PAIRS, STEP_DB, TILES, dither, grid_origin, roles
from tests.performer.voice.mark.made import RATE, voice

PAYLOAD = 0xBEEF


@pytest.fixture(scope="module")
def plain() -> NDArray[np.float32]:
    return voice(24.0, channels=2)


@pytest.fixture(scope="module")
def marked(plain: NDArray[np.float32]) -> NDArray[np.float32]:
    return embed(plain, RATE, PAYLOAD)


def test_ten_seconds_from_anywhere_are_enough(marked: NDArray[np.float32], plain: NDArray[np.float32]) -> None:
    for start in (0, 12_345, 13 * RATE + 77):
        found = detect(marked[start : start + 10 * RATE], RATE)
        assert found.payload == PAYLOAD
        assert found.sure > 1 - 1e-9
        assert found.strongest > 1.5 * STRONG_ENOUGH
        assert detect(plain[start : start + 10 * RATE], RATE).payload is None


def test_what_is_added_lies_far_below_in_every_band(marked: NDArray[np.float32], plain: NDArray[np.float32]) -> None:
    added = (marked - plain).mean(axis=1)
    spectrum, noise = (np.abs(np.fft.rfft(part)) ** 2 for part in (plain.mean(axis=1), added))
    hertz = np.fft.rfftfreq(len(plain), 1.0 / RATE)
    for low, high in ((0, 200), (200, 800), (800, 2500), (2500, 8000), (8000, 20_000)):
        band = (hertz >= low) & (hertz < high)
        assert 10.0 * np.log10(noise[band].sum() / spectrum[band].sum()) < -27.0
    # Nor does any moment stand out.
    pieces = len(plain) // 882
    loud, soft = (np.square(part[: pieces * 882].reshape(pieces, -1)).sum(1) for part in (plain.mean(axis=1), added))
    ratio = soft[loud > 1e-4 * loud.max()] / loud[loud > 1e-4 * loud.max()]
    assert 10.0 * np.log10(np.percentile(ratio, 99.0)) < -20.0


@pytest.mark.parametrize(
    "codec",
    [
        ["-c:a", "aac", "-b:a", "128k", "-f", "adts"],
        ["-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3"],
        ["-c:a", "libopus", "-b:a", "96k", "-f", "ogg"],
    ],
)
def test_it_survives_a_coder(marked: NDArray[np.float32], codec: list[str]) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    raw = ["-f", "f32le", "-ar", str(RATE), "-ac", "2"]

    def run(words: list[str], data: bytes) -> bytes:
        return subprocess.run(
            ["ffmpeg", "-v", "error", *words, "-"], input=data, capture_output=True, check=True
        ).stdout

    back = run(["-i", "-", *raw], run([*raw, "-i", "-", *codec], marked.tobytes()))
    cut = np.frombuffer(back, "<f4").reshape(-1, 2)[31_007 : 31_007 + 10 * RATE]
    assert detect(cut, RATE).payload == PAYLOAD


def test_rate_level_equaliser_and_one_channel_do_not_matter(marked: NDArray[np.float32]) -> None:
    cut = marked[5 * RATE + 11 : 15 * RATE + 11]
    tilted = np.diff(cut, axis=0) + 0.5 * cut[1:]
    for sound, rate in (
        (soxr.resample(cut, RATE, 48_000), 48_000),
        (soxr.resample(cut, RATE, 22_050), 22_050),
        (cut * np.float32(0.003), RATE),
        (tilted, RATE),
        (cut.mean(axis=1), RATE),
        (np.tanh(2.0 * cut), RATE),
        (np.round(cut * 0.02 * 32767.0).astype(np.float32), RATE),
    ):
        assert detect(np.asarray(sound, np.float32), rate).payload == PAYLOAD


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 96_000])
def test_any_rate_can_be_marked(rate: int) -> None:
    sound = voice(11.0, rate=rate, seed=3)[:, 0]
    marked = embed(sound, rate, 7)
    assert marked.shape == sound.shape
    assert marked.dtype == np.float32
    assert detect(marked, rate).payload == 7


def test_where_it_is_and_that_a_stretch_without_it_is_none(plain: NDArray[np.float32]) -> None:
    half = 12 * RATE
    found = detect(np.concatenate([embed(plain[:half], RATE, 5), plain[half:], plain]), RATE)
    assert found.payload == 5
    assert found.where
    assert all(window.start < 6.0 for window in found.where)
    assert len(found.read) > len(found.where)
    assert found.read[-1].end == pytest.approx(48.0, abs=0.1)


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.5])
def test_too_little_sound_has_nothing(seconds: float) -> None:
    sound = voice(1.0)[: round(seconds * RATE)]
    assert embed(sound, RATE, 1).shape == sound.shape
    found = detect(sound, RATE)
    assert (found.sure, found.payload, found.read) == (0.0, None, ())


@pytest.mark.parametrize("sound", [np.zeros(11 * RATE), np.full(11 * RATE, 0.5), np.eye(1, 11 * RATE)[0]])
def test_silence_stays_as_it_is_and_gives_no_alarm(sound: NDArray[np.float64]) -> None:
    sound = sound.astype(np.float32)
    marked = embed(sound, RATE, PAYLOAD)
    assert np.isfinite(marked).all()
    assert np.max(np.abs(marked - sound)) < 0.2
    if not np.any(sound):
        assert not np.any(marked)
    assert detect(sound, RATE).payload is None


def test_noise_of_many_kinds_gives_no_alarm() -> None:
    rng = np.random.default_rng(11)
    n = 30 * 16_000
    t = np.arange(n) / 16_000
    noise = rng.standard_normal(n)
    kinds = [noise, np.cumsum(noise) / 100, noise * (t % 0.5 < 0.1), np.sign(np.sin(2 * np.pi * 97 * t)) * (t % 0.12)]
    for sound in kinds:
        found = detect(sound.astype(np.float32), 16_000)
        assert found.payload is None
        assert found.strongest < STRONG_ENOUGH - 0.7


sizes = st.lists(st.integers(1, 9000), min_size=1, max_size=12)


@given(sizes, st.integers(1, 2))
@settings(max_examples=15, deadline=None)
def test_the_embedder_gives_the_same_however_sound_is_split(sizes: list[int], channels: int) -> None:
    sound = voice(1.5, rate=16_000, channels=channels, seed=1)
    embedder = Embedder(16_000, PAYLOAD, channels)
    whole = np.concatenate([embedder.feed(sound), embedder.flush()])
    parts = []
    place = 0
    while place < len(sound):
        size = sizes[len(parts) % len(sizes)]
        parts.append(embedder.feed(sound[place : place + size]))
        assert len(parts[-1]) == len(sound[place : place + size])
        place += size
    parts.append(embedder.flush())
    assert np.array_equal(np.concatenate(parts), whole)
    assert np.array_equal(whole[embedder.delay :], embed(sound, 16_000, PAYLOAD))
    assert not np.any(whole[: embedder.delay])


@given(sizes)
@settings(max_examples=5, deadline=None)
def test_the_detector_says_the_same_however_sound_is_split(sizes: list[int]) -> None:
    sound = embed(voice(17.0, rate=16_000, seed=2), 16_000, PAYLOAD)
    whole = detect(sound, 16_000)
    detector = Detector(16_000)
    place = turn = 0
    while place < len(sound):
        size = 5 * sizes[turn % len(sizes)]
        detector.feed(sound[place : place + size])
        place, turn = place + size, turn + 1
    found = detector.finish()
    assert found.payload == whole.payload == PAYLOAD
    assert [window.start for window in found.read] == [window.start for window in whole.read]
    assert [window.strength for window in found.read] == pytest.approx(
        [window.strength for window in whole.read], abs=0.02
    )


def test_reset_forgets() -> None:
    sound = voice(2.0, rate=16_000)
    embedder, detector = Embedder(16_000, 3), Detector(16_000)
    first = embedder.feed(sound[:, 0])
    embedder.feed(sound[:777, 0])
    assert embedder.latency == pytest.approx(0.18, abs=0.02)
    embedder.reset()
    assert np.array_equal(embedder.feed(sound[:, 0]), first)
    detector.feed(embed(voice(12.0, rate=16_000), 16_000, 3))
    detector.reset()
    assert detector.finish().read == ()


@pytest.mark.parametrize(("rate", "channels"), [(LEAST_RATE - 1, 1), (48_000, 0)])
def test_wrong_rates_and_channels_are_refused(rate: int, channels: int) -> None:
    with pytest.raises(ValueError, match="8000 Hz"):
        Embedder(rate, 0, channels)
    with pytest.raises(ValueError, match="8000 Hz"):
        Detector(rate, channels)


def test_the_pattern_is_the_same_for_ever() -> None:
    """Files that were marked must be read by every later version."""
    assert dither().shape == roles().shape == (PAIRS, TILES) == (96, 18)
    assert STEP_DB == 6.0
    assert round(float(dither()[3, 5]), 6) == 0.895798
    assert roles()[:2].tolist() == [
        [25, -1, -1, 8, 15, -1, 5, -1, -1, 14, 17, -1, 25, -1, -1, -1, -1, 23],
        [-1, 12, 31, -1, 14, -1, -1, 15, -1, -1, -1, 30, 4, -1, 16, -1, -1, -1],
    ]
    # A minus in the word moves the grid by half a step, and only of the tiles that carry it.
    moved = (grid_origin(0) - grid_origin(1)) % 1.0
    assert np.array_equal(moved == 0.5, roles() >= 0)
    assert np.bincount(roles().ravel() + 1, minlength=33).min() > 10
