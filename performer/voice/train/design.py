"""A voice that belongs to nobody: a place between several of the base's speakers, chosen by how they sound.

The base's speakers have no names here. Each says the same frames at the same pitch; what comes out gives the length of
its throat, its tilt and how much it moves. A wish picks the speakers that come near to it; their mean, drawn out to
the distance at which real speakers lie (a mean lies nearer to the middle than any of them, and sounds like nobody in
particular), is the new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from performer.voice.bands import BANDS, band_centres
from performer.voice.convert.voice_file import Card, Statistics, VoiceFile
from performer.voice.train.augment import bands_of_envelope, levelled, loud_level
from performer.voice.train.base_file import Base
from performer.voice.train.clone import MOST_LIFT
from performer.voice.train.corpus import Features
from performer.voice.train.export import content_graph, decoder_graph
from performer.voice.train.turn import prosody_of
from performer.voice.train.voice_statistics import chances_of, means_by_phone

__all__ = ["Designed", "Reference", "ThroatScale", "Traits", "Wish", "design", "designed_voice", "hear_reference"]

# Frames that are taken as loud: up to so far (in the decoder's loudness) under a clip's loud level.
_LOUD = -1.2
# Where formants lie, and where the tilt is read; hertz.
_FORMANTS, _TILT = (350.0, 4500.0), (500.0, 7000.0)
_SHIFTS = np.arange(-6.0, 6.01, 0.25)
_DB = 10 / np.log(10)
_LEAST_UNVOICED = 20
# By how much the strength may be raised until the voice is nobody's, and in which steps.
_MOST_MORE, _A_LITTLE = 0.5, 0.05


@dataclass(frozen=True, slots=True)
class Wish:
    """What a voice should be like. hertz: pitch at which speakers are compared. throat: semitones by which formants
    lie above the mean speaker's. tilt_db: dB an octave. donors: how many speakers. strength: least distance from the
    middle of all speakers, 1 = a real one's mean; more is taken while a known speaker is too near."""

    hertz: float
    throat: float
    tilt_db: float
    donors: int = 12
    strength: float = 0.85


@dataclass(frozen=True, slots=True)
class Traits:
    """How a speaker sounds: throat and tilt_db as in `Wish`; movement: deviation of its log bands over the frames;
    noise: mean aperiodicity, 0..1; mean: (80,) log bands without loudness."""

    throat: float
    tilt_db: float
    movement: float
    noise: float
    mean: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reference:
    """Frames that every speaker says: content (clips, n, 64), prosody (clips, n, 3), loud voiced ones picked, (clips,
    n) bool; unvoiced likewise; movement: (80,) deviation of the readers' own log bands."""

    content: Tensor
    prosody: Tensor
    voiced: NDArray[np.bool_]
    unvoiced: NDArray[np.bool_]
    movement: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Designed:
    """who: (32,) the new speaker. donors: places in the base. strength: what it came to. apart_db: root mean square
    distance of its mean spectrum to the nearest speaker's that the base knows. usual_db: the same of the base's
    speakers among themselves, median."""

    who: Tensor
    donors: tuple[int, ...]
    traits: Traits
    strength: float
    apart_db: float
    usual_db: float


@torch.no_grad()
def hear_reference(base: Base, clips: Sequence[Features]) -> Reference:
    """clips: of several readers, all cut to the shortest one's length."""
    count = min(len(clip.hertz) for clip in clips)
    content: list[Tensor] = []
    prosody: list[Tensor] = []
    spread: list[NDArray[np.float32]] = []
    for clip in clips:
        bands = torch.from_numpy(clip.bands.astype(np.float32))[None, :count]
        own = bands_of_envelope(torch.from_numpy(clip.envelope.astype(np.float32))[:count])
        loudness = torch.logsumexp(own, 1)[None]
        level = torch.quantile(loudness, 0.85)[None, None]
        told = prosody_of(torch.from_numpy(clip.hertz)[None, :count], loudness, level)[0]
        content.append(base.content(levelled(bands, loud_level(bands))).content[0])
        prosody.append(told)
        loud = (told[:, 1] > 0) & (told[:, 2] > _LOUD)
        spread.append((own - loudness[0, :, None])[loud].numpy().std(0))
    prosodies = torch.stack(prosody)
    loud = (prosodies[..., 2] > _LOUD).numpy()
    sounding = (prosodies[..., 1] > 0).numpy()
    quiet = (prosodies[..., 2] > 2 * _LOUD).numpy() & ~sounding
    if quiet.sum() < _LEAST_UNVOICED:
        quiet = ~sounding
    return Reference(torch.stack(content), prosodies, loud & sounding, quiet, np.mean(spread, axis=0))


