"""Microphones and loudspeakers by PyAudio (a shell: opens devices; the extra `live`). Everything else sees `Sounds`."""

import importlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from motion.errors import UserError
from performer.voice.front.stage import RATE, Samples
from performer.voice.hush import hushed

__all__ = ["Device", "DeviceError", "Direction", "OpenDevice", "PyAudioSounds", "Sounds", "find_device"]

Direction = Literal["in", "out"]
_WORD: dict[Direction, str] = {"in": "microphone", "out": "loudspeaker"}


class DeviceError(UserError):
    """A device cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Device:
    """inputs, outputs: channels, 0 = none. rate: Hz, the one it prefers. default: directions in which it is the one."""

    number: int
    name: str
    host: str
    inputs: int
    outputs: int
    rate: int
    default: tuple[Direction, ...] = ()

    def channels(self, direction: Direction) -> int:
        return self.inputs if direction == "in" else self.outputs


class OpenDevice(Protocol):
    """rate: Hz at which it runs. alive: does it still say so? xruns: how often it told of lost or late sound.
    latency: seconds, as its driver says."""

    @property
    def rate(self) -> int: ...

    @property
    def alive(self) -> bool: ...

    @property
    def xruns(self) -> int: ...

    @property
    def latency(self) -> float: ...

    def close(self) -> None: ...


class Sounds(Protocol):
    """A sound system. Callbacks come from a thread of its own."""

    def devices(self) -> tuple[Device, ...]: ...

    def refresh(self) -> None:
        """Look for devices anew; whatever is open is closed by it."""
        ...

    def open_input(self, device: Device, frames: int, take: Callable[[Samples], None]) -> OpenDevice:
        """take: gets (n,) mono blocks at the device's rate."""
        ...

    def open_output(self, device: Device, frames: int, give: Callable[[int], Samples]) -> OpenDevice:
        """give: asked for (n,) mono samples at the device's rate."""
        ...


def find_device(devices: Sequence[Device], wanted: str | None, direction: Direction) -> Device:
    """By number or a part of its name; None, an empty one and "default" are the system's own choice.

    Raises:
        DeviceError: none there, none of that name, or several.
    """
    fitting = [device for device in devices if device.channels(direction)]
    word = _WORD[direction]
    if not fitting:
        raise DeviceError(f"no {word} is connected; connect one, or use --file IN --out OUT")
    if wanted is None or wanted.strip().casefold() in ("", "default"):
        return next((device for device in fitting if direction in device.default), fitting[0])
    wanted = wanted.strip()
    if wanted.isdecimal():
        found = [device for device in fitting if device.number == int(wanted)]
    else:
        lower = wanted.casefold()
        found = [device for device in fitting if device.name.casefold() == lower]
        found = found or [device for device in fitting if lower in device.name.casefold()]
    names = ", ".join(f"{device.number} {device.name}" for device in fitting)
    if not found:
        raise DeviceError(f"there is no {word} '{wanted}'; there are: {names}")
    # The same device by several hosts has one name: the first is the system's preferred way.
    if len({device.name for device in found}) > 1:
        several = ", ".join(f"{device.number} {device.name}" for device in found)
        raise DeviceError(f"'{wanted}' may be any of: {several}; give a number or more of the name")
    return found[0]


class _Stream:
    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.xruns = 0
        self.latency = 0.0
        self.stream: Any = None

    @property
    def alive(self) -> bool:
        try:
            return self.stream is not None and bool(self.stream.is_active())
        except (OSError, ValueError):
            return False

    def close(self) -> None:
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.close()


class PyAudioSounds:
    """PortAudio's devices.

    Raises:
        DeviceError: PyAudio is not installed.
    """

    def __init__(self) -> None:
        try:
            self._module: Any = importlib.import_module("pyaudio")
        except ImportError as error:
            raise DeviceError(
                'microphone and loudspeaker need PyAudio; install it with pip install "nichang[live]"'
            ) from error
        self._open: list[_Stream] = []
        with hushed():
            self._audio: Any = self._module.PyAudio()

    def close(self) -> None:
        for stream in self._open:
            stream.close()
        self._open = []
        self._audio.terminate()

    def refresh(self) -> None:
        self.close()
        with hushed():
            self._audio = self._module.PyAudio()

    def devices(self) -> tuple[Device, ...]:
        audio = self._audio
        defaults: dict[Direction, int] = {}
        asks: dict[Direction, Callable[[], Any]] = {
            "in": audio.get_default_input_device_info,
            "out": audio.get_default_output_device_info,
        }
        for direction, ask in asks.items():
            with suppress(OSError):
                defaults[direction] = int(ask()["index"])
        found: list[Device] = []
        for number in range(audio.get_device_count()):
            with suppress(OSError):
                info = audio.get_device_info_by_index(number)
                host = audio.get_host_api_info_by_index(info["hostApi"])["name"]
                found.append(
                    Device(
                        number,
                        str(info["name"]),
                        str(host),
                        int(info["maxInputChannels"]),
                        int(info["maxOutputChannels"]),
                        int(info["defaultSampleRate"]),
                        tuple(direction for direction, index in defaults.items() if index == number),
                    )
                )
        return tuple(found)

    def open_input(self, device: Device, frames: int, take: Callable[[Samples], None]) -> OpenDevice:
        channels = min(2, device.inputs)

        def callback(data: bytes, count: int, info: Any, status: int, stream: _Stream) -> tuple[None, int]:
            del count, info
            stream.xruns += bool(status)
            sound = np.frombuffer(data, np.float32).reshape(-1, channels)
            take(sound.mean(axis=1) if channels > 1 else sound[:, 0])
            return None, self._module.paContinue

        return self._start(device, "in", channels, frames, callback)

    def open_output(self, device: Device, frames: int, give: Callable[[int], Samples]) -> OpenDevice:
        channels = min(2, device.outputs)

        def callback(data: None, count: int, info: Any, status: int, stream: _Stream) -> tuple[bytes, int]:
            del data, info
            stream.xruns += bool(status)
            sound = np.clip(give(count), -1.0, 1.0).astype(np.float32)
            return np.repeat(sound, channels).tobytes(), self._module.paContinue

        return self._start(device, "out", channels, frames, callback)

    def _start(
        self, device: Device, direction: Direction, channels: int, frames: int, callback: Callable[..., Any]
    ) -> OpenDevice:
        said = ""
        for rate in dict.fromkeys((RATE, device.rate, 44_100)):
            stream = _Stream(rate)

            def called(data: Any, count: int, info: Any, status: int, stream: _Stream = stream) -> Any:
                return callback(data, count, info, status, stream)

            ours = {"input": True, "input_device_index": device.number}
            if direction == "out":
                ours = {"output": True, "output_device_index": device.number}
            try:
                with hushed():
                    stream.stream = self._audio.open(
                        format=self._module.paFloat32,
                        channels=channels,
                        rate=rate,
                        frames_per_buffer=round(frames * rate / RATE),
                        stream_callback=called,
                        **ours,
                    )
            except (OSError, ValueError) as error:
                said = str(error.args[-1] if error.args else error)
                continue
            ask = stream.stream.get_input_latency if direction == "in" else stream.stream.get_output_latency
            stream.latency = float(ask())
            self._open = [one for one in self._open if one.stream is not None] + [stream]
            return stream
        raise DeviceError(
            f"the {_WORD[direction]} '{device.name}' cannot be opened ({said}); is another program using it?"
        )
