"""The two networks of a voice, both causal but for 20 ms: what is said (content), and how this voice says it (decoder).

Shapes are (batch, frames, numbers) at 10 ms a frame. Outputs at frame i depend on inputs up to i + LOOK_AHEAD
(content) or i (decoder). Each can be asked block by block: what a call returns as its past is given to the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from performer.voice.bands import BANDS
from performer.voice.phones import PHONES

__all__ = [
    "CONTENT_SIZE",
    "LOOK_AHEAD",
    "NOISE_BANDS",
    "PROSODY_SIZE",
    "SPEAKER_SIZE",
    "Content",
    "Decoder",
    "Heard",
    "TAPS",
    "Shape",
    "Spoken",
    "half_is_fast",
]

CONTENT_SIZE = 64
NOISE_BANDS = 8
LOOK_AHEAD = 2
TAPS = 5
SPEAKER_SIZE = 32
# log2(hertz / 220), voiced, loudness.
PROSODY_SIZE = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """channels and the dilation of each block."""

    channels: int
    dilations: tuple[int, ...]


CONTENT_SHAPE = Shape(192, (1, 2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8))
DECODER_SHAPE = Shape(160, (1, 2, 4, 1, 2))


def half_is_fast() -> bool:
    """Whether this processor multiplies bfloat16 natively."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


class Block(nn.Module):
    """Depthwise convolution over the past, then two mixes of the channels, added to what came in.

    Written with shifted products and matrix products on (batch, frames, channels): on a processor this trains half
    again as fast as torch's own convolutions.
    """

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.past = (TAPS - 1) * dilation
        self.reach = nn.Parameter(torch.randn(TAPS, channels) * 0.4)
        self.norm = nn.BatchNorm1d(channels)
        self.widen = nn.Linear(channels, 2 * channels)
        self.narrow = nn.Linear(2 * channels, channels)

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, frames, channels), (batch, self.past, channels) -> same, past of the next call."""
        frames, channels = x.shape[1], x.shape[2]
        whole = torch.cat([past, x], 1)
        y = whole[:, :frames] * self.reach[0]
        for tap in range(1, TAPS):
            first = tap * self.dilation
            y = y + whole[:, first : first + frames] * self.reach[tap]
        y = self.norm(y.reshape(-1, channels)).reshape(-1, frames, channels)
        return x + self.narrow(functional.gelu(self.widen(y))), whole[:, frames:]


class Stack(nn.Module):
    """A convolution over 5 frames and the blocks behind it."""

    def __init__(self, inputs: int, shape: Shape) -> None:
        super().__init__()
        self.inputs = inputs
        self.first = nn.Linear(TAPS * inputs, shape.channels)
        self.blocks = nn.ModuleList([Block(shape.channels, dilation) for dilation in shape.dilations])
        self.sizes = ((TAPS - 1, inputs), *((4 * dilation, shape.channels) for dilation in shape.dilations))

    def silence(self, batch: int) -> list[Tensor]:
        """The past of a stream that begins."""
        return [torch.zeros(batch, frames, numbers) for frames, numbers in self.sizes]

    def forward(self, x: Tensor, past: Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
        frames = x.shape[1]
        whole = torch.cat([past[0], x], 1)
        y = self.first(torch.cat([whole[:, tap : tap + frames] for tap in range(TAPS)], 2))
        kept = [whole[:, frames:]]
        for block, before in zip(self.blocks, past[1:], strict=True):
            y, after = block(y, before)
            kept.append(after)
        return y, kept


class Heard(NamedTuple):
    """content: (batch, frames, 64), unit root mean square. taught: (batch, frames, 64) what the teacher would hear.
    phones: (batch, frames, 40) logits. voiced: (batch, frames) logit."""

    content: Tensor
    taught: Tensor
    phones: Tensor
    voiced: Tensor


class Content(nn.Module):
    """Levelled log-mel bands -> what is said, and by whom as little as training could manage."""

    def __init__(self, shape: Shape = CONTENT_SHAPE) -> None:
        super().__init__()
        self.stack = Stack(BANDS, shape)
        self.last = nn.Linear(shape.channels, CONTENT_SIZE)
        # The teacher's numbers are a view of the content, not the content: it keeps more than phones.
        self.taught = nn.Linear(CONTENT_SIZE, CONTENT_SIZE)
        self.phone_hidden = nn.Linear(CONTENT_SIZE, 128)
        self.phone = nn.Linear(128, len(PHONES))
        self.voiced = nn.Linear(shape.channels, 1)

    def forward(self, bands: Tensor) -> Heard:
        """bands: (batch, frames, 80), levelled; a whole clip."""
        ahead = functional.pad(bands, (0, 0, 0, LOOK_AHEAD))
        y, _ = self.stack(ahead, self.stack.silence(len(bands)))
        return self.read(y[:, LOOK_AHEAD:])

    def read(self, y: Tensor) -> Heard:
        """What the stack's (batch, frames, channels) say."""
        content = self.last(y)
        content = content / (content.square().mean(2, keepdim=True).sqrt() + 1e-3)
        return Heard(content, self.taught(content), self.phones_of(content), self.voiced(y)[..., 0])

    def phones_of(self, content: Tensor) -> Tensor:
        """(..., 64) content -> (..., 40) logits of the phones."""
        return self.phone(functional.gelu(self.phone_hidden(content)))


class Spoken(NamedTuple):
    """envelope: (batch, frames, 80) log bands without loudness. noise: (batch, frames, 8) aperiodicity 0..1."""

    envelope: Tensor
    noise: Tensor


class Decoder(nn.Module):
    """Content, pitch and loudness -> the envelope of one of the speakers it knows."""

    def __init__(self, speakers: int, shape: Shape = DECODER_SHAPE) -> None:
        super().__init__()
        self.speaker = nn.Embedding(speakers, SPEAKER_SIZE)
        self.stack = Stack(CONTENT_SIZE + PROSODY_SIZE + SPEAKER_SIZE, shape)
        self.last = nn.Linear(shape.channels, BANDS + NOISE_BANDS)

    def forward(self, content: Tensor, prosody: Tensor, speaker: Tensor) -> Spoken:
        """content (b, n, 64), prosody (b, n, 3), speaker (b,) places in the embedding; a whole clip."""
        return self.say(content, prosody, self.speaker(speaker), self.stack.silence(len(content)))[0]

    def say(self, content: Tensor, prosody: Tensor, who: Tensor, past: Sequence[Tensor]) -> tuple[Spoken, list[Tensor]]:
        """The next block of a clip; who: (b, 32)."""
        everywhere = who[:, None].expand(-1, content.shape[1], -1)
        y, kept = self.stack(torch.cat([content, prosody, everywhere], 2), past)
        out = self.last(y)
        return Spoken(out[..., :BANDS], torch.sigmoid(out[..., BANDS:])), kept
