"""Light against flashes (WCAG 2.3.1): pairs of opposing changes of 10 % of full light, at most three in any second."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from numpy.typing import NDArray

from motion.music.song_map import Curve, Section, SongMap
from stage.show.cues import plan_cues
from stage.show.light import plan_light
from stage.show.moods import find_mood
from tests.stage.show.staging import make_song

RATE = 120
# What the page adds at the top of a beat, as a share of full light: rims 0.28, wall 0.22, lamps 0.28 of themselves.
PULSE = 0.28
DECAY = 3.2


def changes(light: NDArray[np.float64], *, swing: float = 0.1) -> list[int]:
    """Samples at which a change of `swing` or more, against the one before, is complete."""
    found: list[int] = []
    low = high = float(light[0])
    way = 0
    for i, value in enumerate(light):
        low, high = min(low, value), max(high, value)
        if way >= 0 and high - value >= swing:
            found.append(i)
            way, low, high = -1, value, value
        elif way <= 0 and value - low >= swing:
            found.append(i)
            way, low, high = 1, value, value
    return found


def worst_second(light: NDArray[np.float64]) -> int:
    """Most flashes (whole pairs of changes) in any second."""
    at = np.array(changes(light))
    return max((int(np.count_nonzero((at >= i) & (at < i + RATE))) // 2 for i in at), default=0)


def _curve(song: SongMap) -> NDArray[np.float64]:
    """Light of the whole picture over a song, as the page makes it of the light block; every beat is let through."""
    plan = plan_light(song)
    blocks = [plan.at(float(t)) for t in np.arange(0.0, song.duration, 1 / RATE)]
    steady = np.array([0.12 + 0.95 * (0.62 + 0.38 * b.energy) * b.intensity for b in blocks])
    pulse = np.array([np.exp(-DECAY * b.beat_phase) * (0.4 + 0.6 * b.energy) if b.beat_phase else 0.0 for b in blocks])
    return np.minimum(steady * (1.0 - PULSE + PULSE * pulse) + _lifts(song), 1.0)


def _lifts(song: SongMap) -> NDArray[np.float64]:
    """The veil of white of planned lifts, as web/src/stage/set/particles.ts draws it."""
    t = np.arange(0.0, song.duration, 1 / RATE)
    veil = np.zeros(len(t))
    for cue in plan_cues(song, find_mood(song)):
        if cue.kind == "lift":
            left = 1.0 - (t - cue.start) / 0.3
            veil += np.where((t >= cue.start) & (left > 0.0), 0.2 * np.maximum(left, 0.0) ** 1.5, 0.0)
    return veil


def test_the_measure_counts_a_strobe_and_passes_a_slow_swell() -> None:
    t = np.arange(0.0, 10.0, 1 / RATE)
    assert worst_second(np.where(np.sin(2 * np.pi * 5.0 * t) > 0, 0.9, 0.1)) == 5
    assert worst_second(0.5 + 0.4 * np.sin(2 * np.pi * 0.5 * t)) <= 1
    assert worst_second(0.5 + 0.04 * np.sin(2 * np.pi * 9.0 * t)) == 0


@pytest.mark.parametrize("bpm", [58.0, 90.0, 128.0, 150.0, 174.0, 176.0, 200.0, 240.0])
def test_no_song_is_lit_with_more_than_three_flashes_a_second(bpm: float) -> None:
    assert worst_second(_curve(make_song(64.0, bpm))) <= 3


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(("silence", "chorus", "intro", "outro", "bridge")), st.integers(1, 3)), min_size=3
    ),
    st.lists(st.floats(0.0, 1.0), min_size=30, max_size=60),
)
def test_short_sections_and_jumping_energy_do_not_flash(parts: list[tuple[str, int]], energy: list[float]) -> None:
    song = make_song(24.0, 160.0)
    sections: list[Section] = []
    start = 0.0
    for i, (label, bars) in enumerate(parts):
        end = start + bars * 1.5
        sections.append(Section(start, end, label, i))  # type: ignore[arg-type]
        start = end
        if start >= song.duration:
            break
    sections[-1] = structs.replace(sections[-1], end=max(song.duration, sections[-1].end))
    wild = structs.replace(song, sections=sections, energy=Curve(0.1, (energy * 10)[: int(song.duration * 10)]))
    assert worst_second(_curve(wild)) <= 3
