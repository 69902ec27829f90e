"""Which shot a phrase of the camera gets, of those that may follow what was shown: weights, dice, and a look at her.

What follows a shot differs from it in size or by 30 degrees of side. The numbers that a director would turn stand in
presets/shows/shots.toml.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from motion.music.song_map import Section
from stage.show.shots import FAR, WHOLE, Moment, Shot, Shots, Size

__all__ = ["LEAST_TURN_DEG", "TITLE", "Cut", "Phrase", "choose", "reads", "side_deg"]

# A phrase that is over so soon may be any shot, whatever its bars.
_BRIEF = 3.0
# What can be shown at any time.
_PLAIN: frozenset[Size] = frozenset({"cowboy", "medium", "close"})
# A face is read from this share of the picture's height on; no more than so much of this time goes by without.
_READ_FROM = 0.098
_UNREAD = 0.42
_UNREAD_TIME = 40.0
# From chin to crown of the body that shots are written for, metres.
_FACE = 0.235
# Until so long after the song began the title stands at the left: she stands right of the middle.
TITLE = 6.2
# Less than this to the side, with the same size, is a jump and no cut.
LEAST_TURN_DEG = 30.0
# A shot does not come again within so many pictures, and each time that it was shown makes it less ready.
_NOT_AGAIN = 4
_WORN = 0.6
# The same size from nearly the same side within three pictures looks alike, whatever the shot's name.
_ALIKE = 0.25
_ALIKE_DEG = 20.0
_ALIKE_BACK = 3
# Where the section has had less or more of all of her than it shall have, the other kind is this much less ready.
_OWED = 0.05
# In the finale, shots that have the wall's middle behind her are so much readier.
_BEHIND = 12.0
# A shot that shows her so well is taken; of so many that do not, the best.
_WORTHY = 0.62
_TRIES = 40
# A shot worth less than this looks at her back.
_HOPELESS = 0.1


@dataclass(frozen=True, slots=True)
class Cut:
    """One shot on one stretch of media time (seconds). mirrored: left and right swapped."""

    start: float
    end: float
    shot: Shot
    mirrored: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch between cuts, seconds; number: its place in its section."""

    start: float
    end: float
    section: Section
    bars: int
    number: int

    @property
    def first(self) -> bool:
        return self.number == 0


def side_deg(shot: Shot, mirrored: bool) -> float:
    """From which side the shot looks in the middle of its way: 0 from the audience, 90 from her left; degrees."""
    (ax, _, az), (bx, _, bz) = shot.start.position, shot.stop.position
    angle = math.degrees(math.atan2((ax + bx) / 2.0, (az + bz) / 2.0))
    return -angle if mirrored else angle


def choose(
    shots: Shots,
    phrase: Phrase,
    moments: Sequence[Moment],
    cuts: Sequence[tuple[Cut, Phrase]],
    dice: float,
    echoes: Mapping[str, float],
    worth: Callable[[Shot, bool], float] | None = None,
) -> tuple[Shot, bool]:
    """A shot and its side for a phrase.

    Args:
        moments: what the phrase asks for. cuts: what was shown before, with the phrases that it was shown in.
        dice: 0..1. echoes: how readily shots are shown again, by name.
        worth: how well a shot, mirrored or not, shows what she does in this phrase, 0..1.
    """
    shown = [cut for cut, _ in cuts]
    choices = [(shot, mirrored) for shot in shots.shots for mirrored in (False, True)]
    if shown:
        allowed = [choice for choice in choices if _follows(shown[-1], *choice)]
        # A table with a single shot, seen from the front, has nothing that may follow it.
        choices = allowed or [choice for choice in choices if choice[0].size != shown[-1].shot.size] or choices
    weights = np.array([_weight(shots, shot, phrase, moments, shown) for shot, _ in choices])
    weights = weights * np.array([echoes.get(shot.name, 1.0) for shot, _ in choices])
    weights = weights * np.array([_alike(shot, mirrored, shown) for shot, mirrored in choices])
    weights = weights * np.array([_owed(shots, shot, phrase, cuts) for shot, _ in choices])
    if phrase.start < TITLE:
        right = np.array([(shot.side or 0.0) * (-1.0 if mirrored else 1.0) for shot, mirrored in choices])
        # From afar she stands in the middle and the title beside her: how a song opens, and then one wants to see her.
        near = np.array([shot.size not in FAR | {"crowd", "reverse"} for shot, _ in choices])
        weights = weights * ((right > 0.0) & near if shown else [shot.size == "wide" for shot, _ in choices])
    if not weights.any():
        # What a moment forbids stays forbidden.
        barred = {size for moment in moments for size, gain in shots.moments.get(moment, {}).items() if gain == 0.0}
        plain = np.array([shot.size in _PLAIN and shot.size not in barred for shot, _ in choices], float)
        fresh = plain * np.array([shot.name not in _recent(shown) for shot, _ in choices])
        weights = fresh if fresh.any() else plain
    if not weights.any():
        weights = np.ones(len(choices))
    # Sides even out: what is left of her is seen no oftener than what is right of her.
    tilt = sum(1 if cut.mirrored else -1 for cut in shown[-4:])
    weights = weights * np.array([1.0 - 0.2 * tilt * (1 if mirrored else -1) for _, mirrored in choices])
    best, value = 0, -1.0
    for _ in range(_TRIES):
        edges = np.cumsum(weights)
        if edges[-1] <= 0.0:
            break
        drawn = min(int(np.searchsorted(edges, dice * edges[-1], side="right")), len(choices) - 1)
        seen = 1.0 if worth is None else worth(*choices[drawn])
        if seen > value:
            best, value = drawn, seen
        if value >= _WORTHY:
            break
        weights[drawn] = 0.0
    if worth is not None and value < _HOPELESS:
        # Nothing that the phrase asks for shows her face or her dance: all of her does, even twice running.
        for k, (shot, mirrored) in enumerate(choices):
            if shot.size == "full" and shot.name not in _recent(shown):
                seen = worth(shot, mirrored)
                best, value = (k, seen) if seen > value else (best, value)
    return choices[best]


