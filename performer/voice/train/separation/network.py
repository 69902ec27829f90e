"""The separation network: bands of two neighbouring windows at a time through gated, dilated convolutions in time.

Each band of cells has a small linear layer in and out (Y. Luo and J. Yu, "Music source separation with band-split
RNN", 2023); between them the whole spectrum is one vector every 32 ms, seen 1.15 s back and ahead. Of the shapes tried
(the same at every window; bands kept apart and mixed by matrices; recurrent in time and bands; a U-Net of 2-d
convolutions) this one costs least a second of sound, and on processors that decides how much it hears in an hour.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from motion.music.separate_grid import BAND_WIDTHS

__all__ = ["Pairs"]

_DILATIONS = (1, 2, 4, 8, 1, 2)
_TAPS = 5


class _Split(nn.Module):
    """(b, n, 2, 448) -> (b, n, bands, width)"""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.into = nn.ModuleList(nn.Linear(2 * cells, width) for cells in BAND_WIDTHS)

    def forward(self, heard: Tensor) -> Tensor:
        bands = heard.split(BAND_WIDTHS, 3)
        return torch.stack([layer(band.flatten(2)) for layer, band in zip(self.into, bands, strict=True)], 2)


class _Join(nn.Module):
    """(b, n, bands, width) -> (b, n, 2, 448)"""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.out = nn.ModuleList(nn.Linear(width, 2 * cells) for cells in BAND_WIDTHS)

    def forward(self, bands: Tensor) -> Tensor:
        made = [layer(bands[:, :, band]).unflatten(2, (2, -1)) for band, layer in enumerate(self.out)]
        return torch.cat(made, 3)


class Pairs(nn.Module):
    """Levels (b, n, 2, 448), n even -> the voice's share 0..1 of each cell of mid and side."""

    def __init__(self, narrow: int = 16, width: int = 256) -> None:
        super().__init__()
        self.bands = len(BAND_WIDTHS)
        self.split = _Split(narrow)
        self.into = nn.Linear(2 * self.bands * narrow, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in _DILATIONS)
        self.deep = nn.ModuleList(
            nn.Conv1d(width, width, _TAPS, padding=_TAPS // 2 * dilation, dilation=dilation, groups=width)
            for dilation in _DILATIONS
        )
        self.wide = nn.ModuleList(nn.Linear(width, 2 * width) for _ in _DILATIONS)
        self.back = nn.ModuleList(nn.Linear(width, width) for _ in _DILATIONS)
        self.last = nn.LayerNorm(width)
        self.out = nn.Linear(width, 2 * self.bands * narrow)
        self.join = _Join(2 * narrow)

    def forward(self, heard: Tensor) -> Tensor:
        near = self.split(heard)
        batch, frames = near.shape[:2]
        held = self.into(near.reshape(batch, frames // 2, -1))
        for norm, deep, wide, back in zip(self.norms, self.deep, self.wide, self.back, strict=True):
            moved = deep(norm(held).transpose(1, 2)).transpose(1, 2)
            held = held + back(functional.glu(wide(moved), 2))
        far = functional.silu(self.out(self.last(held))).view(batch, frames, self.bands, -1)
        return torch.sigmoid(self.join(torch.cat([far, near], 3)))
