"""A network that is asked block by block and remembers what it needs of the past."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray

__all__ = ["StreamingNetwork"]

_PAST, _NEXT = "past_", "next_"


class StreamingNetwork:
    """An ONNX graph whose inputs `past_K` are the outputs `next_K` of the call before, zeros at first."""

    def __init__(self, model: bytes, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # A spinning worker takes a core from the rest of the show.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        shapes = {entry.name: tuple(entry.shape) for entry in self._session.get_inputs()}
        self._silence = {name: shape for name, shape in shapes.items() if name.startswith(_PAST)}
        outputs = [entry.name for entry in self._session.get_outputs()]
        self._kept = [name for name in outputs if name.startswith(_NEXT)]
        self._answers = [name for name in outputs if not name.startswith(_NEXT)]
        self._past: dict[str, NDArray[np.float32]] = {}
        self.reset()

    def reset(self) -> None:
        """Forget the past."""
        self._past = {name: np.zeros(shape, np.float32) for name, shape in self._silence.items()}

    def feed(self, **inputs: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Each (n, numbers) of the next n frames -> each output (n, numbers); n > 0."""
        found = self._session.run([*self._answers, *self._kept], inputs | self._past)
        answers = {name: np.asarray(value) for name, value in zip(self._answers, found, strict=False)}
        for name, value in zip(self._kept, found[len(self._answers) :], strict=True):
            self._past[_PAST + name.removeprefix(_NEXT)] = np.asarray(value)
        return answers
