"""How hair is cut: the drawn rows of styles.toml, spread, mirrored and scaled to single locks."""

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from performer.avatar.build.hair.lock import Lock
from performer.avatar.build.spec import HairSpec, Level
from performer.avatar.model import AvatarError

__all__ = ["Bundle", "Knot", "PartOfStyle", "Row", "Style", "fringes", "locks_of", "read_styles", "style_of", "styles"]

Pair = tuple[float, float]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file."""


class Row(_Table, frozen=True, kw_only=True):
    """A lock, or a layer of locks where `layer` gives its first and last bearing. Fields of `lock.Lock`, and:

    mirror: once more on the other side. count: of a layer, lite and full. spread: how much of its root's bearing a
    layer's lock keeps. gather: how far a layer's tips are drawn together towards the middle bearing. [0, 1]
    roots: a comb, its locks' roots spread along these places (bearing, distance), all drawn together at `tip`.
    ragged: every second tip ends this much higher, mm. hem: how much higher the outermost ends.
    only: the level that has this row, "" = both.
    """

    tip: Pair | float = 0.0
    out: tuple[float, float, float]
    width: float
    root: Pair | float = 14.0
    via: tuple[Pair, ...] = ()
    thick: float = 5.0
    hook: float = 0.0
    wave: tuple[float, float, float] = (0.0, 1.0, 0.0)
    swell: float = 0.3
    point: float = 0.55
    root_width: float = 0.45
    reach: float = 1.0
    column: int = -1
    bend: float = 0.3
    round: float = 0.5
    chain: str = ""
    snug: bool = False
    mirror: bool = False
    layer: Pair | None = None
    roots: tuple[Pair, ...] = ()
    count: tuple[int, int] = (6, 9)
    spread: float = 1.0
    gather: float = 0.0
    ragged: float = 0.0
    hem: float = 0.0
    only: str = ""


class Bundle(_Table, frozen=True, kw_only=True):
    """A tail: locks round a common curve that leaves the head at `root`.

    course: (x, y, z) millimetres of the head, from the knot to the end; her left where x > 0.
    radius: half the thickness at shares 0, 1/4, 1/2, 3/4, 1 of the length, mm. flat: depth over width.
    locks: lite and full. stray: thin locks beside them, lite and full. wave: as a lock's.
    joints: spring joints over the length, lite and full; 0 = it does not swing. twist: turns over the length.
    tie: where a ribbon sits (mm of the head) and which way it looks. braid: length of one plait in mm, 0 = no braid.
    """

    course: tuple[tuple[float, float, float], ...]
    radius: tuple[float, float, float, float, float]
    locks: tuple[int, int] = (6, 9)
    stray: tuple[int, int] = (1, 4)
    flat: float = 0.8
    ragged: float = 0.25
    wave: tuple[float, float, float] = (0.0, 1.0, 0.0)
    chain: str = "tail"
    joints: tuple[int, int] = (5, 6)
    mirror: bool = False
    twist: float = 0.0
    braid: float = 0.0
    tie: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    reach: float = 1.0


class Knot(_Table, frozen=True, kw_only=True):
    """A bun: locks wound round an axis. centre, axis: millimetres of the head and a direction; size: radii, mm."""

    centre: tuple[float, float, float]
    axis: tuple[float, float, float] = (0.0, 1.0, 0.0)
    size: tuple[float, float] = (30.0, 22.0)
    turns: tuple[int, int] = (5, 6)
    mirror: bool = False


class PartOfStyle(_Table, frozen=True, kw_only=True):
    """Some of: rows, bundles, knots."""

    rows: tuple[Row, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    knots: tuple[Knot, ...] = ()


class Style(_Table, frozen=True, kw_only=True):
    """parts: of the file, by name. fringe: taken where the preset names none.

    hairline: height of the cap's border at bearings 0, 30, 60, 90, 120, 150, 180, mm.
    swept: which way the cap's strands run back to, "" = from the whorl down.
    """

    parts: tuple[str, ...]
    fringe: str = "wispy"
    hairline: tuple[float, float, float, float, float, float, float] = (158, 150, 116, 84, 56, 36, 26)
    lift: float = 17.0
    parting: Pair | None = None


class _File(_Table, frozen=True, kw_only=True):
    style: dict[str, Style]
    fringe: dict[str, PartOfStyle]
    part: dict[str, PartOfStyle]


@cache
def read_styles() -> _File:
    """The file of styles beside this module."""
    table: dict[str, Any] = tomllib.loads(Path(__file__).with_name("styles.toml").read_text(encoding="utf-8"))
    return msgspec.convert(table, _File)


def styles() -> list[str]:
    """The names a preset may give as `hair.style`."""
    return list(read_styles().style)


def fringes() -> list[str]:
    """The names a preset may give as `hair.fringe`."""
    return list(read_styles().fringe)


def style_of(hair: HairSpec) -> tuple[Style, PartOfStyle, list[PartOfStyle]]:
    """The style of a preset, its fringe, and its other parts.

    Raises:
        AvatarError: a name that there is not, with those that there are.
    """
    file = read_styles()
    if hair.style not in file.style:
        raise AvatarError(f"there is no hair style {hair.style!r}: take one of {', '.join(file.style)}")
    style = file.style[hair.style]
    fringe = hair.fringe or style.fringe
    if fringe not in file.fringe:
        raise AvatarError(f"there is no fringe {fringe!r}: take one of {', '.join(file.fringe)}")
    return style, file.fringe[fringe], [file.part[name] for name in style.parts]


def locks_of(row: Row, hair: HairSpec, level: Level, rng: np.random.Generator, *, material: str = "hair") -> list[Lock]:
    """The single locks of a row, scaled by the preset's length and volume."""
    if row.only and row.only != level:
        return []
    if row.roots:
        made = _comb(row, level, rng, material)
    elif row.layer is None:
        assert isinstance(row.root, tuple)
        assert isinstance(row.tip, tuple)
        made = [_lock(row, row.root, row.tip, row.via, row.hook, max(row.column, 0), material)]
    else:
        made = _layer(row, level, rng, material)
    if row.mirror:
        made += [_other(lock) for lock in made]
    return [_scaled(lock, hair) for lock in made]


