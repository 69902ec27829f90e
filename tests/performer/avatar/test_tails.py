"""Tails swing visibly in a wild passage, but not across the face."""

import numpy as np

from tests.performer.avatar.tails import danced_tails


def test_tails_swing_but_keep_out_of_the_face() -> None:
    """As soft as locks and with nothing before the face they lay there in 32 of 600 frames, before the throat in 125;
    with three times a lock's stiffness and drag in 15 and 127."""
    found = danced_tails("niyu", "yuyi", [(60.0, 70.0)])
    assert found.face.sum() <= 12
    assert found.throat.sum() <= 40
    assert np.sqrt((found.degrees**2).mean()) > 20.0
