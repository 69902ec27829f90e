"""Nothing louder than full scale reaches the loudspeaker: what would be cut off square is rounded, without a delay."""

import numpy as np

from performer.voice.front.stage import Samples

__all__ = ["rounded"]

# Untouched up to here (-2 dBFS); what lies above comes nearer and nearer to the ceiling (-0.1 dBFS).
_KNEE, _CEILING = np.float32(0.8), np.float32(0.99)


def rounded(block: Samples) -> Samples:
    """(n,) any level -> (n,) within +-0.99; the same block where nothing is above the knee."""
    loud = np.abs(block)
    if not len(block) or loud.max() <= _KNEE:
        return block
    room = _CEILING - _KNEE
    bent = _KNEE + room * np.tanh((loud - _KNEE) / room)
    return np.where(loud > _KNEE, np.copysign(bent, block), block).astype(np.float32)
