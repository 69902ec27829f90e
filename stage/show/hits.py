"""Where a song strikes: drops, the starts of choruses, the last hit. Read from the song map; light, camera and cues
all go by these, so that they strike together."""

from dataclasses import dataclass

import numpy as np

from motion.music.song_map import Section, SongMap

__all__ = ["Hits", "downbeat_near", "find_hits", "section_energy"]

# A quieter section at least this much (of the song's own range of energy) below the chorus is a way up to it.
_RISE = 0.12
# The last beat that is at least so loud, of the song's loud beats, is its last hit.
_LOUD = 0.6
# A hit later than this before the end of the sound would be cut off; one earlier than _EARLY is not its ending.
_EARLY = 16.0


@dataclass(frozen=True, slots=True)
class Hits:
    """Media times, seconds. drops: what a build-up leads to. choruses: all other starts of choruses.
    last: the last hit, None where the song dies away."""

    drops: tuple[float, ...]
    choruses: tuple[float, ...]
    last: float | None


def section_energy(song: SongMap, section: Section) -> float:
    """Mean energy of a section, 0..1."""
    times = np.arange(section.start, max(section.end, section.start + 0.2), 0.1)
    return float(np.mean(song.energy.sample(times)))


def downbeat_near(song: SongMap, t: float) -> float:
    """The downbeat that is meant by time `t`: borders of sections come from features, downbeats from beats."""
    near = min(song.downbeats, key=lambda beat: abs(beat - t), default=t)
    return near if abs(near - t) < 0.6 else t


def find_hits(song: SongMap) -> Hits:
    """Read the hits of a song; the same song gives the same."""
    drops: list[float] = []
    choruses: list[float] = []
    values = song.energy.values or [0.0]
    reach = max(float(np.percentile(values, 95)) - float(np.percentile(values, 5)), 1e-6)
    for i, section in enumerate(song.sections):
        if section.label != "chorus" or (i > 0 and song.sections[i - 1].label == "chorus"):
            continue
        start = downbeat_near(song, section.start)
        before = song.sections[i - 1] if i > 0 else None
        if before is None:
            choruses.append(start)
            continue
        rise = (section_energy(song, section) - section_energy(song, before)) / reach
        led = before.label in ("pre", "bridge") or rise > _RISE
        (drops if led else choruses).append(start)
    return Hits(tuple(drops), tuple(choruses), _last_hit(song))


def _last_hit(song: SongMap) -> float | None:
    if not song.beats or not song.energy.values:
        return None
    beats = np.asarray(song.beats)
    loud = song.energy.sample(beats + 0.08)
    floor = _LOUD * float(np.percentile(loud, 90))
    found = np.flatnonzero((loud >= floor) & (beats < song.duration - 0.4))
    if floor <= 0.0 or not len(found):
        return None
    last = float(beats[found[-1]])
    # A hit falls on a downbeat where there is one close by.
    last = downbeat_near(song, last)
    return last if song.duration - last < _EARLY else None
