"""The live voice of a show: its process, what its mouth does, what the console is told of it (a shell: a process)."""

import asyncio
import contextlib
import sys
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError
from performer.voice.library import open_voice
from stage.server.voice_worker import Said
from stage.wire.messages import VoiceState

__all__ = ["LiveVoice", "VoiceSource"]

_WAIT_BEFORE_ANOTHER = 1.0
# Mouths that are remembered: a second and a half.
_KEPT = 150
# A mouth older than this is not shown any more.
_STALE = 0.15


@dataclass(frozen=True, slots=True)
class VoiceSource:
    """voice: a name, a file, or "none" for the microphone's own sound. file: a sound file in place of a microphone."""

    voice: str
    microphone: str | None = None
    loudspeaker: str | None = None
    semitones: float = 0.0
    file: str | None = None


def _shown_name(voice: str) -> str:
    """What the operator reads: the card's name, not a path; the file's where the card cannot be read."""
    if voice == "none":
        return voice
    try:
        return open_voice(voice).card.name
    except UserError:
        return Path(voice).stem


class LiveVoice:
    """Switched on and off by the operator; a process that dies is started again while it is on."""

    def __init__(self, source: VoiceSource) -> None:
        self.source = source
        self._name = _shown_name(source.voice)
        self._wanted = asyncio.Event()
        self._mouths: deque[tuple[float, NDArray[np.float32]]] = deque(maxlen=_KEPT)
        self._state = Said()
        self._trouble = ""
        self._process: asyncio.subprocess.Process | None = None

    @property
    def on(self) -> bool:
        return self._wanted.is_set()

    def switch(self, on: bool) -> None:
        """Let the microphone sing, or give the mouth back to the song's own lips."""
        if on:
            self._wanted.set()
            return
        self._wanted.clear()
        self._trouble = ""
        self._end()

    def mouth(self, at: float) -> NDArray[np.float32] | None:
        """(5,) of the sound that is heard at `at` (monotonic), the newest where that is not known yet; None: nobody."""
        if not self.on or not self._mouths or time.monotonic() - self._mouths[-1][0] > _STALE:
            return None
        after = self._mouths[-1]
        for known in reversed(self._mouths):
            if known[0] <= at:
                # A mouth may be told a little before the one that came earlier, when less sound waits than before.
                share = min(1.0, (at - known[0]) / max(after[0] - known[0], 1e-3))
                return np.asarray(known[1] + share * (after[1] - known[1]), np.float32)
            after = known
        return after[1]

    def state(self) -> VoiceState:
        """For the console."""
        said = self._state
        level = said.level or (-120.0, -120.0)
        return VoiceState(
            name=self._name,
            on=self.on,
            microphone=said.microphone,
            microphone_db=level[0],
            voice_db=level[1],
            delay_ms=round(1000 * said.delay, 1),
            load=said.load,
            drops=said.drops,
            trouble=self._trouble or said.trouble,
        )

    async def run(self) -> None:
        """While the show lasts."""
        while True:
            await self._wanted.wait()
            await self._once()
            self._mouths.clear()
            if self.on:
                await asyncio.sleep(_WAIT_BEFORE_ANOTHER)

    async def _once(self) -> None:
        source = self.source
        command = [sys.executable, "-m", "stage.server.voice_worker", source.voice]
        for option, value in (("--in", source.microphone), ("--out", source.loudspeaker), ("--file", source.file)):
            if value is not None:
                command += [option, value]
        command += [f"--transpose={source.semitones}"]
        process = self._process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stderr is not None
        # Read beside: a full pipe would hold the voice up.
        errors = asyncio.create_task(process.stderr.read())
        end = ""
        try:
            async for line in process.stdout:
                end = self._hear(line) or end
        finally:
            self._end()
            # What is left of both pipes is read, so that nothing of them stays open.
            await process.stdout.read()
            told = (await errors).decode(errors="replace").strip().splitlines()
            await process.wait()
        if self.on:
            self._trouble = end or (told[-1] if told else "the live voice ended; it is started again")

    def _hear(self, line: bytes) -> str:
        """What a line says; returns why the process ends, if it says so."""
        try:
            said = msgspec.json.decode(line, type=Said)
        except msgspec.DecodeError:
            return ""
        if said.mouth is not None:
            self._mouths.append((said.at, np.array(said.mouth, np.float32)))
            self._trouble = ""
        elif not said.end:
            self._state = said
        return said.end

    def _end(self) -> None:
        """Its standard input is shut and it is told to go."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError, OSError):
                if process.stdin is not None:
                    process.stdin.close()
                process.terminate()
