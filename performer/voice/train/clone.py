"""One person's recordings -> the networks of a voice: codebook at once, then the decoder learns to speak as they do.

The content network stays as it is. The decoder begins as the many-speaker one, with the speaker it already imitates
best, and is told what was said by strangers' versions of the same frames (`augment`), so that it cannot read the
person's timbre from the content.
"""

import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from performer.voice.convert.voice_file import PitchRange, Statistics
from performer.voice.train.augment import bands_of_envelope, heard_by_a_stranger, levelled, loud_level
from performer.voice.train.base_file import Base
from performer.voice.train.corpus import Features
from performer.voice.train.export import content_graph, decoder_graph
from performer.voice.train.networks import Decoder, Spoken
from performer.voice.train.turn import prosody_of, turned

__all__ = ["CloneTrainer", "codebook_of", "range_of", "statistics_of"]

_CROP, _BATCH = 200, 8
_RATE = 6e-4
# Natural log of power under a clip's loud level from which on a frame is not kept as an example.
_QUIET = 5.0
_MOST_CODES = 8192
_VIEWS = 4
# Beyond this, what moves is error.
_MOST_LIFT = 1.6


def _loudness(features: Features) -> NDArray[np.float32]:
    return np.logaddexp.reduce(features.bands.astype(np.float32), axis=1)


def _loud(features: Features) -> NDArray[np.bool_]:
    loudness = _loudness(features)
    return loudness > np.quantile(loudness, 0.85) - _QUIET


def _shape_of(features: Features) -> NDArray[np.float32]:
    """(n, 80) log bands of the envelope without loudness."""
    bands = bands_of_envelope(torch.from_numpy(features.envelope.astype(np.float32))).numpy()
    return bands - np.logaddexp.reduce(bands, axis=1)[:, None]


@torch.no_grad()
def _content_of(base: Base, features: Features) -> NDArray[np.float32]:
    bands = torch.from_numpy(features.bands.astype(np.float32))[None]
    return base.content(levelled(bands, loud_level(bands))).content[0].numpy()


def codebook_of(clips: Sequence[Features], base: Base, most: int = _MOST_CODES) -> dict[str, NDArray[np.generic]]:
    """Voiced, loud frames of all clips; where there are too many, an even choice."""
    keys, hertz, envelope, noise = [], [], [], []
    for clip in clips:
        pick = _loud(clip) & (clip.hertz > 0)
        keys.append(_content_of(base, clip)[pick])
        hertz.append(clip.hertz[pick])
        envelope.append(_shape_of(clip)[pick])
        noise.append(clip.noise[pick])
    count = sum(map(len, hertz))
    chosen = np.sort(np.random.default_rng(0).permutation(count)[:most])
    return {
        "keys": np.concatenate(keys)[chosen].astype(np.float16),
        "hertz": np.concatenate(hertz)[chosen].astype(np.float32),
        "envelope": np.concatenate(envelope)[chosen].astype(np.float16),
        "noise": np.concatenate(noise)[chosen].astype(np.float16),
    }


def statistics_of(clips: Sequence[Features]) -> Statistics:
    """Mean and deviation of the bands as heard, without loudness, over loud frames (unvoiced: a little quieter too)."""
    voiced: list[NDArray[np.float32]] = []
    unvoiced: list[NDArray[np.float32]] = []
    for clip in clips:
        loudness = _loudness(clip)
        shape = clip.bands.astype(np.float32) - loudness[:, None]
        voiced.append(shape[_loud(clip) & (clip.hertz > 0)])
        unvoiced.append(shape[(loudness > np.quantile(loudness, 0.85) - _QUIET - 2) & (clip.hertz == 0)])
    sounding = np.concatenate(voiced)
    silent = np.concatenate(unvoiced)
    if len(silent) < 50:
        silent = sounding
    return Statistics(sounding.mean(0), sounding.std(0), silent.mean(0), silent.std(0))


def range_of(clips: Sequence[Features]) -> PitchRange:
    """5, 50 and 95 % of the voiced frames."""
    hertz = np.concatenate([clip.hertz[(clip.hertz > 0) & _loud(clip)] for clip in clips])
    low, middle, high = np.quantile(hertz, [0.05, 0.5, 0.95])
    return PitchRange(round(float(low), 1), round(float(middle), 1), round(float(high), 1))


