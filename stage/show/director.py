"""Which shot when: the cuts of a whole song, chosen once by section, energy, words and hits.

A cut falls a picture before a downbeat. What follows a shot differs from it in size or by 30 degrees of side. The
numbers that a director would turn stand in presets/shows/shots.toml; this module only deals them out.
"""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from motion.music.song_map import Section, SongMap
from stage.show.hits import Hits, find_hits
from stage.show.shots import FAR, Moment, Shot, Shots, Size

__all__ = ["CUT_AHEAD", "LONGEST_CUT", "SHORTEST_CUT", "Cut", "cut_at", "plan_cuts", "reads", "side_deg"]

# Seen a picture ahead of what is heard, a cut lies on the beat; after it, it limps.
CUT_AHEAD = 1.0 / 30.0
# A phrase shorter than this makes a nervous picture, whatever the section asks for.
SHORTEST_CUT = 1.8
# At a slow tempo as many bars would hold one picture too long.
LONGEST_CUT = 14.0
# The first picture goes over to the next within this time: by then one wants to see who sings.
_OPENING_CUT = 4.1
# The last picture begins on the last downbeat that leaves it this long.
_LAST_CUT = 2.6
# A phrase that is over so soon may be any shot, whatever its bars.
_BRIEF = 3.0
# What can be shown at any time.
_PLAIN: frozenset[Size] = frozenset({"cowboy", "medium", "close"})
# A face is read from this share of the picture's height on; no more than so much of this time goes by without.
_READ_FROM = 0.12
_UNREAD = 0.42
_UNREAD_TIME = 40.0
# From chin to crown of the body that shots are written for, metres.
_FACE = 0.235
# Until so long after the song began the title stands at the left: she stands right of the middle.
_TITLE = 6.0
# Less than this to the side, with the same size, is a jump and no cut.
LEAST_TURN_DEG = 30.0
# What was shown in the last few pictures is shown again this much less readily.
_AGAIN = (0.12, 0.3, 0.5, 0.7)
# An earlier section of its kind wore this shot at the same place, or at another: how readily it is shown again.
_ECHO = 0.02
_FAR_ECHO = 0.4
# A line ends in a phrase if it does so this long after the phrase began, at least; earlier it is over before one looks.
_LINE_SEEN = 0.8
# What hands say is seen if so much of it lies in the phrase, seconds.
_SEEN = 0.4
# A phrase begins at a hit if it does so within this time, seconds.
_AT = 0.3


