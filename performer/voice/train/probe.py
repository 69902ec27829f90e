"""Phones from what Whisper hears: a small network whose bottleneck is the content that the causal student learns.

The features are taken less their mean over the clip, which carries who speaks and where. Noise on them, dropout and an
early end keep it from learning its clips by heart: 82 % of the phones right on readers that it never heard and 88 on
its own; without these 81 and 99, and a student was then taught memories instead of sounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from performer.voice.phones import PHONES
from performer.voice.train.networks import CONTENT_SIZE

__all__ = ["Lesson", "Probe", "fit_probe"]

_FEATURES = 512
_BATCH = 1024
_RATE = 2e-3
# Of the features' own deviation.
_NOISE = 0.3


@dataclass(frozen=True, slots=True)
class Lesson:
    """Teacher's features (n, 512) every 20 ms and phones (2 n or so,) every 10 ms of one clip."""

    features: NDArray[np.float16]
    phones: NDArray[np.int8]


class Probe(nn.Module):
    """(n, 512) features -> content (n, 64), phone logits (n, 40)."""

    spread: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("spread", torch.ones(()))
        self.inner = nn.Sequential(
            nn.Linear(_FEATURES, 256),
            nn.GELU(),
            nn.Dropout(0.3),
            nn.Linear(256, CONTENT_SIZE),
            nn.LayerNorm(CONTENT_SIZE, elementwise_affine=False),
        )
        self.outer = nn.Sequential(
            nn.Linear(CONTENT_SIZE, 128), nn.GELU(), nn.Dropout(0.1), nn.Linear(128, len(PHONES))
        )

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        content = self.inner(features / self.spread)
        return content, self.outer(content)

    @torch.no_grad()
    def teach(self, features: NDArray[np.float16]) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
        """Of one clip: content and phone logits."""
        self.eval()
        centred = features.astype(np.float32) - features.astype(np.float32).mean(0)
        content, phones = self(torch.from_numpy(centred))
        return content.numpy().astype(np.float16), phones.numpy().astype(np.float16)


def _stacked(lessons: Sequence[Lesson]) -> tuple[Tensor, Tensor]:
    features: list[NDArray[np.float32]] = []
    phones: list[NDArray[np.int64]] = []
    for lesson in lessons:
        heard = lesson.features.astype(np.float32)
        features.append(heard - heard.mean(0))
        phones.append(lesson.phones[np.minimum(np.arange(len(heard)) * 2, len(lesson.phones) - 1)].astype(np.int64))
    return torch.from_numpy(np.concatenate(features)), torch.from_numpy(np.concatenate(phones))


def fit_probe(lessons: Sequence[Lesson], held: Sequence[Lesson], steps: int = 700) -> tuple[Probe, float]:
    """The probe and its accuracy on `held`, frames of silence left out."""
    features, phones = _stacked(lessons)
    probe = Probe()
    probe.spread.fill_(features.std(0).mean())
    optimiser = torch.optim.AdamW(probe.parameters(), lr=_RATE, weight_decay=0.05)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = _RATE * (1 - step / steps) + 1e-5
        pick = torch.randint(0, len(features), (_BATCH,))
        heard = features[pick] + _NOISE * probe.spread * torch.randn(_BATCH, _FEATURES)
        loss = functional.cross_entropy(probe(heard)[1], phones[pick], label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    probe.eval()
    features, phones = _stacked(held)
    with torch.no_grad():
        right = probe(features)[1].argmax(1) == phones
    return probe, float(right[phones > 0].float().mean())