def _recent(shown: Sequence[Cut]) -> list[str]:
    return [cut.shot.name for cut in shown[-_NOT_AGAIN:]]


def _follows(last: Cut, shot: Shot, mirrored: bool) -> bool:
    if shot.size in FAR and last.shot.size in FAR:
        return False
    if shot.size != last.shot.size:
        return True
    turn = abs(side_deg(shot, mirrored) - side_deg(last.shot, last.mirrored))
    return shot.name != last.shot.name and min(turn, 360.0 - turn) >= LEAST_TURN_DEG


def _alike(shot: Shot, mirrored: bool, shown: Sequence[Cut]) -> float:
    near = (
        cut.shot.size == shot.size and abs(side_deg(cut.shot, cut.mirrored) - side_deg(shot, mirrored)) < _ALIKE_DEG
        for cut in shown[-_ALIKE_BACK:]
    )
    return _ALIKE if any(near) else 1.0


def _owed(shots: Shots, shot: Shot, phrase: Phrase, cuts: Sequence[tuple[Cut, Phrase]]) -> float:
    """Keeps the time in which one sees all of her at the share that sections of this kind shall have."""
    share = shots.whole.get(phrase.section.label)
    if share is None:
        return 1.0
    lengths = [(then.end - then.start, cut.shot) for cut, then in cuts if then.section.label == phrase.section.label]
    length = phrase.end - phrase.start
    had = sum(seconds for seconds, before in lengths if before.size in WHOLE)
    owed = share * (sum(seconds for seconds, _ in lengths) + length) - had
    return 1.0 if (shot.size in WHOLE) == (owed >= 0.5 * length) else _OWED


def _weight(shots: Shots, shot: Shot, phrase: Phrase, moments: Sequence[Moment], cuts: Sequence[Cut]) -> float:
    # A song that begins with its verse is opened like any other, and each ends like any other.
    label = "intro" if "opening" in moments else "outro" if "last" in moments else phrase.section.label
    weight = shot.on.get(label, 0.0)
    if phrase.bars > shot.bars and phrase.end - phrase.start > _BRIEF and "last" not in moments:
        return 0.0
    if shot.size == "reverse" and label == "chorus" and "sea" not in moments:
        return 0.0
    ends = not {"closing", "last", "hush", "sea"}.isdisjoint(moments)
    apart = shots.apart.get(shot.size, 0)
    if not ends and apart and shot.size in [cut.shot.size for cut in cuts[-apart:]]:
        return 0.0
    if shot.most and sum(cut.shot.name == shot.name for cut in cuts) >= shot.most:
        return 0.0
    if shot.name in _recent(cuts):
        return 0.0
    if not ends and not reads(shot) and _unread(phrase, cuts) > _UNREAD:
        return 0.0
    for moment in moments:
        weight *= shots.moments.get(moment, {}).get(shot.size, 1.0)
    if "finale" in moments and shot.axis:
        weight *= _BEHIND
    return weight * _WORN ** sum(cut.shot.name == shot.name for cut in cuts)


def reads(shot: Shot) -> bool:
    """Whether her face is large enough to be read, in the middle of the shot's way."""
    near = (math.dist(shot.start.position, shot.start.target) + math.dist(shot.stop.position, shot.stop.target)) / 2.0
    return _FACE / (2.0 * near * math.tan(math.radians(shot.fov) / 2.0)) >= _READ_FROM


def _unread(phrase: Phrase, cuts: Sequence[Cut]) -> float:
    """Share of the time up to the end of this phrase in which no face is read, if none is in it."""
    since = phrase.end - _UNREAD_TIME
    far = sum(cut.end - max(cut.start, since) for cut in cuts if cut.end > since and not reads(cut.shot))
    return (far + phrase.end - phrase.start) / _UNREAD_TIME
