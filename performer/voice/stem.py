"""A stem beside its song: the same rate and length, or a word on why it cannot be of that song. No file in here."""

import numpy as np
from numpy.typing import NDArray

from performer.voice.sound import Sound, SoundError, resample

__all__ = ["MOST_APART", "stem_beside"]

# Seconds by which exports of one song differ at their ends; more is another song.
MOST_APART = 2.0


def stem_beside(stem: Sound, song: Sound, name: str) -> NDArray[np.float32]:
    """(n,) mono of `stem` at the song's rate, cut or filled with silence to the song's n samples.

    Args:
        name: of the stem, for the message.

    Raises:
        SoundError: its length is far off.
    """
    if abs(stem.seconds - song.seconds) > MOST_APART:
        raise SoundError(
            f"the stem {name} lasts {stem.seconds:.1f} s, the song {song.seconds:.1f} s; "
            "both must start and end together"
        )
    mono = resample(stem.mono, stem.rate, song.rate)
    fitted = np.zeros(len(song.samples), dtype=np.float32)
    count = min(len(mono), len(fitted))
    fitted[:count] = mono[:count]
    return fitted
