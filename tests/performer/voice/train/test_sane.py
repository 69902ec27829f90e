"""A training that no longer learns says so instead of going on for an hour."""

import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from motion.errors import UserError  # noqa: E402
from performer.voice.train.sane import must_be_sane  # noqa: E402


def test_a_slip_is_forgiven_and_a_row_of_them_is_not() -> None:
    good, bad = torch.tensor(1.0), torch.tensor(float("nan"))
    assert must_be_sane(bad, 0) == 1
    assert must_be_sane(good, 7) == 0
    lost = 0
    with pytest.raises(UserError, match="astray"):
        for _ in range(50):
            lost = must_be_sane(bad, lost)
    assert 5 < lost < 50
