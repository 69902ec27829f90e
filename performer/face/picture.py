"""A face track as a picture over the sound's spectrogram, to be looked at (a shell: writes a PNG; needs [plot])."""

import importlib
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError
from performer.face.track import EXPRESSION_INDEX, MOUTH, FaceTrack
from performer.voice.whole_file import whole_file

__all__ = ["PictureError", "draw_face", "need_picture"]

_COLOURS = ("#d62728", "#ff9f1c", "#2a6fdb", "#2ca02c", "#8e44ad")


class PictureError(UserError):
    """The picture cannot be drawn; the message says why."""


def need_picture() -> None:
    """Can a picture be drawn? Looks only, so that a command can ask before its work.

    Raises:
        PictureError: matplotlib is missing.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise PictureError("a picture needs matplotlib: make setup EXTRAS=plot")


def draw_face(path: Path, mono: NDArray[np.floating[Any]], rate: int, face: FaceTrack, *, title: str = "") -> None:
    """Draw spectrogram, vowels, lids and smile, and gaze, on one time axis.

    Raises:
        PictureError: matplotlib is missing, or the file cannot be written.
    """
    need_picture()
    figure_module: Any = importlib.import_module("matplotlib.figure")
    seconds = max(len(mono) / rate, 0.1)
    figure: Any = figure_module.Figure(figsize=(min(max(seconds * 1.2, 10.0), 28.0), 8.0), dpi=80, layout="constrained")
    axes: Any = figure.subplots(4, 1, sharex=True, height_ratios=(3, 2, 1.3, 1.3))
    axes[0].specgram(
        np.asarray(mono, np.float64) + 1e-9, NFFT=1024, noverlap=768, Fs=rate, cmap="magma", vmin=-140, vmax=-30
    )
    axes[0].set(ylim=(0, min(6000, rate / 2)), ylabel="Hz", title=title)
    times = np.arange(len(face)) / face.rate
    columns = face.weights[:, [EXPRESSION_INDEX[name] for name in MOUTH]]
    axes[1].stackplot(times, columns.T, colors=_COLOURS, labels=MOUTH)
    axes[1].set(ylim=(0, 1), ylabel="vowels")
    axes[1].legend(loc="upper right", ncols=5, fontsize="small")
    for name in ("blink", "happy", "relaxed", "browInnerUp", "browOuterUpLeft"):
        axes[2].plot(times, face.weights[:, EXPRESSION_INDEX[name]], label=name, lw=1)
    axes[2].set(ylim=(0, 1.02), ylabel="life")
    axes[2].legend(loc="upper right", ncols=5, fontsize="small")
    axes[3].plot(times, np.rad2deg(face.gaze[:, 0]), label="yaw, + left", lw=1)
    axes[3].plot(times, np.rad2deg(face.gaze[:, 1]), label="pitch, + down", lw=1)
    axes[3].set(ylabel="gaze, degrees", xlabel="seconds", xlim=(0, seconds))
    axes[3].legend(loc="upper right", ncols=2, fontsize="small")
    with whole_file(path, PictureError) as part:
        figure.savefig(part, format="png")
