"""Libraries that write to the terminal by themselves are kept quiet (a shell: the process's standard error)."""

import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["hushed"]

# The descriptor is the process's: whoever comes first turns it away, whoever goes last turns it back.
_TURNING = threading.Lock()
_inside = 0
_kept = -1


@contextmanager
def hushed() -> Generator[None]:
    """While it lasts nothing of this process reaches standard error; what Python held back comes out before it.

    For what we tell the user once, in a sentence: ALSA and JACK write pages while PortAudio looks around, libsndfile's
    MP3 decoder notes every odd frame. May be nested and used by several threads at once.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _kept
    with _TURNING:
        if _inside == 0:
            # There is none under pythonw.
            if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison]
                sys.stderr.flush()
            _kept = os.dup(2)
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), 2)
        _inside += 1


def _leave() -> None:
    global _inside
    with _TURNING:
        _inside -= 1
        if _inside == 0:
            os.dup2(_kept, 2)
            os.close(_kept)
