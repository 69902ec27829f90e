"""Which light when: look, palette and brightness from the song map, as a pure function of media time.

Numbers of looks are places in the lists of each venue, those of palettes in presets/venues/palettes.toml; which palette
a section takes is its mood's choice. Beams, wall and crowd are the page's business. Nothing here flashes: brightness
moves with the section and the smoothed energy only, and above MAX_PULSE_BPM the beat that the page pulses on is every
second one (WCAG 2.3.1: at most three flashes a second).
"""

from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from motion.music.song_map import SongMap
from stage.show.body import smoothstep
from stage.show.director import CUT_AHEAD
from stage.show.hits import downbeat_near, find_hits, section_energy
from stage.show.moods import Mood, find_mood, palette_names
from stage.show.words import NOTHING_SUNG, Sung
from stage.wire.frame import NO_CUE, CueSlot, LightBlock

__all__ = ["IDLE_LEVEL", "LABELS", "LOOKS", "MAX_PULSE_BPM", "LightPlan", "plan_light"]

LOOKS = ("intro", "verse", "build", "chorus", "interlude", "ballad", "finale")
LABELS = ("intro", "verse", "pre", "chorus", "bridge", "interlude", "outro", "silence")
MAX_PULSE_BPM = 175.0


@dataclass(frozen=True, slots=True)
class _Level:
    """look: name. level: brightness, 1 = chorus."""

    look: str
    level: float


_LEVELS: dict[str, _Level] = {
    "intro": _Level("intro", 0.94),
    "verse": _Level("verse", 0.9),
    "pre": _Level("build", 0.92),
    "chorus": _Level("chorus", 1.0),
    "bridge": _Level("ballad", 0.5),
    "interlude": _Level("interlude", 0.9),
    "outro": _Level("intro", 0.84),
    "silence": _Level("ballad", 0.55),
}
_LOUD_ENDING = 0.75
# A bridge begins in the dark: the room goes within this time, seconds.
_HUSH = 0.8
IDLE_LEVEL = 0.8
"""Share of the light that stays on when nothing is played."""


@dataclass(frozen=True, slots=True)
class LightPlan:
    """The light of one song, ready to be asked for any time."""

    starts: NDArray[np.float64]
    looks: tuple[int, ...]
    palettes: tuple[int, ...]
    levels: tuple[float, ...]
    sections: tuple[int, ...]
    fades: NDArray[np.float64]
    beats: NDArray[np.float64]
    bars: NDArray[np.float64]
    pulse_beats: NDArray[np.float64]
    energy: NDArray[np.float64]

    def at(
        self,
        t: float,
        *,
        gain: float = 1.0,
        left: float = 0.0,
        sung: Sung = NOTHING_SUNG,
        palette: int | None = None,
        cues: tuple[CueSlot, CueSlot] = (NO_CUE, NO_CUE),
    ) -> LightBlock:
        """The light at media time `t`. gain: 0..1.2 on brightness; left: added to it.
        sung: line and progress of the words. palette: the operator's, instead of the section's."""
        i = max(int(np.searchsorted(self.starts, t, side="right")) - 1, 0)
        level = self.levels[i]
        if i > 0:
            # Into a louder section at once with the downbeat, into a quieter one over a bar.
            level = self.levels[i - 1] + (level - self.levels[i - 1]) * smoothstep((t - self.starts[i]) / self.fades[i])
        energy = float(np.interp(t * 10.0, np.arange(len(self.energy)), self.energy)) if len(self.energy) else 0.0
        return LightBlock(
            look=self.looks[i],
            palette=self.palettes[i] if palette is None else palette,
            intensity=float(min(max(level * (0.85 + 0.15 * energy) * gain + left, 0.0), 1.0)),
            beat_phase=_phase(self.pulse_beats, t),
            bar_phase=_phase(self.bars, t),
            energy=energy,
            section=self.sections[i],
            lyric_line=sung.line,
            lyric_progress=sung.progress,
            cues=cues,
        )


def _phase(times: NDArray[np.float64], t: float) -> float:
    """How far `t` is from one time to the next, 0..1; 0 outside the list."""
    i = int(np.searchsorted(times, t, side="right"))
    if i <= 0 or i >= len(times):
        return 0.0
    return float((t - times[i - 1]) / (times[i] - times[i - 1]))


def _smooth_energy(song: SongMap) -> NDArray[np.float64]:
    """Energy ten times a second, averaged over about a second."""
    values = song.energy.sample(np.arange(0.0, song.duration + 0.1, 0.1))
    window = np.hanning(13)[1:-1]
    padded = np.pad(values, len(window) // 2, mode="edge")
    return np.asarray(np.convolve(padded, window / window.sum(), mode="valid"), dtype=np.float64)


def plan_light(song: SongMap, mood: Mood | None = None) -> LightPlan:
    """Look and palette per section; the last chorus is the finale. mood: None: the one that fits the song."""
    mood = mood or find_mood(song)
    names = palette_names()
    looks: list[int] = []
    palettes: list[int] = []
    levels: list[float] = []
    labels = [section.label for section in song.sections]
    chorus_energy = max((section_energy(song, s) for s in song.sections if s.label == "chorus"), default=1.0)
    last = find_hits(song).last
    last_chorus = max((i for i, label in enumerate(labels) if label == "chorus"), default=-1)
    for i, section in enumerate(song.sections):
        label = section.label
        # An ending that drives to its last hit as loud as a chorus is lit as one.
        if label == "outro" and last is not None and last > section.start:
            driving = replace(section, end=last + 0.1)
            label = "chorus" if section_energy(song, driving) >= _LOUD_ENDING * chorus_energy else label
        level = _LEVELS[label]
        own = None
        if label == "chorus" and "chorus" in labels:
            count = labels.count("chorus")
            own = mood.chorus_palette(min(labels[:i].count("chorus"), count - 1), count)
        # An ending that is lit as a chorus goes on with the last one's colours.
        palette = names.index(own or mood.palettes.get(label, names[0]))
        finale = label == "chorus" and i >= last_chorus and labels.count("chorus") > 1
        looks.append(LOOKS.index("finale" if finale else level.look))
        palettes.append(palette)
        levels.append(level.level)
    beats = np.asarray(song.beats, dtype=np.float64)
    bar = 4 * 60.0 / song.bpm if song.bpm > 0.0 else 2.0
    louder = np.diff(np.asarray(levels), prepend=0.0) > 0.0
    ends = [song.bars[-1].end] if song.bars else []
    return LightPlan(
        # With the cut of the camera, or the first picture after it would still wear the old light.
        starts=np.array([downbeat_near(song, section.start) - CUT_AHEAD for section in song.sections]),
        looks=tuple(looks),
        palettes=tuple(palettes),
        levels=tuple(levels),
        sections=tuple(LABELS.index(label) for label in labels),
        fades=np.where(louder, 0.25, np.where(np.array(labels) == "bridge", min(_HUSH, bar), bar)),
        beats=beats,
        bars=np.array([b.start for b in song.bars] + ends),
        pulse_beats=beats[::2] if song.bpm > MAX_PULSE_BPM else beats,
        energy=_smooth_energy(song),
    )