@dataclass(slots=True)
class CloneTrainer:
    """The decoder's lessons; `save` and `load` let a stopped training go on.

    views: versions of each clip by strangers (default 3).
    """

    clips: Sequence[Features]
    base: Base
    steps: int = 1500
    views: int | None = None
    step: int = 0
    decoder: Decoder = field(init=False)
    mean: float = 0.0
    _optimiser: torch.optim.Optimizer = field(init=False)
    _draw: np.random.Generator = field(init=False)
    _views: list[list[NDArray[np.float16]]] = field(init=False)

    def __post_init__(self) -> None:
        torch.manual_seed(0)
        self._draw = np.random.default_rng(0)
        self._views = [self._heard(clip) for clip in self.clips]
        like = self._likest()
        self.decoder = deepcopy(self.base.decoder)
        self.decoder.speaker = torch.nn.Embedding.from_pretrained(
            self.base.decoder.speaker.weight[like : like + 1].detach().clone(), freeze=False
        )
        self._optimiser = torch.optim.AdamW(self.decoder.parameters(), lr=_RATE, weight_decay=0.02)

    @torch.no_grad()
    def _heard(self, clip: Features) -> list[NDArray[np.float16]]:
        """The content of the clip as it is and as strangers would say it, every second of them turned by the base."""
        envelope = torch.from_numpy(clip.envelope.astype(np.float32))[None]
        bands = torch.from_numpy(clip.bands.astype(np.float32))[None]
        hertz = torch.from_numpy(clip.hertz)[None]
        heard = [levelled(bands, loud_level(bands))]
        for view in range(_VIEWS if self.views is None else self.views):
            said = envelope if view % 2 else turned(self.base.content, self.base.decoder, envelope, hertz)
            heard.append(heard_by_a_stranger(said, hertz, bands, real=0.0))
        return [self.base.content(view).content[0].numpy().astype(np.float16) for view in heard]

    @torch.no_grad()
    def _likest(self) -> int:
        """The known speaker whose decoder errs least on a handful of crops."""
        batch = self._batch(4)
        decoder = self.base.decoder
        losses: list[float] = []
        for speaker in range(decoder.speaker.num_embeddings):
            said = decoder(batch.content, batch.prosody, torch.full((len(batch.content),), speaker))
            losses.append(float(_loss(said, batch)))
        return int(np.argmin(losses))

    def _batch(self, count: int) -> "_Batch":
        lengths = np.array([len(clip.hertz) for clip in self.clips], np.float64)
        rows: list[tuple[NDArray[np.float32], ...]] = []
        for place in self._draw.choice(len(self.clips), count, p=lengths / lengths.sum()):
            clip = self.clips[place]
            first = int(self._draw.integers(0, max(1, len(clip.hertz) - _CROP + 1)))
            view = self._views[place][int(self._draw.integers(len(self._views[place])))]
            rows.append(
                tuple(
                    _cut(values, first, filling)
                    for values, filling in (
                        (clip.envelope, -20.0),
                        (clip.hertz, 0.0),
                        (clip.noise, 1.0),
                        (view, 0.0),
                        (np.ones(len(clip.hertz), np.float32), 0.0),
                    )
                )
            )
        envelope, hertz, noise, content, there = (
            torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True)
        )
        bands = bands_of_envelope(envelope)
        loudness = torch.logsumexp(bands, 2)
        level = torch.quantile(loudness, 0.85, dim=1, keepdim=True)
        weight = torch.exp((loudness - level).clamp(-6, 0) * 0.3) * there
        shape = bands - loudness[..., None]
        return _Batch(content, prosody_of(hertz, loudness, level), shape, noise, weight, (hertz > 0).float())

    def advance(self) -> float:
        """One step; the running mean of the loss."""
        rate = _RATE * (0.5 * (1 + np.cos(np.pi * min(1.0, self.step / self.steps))) + 0.01)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        # The running means of the many speakers are better than those of eight crops.
        self.decoder.eval()
        batch = self._batch(_BATCH)
        said = self.decoder(batch.content, batch.prosody, torch.zeros(_BATCH, dtype=torch.long))
        loss = _loss(said, batch)
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.decoder.parameters(), 1.0)
        self._optimiser.step()
        self.step += 1
        now = float(loss.detach())
        self.mean = now if self.step == 1 else self.mean + 0.03 * (now - self.mean)
        return self.mean

    def run(self, minutes: float, tell: Callable[[int, float], None], keep: Path | None = None) -> None:
        """Until the steps or the minutes are over. tell: step, running loss. keep: where to save each half minute."""
        end = time.monotonic() + 60 * minutes
        kept_at = time.monotonic()
        while self.step < self.steps and time.monotonic() < end:
            tell(self.step, self.advance())
            if keep is not None and time.monotonic() - kept_at > 30:
                self.save(keep)
                kept_at = time.monotonic()
        if keep is not None:
            self.save(keep)

    def save(self, path: Path) -> None:
        part = path.with_suffix(".part")
        torch.save(
            {"decoder": self.decoder.state_dict(), "optimiser": self._optimiser.state_dict(), "step": self.step}, part
        )
        part.replace(path)

    def load(self, path: Path) -> None:
        kept = torch.load(path, weights_only=True)
        self.decoder.load_state_dict(kept["decoder"])
        self._optimiser.load_state_dict(kept["optimiser"])
        self.step = kept["step"]

    @torch.no_grad()
    def lifted(self, statistics: Statistics) -> Statistics:
        """With what the decoder says on the average, and how much less it moves than the recordings."""
        self.decoder.eval()
        said: list[NDArray[np.float32]] = []
        real: list[NDArray[np.float32]] = []
        for clip, views in zip(self.clips, self._views, strict=True):
            shape = _shape_of(clip)
            loudness = torch.logsumexp(bands_of_envelope(torch.from_numpy(clip.envelope.astype(np.float32))), 1)[None]
            prosody = prosody_of(
                torch.from_numpy(clip.hertz)[None], loudness, torch.quantile(loudness, 0.85)[None, None]
            )
            content = torch.from_numpy(views[0].astype(np.float32))[None]
            envelope = self.decoder(content, prosody, torch.zeros(1, dtype=torch.long)).envelope[0].numpy()
            pick = _loud(clip) & (clip.hertz > 0)
            said.append(envelope[pick])
            real.append(shape[pick])
        spoken, wanted = np.concatenate(said), np.concatenate(real)
        lift = np.clip(wanted.std(0) / (spoken.std(0) + 1e-3), 1.0, _MOST_LIFT)
        return replace(statistics, said_mean=spoken.mean(0), lift=lift.astype(np.float32))

    def networks(self) -> dict[str, bytes]:
        """The members of the voice file that this training makes."""
        return {
            "content.onnx": content_graph(self.base.content),
            "decoder.onnx": decoder_graph(self.decoder, self.decoder.speaker.weight[0]),
        }


@dataclass(frozen=True, slots=True)
class _Batch:
    content: Tensor
    prosody: Tensor
    shape: Tensor
    noise: Tensor
    weight: Tensor
    voiced: Tensor


def _loss(said: Spoken, batch: _Batch) -> Tensor:
    """L1 of bands, half of it of their steps in time, and of the noise share where voiced."""
    off = said.envelope - batch.shape
    step = (off[:, 1:] - off[:, :-1]).abs().mean(2)
    voiced = batch.weight * batch.voiced

    def mean(loss: Tensor, weights: Tensor) -> Tensor:
        return (loss * weights).sum() / (weights.sum() + 1e-6)

    noise = mean((said.noise - batch.noise).abs().mean(2), voiced)
    return mean(off.abs().mean(2), batch.weight) + 0.5 * mean(step, batch.weight[:, 1:]) + 0.5 * noise


def _cut(values: NDArray[np.generic], first: int, filling: float) -> NDArray[np.float32]:
    part = np.asarray(values[first : first + _CROP], np.float32)
    if len(part) == _CROP:
        return part
    return np.concatenate([part, np.full((_CROP - len(part), *part.shape[1:]), filling, np.float32)])
