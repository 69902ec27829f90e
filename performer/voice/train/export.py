"""Trained networks as ONNX files that run block by block: the past goes in as `past_K` and comes out as `next_K`.

The graphs are written out by hand: BatchNorm is folded into the depthwise taps, weights are kept as float16 and widened
when the file is loaded, the number of frames of a call is free.
"""

from collections.abc import Sequence

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from performer.voice.bands import BANDS
from performer.voice.train.networks import CONTENT_SIZE, PROSODY_SIZE, TAPS, Block, Content, Decoder, Stack

__all__ = ["content_graph", "decoder_graph"]

_OPSET = 20
_LAST = np.iinfo(np.int64).max


class _Graph:
    """Nodes and weights as they are added; every method returns the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[TensorProto] = []
        self._count = 0
        self._rows: dict[int, str] = {}

    def _name(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def node(self, kind: str, *inputs: str, **attributes: object) -> str:
        name = self._name()
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def named(self, value: str, name: str) -> None:
        self.nodes.append(helper.make_node("Identity", [value], [name]))

    def number(self, value: int) -> str:
        name = self._name()
        self.weights.append(numpy_helper.from_array(np.array(value, np.int64), name))
        return name

    def numbers(self, values: Sequence[int]) -> str:
        name = self._name()
        self.weights.append(numpy_helper.from_array(np.array(values, np.int64), name))
        return name

    def weight(self, values: NDArray[np.float32] | Tensor, exact: bool = False) -> str:
        """exact: keep float32 (for the few numbers where half precision would be heard)."""
        array = values.detach().numpy() if isinstance(values, Tensor) else values
        name = self._name()
        if exact:
            self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
            return name
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float16), name))
        return self.node("Cast", name, to=TensorProto.FLOAT)

    def cut(self, value: str, first: int, last: int, axis: int = 0) -> str:
        return self.node("Slice", value, self.numbers([first]), self.numbers([last]), self.numbers([axis]))

    def linear(self, value: str, weight: Tensor, bias: Tensor) -> str:
        """(n, in) -> (n, out); weight (out, in) as torch keeps it."""
        return self.node("Gemm", value, self.weight(weight), self.weight(bias, exact=True), transB=1)

    def rows(self, x: str, step: int) -> str:
        """(n, 5) places of the frames that each of n outputs sees in its past and itself."""
        if step not in self._rows:
            count = self.node("Gather", self.node("Shape", x), self.number(0))
            places = self.node("Range", self.number(0), count, self.number(1))
            column = self.node("Unsqueeze", places, self.numbers([1]))
            self._rows[step] = self.node("Add", column, self.numbers([tap * step for tap in range(TAPS)]))
        return self._rows[step]

    def block(self, x: str, past: str, kept: str, block: Block) -> str:
        whole = self.node("Concat", past, x, axis=0)
        self.named(self.cut(whole, -block.past, _LAST), kept)
        scale = block.norm.weight / torch.sqrt(block.norm.running_var + block.norm.eps)
        shift = block.norm.bias - block.norm.running_mean * scale
        seen = self.node("Gather", whole, self.rows(x, block.dilation), axis=0)
        product = self.node("Mul", seen, self.weight(block.reach * scale, exact=True))
        y = self.node("ReduceSum", product, self.numbers([1]), keepdims=0)
        wide = self.linear(y, block.widen.weight, block.widen.bias + block.widen.weight @ shift)
        return self.node("Add", x, self.linear(self.node("Gelu", wide), block.narrow.weight, block.narrow.bias))

    def stack(self, x: str, first: nn.Linear, stack: Stack) -> str:
        whole = self.node("Concat", "past_0", x, axis=0)
        self.named(self.cut(whole, -(TAPS - 1), _LAST), "next_0")
        seen = self.node("Gather", whole, self.rows(x, 1), axis=0)
        flat = self.node("Reshape", seen, self.numbers([-1, first.in_features]))
        y = self.linear(flat, first.weight, first.bias)
        for place, block in enumerate(stack.blocks, 1):
            assert isinstance(block, Block)
            y = self.block(y, f"past_{place}", f"next_{place}", block)
        return y

    def model(self, inputs: dict[str, int], outputs: dict[str, int], stack: Stack) -> bytes:
        def value(name: str, frames: int | str, size: int) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, [frames, size])

        sizes = list(enumerate([(TAPS - 1, sum(inputs.values())), *stack.sizes[1:]]))
        graph = helper.make_graph(
            self.nodes,
            "voice",
            [value(name, "n", size) for name, size in inputs.items()]
            + [value(f"past_{k}", frames, size) for k, (frames, size) in sizes],
            [value(name, "n", size) for name, size in outputs.items()]
            + [value(f"next_{k}", frames, size) for k, (frames, size) in sizes],
            self.weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], producer_name="nichang")
        model.ir_version = 10
        onnx.checker.check_model(model, full_check=True)
        return model.SerializeToString()


def content_graph(content: Content) -> bytes:
    """bands (n, 80) levelled -> content (n, 64), taught (n, 64), phones (n, 40) logits, voiced (n, 1) logit; what
    comes out at place i belongs to the frame LOOK_AHEAD before bands[i]."""
    content.eval()
    graph = _Graph()

    def linear(value: str, layer: nn.Linear) -> str:
        return graph.linear(value, layer.weight, layer.bias)

    y = graph.stack("bands", content.stack.first, content.stack)
    raw = linear(y, content.last)
    square = graph.node("ReduceMean", graph.node("Mul", raw, raw), graph.numbers([1]), keepdims=1)
    size = graph.node("Add", graph.node("Sqrt", square), graph.weight(np.array([1e-3], np.float32), exact=True))
    heard = graph.node("Div", raw, size)
    phones = linear(graph.node("Gelu", linear(heard, content.phone_hidden)), content.phone)
    graph.named(heard, "content")
    graph.named(linear(heard, content.taught), "taught")
    graph.named(phones, "phones")
    graph.named(linear(y, content.voiced), "voiced")
    outputs = {"content": CONTENT_SIZE, "taught": CONTENT_SIZE, "phones": content.phone.out_features, "voiced": 1}
    return graph.model({"bands": BANDS}, outputs, content.stack)


def decoder_graph(decoder: Decoder, who: Tensor) -> bytes:
    """One speaker's decoder, who: (32,). content (n, 64), prosody (n, 3) -> envelope (n, 80) log bands without
    loudness, noise (n, 8)."""
    decoder.eval()
    graph = _Graph()
    # The speaker's numbers never change: they are a bias of the first layer, through every one of its five taps.
    stack, known = decoder.stack, CONTENT_SIZE + PROSODY_SIZE
    weight = stack.first.weight.detach().reshape(stack.first.out_features, TAPS, stack.inputs)
    first = nn.Linear(TAPS * known, stack.first.out_features)
    first.weight.data = weight[:, :, :known].reshape(stack.first.out_features, -1)
    first.bias.data = stack.first.bias.detach() + (weight[:, :, known:] @ who.detach()).sum(1)
    y = graph.stack(graph.node("Concat", "content", "prosody", axis=1), first, stack)
    out = graph.linear(y, decoder.last.weight, decoder.last.bias)
    graph.named(graph.cut(out, 0, BANDS, axis=1), "envelope")
    graph.named(graph.node("Sigmoid", graph.cut(out, BANDS, _LAST, axis=1)), "noise")
    outputs = {"envelope": BANDS, "noise": decoder.last.out_features - BANDS}
    return graph.model({"content": CONTENT_SIZE, "prosody": PROSODY_SIZE}, outputs, stack)
