"""The whole front: any split gives the same, reset forgets, broken numbers and switches do no harm."""

from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.voice.front.chain import Front
from performer.voice.front.settings import FrontError, default_settings, parse_front, read_front
from tests.performer.voice.front.sounds import RATE, click, noise, note, power, speech

SOUND = speech(1.2) + noise(1.2, 0.01)
SOUND[20_000 : 20_000 + 720] += click(3)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 9000), min_size=1, max_size=12))
def test_whole_equals_any_split(sizes: list[int]) -> None:
    edges = np.minimum(np.cumsum([0, *sizes]), len(SOUND))
    whole = Front().feed(SOUND[: edges[-1]])
    front = Front()
    parts = [front.feed(SOUND[a:b]) for a, b in pairwise(edges)]
    assert [len(part) for part in parts] == np.diff(edges).tolist()
    split = np.concatenate(parts)
    assert np.abs(split - whole).max(initial=0.0) <= 1e-6


def test_sample_by_sample_is_the_same() -> None:
    short = SOUND[18_000:21_000]
    front = Front()
    assert (
        np.abs(np.concatenate([front.feed(short[k : k + 1]) for k in range(3000)]) - Front().feed(short)).max() < 1e-6
    )


def test_reset_forgets_everything() -> None:
    front = Front()
    first = front.feed(SOUND)
    again = front.feed(SOUND)
    assert not np.array_equal(first, again)
    front.reset()
    assert np.array_equal(front.feed(SOUND), first)


def test_delay_is_what_is_declared_and_at_most_two_and_a_half_milliseconds() -> None:
    front = Front()
    assert front.latency <= 0.0025
    sound = np.zeros(4800, np.float32)
    sound[1000:] = note(0.2)[:3800]
    out = front.feed(sound)
    lags = range(0, 240)
    best = max(lags, key=lambda lag: float(np.dot(out[lag : lag + 4500], sound[:4500])))
    assert abs(best / RATE - front.latency) < 0.0003


def test_numbers_that_are_none_do_not_stay() -> None:
    front = Front()
    broken = SOUND.copy()
    broken[1000:1010] = np.nan
    broken[2000] = np.inf
    broken[3000] = -1e30
    out = front.feed(broken)
    assert np.isfinite(out).all()
    assert np.abs(front.feed(speech(1.0))).max() < 1.0


def test_a_stage_is_switched_without_a_click() -> None:
    tone = note(1.0, 300.0, 0.1, cents=0.0)
    front = Front()
    parts: list[np.ndarray] = []
    for index, at in enumerate(range(0, len(tone), 480)):
        if index % 10 == 5:
            for stage in front.stages:
                front.switch(stage.name, not stage.on)
        parts.append(front.feed(tone[at : at + 480]))
    jumps = np.abs(np.diff(np.concatenate(parts), 2)).max()
    assert jumps < 1.3 * np.abs(np.diff(tone, 2)).max()


def test_everything_off_is_the_input_and_only_later() -> None:
    front = Front(parse_front("".join(f"[{stage.name}]\non = false\n" for stage in Front().stages)))
    out = front.feed(SOUND)
    late = round(front.latency * RATE)
    assert np.array_equal(out[late:], SOUND[:-late])


def test_meters_name_every_stage() -> None:
    front = Front()
    front.feed(SOUND)
    assert [meter.name for meter in front.meters] == ["highpass", "howl", "clicks", "noise", "gate"]
    assert all(meter.db >= 0 for meter in front.meters)


def test_unknown_stage_is_refused() -> None:
    with pytest.raises(FrontError, match="there are: highpass"):
        Front().switch("reverb", True)


def test_settings_name_only_what_differs() -> None:
    settings_ = parse_front("[gate]\nopen_db = -40\n")
    assert settings_.gate.open_db == -40
    assert settings_.noise == default_settings().noise


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[gate]\nopen_db = 5\n", "gate.open_db"),
        ("[gate]\nwidth = 5\n", "width"),
        ("[reverb]\non = true\n", "reverb"),
        ("gate = 3\n", "gate"),
        ("[gate\n", "not settings in TOML"),
        ("[gate]\nopen_db = -70\nclose_db = -60\n", "close_db"),
        ("[noise]\ndepth_db = nan\n", "depth_db"),
    ],
)
def test_wrong_settings_are_named(text: str, says: str) -> None:
    with pytest.raises(FrontError, match=says):
        parse_front(text)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(FrontError):
        parse_front(text)


def test_files_that_are_none(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    with pytest.raises(FrontError, match="cannot read"):
        read_front(folder / "none.toml")
    (folder / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FrontError, match="not text"):
        read_front(folder / "bytes.toml")
    (folder / "long.toml").write_text("#" * 200_000)
    with pytest.raises(FrontError, match="too long"):
        read_front(folder / "long.toml")


def test_silence_stays_silent_and_finite() -> None:
    assert power(Front().feed(np.zeros(RATE, np.float32))) == 0.0
