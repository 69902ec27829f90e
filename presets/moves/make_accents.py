"""Measure every move of the library and write accents.json beside this file: python presets/moves/make_accents.py

For each move and some tempi: which share of the accents of the danced motion (hands and feet braking) falls on a
count. The planner prefers moves that hit the beat at the tempo of the song. Run it after changing moves or layers.
"""

import json
import os
from pathlib import Path

import numpy as np

from motion.dance.library import ACCENT_TEMPI, Entry, Library, load_library
from motion.dance.plan import Plan, Step
from motion.dance.player import Dance
from motion.dance.sheet import metronome_song
from motion.rig.contacts import accents
from motion.rig.pose import GRID_HZ, joint_positions
from motion.rig.skeleton import CANONICAL

HERE = Path(__file__).resolve().parent
# Seconds within which an accent counts as on the beat.
TOLERANCE = 0.070
# With few accents a share says little: so many accents of an average move are added to every move.
DOUBT, USUAL = 6.0, 0.65


def on_count(entry: Entry, library: Library, per_minute: float) -> float:
    """Share 0..1 of the accents on a count, danced to both sides, drawn a little to the usual share."""
    bars = max(1, entry.counts // 4)
    song = metronome_song(per_minute, 2 * bars + 4)
    beat = 60.0 / per_minute
    hits = total = 0.0
    for mirror in (False, True):
        plan = Plan(steps=[Step(bar=1, bars=bars, move=entry.name, mirror=mirror)])
        motion = Dance(plan, song, library).frames(0, round((song.beats[4 * bars + 8]) * GRID_HZ)).motion
        at = accents(joint_positions(motion, CANONICAL)[0], GRID_HZ)
        begin, end = song.bars[1].start, song.bars[1 + bars].start
        at = at[(at > begin - 0.25 * beat) & (at < end - 0.25 * beat)]
        total += len(at)
        hits += float((np.abs(at[:, None] - np.asarray(song.beats)).min(axis=1) <= TOLERANCE).sum()) if len(at) else 0.0
    return (hits + DOUBT * USUAL) / (total + DOUBT)


def main() -> None:
    library = load_library()
    rows = {
        name: [round(on_count(entry, library, tempo), 2) for tempo in ACCENT_TEMPI]
        for name, entry in library.entries.items()
    }
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(shares)}" for name, shares in rows.items())
    temporary = HERE / ".accents.json.tmp"
    temporary.write_text("{\n" + lines + "\n}\n")
    os.replace(temporary, HERE / "accents.json")
    print(f"{len(rows)} moves; mean {np.mean(list(rows.values()), axis=0).round(2)} at {ACCENT_TEMPI} a minute")


if __name__ == "__main__":
    main()
