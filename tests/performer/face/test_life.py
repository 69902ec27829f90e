"""A living face: blinks, glances, brows, smile and breath that are natural, seeded and never frozen."""

import msgspec
import numpy as np
import pytest

from motion.music.song_map import Bar, Curve, Section, SongMap
from performer.face.blinks import blink_curve, quiet_times
from performer.face.build import build_face
from performer.face.gaze import MAX_PITCH, MAX_YAW
from performer.face.life import live_face
from performer.face.lyric_sheet import LyricLine, Lyrics, LyricWord
from performer.face.phrases import mouth_opening
from performer.face.track import EXPRESSION_INDEX, FaceTrack, rest_face

SECONDS = 120.0
FRAMES = int(SECONDS * 60)


def song(bpm: float = 128.0, seconds: float = SECONDS) -> SongMap:
    half = seconds / 2
    beats = [k * 60.0 / bpm for k in range(int(seconds * bpm / 60.0))] if bpm else []
    return SongMap(
        duration=seconds,
        bpm=bpm,
        beats=beats,
        downbeats=beats[::4],
        bars=[],
        sections=[Section(0.0, half, "verse", 0), Section(half, seconds, "chorus", 1)],
        energy=Curve(half, [0.2, 0.9, 0.9]),
        vocal=Curve(1.0, [1.0]),
    )


def singing() -> FaceTrack:
    """Phrases of 3 s with 2 s rests, mouth at 0.8."""
    face = rest_face(FRAMES)
    times = np.arange(FRAMES) / 60.0
    face.weights[:, EXPRESSION_INDEX["aa"]] = 0.8 * ((times % 5.0 > 2.0) & (times % 0.5 < 0.4))
    return face


def column(face: FaceTrack, name: str) -> np.ndarray:
    return face.weights[:, EXPRESSION_INDEX[name]]


def blink_starts(face: FaceTrack) -> np.ndarray:
    lid = column(face, "blink")
    return np.flatnonzero((lid[:-1] < 0.05) & (lid[1:] >= 0.05)) / 60.0


def smile(face: FaceTrack) -> np.ndarray:
    """Corners of the mouth, whichever shape draws them."""
    return column(face, "happy") + column(face, "mouthSmileLeft")


@pytest.fixture(scope="module")
def face() -> FaceTrack:
    return live_face(song(), singing(), seed=1, frames=FRAMES)


def test_the_same_seed_gives_the_same_face_and_another_seed_another(face: FaceTrack) -> None:
    again = live_face(song(), singing(), seed=1, frames=FRAMES)
    other = live_face(song(), singing(), seed=2, frames=FRAMES)
    np.testing.assert_array_equal(face.weights, again.weights)
    np.testing.assert_array_equal(face.gaze, again.gaze)
    assert not np.array_equal(face.gaze, other.gaze)
    assert not np.array_equal(column(face, "blink"), column(other, "blink"))


def test_blinks_come_at_natural_intervals_and_not_on_the_beat(face: FaceTrack) -> None:
    starts = blink_starts(face)
    gaps = np.diff(starts)
    assert 60 / 6.5 < len(starts) / SECONDS * 60 < 60 / 1.8
    assert gaps.max() < 7.0
    assert np.std(gaps) > 0.4, "a metronome does not blink"
    phase = (starts / (60.0 / 128.0)) % 1.0
    assert np.abs(np.exp(2j * np.pi * phase).mean()) < 0.6


def test_a_blink_closes_the_eye_and_opens_it_more_slowly(face: FaceTrack) -> None:
    lid = column(face, "blink")
    for start in blink_starts(face)[:10]:
        part = lid[round(start * 60) : round(start * 60) + 18]
        assert part.max() > 0.75
        assert part[-1] == 0.0
        fall, rise = np.argmax(part), np.flatnonzero(part > 0.02)[-1] - np.argmax(part)
        assert fall <= rise + 1


