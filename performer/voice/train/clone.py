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

from performer.voice.convert.voice_file import Statistics
from performer.voice.train.augment import bands_of_envelope, heard_by_a_stranger, levelled, loud_level
from performer.voice.train.base_file import Base
from performer.voice.train.corpus import Features
from performer.voice.train.export import content_graph, decoder_graph
from performer.voice.train.networks import Decoder, Spoken, half_is_fast
from performer.voice.train.sane import must_be_sane
from performer.voice.train.turn import prosody_of, turned
from performer.voice.train.voice_statistics import (
    centred,
    chances_of,
    content_of,
    means_by_phone,
    shape_of,
    sounding,
)

__all__ = ["MOST_LIFT", "CloneTrainer"]

_CROP, _BATCH = 200, 8
_RATE = 6e-4
_FINALISTS = 12
_VIEWS = 4
# Beyond this, what moves is error.
MOST_LIFT = 1.6


@dataclass(slots=True)
class CloneTrainer:
    """The decoder's lessons; `save` and `load` let a stopped training go on.

    views: versions of each clip by strangers (default _VIEWS). unheard: phrases that are not learnt from. spent:
    seconds of lessons so far, those before a stop included. share: of all lessons, by steps or by time, 0..1. contents:
    of each clip as it was recorded, (n, 64). heard_at: where what was heard in the clips is kept, so that it is heard
    once. tell: is told how many clips are heard.
    """

    clips: Sequence[Features]
    base: Base
    steps: int = 1500
    views: int | None = None
    unheard: Sequence[Features] = ()
    heard_at: Path | None = None
    tell: Callable[[int], None] | None = None
    step: int = 0
    spent: float = 0.0
    share: float = 0.0
    decoder: Decoder = field(init=False)
    contents: list[NDArray[np.float16]] = field(init=False)
    mean: float = 0.0
    _lost: int = 0
    _chances: list[NDArray[np.float32]] = field(init=False)
    _means: NDArray[np.float32] = field(init=False)
    _optimiser: torch.optim.Optimizer = field(init=False)
    _draw: np.random.Generator = field(init=False)
    _views: list[list[NDArray[np.float16]]] = field(init=False)
    _whole: "list[_Batch]" = field(init=False)

    def __post_init__(self) -> None:
        torch.manual_seed(0)
        self._draw = np.random.default_rng(0)
        heard = self._heard_before() or self._heard_now()
        self.contents = [views[0] for views in heard]
        network, voiced = self.base.content, [sounding(clip) for clip in self.clips]
        said = [content[pick] for content, pick in zip(self.contents, voiced, strict=True)]
        self._chances = [chances_of(network, rows) for rows in said]
        self._means = means = means_by_phone(said, self._chances)
        self._views = [
            [centred(network, view, clip, means) for view in views]
            for clip, views in zip(self.clips, heard, strict=True)
        ]
        self._whole = [
            _batch_of([_rows(clip, centred(network, content_of(self.base, clip), clip, means))])
            for clip in self.unheard
        ]
        like = self._likest()
        self.decoder = deepcopy(self.base.decoder)
        self.decoder.speaker = torch.nn.Embedding.from_pretrained(
            self.base.decoder.speaker.weight[like : like + 1].detach().clone(), freeze=False
        )
        self._optimiser = torch.optim.AdamW(self.decoder.parameters(), lr=_RATE, weight_decay=0.02)

    def _heard_before(self) -> list[list[NDArray[np.float16]]]:
        if self.heard_at is None or not self.heard_at.is_file():
            return []
        with np.load(self.heard_at) as kept:
            return [list(kept[f"{place}"]) for place in range(len(self.clips))]

    def _heard_now(self) -> list[list[NDArray[np.float16]]]:
        views: list[list[NDArray[np.float16]]] = []
        for place, clip in enumerate(self.clips, 1):
            views.append(self._heard(clip))
            if self.tell is not None:
                self.tell(place)
        if self.heard_at is not None:
            part = self.heard_at.with_suffix(".part.npz")
            np.savez(part, allow_pickle=False, **{f"{place}": np.stack(view) for place, view in enumerate(views)})
            part.replace(self.heard_at)
        return views

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
        """The known speaker whose decoder errs least: of all by two crops, of the best by eight more."""

        def losses(speakers: Sequence[int], batch: _Batch) -> NDArray[np.float64]:
            rows = len(batch.content)
            said = (decoder(batch.content, batch.prosody, torch.full((rows,), speaker)) for speaker in speakers)
            return np.array([float(_loss(one, batch)) for one in said])

        decoder = self.base.decoder
        everybody = range(decoder.speaker.num_embeddings)
        best = np.argsort(losses(everybody, self._batch(2)))[:_FINALISTS].tolist()
        return int(best[int(np.argmin(losses(best, self._batch(_BATCH))))])

    def _batch(self, count: int) -> "_Batch":
        lengths = np.array([len(clip.hertz) for clip in self.clips], np.float64)
        rows: list[tuple[NDArray[np.float32], ...]] = []
        for place in self._draw.choice(len(self.clips), count, p=lengths / lengths.sum()):
            clip = self.clips[place]
            first = int(self._draw.integers(0, max(1, len(clip.hertz) - _CROP + 1)))
            view = self._views[place][int(self._draw.integers(len(self._views[place])))]
            rows.append(tuple(_cut(*one, first) for one in zip(_rows(clip, view), _FILLINGS, strict=True)))
        return _batch_of(rows)

    def advance(self) -> float:
        """One step; the running mean of the loss.

        Raises:
            UserError: the lessons have gone astray; the decoder is as it was before.
        """
        over = min(1.0, max(self.share, self.step / self.steps))
        # A plain number: one of numpy could be saved, but not read back.
        rate = _RATE * float(0.5 * (1 + np.cos(np.pi * over)) + 0.01)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        # The running means of the many speakers are better than those of eight crops.
        self.decoder.eval()
        batch = self._batch(_BATCH)
        with torch.autocast("cpu", torch.bfloat16, enabled=half_is_fast()):
            said = self.decoder(batch.content, batch.prosody, torch.zeros(_BATCH, dtype=torch.long))
        loss = _loss(Spoken(said.envelope.float(), said.noise.float()), batch)
        self._optimiser.zero_grad()
        loss.backward()
        steep = torch.nn.utils.clip_grad_norm_(self.decoder.parameters(), 1.0)
        self.step += 1
        self._lost = must_be_sane(loss.detach() + steep, self._lost)
        if not self._lost:
            self._optimiser.step()
            now = float(loss.detach())
            self.mean = self.mean + 0.03 * (now - self.mean) if self.mean else now
        return self.mean

    def run(self, minutes: float, tell: Callable[[int, float], None], keep: Path | None = None) -> None:
        """Until the steps or the minutes are over, those before a stop counted.

        Args:
            tell: step, running loss.
            keep: where to save each half minute, and when Ctrl-C stops the lessons.
        """
        begun = time.monotonic() - self.spent
        kept_at = time.monotonic()
        try:
            while self.step < self.steps and self.spent < 60 * minutes:
                loss = self.advance()
                self.spent = time.monotonic() - begun
                self.share = min(1.0, max(self.step / self.steps, self.spent / (60 * minutes)))
                tell(self.step, loss)
                if keep is not None and not self._lost and time.monotonic() - kept_at > 30:
                    self.save(keep)
                    kept_at = time.monotonic()
        finally:
            if keep is not None:
                self.save(keep)

    @torch.no_grad()
    def loss_unheard(self) -> float:
        """The loss on `unheard`, whole phrases as they were recorded; not a number where there are none."""
        self.decoder.eval()
        losses = [
            float(_loss(self.decoder(one.content, one.prosody, torch.zeros(1, dtype=torch.long)), one))
            for one in self._whole
        ]
        return float(np.mean(losses)) if losses else float("nan")

    def save(self, path: Path) -> None:
        part = path.with_suffix(".part")
        torch.save(
            {
                "decoder": self.decoder.state_dict(),
                "optimiser": self._optimiser.state_dict(),
                "step": self.step,
                "spent": self.spent,
                "share": self.share,
                "mean": self.mean,
            },
            part,
        )
        part.replace(path)

    def load(self, path: Path) -> None:
        kept = torch.load(path, weights_only=True)
        self.decoder.load_state_dict(kept["decoder"])
        self._optimiser.load_state_dict(kept["optimiser"])
        self.step = kept["step"]
        self.spent, self.share, self.mean = (float(kept.get(name, 0.0)) for name in ("spent", "share", "mean"))
        # Not the crops of the beginning once more.
        self._draw = np.random.default_rng([0, self.step])

    @torch.no_grad()
    def lifted(self, statistics: Statistics, every: int = 1) -> Statistics:
        """With what the decoder says on the average, and how much less it moves than the recordings.

        every: only each so many-th clip is asked.
        """
        self.decoder.eval()
        said: list[NDArray[np.float32]] = []
        real: list[NDArray[np.float32]] = []
        for clip, views in list(zip(self.clips, self._views, strict=True))[::every]:
            shape = shape_of(clip)
            loudness = torch.logsumexp(bands_of_envelope(torch.from_numpy(clip.envelope.astype(np.float32))), 1)[None]
            prosody = prosody_of(
                torch.from_numpy(clip.hertz)[None], loudness, torch.quantile(loudness, 0.85)[None, None]
            )
            content = torch.from_numpy(views[0].astype(np.float32))[None]
            envelope = self.decoder(content, prosody, torch.zeros(1, dtype=torch.long)).envelope[0].numpy()
            pick = sounding(clip)
            said.append(envelope[pick])
            real.append(shape[pick])
        spoken, wanted = np.concatenate(said), np.concatenate(real)
        lift = np.clip(wanted.std(0) / (spoken.std(0) + 1e-3), 1.0, MOST_LIFT)
        return replace(
            statistics,
            said_mean=spoken.mean(0),
            lift=lift.astype(np.float32),
            content_means=self._means.copy(),
            said_means=means_by_phone(said, self._chances[::every]),
        )

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


