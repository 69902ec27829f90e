"""A dance at any frame rate, and the notice that must travel with captured moves."""

import json
import struct

import numpy as np
import pytest

from motion.dance.export import notice_of, sample_dance, with_notice
from motion.dance.library import load_library
from motion.dance.plan import Plan, Step
from motion.dance.player import Dance
from motion.dance.sheet import metronome_song
from motion.rig import quat
from motion.rig.skeleton import CANONICAL
from motion.rig.vrma import decode_vrma, encode_vrma

LIBRARY = load_library()
SONG = metronome_song(120.0, 3)
OWN = Plan(steps=[Step(bar=0, bars=1, move="heart"), Step(bar=1, bars=1, move="point_up")])
FOREIGN = next(entry.name for entry in LIBRARY.entries.values() if entry.name.startswith("cmu_"))
DAB = next(entry.name for entry in LIBRARY.entries.values() if entry.name.startswith("fair1_"))


@pytest.mark.parametrize("fps", [12.0, 24.0, 30.0, 60.0, 100.0])
def test_any_frame_rate_is_the_same_dance(fps: float) -> None:
    motion = sample_dance(OWN, SONG, LIBRARY, fps=fps)
    assert motion.rate == fps
    assert len(motion) == int(np.ceil(SONG.duration * fps))
    assert np.allclose(np.linalg.norm(motion.rotations, axis=-1), 1.0, atol=1e-4)
    grid = Dance(OWN, SONG, LIBRARY).frames(0, int(SONG.duration * 60) + 2).motion
    for second in (1, 2, 4):
        assert quat.angle(motion.rotations[round(second * fps)], grid.rotations[second * 60]).max() < 1e-3


def test_own_moves_need_no_notice_and_others_name_their_source() -> None:
    assert notice_of(OWN, LIBRARY) == ""
    cmu = notice_of(Plan(steps=[Step(bar=0, bars=1, move=FOREIGN)]), LIBRARY)
    assert "mocap.cs.cmu.edu" in cmu
    assert FOREIGN in cmu
    assert "MIT" not in cmu
    assert "MIT licence" in notice_of(Plan(steps=[Step(bar=0, bars=1, move=DAB)]), LIBRARY)


def test_the_notice_is_in_the_file_and_the_file_still_loads() -> None:
    motion = sample_dance(OWN, SONG, LIBRARY, fps=30.0)
    plain = encode_vrma(motion, CANONICAL)
    assert with_notice(plain, "") == plain
    marked = with_notice(plain, "Thanks to somebody – und anderen.")
    assert struct.unpack_from("<I", marked, 8)[0] == len(marked)
    length = struct.unpack_from("<I", marked, 12)[0]
    assert length % 4 == 0
    assert json.loads(marked[20 : 20 + length])["asset"]["copyright"].startswith("Thanks to somebody")
    again, _ = decode_vrma(marked)
    assert np.allclose(again.hips, decode_vrma(plain)[0].hips)
