"""The columns of `voice_columns` every VOICE_HOP seconds of a sound that comes in pieces."""

from typing import TYPE_CHECKING

import numpy as np
import soxr
from numpy.typing import NDArray

from motion.music.voice_columns import FEATURES, HOP, RATE, SIZE, Frames, voice_columns

if TYPE_CHECKING:
    from swift_f0 import SwiftF0

__all__ = ["VOICE_HOP", "VoiceFeatures", "voice_features"]

VOICE_HOP = 0.05
_BLOCK_SECONDS = 60.0
_MARGIN_SECONDS = 3.0
_SILENCE = np.array([-6.0 if name.startswith("level") else 0.0 for name in FEATURES], np.float32)


class VoiceFeatures:
    """Takes a sound in pieces of any size and works in minutes, so that length costs no memory.

    Whatever the pieces were, `finish` gives the same: the minutes are cut by the sound's own time.
    """

    def __init__(self, rate: int) -> None:
        """rate: Hz."""
        self._rate = rate
        self._resampler: soxr.ResampleStream | None = None
        self._detector: SwiftF0 | None = None
        self._fed = 0
        self._kept = np.zeros((0, 1), np.float32)
        self._kept_from = 0
        self._rows: list[Frames] = []
        self._first = 0

    def feed(self, block: NDArray[np.float32]) -> None:
        """block: (samples,) or (samples, channels) float32; of more than two channels the first two count."""
        sides = block[:, None] if block.ndim == 1 else block[:, :2]
        self._fed += len(sides)
        self._take(sides, last=False)
        per_block = round(_BLOCK_SECONDS / VOICE_HOP)
        # One moment more than the block's own: the last minute must not be found empty by `finish`.
        while self._kept_from + len(self._kept) > self._end(self._first + per_block):
            self._minute(self._first + per_block)

    def finish(self) -> Frames:
        """(moments, len(FEATURES)), moment k at k * VOICE_HOP seconds."""
        total = int(np.ceil(self._fed / self._rate / VOICE_HOP)) + 1
        self._take(np.zeros((0, self._kept.shape[1]), np.float32), last=True)
        per_block = round(_BLOCK_SECONDS / VOICE_HOP)
        while self._first < total:
            self._minute(min(total, self._first + per_block))
        return np.concatenate(self._rows)[:total]

    def _take(self, sides: NDArray[np.float32], *, last: bool) -> None:
        if self._resampler is None:
            channels = sides.shape[1]
            self._kept = np.zeros((0, channels), np.float32)
            self._resampler = soxr.ResampleStream(self._rate, RATE, channels, dtype="float32")
        low = np.asarray(self._resampler.resample_chunk(np.ascontiguousarray(sides, np.float32), last=last), np.float32)
        self._kept = np.concatenate([self._kept, low.reshape(-1, self._kept.shape[1])])

    @staticmethod
    def _end(stop: int) -> int:
        """Samples at RATE that the moments before `stop` look at."""
        return int((stop * VOICE_HOP + _MARGIN_SECONDS) * RATE)

    def _minute(self, stop: int) -> None:
        """The rows of the moments from the first that is missing to `stop`."""
        first = self._first
        begin = int(max(0.0, first * VOICE_HOP - _MARGIN_SECONDS) * RATE)
        piece = self._kept[begin - self._kept_from : self._end(stop) - self._kept_from]
        left, right = np.ascontiguousarray(piece[:, 0]), np.ascontiguousarray(piece[:, -1])
        if len(left) < SIZE or float(np.max(np.abs(left) + np.abs(right))) < 1e-4:
            self._rows.append(np.repeat(_SILENCE[None], stop - first, axis=0))
        else:
            rows = self._hear(left, right)
            at = (np.arange(first, stop) * VOICE_HOP - begin / RATE) * RATE / HOP
            self._rows.append(rows[np.clip(np.round(at).astype(int), 0, len(rows) - 1)])
        self._first = stop
        keep = max(self._kept_from, int(max(0.0, stop * VOICE_HOP - _MARGIN_SECONDS) * RATE))
        self._kept = self._kept[keep - self._kept_from :].copy()
        self._kept_from = keep

    def _hear(self, left: NDArray[np.float32], right: NDArray[np.float32]) -> Frames:
        if self._detector is None:
            from swift_f0 import SwiftF0

            self._detector = SwiftF0(threads=1, spin=False)
        return voice_columns(left, right, self._detector)


def voice_features(sound: NDArray[np.float32], rate: int) -> Frames:
    """The same of a whole sound, (samples,) or (samples, channels)."""
    ears = VoiceFeatures(rate)
    ears.feed(sound)
    return ears.finish()
