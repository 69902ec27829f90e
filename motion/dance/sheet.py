"""Contact sheets: stick figures of a move from the front and from the side, a row of frames over its counts.

Pictures for people who write moves. Pure: arrays in, image out.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from motion.dance.library import Library
from motion.dance.plan import Plan, Step
from motion.dance.player import Dance, DanceMotion
from motion.music.song_map import Bar, Curve, Section, SongMap
from motion.rig.bones import BONE_INDEX, BONE_PARENT, BONES
from motion.rig.pose import GRID_HZ, joint_positions
from motion.rig.skeleton import CANONICAL

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["draw_sheet", "metronome_song", "move_sheet"]

_CELL = (132, 168)
_SCALE = 84.0
_COLOURS = {"left": (214, 62, 62), "right": (48, 96, 214), "": (40, 40, 46)}


def metronome_song(bpm: float, bars: int, *, beats: int = 4, start: float = 0.5, tail: float = 1.0) -> SongMap:
    """An even song of one section, to try moves on."""
    beat = 60.0 / bpm
    times = [start + i * beat for i in range(bars * beats)]
    end = start + bars * beats * beat + tail
    spans = [Bar(start + i * beats * beat, start + (i + 1) * beats * beat, beats) for i in range(bars)]
    return SongMap(
        duration=end,
        bpm=bpm,
        beats=times,
        downbeats=times[::beats],
        bars=spans,
        sections=[Section(0.0, end, "chorus", 0)],
        energy=Curve(1.0, [0.7] * (int(end) + 2)),
        vocal=Curve(1.0, [0.0]),
    )


def _draw(draw: ImageDraw.ImageDraw, at: tuple[int, int], points: NDArray[np.float64], side: bool) -> None:
    across = points[:, 2] if side else points[:, 0]
    x = at[0] + _CELL[0] / 2 + across * _SCALE
    y = at[1] + _CELL[1] - 10 - points[:, 1] * _SCALE
    order = np.argsort(points[:, 0] if side else points[:, 2])
    for bone in order:
        parent, name = BONE_PARENT[bone], BONES[bone].name
        if parent < 0 or "Eye" in name or name == "jaw":
            continue
        colour = _COLOURS["left" if name.startswith("left") else "right" if name.startswith("right") else ""]
        finger = any(part in name for part in ("Thumb", "Index", "Middle", "Ring", "Little"))
        line = (float(x[parent]), float(y[parent]), float(x[bone]), float(y[bone]))
        draw.line(line, fill=colour, width=1 if finger else 3)
    head = BONE_INDEX["head"]
    r = 0.1 * _SCALE
    draw.ellipse((x[head] - r * 0.8, y[head] - 1.75 * r, x[head] + r * 0.8, y[head] + 0.1 * r), outline=(40, 40, 46))


def draw_sheet(dance: DanceMotion, frames: "Sequence[int]", labels: "Sequence[str]", title: str) -> Image.Image:
    """Front view above, side view (seen from the performer's right, facing to the right) below."""
    points, _ = joint_positions(dance.motion, CANONICAL)
    # Everything about the spot where the performer stands, so that travel does not leave the cell.
    points[..., 0] -= dance.motion.root[:, None, 0]
    points[..., 2] -= dance.motion.root[:, None, 1]
    image = Image.new("RGB", (_CELL[0] * len(frames), 2 * _CELL[1] + 16), "white")
    draw = ImageDraw.Draw(image)
    draw.text((4, 2), title, fill="black")
    for column, (frame, label) in enumerate(zip(frames, labels, strict=True)):
        x = column * _CELL[0]
        for row in (0, 1):
            floor = 16 + (row + 1) * _CELL[1] - 10
            draw.line((x + 4, floor, x + _CELL[0] - 4, floor), fill=(200, 200, 200))
            _draw(draw, (x, 16 + row * _CELL[1]), points[frame], side=row == 1)
        draw.text((x + 6, 18), label, fill=(120, 120, 120))
    return image


def move_sheet(name: str, library: Library, *, bpm: float = 118.0, mirror: bool = False) -> Image.Image:
    """A move danced once between two bars of idling, 8-16 frames over its counts."""
    entry = library[name]
    if entry.clip is not None:
        bpm = entry.clip.per_minute
    bars = max(1, entry.counts // 4)
    song = metronome_song(bpm, bars + 2)
    dance = Dance(Plan(steps=[Step(bar=1, bars=bars, move=name, mirror=mirror)]), song, library)
    beat = 60.0 / bpm
    per_count = 3 if entry.counts <= 4 else 1 if entry.counts > 8 else 2
    marks = np.arange(0, entry.counts * per_count) / per_count
    frames = [round((0.5 + (4 + m) * beat) * GRID_HZ) for m in marks]
    labels = [f"{1 + m:.2f}".rstrip("0").rstrip(".") for m in marks]
    title = f"{name}  {entry.counts} counts, {entry.style}, energy {entry.energy}, {','.join(sorted(entry.tags))}"
    return draw_sheet(dance.frames(0, frames[-1] + 1), frames, labels, title)
