"""Content features of sound at 16 kHz, 50 a second, by a HuBERT-like encoder (ContentVec) that the user brings."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from performer.voice.foreign.graph import DEFAULT_THREADS, Graph
from performer.voice.foreign.kinds import ForeignError, Tensor

__all__ = ["CONTENT_HOP", "CONTENT_RATE", "Content"]

CONTENT_RATE, CONTENT_HOP = 16_000, 320
# Its convolutions see 400 samples for a feature every 320: with 80 more behind, n samples give n / 320 features.
_OVERHANG = 80


def _fitting(outputs: Sequence[Tensor], channels: int, layer: int, projected: bool) -> str:
    """Which output a voice model was taught on.

    w-okada's content_vec_500.onnx has three: units9 (layer 9 behind the last projection, 256), unit12 (768), unit12s
    (layer 12 behind it, 256).
    """
    by_layer = {(9, True): "units9", (12, False): "unit12", (12, True): "unit12s"}.get((layer, projected))
    by_width = {256: "units9", 768: "unit12"}[channels]
    names = [tensor.name for tensor in outputs]
    for name in (by_layer, by_width):
        if name in names:
            return str(name)
    return next((tensor.name for tensor in outputs if channels in tensor.shape[-2:]), names[0])


class Content:
    """vec-768-layer-12.onnx, vec-256-layer-9.onnx, content_vec_500.onnx or any graph of their shape: sound in,
    (features, channels) out."""

    def __init__(
        self, model: bytes, channels: int, threads: int = DEFAULT_THREADS, *, layer: int = 0, projected: bool = False
    ) -> None:
        """channels, layer, projected: what the voice model wants (`Recipe`).

        Raises:
            ForeignError: another kind of graph, or features of another size.
        """
        self._graph = Graph(model, "the content encoder", threads)
        inputs = self._graph.inputs
        if len(inputs) != 1 or len(inputs[0].shape) not in (2, 3) or inputs[0].kind not in ("float32", "float16"):
            found = ", ".join(map(str, inputs))
            raise ForeignError(
                f"the content encoder takes {found}; one input float32[1,1,N] of sound at 16 kHz is known "
                "(vec-768-layer-12.onnx, vec-256-layer-9.onnx)"
            )
        self._input = inputs[0]
        self._channels = channels
        self._output = _fitting(self._graph.outputs, channels, layer, projected)
        # One second tells whether its features fit, before anybody sings.
        count = len(self.features(np.zeros(CONTENT_RATE, np.float32)))
        if abs(count - CONTENT_RATE // CONTENT_HOP) > 1:
            raise ForeignError(f"the content encoder gives {count} features a second; 50 are known")

    def features(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """sound: (n,) at 16 kHz, n a multiple of 320 -> (n / 320, channels); feature k begins at sample 320 k."""
        padded = np.concatenate([sound, np.zeros(_OVERHANG, np.float32)])
        shaped = padded.reshape((1,) * (len(self._input.shape) - 1) + (-1,)).astype(self._input.kind)
        answer = self._graph.run({self._input.name: shaped}, self._output)
        given = list(answer.shape)
        if len(given) < 2 or answer.size != given[-1] * given[-2]:
            raise ForeignError(f"the content encoder gives {given}; [1,{self._channels},T] is known")
        found = answer.reshape(given[-2], given[-1])
        if given[-1] != self._channels and given[-2] == self._channels:
            found = found.T
        elif given[-1] != self._channels:
            raise ForeignError(
                f"the content encoder gives {given}, the voice model wants features of "
                f"{self._channels}; take vec-{self._channels}-layer-{12 if self._channels == 768 else 9}.onnx"
            )
        return found
