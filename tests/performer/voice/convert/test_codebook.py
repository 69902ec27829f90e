"""The nearest of a voice's own frames: what a whole search finds, in a part of the time, the same in any split."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from performer.voice.convert.codebook import Codebook

SIZE = 64


def clustered(rng: np.random.Generator, count: int, kinds: int = 60) -> NDArray[np.float32]:
    """Unit root mean square, in heaps, as phones are."""
    heaps = np.random.default_rng(7).standard_normal((kinds, SIZE))
    keys = heaps[rng.integers(0, kinds, count)] + 0.7 * rng.standard_normal((count, SIZE))
    return (keys / np.sqrt(np.square(keys).mean(axis=1, keepdims=True))).astype(np.float32)


def made(count: int) -> tuple[Codebook, dict[str, NDArray[np.float32]]]:
    rng = np.random.default_rng(count)
    keys = clustered(rng, count)
    # Envelopes that follow the keys, so that a wrong neighbour is seen.
    kept = {
        "keys": keys,
        "hertz": rng.uniform(80, 500, count).astype(np.float32),
        "envelope": (keys @ rng.standard_normal((SIZE, 80)) / 8).astype(np.float32),
        "noise": rng.uniform(0, 1, (count, 8)).astype(np.float32),
    }
    half = {name: kept[name].astype(np.float16) for name in ("keys", "envelope", "noise")}
    kept |= {name: rows.astype(np.float32) for name, rows in half.items()}
    return Codebook(half["keys"], kept["hertz"], half["envelope"], half["noise"]), kept


def whole_search(
    kept: dict[str, NDArray[np.float32]], content: NDArray[np.float32], hertz: float
) -> NDArray[np.float64]:
    scores = kept["keys"].astype(np.float64) @ content / SIZE
    if hertz:
        scores -= 0.12 * np.minimum(np.abs(np.log2(hertz / kept["hertz"])), 1.5)
    best = np.argsort(-scores)[:8]
    weights = np.exp(20 * (scores[best] - scores[best[0]]))
    return weights @ kept["envelope"][best] / weights.sum()


@pytest.mark.parametrize("hertz", [0.0, 150.0, 1200.0])
def test_a_small_codebook_is_searched_whole(hertz: float) -> None:
    codebook, kept = made(700)
    content = clustered(np.random.default_rng(1), 40)
    found = codebook.nearest(content, np.full(40, hertz, np.float32)).envelope
    true = np.stack([whole_search(kept, row, hertz) for row in content])
    assert np.abs(found - true).max() < 1e-4


def test_a_large_one_finds_nearly_what_a_whole_search_does() -> None:
    codebook, kept = made(8192)
    content = clustered(np.random.default_rng(1), 100)
    found = codebook.nearest(content, np.full(100, 200.0, np.float32)).envelope
    true = np.stack([whole_search(kept, row, 200.0) for row in content])
    off = np.sqrt(np.square(found - true).mean(axis=1))
    assert (off < 0.02).mean() > 0.7
    assert off.mean() < 0.1 * np.sqrt(np.square(true - kept["envelope"].mean(axis=0)).mean())


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=6))
def test_any_split_finds_the_same_to_the_bit(sizes: list[int]) -> None:
    codebook, _ = made(2000)
    content = clustered(np.random.default_rng(3), sum(sizes))
    hertz = np.where(np.arange(sum(sizes)) % 3, 220.0, 0.0).astype(np.float32)
    whole = codebook.nearest(content, hertz)
    edges = np.cumsum([0, *sizes])
    parts = [codebook.nearest(content[a:b], hertz[a:b]) for a, b in pairwise(edges)]
    for name in ("envelope", "noise", "near"):
        assert np.array_equal(np.concatenate([getattr(part, name) for part in parts]), getattr(whole, name))


def test_a_code_finds_itself_and_is_as_near_as_can_be() -> None:
    codebook, kept = made(3000)
    found = codebook.nearest(kept["keys"][:50], kept["hertz"][:50])
    assert found.near.min() > 0.995
    assert np.abs(found.envelope - kept["envelope"][:50]).mean() < np.abs(kept["envelope"]).mean()


@pytest.mark.parametrize("count", [1, 3, 8, 9, 64, 130])
def test_few_codes_are_enough(count: int) -> None:
    codebook, kept = made(count)
    assert len(codebook) == count
    found = codebook.nearest(clustered(np.random.default_rng(0), 4), np.zeros(4, np.float32))
    assert np.isfinite(found.envelope).all()
    assert found.envelope.min() >= kept["envelope"].min() - 0.01
    assert found.envelope.max() <= kept["envelope"].max() + 0.01


def test_codes_that_are_all_the_same_give_that_one() -> None:
    key = np.ones((600, SIZE), np.float16)
    codebook = Codebook(key, np.full(600, 200.0, np.float32), np.full((600, 80), 2.0, np.float16), key[:, :8])
    found = codebook.nearest(np.ones((2, SIZE), np.float32), np.array([200.0, 0.0], np.float32))
    assert np.allclose(found.envelope, 2.0)
