"""Phones beside a voice that tells none: our own content network hears the same microphone, for the lips."""

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import HOP_SECONDS
from performer.voice.convert.hear import EAR_DELAY, EAR_RATE, Ear
from performer.voice.convert.network import StreamingNetwork
from performer.voice.phones import IPA_OF, PHONES
from performer.voice.stream import Phone, VoiceBlock, VoiceStream

__all__ = ["WithPhones"]


class WithPhones:
    """Sound, pitch and delay are the voice's own; each frame that names a phone is one, at the time when it sounds."""

    def __init__(self, voice: VoiceStream, content: bytes) -> None:
        """voice: at 48 kHz. content: a content network as ONNX."""
        if voice.rate != EAR_RATE:
            raise ValueError(f"phones are heard at {EAR_RATE} Hz, the voice runs at {voice.rate}")
        self._voice, self._content = voice, content
        self.reset()

    @property
    def rate(self) -> int:
        return self._voice.rate

    @property
    def latency(self) -> float:
        return self._voice.latency

    def reset(self) -> None:
        self._voice.reset()
        self._ear = Ear(StreamingNetwork(self._content))
        self._fed = self._frame = 0

    def feed(self, block: NDArray[np.float32], t: float) -> VoiceBlock:
        """block: (n,) any length, its first sample at media time `t`."""
        made = self._voice.feed(block, t)
        heard = self._ear.feed(np.clip(np.nan_to_num(block), -1.0, 1.0))
        # Frame i lies EAR_DELAY before sample 480 i.
        first = t + made.latency - (self._fed + EAR_DELAY) / EAR_RATE
        self._fed += len(block)
        phones: list[Phone] = []
        for place, number in enumerate(heard.phones.argmax(axis=1).tolist()):
            if name := IPA_OF[PHONES[number]]:
                start = first + (self._frame + place) * HOP_SECONDS
                phones.append(Phone(start, start + HOP_SECONDS, name, float(heard.phones[place, number])))
        self._frame += len(heard)
        return VoiceBlock(made.audio, tuple(phones), made.pitch, made.latency)
