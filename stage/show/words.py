"""Which line of the words is shown when, and how much of it has been sung. Media time in, numbers out.

A line stands a little before it is sung, so that one can read ahead, and a little after. The page fades by the same
rule (web/src/stage/lyric_layout.ts).
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from performer.face.lyric_sheet import LyricLine, Lyrics

__all__ = ["LEAD", "NOTHING_SUNG", "NO_LINE", "TAIL", "Sung", "Words"]

NO_LINE = 65535
# Seconds before and after a line is sung in which it is shown, if the lines beside it leave the room.
LEAD = 0.8
TAIL = 0.6
# So many lines begin alike where a song has a hook.
_HOOK = 3


@dataclass(frozen=True, slots=True)
class Sung:
    """line: number, NO_LINE for none. progress: share of its letters that are sung, 0..1."""

    line: int = NO_LINE
    progress: float = 0.0


NOTHING_SUNG = Sung()


class Words:
    """The lines of one song."""

    def __init__(self, lyrics: Lyrics | None) -> None:
        self._lines = lyrics.lines[:NO_LINE] if lyrics else ()
        starts = np.array([line.start for line in self._lines])
        ends = np.array([line.end for line in self._lines])
        before = np.concatenate(([-np.inf], ends))[: len(starts)]
        self._appear = np.minimum(np.maximum(starts - LEAD, before), starts)
        after = np.concatenate((self._appear[1:], [np.inf]))[: len(ends)]
        self._vanish = np.minimum(ends + TAIL, after)

    @property
    def ends(self) -> list[float]:
        """When each line ends, seconds."""
        return [line.end for line in self._lines]

    @property
    def hooks(self) -> list[float]:
        """When the lines begin that begin with the words with which most lines of the song begin; seconds."""
        openings = [" ".join(line.text.lower().split()[:2]) for line in self._lines]
        counts = Counter(opening for opening in openings if opening)
        # The later one of two that come alike often: a chorus ends on it.
        hook = max(reversed(openings), key=lambda opening: counts[opening], default="")
        if counts[hook] < _HOOK:
            return []
        return [line.start for line, opening in zip(self._lines, openings, strict=True) if opening == hook]

    def at(self, t: float) -> Sung:
        """What is shown at media time `t`."""
        i = int(np.searchsorted(self._appear, t, side="right")) - 1
        if i < 0 or t >= self._vanish[i]:
            return Sung()
        return Sung(i, _share(self._lines[i], t))


def _share(line: LyricLine, t: float) -> float:
    letters = sum(len(word.text) for word in line.words)
    if not letters:
        return min(max((t - line.start) / max(line.end - line.start, 1e-6), 0.0), 1.0)
    sung = 0.0
    for word in line.words:
        sung += len(word.text) * min(max((t - word.start) / max(word.end - word.start, 1e-6), 0.0), 1.0)
    return sung / letters
