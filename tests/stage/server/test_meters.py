"""What the console is told: pace, load and level from given times."""

import numpy as np
import pytest

from stage.server.meters import Meters, level_at
from stage.show.desk import Desk
from tests.stage.server.conftest import made_performance


def test_pace_is_the_last_seconds_and_p99_sees_the_worst_gaps() -> None:
    meters = Meters(0.0, 0.0)
    now = 0.0
    for k in range(600):
        now += 0.050 if k % 50 == 0 else 1 / 60
        meters.tick(now)
    rate, p99 = meters.pace()
    assert rate == pytest.approx(60 / (59 / 60 + 0.05 * 1), rel=0.02)
    assert p99 == pytest.approx(0.050, abs=1e-6)


def test_load_is_processor_seconds_over_seconds() -> None:
    meters = Meters(10.0, 3.0)
    assert meters.load(10.5, 3.4) == 0.0
    assert meters.load(11.0, 3.25) == pytest.approx(0.25)
    assert meters.load(11.5, 9.0) == pytest.approx(0.25)


def test_the_level_is_that_of_the_moment_and_silence_where_nothing_plays() -> None:
    performance = made_performance(2.0)
    performance.level[60:] = (0.5, 0.1)
    assert level_at(performance, 0.5) == (0.25, 0.25)
    assert level_at(performance, 1.0) == (0.5, pytest.approx(0.1))
    assert level_at(performance, 99.0) == (0.5, pytest.approx(0.1))
    assert level_at(None, 1.0) == (0.0, 0.0)
    report = Meters(0.0, 0.0).report(
        Desk().state(0.0), now=0.0, used=0.0, media=1.0, performance=performance, clients=()
    )
    assert report.level == (0.0, 0.0)
    assert np.isfinite(report.pose_rate)
