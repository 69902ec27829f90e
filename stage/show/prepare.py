"""From sound and an avatar to a `Performance`: listen, plan, bake nothing yet. Arrays in, records out; no file."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from motion.dance.plan import Plan
from motion.errors import UserError
from motion.music.song_map import SongMap
from motion.rig.pose import GRID_HZ
from performer.avatar.model import Vrm
from performer.face.lyric_sheet import Lyrics
from performer.face.track import FaceTrack
from stage.show.moods import AS_IT_FITS, Staging
from stage.show.performance import Performance, line_up

__all__ = ["PrepareError", "Progress", "level_curve", "prepare"]

Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done."""


class PrepareError(UserError):
    """The parts of a performance do not belong together; the message says which and what to do."""


def level_curve(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """(frames, 2) RMS of left and right in 1/60 s windows; mono gives the same on both sides."""
    stereo = samples[:, None] if samples.ndim == 1 else samples
    frames = max(1, int(np.ceil(len(stereo) / rate * GRID_HZ - 1e-9)))
    edges = np.minimum((np.arange(frames + 1) * rate / GRID_HZ).astype(np.int64), len(stereo))
    power = np.concatenate((np.zeros((1, stereo.shape[1])), np.cumsum(stereo.astype(np.float64) ** 2, axis=0)))
    widths = np.maximum(np.diff(edges), 1)[:, None]
    level = np.sqrt(np.maximum(np.diff(power[edges], axis=0), 0.0) / widths)
    both = np.broadcast_to(level, (frames, 2)) if level.shape[1] == 1 else level[:, :2]
    return np.clip(both, 0.0, 1.0).astype(np.float32)


def prepare(
    samples: NDArray[np.float32],
    rate: int,
    avatars: Vrm | Sequence[Vrm],
    *,
    title: str = "",
    artist: str = "",
    sound_sha256: str = "",
    song: SongMap | None = None,
    plan: Plan | None = None,
    lyrics: Lyrics | None = None,
    vocal: NDArray[np.float32] | None = None,
    face: FaceTrack | None = None,
    seed: int = 0,
    own_moves_only: bool = False,
    credits: tuple[str, ...] = (),
    staging: Staging = AS_IT_FITS,
    progress: Progress | None = None,
) -> Performance:
    """Make a song ready.

    Args:
        samples: (n,) or (n, channels) float32 at `rate` Hz.
        vocal: (n,) the voice alone at the same rate, if there is a stem.
        song, plan, face: made before, then taken as they are; else heard, planned and made here.
        seed: another seed, another dance, other camera, other blinks.
        credits, staging: see `Performance`.

    Raises:
        PrepareError: no avatar, or a face track or song map of another length than the sound.
        PlanError: the plan does not fit the song.
        MannerError: the avatar's card names a manner of dancing that there is not.
    """
    # These pull in the listener and the move library; a process that only steps a prepared show needs neither.
    from motion.dance.check import check_plan
    from motion.dance.library import load_library
    from motion.dance.planner import plan_dance
    from motion.dance.player import Dance
    from motion.music.listen import listen
    from performer.face.build import build_face
    from performer.face.hooks import hook_times

    tell = progress or (lambda share, what: None)
    cast = [avatars] if isinstance(avatars, Vrm) else list(avatars)
    if not cast:
        raise PrepareError("a performance needs an avatar; name one with --avatar")
    mono = samples if samples.ndim == 1 else samples.mean(axis=1, dtype=np.float32)
    seconds = len(mono) / rate
    if song is None:
        tell(0.0, "listening")
        song = listen(
            mono,
            rate,
            title=title,
            artist=artist,
            sha256=sound_sha256,
            stereo=samples if samples.ndim == 2 else None,
            vocal_stem=vocal,
            progress=lambda share, what: tell(0.6 * share, what),
        )
    elif abs(song.duration - seconds) > 0.5:
        raise PrepareError(
            f"the song map is for {song.duration:.1f} s of sound, this sound lasts {seconds:.1f} s; "
            "make a new one with: nichang listen SONG -o song.json"
        )
    tell(0.6, "planning the dance")
    library = load_library(own_moves_only=own_moves_only or (plan is not None and plan.own_moves_only))
    if plan is None:
        # Several performers dance together, in the manner of the first.
        plan = plan_dance(song, library, seed=seed, hooks=hook_times(lyrics), manner=cast[0].dance)
    else:
        check_plan(plan, song, library)
    dance = Dance(plan, song, library)
    frames = max(1, int(np.ceil(song.duration * GRID_HZ - 1e-9)))
    if face is None:
        tell(0.7, "moving the lips")
        face = build_face(samples, rate, song, vocal_mono=vocal, lyrics=lyrics, seed=seed)
    elif abs(len(face) - frames) > 0.5 * GRID_HZ:
        raise PrepareError(
            f"the face track lasts {len(face) / face.rate:.1f} s, the song {song.duration:.1f} s; "
            "make a new one with: nichang lipsync SONG -o face.json"
        )
    tell(0.95, "raising the curtain")
    performers = line_up(cast)
    performance = Performance(
        song=song,
        dance=dance,
        face=face,
        performers=performers,
        level=level_curve(samples, rate),
        lyrics=lyrics,
        plan=plan,
        title=title or song.title,
        artist=artist or song.artist,
        seed=seed,
        credits=credits,
        staging=staging,
    )
    tell(1.0, "ready")
    return performance
