"""The two networks of a voice, both causal but for 20 ms: what is said (content), and how this voice says it (decoder).

Shapes are (batch, frames, numbers) at 10 ms a frame. Outputs at frame i depend on inputs up to i + LOOK_AHEAD
(content) or i (decoder), so each can run frame by frame with its past kept in caches.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from performer.voice.bands import BANDS
from performer.voice.train.phones import PHONES

__all__ = ["CONTENT_SIZE", "LOOK_AHEAD", "NOISE_BANDS", "Content", "Decoder", "Heard", "Spoken", "Shape"]

CONTENT_SIZE = 64
NOISE_BANDS = 8
LOOK_AHEAD = 2
_KERNEL = 5
_SPEAKER_SIZE = 32
# log2(hertz / 220), voiced, loudness.
PROSODY_SIZE = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """channels and the dilation of each block."""

    channels: int
    dilations: tuple[int, ...]


CONTENT_SHAPE = Shape(192, (1, 2, 4, 8, 1, 2, 4, 8))
DECODER_SHAPE = Shape(160, (1, 2, 4, 1, 2))


class Block(nn.Module):
    """Depthwise convolution over the past, then two mixes of the channels, added to what came in."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.past = (_KERNEL - 1) * dilation
        self.reach = nn.Conv1d(channels, channels, _KERNEL, dilation=dilation, groups=channels)
        self.norm = nn.BatchNorm1d(channels)
        self.widen = nn.Conv1d(channels, 2 * channels, 1)
        self.narrow = nn.Conv1d(2 * channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, frames) -> same."""
        y = self.norm(self.reach(functional.pad(x, (self.past, 0))))
        return x + self.narrow(functional.gelu(self.widen(y)))


class Heard(NamedTuple):
    """content: (batch, frames, 64), unit root mean square. phones: (batch, frames, 40) logits."""

    content: Tensor
    phones: Tensor


class Content(nn.Module):
    """Levelled log-mel bands -> what is said, and by whom as little as training could manage."""

    def __init__(self, shape: Shape = CONTENT_SHAPE) -> None:
        super().__init__()
        self.first = nn.Conv1d(BANDS, shape.channels, _KERNEL)
        self.blocks = nn.ModuleList([Block(shape.channels, dilation) for dilation in shape.dilations])
        self.last = nn.Conv1d(shape.channels, CONTENT_SIZE, 1)
        self.phone_hidden = nn.Conv1d(CONTENT_SIZE, 128, 1)
        self.phone = nn.Conv1d(128, len(PHONES), 1)

    def forward(self, bands: Tensor) -> Heard:
        """bands: (batch, frames, 80), levelled."""
        x = self.first(functional.pad(bands.transpose(1, 2), (_KERNEL - 1 - LOOK_AHEAD, LOOK_AHEAD)))
        for block in self.blocks:
            x = block(x)
        content = self.last(x)
        content = content / (content.square().mean(1, keepdim=True).sqrt() + 1e-3)
        phones = self.phone(functional.gelu(self.phone_hidden(content)))
        return Heard(content.transpose(1, 2), phones.transpose(1, 2))


class Spoken(NamedTuple):
    """envelope: (batch, frames, 80) log bands without loudness. noise: (batch, frames, 8) aperiodicity 0..1."""

    envelope: Tensor
    noise: Tensor


class Decoder(nn.Module):
    """Content, pitch and loudness -> the envelope of one of the speakers it knows."""

    def __init__(self, speakers: int, shape: Shape = DECODER_SHAPE) -> None:
        super().__init__()
        self.speaker = nn.Embedding(speakers, _SPEAKER_SIZE)
        self.first = nn.Conv1d(CONTENT_SIZE + PROSODY_SIZE + _SPEAKER_SIZE, shape.channels, _KERNEL)
        self.blocks = nn.ModuleList([Block(shape.channels, dilation) for dilation in shape.dilations])
        self.last = nn.Conv1d(shape.channels, BANDS + NOISE_BANDS, 1)

    def forward(self, content: Tensor, prosody: Tensor, speaker: Tensor) -> Spoken:
        """content (b, n, 64), prosody (b, n, 3), speaker (b,) places in the embedding."""
        who = self.speaker(speaker)[:, None].expand(-1, content.shape[1], -1)
        x = torch.cat([content, prosody, who], 2).transpose(1, 2)
        x = self.first(functional.pad(x, (_KERNEL - 1, 0)))
        for block in self.blocks:
            x = block(x)
        out = self.last(x).transpose(1, 2)
        return Spoken(out[..., :BANDS], torch.sigmoid(out[..., BANDS:]))
