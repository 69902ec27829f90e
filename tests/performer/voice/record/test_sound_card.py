"""Microphone and loudspeaker of the recording on a made sound system."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from performer.voice.device import Device, DeviceError
from performer.voice.record.sound_card import Microphone, Speaker

Samples = NDArray[np.float32]
DEVICES = (
    Device(0, "Built-in microphone", "made", 1, 0, 48_000, ("in",)),
    Device(1, "Studio interface", "made", 2, 2, 44_100, ("out",)),
)


@dataclass
class MadeOpen:
    rate: int
    alive: bool = True
    xruns: int = 0
    latency: float = 0.02
    closed: bool = False

    def close(self) -> None:
        self.closed = True


@dataclass
class MadeSounds:
    """Gives one block to a microphone; asks a loudspeaker for blocks in a thread until it is closed."""

    found: tuple[Device, ...] = DEVICES
    opened: list[tuple[Device, MadeOpen]] = field(default_factory=list)
    heard: list[Samples] = field(default_factory=list)
    asks: bool = True

    def devices(self) -> tuple[Device, ...]:
        return self.found

    def refresh(self) -> None:
        raise AssertionError("nobody asked for this")

    def open_input(self, device: Device, frames: int, take: Callable[[Samples], None]) -> MadeOpen:
        opened = MadeOpen(device.rate)
        self.opened.append((device, opened))
        buffer = np.full(frames, 0.5, np.float32)
        take(buffer)
        # As sound systems do: the same buffer is used again.
        buffer[:] = 0.0
        return opened

    def open_output(self, device: Device, frames: int, give: Callable[[int], Samples]) -> MadeOpen:
        opened = MadeOpen(device.rate)
        self.opened.append((device, opened))

        def ask() -> None:
            while not opened.closed:
                block = give(frames)
                assert block.shape == (frames,)
                self.heard.append(block)

        if self.asks:
            threading.Thread(target=ask, daemon=True).start()
        return opened


def test_blocks_come_until_it_is_closed() -> None:
    sounds = MadeSounds()
    microphone = Microphone(sounds, "studio")
    assert microphone.rate == 44_100
    blocks = iter(microphone)
    assert next(blocks).min() == 0.5
    microphone.close()
    assert next(blocks, None) is None
    assert sounds.opened[0][1].closed


def test_a_microphone_that_goes_is_told() -> None:
    blocks = iter(Microphone(MadeSounds(), patience=0.01))
    next(blocks)
    with pytest.raises(DeviceError, match="has gone; plug it in"):
        next(blocks)


def test_blocks_that_nobody_takes_are_counted() -> None:
    microphone = Microphone(MadeSounds())
    for _ in range(1000):
        microphone._take(np.zeros(4, np.float32))
    assert microphone.dropped > 0
    microphone.close()


def test_a_wrong_name_and_none_at_all_are_told() -> None:
    with pytest.raises(DeviceError, match="there is no microphone 'harp'"):
        Microphone(MadeSounds(), "harp")
    with pytest.raises(DeviceError, match="no microphone is connected"):
        Microphone(MadeSounds(()))
    with pytest.raises(DeviceError, match="no loudspeaker is connected"):
        Speaker(MadeSounds(())).play(np.zeros(100, np.float32), 48_000)


def test_what_is_played_comes_out_whole_at_the_devices_rate() -> None:
    sounds = MadeSounds()
    tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)).astype(np.float32)
    Speaker(sounds).play(tone, 48_000)
    heard = np.concatenate(sounds.heard)
    sounding = np.flatnonzero(np.abs(heard) > 0.01)
    assert len(heard[sounding[0] : sounding[-1] + 1]) / 44_100 == pytest.approx(1.0, abs=0.01)
    assert sounds.opened[0][1].closed


def test_a_loudspeaker_that_never_asks_does_not_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("performer.voice.record.sound_card._PATIENCE_SECONDS", 0.01)
    sounds = MadeSounds(asks=False)
    Speaker(sounds).play(np.zeros(480, np.float32), 48_000)
    assert sounds.opened[0][1].closed
