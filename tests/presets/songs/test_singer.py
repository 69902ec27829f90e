"""The singer sings in tune, on the beat, without clicks, and what is written."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from motion.errors import UserError
from presets.songs.singer import Note, SyllableError, named, sing, timings
from presets.songs.singer.glottis import pulse_spectra
from presets.songs.singer.phones import read

RATE = 48_000
WORDS = ("ni", "hao", "xing", "guang", "sa", "ta", "pa", "ke", "shang", "chuan", "la", "mei", "ruo", "zhi", "qu", "a")
PITCHES = (67, 69, 72, 74, 76, 74, 72, 71, 69, 67, 64, 67, 72, 76, 79, 81)
BEAT = 0.45


def _song(beat: float = BEAT) -> list[Note]:
    pairs = zip(WORDS, PITCHES, strict=True)
    return [Note(1.0 + n * beat, 0.96 * beat, pitch, word) for n, (word, pitch) in enumerate(pairs)]


@cache
def _sung(voice: str = "lead") -> NDArray[np.float64]:
    return sing(_song(), seed=3, voice=voice).astype(float)


def _period(sound: NDArray[np.float64], expected: float) -> float:
    """Hertz by the peak of the autocorrelation within 12 % of what is expected."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * len(sound))) ** 2
    row = np.fft.irfft(spectrum)
    lags = np.arange(int(RATE / expected / 1.12), int(RATE / expected * 1.12))
    best = int(lags[np.argmax(row[lags])])
    left, middle, right = row[best - 1 : best + 2]
    return RATE / (best + 0.5 * (left - right) / (left - 2 * middle + right))


def _cut(sound: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    return sound[int(start * RATE) : int(end * RATE)]


def _band(sound: NDArray[np.float64], low: float, high: float) -> float:
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1.0 / RATE)
    return float(power[(hertz >= low) & (hertz < high)].sum())


def test_every_note_is_in_tune() -> None:
    errors: list[float] = []
    for note in _song():
        want = 440.0 * 2.0 ** ((note.midi - 69.0) / 12.0)
        starts = np.arange(note.start_s + 0.08, note.start_s + 0.75 * note.length_s, 0.02)
        heard = [_period(_cut(_sung(), at, at + 0.04), want) for at in starts]
        errors.append(1200.0 * abs(np.log2(float(np.median(heard)) / want)))
    assert np.median(errors) < 10.0
    assert max(errors) < 30.0


def test_vowels_begin_on_the_beat() -> None:
    low = sosfiltfilt(butter(3, 1000.0, fs=RATE, output="sos"), _sung())
    for note in _song():
        if note.syllable[0] not in "hxgstpkczq":
            continue
        window = _cut(low, note.start_s - 0.05, note.start_s + 0.2)
        level = np.sqrt(np.convolve(window**2, np.ones(240) / 240, "valid"))
        begin = np.flatnonzero(level > 0.5 * np.median(level[4800:]))[0] / RATE - 0.05 + 0.0025
        assert abs(begin) < 0.015, note.syllable


VOICED = ("ni", "a", "mang", "lve", "yao", "wu", "liu", "nian", "wan", "you", "mo")


@cache
def _smooth() -> NDArray[np.float64]:
    """Only voiced sounds without air: what is heard above 13 kHz is a click."""
    still = replace(named("lead"), air=-120.0, breaths=0.0)
    song = [Note(0.5 + 0.3 * n, 0.29, PITCHES[n], word) for n, word in enumerate(VOICED)]
    # Without the end, where the last note is let go with a little air.
    return sing(song, seed=1, voice=still).astype(float)[: int(song[-1].start_s * RATE)]


def _crackle(sound: NDArray[np.float64]) -> float:
    return float(np.abs(sosfiltfilt(butter(6, 13_000.0, "high", fs=RATE, output="sos"), sound)).max())


def test_no_clicks_at_joins() -> None:
    assert _crackle(_smooth()) < 0.001
    broken = _smooth().copy()
    broken[RATE * 2 :] += 0.02
    assert _crackle(broken) > 0.004, "a jump of 2 % of full scale would be found"


def test_nothing_above_the_highest_harmonic() -> None:
    sound = _sung()
    assert _band(sound, 19_000.0, 24_000.0) < 1e-5 * _band(sound, 100.0, 16_000.0)


