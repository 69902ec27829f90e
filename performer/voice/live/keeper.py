"""Microphone and loudspeaker as the loop sees them, and the keeper that opens them again when they vanish (a shell:
has a thread). A device that has not called for half a second is gone; it is tried again every second."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from motion.errors import UserError
from performer.voice.device import Device, Direction, OpenDevice, Sounds, find_device
from performer.voice.front.stage import RATE, Samples
from performer.voice.live.clock import Clock
from performer.voice.live.rates import Rates
from performer.voice.live.ring import Ring
from performer.voice.live.steady import Steady

__all__ = ["Keeper", "Loudspeaker", "Microphone"]

_GONE_SECONDS, _RETRY_SECONDS, _LOOK_SECONDS, _ASK_SECONDS = 0.5, 1.0, 0.1, 1.0
# Every so many tries the list of devices is made anew.
_TRIES_A_REFRESH = 2
_START_SECONDS = 2.0
_CAPACITY = RATE // 2


class _Port(ABC):
    """One end: a device that may go and come."""

    direction: Direction
    word: str

    def __init__(self, sounds: Sounds, clock: Clock, wanted: str | None = None, frames: int = 480) -> None:
        self._sounds, self._clock, self._wanted, self._frames = sounds, clock, wanted, frames
        self._open: OpenDevice | None = None
        self._called = -np.inf
        self._lost = 0
        self._xruns = 0
        self.name = ""
        self.trouble = ""

    @property
    def is_open(self) -> bool:
        return self._open is not None

    @property
    def lost(self) -> int:
        """How often it vanished."""
        return self._lost

    @property
    def xruns(self) -> int:
        """How often the device told of sound that was lost or came late."""
        return self._xruns + (self._open.xruns if self._open else 0)

    @property
    def buffer_seconds(self) -> float:
        return (self._open.latency if self._open else 0.0) + self._resampler_seconds()

    def open(self) -> None:
        """Raises:
        DeviceError: it is not there or cannot be opened.
        """
        device = find_device(self._sounds.devices(), self._wanted, self.direction)
        # A sound server may take its time before the first block.
        self._called = self._clock.now() + _START_SECONDS
        self._open = self._start(device)
        self.name, self.trouble = device.name, ""

    def look(self) -> None:
        """Is it still there? If not, it is closed, and says so."""
        if self._open is None or (self._open.alive and self._clock.now() - self._called < _GONE_SECONDS):
            return
        self._lost += 1
        self.close()
        self.trouble = f"the {self.word} '{self.name}' is gone; looking for it every second"

    def try_again(self) -> None:
        """Open it if it can be opened; what is wrong stays in `trouble`."""
        try:
            self.open()
        except UserError as error:
            self.trouble = self.trouble or str(error)

    def close(self) -> None:
        if self._open is not None:
            self._xruns += self._open.xruns
            self._open.close()
            self._open = None

    @abstractmethod
    def _start(self, device: Device) -> OpenDevice: ...

    @abstractmethod
    def _resampler_seconds(self) -> float: ...


class Microphone(_Port):
    """A `Source`: the device's callback fills a ring, the loop empties it."""

    direction = "in"
    word = "microphone"
    ended = False

    def __init__(self, sounds: Sounds, clock: Clock, wanted: str | None = None, frames: int = 480) -> None:
        super().__init__(sounds, clock, wanted, frames)
        self._ring = Ring(_CAPACITY)
        self._came = threading.Event()
        self._resampler: Rates | None = None
        self._astray = False

    def stray(self, astray: bool) -> None:
        """The sound server gives the loudspeaker's own sound in its place: that is left out, and said."""
        if astray:
            self._lost += not self._astray
            self.trouble = (
                f"the {self.word} '{self.name}' is gone; what the loudspeaker plays, which came for it, is left out"
            )
        elif self._astray:
            self.trouble = ""
        self._astray = astray

    def _start(self, device: Device) -> OpenDevice:
        self._resampler = None
        opened = self._sounds.open_input(device, self._frames, self._take)
        if opened.rate != RATE:
            self._resampler = Rates(opened.rate, RATE)
        return opened

    def _take(self, block: Samples) -> None:
        self._called = self._clock.now()
        if self._astray:
            return
        opened = self._open
        if opened is not None and opened.rate != RATE:
            if self._resampler is None:
                return
            block = self._resampler.feed(block)
        self._ring.write(block)
        self._came.set()

    def _resampler_seconds(self) -> float:
        return self._resampler.delay if self._resampler else 0.0

    @property
    def fill(self) -> int:
        return self._ring.fill

    @property
    def dropped(self) -> int:
        return self._ring.dropped

    def wait(self, count: int, seconds: float) -> bool:
        end = self._clock.now() + seconds
        while self._ring.fill < count:
            left = end - self._clock.now()
            if left <= 0:
                return False
            self._came.wait(min(left, 0.02))
            self._came.clear()
        return True

    def read(self, count: int) -> Samples:
        return self._ring.read(count)

    def skip(self, count: int) -> None:
        self._ring.skip(count)


