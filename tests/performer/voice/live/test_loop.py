"""The loop with a made machine: an hour without backlog, a microphone that vanishes and comes back, files."""

import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from performer.voice.front.chain import Front
from performer.voice.live.clock import SystemClock
from performer.voice.live.files import FileSink, FileSource
from performer.voice.live.keeper import Keeper, Loudspeaker, Microphone
from performer.voice.live.loop import BLOCK, Bypass, LiveLoop
from performer.voice.sound import SoundError
from performer.voice.stream import VoiceBlock
from tests.performer.voice.front.sounds import Samples, note
from tests.performer.voice.live.machine import HandClock, MadeSounds


class Desk:
    """The loop, its devices and its clock, moved by 10 ms at a time."""

    def __init__(self, rate_in: int = 48_000, rate_out: int = 48_000) -> None:
        self.clock = HandClock()
        self.sounds = MadeSounds(rate_in, rate_out)
        self.microphone = Microphone(self.sounds, self.clock)
        self.loudspeaker = Loudspeaker(self.sounds, self.clock)
        self.astray = False
        self.keeper = Keeper(self.sounds, self.clock, self.microphone, self.loudspeaker, lambda: self.astray)
        self.microphone.open()
        self.loudspeaker.open()
        self.heard: list[tuple[float, VoiceBlock]] = []
        self.loop = LiveLoop(
            self.microphone,
            self.loudspeaker,
            Bypass(),
            self.clock,
            listeners=[lambda block, t: self.heard.append((t, block))],
        )

    def tick(self, sound: Samples) -> None:
        self.clock.t += 0.01
        self.sounds.comes(sound)
        if self.microphone.fill >= BLOCK or self.clock.t >= self.loop_due():
            self.loop.step()
        self.sounds.plays(round(0.01 * self.sounds.rates["out"]))
        if round(self.clock.t * 100) % 10 == 0:
            self.keeper.look()

    def loop_due(self) -> float:
        return self.loop._due


