"""Any voice file as what the rest asks for: a stream for a microphone, or a whole recording (a shell: a slow foreign
model is timed before it is used live)."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from performer.voice.convert.chain import Converter
from performer.voice.convert.offline import convert
from performer.voice.convert.voice_file import VoiceFile
from performer.voice.library import own_content
from performer.voice.stream import VoiceStream

__all__ = ["convert_with", "stream_of"]


def stream_of(voice: VoiceFile, semitones: float = 0.0) -> VoiceStream:
    """For a microphone at 48 kHz."""
    if voice.card.kind == "foreign":
        from performer.voice.convert.beside import WithPhones
        from performer.voice.foreign.voice import live_voice

        stream = live_voice(voice, time.perf_counter, semitones=semitones)
        content = own_content()
        return stream if content is None else WithPhones(stream, content)
    return Converter(voice, semitones=semitones)


def convert_with(
    samples: NDArray[np.float32],
    rate: int,
    voice: VoiceFile,
    *,
    semitones: float = 0.0,
    tell: Callable[[float], None] | None = None,
) -> NDArray[np.float32]:
    """(n,) mono at `rate` -> (n * 48000 / rate,) at 48 kHz, in time with what came in. tell: share done, 0..1."""
    if voice.card.kind == "foreign":
        from performer.voice.foreign.voice import convert_recording

        return convert_recording(samples, rate, voice, semitones=semitones, tell=tell)
    out = convert(samples, rate, voice, semitones=semitones)
    if tell is not None:
        tell(1.0)
    return out
