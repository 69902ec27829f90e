"""The shipped network that tells a voice from its accompaniment (a shell: reads the package's own file)."""

from functools import cache
from importlib.resources import files

import numpy as np
import onnxruntime
from numpy.typing import NDArray

__all__ = ["ShippedNetwork", "shipped_network"]


class ShippedNetwork:
    """An ONNX graph `heard` (1, 672, 2, 448) -> `share` of the same shape."""

    def __init__(self, model: bytes, threads: int = 1) -> None:
        """threads: how many cores it may take."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Waiting threads sleep: a show needs the cores for other things.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def __call__(self, heard: NDArray[np.float32]) -> NDArray[np.float32]:
        (share,) = self._session.run(["share"], {"heard": heard[None]})
        return np.asarray(share, np.float32)[0]


@cache
def shipped_network(threads: int = 1) -> ShippedNetwork:
    """The network in this package; loaded once."""
    return ShippedNetwork((files("motion.music") / "models" / "separation.onnx").read_bytes(), threads)
