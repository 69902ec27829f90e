"""A network asked frame by frame: remembers, forgets, is the same however asked, does what its weights say."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import erf

from performer.voice.bands import BANDS
from performer.voice.convert.network import StreamingNetwork
from performer.voice.train.graph import Graph, StackWeights
from tests.performer.voice.convert.made import content_model, stack_of


def bands(frames: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((frames, BANDS)).astype(np.float32)


def by_hand(x: NDArray[np.float32], stack: StackWeights) -> NDArray[np.float64]:
    """The same network over a whole clip in double precision, from its definition."""

    def shifted(rows: NDArray[np.float64], by: int) -> NDArray[np.float64]:
        return np.concatenate([np.zeros((by, rows.shape[1])), rows])[: len(rows)]

    taps, rows = stack.taps, x.astype(np.float64)
    y = np.concatenate([shifted(rows, taps - 1 - tap) for tap in range(taps)], axis=1) @ stack.first.weight.T
    y = y + stack.first.bias
    for block in stack.blocks:
        seen = sum(shifted(y, (taps - 1 - tap) * block.dilation) * block.reach[tap] for tap in range(taps))
        wide = seen @ block.widen.weight.T + block.widen.bias
        y = y + (0.5 * wide * (1 + erf(wide / np.sqrt(2)))) @ block.narrow.weight.T + block.narrow.bias
    return y


def test_a_stack_is_its_definition_but_for_eight_bits() -> None:
    stack, graph = stack_of(np.random.default_rng(4), BANDS), Graph()
    graph.named(graph.stack("x", stack), "y")
    found = StreamingNetwork(graph.model({"x": BANDS}, {"y": stack.channels}, stack)).feed(x=bands(80))["y"]
    true = by_hand(bands(80), stack)
    residual = 10 * np.log10(np.square(found - true).sum() / np.square(true).sum())
    assert residual < -35


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=6))
def test_any_split_answers_the_same_to_the_bit(sizes: list[int]) -> None:
    model, x = content_model(), bands(sum(sizes))
    whole = StreamingNetwork(model).feed(bands=x)
    network = StreamingNetwork(model)
    edges = np.cumsum([0, *sizes])
    parts = [network.feed(bands=x[a:b]) for a, b in pairwise(edges)]
    for name, rows in whole.items():
        assert np.array_equal(np.concatenate([part[name] for part in parts]), rows)


@pytest.mark.parametrize("frames", [1, 2, 7])
def test_reset_forgets_everything_whichever_set_of_the_past_is_in_turn(frames: int) -> None:
    network = StreamingNetwork(content_model())
    fresh = network.feed(bands=bands(5))["content"]
    network.feed(bands=bands(frames, 3))
    network.reset()
    assert np.array_equal(network.feed(bands=bands(5))["content"], fresh)


def test_answers_are_the_callers_own() -> None:
    network = StreamingNetwork(content_model())
    first = network.feed(bands=bands(1))["content"]
    kept = first.copy()
    network.feed(bands=bands(3, 9))
    assert np.array_equal(first, kept)
