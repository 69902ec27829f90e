"""Folding: always 0..1, and no model stays mute because it speaks the other language of shapes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.avatar.expressions import fold_weights
from performer.face.track import ARKIT, EXPRESSION_INDEX, EXPRESSIONS, PRESETS

GAZE = ("look", "eyeLook")
PRESET_MODEL = tuple(n for n in PRESETS if not n.startswith(GAZE))
ARKIT_MODEL = tuple(n for n in ARKIT if not n.startswith(GAZE))


def weights(**given_: float) -> np.ndarray:
    out = np.zeros((1, len(EXPRESSIONS)), np.float32)
    for name, value in given_.items():
        out[0, EXPRESSION_INDEX[name]] = value
    return out


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9999), st.sets(st.sampled_from(PRESET_MODEL + ARKIT_MODEL)))
def test_range_and_own_shapes(seed: int, names: set[str]) -> None:
    table = tuple(n for n in EXPRESSIONS if n in names)
    track = np.random.default_rng(seed).uniform(-0.5, 1.5, (3, len(EXPRESSIONS))).astype(np.float32)
    before = track.copy()
    folded = fold_weights(track, table)
    assert folded.shape == (3, len(table))
    assert ((folded >= 0.0) & (folded <= 1.0)).all()
    assert np.array_equal(track, before)
    own = np.clip(track[:, [EXPRESSION_INDEX[n] for n in table]], 0.0, 1.0)
    assert (folded >= own - 1e-6).all()


def test_the_mouth_opens_once() -> None:
    both = fold_weights(weights(aa=0.6, jawOpen=0.6), PRESET_MODEL)
    assert np.isclose(both[0, PRESET_MODEL.index("aa")], 0.6)


def test_presets_for_a_model_without_arkit_and_the_other_way_round() -> None:
    presets = fold_weights(weights(jawOpen=0.8, eyeBlinkLeft=1.0), PRESET_MODEL)[0]
    assert np.isclose(presets[PRESET_MODEL.index("aa")], 0.8)
    assert presets[PRESET_MODEL.index("blinkLeft")] == 1.0
    arkit = fold_weights(weights(aa=1.0, blink=1.0, happy=1.0), ARKIT_MODEL)[0]
    for name in ("jawOpen", "eyeBlinkLeft", "eyeBlinkRight", "mouthSmileLeft"):
        assert arkit[ARKIT_MODEL.index(name)] > 0.5


def test_a_wink_does_not_close_the_other_eye() -> None:
    assert fold_weights(weights(blinkLeft=1.0), ("blink",))[0, 0] == 0.0