def test_eyes_stay_in_their_limits_and_look_at_the_camera_most_of_the_time(face: FaceTrack) -> None:
    assert np.abs(face.gaze[:, 0]).max() <= MAX_YAW + 1e-6
    assert np.abs(face.gaze[:, 1]).max() <= MAX_PITCH + 1e-6
    at_camera = np.hypot(*face.gaze.T) < np.deg2rad(5.0)
    assert 0.4 < at_camera.mean() < 0.9
    assert (face.gaze[:, 0] > 0.1).any()
    assert (face.gaze[:, 0] < -0.1).any()


def test_glances_are_quick(face: FaceTrack) -> None:
    yaw = face.gaze[:, 0]
    moving = np.abs(np.diff(yaw)) > np.deg2rad(1.0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], moving.astype(int), [0]]))).reshape(-1, 2)
    assert len(edges) > 5
    assert (edges[:, 1] - edges[:, 0]).max() <= 6


def test_nothing_ever_freezes(face: FaceTrack) -> None:
    moving = np.abs(np.diff(np.concatenate([face.weights, face.gaze], axis=1), axis=0)).max(axis=1) > 1e-5
    still = np.diff(np.flatnonzero(np.concatenate([[True], moving, [True]])))
    assert still.max() < 60, "a whole second without any movement"


def test_the_smile_makes_room_for_the_mouth(face: FaceTrack) -> None:
    wide = mouth_opening(singing().weights) > 0.5
    times = np.arange(FRAMES) / 60.0
    resting = (times % 5.0 > 0.8) & (times % 5.0 < 1.4)
    happy = column(face, "happy")
    assert happy[resting].mean() > 1.8 * happy[wide].mean()
    assert (happy[wide] < 0.4).all()


