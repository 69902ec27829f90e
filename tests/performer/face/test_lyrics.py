"""Lyrics files: what is read, what is refused with a sentence, and that nothing else ever happens."""

import itertools
import time
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.face.lrc import encode_lrc
from performer.face.lyric_sheet import LyricLine, Lyrics, LyricsError, LyricWord
from performer.face.lyric_text import decode_text
from performer.face.lyrics import parse_lyrics

ULTRASTAR = """#TITLE:Run
#ARTIST:Somebody
#BPM:300
#GAP:1000
: 0 4 9 So
: 6 4 11  far
: 10 4 11 ~
* 20 2 9  a
: 22 4 11 way
- 30
F 40 10 3 home
E
"""


def starts(lyrics: Lyrics) -> list[float]:
    return [line.start for line in lyrics.lines]


def test_plain_lrc_gives_lines_that_last_until_the_next() -> None:
    lyrics = parse_lyrics("[ti:T]\n[ar:A]\n[00:01.50]one two three\n[00:03.00]four\n", duration=100.0)
    assert (lyrics.title, lyrics.artist, lyrics.heard_by_machine) == ("T", "A", False)
    assert starts(lyrics) == [1.5, 3.0]
    assert lyrics.lines[0].end == 3.0
    assert lyrics.lines[1].end < 20.0, "a last line does not stand until the end of the song"


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("00:12.5", 12.5),
        ("00:12.50", 12.5),
        ("00:12.500", 12.5),
        ("00:12:50", 12.5),
        ("0:12", 12.0),
        ("01:02.03", 62.03),
    ],
)
def test_every_known_kind_of_stamp(stamp: str, seconds: float) -> None:
    assert starts(parse_lyrics(f"[{stamp}]la", duration=100.0)) == [pytest.approx(seconds)]


def test_several_stamps_before_one_line_repeat_it_in_order() -> None:
    lyrics = parse_lyrics("[00:20.00][00:05.00]chorus\n[00:10.00]verse", duration=60.0)
    assert [(line.start, line.text) for line in lyrics.lines] == [(5.0, "chorus"), (10.0, "verse"), (20.0, "chorus")]


def test_a_positive_offset_shows_lines_earlier() -> None:
    assert starts(parse_lyrics("[offset:500]\n[00:02.00]la", duration=60.0)) == [1.5]
    assert starts(parse_lyrics("[offset:-500]\n[00:02.00]la", duration=60.0)) == [2.5]


def test_enhanced_words_have_their_own_times_and_rests() -> None:
    line = parse_lyrics("[00:12.00]<00:12.00>first <00:12.60>second<00:13.00>", duration=60.0).lines[0]
    assert line.text == "first second"
    assert [(w.start, w.end, w.text) for w in line.words] == [
        (12.0, pytest.approx(12.6), "first "),
        (pytest.approx(12.6), 13.0, "second"),
    ]
    assert line.end == 13.0


def test_words_stamped_in_square_brackets_are_read_too() -> None:
    line = parse_lyrics("[00:01.00]你[00:01.50]好[00:02.00]", duration=60.0).lines[0]
    assert [w.text for w in line.words] == ["你", "好"]


