"""From the 70 expression weights of the engine to the shapes that one model has.

What a model lacks is folded onto what it has: ARKit shapes onto presets, presets onto their nearest relatives.
Folding takes the larger of two values, never their sum, so a track that speaks both languages is not doubled.
Gaze is a channel of its own: look* and eyeLook* shapes are the page's business and never stand in the table.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from performer.avatar.model import Vrm
from performer.face.track import ARKIT, EXPRESSION_INDEX, EXPRESSIONS

__all__ = ["FOLDS", "expression_table", "fold_weights", "model_expressions"]

_GAZE = frozenset(n for n in EXPRESSIONS if n.startswith(("look", "eyeLook")))

# (missing shape, shape that stands in for it, share). In order: a shape that receives may itself be passed on below.
# Shares: by eye, on the models at hand; a fold should hint at the shape, not shout it.
FOLDS: tuple[tuple[str, str, float], ...] = (
    # ARKit onto presets
    ("eyeBlinkLeft", "blinkLeft", 1.0),
    ("eyeBlinkRight", "blinkRight", 1.0),
    ("jawOpen", "aa", 1.0),
    ("mouthFunnel", "oh", 0.8),
    ("mouthPucker", "ou", 0.8),
    ("mouthStretchLeft", "ee", 0.4),
    ("mouthStretchRight", "ee", 0.4),
    ("mouthSmileLeft", "happy", 0.6),
    ("mouthSmileRight", "happy", 0.6),
    ("mouthFrownLeft", "sad", 0.5),
    ("mouthFrownRight", "sad", 0.5),
    ("browDownLeft", "angry", 0.5),
    ("browDownRight", "angry", 0.5),
    ("browInnerUp", "surprised", 0.4),
    ("browOuterUpLeft", "surprised", 0.3),
    ("browOuterUpRight", "surprised", 0.3),
    ("eyeWideLeft", "surprised", 0.4),
    ("eyeWideRight", "surprised", 0.4),
    ("mouthLowerDownLeft", "ih", 0.4),
    ("mouthLowerDownRight", "ih", 0.4),
    ("mouthUpperUpLeft", "ih", 0.3),
    ("mouthUpperUpRight", "ih", 0.3),
    # presets onto ARKit: a model made for face tracking alone
    ("aa", "jawOpen", 0.7),
    ("oh", "mouthFunnel", 0.7),
    ("ou", "mouthPucker", 0.8),
    ("ee", "mouthStretchLeft", 0.6),
    ("ee", "mouthStretchRight", 0.6),
    ("happy", "mouthSmileLeft", 0.8),
    ("happy", "mouthSmileRight", 0.8),
    ("relaxed", "mouthSmileLeft", 0.4),
    ("relaxed", "mouthSmileRight", 0.4),
    ("sad", "mouthFrownLeft", 0.7),
    ("sad", "mouthFrownRight", 0.7),
    ("angry", "browDownLeft", 0.8),
    ("angry", "browDownRight", 0.8),
    ("surprised", "browInnerUp", 0.8),
    ("blinkLeft", "eyeBlinkLeft", 1.0),
    ("blinkRight", "eyeBlinkRight", 1.0),
    # vowels onto vowels: a mouth that has only some of the five
    ("ou", "oh", 0.6),
    ("oh", "ou", 0.6),
    ("ih", "ee", 0.7),
    ("ee", "ih", 0.8),
    ("oh", "aa", 0.6),
    ("ou", "aa", 0.3),
    ("ee", "aa", 0.4),
    ("ih", "aa", 0.35),
    ("relaxed", "happy", 0.5),
)


def model_expressions(vrm: Vrm) -> dict[str, str]:
    """Engine name -> the model's own spelling, for bound expressions; ARKit and 0.x customs match in any case."""
    wanted = {name.lower(): name for name in EXPRESSIONS}
    found: dict[str, str] = {}
    for expression in vrm.expressions:
        name = wanted.get(expression.name.lower())
        if expression.bound and name is not None and (name not in found or expression.name == name):
            found[name] = expression.name
    return found


def expression_table(vrm: Vrm) -> tuple[str, ...]:
    """Names, spelt as the model does, of the expressions that a frame carries for it; at most 70, in engine order."""
    found = model_expressions(vrm)
    return tuple(found[name] for name in EXPRESSIONS if name in found and name not in _GAZE)


def fold_weights(weights: NDArray[np.floating], vrm_or_table: Vrm | tuple[str, ...]) -> NDArray[np.float32]:
    """Turn engine weights (frames, 70) into the weights (frames, n) of a model's table, each 0..1.

    Args:
        vrm_or_table: the model, or what `expression_table` gave for it.
    """
    columns, has = _columns(expression_table(vrm_or_table) if isinstance(vrm_or_table, Vrm) else vrm_or_table)
    work = np.clip(np.asarray(weights, np.float32), 0.0, 1.0)
    if len(has) < len(EXPRESSIONS):
        work = work.copy()
        _fold(work, has)
    return np.ascontiguousarray(work[..., columns])


@cache
def _columns(table: tuple[str, ...]) -> tuple[list[int], frozenset[str]]:
    """Engine columns of a table, and the engine's names of what it has; asked for sixty times a second."""
    wanted = {name.lower(): name for name in EXPRESSIONS}
    columns = [EXPRESSION_INDEX[wanted[name.lower()]] for name in table]
    return columns, frozenset(EXPRESSIONS[column] for column in columns)


def _fold(work: NDArray[np.float32], has: frozenset[str]) -> None:
    at: Mapping[str, int] = EXPRESSION_INDEX
    both, left, right = (work[..., at[n]] for n in ("blink", "blinkLeft", "blinkRight"))
    if "blink" not in has:
        # Before the folds: a model with ARKit lids alone gets its blink from these two.
        np.maximum(left, both, out=left)
        np.maximum(right, both, out=right)
    for missing, stand_in, share in FOLDS:
        # A stand-in that the model lacks too is still worth filling when it comes from ARKit: it is folded on below.
        if missing in has or (stand_in not in has and missing not in ARKIT):
            continue
        np.maximum(work[..., at[stand_in]], work[..., at[missing]] * share, out=work[..., at[stand_in]])
    if "blink" in has and not {"blinkLeft", "blinkRight"} <= has:
        # Only both lids together: a wink must not close the other eye, so the more open one counts.
        np.maximum(both, np.minimum(left, right), out=both)
