"""A made machine: a clock that is moved by hand and a sound system that a test plugs and unplugs."""

from collections.abc import Callable

import numpy as np

from performer.voice.device import Device, DeviceError, OpenDevice
from performer.voice.front.stage import Samples


class HandClock:
    """Time stands still but for `sleep`."""

    def __init__(self) -> None:
        self.t = 0.0

    def now(self) -> float:
        return self.t

    def sleep(self, seconds: float) -> None:
        self.t += max(0.0, seconds)


class Opened:
    def __init__(self, rate: int) -> None:
        self.rate, self.alive, self.xruns, self.latency, self.closed = rate, True, 0, 0.005, False

    def close(self) -> None:
        self.alive, self.closed = False, True


class MadeSounds:
    """One microphone and one loudspeaker; `plugged` says which are there, `called` runs their callbacks once."""

    def __init__(self, rate_in: int = 48_000, rate_out: int = 48_000) -> None:
        self.plugged = {"in": True, "out": True}
        self.rates = {"in": rate_in, "out": rate_out}
        self.refreshed = 0
        self.take: Callable[[Samples], None] | None = None
        self.give: Callable[[int], Samples] | None = None
        self.streams: dict[str, Opened] = {}
        self.played: list[Samples] = []

    def devices(self) -> tuple[Device, ...]:
        found: list[Device] = []
        if self.plugged["in"]:
            found.append(Device(0, "Made microphone", "Made", 1, 0, self.rates["in"], ("in",)))
        if self.plugged["out"]:
            found.append(Device(1, "Made loudspeaker", "Made", 0, 2, self.rates["out"], ("out",)))
        return tuple(found)

    def refresh(self) -> None:
        self.refreshed += 1
        for stream in self.streams.values():
            stream.close()

    def open_input(self, device: Device, frames: int, take: Callable[[Samples], None]) -> OpenDevice:
        del device, frames
        if not self.plugged["in"]:
            raise DeviceError("unplugged")
        self.take = take
        self.streams["in"] = Opened(self.rates["in"])
        return self.streams["in"]

    def open_output(self, device: Device, frames: int, give: Callable[[int], Samples]) -> OpenDevice:
        del device, frames
        self.give = give
        self.streams["out"] = Opened(self.rates["out"])
        return self.streams["out"]

    def comes(self, block: Samples) -> None:
        """The microphone hears; nothing if it is not there."""
        if self.take and self.plugged["in"] and self.streams["in"].alive:
            self.take(block)

    def plays(self, count: int) -> Samples:
        """The loudspeaker asks for so many."""
        if not (self.give and self.plugged["out"] and self.streams["out"].alive):
            return np.zeros(count, np.float32)
        self.played.append(self.give(count))
        return self.played[-1]