def test_a_second_line_at_the_same_time_is_the_translation() -> None:
    lyrics = parse_lyrics("[00:01.00]さくら\n[00:01.00]cherry blossom\n[00:04.00]はな\n", duration=60.0)
    assert [(line.text, line.translation) for line in lyrics.lines] == [("さくら", "cherry blossom"), ("はな", "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_chinese_files_in_the_encodings_seen_in_the_wild(encoding: str) -> None:
    assert parse_lyrics("[00:01.00]霓裳羽衣".encode(encoding), duration=9.0).lines[0].text == "霓裳羽衣"


def test_ultrastar_seconds_are_gap_plus_quarter_beats() -> None:
    lyrics = parse_lyrics(ULTRASTAR, duration=60.0)
    beat = 60.0 / (300.0 * 4.0)
    line = lyrics.lines[0]
    assert (lyrics.title, lyrics.artist, line.text) == ("Run", "Somebody", "So far away")
    assert [w.text for w in line.words] == ["So", " far", " a", "way"]
    assert line.words[1].start == pytest.approx(1.0 + 6 * beat)
    assert line.words[1].end == pytest.approx(1.0 + 14 * beat), "~ holds the syllable before it"
    assert lyrics.lines[1].start == pytest.approx(1.0 + 40 * beat)


def test_ultrastar_with_a_decimal_comma_and_relative_beats() -> None:
    text = "#BPM:297,5\n#RELATIVE:YES\n: 0 4 1 la\n- 10 10\n: 0 4 1 li\nE\n"
    lyrics = parse_lyrics(text, duration=60.0)
    assert lyrics.lines[1].start == pytest.approx(10 * 60.0 / (297.5 * 4.0))


def test_of_a_duet_the_first_singer_and_what_both_sing_is_read() -> None:
    text = "#BPM:300\nP1\n: 0 4 1 me\n- 20\nP2\n: 0 4 1 you\n- 20\nP3\n: 40 4 1 us\nE\n"
    assert [line.text for line in parse_lyrics(text, duration=60.0).lines] == ["me", "us"]


def test_a_tempo_may_change_on_the_way() -> None:
    lyrics = parse_lyrics("#BPM:150\n: 0 4 1 la\n- 8\nB 10 300\n: 20 4 1 li\nE\n", duration=60.0)
    assert lyrics.lines[1].start == pytest.approx(10 * 60.0 / (150 * 4) + 10 * 60.0 / (300 * 4))


def test_golden_free_and_rapped_notes_are_notes() -> None:
    text = "#BPM:300\n* 0 4 1 go\nF 4 4 1 ld\nR 8 4 1  en\nG 12 4 1  rap\nE\n"
    assert parse_lyrics(text, duration=60.0).lines[0].text == "gold en rap"


def test_lines_may_end_as_on_any_system() -> None:
    for end in ("\n", "\r\n", "\r"):
        assert starts(parse_lyrics(f"\ufeff[ti:x]{end}[00:01.00]la{end}[00:02.00]li{end}", duration=9.0)) == [1.0, 2.0]
        assert len(parse_lyrics(ULTRASTAR.replace("\n", end), duration=60.0).lines) == 2


WRITTEN = {
    "gb18030": "霓裳羽衣 你好 我想和你一起去看海 月亮代表我的心 天空 在我心里 轻轻的 一个吻 今天 明天",
    "cp932": "夜の果てで光を探す 遠い空に君を呼んだ 初めの光 胸に咲いて 歌えば世界が開いてく サクラ",
    "big5": "月亮代表我的心 你問我愛你有多深 天空 時間 我們的歌 今天 明天 一起走過 聽見 風",
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WRITTEN)), st.randoms(use_true_random=False))
def test_old_encodings_are_told_apart_by_a_few_lines(encoding: str, random: Random) -> None:
    words = WRITTEN[encoding].split()
    text = "".join(f"[00:{k:02d}.00]{random.choice(words)} {random.choice(words)}\r\n" for k in range(1, 8))
    assert decode_text(text.encode(encoding)) == text


