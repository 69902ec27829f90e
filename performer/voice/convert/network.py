"""A network that is asked frame by frame and remembers what it needs of the past."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray

__all__ = ["StreamingNetwork"]

_PAST, _NEXT = "past_", "next_"


class StreamingNetwork:
    """An ONNX graph of one frame whose inputs `past_K` are the outputs `next_K` of the call before, zeros at first.

    All memory is bound once: two sets of the past take turns as what goes in and what comes out.
    """

    def __init__(self, model: bytes, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # A spinning worker takes a core from the rest of the show.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        inputs = {entry.name: self._room(entry.shape) for entry in self._session.get_inputs()}
        outputs = {entry.name: self._room(entry.shape) for entry in self._session.get_outputs()}
        self._asked = {name: room for name, room in inputs.items() if not name.startswith(_PAST)}
        self._answers = {name: room for name, room in outputs.items() if not name.startswith(_NEXT)}
        pasts = {name: room for name, room in inputs.items() if name.startswith(_PAST)}
        nexts = {_PAST + name.removeprefix(_NEXT): room for name, room in outputs.items() if name.startswith(_NEXT)}
        if pasts.keys() != nexts.keys() or any(pasts[name].shape != nexts[name].shape for name in pasts):
            raise ValueError("a past that goes in does not come out again")
        self._pasts = pasts, nexts
        self._bindings = self._bound(pasts, nexts), self._bound(nexts, pasts)
        self._turn = 0

    def fits(self, asks: dict[str, int], answers: dict[str, int]) -> bool:
        """Are these its inputs and outputs beside the past? By name and how many numbers a frame has."""
        mine = ({name: room.shape[-1] for name, room in part.items()} for part in (self._asked, self._answers))
        return tuple(mine) == (asks, answers)

    @staticmethod
    def _room(shape: list[int | str]) -> NDArray[np.float32]:
        """One frame, where the number of frames is free."""
        return np.zeros([1 if isinstance(size, str) else size for size in shape], np.float32)

    def _bound(
        self, pasts: dict[str, NDArray[np.float32]], nexts: dict[str, NDArray[np.float32]]
    ) -> onnxruntime.IOBinding:
        binding = self._session.io_binding()
        for name, room in (self._asked | pasts).items():
            binding.bind_input(name, "cpu", 0, np.float32, room.shape, room.ctypes.data)
        after = {_NEXT + name.removeprefix(_PAST): room for name, room in nexts.items()}
        for name, room in (self._answers | after).items():
            binding.bind_output(name, "cpu", 0, np.float32, room.shape, room.ctypes.data)
        return binding

    def reset(self) -> None:
        """Forget the past."""
        for room in self._pasts[self._turn].values():
            room[:] = 0.0

    def feed(self, **inputs: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Each (n, numbers) of the next n frames -> each output (n, numbers)."""
        count = len(next(iter(inputs.values())))
        out = {name: np.empty((count, *room.shape[1:]), np.float32) for name, room in self._answers.items()}
        for frame in range(count):
            for name, rows in inputs.items():
                self._asked[name][0] = rows[frame]
            self._session.run_with_iobinding(self._bindings[self._turn])
            self._turn = 1 - self._turn
            for name, room in self._answers.items():
                out[name][frame] = room[0]
        return out
