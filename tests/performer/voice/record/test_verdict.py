"""Each way of spoiling a take gives its own sentence, and a good take is called good."""

import numpy as np
import pytest

from performer.voice.record.guide import hertz_of
from performer.voice.record.meter import TakeMeter
from performer.voice.record.tuning import semitones_off
from performer.voice.record.verdict import Verdict, judge_room, judge_take, load_limits, with_tuning
from tests.performer.voice.record.made import RATE, Sound, buzz, room, take

LIMITS = load_limits()
ROOM_LUFS = -63.0


def holed(sound: Sound) -> Sound:
    sound[70_000:71_000] = 0.0
    return sound


CASES: dict[str, tuple[Sound, str, str]] = {
    "good": (take(), "good", "good"),
    "nothing": (room(3.0), "again", "no voice was heard"),
    "muted": (np.zeros(3 * RATE, np.float32), "again", "no voice was heard"),
    "clipped": (np.clip(8 * take(), -1, 1), "again", "it clips"),
    "too quiet": (take(level_db=-45.0, noise_db=-85.0), "again", "too quiet"),
    "soft": (take(level_db=-36.5, noise_db=-85.0), "fair", "soft"),
    "loud": (take(level_db=-10.0), "fair", "close to clipping"),
    "begins at once": (take(before=0.0), "again", "its beginning is cut off"),
    "ends at once": (take(after=0.0), "again", "its end is cut off"),
    "interrupted": (holed(take()), "again", "the sound stops once"),
    "half of it": (take(0.6), "again", "much shorter"),
    "noisy": (take(noise_db=-40.0), "again", "over the room's noise"),
    "rather noisy": (take(noise_db=-50.0), "fair", "over the room's noise"),
}


@pytest.mark.parametrize("name", CASES)
def test_sentence_and_grade(name: str) -> None:
    sound, grade, said = CASES[name]
    meter = TakeMeter(RATE, -90.0 if "noisy" in name else ROOM_LUFS)
    meter.feed(sound.astype(np.float32))
    verdict = judge_take(meter.measure(), 2.0, ROOM_LUFS, LIMITS)
    assert verdict.grade == grade
    assert said in verdict.sentence
    assert "\n" not in verdict.sentence


@pytest.mark.parametrize(
    ("sound", "grade", "said"),
    [
        (room(3.0, -70.0), "good", "quiet"),
        (room(3.0, -55.0), "fair", "can be heard"),
        (room(3.0, -40.0), "again", "too loud"),
        (np.zeros(3 * RATE, np.float32), "again", "nothing at all arrives"),
        (take(1.0), "again", "something sounded"),
    ],
)
def test_the_room(sound: Sound, grade: str, said: str) -> None:
    meter = TakeMeter(RATE)
    meter.feed(sound)
    verdict = judge_room(meter.measure(), LIMITS)
    assert (verdict.grade, said in verdict.sentence) == (grade, True)


@pytest.mark.parametrize("off", [-5.0, -1.0, -0.3, 0.0, 0.4, 2.0, 5.0])
@pytest.mark.parametrize("octave", [-12, 0, 12])
def test_how_far_a_note_is_off_octaves_aside(off: float, octave: int) -> None:
    sound = buzz(1.5, hertz=hertz_of(62 + off + octave))
    assert semitones_off(sound, RATE, 62) == pytest.approx(off, abs=0.1)


def test_tuning_is_advice_and_never_spoils_a_take() -> None:
    good, again = Verdict("good", "good"), Verdict("again", "too quiet")
    assert with_tuning(good, 0.5, LIMITS) is good
    assert with_tuning(again, 3.0, LIMITS) is again
    assert with_tuning(good, semitones_off(room(2.0), RATE, 62), LIMITS) is good
    low = with_tuning(good, -2.0, LIMITS)
    assert low.grade == "fair"
    assert "2.0 semitones below" in low.sentence
