"""Frames ahead of the page: a thread asks the show for each moment and keeps the bytes (a shell: thread, clock)."""

import threading
import time
from collections.abc import Callable
from fractions import Fraction

from stage.render.errors import RenderError
from stage.wire.frame import Frame

__all__ = ["Feed"]

# Far enough that the page never waits for a bar that is being baked; not so far that poses take the second core
# from the drawing for seconds on end.
_AHEAD = 300


class Feed:
    """Frames 0..total-1 of `step`, encoded; kept, so that a page that starts again gets them at once.

    Args:
        step: media time -> frame, pure.
        encode: frame -> bytes of the wire.
        watch: called with (index, frame) once per frame, in order, from the thread.
    """

    def __init__(
        self,
        step: Callable[[float], Frame],
        encode: Callable[[Frame], bytes],
        *,
        total: int,
        fps: Fraction,
        watch: Callable[[int, Frame], None] | None = None,
    ) -> None:
        self._step, self._encode, self._watch = step, encode, watch
        self._total, self._fps = total, fps
        self._frames: list[bytes] = []
        self._taken = 0
        self._error: Exception | None = None
        self._stopped = False
        self._changed = threading.Condition()
        self.pose_seconds = 0.0
        """CPU seconds that the thread has used."""
        self._thread = threading.Thread(target=self._run, name="render-feed", daemon=True)
        self._thread.start()

    def take(self, start: int, count: int) -> list[bytes]:
        """Frames start..start+count-1; waits until they are there.

        Raises:
            Exception: whatever the show raised.
        """
        stop = min(start + count, self._total)
        with self._changed:
            self._taken = max(self._taken, stop)
            self._changed.notify_all()
            while len(self._frames) < stop:
                if self._error is not None:
                    raise self._error
                if self._stopped:
                    raise RenderError("the render was stopped")
                self._changed.wait(0.5)
            return self._frames[start:stop]

    def close(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        try:
            for index in range(self._total):
                with self._changed:
                    while index >= self._taken + _AHEAD and not self._stopped:
                        self._changed.wait(0.5)
                    if self._stopped:
                        return
                began = time.thread_time()
                frame = self._step(float(index / self._fps))
                if self._watch is not None:
                    self._watch(index, frame)
                data = self._encode(frame)
                self.pose_seconds += time.thread_time() - began
                with self._changed:
                    self._frames.append(data)
                    self._changed.notify_all()
        except Exception as error:
            with self._changed:
                self._error = error
                self._changed.notify_all()
