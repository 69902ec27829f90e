"""A voice that nobody trained: random networks of the real ones' signatures, small, built without torch."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import BANDS
from performer.voice.convert.hear import CONTENT_SIZE, PHONE_COUNT
from performer.voice.convert.voice_file import Card, PitchRange, Statistics, VoiceFile
from performer.voice.train.graph import BlockWeights, Graph, Linear, StackWeights

__all__ = ["made_voice", "sung"]

_CHANNELS, _DILATIONS, _TAPS, _CODES = 32, (1, 2, 4), 5, 2048


def _linear(rng: np.random.Generator, outputs: int, inputs: int, bias: float | NDArray[np.float32] = 0.0) -> Linear:
    weight = (rng.standard_normal((outputs, inputs)) / np.sqrt(inputs)).astype(np.float32)
    return Linear(weight, np.broadcast_to(np.float32(bias), outputs).astype(np.float32))


def stack_of(rng: np.random.Generator, inputs: int) -> StackWeights:
    blocks = tuple(
        BlockWeights(
            (rng.standard_normal((_TAPS, _CHANNELS)) * 0.4).astype(np.float32),
            dilation,
            _linear(rng, 2 * _CHANNELS, _CHANNELS),
            _linear(rng, _CHANNELS, 2 * _CHANNELS),
        )
        for dilation in _DILATIONS
    )
    return StackWeights(_linear(rng, _CHANNELS, _TAPS * inputs), blocks)


def content_model(seed: int = 0) -> bytes:
    rng = np.random.default_rng(seed)
    stack, graph = stack_of(rng, BANDS), Graph()
    y = graph.stack("bands", stack)
    raw = graph.exact(y, _linear(rng, CONTENT_SIZE, _CHANNELS))
    size = graph.node("Sqrt", graph.node("ReduceMean", graph.node("Mul", raw, raw), graph.numbers([1]), keepdims=1))
    graph.named(graph.node("Div", raw, graph.node("Add", size, graph.weight(np.array([1e-3], np.float32)))), "content")
    graph.named(graph.exact(y, _linear(rng, PHONE_COUNT, _CHANNELS)), "phones")
    # The throat stays open: what sounds is decided by the pitch tracker.
    graph.named(graph.exact(y, _linear(rng, 1, _CHANNELS, 6.0)), "voiced")
    return graph.model({"bands": BANDS}, {"content": CONTENT_SIZE, "phones": PHONE_COUNT, "voiced": 1}, stack)


def _colour() -> NDArray[np.float32]:
    """(80,) log bands without loudness of something like a vowel."""
    return (-0.05 * np.arange(BANDS) + 2 * np.cos(np.arange(BANDS) / 6)).astype(np.float32) - 4.0


def decoder_model(seed: int = 1) -> bytes:
    rng = np.random.default_rng(seed)
    stack, graph = stack_of(rng, CONTENT_SIZE + 3), Graph()
    y = graph.stack(graph.node("Concat", "content", "prosody", axis=1), stack)
    small = _linear(rng, BANDS, _CHANNELS, _colour())
    graph.named(graph.exact(y, Linear(small.weight * 0.3, small.bias)), "envelope")
    graph.named(graph.node("Sigmoid", graph.exact(y, _linear(rng, 8, _CHANNELS, -2.0))), "noise")
    return graph.model({"content": CONTENT_SIZE, "prosody": 3}, {"envelope": BANDS, "noise": 8}, stack)


@cache
def made_voice() -> VoiceFile:
    """Everything that a cloned voice has."""
    rng = np.random.default_rng(2)
    keys = rng.standard_normal((_CODES, CONTENT_SIZE))
    keys /= np.sqrt(np.square(keys).mean(axis=1, keepdims=True))
    colour, spread = _colour(), np.ones(BANDS, np.float32)
    return VoiceFile(
        Card("Nobody", "designed", "CC0-1.0", PitchRange(110.0, 200.0, 400.0)),
        {"content.onnx": content_model(), "decoder.onnx": decoder_model()},
        Statistics(colour, spread, colour[::-1].copy(), spread),
        {
            "keys": keys.astype(np.float16),
            "hertz": rng.uniform(110, 400, _CODES).astype(np.float32),
            "envelope": (colour + 0.5 * rng.standard_normal((_CODES, BANDS))).astype(np.float16),
            "noise": rng.uniform(0, 0.3, (_CODES, 8)).astype(np.float16),
        },
    )


def sung(seconds: float, hertz: float = 180.0, rate: int = 48_000) -> NDArray[np.float32]:
    """A steady vowel with a little breath, at -20 dBFS."""
    t = np.arange(round(rate * seconds)) / rate
    out = np.zeros(len(t))
    for harmonic in range(1, int(7000 / hertz)):
        out += (
            np.sin(2 * np.pi * harmonic * hertz * t)
            / harmonic
            * (0.2 + np.exp(-(((harmonic * hertz - 700) / 300) ** 2)))
        )
    out += 0.002 * np.random.default_rng(5).standard_normal(len(t))
    return (0.1 * out / np.sqrt(np.mean(np.square(out)))).astype(np.float32)
