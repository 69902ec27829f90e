"""The fitted numbers beside this file (a shell: reads one file). `fit` makes them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["PATH", "weights"]

PATH = Path(__file__).with_name("weights.npz")


@cache
def weights() -> Mapping[str, NDArray[np.float32]]:
    """By name; read once."""
    with np.load(PATH) as file:
        return {name: file[name] for name in file.files}
