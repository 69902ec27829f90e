"""Fits and judges the weights of motion/music/voice_weights.py on the mixes of voice_mixes.

Run from the repository root: python -m tests.motion.music.fit_voice [CACHE.pkl] [--write].
Prints what it hears per mix and song, with the weights in the repository and with the new ones; --write puts the new
ones into motion/music/voice_weights.py. About five minutes of one core.
"""

import pickle
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from motion.music import voice_weights
from motion.music.vocal import FARTHEST, mix_activity, probability
from motion.music.voice_columns import FEATURES
from tests.motion.music.voice_mixes import Mix, mixes, real_songs

HIDDEN = 6
PENALTY = 2e-3
STEPS = 150
Weights = dict[str, NDArray[np.float32]]


def fit(rows: NDArray[np.float32], truth: NDArray[np.bool_], seed: int = 0) -> Weights:
    """A network of one hidden layer; voice and no voice weigh the same. The same rows give the same weights."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    z = np.clip((rows - mean) / spread, -FARTHEST, FARTHEST).astype(np.float32)
    share = (np.where(truth, 0.5 / truth.mean(), 0.5 / (1 - truth.mean())) / len(truth)).astype(np.float32)
    count = z.shape[1]
    cuts = np.cumsum([count * HIDDEN, HIDDEN, HIDDEN])
    rng = np.random.default_rng(seed)
    start = np.concatenate(
        [rng.normal(0, 0.15, count * HIDDEN), np.zeros(HIDDEN), rng.normal(0, 0.5, HIDDEN), np.zeros(1)]
    )

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        into, bias, out, last = np.split(flat.astype(np.float32), cuts)
        into = into.reshape(count, HIDDEN)
        hidden = np.tanh(z @ into + bias)
        score = hidden @ out + last[0]
        error = (1 / (1 + np.exp(-score)) - truth) * share
        value = np.sum(share * (np.logaddexp(0, score) - truth * score)) + PENALTY * (np.sum(into**2) + np.sum(out**2))
        back = error[:, None] * out * (1 - hidden * hidden)
        slope = [(z.T @ back + 2 * PENALTY * into).ravel(), back.sum(0), hidden.T @ error + 2 * PENALTY * out]
        return float(value), np.concatenate([*slope, [error.sum()]]).astype(np.float64)

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x.astype(np.float32)
    into, bias, out, last = np.split(found, cuts)
    return {"mean": mean, "spread": spread, "into": into.reshape(count, HIDDEN), "bias": bias, "out": out, "last": last}


def report(what: str, heard: Callable[[Mix], NDArray[np.float64]], over: Sequence[Mix]) -> None:
    """Share of the sung moments that are heard, and of the others that are taken for singing, per mix and in all."""
    print(what)
    found = [heard(mix) > 0.5 for mix in over]
    for mix, on in zip(over, found, strict=True):
        recall = f"{on[mix.truth].mean():.2f}" if mix.truth.any() else "   -"
        print(f"  {mix.music} {mix.voice}: recall {recall}, false {on[~mix.truth].mean():.2f}")
    on, truth = np.concatenate(found), np.concatenate([mix.truth for mix in over])
    print(f"  all: recall {on[truth].mean():.3f}, false {on[~truth].mean():.3f}")


def curve(mix: Mix) -> NDArray[np.float64]:
    return np.array(mix_activity(mix.rows).values)


def held_out(train: Sequence[Mix], name: str) -> Callable[[Mix], NDArray[np.float64]]:
    """Hears with weights that were fitted without the music `name`."""
    rest = [mix for mix in train if mix.music.split(".")[0] != name.split(".")[0]]
    weights = fit(np.concatenate([mix.rows for mix in rest]), np.concatenate([mix.truth for mix in rest]))
    return lambda mix: np.array(mix_activity(mix.rows, probability(mix.rows, weights)).values)


def as_module(weights: Weights) -> str:
    """The source of voice_weights.py: its docstring is kept, numbers get five digits."""
    lines = [
        f'"""{voice_weights.__doc__}"""',
        "",
        "import numpy as np",
        "",
        '__all__ = ["WEIGHTS"]',
        "",
        "_NUMBERS = {",
    ]
    for name, value in weights.items():
        words = [f"{number:.5g}" for number in np.asarray(value, float).ravel()]
        lines.append(f'    "{name}": """')
        for first in range(0, len(words), 12):
            lines.append(" ".join(words[first : first + 12]))
        lines.append('""",')
    lines += [
        "}",
        "WEIGHTS = {name: np.array(words.split(), np.float32) for name, words in _NUMBERS.items()}",
        'WEIGHTS["into"] = WEIGHTS["into"].reshape(len(WEIGHTS["mean"]), -1)',
        '"""mean, spread: of the features. into, bias: the hidden layer. out, last: the score."""',
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    arguments = [word for word in sys.argv[1:] if not word.startswith("--")]
    cache = Path(arguments[0]) if arguments else None
    if cache and cache.exists():
        train, test, real = pickle.loads(cache.read_bytes())
    else:
        train, test, real = list(mixes(False)), list(mixes(True)), list(real_songs())
        if cache:
            cache.write_bytes(pickle.dumps((train, test, real)))
    assert train[0].rows.shape[1] == len(FEATURES)
    weights = fit(np.concatenate([mix.rows for mix in train]), np.concatenate([mix.truth for mix in train]))

    def new(mix: Mix) -> NDArray[np.float64]:
        return np.array(mix_activity(mix.rows, probability(mix.rows, weights)).values)

    for what, over in (("held-out mixes", test), ("real songs", real)):
        report(f"{what}, weights in the repository", curve, over)
        report(f"{what}, new weights", new, over)
    for name in dict.fromkeys(mix.music for mix in train if not mix.music.startswith("band")):
        report(f"{name}, fitted without it", held_out(train, name), [mix for mix in train if mix.music == name])
    if "--write" in sys.argv:
        Path(voice_weights.__file__).write_text(as_module(weights), encoding="utf-8")


if __name__ == "__main__":
    main()
