"""Has the sound server put the loudspeaker in the microphone's place? (a shell: runs pactl)

When the only microphone vanishes, PulseAudio moves whoever listened to it to the monitor of the loudspeaker, without a
word through ALSA: a live voice would hear itself, again and again. It moves them back when the microphone returns.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

__all__ = ["Astray"]

_PATIENCE_SECONDS = 0.5
Ask = Callable[[str], str]
"""What `pactl --format=json list WHAT` answers."""


def _pactl(what: str) -> str:
    done = subprocess.run(
        ["pactl", "--format=json", "list", what],
        capture_output=True,
        timeout=_PATIENCE_SECONDS,
        check=True,
    )
    return done.stdout.decode(errors="replace")


class Astray:
    """Called every second, it asks no more than where this process listens until that changes: 7 ms of processor time.

    Args:
        ask, process: for tests; without pactl, or an old one, nothing is ever astray.
    """

    def __init__(self, ask: Ask | None = None, process: int | None = None) -> None:
        self._ask = ask or (_pactl if shutil.which("pactl") else None)
        self._process = str(os.getpid() if process is None else process)
        # Index of the source that was looked at last, and the sink whose monitor it is.
        self._source: int | None = None
        self._sink: str = ""

    def __call__(self) -> bool:
        """Does this process listen to the loudspeaker that it plays to?"""
        try:
            return self._hears_itself()
        except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError, AttributeError):
            # A server that is going, or one that answers otherwise: the device itself will tell. The next counts anew.
            self._source = None
            return False

    def _hears_itself(self) -> bool:
        if self._ask is None:
            return False
        listens = self._ours("source-outputs", "source")
        if listens is None:
            self._source = None
            return False
        if listens != self._source:
            self._sink = next(
                (str(row["monitor_source"]) for row in self._list("sources") if row["index"] == listens), ""
            )
            self._source = listens
        if not self._sink:
            return False
        plays = self._ours("sink-inputs", "sink")
        return any(row["index"] == plays and row["name"] == self._sink for row in self._list("sinks"))

    def _ours(self, what: str, end: str) -> int | None:
        """Index of the device that this process's newest stream is at."""
        rows = (row for row in self._list(what) if row["properties"].get("application.process.id") == self._process)
        return max(((row["index"], row[end]) for row in rows), default=(0, None))[1]

    def _list(self, what: str) -> list[dict[str, Any]]:
        assert self._ask is not None
        return json.loads(self._ask(what))
