"""Training of the base: content network and many-speaker decoder together, from recordings of many readers.

A crop is heard as if by a stranger (other formants, pitch, room; `augment`), and the decoder, told who speaks, must
give back the envelope as it was: what is left for the content network to pass on is what was said. Half of the crops
are first turned into another voice by the networks themselves, as far as they have come, and a judge guesses who
speaks from the content, whose gradient is reversed (Ganin & Lempitsky 2015). Whisper's phones are a second lesson on
the same 64 numbers.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from performer.voice.phones import PHONES
from performer.voice.train.augment import (
    bands_of_envelope,
    heard_by_a_stranger,
    levelled,
    loud_level,
)
from performer.voice.train.base_file import Base
from performer.voice.train.networks import CONTENT_SIZE, Content, Decoder, Heard, Spoken
from performer.voice.train.sane import must_be_sane
from performer.voice.train.turn import prosody_of, turned

__all__ = ["Item", "Plan", "Trainer"]

_CROP = 200
_JUDGED = 50
_GROWING = 1000
_QUIET_POWER = -20.0
_QUIET_BANDS = -16.0


@dataclass(frozen=True, slots=True)
class Item:
    """One clip to learn from; frames of 10 ms, the teacher's of 20 ms. phones: -1 where not known, or None."""

    speaker: str
    envelope: NDArray[np.float16]
    bands: NDArray[np.float16]
    hertz: NDArray[np.float32]
    noise: NDArray[np.float16]
    taught: NDArray[np.float16]
    taught_phones: NDArray[np.float16]
    phones: NDArray[np.int8] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """steps: of the whole training (the learning rate falls to nothing over them). weight_*: of each loss; the judge's
    grows over its first thousand steps. turned: share of the crops that another voice says. half: matrix products in
    bfloat16 (twice as fast on a processor that has them)."""

    steps: int = 20_000
    batch: int = 8
    rate: float = 1.5e-3
    weight_voice: float = 1.0
    weight_taught: float = 1.5
    weight_phones: float = 0.4
    weight_known: float = 0.1
    weight_judge: float = 0.15
    turned: float = 0.5
    half: bool = False
    seed: int = 0


