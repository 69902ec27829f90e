"""The sound of the video, encoded beside everything else (a shell: a thread, ffmpeg)."""

import threading
from pathlib import Path
from typing import IO

import numpy as np

from stage.render.errors import RenderError
from stage.render.ffmpeg import Container, Pump, sound_command
from stage.render.options import FrameRange
from stage.render.song_input import SongInput

__all__ = ["SoundJob"]


class SoundJob:
    """The sound of the video, encoded in the background."""

    def __init__(
        self, ffmpeg: str, container: Container, given: SongInput, window: FrameRange, out: Path, errors: IO[bytes]
    ) -> None:
        sound = given.sound
        first = round(window.start * sound.rate)
        count = round(window.seconds * sound.rate)
        cut = sound.samples[first : first + count]
        # The last frame may reach beyond the song: silence, so that sound and picture end together.
        self._samples = np.concatenate((cut, np.zeros((count - len(cut), cut.shape[1]), np.float32)))
        self._pump = Pump(
            sound_command(ffmpeg, container, rate=sound.rate, channels=cut.shape[1], out=out), errors=errors
        )
        self._error: RenderError | None = None
        self._thread = threading.Thread(target=self._run, name="render-sound", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._pump.write(self._samples.astype("<f4").tobytes())
            self._pump.finish()
        except RenderError as error:
            self._error = error
        except (OSError, ValueError):
            # Killed while it was written to: the job has ended and has said why.
            self._error = RenderError("the sound was not encoded")

    def check(self) -> None:
        """Raises RenderError if it has failed already, so that nobody draws for minutes in vain."""
        if self._error is not None:
            raise self._error

    def finish(self) -> None:
        self._thread.join()
        self.check()

    def kill(self) -> None:
        self._pump.kill()
        self._thread.join()
