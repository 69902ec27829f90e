"""Sounds that benches share: made ones with a fixed seed, and the free songs where they lie beside the project."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["REAL_SONGS", "made_song", "shared_data"]

REAL_SONGS: tuple[str, ...] = (
    "joshua_morin_on_the_run.opus",
    "sectoid_escape_from_chaosland.opus",
    "sectoid_feelings.opus",
    "singularity_mccracken_enemy_unknown.opus",
    "kevin_macleod_vibe_ace.opus",
)


def shared_data() -> Path | None:
    """The folder of free test data, or None where it is absent."""
    root = Path(os.environ.get("NICHANG_SHARED", Path(__file__).resolve().parents[3] / "shared"))
    return root / "data" if (root / "data").is_dir() else None


def made_song(seconds: float, *, rate: int = 44_100, bpm: float = 120.0, seed: int = 0) -> NDArray[np.float32]:
    """Kick, hat, bass and a chord pad at a steady tempo: (frames,) mono, peak about 0.8."""
    rng = np.random.default_rng(seed)
    n = int(seconds * rate)
    t = np.arange(n) / rate
    beat = 60.0 / bpm
    out = np.zeros(n)
    kick_t = np.arange(int(0.25 * rate)) / rate
    kick = np.sin(2 * np.pi * (50 * kick_t + 20 * (1 - np.exp(-kick_t * 30)))) * np.exp(-kick_t * 14)
    hat = rng.normal(size=int(0.05 * rate)) * np.exp(-np.arange(int(0.05 * rate)) / rate * 90)
    for i in range(int(seconds / (beat / 2))):
        at = int(i * beat / 2 * rate)
        sound, gain = (kick, 0.7) if i % 2 == 0 else (hat, 0.2)
        stop = min(n, at + len(sound))
        out[at:stop] += gain * sound[: stop - at]
    roots = np.array([55.0, 65.41, 49.0, 73.42])[(t / (4 * beat)).astype(int) % 4]
    phase = 2 * np.pi * np.cumsum(roots) / rate
    loud = np.where((t / (32 * beat)).astype(int) % 2 == 0, 0.5, 1.0)
    out += loud * (0.25 * np.sin(phase) + 0.06 * (np.sin(4 * phase) + np.sin(5 * phase) + np.sin(6 * phase)))
    return (0.8 * out / np.abs(out).max()).astype(np.float32)
