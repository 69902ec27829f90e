"""Whole recordings through a foreign model, in long windows that overlap, with the best pitch that there is."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from performer.voice.foreign.content import CONTENT_RATE
from performer.voice.foreign.graph import Graph
from performer.voice.foreign.kinds import ForeignError
from performer.voice.foreign.model import PITCH_HOP, ForeignModel
from performer.voice.foreign.stream import fitted, is_silent
from performer.voice.foreign.window import GRID_SECONDS, OFFLINE, Seam, Window
from performer.voice.sound import resample

__all__ = ["OUT_RATE", "PitchFinder", "convert", "find_pitch", "rmvpe"]

OUT_RATE = 48_000
PitchFinder = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""(n,) at 16 kHz -> (n // 160 + 1,) hertz every 10 ms from 0, 0 = unvoiced."""
# RMVPE's own voicing threshold, as its users set it.
_RMVPE_THRESHOLD = 0.3
_GRID = round(GRID_SECONDS * CONTENT_RATE)
_RMVPE_SECONDS, _RMVPE_MARGIN = 20, 1


def find_pitch(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """By swift-f0, which hears 160 ms ahead: a `PitchFinder`."""
    from swift_f0 import SwiftF0

    frames = len(sound) // PITCH_HOP + 1
    if len(sound) < PITCH_HOP:
        return np.zeros(frames, np.float32)
    found = SwiftF0(threads=1, spin=False).detect(sound, CONTENT_RATE, 50.0, 1250.0)
    times = np.asarray(found.timestamps, np.float64)
    hertz = np.where(np.asarray(found.confidence) >= 0.5, np.asarray(found.pitch_hz), 0.0)
    place = np.interp(np.arange(frames) * PITCH_HOP / CONTENT_RATE, times, np.arange(len(times)))
    low = np.floor(place).astype(np.intp)
    high, rest = np.minimum(low + 1, len(times) - 1), place - low
    before, after = hertz[low], hertz[high]
    both = before * (1 - rest) + after * rest
    return np.where((before > 0) & (after > 0), both, np.where(rest < 0.5, before, after)).astype(np.float32)


def rmvpe(model: bytes, threads: int = 1) -> PitchFinder:
    """A `PitchFinder` of an RMVPE graph: `waveform` [1,N], `threshold` [1] -> hertz, 100 a second.

    Raises:
        ForeignError: another kind of graph.
    """
    graph = Graph(model, "the pitch model", threads)
    found = {tensor.name: tensor for tensor in graph.inputs}
    if set(found) != {"waveform", "threshold"}:
        names = ", ".join(map(str, graph.inputs))
        raise ForeignError(f"the pitch model takes {names}; RMVPE with waveform [1,N] and threshold [1] is known")

    def find(sound: NDArray[np.float32]) -> NDArray[np.float32]:
        frames = len(sound) // PITCH_HOP + 1
        parts: list[NDArray[np.float32]] = []
        step, margin = _RMVPE_SECONDS * CONTENT_RATE, _RMVPE_MARGIN * CONTENT_RATE
        for start in range(0, frames * PITCH_HOP, step):
            low = max(0, start - margin)
            piece = sound[low : start + step + margin]
            # It halves its spectrogram five times: short ends are filled up.
            piece = fitted(piece, max(len(piece), CONTENT_RATE))
            hertz = graph.run({"waveform": piece[None], "threshold": np.array([_RMVPE_THRESHOLD], np.float32)})
            parts.append(fitted(hertz.reshape(-1)[(start - low) // PITCH_HOP :], step // PITCH_HOP))
        return fitted(np.concatenate(parts), frames)

    return find


def convert(
    samples: NDArray[np.float32],
    rate: int,
    model: ForeignModel,
    *,
    semitones: float = 0.0,
    pitch: PitchFinder = find_pitch,
    window: Window = OFFLINE,
    tell: Callable[[float], None] | None = None,
) -> NDArray[np.float32]:
    """A whole recording.

    Args:
        samples: (n,) mono at `rate`. semitones: by how much it is sung higher. pitch: who finds its pitch.
        tell: is told the share that is done, 0..1.

    Returns:
        (n * 48000 / rate,) at 48 kHz, in time with what came in.
    """
    wanted = round(len(samples) * OUT_RATE / rate)
    sound = resample(np.nan_to_num(samples, posinf=0.0, neginf=0.0).astype(np.float32), rate, CONTENT_RATE)
    if not len(sound):
        return np.zeros(wanted, np.float32)
    hertz = pitch(sound) * np.float32(2 ** (semitones / 12))
    if len(sound) < window.chunk * CONTENT_RATE:
        window = replace(window, chunk=-(-len(sound) // _GRID) * GRID_SECONDS)
    context, chunk, _, search = window.samples(CONTENT_RATE)
    before, length = context + search // 2, context + chunk + round(window.tail * CONTENT_RATE)
    # The first window's context is silence; `before` keeps features on the grid of the sound's own start.
    before = -(-before // (2 * PITCH_HOP)) * 2 * PITCH_HOP
    seam = Seam(window, model.rate)
    parts: list[NDArray[np.float32]] = []
    starts = range(-before, len(sound) - context, chunk)
    for done, start in enumerate(starts, 1):
        piece = _stretch(sound, start, length)
        if is_silent(piece):
            audio = np.zeros(round(length * model.rate / CONTENT_RATE), np.float32)
        else:
            audio = model.render(piece, _stretch(hertz, start // PITCH_HOP, length // PITCH_HOP), start)
        parts.append(seam.join(audio))
        if tell is not None:
            tell(done / len(starts))
    # The first chunk begins context + search / 2 behind its window's start.
    late = round((before - context) * model.rate / CONTENT_RATE) - window.samples(model.rate)[3] // 2
    whole = np.concatenate(parts)[late:]
    return fitted(resample(whole, model.rate, OUT_RATE), wanted)


def _stretch(values: NDArray[np.float32], start: int, length: int) -> NDArray[np.float32]:
    """values[start : start + length] with zeros where there is nothing."""
    found = values[max(0, start) : max(0, start + length)]
    return fitted(np.concatenate([np.zeros(max(0, min(length, -start)), np.float32), found]), length)
