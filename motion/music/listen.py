"""Hearing a whole song: sound in, song map out. The steps live in their own modules; this one puts them in order."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from motion.music.bars import find_bars
from motion.music.beats import track_beats
from motion.music.energy import energy_curve
from motion.music.key import find_key
from motion.music.onsets import find_onsets
from motion.music.sections import find_sections
from motion.music.song_map import SongMap
from motion.music.spectrum import analyse
from motion.music.vocal import stem_activity, vocal_activity

__all__ = ["Progress", "listen"]

Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done."""

SECONDS_PER_PSEUDO_BAR = 2.0


def _no_progress(share: float, what: str) -> None:
    del share, what


def listen(
    samples_mono: NDArray[np.float32],
    rate: int,
    *,
    title: str = "",
    artist: str = "",
    sha256: str = "",
    stereo: NDArray[np.float32] | None = None,
    vocal_stem: NDArray[np.float32] | None = None,
    progress: Progress | None = None,
) -> SongMap:
    """The song map of a sound. The same sound gives the same map, to the bit on one machine.

    Args:
        samples_mono: (samples,) float32, finite, at least half a second.
        rate: Hz, any from 8000.
        stereo: (samples, channels) the same sound before it was made mono; its centre helps to find the voice.
        vocal_stem: (samples,) the voice alone at the same rate, if there is one; makes the vocal curve exact.
        progress: told the share done and the step's name.

    Returns:
        A map; silence and sound without a pulse have bpm 0 and no beats.
    """
    tell = progress or _no_progress
    duration = len(samples_mono) / rate
    tell(0.0, "spectrum")
    spectrum = analyse(samples_mono, rate)
    energy = energy_curve(spectrum)
    silent = not any(energy.values)
    tell(0.3, "beats")
    onsets = find_onsets(spectrum)
    track = track_beats(onsets, duration)
    tell(0.5, "bars")
    metre = find_bars(track.times, spectrum, onsets)
    tell(0.6, "voice")
    if vocal_stem is None:
        vocal = vocal_activity(samples_mono if stereo is None else stereo, rate)
    else:
        vocal = stem_activity(vocal_stem, rate, duration)
    tell(0.9, "sections")
    if metre.bars:
        edges = np.array([bar.start for bar in metre.bars] + [metre.bars[-1].end])
    else:
        edges = np.arange(0.0, duration, SECONDS_PER_PSEUDO_BAR)
    sections = find_sections(edges, spectrum, energy, vocal)
    tell(1.0, "done")
    return SongMap(
        title=title,
        artist=artist,
        sound_sha256=sha256,
        duration=duration,
        bpm=0.0 if silent else round(track.bpm, 2),
        beats=[float(t) for t in track.times],
        downbeats=[float(t) for t in metre.downbeats],
        bars=list(metre.bars),
        sections=sections,
        energy=energy,
        key="" if silent else find_key(spectrum.chroma, spectrum.bass),
        vocal=vocal,
    )