# What stands where a clip is shorter than a crop, in the order of `_rows`.
_FILLINGS = (-20.0, 0.0, 1.0, 0.0, 0.0)


def _rows(clip: Features, content: NDArray[np.floating]) -> tuple[NDArray[np.generic], ...]:
    """Envelope, pitch, noise, content, and where there is anything."""
    return clip.envelope, clip.hertz, clip.noise, content, np.ones(len(clip.hertz), np.float32)


def _batch_of(rows: Sequence[tuple[NDArray[np.generic], ...]]) -> _Batch:
    """rows: of one length each."""
    envelope, hertz, noise, content, there = (
        torch.from_numpy(np.stack(column).astype(np.float32)) for column in zip(*rows, strict=True)
    )
    bands = bands_of_envelope(envelope)
    loudness = torch.logsumexp(bands, 2)
    level = torch.quantile(loudness, 0.85, dim=1, keepdim=True)
    weight = torch.exp((loudness - level).clamp(-6, 0) * 0.3) * there
    shape = bands - loudness[..., None]
    return _Batch(content, prosody_of(hertz, loudness, level), shape, noise, weight, (hertz > 0).float())


def _cut(values: NDArray[np.generic], filling: float, first: int) -> NDArray[np.float32]:
    part = np.asarray(values[first : first + _CROP], np.float32)
    if len(part) == _CROP:
        return part
    return np.concatenate([part, np.full((_CROP - len(part), *part.shape[1:]), filling, np.float32)])
