"""What a performer would dance next: style, manner, energy, the beat, and what was just seen, weighed for one bar.

Pure. The form of the song (sections, repeats, signs) is the planner's business.
"""

import numpy as np

from motion.dance.counts import Counts
from motion.dance.library import Entry, Library
from motion.dance.manners import Manner
from motion.dance.score import travel_of
from motion.dance.silhouettes import Memory, outlines
from motion.music.song_map import Section, SongMap
from motion.rig.quat import Array

__all__ = ["WANTS", "Taste"]

# A clip may be played this much slower or faster than it was danced.
_CLIP_TEMPO = (0.72, 1.2)
# How readily a move is taken in its own style, in one that fits all, in another, and in one that it is at odds with.
_OWN_STYLE, _ANY_STYLE, _OTHER_STYLE, _AT_ODDS = 2.2, 1.3, 0.55, 0.005
_ODDS = {"idol": ("rock",), "pop": ("rock",), "ballad": ("rock", "street", "latin")}
# A slow song is danced softly even where it is loud: beats a minute, and its share of what else would be asked.
_SLOW, _SOFTLY = 98.0, 0.62
# What is playful suits no slow song.
_PLAYFUL, _PLAYFUL_IN_BALLADS = frozenset({"peace", "cute"}), 0.03
# An outline of the arms is not shown again within this time (seconds), if anything else fits: how hard it weighs.
_REMEMBERED, _STALE = 16.0, 6.0
# Styles that belong to performers who name them; no song suggests them.
_OF_MANNERS = frozenset({"classical", "cool"})
# Captured phrases season the dance (it is written for this stage, they are not), those that stay about most of all.
_CLIP_TASTE, _CLIP_TRAVEL = 0.8, 0.5
# How far a move's energy may lie from what is asked: as the song suggests, and in a manner of one's own.
_ENERGY_OFF, _ENERGY_OFF_OWN = 0.22, 0.34
# How much a move that hits the beat is preferred (power of its share of accents on a count, over the usual share), and
# in a manner of one's own.
_USUAL_SHARE, _ACCENT_TASTE, _ACCENT_TASTE_OWN = 0.7, 5.0, 2.0
# Whoever idles while music plays waits for it: half as readily as a move that begins something.
_WAITING = 0.5
# How readily a phrase is taken once more.
_USED = 0.3
# Moves that have their own places.
_NEVER_CHOSEN = frozenset({"final", "walkon", "pose", "hook", "signature", "hush"})
# A move that hides the face in more than this share of its time is hardly ever taken: it is she who is looked at.
_HIDES = 0.06
# How much energy a section asks of a move, 0..1.
_TARGET = {"intro": 0.35, "verse": 0.45, "pre": 0.55, "chorus": 0.75, "bridge": 0.35, "interlude": 0.6}
# What each kind of section looks for, and its share of the song's energy: (wanted tags, least, most energy).
WANTS: dict[str, tuple[tuple[str, ...], float, float]] = {
    "intro": (("intro", "groove"), 0.6, 1.0),
    "verse": (("verse", "groove", "step"), 0.68, 1.08),
    "pre": (("build", "verse"), 0.78, 1.18),
    "chorus": (("chorus",), 1.05, 1.3),
    "bridge": (("bridge", "wave", "ballad"), 0.62, 1.0),
    "interlude": (("break", "step", "turn"), 0.9, 1.3),
    "outro": (("outro", "groove", "wave"), 0.56, 0.95),
    "silence": (("idle",), 0.4, 0.5),
}
"""Kind of section -> what it looks for (tags), and its least and most share of the song's energy."""


