"""What a render did and where its time went."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["RenderReport", "Stopwatch"]


@dataclass(frozen=True, slots=True)
class RenderReport:
    """seconds: length of the video. wall: of the whole job. stages: wall seconds, one after another. per_frame_ms:
    what a frame took where; poses and encoding run beside the drawing, so these do not add up to the wall time."""

    out: Path
    frames: int
    fps: float
    width: int
    height: int
    seconds: float
    wall: float
    encoder: str
    renderer: str
    browser: str
    crashes: int
    bytes: int
    poses: Path | None = None
    stages: dict[str, float] = field(default_factory=dict[str, float])
    per_frame_ms: dict[str, float] = field(default_factory=dict[str, float])
    hashes: dict[int, int] = field(default_factory=dict[int, int], repr=False)

    @property
    def realtime(self) -> float:
        """Seconds of video per second of work, everything included."""
        return self.seconds / self.wall if self.wall > 0.0 else 0.0

    def to_json(self) -> dict[str, Any]:
        """For `--json`; the frame hashes of tests stay out."""
        fields = asdict(self)
        fields.pop("hashes")
        fields["out"] = str(self.out)
        fields["poses"] = None if self.poses is None else str(self.poses)
        return fields | {"realtime": round(self.realtime, 3)}


class Stopwatch:
    """Wall time of stages that follow one another. now: a monotonic clock."""

    def __init__(self, now: float) -> None:
        self._began = self._last = now
        self.stages: dict[str, float] = {}

    def lap(self, stage: str, now: float) -> None:
        """All time since the last lap was `stage`."""
        self.stages[stage] = round(self.stages.get(stage, 0.0) + now - self._last, 3)
        self._last = now

    @property
    def total(self) -> float:
        return self._last - self._began
