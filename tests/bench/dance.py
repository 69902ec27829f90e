"""Is the dance on the beat, on its feet, and as lively as real people? Measures of the output motion on songs.

Accents: maxima of the deceleration of hands and feet (at least 3 m/s^2). On the beat: within 70 ms of a beat of the
song map; chance: the same share for a beat grid shifted by every phase. Real dancers: from the motion-capture set.
Options: songs=tuned|other|all (tuned: the five that layers and moves were tuned on; other: never), seeds=0,1,2,3,4,
own=no|yes, seconds=90.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from motion.dance.library import load_library
from motion.dance.planner import plan_dance
from motion.dance.player import Dance
from motion.dance.sheet import metronome_song
from motion.music.song_map import SongMap
from motion.rig.contacts import accents, measure
from motion.rig.pose import GRID_HZ, joint_positions
from motion.rig.skeleton import CANONICAL
from tests.bench._inputs import REAL_SONGS, shared_data

__all__ = ["OTHER_SONGS", "REAL_DANCERS", "dance_figures", "run"]

TOLERANCE = 0.070
LONGEST = 90.0
OTHER_SONGS: tuple[str, ...] = (
    "kevin_macleod_sugar_plum.opus",
    "muldjord_armygeddon.opus",
    "us_army_strings_hungarian_dance_5.opus",
)
REAL_DANCERS = {
    "salsa": {"speed": 0.63, "pfc5": 1.05, "skate": 0.37, "beats": 1.22},
    "pop": {"speed": 0.69, "pfc5": 0.76, "skate": 0.25, "beats": 1.41},
    "indian": {"speed": 0.86, "pfc5": 2.21, "skate": 0.30, "beats": 1.46},
    "modern": {"speed": 0.55, "pfc5": 0.39, "skate": 0.18, "beats": 1.48},
}
"""Means of shared/data/mocap/README.md; skate of 0.1 to 0.18 is called good there, 0.3 an upper bound."""
MEANS = ("on_beat", "on_beat_by_chance", "accents_per_s", "speed", "skate", "pfc5", "beats_per_s", "cpu_ms_per_frame")


def _share(times: np.ndarray, beats: np.ndarray) -> float:
    if not len(times) or not len(beats):
        return 0.0
    return float(np.mean(np.abs(times[:, None] - beats[None]).min(axis=1) <= TOLERANCE))


def dance_figures(
    song: SongMap, *, seed: int = 0, own_moves_only: bool = False, seconds: float = LONGEST
) -> dict[str, Any]:
    """All figures of one song and seed, its first `seconds`. Costs are processor time, so that others may work."""
    library = load_library(own_moves_only=own_moves_only)
    begun = time.process_time()
    plan = plan_dance(song, library, seed=seed)
    planned = time.process_time() - begun
    dance = Dance(plan, song, library)
    frames = int(min(song.duration, seconds) * GRID_HZ)
    begun = time.process_time()
    motion = dance.frames(0, frames).motion
    cost = time.process_time() - begun
    positions, _ = joint_positions(motion, CANONICAL)
    hits = accents(positions, GRID_HZ)
    beats = np.asarray(song.beats)
    inside = hits[(hits > beats[0] - 0.1) & (hits < beats[-1] + 0.1)] if len(beats) else hits[:0]
    period = float(np.median(np.diff(beats))) if len(beats) > 1 else 0.5
    chance = np.mean([_share(inside, beats + shift) for shift in np.arange(8) / 8 * period])
    figures = measure(motion)
    return {
        "title": song.title,
        "bpm": round(song.bpm, 1),
        "seed": seed,
        "steps": len(plan.steps),
        "clips": sum(library[step.move].clip is not None for step in plan.steps),
        "on_beat": round(_share(inside, beats), 3),
        "on_beat_by_chance": round(float(chance), 3),
        "accents_per_s": round(len(inside) / max(frames / GRID_HZ, 1e-9), 2),
        "speed": round(figures.speed, 3),
        "skate": round(figures.skate, 3),
        "pfc5": round(figures.pfc5, 3),
        "beats_per_s": round(figures.beats, 2),
        "plan_cpu_s": round(planned, 3),
        "cpu_ms_per_frame": round(1e3 * cost / max(frames, 1), 3),
    }


def _songs(which: str, seconds: float) -> dict[str, list[SongMap]]:
    """Groups of song maps; even pulses where the free songs are absent."""
    shared = shared_data()
    if shared is None:
        return {"metronome": [metronome_song(bpm, 24) for bpm in (88.0, 104.0, 120.0, 132.0, 150.0)]}
    from motion.music.listen import listen
    from performer.voice.sound import read_sound

    groups: dict[str, Sequence[str]] = {"tuned": REAL_SONGS, "other": OTHER_SONGS}
    out: dict[str, list[SongMap]] = {}
    for group, names in groups.items():
        if which not in (group, "all"):
            continue
        for name in names:
            sound = read_sound(shared / "audio" / "songs" / name)
            mono = sound.mono[: int(seconds * sound.rate)]
            out.setdefault(group, []).append(listen(mono.astype(np.float32), sound.rate, title=name))
    return out


def _mean(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return {key: round(float(np.mean([row[key] for row in rows])), 3) for key in MEANS}


def run(songs: str = "all", seeds: str = "0,1,2,3,4", own: str = "no", seconds: str = "90") -> dict[str, Any]:
    """Figures per song (mean over the seeds, with the share on the beat of each) and per group of songs."""
    numbers = [int(seed) for seed in seeds.split(",")]
    out: dict[str, Any] = {"to_reach": {"on_beat": 0.65, "cpu_ms_per_frame": 0.5}, "real": REAL_DANCERS}
    for group, maps in _songs(songs, float(seconds)).items():
        everything: list[dict[str, Any]] = []
        per_song: list[dict[str, Any]] = []
        for song in maps:
            rows = [
                dance_figures(song, seed=seed, own_moves_only=own == "yes", seconds=float(seconds)) for seed in numbers
            ]
            everything += rows
            by_seed = {str(row["seed"]): row["on_beat"] for row in rows}
            per_song.append({"title": song.title, "bpm": round(song.bpm, 1), "on_beat_by_seed": by_seed, **_mean(rows)})
        out[group] = {"mean": _mean(everything), "songs": per_song}
        # The table of all benches asks for one mean: that of the five songs, which come first.
        out.setdefault("mean", out[group]["mean"])
    return out
