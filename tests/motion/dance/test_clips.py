"""Captured phrases: the file gives back what was put in, and what they do on stage is fit for a stage."""

import dataclasses

import numpy as np
import pytest

from motion.dance.clips import clip_place, decode_clips, encode_clips, sample_clip
from motion.dance.library import ACCENT_TEMPI, load_library
from motion.dance.moves import MoveError
from motion.dance.plan import Plan, Step
from motion.dance.player import Dance
from motion.dance.sheet import metronome_song
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import GRID_HZ, joint_positions
from motion.rig.skeleton import CANONICAL

LIBRARY = load_library()
CLIPS = [entry.clip for entry in LIBRARY.entries.values() if entry.clip is not None]


def test_the_file_gives_back_what_was_put_in() -> None:
    some = CLIPS[:3]
    for before, after in zip(some, decode_clips(encode_clips(some)), strict=True):
        for field in dataclasses.fields(before):
            a, b = getattr(before, field.name), getattr(after, field.name)
            if not isinstance(a, np.ndarray):
                assert a == b or abs(a - b) < 1e-2
            elif field.name in ("rotations", "feet"):
                assert np.abs(np.sum(a * b, axis=-1)).min() > 1.0 - 1e-6
            else:
                assert np.allclose(a, b, atol=6e-3)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no zip", b"not at all"])
def test_a_broken_file_is_refused(data: bytes) -> None:
    with pytest.raises(MoveError, match="make_clips"):
        decode_clips(data)


def test_mirrored_is_the_mirror_image() -> None:
    clip = CLIPS[0]
    counts = np.linspace(0.0, clip.counts, 40)
    a, b = sample_clip(clip, counts, mirror=False), sample_clip(clip, counts, mirror=True)
    flip = np.array([-1.0, 1.0, 1.0])
    assert np.allclose(a.pelvis * flip, b.pelvis)
    assert np.allclose(a.ankles[:, ::-1] * flip, b.ankles)
    assert np.allclose(a.contact[:, ::-1], b.contact)
    assert np.allclose(clip_place(clip, 2, mirror=False) * [-1, 1], clip_place(clip, 2, mirror=True))


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.name)
def test_a_phrase_is_entered_and_left_without_a_glide_and_dances_like_people(clip) -> None:
    """Idle groove, the phrase at its own tempo, idle groove: nothing on the way is faster than a dancer is.

    Before phrases travelled by themselves the whole body slid into them: the hips at up to 4.7 m/s, a hand at 16.
    """
    bars = max(1, clip.counts // 4)
    song = metronome_song(clip.per_minute, bars + 2)
    dance = Dance(Plan(steps=[Step(bar=1, bars=bars, move=clip.name)]), song, LIBRARY)
    points, _ = joint_positions(dance.frames(0, int(song.duration * GRID_HZ)).motion, CANONICAL)
    speed = np.linalg.norm(np.diff(points, axis=0), axis=-1) * GRID_HZ
    assert speed[:, 0].max() < 3.2
    assert speed[:, [BONE_INDEX["leftHand"], BONE_INDEX["rightHand"]]].max() < 7.0
    legs = [BONE_INDEX[side + part] for side in ("left", "right") for part in ("LowerLeg", "Toes")]
    assert speed[:, legs].max() < 7.5
    # It looks at the audience when it begins and when it ends.
    across = points[:, BONE_INDEX["leftUpperLeg"]] - points[:, BONE_INDEX["rightUpperLeg"]]
    begin, end = (round(at * GRID_HZ) for at in (song.bars[1].start, song.bars[1 + bars].start))
    assert across[[begin, end], 0].min() > 0.0


def test_every_move_has_its_accents_measured() -> None:
    assert all(len(entry.measured.on_count) == len(ACCENT_TEMPI) for entry in LIBRARY.entries.values())
    assert all(0.0 < share <= 1.0 for entry in LIBRARY.entries.values() for share in entry.measured.on_count)


@pytest.mark.parametrize("name", ["stomp_point", "heart", "sway", "cmu_94_04_c"])
def test_the_measured_accents_are_those_of_today(name: str) -> None:
    """A change of moves or layers wants presets/moves/measure_moves.py run again."""
    from presets.moves.measure_moves import on_count

    entry = LIBRARY[name]
    for tempo, share in zip(ACCENT_TEMPI, entry.measured.on_count, strict=True):
        assert on_count(entry, LIBRARY, tempo) == pytest.approx(share, abs=0.06)
