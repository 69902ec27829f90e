"""The planner follows the song's form; check_plan refuses nonsense in a sentence."""

import itertools

import pytest
from msgspec import structs

from motion.dance.check import check_plan
from motion.dance.counts import count_song
from motion.dance.library import load_library
from motion.dance.plan import Plan, PlanError, Step, decode_plan, encode_plan
from motion.dance.planner import plan_dance
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


def by_bar(plan: Plan) -> list[str]:
    return [step.move for step in plan.steps for _ in range(step.bars)]


@pytest.mark.parametrize("seed", range(12))
def test_no_move_for_more_than_four_bars_on_end(seed: int) -> None:
    for song in (form(), metronome_song(92.0, 48), metronome_song(138.0, 30, beats=3)):
        moves = by_bar(plan_dance(song, LIBRARY, seed=seed))
        runs = [len(list(group)) for _, group in itertools.groupby(moves)]
        assert max(runs) <= 4


def test_she_walks_on_in_the_intro_and_from_the_back() -> None:
    from motion.dance.score import build_score

    song = form()
    plan = plan_dance(song, LIBRARY, seed=3)
    assert "walkon" in LIBRARY[plan.steps[0].move].tags
    assert all("walkon" not in LIBRARY[step.move].tags for step in plan.steps[1:])
    score = build_score(plan, song, LIBRARY)
    assert score.spot(0.0)[1] < -0.5
    assert abs(score.spot(8.0)[1]) < 0.4


def test_no_time_to_walk_on_no_walk_on() -> None:
    at_once = metronome_song(120.0, 40)
    short = metronome_song(120.0, 6)
    for song in (at_once, short):
        plan = plan_dance(song, LIBRARY, seed=0)
        assert all("walkon" not in LIBRARY[step.move].tags for step in plan.steps)


def test_seeds_differ_and_own_moves_are_own() -> None:
    song = form()
    plans = [by_bar(plan_dance(song, LIBRARY, seed=seed)) for seed in range(6)]
    same = [
        sum(x == y for x, y in zip(a, b, strict=True)) / len(a)
        for a, b in itertools.combinations([plan[2:-1] for plan in plans], 2)
    ]
    assert sum(same) / len(same) < 0.25
    own = plan_dance(song, load_library(own_moves_only=True), seed=1)
    assert own.own_moves_only
    assert all(LIBRARY[s.move].own for s in own.steps)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([Step(bar=0, bars=1, move="moonwalk")], "no such move"),
        ([Step(bar=39, bars=2, move="heart")], "the song has 0 to 39"),
        ([Step(bar=0, bars=2, move="heart"), Step(bar=1, bars=1, move="bow")], "before it ends after bar 1"),
        ([Step(bar=0, bars=1, move="heart", offset=4)], "so 0 to 3"),
        ([Step(bar=0, bars=1, move="heart", energy=3.0)], "allowed are 0.4 to 1.4"),
        ([Step(bar=0, bars=1, move="heart", x=2.0)], "metres"),
        ([Step(bar=0, bars=1, move="heart", x=float("nan"))], "metres"),
        ([Step(bar=0, bars=1, move="heart", z=float("inf"))], "metres"),
        ([Step(bar=0, bars=1, move="heart", energy=float("nan"))], "allowed are 0.4 to 1.4"),
        ([Step(bar=-1, bars=1, move="heart")], "counted from 0"),
        ([Step(bar=0, bars=0, move="heart")], "1 or more"),
        ([Step(bar=0, bars=1, move="heart", offset=-1)], "0 or more"),
        ([Step(bar=3, bars=1, move="heart"), Step(bar=1, bars=1, move="bow")], "before it ends after bar 3"),
    ],
)
def test_nonsense_is_refused(steps: list[Step], message: str) -> None:
    with pytest.raises(PlanError, match=message) as refused:
        check_plan(Plan(steps=steps), form(), LIBRARY)
    assert "\n" not in str(refused.value)


def test_a_plan_for_another_sound_is_refused_unless_it_names_none() -> None:
    song = structs.replace(form(), sound_sha256="a" * 64)
    step = [Step(bar=0, bars=1, move="heart")]
    with pytest.raises(PlanError, match="another sound file"):
        check_plan(Plan(steps=step, sound_sha256="b" * 64), song, LIBRARY)
    check_plan(Plan(steps=step, sound_sha256="a" * 64), song, LIBRARY)
    check_plan(Plan(steps=step), song, LIBRARY)


def test_a_plan_that_says_own_moves_only_means_it() -> None:
    foreign = next(entry.name for entry in LIBRARY.entries.values() if not entry.own)
    plan = Plan(steps=[Step(bar=0, bars=1, move=foreign)], own_moves_only=True)
    with pytest.raises(PlanError, match="own_moves_only"):
        check_plan(plan, form(), LIBRARY)


def test_a_seed_below_nothing_is_refused() -> None:
    with pytest.raises(PlanError, match="0 or more"):
        check_plan(Plan(steps=[], seed=-1), form(), LIBRARY)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        b'{"steps": 3}',
        b'{"steps": [{"bar": 0}]}',
        b'{"steps": [{"bar": 0, "bars": 1, "move": "heart", "energy": NaN}]}',
        b'{"steps": [{"bar": 0.5, "bars": 1, "move": "heart"}]}',
        b'{"steps": [{"bar": 0, "bars": 1, "move": "heart", "energy": 9}]}',
        b'{"version": 99, "steps": []}',
    ],
)
def test_a_broken_file_is_refused_when_it_is_read(text: bytes) -> None:
    with pytest.raises(PlanError):
        decode_plan(text)


def test_bars_without_a_step_are_danced_idly() -> None:
    from motion.dance.player import Dance
    from motion.rig.contacts import mean_speed
    from motion.rig.pose import joint_positions
    from motion.rig.skeleton import CANONICAL

    plan = Plan(steps=[Step(bar=0, bars=1, move="heart"), Step(bar=20, bars=1, move="heart")])
    gap = Dance(plan, form(), LIBRARY).frames(60 * 12, 60 * 20)
    assert mean_speed(joint_positions(gap.motion, CANONICAL)[0], 60.0) > 0.1


@pytest.mark.parametrize("bpm", [90.0, 120.0, 145.0])
def test_moves_that_hit_the_beat_are_preferred(bpm: float) -> None:
    song = metronome_song(bpm, 40)
    danced = [
        LIBRARY[move].accent_share(bpm) for seed in range(4) for move in by_bar(plan_dance(song, LIBRARY, seed=seed))
    ]
    usual = [entry.accent_share(bpm) for entry in LIBRARY.entries.values()]
    assert sum(danced) / len(danced) > sum(usual) / len(usual) + 0.04


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


@pytest.mark.parametrize("seed", range(6))
def test_a_loud_quick_song_in_major_is_an_idols_and_one_in_minor_rocks(seed: int) -> None:
    bare = metronome_song(132.0, 40)
    loud = Curve(1.0, [0.9] * (int(bare.duration) + 1))
    sections = [Section(0.0, bare.duration, "chorus", 0)]

    def rocked(key: str) -> float:
        song = structs.replace(bare, sections=sections, energy=loud, key=key)
        steps = plan_dance(song, LIBRARY, seed=seed).steps
        return sum(LIBRARY[step.move].style == "rock" for step in steps) / len(steps)

    assert rocked("C major") < 0.1
    assert rocked("C minor") > 0.15
