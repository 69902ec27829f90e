"""Which shot when: the cuts of a whole song, chosen once by section, energy, words and hits.

A cut falls a picture before a downbeat. What follows a shot differs from it in size or by 30 degrees of side. The
numbers that a director would turn stand in presets/shows/shots.toml; this module only deals them out.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from motion.music.song_map import SongMap
from stage.show.choice import TITLE, Cut, Phrase, choose
from stage.show.hits import Hits, find_hits
from stage.show.shots import Moment, Shot, Shots
from stage.show.sight import Sight, stretched, worth

__all__ = ["CUT_AHEAD", "LONGEST_CUT", "SHORTEST_CUT", "cut_at", "plan_cuts"]

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
# An earlier section of its kind wore this shot at the same place, or at another: how readily it is shown again.
_ECHO = 0.02
_FAR_ECHO = 0.4
# A line ends in a phrase if it does so this long after the phrase began, at least; earlier it is over before one looks.
_LINE_SEEN = 0.8
# What hands say is seen if so much of it lies in the phrase, seconds.
_SEEN = 0.4
# A phrase begins at a hit if it does so within this time, seconds.
_AT = 0.3
# A song looks from behind her over the sea of lights so often at most, so far apart, seconds.
_SEAS = 2
_SEA_APART = 20.0
# A phrase in which her arms stand stretched to the sides for less than this looks well from behind.
_STIFF = 0.5
# ... and each bar more than one weighs as much as so much of that.
_LONG_BACK = 0.5


def _phrases(song: SongMap, shots: Shots) -> list[Phrase]:
    """Stretches between cuts: whole numbers of bars in the rhythm of their section, a new one with each section."""
    starts = [bar.start for bar in song.bars]
    if len(starts) < 2:
        starts = [float(x) for x in np.arange(0.0, song.duration, 2.0)]
    starts = [0.0, *(s for s in starts if 0.5 < s < song.duration - SHORTEST_CUT)]
    finish = max((s for s in starts if song.duration - s >= _LAST_CUT), default=0.0)
    phrases: list[Phrase] = []
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
            phrases.append(Phrase(begin, start, held, count, turn))
            begin, turn, count = start, turn + 1 if section == held else 0, 0
            held = section
    # The last shot comes to rest with the sound.
    phrases.append(Phrase(begin, song.duration + 0.5, held, max(1, count + 1), turn))
    return phrases


def plan_cuts(
    song: SongMap,
    shots: Shots,
    seed: int,
    line_ends: Sequence[float] = (),
    gestures: Sequence[tuple[float, float]] = (),
    sight: Sight | None = None,
) -> tuple[Cut, ...]:
    """The cuts of a whole song. The same song, table, words, seed and dance give the same cuts.

    Args:
        line_ends: media times at which lines of the words end, ascending.
        gestures: stretches of media time in which her hands say something that must be seen.
        sight: what her body shows, None: nobody looked.
    """
    chance = np.random.default_rng([seed, 0xCA])
    hits = find_hits(song)
    cuts: list[tuple[Cut, Phrase]] = []
    phrases = _phrases(song, shots)
    finale = max((phrase.section.start for phrase in phrases if phrase.section.label == "chorus"), default=np.inf)
    seas = _seas(phrases, shots, hits, gestures, sight)
    for number, phrase in enumerate(phrases):
        moments: list[Moment] = _moments(phrase, hits, line_ends)
        if number == 0:
            moments = ["opening"]
        elif any(abs(phrases[number - 1].start - t) < _AT for t in hits.drops):
            moments.append("after_drop")
        if number in seas:
            moments = ["sea"]
        if len(phrases) > 2 and number >= len(phrases) - 2:
            # What the section wants is over: this is how it ends.
            moments = ["closing" if number == len(phrases) - 2 else "last"]
        elif number == len(phrases) - 3:
            moments.append("approach")
        if phrase.section.start >= finale and number not in seas:
            moments.append("finale")
        if not {"closing", "sea"} & set(moments) and _overlaps(phrase, gestures):
            moments.append("gesture")
        # Drawn for every phrase, so that one more shot in the table changes no later side.
        dice = float(chance.random())
        start = phrase.start - CUT_AHEAD if number else 0.0
        # How a song opens, hushes and ends is not left to what hands do; but nobody is whispered to by a back.
        told = not {"opening", "hush", "closing", "last"}.isdisjoint(moments) and not {"hush", "gesture"}.issubset(
            moments
        )
        look = None if sight is None or told else _look(sight, start, phrase.end)
        shot, mirrored = choose(shots, phrase, moments, cuts, dice, _echoes(phrase, cuts), look)
        if cuts:
            last, then = cuts[-1]
            cuts[-1] = Cut(last.start, start, last.shot, last.mirrored), then
        cuts.append((Cut(start, phrase.end, shot, mirrored), phrase))
    return tuple(cut for cut, _ in cuts)


def _look(sight: Sight, start: float, end: float) -> Callable[[Shot, bool], float]:
    return lambda shot, mirrored: worth(sight, shot, mirrored, start, end, TITLE)


def _overlaps(phrase: Phrase, gestures: Sequence[tuple[float, float]]) -> bool:
    return any(a < phrase.end - _SEEN and b > phrase.start + _SEEN for a, b in gestures)


def _seas(
    phrases: Sequence[Phrase],
    shots: Shots,
    hits: Hits,
    gestures: Sequence[tuple[float, float]],
    sight: Sight | None,
) -> set[int]:
    """Numbers of the phrases that look from behind her over the crowd: in choruses, far apart, her arms not stretched
    to the sides like a dummy's."""
    backs = [shot for shot in shots.shots if shot.size == "reverse" and shot.on.get("chorus", 0.0) > 0.0]
    found: list[tuple[float, int]] = []
    for number, phrase in enumerate(phrases[:-3]):
        brief = phrase.bars <= max((shot.bars for shot in backs), default=0)
        hit = any(abs(phrase.start - t) < _AT for t in hits.drops)
        if phrase.section.label != "chorus" or phrase.first or hit or not brief or _overlaps(phrase, gestures):
            continue
        stiff = 0.0
        if sight is not None:
            stiff = max(stretched(sight, phrase.start, phrase.start + 1.0), stretched(sight, phrase.start, phrase.end))
        if stiff < _STIFF:
            # A glance over the crowd is a bar long, if there is one: two are a long look at a back.
            found.append((round(stiff + _LONG_BACK * (phrase.bars - 1), 1), number))
    taken: set[int] = set()
    for _, number in sorted(found):
        apart = min((abs(phrases[number].start - phrases[other].start) for other in taken), default=1e9)
        if len(taken) < _SEAS and apart >= _SEA_APART:
            taken.add(number)
    return taken


def _echoes(phrase: Phrase, shown: Iterable[tuple[Cut, Phrase]]) -> dict[str, float]:
    """How readily shots of earlier sections of its kind are shown again, by name."""
    found: dict[str, float] = {}
    for cut, then in shown:
        if then.section.label == phrase.section.label and then.section != phrase.section:
            again = _ECHO if then.number == phrase.number else _FAR_ECHO
            found[cut.shot.name] = min(found.get(cut.shot.name, 1.0), again)
    return found


def _moments(phrase: Phrase, hits: Hits, line_ends: Sequence[float]) -> list[Moment]:
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
