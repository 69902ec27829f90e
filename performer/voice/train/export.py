"""The trained networks as ONNX files that run frame by frame.

BatchNorm is folded into the depthwise taps and the mix behind them; what the graphs look like is `graph`'s matter.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from performer.voice.bands import BANDS
from performer.voice.train.graph import BlockWeights, Graph, Linear, StackWeights
from performer.voice.train.networks import CONTENT_SIZE, PROSODY_SIZE, TAPS, Block, Content, Decoder, Stack

__all__ = ["content_graph", "decoder_graph"]

_LAST = np.iinfo(np.int64).max


def _array(values: Tensor) -> NDArray[np.float32]:
    return np.asarray(values.detach().numpy(), np.float32)


def _linear(layer: nn.Linear) -> Linear:
    return Linear(_array(layer.weight), _array(layer.bias))


def _block(block: Block) -> BlockWeights:
    norm = block.norm
    assert norm.running_var is not None
    assert norm.running_mean is not None
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    shift = norm.bias - norm.running_mean * scale
    widen = Linear(_array(block.widen.weight), _array(block.widen.bias + block.widen.weight @ shift))
    return BlockWeights(_array(block.reach * scale), block.dilation, widen, _linear(block.narrow))


def _stack(stack: Stack, first: nn.Linear) -> StackWeights:
    blocks = [block for block in stack.blocks if isinstance(block, Block)]
    return StackWeights(_linear(first), tuple(_block(block) for block in blocks))


def content_graph(content: Content) -> bytes:
    """bands (1, 80) levelled -> content (1, 64), phones (1, 40) logits, voiced (1, 1) logit; what comes out belongs to
    the frame LOOK_AHEAD before the one that went in. What the teacher would hear is left out: only training asks."""
    content.eval()
    weights, graph = _stack(content.stack, content.stack.first), Graph()
    y = graph.stack("bands", weights)
    raw = graph.exact(y, _linear(content.last))
    square = graph.node("ReduceMean", graph.node("Mul", raw, raw), graph.numbers([1]), keepdims=1)
    size = graph.node("Add", graph.node("Sqrt", square), graph.weight(np.array([1e-3], np.float32)))
    heard = graph.node("Div", raw, size)
    phones = graph.exact(graph.node("Gelu", graph.exact(heard, _linear(content.phone_hidden))), _linear(content.phone))
    graph.named(heard, "content")
    graph.named(phones, "phones")
    graph.named(graph.exact(y, _linear(content.voiced)), "voiced")
    outputs = {"content": CONTENT_SIZE, "phones": content.phone.out_features, "voiced": 1}
    return graph.model({"bands": BANDS}, outputs, weights)


def decoder_graph(decoder: Decoder, who: Tensor) -> bytes:
    """One speaker's decoder, who: (32,). content (1, 64), prosody (1, 3) -> envelope (1, 80) log bands without
    loudness, noise (1, 8)."""
    decoder.eval()
    # The speaker's numbers never change: they are a bias of the first layer, through every one of its taps.
    stack, known = decoder.stack, CONTENT_SIZE + PROSODY_SIZE
    weight = stack.first.weight.detach().reshape(stack.first.out_features, TAPS, stack.inputs)
    first = nn.Linear(TAPS * known, stack.first.out_features)
    first.weight.data = weight[:, :, :known].reshape(stack.first.out_features, -1)
    first.bias.data = stack.first.bias.detach() + (weight[:, :, known:] @ who.detach()).sum(1)
    weights, graph = _stack(stack, first), Graph()
    y = graph.stack(graph.node("Concat", "content", "prosody", axis=1), weights)
    out = graph.exact(y, _linear(decoder.last))
    graph.named(graph.cut(out, 0, BANDS, axis=1), "envelope")
    graph.named(graph.node("Sigmoid", graph.cut(out, BANDS, _LAST, axis=1)), "noise")
    outputs = {"envelope": BANDS, "noise": decoder.last.out_features - BANDS}
    return graph.model({"content": CONTENT_SIZE, "prosody": PROSODY_SIZE}, outputs, weights)