class Taste:
    """What is liked, by one performer in one song; remembers what was chosen and shown.

    style: what the song suggests.
    """

    def __init__(self, song: SongMap, library: Library, counts: Counts, manner: Manner | None) -> None:
        self._song, self._library, self._counts, self._manner = song, library, counts, manner
        self._memory = Memory(_REMEMBERED / counts.period)
        self.style = self._main_style()
        self._used: dict[str, int] = {}

    def _main_style(self) -> str:
        rate = self._counts.per_minute
        loud = float(np.mean(self._song.energy.values)) if self._song.energy.values else 0.5
        # The song's own tempo counts, not that of the counts: a slow one is danced in double time.
        if 0.0 < self._song.bpm < _SLOW or (rate < 92 and loud < 0.55):
            return "ballad"
        # Loud, quick and bright is an idol's song: open hands, hearts and cheers; in minor it is rock.
        if rate > 125 and loud > 0.62 and "major" not in self._song.key.lower():
            return "rock"
        return "idol" if rate > 100 else "pop"

    def _liking(self, entry: Entry) -> float:
        own, style = self.style, entry.style
        if self._manner is not None:
            taste = self._manner.styles.get(style, self._manner.elsewhere)
            for tag in entry.tags:
                taste *= self._manner.tags.get(tag, 1.0)
            # Slow songs are danced softly in every manner.
            return max(taste, 1.0) if style == own == "ballad" else taste
        if style in _ODDS.get(own, ()) or style in _OF_MANNERS:
            return _AT_ODDS
        return {own: _OWN_STYLE, "any": _ANY_STYLE}.get(style, _OTHER_STYLE)

    def _suits(self, entry: Entry) -> bool:
        """Whether costume and bearing allow it: no thigh higher, step wider or body more bent than the manner says."""
        manner, did = self._manner, entry.measured
        return manner is None or (did.thigh <= manner.thigh and did.spread <= manner.spread and did.bend <= manner.bend)

    def of_signs(self, entries: list[Entry]) -> list[Entry]:
        """Those of the style in which this performer gives signs."""
        own = self._manner.signs if self._manner else self.style
        return [entry for entry in entries if entry.style == own]

    def bars_of(self, entry: Entry, bar: int) -> int:
        """How many bars the whole move fills from `bar` on; three-count bars dance three of every four counts."""
        per_bar = max(self._counts.bars[bar].counts, 1)
        return max(1, entry.counts // per_bar if per_bar != 3 else entry.counts // 4)

    def clip_fits(self, entry: Entry, bar: int, bars: int) -> bool:
        """Whether a captured phrase can be danced on these bars, at this tempo; written ones always can."""
        if entry.clip is None:
            return True
        low, high = _CLIP_TEMPO
        if not low <= self._counts.per_minute / entry.clip.per_minute <= high:
            return False
        if any(self._counts.bars[bar + i].counts % 4 for i in range(bars)):
            return False
        return sum(self._counts.bars[bar + i].counts for i in range(bars)) <= entry.counts

    def took(self, entry: Entry) -> None:
        """This move was chosen once more."""
        self._used[entry.name] = self._used.get(entry.name, 0) + 1

    def _shown(self, entry: Entry, bar: int, bars: int, *, mirror: bool = False) -> tuple[int, Array, Array] | None:
        """First count of a move on these bars, its outlines and their weight; None for captured ones."""
        if entry.move is None:
            return None
        counts = sum(one.counts for one in self._counts.bars[bar : bar + bars])
        return self._counts.bars[bar].first, *outlines(entry.move, mirror=mirror, counts=counts)

    def remember(self, entry: Entry, bar: int, bars: int, *, mirror: bool = False) -> None:
        """What this move shows on these bars is not to be shown again soon, before or after."""
        shown = self._shown(entry, bar, bars, mirror=mirror)
        if shown is not None:
            self._memory.add(*shown)

    def _fresh(self, entry: Entry, bar: int, bars: int) -> float:
        """How little of a move's outlines were just seen, or will be: 1 = nothing."""
        shown = self._shown(entry, bar, bars)
        return 1.0 if shown is None else float(np.exp(-_STALE * self._memory.stale(*shown)))

    def choose(
        self, section: Section, level: float, left: int, last: Entry | None, bar: int, rng: np.random.Generator
    ) -> Entry:
        """A move that fits a bar of this section and what came before it. left: bars that are free."""
        wanted = WANTS[section.label][0]
        target = _TARGET.get(section.label, 0.3)
        target += 0.3 * (level - 0.5)
        if self.style == "ballad":
            target *= _SOFTLY
        # Who has a manner of her own does what is hers, louder or softer.
        free = self._manner is None
        wide, accent_taste = (_ENERGY_OFF, _ACCENT_TASTE) if free else (_ENERGY_OFF_OWN, _ACCENT_TASTE_OWN)
        entries = [entry for entry in self._library.entries.values() if not entry.tags & _NEVER_CHOSEN]
        scores = np.zeros(len(entries))
        for i, entry in enumerate(entries):
            length = max(1, entry.counts // 4)
            score = 1.0 + 2.0 * len(entry.tags.intersection(wanted))
            score *= self._liking(entry)
            score *= self._fresh(entry, bar, min(length, left))
            score *= float(np.exp(-(((entry.energy - target) / wide) ** 2)))
            if entry.clip is not None:
                there = travel_of(entry.clip, list(range(entry.counts)), mirror=False)
                score *= _CLIP_TASTE * float(np.exp(-((np.hypot(*there) / _CLIP_TRAVEL) ** 2)))
            score *= (entry.accent_share(self._counts.per_minute) / _USUAL_SHARE) ** accent_taste
            if self.style == "ballad" and entry.tags & _PLAYFUL:
                score *= _PLAYFUL_IN_BALLADS
            score *= self._suits(entry)
            score *= float(np.exp(-((entry.measured.hides / _HIDES) ** 2)))
            score *= _USED ** self._used.get(entry.name, 0)
            if last is not None:
                score *= _transition(last, entry)
            if "idle" in entry.tags and section.label != "silence":
                score *= _WAITING
            if length > left or ("idle" in entry.tags and section.label not in ("silence", "intro", "outro")):
                # Half a turn would have to be taken back.
                score *= 0.0 if "turn" in entry.tags else 0.15
            if not self.clip_fits(entry, bar, min(length, left)):
                score = 0.0
            scores[i] = score
        scores **= 1.3
        total = scores.sum()
        if not total > 0.0:
            return entries[int(rng.integers(len(entries)))] if entries else next(iter(self._library.entries.values()))
        return entries[int(rng.choice(len(entries), p=scores / total))]


def _transition(a: Entry, b: Entry) -> float:
    """How well `b` follows `a`: 1 = well. Costs: far hands, feet that must cross, the same thing again."""
    if a.name == b.name:
        return 0.0
    score = 0.6 if a.tags & b.tags & {"turn", "clap", "heart", "point", "jump", "clip"} else 1.0
    if a.move is None or b.move is None:
        return score * 0.9
    for end, start in ((a.move.left, b.move.left), (a.move.right, b.move.right)):
        if end and start and end[-1].anchor == start[0].anchor == "":
            far = float(np.linalg.norm(np.subtract(end[-1].at, start[0].at)))
            score *= 1.0 / (1.0 + 0.5 * far)
    feet_a = [key for key in a.move.feet if not key.touch]
    if feet_a and b.move.feet and feet_a[-1].side == b.move.feet[0].side:
        # The foot that has just taken the weight would have to leave at once.
        score *= 0.75
    return score