def blocks(rate: int = 48_000, seconds: float = 2.0) -> list[Samples]:
    t = np.arange(round(rate * seconds)) / rate
    sound = (0.3 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    return [sound[k : k + rate // 100] for k in range(0, len(sound), rate // 100)]


def test_what_comes_in_goes_out_without_a_gap() -> None:
    desk = Desk()
    sent = blocks()
    for block in sent:
        desk.tick(block)
    played = np.concatenate(desk.sounds.played)
    first = int(np.flatnonzero(played)[0]) - 1
    count = len(played) - first
    assert np.array_equal(played[first:], np.concatenate(sent)[:count])
    assert first <= 2 * BLOCK
    assert [t for t, _ in desk.heard] == pytest.approx([0.01 * k for k in range(len(desk.heard))])


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 96_000, 192_000])
def test_any_rate_of_a_device(rate: int) -> None:
    desk = Desk(rate, rate)
    for block in blocks(rate, 3.0):
        desk.tick(block)
    played = np.concatenate(desk.sounds.played)[rate:]
    spectrum = np.abs(np.fft.rfft(played * np.hanning(len(played))))
    assert abs(spectrum.argmax() * rate / len(played) - 440) < 2
    assert abs(np.sqrt(np.mean(played**2)) - 0.3 / np.sqrt(2)) < 0.01
    assert desk.loop.meters.loudspeaker_drops == 0


def test_a_microphone_that_vanishes_is_said_within_a_second_and_comes_back_by_itself() -> None:
    desk = Desk()
    sound = np.full(BLOCK, 0.2, np.float32)
    for _ in range(300):
        desk.tick(sound)
    desk.sounds.plugged["in"] = False
    told = 0.0
    began = desk.clock.t
    before = desk.loop.meters.blocks
    for _ in range(500):
        desk.tick(sound)
        if not told and desk.loop.meters.trouble:
            told = desk.clock.t - began
    assert 0 < told <= 1.0
    assert "microphone 'Made microphone' is gone" in desk.loop.meters.trouble[0]
    # The loop went on with silence at the pace of the clock.
    assert desk.loop.meters.blocks - before >= 490
    desk.sounds.plugged["in"] = True
    for _ in range(350):
        desk.tick(sound)
    assert desk.loop.meters.trouble == ()
    assert desk.microphone.lost == 1
    assert desk.sounds.played[-1].max() == pytest.approx(0.2)
    assert desk.loop.meters.buffers < 0.06


def test_a_microphone_for_which_the_system_gives_the_loudspeaker_s_own_sound_is_silent_and_said() -> None:
    desk = Desk()
    sound = np.full(BLOCK, 0.2, np.float32)
    for _ in range(300):
        desk.tick(sound)
    desk.astray = True
    before = desk.loop.meters.blocks
    for _ in range(300):
        # What was played comes back as if it were sung.
        desk.tick(desk.sounds.played[-1])
    assert "microphone 'Made microphone' is gone" in desk.loop.meters.trouble[0]
    assert desk.loop.meters.blocks - before >= 290
    assert not np.concatenate(desk.sounds.played[-100:]).any()
    assert desk.microphone.lost == 1
    desk.astray = False
    for _ in range(150):
        desk.tick(sound)
    assert desk.loop.meters.trouble == ()
    assert desk.sounds.played[-1].max() == pytest.approx(0.2)


def test_a_microphone_that_is_gone_altogether_says_that_and_not_that_it_is_astray() -> None:
    desk = Desk()
    sound = np.full(BLOCK, 0.2, np.float32)
    desk.astray = True
    for _ in range(200):
        desk.tick(sound)
    desk.sounds.plugged["in"] = False
    desk.astray = False
    for _ in range(200):
        desk.tick(sound)
    assert "looking for it" in desk.loop.meters.trouble[0]
    desk.sounds.plugged["in"] = True
    for _ in range(400):
        desk.tick(sound)
    assert desk.loop.meters.trouble == ()
    assert desk.sounds.played[-1].max() == pytest.approx(0.2)


@pytest.mark.slow
def test_an_hour_leaves_no_backlog() -> None:
    desk = Desk()
    sound = np.zeros(BLOCK, np.float32)
    desk.loop._listeners.clear()
    for tick in range(360_000):
        desk.tick(sound)
        if tick % 1000 == 0:
            desk.sounds.played.clear()
            if tick == 10_000:
                early = desk.loop.meters.buffers
    meters = desk.loop.meters
    assert meters.blocks >= 359_990
    assert meters.buffers == pytest.approx(early, abs=0.001)
    assert meters.microphone_drops == meters.loudspeaker_drops == meters.skipped == 0


def test_after_a_stall_the_newest_is_taken() -> None:
    desk = Desk()
    sound = np.zeros(BLOCK, np.float32)
    for _ in range(100):
        desk.tick(sound)
    for _ in range(20):
        desk.sounds.comes(sound)
    desk.tick(np.full(BLOCK, 0.5, np.float32))
    assert desk.microphone.fill == 0
    assert desk.loop.meters.skipped == 20 * BLOCK
    assert desk.heard[-1][1].audio.max() == 0.5


def test_files_go_the_same_way(tmp_path: Path) -> None:
    sound = note(2.0, 220.0)
    soundfile.write(tmp_path / "in.wav", sound, 48_000, subtype="FLOAT")
    with FileSink(tmp_path / "out.wav") as sink:
        loop = LiveLoop(FileSource(tmp_path / "in.wav"), sink, Bypass(), SystemClock(), front=Front())
        loop.run(threading.Event())
    out, rate = soundfile.read(tmp_path / "out.wav", dtype="float32")
    assert rate == 48_000
    assert len(out) == len(sound)
    whole = Front().feed(sound)
    assert np.abs(out - whole).max() < 2 / 32768
    assert loop.meters.blocks == 200
    assert not list(tmp_path.glob(".*"))


def test_a_file_at_real_time_keeps_its_time(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "in.wav", note(1.0), 44_100)
    clock = HandClock()
    with FileSink(tmp_path / "out.wav") as sink:
        loop = LiveLoop(FileSource(tmp_path / "in.wav", clock), sink, Bypass(), clock)
        loop.run(threading.Event())
    assert clock.t == pytest.approx(loop.t, abs=0.03)


def test_a_failed_run_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), FileSink(tmp_path / "out.wav") as sink:
        sink.write(np.zeros(480, np.float32))
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SoundError, match="cannot write"):
        FileSink(tmp_path / "none" / "out.wav")


def test_a_voice_of_another_rate_is_refused() -> None:
    class Slow(Bypass):
        rate = 16_000

    desk = Desk()
    with pytest.raises(ValueError, match="48000"):
        LiveLoop(desk.microphone, desk.loudspeaker, Slow(), desk.clock)


def test_the_delay_told_is_the_middle_of_a_second_not_the_last_moment() -> None:
    class Uneven:
        """Every tenth block waits for long."""

        dropped = skipped = written = 0
        trouble = ""

        @property
        def buffer_seconds(self) -> float:
            return 0.5 if self.written % 10 == 0 else 0.02

        def write(self, block: Samples) -> None:
            self.written += len(block) // BLOCK

    clock, sounds = HandClock(), MadeSounds()
    microphone = Microphone(sounds, clock)
    microphone.open()
    loop = LiveLoop(microphone, Uneven(), Bypass(), clock)
    for _ in range(200):
        sounds.comes(np.zeros(BLOCK, np.float32))
        loop.step()
    assert loop.meters.buffers == pytest.approx(0.025, abs=1e-6)
