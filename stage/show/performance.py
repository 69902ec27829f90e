"""One song made ready for one stage: everything that `Show` needs to say what any moment looks like.

Records only. Nothing here listens, plans or opens a file; `prepare` fills it in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from motion.dance.plan import Plan
from motion.music.song_map import SongMap
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import GRID_HZ, Motion
from motion.rig.skeleton import CANONICAL, Skeleton
from performer.avatar.expressions import expression_table
from performer.avatar.model import Vrm
from performer.face.lyric_sheet import Lyrics
from performer.face.track import EXPRESSIONS, FaceTrack
from stage.show.moods import AS_IT_FITS, Staging

__all__ = ["DanceFrames", "DanceSource", "HeadBall", "Performance", "Performer", "line_up"]

# Dancers side by side, metres between neighbours.
_SPACING = 1.5
# Of a head wider than high, so much of its half width is kept in the picture; above a measured crown, a little air.
_WIDE_SHARE = 0.75
_OVER_CROWN = 1.04


class DanceFrames(Protocol):
    """A stretch of the dance on the canonical body: motion, and how firmly each foot is planted."""

    @property
    def motion(self) -> Motion: ...
    @property
    def contacts(self) -> NDArray[np.float32]:
        """(frames, 2): left, right foot, 0..1."""
        ...


class DanceSource(Protocol):
    """What the show asks of a dance: frame k of the 60 Hz grid is the same whatever window is asked."""

    def frames(self, start: int, stop: int) -> DanceFrames: ...


@dataclass(frozen=True, slots=True)
class HeadBall:
    """What the camera must keep in the picture. Metres.

    rise: its centre above the head's joint, along the head. half_width, half_height: hair that stands out to the sides
    makes it wider than high.
    """

    rise: float
    half_width: float
    half_height: float

    @classmethod
    def of(cls, skeleton: Skeleton) -> "HeadBall":
        """The head of a body of which only the joints are known; never smaller than a head with its hair."""
        half = (skeleton.height - float(skeleton.rest[BONE_INDEX["head"], 1])) / 2.0
        radius = max(0.11 * skeleton.height, 1.05 * half)
        return cls(half, radius, radius)

    @classmethod
    def measured(cls, vrm: Vrm) -> "HeadBall | None":
        """The head that the model's mesh shows, never smaller than its skeleton's; the tips of wide ears may be cut."""
        if vrm.head is None:
            return None
        guess = cls.of(vrm.skeleton)
        half = (vrm.head.top - float(vrm.skeleton.rest[BONE_INDEX["head"], 1])) / 2.0
        rise = max(half, guess.rise)
        return cls(rise, max(half, _WIDE_SHARE * vrm.head.wide, guess.half_width), _OVER_CROWN * rise)


@dataclass(frozen=True, slots=True)
class Performer:
    """Who stands on the stage.

    id: number on the wire. avatar: number of its avatar table. name: for people. skeleton: its own T-pose.
    expressions: names in the order of its avatar table. start: x, z in metres, added to the dance's own travel.
    head: None: guessed from the skeleton.
    """

    id: int = 0
    avatar: int = 0
    name: str = ""
    sha256: str = ""
    skeleton: Skeleton = CANONICAL
    expressions: tuple[str, ...] = EXPRESSIONS
    start: tuple[float, float] = (0.0, 0.0)
    head: HeadBall | None = None

    @property
    def head_ball(self) -> HeadBall:
        return self.head or HeadBall.of(self.skeleton)

    @property
    def stature(self) -> float:
        """Metres from the floor to the top of what the camera films: ears, hats and hair count."""
        joint = float(self.skeleton.rest[BONE_INDEX["head"], 1])
        return max(self.skeleton.height, joint + 2.0 * self.head_ball.rise)

    @classmethod
    def of(cls, vrm: Vrm, *, id: int = 0, avatar: int = 0, start: tuple[float, float] = (0.0, 0.0)) -> "Performer":
        """The performer that wears `vrm`."""
        return cls(
            id, avatar, vrm.title, vrm.sha256, vrm.skeleton, expression_table(vrm), start, HeadBall.measured(vrm)
        )


def line_up(cast: Sequence[Vrm]) -> tuple[Performer, ...]:
    """One performer an avatar, side by side about the middle of the stage."""
    middle = (len(cast) - 1) / 2.0
    return tuple(Performer.of(vrm, id=i, avatar=i, start=((i - middle) * _SPACING, 0.0)) for i, vrm in enumerate(cast))


@dataclass(frozen=True, slots=True)
class Performance:
    """A song, ready.

    song: its map. dance: any `DanceSource`. face: on the grid, ceil(duration * 60) frames. level: (frames, 2) float32,
    left and right RMS on the grid, 0..1. lyrics: None or timed lines. plan: the plan that `dance` follows.
    seed: of everything that was chosen by chance. staging: what its card or the show file says of colours and cues.
    credits: what the song's card says for the title card.
    """

    song: SongMap
    dance: DanceSource
    face: FaceTrack
    performers: tuple[Performer, ...]
    level: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    lyrics: Lyrics | None = None
    plan: Plan | None = None
    title: str = ""
    artist: str = ""
    seed: int = 0
    staging: Staging = AS_IT_FITS
    credits: tuple[str, ...] = ()

    @property
    def title_credits(self) -> tuple[str, ...]:
        """Lines for the title card. Where somebody else than the song's singer stands on the stage, she is named first,
        and the singer is named as the voice."""
        on_stage = " · ".join(performer.name for performer in self.performers if performer.name)
        if not (self.credits and self.artist and on_stage) or not self.credits[0].startswith(self.artist):
            return self.credits
        if self.artist in on_stage:
            # The singer stands there herself: as she is spelt on her card, with the Latin name.
            return (self.credits[0].replace(self.artist, on_stage, 1), *self.credits[1:])
        return (on_stage, f"歌声 Voice · {self.credits[0]}", *self.credits[1:])

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.song.duration

    @property
    def frames(self) -> int:
        """Poses on the 60 Hz grid."""
        return max(1, int(np.ceil(self.song.duration * GRID_HZ - 1e-9)))
