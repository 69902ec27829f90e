"""The signs of a song: clear poses, one where the hook is sung, from side to side, and one where choruses begin.

Pure: steps of a plan in, steps with signs out.
"""

from collections.abc import Collection, Iterable, Sequence

from msgspec import structs

from motion.dance.counts import Counts
from motion.dance.library import Entry
from motion.dance.plan import Step
from motion.music.song_map import SongMap

__all__ = ["sign_bars", "strike_signs"]

# A hook counts as sung on a bar's first beat if it begins within so much of a bar of it, before or after.
_NEAR = 0.16
# At least so many bars from sign to sign: more often it would be no sign any more.
_APART = 2
_ENERGY = 1.1


def sign_bars(song: SongMap, chorus_bars: Iterable[int], hooks: Sequence[float]) -> list[int]:
    """Bars whose first beat wants the sign: first bars of choruses, and those on which a hook (seconds) is sung."""
    wanted = set(chorus_bars)
    for time in hooks:
        for number, bar in enumerate(song.bars):
            if abs(time - bar.start) <= _NEAR * (bar.end - bar.start):
                wanted.add(number)
    out: list[int] = []
    for number in sorted(wanted):
        if not out or number - out[-1] >= _APART:
            out.append(number)
    return out


def strike_signs(
    steps: Sequence[Step],
    bars: Sequence[int],
    signs: Sequence[Entry],
    counts: Counts,
    *,
    openers: Collection[int] = (),
    opener: Entry | None = None,
) -> list[Step]:
    """The steps, each cut where a bar of `bars` takes a sign instead; what follows goes on from where it would be.

    The signs come in turn, every other round mirrored. Bars in `openers` (choruses) take `opener`, if there is one, and
    never mirrored.
    """
    struck = set(bars)
    out: list[Step] = []
    given = 0
    for step in steps:
        begun = step.bar
        for number in range(step.bar, step.bar + step.bars):
            if number not in struck:
                continue
            if number > begun:
                out.append(_part(step, begun, number, counts))
            if opener is not None and number in openers:
                out.append(Step(bar=number, bars=1, move=opener.name, energy=_ENERGY))
            else:
                turn, which = divmod(given, len(signs))
                out.append(Step(bar=number, bars=1, move=signs[which].name, mirror=turn % 2 == 1, energy=_ENERGY))
                given += 1
            begun = number + 1
        if begun < step.bar + step.bars:
            out.append(_part(step, begun, step.bar + step.bars, counts))
    return out


def _part(step: Step, first: int, stop: int, counts: Counts) -> Step:
    """Bars first..stop of a step; its move has gone on meanwhile."""
    gone = sum(4 if bar.counts == 3 else bar.counts for bar in counts.bars[step.bar : first])
    return structs.replace(step, bar=first, bars=stop - first, offset=step.offset + gone)
