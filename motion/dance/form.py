"""The form of a song in bars: its sections as stretches of bars, and how loud each bar is within this song."""

from dataclasses import dataclass

import numpy as np

from motion.music.song_map import Section, SongMap

__all__ = ["Form", "Span"]

# A song whose loud bars are hardly louder than its quiet ones is taken for one that is alike throughout.
_ALIKE, _ALIKE_LEVEL = 0.05, 0.6


@dataclass(frozen=True, slots=True)
class Span:
    """Bars first..stop of the song belong to `section`."""

    section: Section
    first: int
    stop: int


class Form:
    """Sections, bars and loudness of one song. spans: in order; every bar belongs to the section with its middle."""

    def __init__(self, song: SongMap) -> None:
        self._song = song
        self.bars = len(song.bars)
        self._energies = [self._energy(number) for number in range(self.bars)]
        self._quiet, self._loud = (float(v) for v in np.percentile(self._energies, (10, 90)))
        self.spans: list[Span] = []
        for number in range(self.bars):
            section = self.section_of(number)
            first = number
            if self.spans and self.spans[-1].section is section:
                first = self.spans.pop().first
            self.spans.append(Span(section, first, number + 1))

    def _energy(self, number: int) -> float:
        bar = self._song.bars[number]
        return float(np.mean(self._song.energy.sample(np.linspace(bar.start, bar.end, 5))))

    def section_of(self, number: int) -> Section:
        """The section in which a bar has its middle."""
        bar = self._song.bars[number]
        return self._song.section_at((bar.start + bar.end) / 2)

    def level(self, first: int, stop: int | None = None) -> float:
        """Energy of a bar, or on average of bars first..stop, within this song: 0..1."""
        spread = self._loud - self._quiet
        if spread < _ALIKE:
            return _ALIKE_LEVEL
        energies = np.asarray(self._energies[first : first + 1 if stop is None else stop])
        return float(np.mean(np.clip((energies - self._quiet) / spread, 0.0, 1.0)))

    def first_bars(self, label: str) -> list[int]:
        """Bars with which the sections of a kind begin."""
        return [span.first for span in self.spans if span.section.label == label]
