"""What a person writes after the options, and which frames they mean."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.render.options import FrameRange, OptionError, RenderOptions, parse_fps, parse_size, parse_time


def test_sizes_are_read_and_odd_ones_named_with_what_would_be_right() -> None:
    assert parse_size("1280x720") == (1280, 720)
    assert parse_size(" 720 X 1280 ") == (720, 1280)
    with pytest.raises(OptionError, match="try 1280x722"):
        parse_size("1280x721")
    for wrong in ("", "1280", "axb", "1280x", "10x10", "9000x720", "-2x4", "1e3x720"):
        with pytest.raises(OptionError):
            parse_size(wrong)


def test_broadcast_rates_are_exact_fractions() -> None:
    assert parse_fps("30") == 30
    assert parse_fps("29.97") == Fraction(30000, 1001)
    assert parse_fps("23.976") == Fraction(24000, 1001)
    assert parse_fps("24000/1001") == Fraction(24000, 1001)
    assert parse_fps("12.5") == Fraction(25, 2)
    for wrong in ("0", "-30", "121", "x", "", "1/0", "nan", "inf"):
        with pytest.raises(OptionError):
            parse_fps(wrong)


def test_times_as_seconds_or_as_on_a_clock() -> None:
    assert parse_time("12.5") == 12.5
    assert parse_time("1:05") == 65.0
    assert parse_time("1:02:03.5") == 3723.5
    for wrong in ("", "-1", "1:", "abc", "1:2:3:4", "nan"):
        with pytest.raises(OptionError):
            parse_time(wrong)


@given(st.text(max_size=20))
def test_parsers_take_it_or_say_why(text: str) -> None:
    for parse in (parse_size, parse_fps, parse_time):
        try:
            parse(text)
        except OptionError:
            continue


def test_a_wrong_option_is_wrong_use() -> None:
    assert OptionError.exit_code == 2


def test_ten_seconds_at_thirty_are_three_hundred_frames_whatever_the_last_bit_says() -> None:
    for duration in (10.0, 10.0 + 1e-9, 10.0 - 1e-9, 441000 / 44100):
        assert len(FrameRange.of(RenderOptions(), duration)) == 300
    assert len(FrameRange.of(RenderOptions(), 10.01)) == 301


@given(
    st.floats(0.5, 600.0),
    st.sampled_from([Fraction(24), Fraction(25), Fraction(30), Fraction(60), Fraction(30000, 1001)]),
)
def test_picture_and_song_are_equal_in_length_within_a_frame(duration: float, fps: Fraction) -> None:
    window = FrameRange.of(RenderOptions(fps=fps), duration)
    assert abs(window.seconds - duration) <= 1.0 / float(fps) + 1e-6


def test_a_slice_names_the_frames_of_the_whole() -> None:
    window = FrameRange.of(RenderOptions(start=2.0, stop=3.5), 10.0)
    assert (window.first, window.last) == (60, 105)
    assert window.start == 2.0
    assert FrameRange.of(RenderOptions(stop=99.0), 10.0).last == 300
    with pytest.raises(OptionError, match="after the end"):
        FrameRange.of(RenderOptions(start=11.0), 10.0)
    with pytest.raises(OptionError, match="nothing to render"):
        FrameRange.of(RenderOptions(start=5.0, stop=5.0), 10.0)


def test_the_bit_rate_grows_with_the_picture() -> None:
    hd = RenderOptions().bitrate
    assert 5e6 < hd < 7e6
    assert RenderOptions(width=1920, height=1080).bitrate > hd > RenderOptions(width=640, height=360).bitrate