@dataclass(frozen=True, slots=True)
class Cut:
    """One shot on one stretch of media time (seconds). mirrored: left and right swapped."""

    start: float
    end: float
    shot: Shot
    mirrored: bool


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A stretch between cuts, seconds; number: its place in
    its section."""

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


def _phrases(song: SongMap, shots: Shots) -> list[_Phrase]:
    """Stretches between cuts: whole numbers of bars in the rhythm of their section, a new one with each section."""
    starts = [bar.start for bar in song.bars]
    if len(starts) < 2:
        starts = [float(x) for x in np.arange(0.0, song.duration, 2.0)]
    starts = [0.0, *(s for s in starts if 0.5 < s < song.duration - SHORTEST_CUT)]
    finish = max((s for s in starts if song.duration - s >= _LAST_CUT), default=0.0)
    phrases: list[_Phrase] = []
    begin, held = 0.0, song.section_at(starts[0] + 0.05)
    count, turn = 0, 0
    for start, after in itertools.pairwise([*starts[1:], song.duration]):
        count += 1
        # A quarter of a second of tolerance: section borders come from features, downbeats from beats.
        section = song.section_at(start + 0.25)
        rhythm = shots.phrases.get(held.label, [4])
        longest = LONGEST_CUT if phrases else _OPENING_CUT
        due = count >= rhythm[turn % len(rhythm)] or section != held or after - begin > longest
        due = due or start == finish
        if due and start - begin >= SHORTEST_CUT:
            phrases.append(_Phrase(begin, start, held, count, turn))
            begin, turn, count = start, turn + 1 if section == held else 0, 0
            held = section
    # The last shot comes to rest with the sound.
    phrases.append(_Phrase(begin, song.duration + 0.5, held, max(1, count + 1), turn))
    return phrases


def plan_cuts(
    song: SongMap,
    shots: Shots,
    seed: int,
    line_ends: Sequence[float] = (),
    gestures: Sequence[tuple[float, float]] = (),
) -> tuple[Cut, ...]:
    """The cuts of a whole song. The same song, table, words and seed give the same cuts.

    Args:
        line_ends: media times at which lines of the words end, ascending.
        gestures: stretches of media time in which her hands say something that must be seen.
    """
    chance = np.random.default_rng([seed, 0xCA])
    hits = find_hits(song)
    cuts: list[Cut] = []
    phrases = _phrases(song, shots)
    for number, phrase in enumerate(phrases):
        moments: list[Moment] = _moments(phrase, hits, line_ends)
        if number == 0:
            moments = ["opening"]
        elif any(abs(phrases[number - 1].start - t) < _AT for t in hits.drops):
            moments.append("after_drop")
        if len(phrases) > 2 and number >= len(phrases) - 2:
            # What the section wants is over: this is how it ends.
            moments = ["closing" if number == len(phrases) - 2 else "last"]
        elif number == len(phrases) - 3:
            moments.append("approach")
        if "closing" not in moments and any(a < phrase.end - _SEEN and b > phrase.start + _SEEN for a, b in gestures):
            moments.append("gesture")
        # Drawn for every phrase, so that one more shot in the table changes no later side.
        dice = float(chance.random()), float(chance.random())
        echoes = _echoes(phrase, zip(cuts, phrases, strict=False))
        shot, mirrored = _choose(shots, phrase, moments, cuts, dice, echoes)
        start = phrase.start - CUT_AHEAD if number else 0.0
        if cuts:
            cuts[-1] = Cut(cuts[-1].start, start, cuts[-1].shot, cuts[-1].mirrored)
        cuts.append(Cut(start, phrase.end, shot, mirrored))
    return tuple(cuts)


def _echoes(phrase: _Phrase, shown: Iterable[tuple[Cut, _Phrase]]) -> dict[str, float]:
    """How readily shots of earlier sections of its kind are shown again, by name."""
    found: dict[str, float] = {}
    for cut, then in shown:
        if then.section.label == phrase.section.label and then.section != phrase.section:
            again = _ECHO if then.number == phrase.number else _FAR_ECHO
            found[cut.shot.name] = min(found.get(cut.shot.name, 1.0), again)
    return found


def _moments(phrase: _Phrase, hits: Hits, line_ends: Sequence[float]) -> list[Moment]:
    """What the phrase by itself asks for."""
    found: list[Moment] = []
    label = phrase.section.label
    if any(abs(phrase.start - t) < _AT for t in hits.drops):
        found.append("drop")
    elif phrase.first and label in ("chorus", "verse"):
        found.append(label)
    elif phrase.first and label == "bridge":
        found.append("hush")
    # A chorus is danced; there the lines follow one another and their ends are no rest.
    if label != "chorus" and any(phrase.start + _LINE_SEEN < t <= phrase.end + 0.2 for t in line_ends):
        found.append("line_end")
    return found


def _choose(
    shots: Shots,
    phrase: _Phrase,
    moments: Sequence[Moment],
    cuts: Sequence[Cut],
    dice: tuple[float, float],
    echoes: Mapping[str, float],
) -> tuple[Shot, bool]:
    """A shot and its side, by weight among those that may follow what was shown."""
    choices = [(shot, mirrored) for shot in shots.shots for mirrored in (False, True)]
    if cuts:
        allowed = [choice for choice in choices if _follows(cuts[-1], *choice)]
        # A table with a single shot, seen from the front, has nothing that may follow it.
        choices = allowed or [choice for choice in choices if choice[0].size != cuts[-1].shot.size] or choices
    weights = np.array([_weight(shots, shot, phrase, moments, cuts) for shot, _ in choices])
    weights = weights * np.array([echoes.get(shot.name, 1.0) for shot, _ in choices])
    if phrase.start < _TITLE:
        right = np.array([(shot.side or 0.0) * (-1.0 if mirrored else 1.0) for shot, mirrored in choices])
        # From afar she stands in the middle and the title beside her.
        weights = weights * ((right > 0.0) | np.array([shot.size == "wide" for shot, _ in choices]))
    if not weights.any():
        # What a moment forbids stays forbidden.
        barred = {size for moment in moments for size, gain in shots.moments.get(moment, {}).items() if gain == 0.0}
        weights = np.array([float(shot.size in _PLAIN and shot.size not in barred) for shot, _ in choices])
    if not weights.any():
        weights = np.ones(len(choices))
    # Sides even out: what is left of her is seen no oftener than what is right of her.
    tilt = sum(1 if cut.mirrored else -1 for cut in cuts[-4:])
    weights = weights * np.array([1.0 - 0.2 * tilt * (1 if mirrored else -1) for _, mirrored in choices])
    edges = np.cumsum(weights)
    return choices[min(int(np.searchsorted(edges, dice[0] * edges[-1], side="right")), len(choices) - 1)]


def _follows(last: Cut, shot: Shot, mirrored: bool) -> bool:
    if shot.size in FAR and last.shot.size in FAR:
        return False
    if shot.size != last.shot.size:
        return True
    turn = abs(side_deg(shot, mirrored) - side_deg(last.shot, last.mirrored))
    return shot.name != last.shot.name and min(turn, 360.0 - turn) >= LEAST_TURN_DEG


def _weight(shots: Shots, shot: Shot, phrase: _Phrase, moments: Sequence[Moment], cuts: Sequence[Cut]) -> float:
    # A song that begins with its verse is opened like any other, and each ends like any other.
    label = "intro" if "opening" in moments else "outro" if "last" in moments else phrase.section.label
    weight = shot.on.get(label, 0.0)
    if phrase.bars > shot.bars and phrase.end - phrase.start > _BRIEF and "last" not in moments:
        return 0.0
    ends = not {"closing", "last", "hush"}.isdisjoint(moments)
    apart = shots.apart.get(shot.size, 0)
    if not ends and apart and shot.size in [cut.shot.size for cut in cuts[-apart:]]:
        return 0.0
    if shot.most and sum(cut.shot.name == shot.name for cut in cuts) >= shot.most:
        return 0.0
    if not ends and not reads(shot) and _unread(phrase, cuts) > _UNREAD:
        return 0.0
    for moment in moments:
        weight *= shots.moments.get(moment, {}).get(shot.size, 1.0)
    for back, cut in enumerate(reversed(cuts[-len(_AGAIN) :])):
        if cut.shot.name == shot.name:
            weight *= _AGAIN[back]
    return weight


def reads(shot: Shot) -> bool:
    """Whether her face is large enough to be read, in the middle of the shot's way."""
    near = (math.dist(shot.start.position, shot.start.target) + math.dist(shot.stop.position, shot.stop.target)) / 2.0
    return _FACE / (2.0 * near * math.tan(math.radians(shot.fov) / 2.0)) >= _READ_FROM


def _unread(phrase: _Phrase, cuts: Sequence[Cut]) -> float:
    """Share of the time up to the end of this phrase in which no face is read, if none is in it."""
    since = phrase.end - _UNREAD_TIME
    far = sum(cut.end - max(cut.start, since) for cut in cuts if cut.end > since and not reads(cut.shot))
    return (far + phrase.end - phrase.start) / _UNREAD_TIME


def cut_at(cuts: tuple[Cut, ...], t: float) -> Cut:
    """The cut that holds media time `t`."""
    low, high = 0, len(cuts)
    while high - low > 1:
        middle = (low + high) // 2
        if cuts[middle].start <= t:
            low = middle
        else:
            high = middle
    return cuts[low]