def test_level_is_sane_and_silence_is_silent() -> None:
    sound = _sung()
    assert 0.3 < np.abs(sound).max() < 0.95
    assert np.abs(sound[: RATE // 10]).max() == 0.0
    assert abs(float(sound.mean())) < 1e-3


def test_same_seed_same_take_other_seed_other_take() -> None:
    song = _song()[:3]
    assert np.array_equal(sing(song, seed=1), sing(song, seed=1))
    assert not np.array_equal(sing(song, seed=1), sing(song, seed=2))
    assert len(sing([], seed=1)) == 0


def test_vibrato_comes_late_and_stays_small() -> None:
    sound = sing([Note(0.5, 2.5, 69.0, "a")], seed=4).astype(float)
    at = np.arange(0.56, 2.7, 0.01)
    cents = np.array([1200.0 * np.log2(_period(_cut(sound, t - 0.015, t + 0.015), 440.0) / 440.0) for t in at])
    early, late = cents[(at > 0.62) & (at < 0.8)], cents[(at > 1.5) & (at < 2.5)]
    assert np.ptp(early) < 35.0
    assert 40.0 < np.ptp(late) < 120.0
    spectrum = np.abs(np.fft.rfft((late - late.mean()) * np.hanning(len(late)), 2000))
    rate = float(np.fft.rfftfreq(2000, 0.01)[np.argmax(spectrum)])
    assert 5.0 < rate < 6.2


def test_tones_bend_the_way_into_a_note_and_leave_the_note() -> None:
    def cents(tone: int, first: float, last: float) -> float:
        song = [Note(0.5, 0.4, 69.0, "ma"), Note(0.9, 0.4, 69.0, "ma", tone=tone)]
        sound = sing(song, seed=1).astype(float)
        at = np.arange(first, last, 0.01)
        return float(
            np.median([1200.0 * np.log2(_period(_cut(sound, t - 0.015, t + 0.015), 440.0) / 440.0) for t in at])
        )

    early = {tone: cents(tone, 0.92, 0.96) for tone in (0, 2, 3, 4)}
    assert early[2] < early[0] - 20.0
    assert early[3] < early[0] - 50.0
    assert early[4] > early[0] + 20.0
    for tone in (2, 3, 4):
        assert abs(cents(tone, 1.1, 1.25) - cents(0, 1.1, 1.25)) < 8.0


def test_dull_vowels_ring_and_sharp_ones_are_tamed() -> None:
    def high(word: str, ring: float) -> float:
        sound = sing([Note(0.3, 0.6, 69.0, word)], seed=1, voice=replace(named("lead"), ring=ring)).astype(float)
        held = _cut(sound, 0.45, 0.8)
        return 10.0 * np.log10(_band(held, 2000.0, 5500.0) / _band(held, 200.0, 16_000.0))

    assert high("wo", 0.5) > high("wo", 0.0) + 3.0
    assert high("yi", 0.5) < high("yi", 0.0) - 1.0


def test_louder_is_brighter() -> None:
    def slope(loudness: float) -> float:
        sound = _cut(sing([Note(0.3, 1.0, 69.0, "a", loudness=loudness)], seed=1).astype(float), 0.6, 1.0)
        return _band(sound, 2000.0, 6000.0) / _band(sound, 200.0, 2000.0)

    assert slope(1.0) > 2.0 * slope(0.4)


def test_first_formant_stays_above_a_high_note() -> None:
    # An i sung at 880 Hz: with the F1 of speech its fundamental would sink.
    sound = _cut(sing([Note(0.3, 1.0, 81.0, "yi")], seed=1).astype(float), 0.6, 1.0)
    assert _band(sound, 800.0, 960.0) > 0.3 * _band(sound, 100.0, 16_000.0)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [("sa", "sha", 6500.0, 11_000.0), ("sha", "xa", 2500.0, 4000.0)],
)
def test_each_hiss_has_its_own_band(one: str, other: str, low: float, high: float) -> None:
    def share(word: str) -> float:
        song = [Note(0.5, 0.5, 69.0, word.replace("xa", "xia"))]
        hiss = next(phone for phone in timings(song) if phone.name in ("s", "sh", "x"))
        sound = _cut(sing(song, seed=1).astype(float), hiss.start, hiss.end)
        return _band(sound, low, high) / _band(sound, 1000.0, 16_000.0)

    assert share(one) > 1.5 * share(other)


def test_stops_are_silent_and_aspirated_ones_wait_longer() -> None:
    def plan(word: str) -> list[tuple[str, float]]:
        song = [Note(0.5, 0.5, 69.0, "a"), Note(1.0, 0.5, 69.0, word)]
        return [(phone.name, phone.end - phone.start) for phone in timings(song)]

    assert dict(plan("ta"))["t"] > dict(plan("da"))["d"] + 0.03
    sound = sing([Note(0.5, 0.5, 69.0, "a"), Note(1.0, 0.5, 69.0, "ta")], seed=1).astype(float)
    start = next(
        phone.start
        for phone in timings([Note(0.5, 0.5, 69.0, "a"), Note(1.0, 0.5, 69.0, "ta")][:])
        if phone.name == "t"
    )
    closed, vowel = _cut(sound, start + 0.02, start + 0.045), _cut(sound, 1.1, 1.3)
    assert closed.std() < 0.06 * vowel.std()


def test_phones_lie_in_order_and_follow_the_beat() -> None:
    found = timings(_song())
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(found))
    starts = {round(phone.start, 6) for phone in found}
    assert all(round(note.start_s, 6) in starts for note in _song())
    assert [phone.name for phone in found][:3] == ["br", "n", "i"]


