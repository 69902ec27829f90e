"""Phones of English recordings with a known text, by pocketsphinx's forced alignment: what the probe learns from."""

import re
import subprocess
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from performer.voice.phones import PHONES, arpabet_of_ipa

if TYPE_CHECKING:
    from pocketsphinx import Decoder

__all__ = ["Aligner"]

# Its frame i is centred 12.8 ms after i * 10 ms; without the shift the label eats the look-ahead.
_SHIFT_FRAMES = 1


class Aligner:
    """Text and sound to a phone for each 10 ms."""

    def __init__(self) -> None:
        self._decoder = self._fresh()

    @staticmethod
    def _fresh() -> "Decoder":
        from pocketsphinx import Decoder

        return Decoder(lm=None, loglevel="FATAL")

    def align(self, samples: NDArray[np.float32], text: str) -> NDArray[np.int8] | None:
        """samples: (n,) at 16 kHz -> (n // 160,) places in PHONES, 0 = silence; None where the text does not fit."""
        words = re.sub(r"[^a-z' ]", " ", text.lower()).split()
        if not words:
            return None
        try:
            return self._aligned(samples, words)
        except RuntimeError:
            # A decoder that failed once fails on what comes after it too.
            self._decoder = self._fresh()
            return None

    def _aligned(self, samples: NDArray[np.float32], words: list[str]) -> NDArray[np.int8] | None:
        decoder = self._decoder
        for word in words:
            if decoder.lookup_word(word) is None:
                spoken = " ".join(_spell(word))
                if not spoken:
                    return None
                decoder.add_word(word, spoken, True)
        raw = (np.clip(samples, -1, 1) * 32_000).astype(np.int16).tobytes()
        decoder.set_align_text(" ".join(words))
        self._decode(raw)
        if decoder.hyp() is None:
            return None
        decoder.set_alignment()
        self._decode(raw)
        out = np.zeros(len(samples) // 160, np.int8)
        for word in decoder.get_alignment():
            for phone in word:
                first = phone.start + _SHIFT_FRAMES
                out[first : first + phone.duration] = PHONES.index(phone.name) if phone.name in PHONES else 0
        return out

    def _decode(self, raw: bytes) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(raw, full_utt=True)
        self._decoder.end_utt()


def _spell(word: str) -> list[str]:
    """ARPAbet of a word that the dictionary lacks, by espeak-ng."""
    said = subprocess.run(
        ["espeak-ng", "-q", "--ipa", "-v", "en-us", word], capture_output=True, text=True, check=False
    ).stdout
    return arpabet_of_ipa(said)
