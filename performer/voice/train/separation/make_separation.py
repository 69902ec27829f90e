"""Teaches the separation network: `python -m performer.voice.train.separation.make_separation --help`.

The training's state is kept every few minutes under the working folder: an interrupted run goes on where it was.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset

from performer.voice.train.networks import half_is_fast
from performer.voice.train.separation.export import begin_from
from performer.voice.train.separation.learning import Trainer
from performer.voice.train.separation.mixtures import Batch, Mixer
from performer.voice.train.separation.network import Folded

__all__ = ["main"]

_FRAMES = 192
_BATCH = 4
_PAIRINGS = 2
_KEEP_SECONDS = 120.0


class _Mixtures(IterableDataset[Batch]):
    """Mixes in a process of its own, so that the network need not wait."""

    def __init__(self, sources: Path, seed: int) -> None:
        self._sources, self._seed = sources, seed

    def __iter__(self) -> Iterator[Batch]:
        return Mixer(self._sources, _FRAMES, self._seed).batches(_BATCH, _PAIRINGS)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path, help="what make_sources filled")
    parser.add_argument("state", type=Path, help="file of the training's state")
    parser.add_argument("--minutes", type=float, default=68.0, help="of the whole run, over which the rate falls")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--begin", type=Path, help="a .onnx to begin from where no state is kept yet (the shipped one)")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(0)
    # Channels last in memory: convolutions in bfloat16 are made for it.
    network = Folded()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if chosen.begin is not None:
        begin_from(network, chosen.begin.read_bytes())
    trainer = Trainer(network, chosen.rate, chosen.state, half=half_is_fast())
    mixtures = DataLoader(
        _Mixtures(chosen.sources, trainer.step + 1), batch_size=None, num_workers=1, prefetch_factor=6
    )
    losses: list[float] = []
    last = kept = time.monotonic()
    for batch in mixtures:
        losses.append(trainer.learn(batch, trainer.spent / (60 * chosen.minutes)))
        now = time.monotonic()
        trainer.spent, last = trainer.spent + now - last, now
        over = trainer.spent > 60 * chosen.minutes
        if now - kept > _KEEP_SECONDS or over:
            trainer.keep()
            kept = now
            print(f"step {trainer.step}, {trainer.spent / 60:.0f} min: {np.mean(losses):.3f}", flush=True)
            losses.clear()
        if over:
            return


if __name__ == "__main__":
    main()
