"""A whole recording through a voice and a style: the sound of every part. Any kind of voice, or none at all.

Without a voice the recording's own frames are sung again, so that tuning, formants, takes and harmonies are there for
one's own voice too.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import CONTENT_RATE, HOP_SECONDS
from performer.voice.convert.frames import Frames
from performer.voice.convert.offline import convert_frames
from performer.voice.convert.voice_file import VoiceFile
from performer.voice.mix.lay import Sung
from performer.voice.sound import resample
from performer.voice.style.apply import Part, style_whole
from performer.voice.style.copy import frames_of, pitch_of
from performer.voice.style.scale import Scale
from performer.voice.style.style import Style
from performer.voice.style.transpose import auto_transpose, transposed
from performer.voice.synth import SYNTHESIS_RATE, Synthesiser

__all__ = ["TURNED_RATE", "Tell", "Turned", "turn"]

TURNED_RATE = SYNTHESIS_RATE
Tell = Callable[[str, float], None]
_FRAMES = 500
# 16 bits' own noise: digital silence has no logarithm.
_SILENT = 1e-6
_HOP = round(CONTENT_RATE * HOP_SECONDS)
_PIECE = 30 * CONTENT_RATE
# Power beside the loud singing below which a pitch is no singing: -30 dB, softer than a piano phrase beside a forte.
_SOFT = 1e-3


@dataclass(frozen=True, slots=True)
class Turned:
    """parts: at 48 kHz, the lead first, each as long as the recording. semitones: by which it was transposed. scale:
    what it was tuned to or found to be in, None where nobody asked. hertz: (frames,) of the lead, every 10 ms."""

    parts: tuple[Sung, ...]
    semitones: float
    scale: Scale | None
    hertz: NDArray[np.float32]


def _nothing(stage: str, share: float) -> None:
    """Nobody is told."""


def turn(
    samples: NDArray[np.float32],
    rate: int,
    voice: VoiceFile | None,
    style: Style,
    *,
    octaves_only: bool = False,
    seed: int = 0,
    tell: Tell = _nothing,
) -> Turned:
    """The recording in another voice, or in its own one otherwise.

    Args:
        samples: (n,) mono.
        octaves_only: an automatic transposition keeps the key, for a song's accompaniment.
        tell: stage and share that is done, 0..1.
    """
    semitones = style.transpose
    if semitones == "auto":
        semitones = 0.0
        if voice is not None:
            hertz = _sung(resample(samples, rate, CONTENT_RATE), lambda share: tell("finding the range", share))
            reach = voice.card.range
            semitones = float(auto_transpose(hertz, reach.low, reach.middle, reach.high, octaves_only=octaves_only))
    length = round(len(samples) * TURNED_RATE / rate)
    if max(samples.max(initial=0.0), -samples.min(initial=0.0)) <= _SILENT:
        silence = np.zeros(length, np.float32)
        return Turned((Sung(Part("lead"), silence),), semitones, None, np.zeros(0, np.float32))
    if voice is not None and voice.card.kind == "foreign":
        from performer.voice.foreign.voice import convert_recording

        sound = convert_recording(
            samples, rate, voice, semitones=semitones, tell=lambda share: tell("converting", share)
        )
        if msgspec.structs.replace(style, transpose=0.0) == Style():
            hertz = pitch_of(resample(sound, TURNED_RATE, CONTENT_RATE))
            return Turned((Sung(Part("lead"), _fitted(sound, length)),), semitones, None, hertz)
        frames = frames_of(sound, TURNED_RATE, lambda share: tell("styling", share))
    elif voice is None:
        frames = transposed(frames_of(samples, rate, lambda share: tell("listening", share)), semitones)
    else:
        frames = convert_frames(samples, rate, voice, semitones=semitones, tell=lambda share: tell("converting", share))
    styled = style_whole(frames, style, semitones=semitones, seed=seed)
    sung: list[Sung] = []
    for place, line in enumerate(styled.lines):

        def share(done: float, place: int = place) -> None:
            tell("singing", (place + done) / len(styled.lines))

        sung.append(Sung(line.part, _sound(line.frames, length, line.part.seed, share)))
    return Turned(tuple(sung), semitones, styled.scale, styled.lines[0].frames.hertz)


def _sung(samples: NDArray[np.float32], tell: Callable[[float], None]) -> NDArray[np.float32]:
    """samples: (n,) at 16 kHz -> (frames,) hertz of what is sung, 0 elsewhere.

    What a parted stem keeps of its band between the phrases has a pitch too, but is far softer than the voice.
    """
    pitches: list[NDArray[np.float32]] = [np.zeros(0, np.float32)]
    # In pieces: of forty minutes at once the network's layers would fill gigabytes.
    for first in range(0, len(samples), _PIECE):
        tell(first / len(samples))
        pitches.append(pitch_of(samples[first : first + _PIECE]))
    hertz = np.concatenate(pitches)
    power = np.square(samples[: len(hertz) * _HOP]).reshape(len(hertz), _HOP).mean(axis=1)
    voiced = hertz > 0
    loud = np.percentile(power[voiced], 95) if voiced.any() else 0.0
    return np.where(power >= loud * _SOFT, hertz, 0.0).astype(np.float32)


def _sound(frames: Frames, length: int, seed: int, tell: Callable[[float], None]) -> NDArray[np.float32]:
    """(length,) at 48 kHz, from the first frame's time on."""
    maker = Synthesiser(TURNED_RATE, seed)
    out = np.zeros(length, np.float32)
    # The hop that ends at frame 0 lies before the sound.
    at = -maker.hop
    for first in range(0, len(frames), _FRAMES):
        part = frames[first : first + _FRAMES]
        sound = maker.feed(part.hertz, part.density, part.noise)
        fits = sound[max(0, -at) : max(0, length - at)]
        out[max(0, at) : max(0, at) + len(fits)] = fits
        at += len(sound)
        tell(min(1.0, (first + _FRAMES) / len(frames)))
    return out


def _fitted(sound: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    return np.pad(sound[:length], (0, max(0, length - len(sound))))