class Loudspeaker(_Port):
    """A `Sink`: the loop fills a ring, the device's callback empties it. target: samples that wait at the least."""

    direction = "out"
    word = "loudspeaker"

    def __init__(
        self, sounds: Sounds, clock: Clock, wanted: str | None = None, frames: int = 480, target: int = 480
    ) -> None:
        super().__init__(sounds, clock, wanted, frames)
        self._ring = Ring(_CAPACITY)
        self._steady = Steady(target)
        self._target = target
        self._resampler: Rates | None = None
        self._priming = True
        self._missing = 0
        self._left: Samples = np.zeros(0, np.float32)

    def _start(self, device: Device) -> OpenDevice:
        self._priming = True
        self._left = np.zeros(0, np.float32)
        self._ring.skip(self._ring.fill)
        self._resampler = None
        opened = self._sounds.open_output(device, self._frames, self._give)
        if opened.rate != RATE:
            self._resampler = Rates(RATE, opened.rate)
        return opened

    def _give(self, count: int) -> Samples:
        self._called = self._clock.now()
        opened = self._open
        if opened is None or (opened.rate != RATE and self._resampler is None):
            return np.zeros(count, np.float32)
        need = count if self._resampler is None else round(count * RATE / opened.rate)
        if self._priming:
            if self._ring.fill < need + self._target:
                return np.zeros(count, np.float32)
            # What gathered while the device was starting is old.
            self._ring.skip(self._ring.fill - need - self._target)
            self._priming = False
        if self._resampler is None:
            sound = self._ring.read(count)
        else:
            while len(self._left) < count and self._ring.fill:
                lacks = (count - len(self._left)) * RATE // opened.rate
                fresh = self._resampler.feed(self._ring.read(lacks + 1))
                self._left = np.concatenate([self._left, fresh])
            sound, self._left = self._left[:count], self._left[count:]
        if len(sound) < count:
            # Nothing left: wait until enough is there again, one hole instead of many.
            self._missing += count - len(sound)
            self._priming = True
            sound = np.pad(sound, (0, count - len(sound)))
        return sound

    def _resampler_seconds(self) -> float:
        return self._resampler.delay if self._resampler else 0.0

    @property
    def dropped(self) -> int:
        return self._missing + self._ring.dropped

    @property
    def skipped(self) -> int:
        return self._steady.skipped

    @property
    def fill(self) -> int:
        return self._ring.fill

    @property
    def buffer_seconds(self) -> float:
        return super().buffer_seconds + self._ring.fill / RATE

    def write(self, block: Samples) -> None:
        if self._open is None:
            return
        self._ring.write(block if self._priming else self._steady.feed(block, self._ring.fill))


class Keeper:
    """Looks after both ends in a thread of its own: opening a device may take longer than a block lasts.

    Args:
        astray: asked every second: is the microphone's sound the loudspeaker's own?
    """

    def __init__(
        self,
        sounds: Sounds,
        clock: Clock,
        microphone: Microphone,
        loudspeaker: Loudspeaker,
        astray: Callable[[], bool] | None = None,
    ) -> None:
        self._sounds, self._clock = sounds, clock
        self._microphone, self._astray, self._asked = microphone, astray, clock.now()
        self._ports: tuple[_Port, ...] = (microphone, loudspeaker)
        self._tried, self._tries = clock.now(), 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def __enter__(self) -> "Keeper":
        for port in self._ports:
            port.open()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5.0)
        for port in self._ports:
            port.close()

    def _keep(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """See whether both are there; what is not is tried again when a second has passed."""
        now = self._clock.now()
        for port in self._ports:
            port.look()
        if self._astray and self._microphone.is_open and now - self._asked >= _ASK_SECONDS:
            self._asked = now
            self._microphone.stray(self._astray())
        if all(port.is_open for port in self._ports):
            self._tried, self._tries = now, 0
            return
        if now - self._tried < _RETRY_SECONDS:
            return
        self._tried = now
        self._tries += 1
        if self._tries % _TRIES_A_REFRESH == 0:
            # A list of devices is as old as its last refresh, and a refresh closes the end that still runs.
            for port in self._ports:
                port.close()
            self._sounds.refresh()
        for port in self._ports:
            if not port.is_open:
                port.try_again()
