"""A causal network of a voice as an ONNX graph that takes one frame at a time, from plain arrays.

A call sees one frame (10 ms) and the past: `past_0`, the last inputs, and `past_1`, what each block was given, one
block's rows behind the other's; `next_0` and `next_1` are the past of the call after. A frame at a time means that a
stream gives the same numbers however it was split, and that the taps on the past of all blocks are one product.

A hop of 10 ms is too short for arithmetic to count: what costs is fetching the weights from memory and starting nodes.
So the large matrices are 8 bits with a scale for every 32 weights (MatMulNBits of com.microsoft, in onnxruntime since
1.22; it rounds its input to 8 bits as well, each row by itself), which is a third of the time of float32.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

__all__ = ["BlockWeights", "Graph", "Linear", "StackWeights"]

_OPSET = 20
_PLAIN, _CONTRIB = "", "com.microsoft"
# Weights that share a scale, and accuracy_level 4 of MatMulNBits: products of 8-bit integers.
_SHARING, _INTEGERS = 32, 4
_MIDDLE, _REACH = 128, 127


@dataclass(frozen=True, slots=True)
class Linear:
    """weight (out, in), bias (out,)."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BlockWeights:
    """reach: (taps, channels) oldest first, `dilation` frames apart, then widen, GELU, narrow, added to what came."""

    reach: NDArray[np.float32]
    dilation: int
    widen: Linear
    narrow: Linear


@dataclass(frozen=True, slots=True)
class StackWeights:
    """first: over `taps` frames of the inputs, oldest first. blocks: all of the same channels and taps."""

    first: Linear
    blocks: tuple[BlockWeights, ...]

    @property
    def taps(self) -> int:
        return len(self.blocks[0].reach)

    @property
    def inputs(self) -> int:
        return self.first.weight.shape[1] // self.taps

    @property
    def channels(self) -> int:
        return self.first.weight.shape[0]

    @property
    def past(self) -> int:
        """Rows of the past of all blocks."""
        return sum((self.taps - 1) * block.dilation for block in self.blocks)


def _eighths(weight: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """(out, in) -> (out, groups, 32) numbers around 128, (out, groups) scales; what is missing in a group is zero."""
    rows, numbers = weight.shape
    groups = -(-numbers // _SHARING)
    padded = np.pad(weight, ((0, 0), (0, groups * _SHARING - numbers))).reshape(rows, groups, _SHARING)
    scales = np.maximum(np.abs(padded).max(axis=2) / _REACH, 1e-12).astype(np.float32)
    return (np.rint(padded / scales[:, :, None]) + _MIDDLE).astype(np.uint8), scales


class Graph:
    """Nodes and weights as they are added; every method returns the name of its result."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[TensorProto] = []
        self._count = 0

    def _name(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def node(self, kind: str, *inputs: str, domain: str = _PLAIN, **attributes: Any) -> str:
        name = self._name()
        self._nodes.append(helper.make_node(kind, list(inputs), [name], domain=domain, **attributes))
        return name

    def named(self, value: str, name: str) -> None:
        """Call a result by the name of an output."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))

    def numbers(self, values: Sequence[int] | NDArray[np.intp]) -> str:
        return self._kept(np.asarray(values, np.int64))

    def weight(self, values: NDArray[np.float32]) -> str:
        return self._kept(np.asarray(values, np.float32))

    def _kept(self, values: NDArray[np.generic]) -> str:
        name = self._name()
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def cut(self, value: str, first: int, last: int, axis: int = 0) -> str:
        return self.node("Slice", value, *(self.numbers([number]) for number in (first, last, axis)))

    def linear(self, value: str, linear: Linear) -> str:
        """(1, in) -> (1, out) in 8 bits."""
        codes, scales = _eighths(linear.weight)
        return self.node(
            "MatMulNBits",
            value,
            self._kept(codes),
            self.weight(scales),
            "",
            "",
            self.weight(linear.bias),
            domain=_CONTRIB,
            K=linear.weight.shape[1],
            N=linear.weight.shape[0],
            bits=8,
            block_size=_SHARING,
            accuracy_level=_INTEGERS,
        )

    def exact(self, value: str, linear: Linear) -> str:
        """(1, in) -> (1, out) in float32, for what is small and last."""
        return self.node("Gemm", value, self.weight(linear.weight), self.weight(linear.bias), transB=1)

    def stack(self, x: str, stack: StackWeights) -> str:
        """(1, inputs) -> (1, channels), and the next past."""
        blocks, ago = stack.blocks, stack.taps - 1
        whole = self.node("Concat", "past_0", x, axis=0)
        self.named(self.cut(whole, 1, stack.taps), "next_0")
        y = self.linear(self.node("Reshape", whole, self.numbers([1, -1])), stack.first)
        lengths = [ago * block.dilation for block in blocks]
        starts = np.cumsum([0, *lengths])
        # All blocks' past at once: what does not wait for this frame.
        places = [[starts[k] + tap * block.dilation for k, block in enumerate(blocks)] for tap in range(ago)]
        seen = self.node("Gather", "past_1", self.numbers(np.array(places)), axis=0)
        before = self.node("Mul", seen, self.weight(np.stack([block.reach[:ago] for block in blocks], axis=1)))
        sums = self.node("ReduceSum", before, self.numbers([0]), keepdims=0)
        parts = [self._name() for _ in blocks]
        self._nodes.append(helper.make_node("Split", [sums], parts, axis=0, num_outputs=len(blocks)))
        given: list[str] = []
        for block, part in zip(blocks, parts, strict=True):
            given.append(y)
            now = self.node("Add", self.node("Mul", y, self.weight(block.reach[ago:])), part)
            y = self.node("Add", y, self.linear(self.node("Gelu", self.linear(now, block.widen)), block.narrow))
        # Each block forgets its oldest row and appends what it was given.
        kept: list[int] = []
        for place, length in enumerate(lengths):
            kept += [*range(int(starts[place]) + 1, int(starts[place]) + length), stack.past + place]
        every = self.node("Concat", "past_1", *given, axis=0)
        self.named(self.node("Gather", every, self.numbers(kept), axis=0), "next_1")
        return y

    def model(self, inputs: dict[str, int], outputs: dict[str, int], stack: StackWeights) -> bytes:
        """The whole file; inputs and outputs: how many numbers a frame each has."""

        def value(name: str, frames: int, size: int) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, [frames, size])

        pasts = [(stack.taps - 1, stack.inputs), (stack.past, stack.channels)]
        graph = helper.make_graph(
            self._nodes,
            "voice",
            [value(name, 1, size) for name, size in inputs.items()]
            + [value(f"past_{k}", *shape) for k, shape in enumerate(pasts)],
            [value(name, 1, size) for name, size in outputs.items()]
            + [value(f"next_{k}", *shape) for k, shape in enumerate(pasts)],
            self._weights,
        )
        opsets = [helper.make_opsetid(_PLAIN, _OPSET), helper.make_opsetid(_CONTRIB, 1)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="nichang")
        model.ir_version = 10
        onnx.checker.check_model(model)
        return model.SerializeToString()
