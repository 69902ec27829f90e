"""The planner follows the song's form; check_plan refuses nonsense in a sentence."""

import pytest

from motion.dance.counts import count_song
from motion.dance.library import load_library
from motion.dance.plan import Plan, PlanError, Step, decode_plan, encode_plan
from motion.dance.planner import check_plan, plan_dance
from motion.dance.sheet import metronome_song
from motion.music.song_map import Curve, Section, SongMap

LIBRARY = load_library()


def form() -> SongMap:
    """Intro 4, verse 8, chorus 8, verse 8, chorus 8, outro 4 bars; verse and chorus come twice."""
    song = metronome_song(120.0, 40)
    sections: list[Section] = []
    at = 0
    for label, bars, group in (
        ("intro", 4, 0),
        ("verse", 8, 1),
        ("chorus", 8, 2),
        ("verse", 8, 1),
        ("chorus", 8, 2),
        ("outro", 4, 3),
    ):
        end = song.duration if at + bars == 40 else song.bars[at + bars].start
        sections.append(Section(0.0 if at == 0 else song.bars[at].start, end, label, group))
        at += bars
    energy = [0.9 if song_section(sections, t) == "chorus" else 0.35 for t in range(int(song.duration) + 1)]
    return SongMap(
        duration=song.duration,
        bpm=song.bpm,
        beats=song.beats,
        downbeats=song.downbeats,
        bars=song.bars,
        sections=sections,
        energy=Curve(1.0, energy),
        vocal=song.vocal,
    )


def song_section(sections: list[Section], t: float) -> str:
    return next((s.label for s in sections if t < s.end), sections[-1].label)


@pytest.mark.parametrize("seed", range(6))
def test_plan_fits_and_follows_the_form(seed: int) -> None:
    song = form()
    plan = plan_dance(song, LIBRARY, seed=seed)
    check_plan(plan, song, LIBRARY)
    assert decode_plan(encode_plan(plan)) == plan

    def danced(first: int, stop: int) -> list[tuple[str, bool, int]]:
        return [(s.move, s.mirror, s.bars) for s in plan.steps if first <= s.bar < stop]

    assert danced(12, 20) == danced(28, 36)
    chorus = [s.energy for s in plan.steps if 12 <= s.bar < 20]
    verse = [s.energy for s in plan.steps if 4 <= s.bar < 12]
    assert min(chorus) > max(verse)
    assert "final" in LIBRARY[plan.steps[-1].move].tags
    assert len({s.move for s in plan.steps}) >= 7
    assert all(abs(s.x) <= 1.2 and abs(s.z) <= 1.2 for s in plan.steps)


def test_seeds_differ_and_own_moves_are_own() -> None:
    song = form()
    plans = [plan_dance(song, LIBRARY, seed=seed) for seed in range(4)]
    assert len({tuple(s.move for s in plan.steps) for plan in plans}) == 4
    own = plan_dance(song, load_library(own_moves_only=True), seed=1)
    assert own.own_moves_only
    assert all(LIBRARY[s.move].own for s in own.steps)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([Step(bar=0, bars=1, move="moonwalk")], "no such move"),
        ([Step(bar=39, bars=2, move="heart")], "the song has 0 to 39"),
        ([Step(bar=0, bars=2, move="heart"), Step(bar=1, bars=1, move="bow")], "before the last one ends"),
        ([Step(bar=0, bars=1, move="heart", offset=4)], "so 0 to 3"),
        ([Step(bar=0, bars=1, move="heart", energy=3.0)], "allowed are 0.4 to 1.4"),
        ([Step(bar=0, bars=1, move="heart", x=2.0)], "metres"),
        ([Step(bar=0, bars=1, move="heart", x=float("nan"))], "metres"),
    ],
)
def test_nonsense_is_refused(steps: list[Step], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        check_plan(Plan(steps=steps), form(), LIBRARY)


def test_a_clip_cannot_be_stretched_over_more_bars_than_it_has() -> None:
    name = next(entry.name for entry in LIBRARY.entries.values() if entry.clip is not None and entry.counts == 4)
    with pytest.raises(PlanError, match="use fewer bars"):
        check_plan(Plan(steps=[Step(bar=0, bars=2, move=name)]), form(), LIBRARY)


@pytest.mark.parametrize(("bpm", "per_minute"), [(60.0, 120.0), (100.0, 100.0), (180.0, 90.0)])
def test_slow_and_fast_songs_are_danced_at_a_human_pace(bpm: float, per_minute: float) -> None:
    counts = count_song(metronome_song(bpm, 8))
    assert counts.per_minute == pytest.approx(per_minute)


@pytest.mark.parametrize("beats", [2, 3, 4, 6, 7])
def test_any_metre_is_danced(beats: int) -> None:
    from motion.dance.player import Dance

    song = metronome_song(110.0, 6, beats=beats)
    plan = plan_dance(song, LIBRARY, seed=2)
    assert len(Dance(plan, song, LIBRARY).frames(0, 60).motion) == 60
