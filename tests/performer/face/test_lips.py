"""The mouth against made sounds: vowels with known times, silence, noise, drums, and words."""

import numpy as np
import pytest

from motion.music.song_map import Curve
from performer.face.lips import ARKIT_OF_VOWEL, arkit_from_vowels, lips_from_lyrics, lips_from_sound
from performer.face.lyric_sheet import LyricLine, Lyrics, LyricWord
from performer.face.lyrics import parse_lyrics
from performer.face.phrases import mouth_opening
from performer.face.track import ARKIT, EXPRESSION_INDEX, MOUTH, FaceTrack
from tests.bench.lips import VowelTrain, onset_errors, vowel_train

EVERYWHERE = Curve(1.0, [1.0])
NOWHERE = Curve(1.0, [0.0])


def frames_of(train: VowelTrain) -> int:
    return int(np.ceil(len(train.sound) / train.rate * 60))


def vowels_of(face: FaceTrack) -> np.ndarray:
    return face.weights[:, [EXPRESSION_INDEX[name] for name in MOUTH]]


@pytest.fixture(scope="module")
def train() -> VowelTrain:
    return vowel_train(seed=11, count=60)


@pytest.fixture(scope="module")
def face(train: VowelTrain) -> FaceTrack:
    return lips_from_sound(train.sound, train.rate, frames=frames_of(train), vocal=None)


def test_the_mouth_opens_when_the_sound_begins(train: VowelTrain, face: FaceTrack) -> None:
    errors = onset_errors(face, train.onsets)
    assert not np.isnan(errors).any()
    assert abs(float(np.median(errors))) <= 0.020
    assert float(np.percentile(np.abs(errors), 95)) <= 1 / 60 + 0.020


def test_the_mouth_is_closed_in_rests(train: VowelTrain, face: FaceTrack) -> None:
    opening = mouth_opening(face.weights)
    rests = [(a + b) / 2 for a, b in zip(train.ends[:-1], train.onsets[1:], strict=True) if b - a > 0.25]
    assert len(rests) > 10
    assert max(opening[round(t * 60)] for t in rests) < 0.05


def test_most_vowels_are_recognised(train: VowelTrain, face: FaceTrack) -> None:
    mouth = vowels_of(face)
    right = [
        MOUTH[int(np.argmax(mouth[round((start + 0.05) * 60) : round((end - 0.03) * 60)].sum(axis=0)))] == name
        for start, end, name in zip(train.onsets, train.ends, train.vowels, strict=True)
    ]
    assert np.mean(right) >= 0.85


def test_weights_stay_in_range_and_never_jump(face: FaceTrack) -> None:
    opening = mouth_opening(face.weights)
    assert face.weights.min() >= 0.0
    assert opening.max() <= 1.0 + 1e-6
    # A mouth that opens in 40 ms moves by less than 0.6 in a frame of 17 ms.
    assert np.abs(np.diff(opening)).max() < 0.6


def test_the_same_sound_in_the_background_of_a_mix_still_opens_the_mouth(train: VowelTrain) -> None:
    rng = np.random.default_rng(0)
    n = len(train.sound)
    side = 0.05 * rng.normal(size=n)
    drums = 0.6 * rng.normal(size=n) * (np.arange(n) % (train.rate // 2) < train.rate // 50)
    stereo = np.stack([train.sound + side + drums, train.sound - side + drums], axis=1).astype(np.float32)
    face = lips_from_sound(stereo, train.rate, frames=frames_of(train), vocal=EVERYWHERE)
    opening = mouth_opening(face.weights)
    inside = [opening[round((a + b) * 30)] > 0.2 for a, b in zip(train.onsets, train.ends, strict=True)]
    assert np.mean(inside) > 0.9


def test_where_nobody_sings_the_mouth_of_a_mix_is_shut(train: VowelTrain) -> None:
    face = lips_from_sound(train.sound, train.rate, frames=frames_of(train), vocal=NOWHERE)
    assert mouth_opening(face.weights).max() == 0.0


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(48_000),
        np.full(48_000, 0.5),
        np.zeros(0),
        np.zeros(10),
        np.full(24_000, np.nan),
        np.full((24_000, 2), 1e-9),
    ],
    ids=["silence", "constant", "empty", "ten samples", "not numbers", "nearly nothing"],
)
@pytest.mark.parametrize("vocal", [None, EVERYWHERE], ids=["stem", "mix"])
def test_silence_and_nonsense_leave_the_mouth_shut(sound: np.ndarray, vocal: Curve | None) -> None:
    face = lips_from_sound(sound.astype(np.float32), 24_000, frames=120, vocal=vocal)
    assert face.weights.shape == (120, 70)
    assert np.isfinite(face.weights).all()
    assert mouth_opening(face.weights[10:-10]).max() < 0.05


