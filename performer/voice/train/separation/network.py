"""The separation network: a U-Net of 2-d convolutions over folded cells, whose floor sees the whole spectrum.

Two windows by four cells are folded into channels, which makes the picture small enough for a processor; convolutions
of three by three with residuals then see a voice's harmonics, slides and onsets wherever they lie (W. Choi and others,
"Investigating U-Nets with various intermediate blocks for spectrogram-based singing voice separation", 2020). At the
floor, where a step is a quarter of a second, the whole spectrum is one vector that goes through gated, dilated
convolutions in time: who sings here and what plays. Folding eight cells fits the lessons sooner and parts unknown
voices and instruments 3 dB worse.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from motion.music.separate_grid import CELLS

__all__ = ["Folded"]

_DILATIONS = (1, 2, 1, 2)
_TAPS = 5


class _Residual(nn.Module):
    """(b, c, n, f) -> the same"""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.one = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm_one = nn.BatchNorm2d(channels)
        self.two = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm_two = nn.BatchNorm2d(channels)

    def forward(self, held: Tensor) -> Tensor:
        moved = functional.relu(self.norm_one(self.one(held)))
        return functional.relu(held + self.norm_two(self.two(moved)))


def _residuals(channels: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(_Residual(channels) for _ in range(count)))


class _Whole(nn.Module):
    """(b, c, n, f) -> the same: each step's spectrum as one vector, seen over time."""

    def __init__(self, channels: int, cells: int, thin: int, width: int) -> None:
        super().__init__()
        self._thin = thin
        self.thin = nn.Conv2d(channels, thin, 1)
        self.into = nn.Linear(thin * cells, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in _DILATIONS)
        self.deep = nn.ModuleList(
            nn.Conv1d(width, width, _TAPS, padding=_TAPS // 2 * dilation, dilation=dilation, groups=width)
            for dilation in _DILATIONS
        )
        self.wide = nn.ModuleList(nn.Linear(width, 2 * width) for _ in _DILATIONS)
        self.back = nn.ModuleList(nn.Linear(width, width) for _ in _DILATIONS)
        self.last = nn.LayerNorm(width)
        self.out = nn.Linear(width, thin * cells)
        self.thick = nn.Conv2d(thin, channels, 1)

    def forward(self, held: Tensor) -> Tensor:
        batch, _, steps, cells = held.shape
        seen = self.into(functional.relu(self.thin(held)).permute(0, 2, 3, 1).reshape(batch, steps, -1))
        for norm, deep, wide, back in zip(self.norms, self.deep, self.wide, self.back, strict=True):
            moved = deep(norm(seen).transpose(1, 2)).transpose(1, 2)
            seen = seen + back(functional.glu(wide(moved), 2))
        known = functional.relu(self.out(self.last(seen))).view(batch, steps, cells, self._thin)
        return held + self.thick(known.permute(0, 3, 1, 2))


class Folded(nn.Module):
    """Levels (b, n, 2, 448) -> the voice's share 0..1 of each cell of mid and side; n a multiple of 2 to the power of
    the number of `channels`.

    channels: of each level, from the top to the floor. blocks: residuals of each, on the way down and up again.
    cells: how many are folded into channels. thin, width: of the whole spectrum's way.
    """

    def __init__(
        self, channels: Sequence[int] = (32, 64, 128, 160), blocks: Sequence[int] = (1, 2, 1, 2), cells: int = 4,
        thin: int = 24, width: int = 256,
    ) -> None:  # fmt: skip
        super().__init__()
        self._cells = cells
        folded, rows = 4 * cells, CELLS // cells
        self.first = nn.Conv2d(folded, channels[0], 3, padding=1)
        self.place = nn.Parameter(torch.zeros(1, channels[0], 1, rows))
        steps = list(zip(channels[:-1], channels[1:], blocks[:-1], strict=True))
        self.before = nn.ModuleList(_residuals(high, count) for high, _, count in steps)
        self.down = nn.ModuleList(
            nn.Sequential(nn.Conv2d(high, low, 2, 2, bias=False), nn.BatchNorm2d(low), nn.ReLU())
            for high, low, _ in steps
        )
        self.floor = _residuals(channels[-1], blocks[-1])
        self.whole = _Whole(channels[-1], rows // 2 ** len(steps), thin, width)
        self.floor_after = _residuals(channels[-1], blocks[-1])
        self.up = nn.ModuleList(nn.ConvTranspose2d(low, high, 2, 2) for high, low, _ in reversed(steps))
        self.after = nn.ModuleList(_residuals(high, count) for high, _, count in reversed(steps))
        self.out = nn.Conv2d(channels[0] + folded, folded, 1)

    def forward(self, heard: Tensor) -> Tensor:
        batch, windows = heard.shape[:2]
        steps, rows = windows // 2, CELLS // self._cells
        unfolded = heard.view(batch, steps, 2, 2, rows, self._cells)
        given = unfolded.permute(0, 2, 3, 5, 1, 4).reshape(batch, -1, steps, rows)
        # Channels last in memory: convolutions in bfloat16 are made for it.
        given = given.contiguous(memory_format=torch.channels_last)
        held = self.first(given) + self.place
        above: list[Tensor] = []
        for before, down in zip(self.before, self.down, strict=True):
            above.append(before(held))
            held = down(above[-1])
        held = self.floor_after(self.whole(self.floor(held)))
        for up, after in zip(self.up, self.after, strict=True):
            held = after(up(held) + above.pop())
        share = self.out(torch.cat([held, given.to(held.dtype)], 1))
        share = share.view(batch, 2, 2, self._cells, steps, rows).permute(0, 4, 1, 2, 5, 3)
        return torch.sigmoid(share.reshape(batch, windows, 2, CELLS))
