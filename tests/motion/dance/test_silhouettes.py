"""What was shown is remembered for a while, as it was and mirrored."""

import numpy as np
import pytest

from motion.dance.silhouettes import Memory

UP = np.array([[0.6, 0.9, 0.1], [-0.9, -0.2, 0.1]])
MIRRORED = UP[::-1] * np.array([-1.0, 1.0, 1.0])
APART = np.array([[0.1, -0.5, 0.5], [-0.1, -0.5, 0.5]])
SHOWN = np.array([1.0, 1.0])


def two(outline: np.ndarray) -> np.ndarray:
    return np.stack((outline, outline))


def test_nothing_is_stale_at_first() -> None:
    assert Memory(8.0).stale(0, two(UP), SHOWN) == 0.0


@pytest.mark.parametrize(("outline", "worn"), [(UP, 1.0), (MIRRORED, 0.5), (APART, 0.0)])
def test_an_outline_is_worn_while_it_is_remembered(outline: np.ndarray, worn: float) -> None:
    memory = Memory(8.0)
    # Asked before: what is added later counts all the same.
    assert memory.stale(4, two(outline), SHOWN) == 0.0
    memory.add(0, two(UP), SHOWN)
    assert memory.stale(4, two(outline), SHOWN) == pytest.approx(worn)
    assert memory.stale(8, two(outline), SHOWN) == pytest.approx(worn)
    assert memory.stale(10, two(outline), SHOWN) == 0.0
    # Of two counts only one lies within the span.
    assert memory.stale(9, two(outline), SHOWN) == pytest.approx(worn / 2.0)


def test_hanging_arms_are_forgotten() -> None:
    memory = Memory(8.0)
    memory.add(0, two(UP), np.array([0.25, 0.25]))
    assert memory.stale(2, two(UP), SHOWN) == 0.0
