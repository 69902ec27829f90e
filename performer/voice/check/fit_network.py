"""A small network of two classes, fitted by L-BFGS. Only `fit` needs it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

__all__ = ["Manner", "Weights", "network"]

Weights = dict[str, NDArray[np.float32]]
_HIDDEN = 10


@dataclass(frozen=True, slots=True)
class Manner:
    """decay: of the weights. starts: networks from several beginnings, whose mean is one wider network; few rows make
    each of them sure in its own way. blind: columns that it may not see."""

    decay: float = 2e-3
    starts: int = 1
    blind: tuple[int, ...] = ()


def network(
    rows: NDArray[np.float64], truth: NDArray[np.float64], kind: str, rng: np.random.Generator, manner: Manner
) -> Weights:
    """rows (n, k), truth (n,) 0 or 1 -> KIND_into, _bias, _out, _last of one hidden layer; both classes weigh the
    same."""
    seen = np.setdiff1d(np.arange(rows.shape[1]), manner.blind)
    found = [_one(rows[:, seen], truth, rng, manner.decay) for _ in range(manner.starts)]
    into = np.zeros((rows.shape[1], _HIDDEN * manner.starts))
    into[seen] = np.concatenate([one[0] for one in found], axis=1)
    parts = {
        "into": into,
        "bias": np.concatenate([one[1] for one in found]),
        "out": np.concatenate([one[2] for one in found]) / manner.starts,
        "last": np.mean([one[3] for one in found], axis=0),
    }
    return {f"{kind}_{name}": part.astype(np.float32) for name, part in parts.items()}


def _one(
    rows: NDArray[np.float64], truth: NDArray[np.float64], rng: np.random.Generator, decay: float
) -> list[NDArray[np.float64]]:
    size, hidden = rows.shape[1], _HIDDEN
    cost = np.where(truth > 0, 0.5 / truth.sum(), 0.5 / (1 - truth).sum())
    shapes = ((size, hidden), (hidden,), (hidden,), (1,))
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])

    def unpack(flat: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        return [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        into, bias, out, last = unpack(flat)
        inner = np.tanh(rows @ into + bias)
        score = inner @ out + last[0]
        value = float((cost * (np.logaddexp(0.0, score) - truth * score)).sum())
        value += float(decay * ((into**2).sum() + (out**2).sum()) / hidden)
        slope = cost * (1 / (1 + np.exp(-np.clip(score, -30, 30))) - truth)
        back = slope[:, None] * out * (1 - inner**2)
        pull = 2 * decay / hidden
        grads = (rows.T @ back + pull * into, back.sum(0), inner.T @ slope + pull * out, slope.sum(keepdims=True))
        return value, np.concatenate([grad.ravel() for grad in grads])

    best = minimize(loss, rng.normal(0, 0.1, ends[-1]), jac=True, method="L-BFGS-B", options={"maxiter": 250})
    return unpack(best.x)