def test_western_files_keep_their_accents() -> None:
    text = "[00:01.00]Où est-ce que tu étais, für immer – mañana\n[00:02.00]l’été déjà passé\n"
    assert decode_text(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no line with a time"),
        ("just words\nand words", "no line with a time"),
        ("[ti:x]\n[offset:soon]\n[00:01.00]la", "line 2: the offset says 'soon'"),
        ("[offset:9999999]\n[00:01.00]la", "line 1: .* under an hour"),
        ("[10:00.00]la", r"the song lasts 60\.0 s"),
        ("#TITLE:x\n: 0 4 1 la", "#BPM"),
        ("#BPM:fast\n: 0 4 1 la", "line 1: #BPM is 'fast'"),
        ("#BPM:300\n#GAP:\n: 0 4 1 la", "line 2: #GAP is ''"),
        ("#BPM:300\n: 0 4 1 la\nB 8 0\nE", "line 3: the new tempo is 0"),
        ("#BPM:300\n: 0 4 one la", "line 2: ': 0 4 one la' is neither"),
        ("#BPM:0\n: 0 4 1 la", "above 1"),
        ("#BPM:300\nhello", "line 2"),
        ("#BPM:300\nE", "single note"),
        ("#BPM:1\n: 99999 4 1 la", "song lasts"),
        ("[00:01.00]a\x00b", "zero bytes"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(LyricsError, match=says):
        parse_lyrics(text, duration=60.0)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(LyricsError, match="UTF-8"):
        decode_text(b"\x80\xff\xff\x80")


def test_written_lrc_reads_back_as_the_same_lyrics() -> None:
    words = (
        LyricWord(1.0, 1.4, "So"),
        LyricWord(1.6, 2.0, " far"),
        LyricWord(2.0, 2.2, " a"),
        LyricWord(2.3, 3.0, "way"),
    )
    lines = (LyricLine(1.0, 3.0, "So far away", "好远", words), LyricLine(4.0, 5.0, "home"))
    lyrics = Lyrics(lines, heard_by_machine=True, title="T", artist="A")
    assert parse_lyrics(encode_lrc(lyrics), duration=60.0) == lyrics


@st.composite
def sheets(draw: st.DrawFn) -> Lyrics:
    """Lyrics such as a recogniser or a person writes, on the grid of hundredths that LRC has."""
    word = st.text(st.sampled_from("abcdeé'霓裳さくら,.!"), min_size=1, max_size=6)
    at = 0
    lines: list[LyricLine] = []
    for _ in range(draw(st.integers(1, 5))):
        at += draw(st.integers(0, 300))
        first, words = at, []
        for k in range(draw(st.integers(1, 5))):
            start = at + (draw(st.integers(0, 40)) if k else 0)
            at = start + draw(st.integers(5, 90))
            words.append(LyricWord(start / 100, at / 100, (" " if k else "") + draw(word)))
        lines.append(LyricLine(first / 100, at / 100, "".join(w.text for w in words), "", tuple(words)))
    return Lyrics(tuple(lines), draw(st.booleans()), draw(word), draw(word))


@settings(max_examples=200, deadline=None)
@given(sheets())
def test_any_sheet_written_as_lrc_reads_back(lyrics: Lyrics) -> None:
    again = parse_lyrics(encode_lrc(lyrics).encode(), duration=600.0)
    assert (again.heard_by_machine, again.title, again.artist) == (lyrics.heard_by_machine, lyrics.title, lyrics.artist)
    assert [line.text for line in again.lines] == [line.text for line in lyrics.lines]
    for found, wanted in zip(again.lines, lyrics.lines, strict=True):
        assert (found.start, found.end) == pytest.approx((wanted.start, wanted.end))
        times = [(word.start, word.end) for word in found.words]
        assert np.ravel(times) == pytest.approx(np.ravel([(word.start, word.end) for word in wanted.words]))
        assert [word.text.strip() for word in found.words] == [word.text.strip() for word in wanted.words]


def inside(lyrics: Lyrics, duration: float) -> None:
    for line in lyrics.lines:
        assert 0.0 <= line.start < line.end <= duration
        assert line.text.strip()
        for a, b in itertools.pairwise(line.words):
            assert a.end <= b.start + 1e-9
        for word in line.words:
            assert 0.0 <= word.start <= word.end <= duration
    assert starts(lyrics) == sorted(starts(lyrics))


STAMPS = ("[00:01.00]", "[00:59.99]", "<00:02.00>", "[99:99.999]", "[ti:x]", "[offset:", "[by:heard by machine]")
NOTES = (
    "#BPM:300\n",
    "#BPM:",
    "#GAP:",
    "\n: 0 4 1 la\n",
    "\n- 5\n",
    "#RELATIVE:yes\n",
    "\nE",
    "P1",
    "P2\n",
    ": ",
    "- ",
)
PIECES = st.sampled_from(
    (*STAMPS, *NOTES, *("\n", "\r", " ", "]", "[", "<", "9", "0", ",", ".", "~", "word", "好", "😀"))
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))


def accepted(text: str | bytes, duration: float) -> Lyrics | None:
    """The lyrics, None where they are refused by our error; anything else fails the test."""
    try:
        return parse_lyrics(text, duration=duration)
    except LyricsError:
        return None


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.sampled_from([0.5, 60.0, 300.0]))
def test_any_text_is_accepted_or_refused_with_our_error(text: str, duration: float) -> None:
    lyrics = accepted(text, duration)
    if lyrics is not None:
        inside(lyrics, duration)
        assert len(encode_lrc(lyrics)) > 0


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_accepted_or_refused_with_our_error(data: bytes) -> None:
    lyrics = accepted(data, 60.0)
    if lyrics is not None:
        inside(lyrics, 60.0)


@pytest.mark.parametrize(
    "text",
    [
        "[00:01.00]" + "a" * 1000,
        "[00:01.00]" + "😀" * 1000,
        "[00:01.00]la" + "\n" * 10_000,
        "[00:01.00]\n" * 1000 + "[00:02.00]la",
        "[00:01.00]same\n" * 1000,
        "[00:01.00]" * 1000 + "la",
        "[00:01.00]" + "<00:01.00>a" * 1000,
        "#BPM:300\n" + ": 0 4 1 la\n" * 5000,
        "#BPM:300\n" + ": 0 0 1 \n" * 5000 + ": 0 9 1 la",
    ],
)
def test_strange_but_harmless_files_are_read(text: str) -> None:
    # The process's own time: a machine busy with other things does not count. Anything quadratic takes minutes.
    before = time.process_time()
    lyrics = parse_lyrics(text, duration=60.0)
    assert time.process_time() - before < 5.0
    inside(lyrics, 60.0)
