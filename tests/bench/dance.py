"""Is the dance on the beat, on its feet, and as lively as real people? Measures of the output motion on songs.

Accents: maxima of the deceleration of hands and feet (at least 3 m/s^2). On the beat: within 70 ms of a beat of the
song map; chance: the same share for a beat grid shifted by every phase. Real dancers: from the motion-capture set.
"""

import time
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

__all__ = ["REAL_DANCERS", "dance_figures", "run"]

TOLERANCE = 0.070
LONGEST = 90.0
REAL_DANCERS = {
    "salsa": {"speed": 0.63, "pfc5": 1.05, "skate": 0.37, "beats": 1.22},
    "pop": {"speed": 0.69, "pfc5": 0.76, "skate": 0.25, "beats": 1.41},
    "indian": {"speed": 0.86, "pfc5": 2.21, "skate": 0.30, "beats": 1.46},
    "modern": {"speed": 0.55, "pfc5": 0.39, "skate": 0.18, "beats": 1.48},
}
"""Means of shared/data/mocap/README.md; skate of 0.1 to 0.18 is called good there, 0.3 an upper bound."""


def _share(times: np.ndarray, beats: np.ndarray) -> float:
    if not len(times) or not len(beats):
        return 0.0
    return float(np.mean(np.abs(times[:, None] - beats[None]).min(axis=1) <= TOLERANCE))


def dance_figures(song: SongMap, *, seed: int = 0, own_moves_only: bool = False) -> dict[str, Any]:
    """All figures of one song, its first 90 s."""
    library = load_library(own_moves_only=own_moves_only)
    begun = time.perf_counter()
    plan = plan_dance(song, library, seed=seed)
    planned = time.perf_counter() - begun
    dance = Dance(plan, song, library)
    frames = int(min(song.duration, LONGEST) * GRID_HZ)
    begun = time.perf_counter()
    motion = dance.frames(0, frames).motion
    cost = time.perf_counter() - begun
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
        "steps": len(plan.steps),
        "clips": sum(library[step.move].clip is not None for step in plan.steps),
        "on_beat": round(_share(inside, beats), 3),
        "on_beat_by_chance": round(float(chance), 3),
        "accents_per_s": round(len(inside) / max(frames / GRID_HZ, 1e-9), 2),
        "speed": round(figures.speed, 3),
        "skate": round(figures.skate, 3),
        "pfc5": round(figures.pfc5, 3),
        "beats_per_s": round(figures.beats, 2),
        "plan_s": round(planned, 3),
        "ms_per_frame": round(1e3 * cost / max(frames, 1), 3),
    }


def _songs(count: int) -> list[SongMap]:
    shared = shared_data()
    if shared is None:
        return [metronome_song(bpm, 24) for bpm in (88.0, 104.0, 120.0, 132.0, 150.0)][:count]
    from motion.music.listen import listen
    from performer.voice.sound import read_sound

    out: list[SongMap] = []
    for name in REAL_SONGS[:count]:
        sound = read_sound(shared / "audio" / "songs" / name)
        mono = sound.samples.mean(axis=1) if sound.samples.ndim > 1 else sound.samples
        out.append(listen(mono[: int(LONGEST * sound.rate)].astype(np.float32), sound.rate, title=name))
    return out


def run(count: str = "5", seed: str = "0", own: str = "no") -> dict[str, Any]:
    """Figures of `count` songs and their means, beside the real dancers'."""
    rows = [dance_figures(song, seed=int(seed), own_moves_only=own == "yes") for song in _songs(int(count))]
    mean = {
        key: round(float(np.mean([row[key] for row in rows])), 3)
        for key in ("on_beat", "on_beat_by_chance", "speed", "skate", "pfc5", "beats_per_s", "ms_per_frame")
    }
    return {"mean": mean, "to_reach": {"on_beat": 0.65, "ms_per_frame": 0.5}, "real": REAL_DANCERS, "songs": rows}
