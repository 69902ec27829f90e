"""How a clone comes along: stage, share, what is known of it, time left. Nothing is computed here."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

__all__ = ["CloneProgress"]

# Where no terminal is, a line that often, seconds.
_LINE_EVERY = 30.0


class CloneProgress:
    """Callable as `performer.voice.train.studio.Tell`: a bar on standard error, lines where that is no terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:3.0f} %"),
            TextColumn("{task.fields[note]}"),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        # A look at how fast it went over the last minutes, not only the last moments: listening takes breaks.
        self._bars = Progress(*columns, console=self._console, transient=True, speed_estimate_period=120.0)
        self._live = self._console.is_terminal
        self._stage = ""
        self._task = self._bars.add_task("", total=1.0, note="")
        self._begun = self._said = 0.0
        self._first = 0.0

    def __enter__(self) -> "CloneProgress":
        if self._live:
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live:
            self._bars.stop()

    def __call__(self, stage: str, done: float, total: float, note: str) -> None:
        if total == 0.0:
            self._console.print(stage, soft_wrap=True, markup=False)
            return
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._begun, self._said, self._first = stage, now, now, done / total
            if self._live:
                # A new stage gets a new clock.
                self._bars.remove_task(self._task)
                self._task = self._bars.add_task(stage, total=total, note=note)
            else:
                self._console.print(f"{stage} …", markup=False)
        if self._live:
            self._bars.update(self._task, completed=done, total=total, note=note)
        elif now - self._said > _LINE_EVERY:
            self._said = now
            self._console.print(self._line(stage, done / total, note, now), soft_wrap=True, markup=False)

    def _line(self, stage: str, share: float, note: str, now: float) -> str:
        """learning: 23 %, step 310, loss 0.412, about 5 min left"""
        gone = share - self._first
        parts = [f"{100 * share:.0f} %", note]
        if gone > 0.01:
            left = (now - self._begun) * (1 - share) / gone
            parts.append(f"about {left:.0f} s left" if left < 90 else f"about {left / 60:.0f} min left")
        return f"{stage}: " + ", ".join(part for part in parts if part)