def test_a_stuttering_sound_does_not_make_the_mouth_flap() -> None:
    rng = np.random.default_rng(1)
    t = np.arange(3 * 24_000) / 24_000
    sound = 0.2 * np.sign(np.sin(2 * np.pi * 220 * t)) * (np.sin(2 * np.pi * 13 * t) > 0) + 1e-4 * rng.normal(
        size=len(t)
    )
    opening = mouth_opening(lips_from_sound(sound.astype(np.float32), 24_000, frames=180, vocal=None).weights)
    openings = np.flatnonzero((opening[:-1] < 0.1) & (opening[1:] >= 0.1))
    assert len(openings) <= 7 * 3 + 1


def test_the_track_ends_with_the_sound(train: VowelTrain) -> None:
    cut = train.sound[: round((train.onsets[5] + 0.1) * train.rate)]
    seconds = len(cut) / train.rate
    face = lips_from_sound(cut, train.rate, frames=round(seconds * 60) + 60, vocal=None)
    last = np.flatnonzero(mouth_opening(face.weights) > 0.02)[-1] / 60
    assert last <= seconds + 0.1


def test_words_say_which_vowel_is_sung(train: VowelTrain) -> None:
    # The singer sings anything; the text says "i" throughout, so the mouth shows ih.
    words = tuple(LyricWord(a, b, "い") for a, b in zip(train.onsets, train.ends, strict=True))
    lyrics = Lyrics((LyricLine(words[0].start, words[-1].end, "い" * len(words), "", words),))
    mouth = vowels_of(lips_from_lyrics(lyrics, train.sound, train.rate, frames=frames_of(train), vocal=None))
    middles = [int(np.argmax(mouth[round((w.start + w.end) * 30)])) for w in words]
    assert np.mean(np.asarray(middles) == MOUTH.index("ih")) > 0.95


