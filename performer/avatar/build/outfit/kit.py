"""What every outfit is put together with: the spec, the body, the canvas and the growing list of pieces."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from performer.avatar.build.outfit.cloth_paint import Canvas
from performer.avatar.build.outfit.sheet import Sheet, Tile, mirrored_sheet, sheet_part
from performer.avatar.build.outfit.wrap import levels, torso_sheet
from performer.avatar.build.part import Floats, Part, corner_normals
from performer.avatar.build.spec import Level, Spec
from performer.avatar.build.springs import Chain, Collider, Follow

if TYPE_CHECKING:
    from performer.avatar.build.body import Body

__all__ = ["Kit", "add_shorts", "body_ring", "hip_clearance", "hugging"]


@dataclass(slots=True)
class Kit:
    """An outfit while it is sewn. `covered` says which of the body's quads clothes hide for good."""

    spec: Spec
    level: Level
    body: "Body"
    canvas: Canvas
    parts: list[Part] = field(default_factory=list[Part])
    chains: list[Chain] = field(default_factory=list[Chain])
    colliders: list[Collider] = field(default_factory=list[Collider])
    follows: list[Follow] = field(default_factory=list[Follow])
    covered: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.covered = np.zeros(len(self.body.quads), dtype=np.bool_)

    @property
    def full(self) -> bool:
        """Whether there are triangles to spare."""
        return self.level == "full"

    def some(self, lite: int, full: int) -> int:
        """A number of rows or columns, by level."""
        return full if self.full else lite

    def tile(self, name: str) -> Tile:
        """Where that piece is painted."""
        return self.canvas.tile(name)

    def add(
        self,
        sheet: Sheet,
        tile: str,
        *,
        lining: str = "",
        inset: float = 0.002,
        outline: float | Floats = 1.0,
        both: bool = False,
        centre: Floats | None = None,
    ) -> None:
        """Sew a sheet on; `both`: and its mirror image on her right."""
        made = sheet_part(
            sheet,
            self.tile(tile),
            lining=self.tile(lining) if lining else None,
            inset=inset,
            outline=outline,
            centre=centre,
        )
        self.put(made, both=both)

    def line(self, sheet: Sheet, tile: str, *, inset: float = 0.002, both: bool = False) -> None:
        """Only the inside of a sheet: what one sees when looking into a sleeve or under a skirt."""
        made = sheet_part(sheet, self.tile(tile), lining=self.tile(tile), inset=inset)
        self.put(made[1:], both=both)

    def put(self, parts: list[Part], *, both: bool = False) -> None:
        """Pieces that are ready."""
        self.parts += parts
        if both:
            self.parts += mirrored_sheet(parts)

    def hide(self, regions: tuple[str, ...], low: float = -9.0, high: float = 9.0) -> None:
        """Leave out the skin of these regions whose quads lie wholly between two heights of the drawn figure."""
        level = levels(self.body)
        y = self.body.points[self.body.quads][..., 1]
        there = (y.min(axis=1) >= float(level(low))) & (y.max(axis=1) <= float(level(high)))
        self.covered |= np.isin(self.body.region, regions) & there

    def hide_rows(self, region: str, first: int, last: int) -> None:
        """Leave out the skin of a region's rows, both included."""
        self.covered |= (self.body.region == region) & (self.body.row >= first) & (self.body.row <= last)

    def height(self, drawn: float) -> float:
        """A height of the drawn figure on this body, metres."""
        return float(levels(self.body)(drawn))


def add_shorts(kit: Kit, tile: str = "shorts", *, gap: float = 0.0035, legs: int = 1) -> None:
    """Safety shorts under a skirt: from the hips to a row of the body's legs."""
    shell = kit.body.shell(
        lambda region, row: (region == "torso" and row <= 2) or (region in ("leftLeg", "rightLeg") and row <= legs),
        gap,
        coarse=not kit.full,
    )
    top, low = float(shell.points[:, 1].max()), float(shell.points[:, 1].min())
    around = np.arctan2(np.abs(shell.points[:, 0]), shell.points[:, 2]) / np.pi
    place = kit.tile(tile).place(around, (top - shell.points[:, 1]) / (top - low))
    normals = corner_normals(shell.points, shell.triangles)
    kit.put([Part(shell.points, shell.triangles, normals, place, shell.weights, "Outfit", "outfit", outline=0.5)])
    kit.covered |= shell.covered


def hip_clearance(kit: Kit, gap: float = 0.008) -> Callable[[Floats, Floats], Floats]:
    """(angle, height) -> how far from the middle cloth must be there to lie outside hips and seat."""
    drawn = np.linspace(1.08, 0.80, 8)
    sheet = torso_sheet(kit.body, drawn, 32, gap)
    rings = [body_ring(sheet, k) for k in range(len(drawn))]
    heights = np.array([kit.height(float(y)) for y in drawn])

    def clear(a: Floats, y: Floats) -> Floats:
        table = np.stack([ring(a) for ring in rings])
        at = np.clip(np.interp(-y, -heights, np.arange(len(drawn))), 0, len(drawn) - 1.001)
        low = np.floor(at).astype(int)
        first = np.take_along_axis(table, low[None], axis=0)[0]
        second = np.take_along_axis(table, low[None] + 1, axis=0)[0]
        inside = first + (second - first) * (at - low)
        # Below the leg line nothing holds the cloth out any more.
        return np.where(y < heights[-1], 0.0, np.where(y > heights[0], 0.0, inside))

    return clear


def hugging(kit: Kit, top: float, low: float, gap: tuple[float, float]) -> Callable[[Floats, Floats], Floats]:
    """(angle, height) -> distance from the middle of cloth that lies on waist and hips between two drawn heights.

    It falls straight from whatever stands out above, and keeps the hips' width below. gap: metres at the top, below.
    """
    drawn = np.linspace(top, low, 9)
    sheet = torso_sheet(kit.body, drawn, 36, 0.0)
    angles = np.linspace(-np.pi, np.pi, 73)
    table = np.stack([body_ring(sheet, k)(angles) for k in range(len(drawn))])
    table = np.maximum.accumulate(table, axis=0) + np.linspace(*gap, len(drawn))[:, None]
    heights = np.array([kit.height(float(y)) for y in drawn])

    def hug(a: Floats, y: Floats) -> Floats:
        row = np.clip(np.interp(-y, -heights, np.arange(len(drawn))), 0, len(drawn) - 1.001)
        column = np.clip(((a + np.pi) % (2 * np.pi)) / (2 * np.pi) * 72, 0, 71.999)
        i, j = np.floor(row).astype(int), np.floor(column).astype(int)
        down, aside = row - i, column - j
        above = table[i, j] * (1 - aside) + table[i, j + 1] * aside
        below = table[i + 1, j] * (1 - aside) + table[i + 1, j + 1] * aside
        return above * (1 - down) + below * down

    return hug


def body_ring(sheet: Sheet, row: int, middle_z: float = -0.004) -> Callable[[Floats], Floats]:
    """Angle -> distance from the middle of one ring of a sheet, for what hangs from it."""
    place = sheet.points[row]
    angle = np.arctan2(place[:, 0], place[:, 2] - middle_z)
    radius = np.hypot(place[:, 0], place[:, 2] - middle_z)
    order = np.argsort(angle)
    angle, radius = angle[order], radius[order]
    around = np.concatenate([angle - 2 * np.pi, angle, angle + 2 * np.pi])
    radii = np.tile(radius, 3)

    def ring(a: Floats) -> Floats:
        turned = (np.asarray(a) + np.pi) % (2 * np.pi) - np.pi
        return np.interp(turned, around, radii)

    return ring
