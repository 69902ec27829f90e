"""Microphone and loudspeaker through PyAudio, for the terminal (a shell: devices). Extra `live`.

The page has the browser's microphone instead and needs none of this.
"""

import importlib
import queue
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError

__all__ = ["DeviceError", "Microphone", "Speaker"]

_RATES = (48_000, 44_100)
_BLOCK_SECONDS = 0.04
# Half a minute of blocks: only a program that hangs falls further behind.
_MOST_BLOCKS = 750
# A microphone that gives nothing for so long has gone.
_PATIENCE_SECONDS = 3.0


class DeviceError(UserError):
    """There is no microphone or loudspeaker that can be used."""


def _pyaudio() -> Any:
    try:
        return importlib.import_module("pyaudio")
    except ImportError as error:
        raise DeviceError(
            'recording in the terminal needs PyAudio: pip install "nichang[live]"; or record with --page in the browser'
        ) from error


def _index(host: Any, name: str, channels: str) -> int | None:
    """Number of the device whose name holds `name`; None = the system's own."""
    if not name:
        return None
    found = [host.get_device_info_by_index(i) for i in range(host.get_device_count())]
    usable = [one for one in found if int(one[channels]) > 0]
    for one in usable:
        if name.lower() in str(one["name"]).lower() or name == str(one["index"]):
            return int(one["index"])
    names = ", ".join(f"{one['index']}: {one['name']}" for one in usable) or "none at all"
    raise DeviceError(f"there is no device '{name}'; there are {names}")


class Microphone:
    """Blocks of mono sound from a microphone until `close`. name: part of its name or its number, "" = the default."""

    def __init__(self, name: str = "") -> None:
        module = _pyaudio()
        self._host = module.PyAudio()
        self._blocks: queue.Queue[NDArray[np.float32] | None] = queue.Queue(_MOST_BLOCKS)
        self._closed = False
        self.dropped = 0
        self.rate = 0
        why = ""
        try:
            index = _index(self._host, name, "maxInputChannels")
        except DeviceError:
            self._host.terminate()
            raise
        for rate in _RATES:
            try:
                self._stream = self._host.open(
                    rate=rate,
                    channels=1,
                    format=module.paFloat32,
                    input=True,
                    input_device_index=index,
                    frames_per_buffer=round(rate * _BLOCK_SECONDS),
                    stream_callback=self._taken(module.paContinue),
                )
                self.rate = rate
                return
            except (OSError, ValueError) as error:
                why = str(error)
        self._host.terminate()
        raise DeviceError(
            f"no microphone can be opened ({why}); plug one in, name one with --microphone, or use --page"
        )

    def _taken(self, go_on: int) -> Any:
        def callback(data: bytes, *_: Any) -> tuple[None, int]:
            try:
                self._blocks.put_nowait(np.frombuffer(data, np.float32).copy())
            except queue.Full:
                self.dropped += 1
            return None, go_on

        return callback

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        while not self._closed:
            try:
                block = self._blocks.get(timeout=_PATIENCE_SECONDS)
            except queue.Empty:
                if self._closed:
                    return
                raise DeviceError(
                    "the microphone has gone; plug it in and start again: every line so far is kept"
                ) from None
            if block is None:
                return
            yield block

    def close(self) -> None:
        """Let the device go."""
        if self._closed:
            return
        self._closed = True
        with suppress(OSError):
            self._stream.stop_stream()
            self._stream.close()
        self._host.terminate()
        with suppress(queue.Full):
            self._blocks.put_nowait(None)


class Speaker:
    """Plays mono sound on the default loudspeaker."""

    def play(self, samples: NDArray[np.float32], rate: int) -> None:
        """Play (n,) samples to their end; returns then.

        Raises:
            DeviceError: there is none.
        """
        module = _pyaudio()
        host = module.PyAudio()
        try:
            stream = host.open(rate=rate, channels=1, format=module.paFloat32, output=True)
            stream.write(np.ascontiguousarray(samples, np.float32).tobytes())
            stream.stop_stream()
            stream.close()
        except (OSError, ValueError) as error:
            raise DeviceError(f"no loudspeaker can be opened ({error}); plug one in or use --page") from error
        finally:
            host.terminate()
