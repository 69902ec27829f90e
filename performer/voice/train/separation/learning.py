"""Teaches the separation network; goes on where an interrupted run was."""

import copy
from pathlib import Path

import torch
from torch import Tensor, nn

from performer.voice.train.separation.mixtures import Batch

__all__ = ["Trainer", "loss_of"]

_WARM = 100
_KEPT = 0.995
# Mean square of an error, the mix's being 1, under which it matters less and less.
_QUIET = 3e-4


def loss_of(mask: Tensor, mix: Tensor, along: Tensor, across: Tensor) -> Tensor:
    """How far mask * mix is from the voice: half by signal-to-error ratio of each piece, half by square roots of
    magnitudes, where soft sounds count too. All (b, n, 2, 448)."""
    made = mask * mix
    square = (made - along).square() + across.square()
    error = square.mean((1, 2, 3))
    voice = (along.square() + across.square()).mean((1, 2, 3))
    ratio = torch.log((error + _QUIET) / (voice + 0.02))
    small = ((made + 1e-4).sqrt() - ((along.square() + across.square()).sqrt() + 1e-4).sqrt()).abs().mean()
    return ratio.mean() + 6.0 * small


class Trainer:
    """Adam with a warm start and a falling rate; `mean` is the running mean of the weights, which is what is shipped.

    spent: seconds of training so far, interruptions not counted. half: matrix products in bfloat16.
    """

    def __init__(self, network: nn.Module, rate: float, kept: Path, half: bool = False) -> None:
        self._half = half
        self.network, self._kept, self._rate = network, kept, rate
        self.mean = copy.deepcopy(network).eval()
        self.step, self.spent = 0, 0.0
        self._learner = torch.optim.AdamW(network.parameters(), rate, betas=(0.9, 0.98), weight_decay=1e-4)
        if kept.is_file():
            state = torch.load(kept, weights_only=True)
            network.load_state_dict(state["network"])
            self.mean.load_state_dict(state["mean"])
            self._learner.load_state_dict(state["learner"])
            self.step, self.spent = state["step"], state["spent"]

    def learn(self, batch: Batch, done: float) -> float:
        """One step; done: share of the whole run behind it, 0..1, by which the rate falls."""
        rate = self._rate * min(1.0, (self.step + 1) / _WARM) * max(0.02, 1.0 - done)
        for group in self._learner.param_groups:
            group["lr"] = rate
        heard, mix, along, across = (
            torch.as_tensor(part) for part in (batch.heard, batch.mix, batch.along, batch.across)
        )
        self.network.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=self._half):
            mask = self.network(heard)
        loss = loss_of(mask.float(), mix, along, across)
        self._learner.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 3.0)
        self._learner.step()
        self.step += 1
        kept = min(_KEPT, self.step / (self.step + 20))
        with torch.no_grad():
            for mean, now in zip(self.mean.state_dict().values(), self.network.state_dict().values(), strict=True):
                mean.lerp_(now, 1 - kept) if mean.is_floating_point() else mean.copy_(now)
        return float(loss.detach())

    def keep(self) -> None:
        part = self._kept.with_suffix(".part")
        torch.save(
            {"network": self.network.state_dict(), "mean": self.mean.state_dict(),
             "learner": self._learner.state_dict(), "step": self.step, "spent": self.spent}, part,
        )  # fmt: skip
        part.replace(self._kept)
