"""A whole recording through a voice: the live chain from first to last sample, its delay taken off."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import HOP_SECONDS
from performer.voice.convert.chain import CHAIN_DELAY, Converter
from performer.voice.convert.frames import Frames, joined
from performer.voice.convert.hear import EAR_RATE, Ear
from performer.voice.convert.open_network import open_content
from performer.voice.convert.speaker import Blend, Speaker
from performer.voice.convert.voice_file import VoiceFile
from performer.voice.sound import resample

__all__ = ["convert", "convert_frames"]

_BLOCK = EAR_RATE // 2


def _blocks(samples: NDArray[np.float32], rate: int, after: int) -> list[NDArray[np.float32]]:
    """At 48 kHz, with `after` samples of silence behind."""
    sound = samples if rate == EAR_RATE else resample(samples, rate, EAR_RATE)
    sound = np.concatenate([sound.astype(np.float32), np.zeros(after, np.float32)])
    return [sound[at : at + _BLOCK] for at in range(0, len(sound), _BLOCK)]


def convert(
    samples: NDArray[np.float32],
    rate: int,
    voice: VoiceFile,
    *,
    semitones: float = 0.0,
    blend: Blend | None = None,
    restyle: Callable[[Frames], Frames] | None = None,
) -> NDArray[np.float32]:
    """samples: (n,) mono at `rate` -> (n * 48000 / rate,) at 48 kHz, in time with what came in."""
    length = round(len(samples) * EAR_RATE / rate)
    converter = Converter(voice, semitones=semitones, blend=blend, restyle=restyle)
    parts = [converter.feed(block, 0.0).audio for block in _blocks(samples, rate, CHAIN_DELAY)]
    return np.concatenate([np.zeros(0, np.float32), *parts])[CHAIN_DELAY:][:length]


def convert_frames(
    samples: NDArray[np.float32],
    rate: int,
    voice: VoiceFile,
    *,
    semitones: float = 0.0,
    blend: Blend | None = None,
    tell: Callable[[float], None] | None = None,
) -> Frames:
    """The same before it sounds: frame i at i * 10 ms less a millisecond. tell: share that is done, 0..1."""
    ear, speaker = Ear(open_content(voice)), Speaker(voice, blend)
    wanted = int(len(samples) / rate / HOP_SECONDS) + 1
    blocks = _blocks(samples, rate, CHAIN_DELAY)
    parts: list[Frames] = []
    for place, block in enumerate(blocks, 1):
        parts.append(speaker.feed(ear.feed(block), 2 ** (semitones / 12)))
        if tell is not None:
            tell(place / len(blocks))
    return joined(parts)[:wanted]
