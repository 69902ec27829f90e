"""Pictures for pages that must stand alone: spectrograms as PNG, curves and bars as SVG. Arrays in, text or bytes out.

Curves take their colours from the page (CSS variables), so that they change with light and dark.
"""

import html
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

__all__ = ["Axis", "Curve", "bars_svg", "curves_svg", "data_uri", "spectrogram_png"]

_WINDOW_SECONDS, _HOP_SECONDS = 0.032, 0.008
_RANGE_DB = 72.0
# Dark to light, of one hue family with the pages: level, red, green, blue.
_COLOURS = (
    (0.00, 13, 12, 21),
    (0.25, 48, 30, 92),
    (0.50, 140, 40, 130),
    (0.72, 255, 79, 168),
    (0.88, 255, 176, 120),
    (1.00, 255, 244, 214),
)
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 12, 12, 34


@dataclass(frozen=True, slots=True)
class Axis:
    """low, high: ends. ticks: place and word of each. name: what it shows, with its unit. log: distances are ratios."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    name: str
    log: bool = False

    def place(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """0..1 along the axis."""
        if self.log:
            return np.asarray(np.log(np.maximum(values, 1e-9) / self.low) / np.log(self.high / self.low), np.float64)
        return np.asarray((values - self.low) / (self.high - self.low), np.float64)


@dataclass(frozen=True, slots=True)
class Curve:
    """x, y: (n,), broken where y is not a number. colour: a variable of the page. dashed: drawn so, and thinner."""

    name: str
    x: NDArray[np.floating]
    y: NDArray[np.floating]
    colour: str
    dashed: bool = False


def data_uri(data: bytes, kind: str) -> str:
    """kind: such as image/png."""
    return f"data:{kind};base64,{b64encode(data).decode()}"


def _palette() -> list[int]:
    at = np.linspace(0, 1, 256)
    stops = np.array(_COLOURS)
    channels = [np.interp(at, stops[:, 0], stops[:, k]) for k in (1, 2, 3)]
    return np.rint(np.stack(channels, 1)).astype(int).ravel().tolist()


def spectrogram_png(samples: NDArray[np.float32], rate: int, top_hertz: float) -> bytes:
    """samples: (n,) -> a picture, 8 ms a column, 31 Hz a row, `top_hertz` at its upper edge; what is loud is light."""
    from PIL import Image

    width, hop = round(rate * _WINDOW_SECONDS), round(rate * _HOP_SECONDS)
    padded = np.pad(samples, (width // 2, width))
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)[::hop][: max(1, len(samples) // hop)]
    power = np.square(np.abs(np.fft.rfft(windows * np.hanning(width), axis=1)))
    level = 10 * np.log10(power[:, : max(2, round(top_hertz * width / rate))] + 1e-12)
    # Digital silence has no loudest moment: it stays dark.
    loudest = max(float(np.percentile(level, 99.8)), -60.0)
    shade = np.clip((level - loudest) / _RANGE_DB + 1.0, 0.0, 1.0)
    picture = Image.fromarray(np.rint(255 * shade.T[::-1]).astype(np.uint8))
    picture.putpalette(_palette())
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _frame(x: Axis, y: Axis, width: int, height: int, says: str) -> list[str]:
    """Grid, ticks and names; whoever calls it closes the svg."""
    inner_width, inner_height = width - _LEFT - _RIGHT, height - _TOP - _BOTTOM
    parts = [f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(says)}">']
    for value, word in y.ticks:
        at = _TOP + inner_height * (1 - float(y.place(np.array([value]))[0]))
        parts.append(f'<path class="grid" d="M{_LEFT} {at:.1f}H{width - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{html.escape(word)}</text>')
    for value, word in x.ticks:
        at = _LEFT + inner_width * float(x.place(np.array([value]))[0])
        parts.append(f'<text x="{at:.1f}" y="{height - _BOTTOM + 16}" text-anchor="middle">{html.escape(word)}</text>')
    parts.append(f'<text class="unit" x="{_LEFT + 6}" y="{_TOP + 4}">{html.escape(y.name)}</text>')
    right, low = width - _RIGHT, height - 2
    parts.append(f'<text class="unit" x="{right}" y="{low}" text-anchor="end">{html.escape(x.name)}</text>')
    return parts


def curves_svg(curves: Sequence[Curve], x: Axis, y: Axis, *, width: int = 560, height: int = 230, says: str) -> str:
    """One drawing of all curves. says: the same in words, for those who do not see it."""
    parts = _frame(x, y, width, height, says)
    for curve in curves:
        across = _LEFT + (width - _LEFT - _RIGHT) * x.place(curve.x)
        down = _TOP + (height - _TOP - _BOTTOM) * (1 - np.clip(y.place(curve.y), 0.0, 1.0))
        there = np.isfinite(curve.y) & (curve.x >= x.low) & (curve.x <= x.high)
        path: list[str] = []
        pen_down = False
        for here, at, under in zip(there, across, down, strict=True):
            if here:
                path.append(f"{'L' if pen_down else 'M'}{at:.1f} {under:.1f}")
            pen_down = bool(here)
        style = "curve thin" if curve.dashed else "curve"
        parts.append(f'<path class="{style}" style="stroke:var({curve.colour})" d="{"".join(path)}"/>')
    return "".join([*parts, "</svg>"])


def bars_svg(
    edges: NDArray[np.floating],
    heights: NDArray[np.floating],
    x: Axis,
    y: Axis,
    *,
    colour: str,
    width: int = 560,
    height: int = 230,
    says: str,
) -> str:
    """edges: (n + 1,) of n bars, heights: (n,)."""
    parts = _frame(x, y, width, height, says)
    across = _LEFT + (width - _LEFT - _RIGHT) * x.place(edges)
    tall = (height - _TOP - _BOTTOM) * np.clip(y.place(heights), 0.0, 1.0)
    foot = height - _BOTTOM
    for left, right, up in zip(across[:-1], across[1:], tall, strict=True):
        if up > 0:
            parts.append(
                f'<rect x="{left + 0.5:.1f}" y="{foot - up:.1f}" width="{max(0.5, right - left - 1):.1f}"'
                f' height="{up:.1f}" rx="1.5" style="fill:var({colour})"/>'
            )
    return "".join([*parts, "</svg>"])
