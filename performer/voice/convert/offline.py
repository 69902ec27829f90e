"""A whole recording through a voice: the live chain from first to last sample, its delay taken off."""

from collections.abc import Callable, Iterator

import numpy as np
import soxr
from numpy.typing import NDArray

from performer.voice.bands import HOP_SECONDS
from performer.voice.convert.chain import CHAIN_DELAY, Converter
from performer.voice.convert.frames import Frames, joined
from performer.voice.convert.hear import EAR_RATE, Ear
from performer.voice.convert.open_network import open_content
from performer.voice.convert.speaker import Blend, Speaker
from performer.voice.convert.voice_file import VoiceFile

__all__ = ["convert", "convert_frames"]


def _blocks(samples: NDArray[np.float32], rate: int, after: int) -> Iterator[tuple[NDArray[np.float32], float]]:
    """At 48 kHz, with `after` samples of silence behind, and which share that was; a long sound is not copied."""
    rates = None if rate == EAR_RATE else soxr.ResampleStream(rate, EAR_RATE, 1, dtype="float32")
    step = max(1, rate // 2)
    for at in range(0, len(samples), step):
        block = samples[at : at + step].astype(np.float32, copy=False)
        done = at + len(block)
        yield block if rates is None else rates.resample_chunk(block, last=done == len(samples)), done / len(samples)
    yield np.zeros(after, np.float32), 1.0


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
    parts = [converter.feed(block, 0.0).audio for block, _ in _blocks(samples, rate, CHAIN_DELAY)]
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
    parts: list[Frames] = []
    for block, share in _blocks(samples, rate, CHAIN_DELAY):
        parts.append(speaker.feed(ear.feed(block), 2 ** (semitones / 12)))
        if tell is not None:
            tell(share)
    return joined(parts)[:wanted]