def test_the_chorus_smiles_more_than_the_verse(face: FaceTrack) -> None:
    happy = column(face, "happy")
    assert happy[FRAMES // 2 :].mean() > 1.3 * happy[: FRAMES // 2].mean()


def test_a_ballad_looks_relaxed() -> None:
    slow = live_face(song(70.0), singing(), seed=1, frames=FRAMES)
    fast = live_face(song(128.0), singing(), seed=1, frames=FRAMES)
    assert column(slow, "relaxed").mean() > 0.08
    assert column(fast, "relaxed").max() == 0.0


def test_a_breath_comes_just_before_a_phrase(face: FaceTrack) -> None:
    opening = mouth_opening(face.weights)
    before = [opening[round((5 * k + 2.0 - 0.18) * 60)] for k in range(1, 20)]
    long_before = [opening[round((5 * k + 2.0 - 0.8) * 60)] for k in range(1, 20)]
    assert min(before) > 0.08
    assert max(before) < 0.25
    assert max(long_before) == 0.0


@pytest.mark.parametrize("frames", [0, 1, 2, 30])
def test_short_and_empty_songs_have_a_face(frames: int) -> None:
    face = live_face(song(seconds=max(frames, 1) / 60), rest_face(frames), seed=0, frames=frames)
    assert len(face) == frames
    assert np.isfinite(face.weights).all()


def test_silence_still_lives() -> None:
    quiet = SongMap(
        duration=20.0,
        bpm=0.0,
        beats=[],
        downbeats=[],
        bars=[],
        sections=[Section(0.0, 20.0, "silence", 0)],
        energy=Curve(1.0, [0.0] * 20),
        vocal=Curve(1.0, [0.0] * 20),
    )
    face = build_face(np.zeros(20 * 16_000, np.float32), 16_000, quiet)
    assert len(face) == 1200
    assert mouth_opening(face.weights).max() == 0.0
    assert len(blink_starts(face)) >= 3


def test_a_whole_face_from_words_and_stem_is_as_long_as_the_song() -> None:
    lyrics = Lyrics((LyricLine(1.0, 2.0, "la la", "", (LyricWord(1.0, 1.5, "la "), LyricWord(1.5, 2.0, "la"))),))
    sound = (0.1 * np.sin(np.arange(3 * 16_000) * 0.2)).astype(np.float32)
    face = build_face(sound, 16_000, song(seconds=3.01), vocal_mono=sound, lyrics=lyrics, seed=3)
    assert len(face) == 181
    assert face.weights.min() >= 0.0
    assert face.weights.max() <= 1.0


def test_no_blink_falls_into_the_middle_of_a_held_note() -> None:
    lips = rest_face(FRAMES)
    times = np.arange(FRAMES) / 60.0
    lips.weights[:, EXPRESSION_INDEX["aa"]] = 0.8 * (times % 4.0 < 2.4)
    starts = np.concatenate([blink_starts(live_face(song(), lips, seed=k, frames=FRAMES)) for k in range(4)])
    into = starts % 4.0
    assert len(starts) > 60
    assert not ((into > 0.25) & (into < 2.2)).any()
    gaps = np.diff(starts)
    assert gaps.max() < 9.0, "held notes do not keep the eyes open for ever"


def test_a_note_held_for_ever_does_not_keep_the_eyes_open() -> None:
    lips = rest_face(FRAMES)
    lips.weights[:, EXPRESSION_INDEX["aa"]] = 0.8
    assert np.diff(blink_starts(live_face(song(), lips, seed=1, frames=FRAMES))).max() < 8.0


def test_the_smile_moves_through_a_chorus_of_one_level(face: FaceTrack) -> None:
    happy = column(face, "happy")[FRAMES // 2 + 300 :]
    resting = happy[happy > np.median(happy)]
    assert resting.std() > 0.01
    assert happy.max() < 0.75


def test_the_corners_of_the_mouth_never_hang_in_a_chorus(face: FaceTrack) -> None:
    chorus = slice(FRAMES // 2 + 120, None)
    corners = column(face, "happy") + column(face, "mouthSmileLeft")
    assert corners[chorus].min() > 0.35
    np.testing.assert_array_equal(column(face, "mouthSmileLeft"), column(face, "mouthSmileRight"))


def test_a_song_that_goes_on_after_its_words_ends_with_a_smile() -> None:
    lips = singing()
    end = FRAMES - 60 * 4
    lips.weights[end:] = 0.0
    sung = int(np.flatnonzero(lips.weights[:, EXPRESSION_INDEX["aa"]])[-1])
    happy = smile(live_face(song(), lips, seed=1, frames=FRAMES))
    assert happy[sung : sung + 150].max() > 0.8
    assert happy[-60:].min() > 0.5
    assert happy[sung - 120 : sung].max() < 0.75
    assert np.abs(np.diff(happy)).max() < 0.05


def test_no_smile_half_shuts_the_eyes(face: FaceTrack) -> None:
    assert column(face, "happy").max() < 0.2
    assert smile(face)[FRAMES // 2 :].max() > 0.6


def test_the_last_smile_parts_the_lips_and_loud_rests_do_until_she_breathes() -> None:
    lips = singing()
    lips.weights[-240:, EXPRESSION_INDEX["aa"]] = 0.0
    opening = mouth_opening(live_face(song(), lips, seed=1, frames=FRAMES).weights)
    assert 0.15 < opening[-60] < 0.4
    # Rests of two seconds: those of the verse stay shut.
    assert max(opening[round((5 * k + 0.7) * 60)] for k in range(1, 11)) == 0.0
    assert min(opening[round((5 * k + 0.7) * 60)] for k in range(14, 23)) > 0.1


def test_lids_stay_open_about_downbeats_and_in_the_last_pose() -> None:
    bars = [Bar(start, start + 2.0, 4) for start in np.arange(0.0, 118.0, 2.0).tolist()]
    quiet = quiet_times(msgspec.structs.replace(song(), bars=bars))
    times = np.arange(7200) / 60.0
    for seed in range(4):
        lid = blink_curve((), (), times, np.random.default_rng(seed), (), quiet)
        assert np.count_nonzero(np.diff((lid > 0.5).astype(int)) > 0) > 15
        for bar in bars:
            assert lid[(times >= bar.start) & (times < bar.start + 0.4)].max() < 0.05
        assert lid[times >= bars[-1].start].max() < 0.05
