"""Measure moves of the library and write measured.json beside this file:
python presets/moves/measure_moves.py [MOVE ...], all of them or only those that were changed.

For each move and some tempi: which share of the accents of the danced motion (hands and feet braking) falls on a
count; in which share of its frames hands or forearms hide the face; how high thighs are lifted, how wide steps are and
how far trunk or head bend. The planner prefers moves that hit the beat, leaves out those that hide the face, and for
a manner those that lie beyond its limits. Run it after changing moves or layers.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np

from motion.dance.library import ACCENT_TEMPI, Entry, Library, load_library
from motion.dance.plan import Plan, Step
from motion.dance.player import Dance
from motion.dance.shape import shape_of
from motion.dance.sheet import metronome_song
from motion.rig.contacts import accents
from motion.rig.cover import face_cover
from motion.rig.hull import Ball
from motion.rig.pose import GRID_HZ, joint_positions
from motion.rig.skeleton import CANONICAL

HERE = Path(__file__).resolve().parent
# Seconds within which an accent counts as on the beat.
TOLERANCE = 0.070
# With few accents a share says little: so many accents of an average move are added to every move.
DOUBT, USUAL = 6.0, 0.65
# A head of this style with its hair, which is bigger than the canonical one, on the head bone; and the palms. Metres.
SKULL = Ball(np.array([0.0, 0.145, 0.0]), np.array([0.092, 0.145, 0.092]))
PALMS = np.array([[0.075, 0.0, 0.0], [-0.075, 0.0, 0.0]])
PLAIN_TEMPO = 120.0


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


def hides(entry: Entry, library: Library) -> float:
    """Share 0..1 of the frames, danced to both sides, in which an arm hides the canonical face from the front."""
    bars = max(1, entry.counts // 4)
    song = metronome_song(PLAIN_TEMPO, 2 * bars + 4)
    shares: list[float] = []
    for mirror in (False, True):
        plan = Plan(steps=[Step(bar=1, bars=bars, move=entry.name, mirror=mirror)])
        first, last = (round(song.bars[k].start * GRID_HZ) for k in (1, 1 + bars))
        placed, turned = joint_positions(Dance(plan, song, library).frames(first, last).motion, CANONICAL)
        shares.append(face_cover(placed, turned, SKULL, PALMS).share)
    return float(np.mean(shares))


def shape(entry: Entry, library: Library) -> dict[str, float]:
    """Figures of the move, danced once in no manner, as written."""
    bars = max(1, entry.counts // 4)
    song = metronome_song(PLAIN_TEMPO, bars + 3)
    first, last = (round(song.bars[k].start * GRID_HZ) for k in (1, 1 + bars))
    dance = Dance(Plan(steps=[Step(bar=1, bars=bars, move=entry.name)]), song, library)
    found = shape_of(*joint_positions(dance.frames(first, last).motion, CANONICAL))
    return {"thigh": round(found.thigh, 1), "spread": round(found.spread, 2), "bend": round(found.bend, 1)}


def main() -> None:
    library = load_library()
    target = HERE / "measured.json"
    known = json.loads(target.read_text()) if target.is_file() else {}
    named = sys.argv[1:] or list(library.entries)
    for name in named:
        entry = library[name]
        known[name] = {
            "on_count": [round(on_count(entry, library, tempo), 2) for tempo in ACCENT_TEMPI],
            "hides": round(hides(entry, library), 3),
            **shape(entry, library),
        }
    rows = {name: known[name] for name in library.entries if name in known}
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
    temporary = HERE / ".measured.json.tmp"
    temporary.write_text("{\n" + lines + "\n}\n")
    os.replace(temporary, target)
    mean = np.mean([row["on_count"] for row in rows.values()], axis=0).round(2)
    print(f"{len(rows)} moves; mean share on a count {mean} at {ACCENT_TEMPI} a minute")


if __name__ == "__main__":
    main()
