"""An ONNX graph with bounded threads, whose faults are sentences."""

from collections.abc import Mapping

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from performer.voice.foreign.kinds import ForeignError, Tensor

__all__ = ["DEFAULT_THREADS", "Graph"]

# The show, the page and the sound want the other cores.
DEFAULT_THREADS = 2
_KINDS = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(int64)": "int64"}


def _tensor(entry: onnxruntime.NodeArg) -> Tensor:
    sizes = tuple(size if isinstance(size, int) and size > 0 else None for size in entry.shape)
    return Tensor(str(entry.name), _KINDS.get(str(entry.type), str(entry.type)), sizes)


class Graph:
    """Takes arrays by name and gives one of its outputs."""

    def __init__(self, model: bytes, name: str, threads: int = DEFAULT_THREADS) -> None:
        """model: the file's bytes. name: what messages call it.

        Raises:
            ForeignError: no ONNX graph, damaged, or with operators that onnxruntime does not know.
        """
        self.name = name
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = max(1, threads)
        options.inter_op_num_threads = 1
        # A spinning worker takes a core from the rest of the show.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no common root
            why = str(error).strip().splitlines()[0][:160] if str(error).strip() else "no reason given"
            raise ForeignError(f"{name} is not an ONNX graph that can be run here ({why}); export it anew") from None

    @property
    def inputs(self) -> list[Tensor]:
        """In the graph's own order."""
        return [_tensor(entry) for entry in self._session.get_inputs()]

    @property
    def outputs(self) -> list[Tensor]:
        """In the graph's own order."""
        return [_tensor(entry) for entry in self._session.get_outputs()]

    @property
    def metadata(self) -> Mapping[str, str]:
        return self._session.get_modelmeta().custom_metadata_map

    def run(self, fed: Mapping[str, NDArray[np.generic]], output: str | None = None) -> NDArray[np.float32]:
        """An output, by default the first, as float32; numbers that are none become 0.

        Raises:
            ForeignError: the graph refuses what it was fed.
        """
        try:
            answer = self._session.run(None if output is None else [output], dict(fed))[0]
        except Exception as error:
            why = str(error).strip().splitlines()[0][:160] if str(error).strip() else "no reason given"
            raise ForeignError(
                f"{self.name} refuses its input ({why}); is it whole, exported with any length (dynamic axes), "
                "and has it that speaker?"
            ) from None
        return np.nan_to_num(np.asarray(answer, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
