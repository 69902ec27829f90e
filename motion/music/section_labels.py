"""What a listener would call the parts of a song: names from loudness, repetition, singing and place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from motion.music.song_map import SectionLabel

__all__ = ["QUIET", "SUNG", "Part", "label_parts"]

SUNG = 0.25
"""Vocal activity that some part must reach before singing decides any label."""
QUIET = 0.02
"""Energy below which a part is silence."""
SHORT_BARS = 4
"""An end of the song no longer than this is an intro or outro, whatever sounds in it."""
CALMER = 0.85
"""Where nobody sings, a longer intro or outro has at most this share of the other parts' energy."""
UNLIKE_CHORUS = 0.75
"""An unsung part of the chorus's group with less than this share of the group's energy is no chorus."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bars first to stop (not included) of a song. energy, vocal: means, 0..1. Repeats share their group."""

    first: int
    stop: int
    group: int
    energy: float
    vocal: float

    @property
    def bars(self) -> int:
        return self.stop - self.first


def _mean(parts: Sequence[Part], of: Callable[[Part], float]) -> float:
    """Every bar counts alike; 0 without parts."""
    return sum(of(part) * part.bars for part in parts) / max(1, sum(part.bars for part in parts))


def label_parts(parts: Sequence[Part]) -> list[SectionLabel]:
    """A name for each part, in order."""
    sung = max((part.vocal for part in parts), default=0.0) > SUNG
    # The usual of the sung parts, not the loudest: one part heard too surely must not silence the others.
    voiced = (
        0.45 * float(np.percentile(np.repeat([p.vocal for p in parts], [p.bars for p in parts]), 75)) if sung else 0.0
    )
    chorus = _chorus(parts, sung, voiced)
    whole_group = len({part.group for part in parts}) == 1
    usual = _mean([part for part in parts if part.group == chorus], lambda part: part.energy)
    labels: list[SectionLabel] = []
    for i, part in enumerate(parts):
        others = [other for other in parts if other is not part]
        calm = part.energy < CALMER * _mean(others, lambda other: other.energy)
        unsung = sung and part.vocal < voiced
        end = part.bars <= SHORT_BARS or unsung or (calm and not sung)
        repeats = sum(other.group == part.group for other in parts)
        label: SectionLabel
        if part.energy < QUIET:
            label = "silence"
        elif part.group == chorus and not whole_group and not (unsung and part.energy < UNLIKE_CHORUS * usual):
            label = "chorus"
        elif i == 0 and end and others:
            label = "intro"
        elif i == len(parts) - 1 and end and others:
            label = "outro"
        elif unsung:
            label = "interlude"
        elif i + 1 < len(parts) and repeats > 1 and part.bars <= 8 and _leads(parts, i, chorus):
            label = "pre"
        elif repeats == 1 and i > 0.55 * len(parts):
            label = "bridge"
        else:
            label = "verse"
        labels.append(label)
    return labels


def _chorus(parts: Sequence[Part], sung: bool, voiced: float) -> int:
    """The group that is the chorus: the loudest that comes again and is sung; without one, the likeliest."""
    inner = parts[1:-1] if len(parts) > 3 else parts

    def weight(group: int) -> float:
        members = [part for part in parts if part.group == group]
        # Where there is singing, an unsung repeat (an intro on the verse's chords) makes no chorus of a verse.
        heard = [part for part in members if part.vocal >= voiced] if sung else members
        bars = sum(part.bars for part in members)
        voice = _mean(members, lambda part: part.vocal) if sung else 0.0
        again = 1.0 if sung and len(heard) > 1 and voice >= voiced and bars > 4 else 0.0
        likely = 0.12 * min(max(len(heard) - 1, 0), 2) + 0.01 * min(bars, 16)
        return again + _mean(members, lambda part: part.energy) + 0.25 * voice + likely

    return max({part.group for part in inner}, key=lambda group: (weight(group), -group))


def _leads(parts: Sequence[Part], index: int, chorus: int) -> bool:
    """Every repeat of this part goes straight into a chorus, and another verse comes before it."""
    group = parts[index].group
    places = [i for i, part in enumerate(parts) if part.group == group]
    return all(i + 1 < len(parts) and parts[i + 1].group == chorus for i in places) and places[0] > 1