@torch.no_grad()
def _said(
    base: Base, reference: Reference, who: Tensor, hertz: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(clips, n, 80) log bands without loudness, (clips, n, 8) noise; the melody moved to the middle `hertz`."""
    prosody = reference.prosody.clone()
    sounds = prosody[..., 1] > 0
    middle = prosody[..., 0][sounds].mean()
    prosody[..., 0] = torch.where(sounds, prosody[..., 0] - middle + float(np.log2(hertz / 220.0)), prosody[..., 0])
    clips = len(reference.content)
    silence = base.decoder.stack.silence(clips)
    said, _ = base.decoder.say(reference.content, prosody, who[None].expand(clips, -1), silence)
    return said.envelope.numpy(), said.noise.numpy()


@cache
def _octaves() -> NDArray[np.float64]:
    return np.log2(band_centres(BANDS))


def _within(low: float, high: float) -> NDArray[np.bool_]:
    octaves = _octaves()
    return (octaves > np.log2(low)) & (octaves < np.log2(high))


def _flattened(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, 80) -> (n, formant bands) without level and tilt, unit length over all: only where formants lie is left."""
    inside = _within(*_FORMANTS)
    slope = _octaves()[inside] - _octaves()[inside].mean()
    slope = slope / np.linalg.norm(slope)
    flat = np.asarray(rows[:, inside], np.float64)
    flat = flat - flat.mean(1, keepdims=True)
    flat = flat - (flat @ slope)[:, None] * slope
    return flat / (np.linalg.norm(flat) + 1e-9)


@dataclass(frozen=True, slots=True)
class ThroatScale:
    """The mean speaker's frames as throats of each of `_SHIFTS` would say them, flattened."""

    warped: tuple[NDArray[np.float64], ...]

    @staticmethod
    def of(mean: NDArray[np.float32]) -> "ThroatScale":
        """mean: (n, 80)."""
        octaves = _octaves()
        return ThroatScale(
            tuple(
                _flattened(np.stack([np.interp(octaves - shift / 12, octaves, row) for row in mean]).astype(np.float32))
                for shift in _SHIFTS
            )
        )

    def throat(self, rows: NDArray[np.float32]) -> float:
        """(n, 80) -> semitones; between the shifts by a parabola."""
        flat = _flattened(rows)
        fits = np.array([float((flat * one).sum()) for one in self.warped])
        best = int(np.argmax(fits))
        if not 0 < best < len(fits) - 1:
            return float(_SHIFTS[best])
        below, here, above = fits[best - 1 : best + 2]
        off = 0.5 * (below - above) / min(below - 2 * here + above, -1e-12)
        return float(_SHIFTS[best] + off * (_SHIFTS[1] - _SHIFTS[0]))


def _traits(rows: NDArray[np.float32], noise: NDArray[np.float32], scale: ThroatScale) -> Traits:
    mean = rows.mean(0)
    inside = _within(*_TILT)
    tilt = np.polyfit(_octaves()[inside], mean[inside] * _DB, 1)[0]
    return Traits(scale.throat(rows), float(tilt), float(rows.std(0).mean()), float(noise.mean()), mean)


def _apart(one: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """(80,), (n, 80) -> (n,) dB, levels apart."""
    off = others - one
    off = off - off.mean(1, keepdims=True)
    return np.asarray(np.sqrt(np.square(off).mean(1)) * _DB, np.float32)


def design(base: Base, reference: Reference, wish: Wish) -> Designed:
    """The speaker that the wish describes, as near as the base's speakers allow, and nobody: it is drawn out until no
    known speaker is nearer to it than speakers are to each other, or as far as may be."""
    known = base.decoder.speaker.weight.detach()
    spoken = [_said(base, reference, who, wish.hertz) for who in known]
    rows = [envelope[reference.voiced] for envelope, _ in spoken]
    scale = ThroatScale.of(np.mean(rows, axis=0))
    traits = [_traits(row, noise[reference.voiced], scale) for row, (_, noise) in zip(rows, spoken, strict=True)]
    donors = _donors(traits, wish)
    mean = known[list(donors)].mean(0)
    real = mean / mean.norm() * known.norm(dim=1).mean()
    means = np.stack([one.mean for one in traits])
    usual = float(np.median([np.partition(_apart(one, means), 1)[1] for one in means]))
    tried: list[Designed] = []
    for strength in np.arange(wish.strength, wish.strength + _MOST_MORE, _A_LITTLE):
        who = real * float(strength)
        envelope, noise = _said(base, reference, who, wish.hertz)
        found = _traits(envelope[reference.voiced], noise[reference.voiced], scale)
        tried.append(Designed(who, donors, found, float(strength), float(_apart(found.mean, means).min()), usual))
        if tried[-1].apart_db >= usual:
            break
    return max(tried, key=lambda one: one.apart_db)


def _donors(traits: Sequence[Traits], wish: Wish) -> tuple[int, ...]:
    """Those who come nearest in deviations of all; of the dull and the noisy a little farther off."""

    def column(name: str) -> NDArray[np.float64]:
        return np.array([getattr(one, name) for one in traits], np.float64)

    def spread(values: NDArray[np.float64]) -> float:
        return float(values.std()) + 1e-9

    throat, tilt, movement, noise = (column(name) for name in ("throat", "tilt_db", "movement", "noise"))
    away = np.square((throat - wish.throat) / spread(throat)) + 0.5 * np.square((tilt - wish.tilt_db) / spread(tilt))
    away -= 0.3 * (movement - movement.mean()) / spread(movement)
    away += 0.3 * (noise - noise.mean()) / spread(noise)
    return tuple(int(place) for place in np.sort(np.argsort(away, kind="stable")[: wish.donors]))


def designed_voice(base: Base, reference: Reference, designed: Designed, card: Card) -> VoiceFile:
    """The voice file: networks and statistics. What its sounds move less than readers' own do is given back."""
    envelope, _ = _said(base, reference, designed.who, card.range.middle)
    voiced, unvoiced = envelope[reference.voiced], envelope[reference.unvoiced]
    places = [(said[pick], pick.sum()) for said, pick in zip(envelope, reference.voiced, strict=True)]
    # Within each clip, as the readers' movement was taken: what differs between clips is not movement.
    moved = np.mean([rows.std(0) for rows, count in places if count > 1], axis=0)
    lift = np.clip(reference.movement / (moved + 1e-3), 1.0, MOST_LIFT).astype(np.float32)
    content = reference.content.numpy()[reference.voiced]
    chances = chances_of(base.content, content)
    statistics = Statistics(
        voiced.mean(0),
        (voiced.std(0) * lift).astype(np.float32),
        unvoiced.mean(0),
        unvoiced.std(0),
        voiced.mean(0),
        lift,
        # The means of women and men alike: what a source's own words carry of who says them is moved to nobody's.
        means_by_phone([content], [chances]),
        means_by_phone([voiced], [chances]),
    )
    members = {"content.onnx": content_graph(base.content), "decoder.onnx": decoder_graph(base.decoder, designed.who)}
    return VoiceFile(card, members, statistics)
