"""Hearing a song: sound in, song map out. The steps live in their own modules; this one puts them in order."""

from collections.abc import Callable

import numpy as np
import soxr
from numpy.typing import NDArray

from motion.music.bars import find_bars
from motion.music.beats import track_beats
from motion.music.energy import energy_curve
from motion.music.key import find_key
from motion.music.onsets import find_onsets
from motion.music.sections import find_sections
from motion.music.song_map import Curve, SongMap
from motion.music.spectrum import RATE, analyse
from motion.music.vocal import mix_activity, stem_activity
from motion.music.voice_features import VoiceFeatures

__all__ = ["TAKING_IN", "Listener", "Progress", "listen"]

Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done."""

SECONDS_PER_PSEUDO_BAR = 2.0
PIECE_SECONDS = 60
TAKING_IN = 0.65
"""Share of the work that is done while the sound comes in."""


def _no_progress(share: float, what: str) -> None:
    del share, what


class Listener:
    """Hears a song piece by piece; the map is the same whatever the pieces were.

    Kept of the sound is one channel at 22050 Hz: 5 MB a minute.
    """

    def __init__(self, rate: int, *, find_voice: bool = True) -> None:
        """rate: Hz, any from 8000. find_voice: off where the vocal curve comes from a stem."""
        self._rate = rate
        self._fed = 0
        self._resampler = soxr.ResampleStream(rate, RATE, 1, dtype="float32") if rate != RATE else None
        # Grows in place; joining a list of arrays would need twice the memory.
        self._collected = bytearray()
        self._voice = VoiceFeatures(rate) if find_voice else None

    def feed(self, block: NDArray[np.float32]) -> None:
        """block: (samples,) or (samples, channels) float32, finite."""
        mono = block if block.ndim == 1 else block.mean(axis=1, dtype=np.float32)
        self._fed += len(mono)
        self._keep(mono, last=False)
        if self._voice is not None:
            self._voice.feed(block)

    def _keep(self, mono: NDArray[np.float32], *, last: bool) -> None:
        if self._resampler is not None:
            mono = np.asarray(self._resampler.resample_chunk(np.ascontiguousarray(mono), last=last), np.float32)
        self._collected += np.ascontiguousarray(mono, np.float32).tobytes()

    @property
    def mono(self) -> NDArray[np.float32]:
        """(samples,) what was kept of the sound, at motion.music.spectrum.RATE; complete after `finish`."""
        return np.frombuffer(self._collected, np.float32)

    def finish(
        self,
        *,
        title: str = "",
        artist: str = "",
        sha256: str = "",
        vocal: Curve | None = None,
        progress: Progress | None = None,
    ) -> SongMap:
        """The song map of all that was fed. Once.

        Args:
            vocal: where somebody sings, known from a stem; without it what was found in the mix.

        Returns:
            A map; silence and sound without a pulse have bpm 0 and no beats.
        """
        tell = progress or _no_progress
        duration = self._fed / self._rate
        self._keep(np.zeros(0, np.float32), last=True)
        if vocal is None:
            tell(TAKING_IN, "voice")
            vocal = mix_activity(self._voice.finish()) if self._voice is not None else Curve(0.05, [])
        tell(0.7, "spectrum")
        spectrum = analyse(np.frombuffer(self._collected, np.float32), RATE, duration=duration)
        energy = energy_curve(spectrum)
        silent = not any(energy.values)
        tell(0.75, "beats")
        onsets = find_onsets(spectrum)
        track = track_beats(onsets, duration)
        tell(0.9, "bars")
        metre = find_bars(track.times, spectrum, onsets)
        tell(0.95, "sections")
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
    """The song map of a sound that is there as a whole. The same sound gives the same map, to the bit on one machine.

    Args:
        samples_mono: (samples,) float32, finite, at least half a second.
        rate: Hz, any from 8000.
        stereo: (samples, channels) the same sound before it was made mono; its centre helps to find the voice.
        vocal_stem: (samples,) the voice alone at the same rate, if there is one; makes the vocal curve exact.
        progress: told the share done and the step's name.
    """
    tell = progress or _no_progress
    sound = samples_mono if stereo is None else stereo
    ears = Listener(rate, find_voice=vocal_stem is None)
    for first in range(0, len(sound), PIECE_SECONDS * rate):
        tell(TAKING_IN * first / len(sound), "voice")
        ears.feed(sound[first : first + PIECE_SECONDS * rate])
    vocal = None if vocal_stem is None else stem_activity(vocal_stem, rate, len(sound) / rate)
    return ears.finish(title=title, artist=artist, sha256=sha256, vocal=vocal, progress=progress)
