"""What the console shows of a running show: pace, load, level, pages. Times and processor seconds are given."""

from collections import deque
from collections.abc import Iterable

import numpy as np

from motion.rig.pose import GRID_HZ
from stage.show.desk import DeskState
from stage.show.performance import Performance
from stage.wire.messages import ClientInfo, ShowState, VoiceState

__all__ = ["Meters", "level_at"]

_TICKS_KEPT = 600
_RATE_OVER = 60


def level_at(performance: Performance | None, media: float) -> tuple[float, float]:
    """RMS of left and right, 0..1, at media time `media`; silence without a song."""
    if performance is None or not len(performance.level):
        return 0.0, 0.0
    left, right = performance.level[min(max(int(media * GRID_HZ), 0), len(performance.level) - 1)]
    return float(left), float(right)


class Meters:
    """The last ten seconds of the loop's ticks, and the load of the last second."""

    def __init__(self, now: float, used: float) -> None:
        self._ticks: deque[float] = deque(maxlen=_TICKS_KEPT)
        self._since, self._used, self._load = now, used, 0.0

    def tick(self, now: float) -> None:
        """The loop came by at show time `now`."""
        self._ticks.append(now)

    def pace(self) -> tuple[float, float]:
        """Ticks a second over the last second, and p99 of the gaps of the last ten, seconds."""
        if len(self._ticks) < 3:
            return float(GRID_HZ), 1.0 / GRID_HZ
        gaps = np.diff(np.array(self._ticks))
        return 1.0 / max(float(gaps[-_RATE_OVER:].mean()), 1e-6), float(np.percentile(gaps, 99))

    def load(self, now: float, used: float) -> float:
        """Share of one core over the last second or so. used: processor seconds of this process."""
        if now - self._since >= 1.0:
            self._load = round((used - self._used) / (now - self._since), 3)
            self._since, self._used = now, used
        return self._load

    def report(
        self,
        state: DeskState,
        *,
        now: float,
        used: float,
        media: float,
        performance: Performance | None,
        clients: Iterable[ClientInfo],
        voice: VoiceState | None = None,
    ) -> ShowState:
        """The state of the desk as pages are told it, with what was measured. media: media time at `now`."""
        rate, p99 = self.pace()
        playing = state.playing and not state.ended
        return ShowState(
            show_time=now,
            media_time=media,
            duration=state.duration,
            song=state.song,
            playing=playing,
            panic=state.panic,
            ended=state.ended,
            intensity=state.intensity,
            shot=state.shot,
            palette=state.palette,
            pads=dict(state.pads),
            level=level_at(performance if playing else None, media),
            pose_rate=round(rate, 2),
            pose_p99_ms=round(p99 * 1000.0, 2),
            cpu=self.load(now, used),
            clients=list(clients),
            voice=voice,
        )
