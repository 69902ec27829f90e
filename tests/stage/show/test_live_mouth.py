"""A live voice moves the mouth of the lead and nothing else of her, and gives it back when it is not heard any more."""

import numpy as np
import pytest

from performer.face.track import EXPRESSION_INDEX, MOUTH
from stage.show.body import Face, blend_mouth
from stage.show.desk import Desk
from tests.stage.show.staging import make_show

SHOW = make_show(duration=20.0)
FIRST = EXPRESSION_INDEX[MOUTH[0]]
SUNG = np.array([0.1, 0.0, 0.6, 0.0, 0.1], np.float32)


def test_only_vowels_change() -> None:
    face = Face(np.linspace(0, 1, 70, dtype=np.float32), np.array([0.1, 0.2], np.float32))
    mixed = blend_mouth(face, SUNG, 1.0)
    vowels = slice(FIRST, FIRST + 5)
    assert mixed.weights[vowels] == pytest.approx(SUNG)
    rest = np.ones(70, bool)
    rest[vowels] = False
    assert (mixed.weights[rest] == face.weights[rest]).all()
    assert blend_mouth(face, SUNG, 0.0) is face
    half = blend_mouth(face, SUNG, 0.5).weights[vowels]
    assert half == pytest.approx((face.weights[vowels] + SUNG) / 2)


def test_the_lead_sings_until_the_voice_is_gone() -> None:
    desk = Desk()
    desk.load(SHOW, 0, 0.0)
    desk.play(0.0)
    for tick in range(60):
        desk.sing(SUNG, tick / 60)
    layers = desk.inputs(1.0).live
    assert [layer.performer for layer in layers] == [SHOW.performance.performers[0].id]
    assert layers[0].weight == pytest.approx(1.0)
    assert layers[0].mouth == pytest.approx(SUNG)
    # A quarter second of lease, then the fade.
    assert 0 < desk.inputs(1.4).live[0].weight < 1
    assert desk.inputs(2.0).live == ()


def test_the_console_is_not_told_of_it_as_a_pad() -> None:
    desk = Desk()
    desk.load(SHOW, 0, 0.0)
    desk.sing(SUNG, 0.0)
    assert desk.state(0.1).pads == ()