class Judge(nn.Module):
    """Who speaks, from the content of half a second. What it learns is taken out of the content."""

    def __init__(self, speakers: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(CONTENT_SIZE, 128)
        self.last = nn.Linear(256, speakers)

    def forward(self, content: Tensor) -> Tensor:
        """(batch, frames, 64), frames a multiple of 50 -> (batch, frames / 50, speakers) logits."""
        y = functional.gelu(self.hidden(content)).unflatten(1, (-1, _JUDGED))
        return self.last(torch.cat([y.mean(2), (y.var(2) + 1e-4).sqrt()], 2))


def _reversed(x: Tensor, weight: float) -> Tensor:
    """x, whose gradient comes back negated and weighed."""
    return x.detach() * (1 + weight) - x * weight


@dataclass(slots=True)
class _Batch:
    envelope: Tensor
    bands: Tensor
    hertz: Tensor
    noise: Tensor
    taught: Tensor
    taught_phones: Tensor
    phones: Tensor
    there: Tensor
    speaker: Tensor


def _cut(values: NDArray[np.generic], first: int, count: int, filling: float) -> NDArray[np.float32]:
    part = np.asarray(values[first : first + count], np.float32)
    if len(part) == count:
        return part
    return np.concatenate([part, np.full((count - len(part), *part.shape[1:]), filling, np.float32)])


@dataclass(slots=True)
class Trainer:
    """Networks, optimiser and place in the plan; `save` and `load` make an interrupted training go on."""

    items: Sequence[Item]
    plan: Plan = field(default_factory=Plan)
    step: int = 0
    content: Content = field(init=False)
    decoder: Decoder = field(init=False)
    judge: Judge = field(init=False)
    speakers: Mapping[str, int] = field(init=False)
    _judged: int = field(init=False)
    _optimiser: torch.optim.Optimizer = field(init=False)
    _draw: np.random.Generator = field(init=False)
    _chances: NDArray[np.float64] = field(init=False)
    means: dict[str, float] = field(default_factory=dict[str, float])
    _lost: int = 0

    def __post_init__(self) -> None:
        torch.manual_seed(self.plan.seed)
        self._draw = np.random.default_rng(self.plan.seed)
        self.speakers = {name: place for place, name in enumerate(sorted({item.speaker for item in self.items}))}
        self.content, self.decoder = Content(), Decoder(len(self.speakers))
        self.judge = Judge(len(self.speakers))
        self._judged = 0
        parameters = [*self.content.parameters(), *self.decoder.parameters(), *self.judge.parameters()]
        self._optimiser = torch.optim.AdamW(parameters, lr=self.plan.rate, weight_decay=0.02)
        lengths = np.array([len(item.hertz) for item in self.items], np.float64)
        self._chances = lengths / lengths.sum()

    def _batch(self) -> _Batch:
        rows: list[tuple[NDArray[np.float32], ...]] = []
        who: list[int] = []
        for place in self._draw.choice(len(self.items), self.plan.batch, p=self._chances):
            item = self.items[place]
            count = min(len(item.hertz), 2 * len(item.taught))
            first = 2 * int(self._draw.integers(0, max(1, (count - _CROP) // 2 + 1)))
            phones = np.full(len(item.hertz), -1, np.int8) if item.phones is None else item.phones
            rows.append((
                _cut(item.envelope, first, _CROP, _QUIET_POWER),
                _cut(item.bands, first, _CROP, _QUIET_BANDS),
                _cut(item.hertz, first, _CROP, 0.0),
                _cut(item.noise, first, _CROP, 1.0),
                _cut(item.taught, first // 2, _CROP // 2, 0.0),
                _cut(item.taught_phones, first // 2, _CROP // 2, 0.0),
                _cut(phones, first, _CROP, -1.0),
                _cut(np.ones(count, np.float32), first, _CROP, 0.0),
            ))  # fmt: skip
            who.append(self.speakers[item.speaker])
        (envelope, bands, hertz, noise, taught, likely, phones, there) = (
            torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True)
        )
        return _Batch(envelope, bands, hertz, noise, taught, likely, phones, there, torch.tensor(who))

    def _fast(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=self.plan.half)

    def losses(self, batch: _Batch) -> dict[str, Tensor]:
        """Each a mean over the frames that are there, louder ones counting more."""
        bands = bands_of_envelope(batch.envelope)
        loudness = torch.logsumexp(bands, 2)
        level = torch.quantile(loudness, 0.85, dim=1, keepdim=True)
        prosody = prosody_of(batch.hertz, loudness, level)
        count = round(self.plan.turned * len(bands))
        envelope = batch.envelope
        if count:
            with self._fast():
                other = turned(self.content, self.decoder, envelope[:count], batch.hertz[:count])
            envelope = torch.cat([other.float(), envelope[count:]])
        strange = heard_by_a_stranger(envelope, batch.hertz, batch.bands)
        with self._fast():
            heard = Heard(*(answer.float() for answer in self.content(strange)))
            said = Spoken(*(answer.float() for answer in self.decoder(heard.content, prosody, batch.speaker)))
        weight = torch.exp((loudness - level).clamp(-6, 0) * 0.3) * batch.there

        def mean(loss: Tensor, weights: Tensor) -> Tensor:
            return (loss * weights).sum() / (weights.sum() + 1e-6)

        off = said.envelope - (bands - loudness[..., None])
        step = (off[:, 1:] - off[:, :-1]).abs().mean(2)
        voice = mean(off.abs().mean(2), weight) + 0.5 * mean(step, weight[:, 1:])
        voiced = weight * (batch.hertz > 0)
        noise = mean((said.noise - batch.noise).abs().mean(2), voiced)

        half = weight[:, ::2]
        guess, taught = heard.taught[:, ::2], batch.taught
        angle = 1 - functional.cosine_similarity(guess, taught, dim=2)
        likely = functional.softmax(batch.taught_phones, 2)
        phones = -(likely * functional.log_softmax(heard.phones[:, ::2], 2)).sum(2)
        known = functional.cross_entropy(
            heard.phones.reshape(-1, len(PHONES)),
            batch.phones.reshape(-1).long(),
            ignore_index=-1,
            reduction="sum",
            label_smoothing=0.05,
        ) / ((batch.phones >= 0).sum() + 1)
        throat = functional.binary_cross_entropy_with_logits(
            heard.voiced, (batch.hertz > 0).float(), batch.there, reduction="sum"
        ) / (batch.there.sum() + 1)
        guesses = self.judge(_reversed(heard.content, min(1.0, self._judged / _GROWING)))
        who = batch.speaker[:, None].expand(-1, guesses.shape[1])
        judged = functional.cross_entropy(guesses.flatten(0, 1), who.flatten())
        return {
            "voice": voice,
            "noise": noise,
            "taught": mean(angle, half),
            "phones": mean(phones, half),
            "known": known,
            "throat": throat,
            "judge": judged,
        }

    def advance(self) -> dict[str, float]:
        """One step; the running mean of each loss.

        Raises:
            UserError: the lessons have gone astray; the networks are as they were before.
        """
        plan = self.plan
        falling = 0.5 * (1 + np.cos(np.pi * min(1.0, self.step / plan.steps))) + 0.01
        rate = plan.rate * min(1.0, (self.step + 1) / 100) * falling
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self.content.train()
        self.decoder.train()
        means = [(buffer, buffer.clone()) for part in (self.content, self.decoder) for buffer in part.buffers()]
        found = self.losses(self._batch())
        loss = (
            plan.weight_voice * (found["voice"] + 0.5 * found["noise"])
            + plan.weight_taught * found["taught"]
            + plan.weight_phones * (found["phones"] + found["throat"])
            + plan.weight_known * found["known"]
            + plan.weight_judge * found["judge"]
        )
        self._optimiser.zero_grad()
        loss.backward()
        steep = nn.utils.clip_grad_norm_([*self.content.parameters(), *self.decoder.parameters()], 1.0)
        self.step += 1
        self._lost = must_be_sane(loss.detach() + steep, self._lost)
        if self._lost:
            for buffer, before in means:
                buffer.copy_(before)
            return self.means
        self._optimiser.step()
        self._judged += 1
        for name, value in found.items():
            now = float(value.detach())
            before = self.means.get(name, now)
            self.means[name] = before + 0.02 * (now - before)
        return self.means

    @torch.no_grad()
    def check(self, held: Sequence[Item]) -> dict[str, float]:
        """On recordings as they are: cosine to the teacher, share of phones right (without silence)."""
        self.content.eval()
        cosines: list[float] = []
        right = total = 0
        for item in held:
            bands = torch.from_numpy(item.bands.astype(np.float32))[None]
            heard = self.content(levelled(bands, loud_level(bands)))
            taught = torch.from_numpy(item.taught.astype(np.float32))
            count = min(len(taught), (heard.content.shape[1] + 1) // 2)
            loudness = torch.logsumexp(bands[0], 1)[::2][:count]
            loud = loudness > torch.quantile(loudness, 0.85) - 5
            cosine = functional.cosine_similarity(heard.taught[0, ::2][:count], taught[:count], dim=1)
            cosines.append(float(cosine[loud].mean()))
            if item.phones is not None:
                phones = torch.from_numpy(item.phones.astype(np.int64))[: heard.phones.shape[1]]
                guess = heard.phones[0].argmax(1)[: len(phones)]
                right += int((guess == phones)[phones > 0].sum())
                total += int((phones > 0).sum())
        return {"cosine": float(np.mean(cosines)), "phones": right / max(1, total)}

    def save(self, path: Path) -> None:
        """Everything that `load` needs; written beside and renamed."""
        part = path.with_suffix(".part")
        torch.save(
            {
                "content": self.content.state_dict(),
                "decoder": self.decoder.state_dict(),
                "judge": self.judge.state_dict(),
                "judged": self._judged,
                "optimiser": self._optimiser.state_dict(),
                "step": self.step,
                "speakers": dict(self.speakers),
                "draw": self._draw.bit_generator.state,
                "torch": torch.get_rng_state(),
            },
            part,
        )
        part.replace(path)

    def begin(self, base: Base) -> None:
        """With the weights of a base that was trained on the same speakers, of as many blocks or fewer; the optimiser
        starts anew."""
        if len(base.decoder.speaker.weight) != len(self.speakers):
            raise ValueError(f"the base knows {len(base.decoder.speaker.weight)} speakers, not {len(self.speakers)}")
        missing, unknown = self.content.load_state_dict(base.content.state_dict(), strict=False)
        if unknown or any(not name.startswith("stack.blocks.") for name in missing):
            raise ValueError(f"the base is of another shape: {unknown} {missing}")
        # Blocks that the base has not got pass on what they are given until they have learnt better.
        for name in missing:
            if ".narrow." in name:
                nn.init.zeros_(self.content.get_parameter(name))
        self.decoder.load_state_dict(base.decoder.state_dict())

    def load(self, path: Path) -> None:
        """Go on where `save` left off, on the same speakers."""
        kept = torch.load(path, weights_only=False)
        if kept["speakers"] != self.speakers:
            raise ValueError(f"{path} was trained on other speakers")
        self.content.load_state_dict(kept["content"])
        self.decoder.load_state_dict(kept["decoder"])
        self.judge.load_state_dict(kept["judge"])
        self._judged = kept["judged"]
        self._optimiser.load_state_dict(kept["optimiser"])
        self.step = kept["step"]
        self._draw.bit_generator.state = kept["draw"]
        torch.set_rng_state(kept["torch"])

    def run(self, minutes: float, tell: Callable[[str], None], keep: Path, held: Sequence[Item]) -> None:
        """Until the plan's steps or the minutes are over; a checkpoint every ten minutes and at the end."""
        end = time.monotonic() + 60 * minutes
        kept_at = time.monotonic()
        while self.step < self.plan.steps and time.monotonic() < end:
            means = self.advance()
            if self.step % 100 == 0:
                tell(f"{self.step} " + " ".join(f"{name} {value:.3f}" for name, value in means.items()))
            if time.monotonic() - kept_at > 600:
                self.save(keep)
                kept_at = time.monotonic()
                tell(f"{self.step} kept; held out: {self.check(held)}")
        self.save(keep)
        tell(f"{self.step} kept; held out: {self.check(held)}")
