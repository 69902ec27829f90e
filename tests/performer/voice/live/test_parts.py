"""Ring, drift, meters, devices' names, probes: each by itself."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.voice.device import Device, DeviceError, PyAudioSounds, find_device
from performer.voice.live.loop import Bypass
from performer.voice.live.meters import Levels, Load
from performer.voice.live.rates import Rates
from performer.voice.live.ring import Ring
from performer.voice.live.roundtrip import Prober, bursts, chirp, find_bursts, find_chirp, voice_delay
from performer.voice.live.steady import Steady
from performer.voice.stream import VoiceBlock

DEVICES = (
    Device(0, "HDA Intel: Analog", "ALSA", 2, 2, 48_000, ("out",)),
    Device(1, "USB Microphone", "ALSA", 1, 0, 44_100, ("in",)),
    Device(2, "USB Headset", "ALSA", 1, 2, 48_000),
    Device(3, "HDMI", "ALSA", 0, 8, 48_000),
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 70)), max_size=60))
def test_a_ring_gives_what_it_took_in_order(moves: list[tuple[bool, int]]) -> None:
    ring, sent, got, kept = Ring(64), 0, [], []
    for writes, count in moves:
        if writes:
            room = 64 - ring.fill
            ring.write(np.arange(sent, sent + count, dtype=np.float32))
            kept += list(range(sent, sent + min(room, count)))
            sent += count
        else:
            got += ring.read(count).tolist()
    got += ring.read(64).tolist()
    assert got == kept
    assert ring.dropped == sent - len(kept)


@pytest.mark.parametrize("ppm", [-400, -100, 100, 400])
def test_two_clocks_stay_together_for_an_hour(ppm: int) -> None:
    steady, fill, asked = Steady(480), 960.0, 0.0
    lowest, highest = np.inf, 0.0
    block = np.zeros(480, np.float32)
    for step in range(360_000):
        fill += len(steady.feed(block, int(fill)))
        asked += 480 * (1 + ppm / 1e6)
        fill -= int(asked)
        asked -= int(asked)
        if step > 1000:
            lowest, highest = min(lowest, fill), max(highest, fill)
    assert lowest > 240
    assert highest < 1440
    assert steady.skipped == 0


def test_a_slip_does_not_click() -> None:
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(48_000 * 3) / 48_000)).astype(np.float32)
    for fill in (0, 1200):
        steady = Steady(480)
        out = np.concatenate([steady.feed(tone[k : k + 480], fill) for k in range(0, len(tone), 480)])
        assert steady.slipped > 100
        assert len(out) != len(tone)
        assert np.abs(np.diff(out)).max() < 1.05 * np.abs(np.diff(tone)).max()


def test_a_backlog_is_left_out_quickly() -> None:
    steady, fill = Steady(480), 20_000
    for _ in range(200):
        fill += len(steady.feed(np.zeros(480, np.float32), fill)) - 480
    assert fill < 480 + 1440 + 480


def test_meters() -> None:
    levels = Levels()
    levels.feed(np.full(480, 0.1, np.float32))
    assert abs(levels.db + 20) < 0.01
    levels.feed(np.ones(480, np.float32))
    assert levels.clipped == 1
    load = Load()
    assert load.percentile(99) == 0.0
    for share in [0.1] * 99 + [2.0]:
        load.feed(share)
    assert load.late == 1
    assert load.percentile(50) == pytest.approx(0.1)


def test_devices_are_found_by_number_name_and_default() -> None:
    assert find_device(DEVICES, None, "in").number == 1
    assert find_device(DEVICES, None, "out").number == 0
    assert find_device(DEVICES, "2", "in").number == 2
    assert find_device(DEVICES, " Default ", "out") == find_device(DEVICES, None, "out")
    assert find_device(DEVICES, "headset", "out").number == 2
    assert find_device(DEVICES, "hdmi", "out").number == 3


@pytest.mark.parametrize(
    ("wanted", "direction", "says"),
    [("usb", "in", "may be any of"), ("hdmi", "in", "there is no microphone 'hdmi'"), ("9", "out", "there are: 0")],
)
def test_devices_that_are_not_there_are_said(wanted: str, direction: str, says: str) -> None:
    with pytest.raises(DeviceError, match=says):
        find_device(DEVICES, wanted, direction)  # type: ignore[arg-type]


def test_no_device_at_all_is_a_sentence() -> None:
    with pytest.raises(DeviceError, match="no microphone is connected"):
        find_device((), None, "in")


def test_without_pyaudio_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(DeviceError, match=r"nichang\[live\]"):
        PyAudioSounds()


@pytest.mark.parametrize("delay", [0, 1234, 9999])
def test_a_chirp_is_found_in_noise_to_the_sample(delay: int) -> None:
    heard = 0.1 * np.random.default_rng(0).standard_normal(60_000).astype(np.float32)
    heard[delay : delay + 24_000] += 0.3 * chirp()
    found = find_chirp(chirp(), heard)
    assert found.found
    assert round(found.seconds * 48_000) == delay


def test_a_chirp_that_is_not_there_is_not_found() -> None:
    assert not find_chirp(chirp(), 0.1 * np.random.default_rng(0).standard_normal(90_000).astype(np.float32)).found
    assert not find_chirp(chirp(), np.zeros(60_000, np.float32)).found
    assert not find_chirp(chirp(), np.zeros(10, np.float32)).found


def test_bursts_are_found_though_the_sound_is_another() -> None:
    class Other(Bypass):
        """45 ms late, ring-modulated."""

        def __init__(self) -> None:
            self.reset()

        def reset(self) -> None:
            self.line, self.at = np.zeros(2160, np.float32), 0

        def feed(self, block: np.ndarray, t: float) -> VoiceBlock:
            line = np.concatenate([self.line, block])
            self.line = line[len(block) :]
            turn = 2 * np.pi * 733 * (self.at + np.arange(len(block))) / 48_000
            self.at += len(block)
            return VoiceBlock((line[: len(block)] * np.sin(turn)).astype(np.float32))

    found = voice_delay(Other(), bursts())
    assert found.found
    assert abs(found.seconds - 0.045) < 0.001
    assert not find_bursts(bursts(), 0.1 * np.random.default_rng(1).standard_normal(300_000).astype(np.float32)).found


def test_a_prober_hears_on_the_line_of_time_on_which_it_plays() -> None:
    prober = Prober(chirp(), after=0.1, tail=0.2)
    line = np.zeros(960, np.float32)
    while not prober.done:
        back, line = line[:480], line[480:]
        line = np.concatenate([line, prober.feed(back, 0.0).audio])
    assert round(find_chirp(chirp(), prober.heard).seconds * 48_000) == 960


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([(44_100, 48_000), (48_000, 44_100), (8000, 48_000), (192_000, 48_000), (48_000, 16_000)]),
    st.lists(st.integers(0, 700), min_size=1, max_size=12),
)
def test_any_split_is_resampled_the_same(rates: tuple[int, int], sizes: list[int]) -> None:
    sound = np.random.default_rng(2).standard_normal(sum(sizes)).astype(np.float32)
    whole, split = Rates(*rates).feed(sound), Rates(*rates)
    edges = np.cumsum([0, *sizes])
    parts = [split.feed(sound[a:b]) for a, b in pairwise(edges)]
    assert np.allclose(np.concatenate(parts), whole, atol=1e-6)


@pytest.mark.parametrize(("of", "to"), [(44_100, 48_000), (48_000, 44_100), (8000, 48_000), (192_000, 48_000)])
def test_a_tone_keeps_pitch_level_and_time(of: int, to: int) -> None:
    hertz = 1000.0
    rates = Rates(of, to)
    out = rates.feed(np.sin(2 * np.pi * hertz * np.arange(of) / of).astype(np.float32))
    assert abs(len(out) - to * (1 - rates.delay)) <= to / of + 1
    t = np.arange(len(out)) / to
    inside = slice(to // 10, -to // 10)
    assert np.abs(out - np.sin(2 * np.pi * hertz * t))[inside].max() < 1e-3
