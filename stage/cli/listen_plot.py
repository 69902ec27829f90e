"""A song map drawn over its waveform. Needs matplotlib, the extra `plot`."""

import importlib.util
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError
from motion.music.song_map import SongMap
from stage.cli.result_files import write_bytes

__all__ = ["PlotError", "draw_song_map", "need_matplotlib"]

COLOURS = {
    "intro": "#8ecae6", "verse": "#a7c957", "pre": "#f4d35e", "chorus": "#ee6c4d", "bridge": "#b388eb",
    "interlude": "#84a59d", "outro": "#98c1d9", "silence": "#dddddd",
}  # fmt: skip
SECONDS_PER_ROW = 60.0


class PlotError(UserError):
    """The plot cannot be drawn."""


def need_matplotlib() -> None:
    """Raises PlotError with what to do if matplotlib is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        raise PlotError("--plot needs matplotlib, which is not installed; get it with: make setup EXTRAS=plot")


def draw_song_map(song: SongMap, mono: NDArray[np.float32], rate: int, path: Path) -> None:
    """Rows of a minute: waveform, sections coloured and named, beats, downbeats, energy and voice."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = max(1, min(60, int(np.ceil(song.duration / SECONDS_PER_ROW - 0.05))))
    span = song.duration / rows
    figure = Figure(figsize=(18, 0.6 + 2.6 * rows), dpi=80, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, 1, squeeze=False)[:, 0]
    peak = float(np.max(np.abs(mono), initial=1e-9))
    for row, ax in enumerate(axes):
        start, stop = row * span, (row + 1) * span
        piece = mono[int(start * rate) : int(stop * rate)]
        step = max(1, len(piece) // 3000)
        cut = piece[: len(piece) // step * step].reshape(-1, step)
        times = start + np.arange(len(cut)) * step / rate
        for section in song.sections:
            if section.end > start and section.start < stop:
                left, right = max(section.start, start), min(section.end, stop)
                ax.axvspan(left, right, color=COLOURS[section.label], alpha=0.45, lw=0)
                ax.text(left + 0.2, 1.02, f"{section.label} {section.group}", fontsize=9, va="bottom")
        if len(cut):
            ax.fill_between(times, cut.min(axis=1) / peak, cut.max(axis=1) / peak, color="#555555", lw=0)
        beats = [t for t in song.beats if start <= t < stop]
        firsts = [t for t in song.downbeats if start <= t < stop]
        ax.vlines(beats, -1.0, -0.8, color="black", lw=0.8)
        ax.vlines(firsts, -1.0, 1.0, color="black", lw=0.9, alpha=0.7)
        grid = np.arange(start, stop, 0.05)
        ax.plot(grid, song.energy.sample(grid) * 2.0 - 1.0, color="#d00000", lw=1.3, label="energy")
        ax.plot(grid, song.vocal.sample(grid) * 2.0 - 1.0, color="#0057d9", lw=1.3, label="voice")
        ax.set_xlim(start, stop)
        ax.set_ylim(-1.02, 1.02)
        ax.set_yticks([])
    axes[0].legend(loc="lower right", fontsize=8)
    axes[-1].set_xlabel("seconds")
    figure.suptitle(f"{song.title}   {song.bpm:.1f} bpm   {song.key}", x=0.01, ha="left")
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    write_bytes(path, buffer.getvalue())
