"""The signs of a song: clear poses, one where the hook is sung, from side to side, and one where choruses begin.

Pure: where signs belong, which one is given where, and steps of a plan with signs struck into them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import structs

from motion.dance.counts import Counts
from motion.dance.library import Entry
from motion.dance.plan import Step
from motion.music.song_map import SongMap

__all__ = ["choose_signs", "sign_bars", "strike_signs"]

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


def choose_signs(
    bars: Sequence[int], signs: Sequence[Entry], *, openers: Collection[int] = (), opener: Entry | None = None
) -> dict[int, Step]:
    """Which sign is given on which bar: one bar each, in turn, every other round mirrored.

    Bars in `openers` (choruses) take `opener`, if there is one, and never mirrored.
    """
    out: dict[int, Step] = {}
    given = 0
    for bar in bars:
        if opener is not None and bar in openers:
            out[bar] = Step(bar=bar, bars=1, move=opener.name, energy=_ENERGY)
        else:
            turn, which = divmod(given, len(signs))
            out[bar] = Step(bar=bar, bars=1, move=signs[which].name, mirror=turn % 2 == 1, energy=_ENERGY)
            given += 1
    return out


def strike_signs(steps: Sequence[Step], signs: Mapping[int, Step], counts: Counts) -> list[Step]:
    """The steps, each cut where a bar takes a sign instead; what follows goes on from where it would be."""
    out: list[Step] = []
    for step in steps:
        begun = step.bar
        for number in range(step.bar, step.bar + step.bars):
            if number not in signs:
                continue
            if number > begun:
                out.append(_part(step, begun, number, counts))
            out.append(signs[number])
            begun = number + 1
        if begun < step.bar + step.bars:
            out.append(_part(step, begun, step.bar + step.bars, counts))
    return out


def _part(step: Step, first: int, stop: int, counts: Counts) -> Step:
    """Bars first..stop of a step; its move has gone on meanwhile."""
    gone = sum(4 if bar.counts == 3 else bar.counts for bar in counts.bars[step.bar : first])
    return structs.replace(step, bar=first, bars=stop - first, offset=step.offset + gone)