def test_fast_words_leave_the_vowel_before_its_half() -> None:
    song = [Note(1.0 + 0.12 * n, 0.12, 69.0, "chuang") for n in range(6)]
    cores = [phone for phone in timings(song) if phone.name in ("u", "A", "ng")]
    assert min(phone.end - phone.start for phone in cores) > 0.004
    assert np.isfinite(sing(song, seed=1)).all()


def test_a_note_carries_on_the_syllable_before() -> None:
    song = [Note(0.5, 0.5, 69.0, "lai"), Note(1.0, 0.5, 72.0, "", slur=True)]
    assert [phone.name for phone in timings(song)][-2:] == ["ai", "I"]
    assert timings(song)[-1].start > 1.2
    with pytest.raises(UserError, match="carries on no syllable"):
        timings([Note(0.5, 0.5, 69.0, "-")])


@pytest.mark.parametrize(
    ("text", "before", "core"),
    [
        ("lv", ("l",), "v"), ("ju", ("j",), "v"), ("zhi", ("zh",), "r1"), ("si", ("s",), "z1"), ("you", ("y",), "ou"),
        ("wei", ("w",), "ei"), ("yuan", ("yu",), "ai"), ("yan", ("y",), "E"), ("er", (), "er"), ("xiong", ("x",), "U"),
        ("{S T AA R Z}", ("s", "t"), "a"), ("ou", (), "ou"),
    ],
)  # fmt: skip
def test_syllables_are_read_as_they_sound(text: str, before: tuple[str, ...], core: str) -> None:
    first = read(text)[0]
    assert (first.before, first.final.core) == (before, core)


def test_english_of_two_vowels_is_two_syllables() -> None:
    assert [syllable.before for syllable in read("{HH AH0 L OW1}")] == [("h",), ("l",)]


@pytest.mark.parametrize("text", ["xyz", "{QQ}", "{S T}", "b"])
def test_what_nobody_can_sing_is_refused(text: str) -> None:
    with pytest.raises(SyllableError, match="Cannot sing"):
        read(text)


def test_voices_differ_and_unknown_ones_are_refused() -> None:
    lead, low = _sung("lead"), _sung("low")
    assert not np.array_equal(lead, low)
    mine = replace(named("lead"), octave=-1)
    sound = sing([Note(0.3, 0.6, 69.0, "a")], seed=1, voice=mine).astype(float)
    assert abs(_period(_cut(sound, 0.5, 0.6), 220.0) - 220.0) < 3.0
    with pytest.raises(UserError, match="choose one of lead"):
        named("tenor of Milan")


def test_the_pulse_is_duller_the_softer_it_is() -> None:
    tense, soft = np.abs(pulse_spectra(np.array([0.6, 2.0]), 40))
    assert tense[20] / tense[0] > 10.0 * soft[20] / soft[0]


@pytest.mark.parametrize("rate", [24_000, 44_100])
def test_other_rates_sing_the_same_song(rate: int) -> None:
    song = _song()[:5]
    here, there = sing(song, seed=1), sing(song, seed=1, rate=rate)
    assert abs(len(here) / RATE - len(there) / rate) < 0.02
    assert abs(float(here.std()) / float(there.std()) - 1.0) < 0.15


def test_any_notes_are_sung_without_error() -> None:
    rng = np.random.default_rng(7)
    finals = ("zhuang", "a", "{S T R IY T S}", "xue", "er", "", "liang", "m", "{W ER L D}", "yong")
    for _ in range(12):
        count = int(rng.integers(1, 9))
        starts = np.sort(rng.uniform(0.0, 2.0, count))
        words = ["wo", *rng.choice(finals, count - 1)]
        song = [
            Note(
                float(start),
                float(rng.uniform(0.01, 1.2)),
                float(rng.uniform(45, 86)),
                str(word),
                bool(rng.integers(2)),
            )
            for start, word in zip(starts, words, strict=True)
        ]
        sound = sing(song, seed=1)
        assert np.isfinite(sound).all()
        assert np.abs(sound).max() < 2.0
        found = timings(song)
        assert all(phone.end >= phone.start for phone in found)
