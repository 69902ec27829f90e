"""Styles: read and checked, what each knob does to frames, takes and harmonies, whole = any split."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from motion.errors import UserError
from performer.voice.bands import band_centres
from performer.voice.convert.frames import Frames, joined
from performer.voice.style.apply import Styler, restyler, style_whole
from performer.voice.style.colour import breathed, formants_moved, tensed
from performer.voice.style.knobs import built_in_knobs, read_knobs
from performer.voice.style.lines import HARMONIES
from performer.voice.style.notes import OFFLINE_LOOK_AHEAD
from performer.voice.style.scale import parse_scale
from performer.voice.style.style import Style, StyleError, check_style, parse_style
from performer.voice.style.transpose import auto_transpose, transposed
from performer.voice.synth import synthesise
from tests.performer.voice.style.frames_made import frames_at, melody, random_frames, semitones_of

KNOBS = built_in_knobs()
C_MAJOR = parse_scale("C major")


def same(one: Frames, other: Frames) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("hertz", "density", "noise"))


def level_db(frames: Frames) -> float:
    sound = synthesise(frames.hertz, frames.density, frames.noise)
    return 10 * float(np.log10(np.mean(np.square(sound))))


# -- reading


def test_a_style_is_read_from_toml() -> None:
    style = parse_style(
        'transpose = "auto"\nformant = 1.5\ntune = "a minor"\nharmony = ["third", "octave-below"]\ndouble = 2'
    )
    assert style == Style(transpose="auto", formant=1.5, tune="a minor", harmony=("third", "octave-below"), double=2)
    assert parse_style("transpose = -3") == Style(transpose=-3.0)
    assert parse_style("") == Style()


@pytest.mark.parametrize(
    "text",
    [
        "formant = 7", "formant = -6.5", "breath = 1.1", "tension = -2", "transpose = 25", "double = 5",
        'transpose = "up"',
        "double = 1.5", "tune_strength = 1.01", "tune_speed_ms = -1", "tune_speed_ms = 501", 'harmony = ["tenth"]',
        'tune = "H# what"', "unknown = 1", "not toml", "formant = nan", "transpose = inf", 'harmony = "third"',
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        parse_style(text)


@settings(deadline=None)
@given(st.text(max_size=60) | st.from_regex(r'(formant|breath|tune|double|harmony) = ("[a-z ]*"|-?[0-9.]+|\[\])'))
def test_any_text_is_a_style_or_refused_in_a_sentence(text: str) -> None:
    try:
        style = parse_style(text)
    except UserError as error:
        assert "\n" not in str(error).split(":")[0]
        return
    assert check_style(msgspec.to_builtins(style)) == style


def test_knobs_out_of_range_or_missing_are_refused() -> None:
    with pytest.raises(UserError, match=r"style.toml: .*missing"):
        read_knobs("[breath]\nhigh_db = 3.0")
    with pytest.raises(UserError, match="page of knobs in TOML"):
        read_knobs("[[")


# -- colour


@pytest.mark.parametrize("bands", [80, 104])
@pytest.mark.parametrize("semitones", [-6.0, -2.0, 3.0, 6.0])
def test_formants_move_by_as_many_semitones_and_loudness_stays(semitones: float, bands: int) -> None:
    frames = frames_at(np.full(100, 150.0), bands)
    moved = formants_moved(frames, semitones)
    centres = band_centres(bands)
    low = centres < 2500
    top = centres[low][moved.density[50][low].argmax()]
    right = centres[low][frames.density[50][low].argmax()] * 2 ** (semitones / 12)
    assert np.abs(np.log2(top / right)) * 12 < 1.0
    assert np.array_equal(moved.hertz, frames.hertz)
    assert level_db(moved) == pytest.approx(level_db(frames), abs=1.5)


@pytest.mark.parametrize("change", [breathed, tensed])
def test_breath_and_tension_go_both_ways_and_leave_unvoiced_frames(change: type(breathed)) -> None:
    frames = random_frames(60, 1)
    unvoiced = frames.hertz == 0
    for amount in (-1.0, -0.3, 0.3, 1.0):
        changed = change(frames, amount, KNOBS)
        assert np.array_equal(changed.density[unvoiced], frames.density[unvoiced])
        assert np.array_equal(changed.noise[unvoiced], frames.noise[unvoiced])
        assert changed.noise.min() >= 0
        assert changed.noise.max() <= 1
        more = changed.noise[~unvoiced].mean() > frames.noise[~unvoiced].mean()
        assert more == ((amount > 0) == (change is breathed))
    assert change(frames, 0.0, KNOBS) is frames


def test_tension_tilts_at_the_same_loudness() -> None:
    frames = frames_at(np.full(100, 200.0))
    centres = band_centres()
    bright, dark = (tensed(frames, amount, KNOBS) for amount in (1.0, -1.0))

    def tilt(which: Frames) -> float:
        return float(which.density[50][centres > 3000].mean() - which.density[50][centres < 600].mean())

    assert tilt(bright) > tilt(frames) + 1 > tilt(dark) + 2
    assert level_db(bright) == pytest.approx(level_db(frames), abs=1.0)
    assert level_db(dark) == pytest.approx(level_db(frames), abs=1.0)


# -- transposing


@pytest.mark.parametrize(
    ("source", "voice", "right"),
    [
        ((48, 60), (48, 54, 60), 0),  # the same range
        ((45, 57), (57, 63, 69), 12),  # a man's line for a woman's voice
        ((60, 72), (48, 54, 60), -12),
        ((50, 52), (48, 54, 60), 0),  # fits already
        ((48, 60), (53, 59, 65), 5),  # an octave would leave it on the other side
    ],
)
def test_auto_transposes_into_the_range_by_octaves_where_that_will_do(
    source: tuple[int, int], voice: tuple[int, int, int], right: int
) -> None:
    hertz = (440 * np.exp2((np.linspace(*source, 500) - 69) / 12)).astype(np.float32)
    low, middle, high = 440 * np.exp2((np.array(voice) - 69) / 12)
    assert auto_transpose(hertz, low, middle, high) == right
    assert auto_transpose(hertz, low, middle, high, octaves_only=True) % 12 == 0


def hertz_of(notes: NDArray[np.float64]) -> NDArray[np.float32]:
    return (440 * np.exp2((notes - 69) / 12)).astype(np.float32)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.floats(36, 90), min_size=1, max_size=12),
    st.floats(40, 70),
    st.floats(1, 18),
    st.floats(1, 18),
    st.integers(0, 2**32 - 1),
)
def test_a_song_goes_by_no_octave_more_than_its_median_is_away_and_by_none_that_takes_it_farther(
    anchors: list[float], centre: float, below: float, above: float, seed: int
) -> None:
    notes = np.random.default_rng(seed).choice(anchors, 400)
    low, middle, high = (float(h) for h in hertz_of(np.array([centre - below, centre, centre + above])))
    off = float(np.median(notes)) - centre
    move = auto_transpose(hertz_of(notes), low, middle, high, octaves_only=True)
    assert move in (-24, -12, 0, 12, 24)
    assert abs(off + move) <= abs(off) + 1e-3
    if abs(off) <= 12:
        assert abs(move) <= 12
    # What lies in the range stays; a semitone's part aside, since pitch is in 32 bits.
    if notes.min() > centre - below + 0.01 and notes.max() < centre + above - 0.01:
        assert move == 0
        assert auto_transpose(hertz_of(notes), low, middle, high) == 0


@settings(deadline=None)
@given(st.floats(-24, 24), st.floats(7, 14))
def test_a_melody_is_brought_into_a_range_that_holds_it_however_far_it_was(off: float, half: float) -> None:
    notes = 60 + off + np.linspace(-5, 5, 300)
    low, middle, high = (float(h) for h in hertz_of(np.array([60 - half, 60, 60 + half])))
    moved = notes + auto_transpose(hertz_of(notes), low, middle, high)
    assert np.abs(moved - 60).max() < half + 4


def test_squeaks_and_the_band_in_a_stem_move_no_song() -> None:
    # A voice of 82 to 330 Hz; the song's median is a fifth above its own, an eighth lies an octave over the range.
    notes = np.concatenate([np.full(700, 59.0), np.full(100, 86.0)])
    assert auto_transpose(hertz_of(notes), 82.0, 165.0, 330.0, octaves_only=True) == 0


def test_transposing_moves_pitch_alone_and_silence_needs_none() -> None:
    frames = random_frames(50, 2)
    up = transposed(frames, 12)
    assert np.allclose(up.hertz, 2 * frames.hertz)
    assert up.density is frames.density
    assert auto_transpose(np.zeros(100, np.float32), 100, 200, 300) == 0


# -- lines


def test_a_style_that_asks_nothing_is_the_voice_itself() -> None:
    frames = random_frames(100, 4)
    styled = style_whole(frames, Style())
    assert len(styled.lines) == 1
    assert same(styled.lines[0].frames, frames)
    assert styled.scale is None


def test_takes_are_beside_the_lead_in_pitch_time_and_place() -> None:
    frames = frames_at(melody([60, 62, 64], 80, gap=20))
    lead, *takes = style_whole(frames, Style(double=2)).lines
    assert [take.part.pan > 0 for take in takes] == [True, False]
    assert len({take.part.seed for take in takes} | {lead.part.seed}) == 3
    for take in takes:
        assert len(take.frames) == len(frames)
        both = (take.frames.hertz > 0) & (frames.hertz > 0)
        assert 0.75 * (frames.hertz > 0).sum() < both.sum() < (frames.hertz > 0).sum()
        held = np.concatenate([np.arange(30, 75), np.arange(130, 175)])
        off = semitones_of(take.frames.hertz[held]) - semitones_of(frames.hertz[held])
        assert 0.01 < np.abs(off).max() < (KNOBS.double.detune_cents + KNOBS.double.drift_cents) / 100 + 0.01


@pytest.mark.parametrize(("name", "above"), [("third", [4, 3, 3]), ("fifth", [7, 7, 7]), ("octave-below", [-12] * 3)])
def test_a_harmony_keeps_to_the_key(name: str, above: list[int]) -> None:
    frames = frames_at(melody([60, 62, 64], 80, vibrato=0.2, gap=10))
    line = style_whole(frames, Style(harmony=(name,), tune="C major", tune_strength=0.0)).lines[1]
    for place, right in enumerate(above):
        part = slice(place * 90 + 25, place * 90 + 75)
        off = semitones_of(line.frames.hertz[part]).mean() - semitones_of(frames.hertz[part]).mean()
        assert off == pytest.approx(right, abs=0.13)


def test_the_key_moves_along_with_the_transposition() -> None:
    sung = melody([60.3, 64.3, 67.3], 80, gap=10)
    up = frames_at(sung * 2 ** (2 / 12))
    lead = style_whole(up, Style(tune="C major"), semitones=2).lines[0].frames
    for place, right in enumerate([62, 66, 69]):
        assert semitones_of(lead.hertz[place * 90 + 30 : place * 90 + 70]).mean() == pytest.approx(right, abs=0.05)


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=6), st.integers(0, 2**31), st.sampled_from([0, 18]), st.booleans()
)
def test_any_split_gives_the_same_lines(sizes: list[int], seed: int, look_ahead: int, tune: bool) -> None:
    frames = random_frames(sum(sizes), seed)
    style = Style(formant=2.0, breath=0.3, tension=-0.4, tune="C major" if tune else "", double=2, harmony=("third",))
    whole, split = (Styler(style, C_MAJOR, look_ahead=look_ahead) for _ in range(2))
    edges = np.cumsum([0, *sizes])
    one = [whole.feed(frames), whole.flush()]
    other = [split.feed(frames[a:b]) for a, b in pairwise(edges)] + [split.flush()]
    for place in range(len(whole.parts)):
        first, second = (joined([parts[place] for parts in given if parts]) for given in (one, other))
        assert len(first) == len(frames)
        assert same(first, second)
    again = [whole.feed(frames)]
    whole.reset()
    again = [whole.feed(frames), whole.flush()]
    assert same(joined([parts[-1] for parts in again if parts]), joined([parts[-1] for parts in one if parts]))


def test_live_gives_as_many_frames_as_it_takes_at_once() -> None:
    frames = random_frames(40, 9)
    live = restyler(Style(tune="C major", formant=1.0, double=2, harmony=("third",)))
    assert [len(live(frames[a : a + 1])) for a in range(10)] == [1] * 10
    assert len(live(frames[:0])) == 0


def test_offline_tuning_is_not_late() -> None:
    frames = frames_at(melody([60.4], 100, gap=20))
    lead = style_whole(frames, Style(tune="C major")).lines[0].frames
    assert len(lead) == len(frames)
    assert ((lead.hertz > 0) == (frames.hertz > 0)).all()
    assert OFFLINE_LOOK_AHEAD > 0


def test_every_harmony_can_be_sung_in_every_scale() -> None:
    frames = frames_at(melody([60, 65, 69], 30))
    for scale in ("chromatic", "A minor pentatonic", "C D", "F# harmonic minor"):
        for name in HARMONIES:
            line = style_whole(frames, Style(harmony=(name,), tune=scale)).lines[1].frames
            assert np.isfinite(line.hertz).all()


def test_an_unknown_harmony_is_named() -> None:
    with pytest.raises(StyleError, match="there is no harmony 'ninth'; harmonies: third"):
        check_style({"harmony": ["ninth"]})