def _layer(row: Row, level: Level, rng: np.random.Generator, material: str) -> list[Lock]:
    assert row.layer is not None
    assert isinstance(row.tip, float | int)
    assert isinstance(row.root, float | int)
    first, last = row.layer
    count = row.count[level == "full"]
    middle = (first + last) / 2
    grown = row.count[0] / count
    made: list[Lock] = []
    for k in range(count):
        bearing = first + (last - first) * ((k + 0.5) / count if abs(last - first) >= 359 else k / max(count - 1, 1))
        # The middle lock is the longest; beside it they alternate, so that the hem is drawn and no comb.
        aside = abs(bearing - middle) / max(abs(last - first) / 2, 1e-6)
        height = row.tip + (row.ragged if k % 2 else 0.0) * rng.uniform(0.5, 1.0) + row.hem * aside**2
        drawn = middle + (bearing - middle) * (1.0 - row.gather)
        via = tuple((bearing + (drawn - bearing) * 0.55, h) for _, h in row.via)
        if row.gather and not via:
            via = ((bearing + (drawn - bearing) * 0.35, 60.0), (drawn, min(-60.0, row.tip / 2)))
        column = row.column if row.column >= 0 else int(rng.integers(0, 3))
        lean = row.hook * (1 if bearing < middle else -1) + rng.normal() * 4.0
        width = row.width * (0.55 + 0.45 * grown) * rng.uniform(0.92, 1.08)
        root = (middle + (bearing - middle) * row.spread, row.root)
        lock = _lock(row, root, (drawn, height), via, lean, column, material)
        swing, length, phase = row.wave
        wave = (swing * rng.uniform(0.75, 1.25), length * rng.uniform(0.92, 1.08), phase + rng.uniform(-0.12, 0.12))
        made.append(replace(lock, width=width, wave=wave))
    return made


def _comb(row: Row, level: Level, rng: np.random.Generator, material: str) -> list[Lock]:
    assert isinstance(row.tip, tuple)
    count = row.count[level == "full"]
    stops = np.array(row.roots)
    if (stops[:, 1] >= 0).all():
        stops = np.stack(
            [stops[:, 1] * np.sin(np.radians(stops[:, 0])), stops[:, 1] * np.cos(np.radians(stops[:, 0]))], -1
        )
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(stops, axis=0), axis=1))])
    made: list[Lock] = []
    for at in np.linspace(0, way[-1], count):
        one, two = (float(np.interp(at, way, stops[:, k])) for k in range(2))
        bearing, distance = (
            (float(np.degrees(np.arctan2(one, two))), float(np.hypot(one, two))) if row.roots[0][1] >= 0 else (one, two)
        )
        # The short way round to where it is tied.
        bearing = row.tip[0] + (bearing - row.tip[0] + 180) % 360 - 180
        column = row.column if row.column >= 0 else int(rng.integers(0, 3))
        lock = _lock(row, (bearing, distance), row.tip, row.via, row.hook, column, material)
        made.append(replace(lock, width=row.width * (0.5 + 0.5 * row.count[0] / count)))
    return made


def _lock(row: Row, root: Pair, tip: Pair, via: tuple[Pair, ...], hook: float, column: int, material: str) -> Lock:
    return Lock(
        root, tip, row.out, row.width, row.thick, via, hook, row.wave, row.swell, row.point, row.root_width,
        row.reach, column, row.bend, row.round, material, row.chain,
        row.snug,
    )  # fmt: skip


def _other(lock: Lock) -> Lock:
    return replace(
        lock,
        root=(-lock.root[0], lock.root[1]),
        tip=(-lock.tip[0], lock.tip[1]),
        via=tuple((-bearing, height) for bearing, height in lock.via),
        hook=-lock.hook,
        wave=(-lock.wave[0], lock.wave[1], lock.wave[2]),
    )


def _scaled(lock: Lock, hair: HairSpec) -> Lock:
    def longer(height: float) -> float:
        return height if height > 60 else 60 - (60 - height) * hair.length

    root, middle, tip = lock.out
    return replace(
        lock,
        tip=(lock.tip[0], longer(lock.tip[1])),
        via=tuple((bearing, longer(height)) for bearing, height in lock.via),
        out=(root, root + (middle - root) * hair.volume, tip * hair.volume if tip > 0 else tip),
    )