def test_lips_meet_before_a_syllable_with_m_b_or_p() -> None:
    made = vowel_train(seed=3, count=1)
    tone = np.tile(made.sound[round(made.onsets[0] * made.rate) :][: made.rate // 10], 30)
    words = tuple(LyricWord(k * 0.5, k * 0.5 + 0.5, text) for k, text in enumerate("あまあかあぱ"))
    lyrics = Lyrics((LyricLine(0.0, 3.0, "あまあかあぱ", "", words),))
    opening = mouth_opening(lips_from_lyrics(lyrics, tone, made.rate, frames=180, vocal=None).weights)
    around = {
        word.text: opening[round(word.start * 60) - 4 : round(word.start * 60) + 2].min()
        for word in words
        if word.start
    }
    assert around["ま"] < 0.15
    assert around["ぱ"] < 0.15
    assert around["か"] > 0.3


def test_the_last_vowel_of_a_line_stays_open_until_the_note_ends_and_a_little_longer() -> None:
    made = vowel_train(seed=3, count=1)
    tone = np.tile(made.sound[round(made.onsets[0] * made.rate) :][: made.rate // 10], 20)
    # The note fades before its written end, and the next line begins a second later.
    sound = np.concatenate([tone, 0.02 * tone[: made.rate // 4], np.zeros(2 * made.rate, tone.dtype)])
    words = (LyricWord(0.0, 1.0, "あ"), LyricWord(1.0, 2.25, "あ"))
    lyrics = Lyrics((LyricLine(0.0, 2.25, "ああ", "", words),))
    opening = mouth_opening(lips_from_lyrics(lyrics, sound, made.rate, frames=240, vocal=None).weights)
    assert opening[70 : round(2.4 * 60)].min() > 0.4
    assert opening[round(2.8 * 60) :].max() < 0.05


@pytest.mark.parametrize("seconds", [0.2, 0.4, 1.5])
def test_a_diphthong_before_a_rest_turns_while_it_is_sung_and_lingers_on_its_second_vowel(seconds: float) -> None:
    made = vowel_train(seed=3, count=1)
    note = made.sound[round(made.onsets[0] * made.rate) :][: made.rate // 10]
    tone = np.tile(note, round((1.0 + seconds) * 10))
    sound = np.concatenate([tone, np.zeros(2 * made.rate, tone.dtype)])
    words = (LyricWord(0.0, 1.0, "the "), LyricWord(1.0, 1.0 + seconds, "sky"))
    lyrics = Lyrics((LyricLine(0.0, 1.0 + seconds, "the sky", "", words),))
    mouth = vowels_of(lips_from_lyrics(lyrics, sound, made.rate, frames=240, vocal=None))
    end = 1.0 + seconds
    assert MOUTH[int(np.argmax(mouth[round((1.0 + 0.4 * seconds) * 60)]))] == "aa"
    held = mouth[round((end - 0.02) * 60) : round((end + 0.1) * 60)]
    assert {MOUTH[kind] for kind in held.argmax(axis=1)} == {"ih"}
    assert held.sum(axis=1).min() > 0.2


def test_a_plain_line_is_aligned_to_what_is_heard(train: VowelTrain) -> None:
    first, last = 0, 8
    kana = {"aa": "あ", "ih": "い", "ou": "う", "ee": "え", "oh": "お"}
    text = "".join(kana[name] for name in train.vowels[first:last])
    lyrics = parse_lyrics(f"[00:00.30]{text}\n[00:{train.ends[last - 1]:05.2f}]\n", duration=60.0)
    mouth = vowels_of(lips_from_lyrics(lyrics, train.sound, train.rate, frames=frames_of(train), vocal=None))
    for start, end, name in list(zip(train.onsets, train.ends, train.vowels, strict=True))[first:last]:
        assert MOUTH[int(np.argmax(mouth[round((start + end) * 30)]))] == name


def test_a_thousand_letters_in_one_line_fall_back_to_the_sound(train: VowelTrain) -> None:
    lyrics = parse_lyrics("[00:01.00]" + "あ" * 1000, duration=60.0)
    face = lips_from_lyrics(lyrics, train.sound, train.rate, frames=frames_of(train), vocal=None)
    assert mouth_opening(face.weights).max() > 0.3


def test_arkit_follows_the_vowels() -> None:
    shapes = arkit_from_vowels(np.eye(5))
    assert shapes.shape == (5, len(ARKIT))
    jaw = shapes[:, ARKIT.index("jawOpen")]
    assert int(np.argmax(jaw)) == MOUTH.index("aa")
    assert int(np.argmax(shapes[:, ARKIT.index("mouthPucker")])) == MOUTH.index("ou")
    assert set(ARKIT_OF_VOWEL) <= set(ARKIT)
    assert not arkit_from_vowels(np.zeros((3, 5))).any()


def test_a_doubtful_moment_inside_a_phrase_keeps_the_mouth_and_a_flicker_opens_none(train: VowelTrain) -> None:
    values = np.zeros(400)
    values[20:25] = 0.9  # a quarter of a second that looks like a voice: a drum fill
    values[100:130], values[130:150], values[150:200] = 0.9, 0.3, 0.9
    values[300:340] = 0.4  # never sure
    curve = Curve(0.05, values.tolist())
    gated = mouth_opening(lips_from_sound(train.sound, train.rate, frames=1200, vocal=curve).weights)
    free = mouth_opening(lips_from_sound(train.sound, train.rate, frames=1200, vocal=EVERYWHERE).weights)
    assert gated[: round(4.9 * 60)].max() == 0.0
    assert gated[round(14.5 * 60) :].max() == 0.0
    doubtful = slice(round(6.5 * 60), round(7.5 * 60))
    assert free[doubtful].max() > 0.3, "the singer sings there"
    np.testing.assert_allclose(gated[doubtful], free[doubtful], atol=0.25)
