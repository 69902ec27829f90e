"""One voice's answer to what was heard: pitch, envelope and noise of each frame as the target would sing it.

Voiced frames are the decoder's, its lost movement given back; a preview, whose decoder has not learnt yet, takes the
nearest of the target's own frames. (One clip of a held-out reader to an English target: likeness 0.81 both ways, DNSMOS
2.89 by the decoder, 2.32 by neighbours, which flicker.) In unvoiced frames, where timbre hardly lies, the source's own
spectrum is moved to the target's average and blended with the decoder's, so that breath and bursts stay. Between the
words the room is 12 dB softer. Nothing looks ahead.

Noise share as it is measured (one minus the correlation of neighbouring periods) counts every glide and every room as
breath. In copies of four readers' clips a voice whose noise begins at 2 kHz and grows from there is the better one:
DNSMOS 2.59 with all of it, 2.86 so, 2.87 without any, WORLD's copy 2.87.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError
from performer.voice.bands import BANDS, log_areas
from performer.voice.convert.centre import Centre, at_unit
from performer.voice.convert.codebook import Codebook
from performer.voice.convert.frames import Frames
from performer.voice.convert.hear import LEVEL_SPREAD, HeardFrames
from performer.voice.convert.leaps import Leaps
from performer.voice.convert.movement import Movement
from performer.voice.convert.open_network import open_decoder
from performer.voice.convert.quiet import Quiet
from performer.voice.convert.voice_file import VoiceFile

__all__ = ["Blend", "Speaker"]

# Log power of a 25 ms window less that of the envelope under it: of a voice by measurement on 60 clips (deviation
# 0.07), of noise the window's own energy.
_WINDOW_VOICED, _WINDOW_NOISE = 4.83, 5.01
# What the decoder is told of the pitch ends a little outside of what the target sang: beyond, it would invent.
_MARGIN = 1.06
# Share of the way to another state of the throat that a frame goes.
_THROAT_STEP = 0.5
_THROAT_OPEN, _THROAT_SURE = 0.25, 0.7
_MOST_UNHEARD = 25
# From so far below the loud frames on a frame is a pause, wholly so after so much more; natural log of power.
_PAUSE_BEGINS, _PAUSE_WIDTH = 4.0, 1.5
# Memory of the source's mean colour in unvoiced frames, frames.
_COLOUR_MEMORY = 150.0
_NOISE_BANDS = 8
# Share of the measured noise that sounds in each aperiodicity band of a voiced frame.
_ROUGHNESS = np.array([0.0, 0.0, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0], np.float32)
# What the room loses between the words, natural log of power: 12 dB.
_SOFTER = 2.8


@dataclass(frozen=True, slots=True)
class Blend:
    """nearest: share of the target's own frames in voiced ones, 0..1. clarity: share of the source's own quick movement
    (`movement`) in voiced frames, 0..1. own_consonants: share of the source's own envelope, moved to the target's
    average, in unvoiced frames, 0..1. settling: share of the frame before in the nearest's envelope, 0..1. lift: how
    much of the movement that the decoder lost is given back, 0..1. softer: how much of 12 dB the room loses between the
    words, 0..1."""

    nearest: float = 0.0
    clarity: float = 0.5
    own_consonants: float = 0.8
    settling: float = 0.35
    lift: float = 0.95
    softer: float = 1.0


class Speaker:
    """A voice that answers frame by frame; `reset` forgets."""

    def __init__(self, voice: VoiceFile, blend: Blend | None = None) -> None:
        if voice.statistics is None:
            raise UserError(f"the voice {voice.card.name} lacks its statistics; make it anew")
        self.blend = blend or Blend(nearest=voice.card.nearest)
        self._decoder = open_decoder(voice)
        self._codebook: Codebook | None = None
        if voice.codebook is not None:
            kept = {name: np.asarray(values, np.float32) for name, values in voice.codebook.items()}
            self._codebook = Codebook(
                kept["keys"].astype(np.float16),
                kept["hertz"],
                kept["envelope"].astype(np.float16),
                kept["noise"].astype(np.float16),
            )
        self._statistics = statistics = voice.statistics
        self._heard, self._said = (
            None if means is None else Centre(means) for means in (statistics.content_means, statistics.said_means)
        )
        self._quiet, self._leaps, self._movement = Quiet(), Leaps(), Movement()
        self._lifted = None
        if statistics.said_mean is not None and statistics.lift is not None:
            lift = np.asarray(1 + self.blend.lift * (statistics.lift - 1), np.float32)
            self._lifted = statistics.said_mean, lift
        self._range = voice.card.range
        self.reset()

    def reset(self) -> None:
        self._decoder.reset()
        self._quiet.reset()
        self._leaps.reset()
        for centre in (self._heard, self._said):
            if centre is not None:
                centre.reset()
        self._throat = 0.0
        self._hertz = 0.0
        self._unheard = 0
        self._before = np.zeros(BANDS, np.float32)
        self._colour = self._statistics.unvoiced_mean.copy()
        self._movement.reset()
        self._known = 0.0

    def feed(self, heard: HeardFrames, ratio: float = 1.0) -> Frames:
        """ratio: of the pitch that comes out to the one that was heard."""
        count = len(heard)
        if not count:
            empty = np.zeros((0, BANDS), np.float32)
            return Frames(heard.hertz, empty, np.zeros((0, _NOISE_BANDS), np.float32))
        hertz = self._leaps.feed(heard.hertz, heard.voiced) * np.float32(ratio)
        told = np.minimum(np.maximum(hertz, self._range.low / _MARGIN), self._range.high * _MARGIN)
        sounding = hertz > 0
        prosody = np.empty((count, 3), np.float32)
        prosody[:, 0] = np.log2(told / 220.0) * sounding
        prosody[:, 1] = sounding
        prosody[:, 2] = np.minimum(np.maximum((heard.loudness - heard.level) / LEVEL_SPREAD, -3), 2)
        content = heard.content
        if self._heard is not None:
            content = at_unit(self._heard.feed(content, heard.phones, sounding))
        said = self._decoder.feed(content=content, prosody=prosody)
        envelopes = said["envelope"]
        if self._said is not None:
            envelopes = self._said.feed(envelopes, heard.phones, sounding)
        found = None
        if self._codebook is not None and self.blend.nearest > 0:
            found = self._codebook.nearest(content, np.where(sounding, told, 0.0).astype(np.float32))
        shape = heard.bands - heard.loudness[:, None]
        out = Frames(
            np.zeros(count, np.float32),
            np.empty((count, BANDS), np.float32),
            np.empty((count, _NOISE_BANDS), np.float32),
        )
        areas = log_areas()
        for frame in range(count):
            throat = self._open(float(hertz[frame]), float(heard.voiced[frame]))
            envelope = said["envelope"][frame]
            noise = said["noise"][frame] * _ROUGHNESS
            mixed = np.zeros(BANDS, np.float32)
            if throat > 0:
                near = None
                if found is not None:
                    near = found.envelope[frame]
                    if self._before.any():
                        near = near + np.float32(self.blend.settling) * (self._before - near)
                    self._before = near
                    noise = noise + np.float32(self.blend.nearest) * (found.noise[frame] * _ROUGHNESS - noise)
                mixed += throat * self._voiced(envelopes[frame], near, shape[frame], self._hertz / ratio)
            else:
                self._before = np.zeros(BANDS, np.float32)
            loudness, under = heard.loudness[frame], float(heard.level[frame] - heard.loudness[frame])
            pause = min(max((under - _PAUSE_BEGINS) / _PAUSE_WIDTH, 0.0), 1.0)
            if throat < 1:
                mixed += (1 - throat) * self._unvoiced(envelope, shape[frame], pause)
            softer = self.blend.softer * _SOFTER * self._quiet.feed(float(loudness), pause * (1 - throat))
            mixed -= np.logaddexp.reduce(mixed)
            window = _WINDOW_NOISE + throat * (_WINDOW_VOICED - _WINDOW_NOISE)
            out.density[frame] = mixed + loudness - np.float32(softer) - window - areas
            out.hertz[frame] = self._hertz if throat > 0 else 0.0
            out.noise[frame] = 1 - throat * (1 - noise)
        return out

    def _open(self, hertz: float, chance: float) -> float:
        """How far the throat sounds in this frame, 0..1; keeps the last pitch while it closes."""
        self._unheard = 0 if hertz > 0 else self._unheard + 1
        # A vowel whose pitch is lost for a moment goes on at the pitch it had.
        held = chance > _THROAT_SURE and self._throat > 0 and self._unheard <= _MOST_UNHEARD
        sounds = chance > _THROAT_OPEN if hertz > 0 else held
        if hertz > 0:
            self._hertz = hertz
        step = _THROAT_STEP if sounds else -_THROAT_STEP
        self._throat = min(max(self._throat + step, 0.0), 1.0) if self._hertz else 0.0
        return self._throat

    def _voiced(
        self,
        envelope: NDArray[np.float32],
        near: NDArray[np.float32] | None,
        shape: NDArray[np.float32],
        hertz: float,
    ) -> NDArray[np.float32]:
        """hertz: of whoever sings."""
        blend, mixed = self.blend, np.asarray(envelope, np.float32)
        if self._lifted is not None:
            middle, lift = self._lifted
            mixed = middle + lift * (envelope - middle)
        if near is not None:
            mixed = mixed + np.float32(blend.nearest) * (near - mixed)
        if blend.clarity:
            moved = self._movement.feed(shape, np.asarray(mixed, np.float32), hertz)
            mixed = mixed + np.float32(blend.clarity) * moved
        return np.asarray(mixed, np.float32)

    def _unvoiced(self, envelope: NDArray[np.float32], shape: NDArray[np.float32], pause: float) -> NDArray[np.float32]:
        """pause: 0..1, whether nobody sings."""
        # A pause is the room's, nobody's: what the decoder says there would be a hiss as loud as the room's hum.
        if pause < 1:
            self._known = min(self._known + 1, _COLOUR_MEMORY)
            self._colour += (shape - self._colour) / np.float32(max(self._known, 20))
        moved = shape + np.float32(1 - pause) * (self._statistics.unvoiced_mean - self._colour)
        own = max(self.blend.own_consonants, pause)
        return np.asarray(envelope + np.float32(own) * (moved - envelope), np.float32)
