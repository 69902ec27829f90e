"""A new voice put to the proof on phrases that it never learnt from: the person's own, and the same said by a stranger.

The stranger is one of the base's many speakers, at another pitch, through the same chain; so what the voice makes of it
can be laid beside the person's own recording frame by frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from performer.voice.bands import CONTENT_RATE, log_bands
from performer.voice.convert.offline import convert
from performer.voice.convert.voice_file import Card, PitchRange, Statistics, VoiceFile
from performer.voice.pitch import track
from performer.voice.train.augment import levelled, loud_level
from performer.voice.train.base_file import Base
from performer.voice.train.export import decoder_graph
from performer.voice.train.turn import prosody_of

__all__ = ["TRIAL_RATE", "Trial", "put_to_the_proof", "said_again", "stranger_of"]

TRIAL_RATE = 48_000
_LONGEST_SECONDS = 6.0
# A stranger stands this far in the row of the base's speakers, the likest first: unlike, yet no freak.
_UNLIKE = 0.8
_HIGH_VOICE_HERTZ = 165.0
_OTHER_PITCH = 7.0
_CHUNK = 32
_DESCRIBED_FRAMES = 300


@dataclass(frozen=True, slots=True)
class Trial:
    """own: (n,) at 16 kHz, recorded. The others (m,) at TRIAL_RATE, in time with it: said, own through the voice;
    stranger, the phrase by somebody else; turned, that through the voice, at the person's pitch."""

    own: NDArray[np.float32]
    said: NDArray[np.float32]
    stranger: NDArray[np.float32]
    turned: NDArray[np.float32]


@torch.no_grad()
def stranger_of(base: Base, voice: VoiceFile, phrase: NDArray[np.float32]) -> tuple[VoiceFile, float]:
    """One of the base's speakers who is unlike the voice, and by how many semitones they speak higher.

    Args:
        phrase: (n,) at 16 kHz, by which the speakers are compared.
    """
    if voice.statistics is None:
        raise ValueError("a voice without statistics has no colour to be unlike to")
    semitones = -_OTHER_PITCH if voice.card.range.middle > _HIGH_VOICE_HERTZ else _OTHER_PITCH
    ratio = 2 ** (semitones / 12)
    bands = torch.from_numpy(log_bands(phrase))[:_DESCRIBED_FRAMES]
    hertz = torch.from_numpy(track(phrase).hertz.astype(np.float32))[: len(bands)] * ratio
    bands = bands[: len(hertz)]
    content = base.content(levelled(bands[None], loud_level(bands[None]))).content
    loudness = torch.logsumexp(bands, 1)[None]
    prosody = prosody_of(hertz[None], loudness, torch.quantile(loudness, 0.85, dim=1, keepdim=True))
    voiced, unvoiced = hertz > 0, hertz <= 0
    if not bool(voiced.any()) or not bool(unvoiced.any()):
        voiced = unvoiced = torch.ones_like(voiced)
    count = base.decoder.speaker.num_embeddings
    sounding, silent = [], []
    for first in range(0, count, _CHUNK):
        who = torch.arange(first, min(count, first + _CHUNK))
        said = base.decoder(content.expand(len(who), -1, -1), prosody.expand(len(who), -1, -1), who).envelope
        sounding.append(said[:, voiced].mean(1))
        silent.append(said[:, unvoiced].mean(1))
    colours, hisses = torch.cat(sounding).numpy(), torch.cat(silent).numpy()
    apart = np.abs(colours - voice.statistics.voiced_mean).mean(axis=1)
    chosen = int(np.argsort(apart)[min(count - 1, round(_UNLIKE * count))])
    own = voice.card.range
    return (
        VoiceFile(
            Card("a stranger", "designed", "", PitchRange(own.low * ratio, own.middle * ratio, own.high * ratio)),
            {
                "content.onnx": voice.members["content.onnx"],
                "decoder.onnx": decoder_graph(base.decoder, base.decoder.speaker.weight[chosen]),
            },
            Statistics(
                colours[chosen], voice.statistics.voiced_deviation, hisses[chosen], voice.statistics.unvoiced_deviation
            ),
        ),
        semitones,
    )


def _usual(held: Sequence[NDArray[np.float32]], most: int) -> list[NDArray[np.float32]]:
    """Those of usual length, in their order, none longer than can be looked at."""
    best = sorted(range(len(held)), key=lambda place: abs(len(held[place]) / CONTENT_RATE - 0.8 * _LONGEST_SECONDS))
    return [held[place][: round(_LONGEST_SECONDS * CONTENT_RATE)] for place in sorted(best[:most])]


def put_to_the_proof(voice: VoiceFile, base: Base, held: Sequence[NDArray[np.float32]], most: int) -> list[Trial]:
    """held: phrases (n,) at 16 kHz that the voice never learnt from."""
    phrases = _usual(held, most)
    if not phrases:
        return []
    stranger, semitones = stranger_of(base, voice, phrases[0])
    trials: list[Trial] = []
    for phrase in phrases:
        other = convert(phrase, CONTENT_RATE, stranger, semitones=semitones)
        turned = convert(other, TRIAL_RATE, voice, semitones=-semitones)
        trials.append(Trial(phrase, convert(phrase, CONTENT_RATE, voice), other, turned))
    return trials


def said_again(voice: VoiceFile, held: Sequence[NDArray[np.float32]], most: int) -> NDArray[np.float32]:
    """(m,) at TRIAL_RATE: such phrases through the voice, to be listened to in one go."""
    return np.concatenate([np.zeros(0, np.float32), *(convert(one, CONTENT_RATE, voice) for one in _usual(held, most))])
