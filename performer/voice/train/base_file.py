"""The trained base as one small file: weights of content network, decoder and speakers as float16 arrays."""

import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from performer.voice.train.networks import CONTENT_SHAPE, Content, Decoder

__all__ = ["Base", "read_base", "write_base"]

_CONTENT, _DECODER = "content/", "decoder/"


@dataclass(frozen=True, slots=True)
class Base:
    """content: frozen from here on. decoder: knows many speakers; a clone begins with a copy."""

    content: Content
    decoder: Decoder


def write_base(path: Path, base: Base) -> None:
    """Beside, then renamed."""
    arrays = {
        prefix + name: value.numpy().astype(np.float16)
        for prefix, module in ((_CONTENT, base.content), (_DECODER, base.decoder))
        for name, value in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    part = path.with_suffix(".part.npz")
    np.savez_compressed(part, **arrays)  # pyright: ignore[reportArgumentType]
    part.replace(path)


def _load(module: nn.Module, arrays: dict[str, np.ndarray], prefix: str) -> None:
    state = {
        name.removeprefix(prefix): torch.from_numpy(values.astype(np.float32))
        for name, values in arrays.items()
        if name.startswith(prefix)
    }
    missing, unknown = module.load_state_dict(state, strict=False)
    if unknown or any(not name.endswith("num_batches_tracked") for name in missing):
        raise ValueError(f"the base does not fit the networks: {missing} {unknown}")
    module.eval()


def read_base(raw: bytes) -> Base:
    """From the bytes of what `write_base` wrote."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    blocks = sum(name.startswith(f"{_CONTENT}stack.blocks.") and name.endswith(".reach") for name in arrays)
    shape = replace(CONTENT_SHAPE, dilations=CONTENT_SHAPE.dilations[:blocks])
    base = Base(Content(shape), Decoder(len(arrays[_DECODER + "speaker.weight"])))
    _load(base.content, arrays, _CONTENT)
    _load(base.decoder, arrays, _DECODER)
    return base
