"""The progress line of a render: stage, frame, frames a second, time left."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

__all__ = ["RenderProgress"]


class _Frames(ProgressColumn):
    """ "frame 120/900, 38 fps" while drawing; the share done before that."""

    def render(self, task: Task) -> Text:
        if not task.fields.get("drawing"):
            return Text(f"{100.0 * task.completed / max(task.total or 1.0, 1e-9):3.0f} %")
        rate = task.finished_speed or task.speed or 0.0
        return Text(f"frame {task.completed:.0f}/{task.total or 0:.0f}, {rate:.0f} fps")


class RenderProgress:
    """Callable as `stage.render.job.Progress`; a bar on standard error, a line per stage where that is no terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, highlight=False, quiet=quiet)
        columns = (
            TextColumn("{task.description:<22}"),
            BarColumn(),
            _Frames(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        self._bars = Progress(*columns, console=self._console, transient=True)
        self._live = self._console.is_terminal and not quiet
        self._stage = ""
        self._task = self._bars.add_task("", total=1.0)

    def __enter__(self) -> "RenderProgress":
        if self._live:
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live:
            self._bars.stop()

    def __call__(self, stage: str, done: float, total: float) -> None:
        if total == 0.0:
            # A remark stays on the screen, above the bar.
            self._console.print(stage, soft_wrap=True)
            return
        if stage != self._stage:
            self._stage = stage
            if self._live:
                # A new stage gets a new clock.
                self._bars.remove_task(self._task)
                self._task = self._bars.add_task(stage, total=total, drawing=stage == "drawing")
            else:
                self._console.print(f"{stage} …")
        if self._live:
            self._bars.update(self._task, completed=done, total=total)
