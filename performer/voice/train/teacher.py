"""What Whisper's encoder hears: 512 numbers every 20 ms for each clip, kept beside the other features.

It is asked in windows of 30 s with several clips in each (short windows padded with silence cost as much as full ones
and sound different to it). Its last layer keys badly on its own; `probe` turns it into phones.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["TEACHER_HOP_SAMPLES", "Teacher"]

TEACHER_HOP_SAMPLES = 320
_WINDOW_SAMPLES = 480_000
_LONGEST_SAMPLES = 464_000
_GAP_HOPS = 20


class Teacher:
    """Whisper's encoder on packed windows."""

    def __init__(self, model: Path, threads: int = 1) -> None:
        """model: folder of a CTranslate2 Whisper."""
        from faster_whisper import WhisperModel

        self._model = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=threads)

    def hear(self, clips: Iterable[tuple[str, NDArray[np.float32]]]) -> Iterator[tuple[str, NDArray[np.float16]]]:
        """(key, (n,) at 16 kHz) -> (key, (n // 320, 512)); clips over 29 s are heard in parts and joined."""
        waiting: list[tuple[str, list[NDArray[np.float32]]]] = []
        filled = 0
        for key, samples in clips:
            parts = [samples[at : at + _LONGEST_SAMPLES] for at in range(0, len(samples), _LONGEST_SAMPLES)]
            if len(parts) > 1:
                yield key, np.concatenate([self._window([part])[0] for part in parts])
                continue
            need = len(samples) + (_GAP_HOPS + 2) * TEACHER_HOP_SAMPLES
            if filled + need > _WINDOW_SAMPLES and waiting:
                yield from self._answers(waiting)
                waiting, filled = [], 0
            waiting.append((key, parts))
            filled += need
        if waiting:
            yield from self._answers(waiting)

    def _answers(
        self, waiting: Sequence[tuple[str, list[NDArray[np.float32]]]]
    ) -> Iterator[tuple[str, NDArray[np.float16]]]:
        found = self._window([parts[0] for _, parts in waiting])
        yield from zip((key for key, _ in waiting), found, strict=True)

    def _window(self, clips: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float16]]:
        import ctranslate2

        window = np.zeros(_WINDOW_SAMPLES, np.float32)
        places: list[tuple[int, int]] = []
        hop = 0
        for clip in clips:
            start = hop * TEACHER_HOP_SAMPLES
            window[start : start + len(clip)] = clip
            places.append((hop, len(clip) // TEACHER_HOP_SAMPLES))
            hop += len(clip) // TEACHER_HOP_SAMPLES + _GAP_HOPS
        bands = self._model.feature_extractor(window, padding=0)[:, : _WINDOW_SAMPLES // 160]
        asked = ctranslate2.StorageView.from_array(np.ascontiguousarray(bands[None], np.float32))
        heard = np.array(self._model.model.encode(asked, to_cpu=True))[0]
        return [heard[first : first + count].astype(np.float16) for first, count in places]
