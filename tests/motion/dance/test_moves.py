"""The text format: what is accepted means what it says, what is not is refused with file and line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motion.dance.library import load_library
from motion.dance.moves import MoveError, parse_moves

GOOD = """
move nod 4 style=pop energy=0.5 tags=verse,cute   # a remark
face  1 10 | 3 -10 ~
foot  1 L .3,0,20 | 2 R -.1,.1 t
hips  1 y-3 yaw5 ! | 3 roll-4
handL 1 .3,-.5,.2 fist palm=d ! | 2 mid:.1,0,.4 heart fing=ui | 3 hip
"""


def test_reads_what_is_written() -> None:
    (move,) = parse_moves(GOOD)
    assert (move.name, move.counts, move.style, move.energy) == ("nod", 4, "pop", 0.5)
    assert move.tags == {"verse", "cute"}
    assert move.body["hips"][0].values == (0, -3, 0, 5, 0, 0)
    assert move.body["hips"][0].ease == "hit"
    assert move.feet[0].yaw == 20
    assert move.feet[1].touch
    assert move.left[1].anchor == "mid"
    assert move.left[1].fingers == (-1, 1, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("move a 4\nhips 1 y-99", "hips y is -99"),
        ("move a 4\nhips 5 y1", "outside the move's 1 to 4"),
        ("move a 4\nhips 2 y1 | 1 y1", "must increase"),
        ("move a 4\nhandL 1 claws", "'claws' is unknown on a hand"),
        ("move a 4\nhandL 1 .1,.2", "3 numbers"),
        ("move a 4\nfoot 1 X 0,0", "a foot key reads"),
        ("move a 5", "allowed are 1, 2, 4, 8, 16"),
        ("move a 4 style=polka", "style 'polka' is unknown"),
        ("move a 4\nhips 1 y1\nhips 2 y1", "two hips lines"),
        ("move a 4\nmove a 4", "two moves 'a'"),
        ("hips 1 y1", "before the first move"),
        ("jump up", "a line starts with"),
        ("move a 4\nhandL 1 hip palm=io", "opposite letters cancel"),
    ],
)
def test_refuses_with_file_and_line(text: str, message: str) -> None:
    with pytest.raises(MoveError, match=f"f.txt, line {len(text.splitlines())}: .*{message}"):
        parse_moves(text, "f.txt")


_WORDS = st.sampled_from(
    [
        *("move", "a", "4", "hips", "handL", "foot", "face", "1", "2", "|", "L", ".1,.2", "y-3", "!", "~", "fist"),
        *("mid:0,0,0", "palm=d", "t", "a30", "nan", "inf", "1e9", "0,0", "hip", "style=pop", "energy=2", "-", "#"),
        *("\n", "\n"),
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(_WORDS, max_size=30).map(" ".join)))
def test_any_text_is_accepted_or_refused(text: str) -> None:
    try:
        moves = parse_moves(text)
    except MoveError as error:
        assert "line" in str(error)
    else:
        assert all(move.counts > 0 for move in moves)


@pytest.mark.parametrize("entry", load_library(own_moves_only=True).entries.values(), ids=lambda entry: entry.name)
def test_mirror_of_mirror_is_the_move(entry) -> None:
    move = entry.move
    twin = move.mirrored()
    assert twin.mirrored() == move
    assert {key.side for key in twin.feet} == {"R" if key.side == "L" else "L" for key in move.feet}
    assert twin.left == move.right


def test_library_is_large_and_flags_what_is_not_ours() -> None:
    own, whole = load_library(own_moves_only=True), load_library()
    assert len(own) >= 40
    assert all(entry.own and entry.move is not None for entry in own.entries.values())
    foreign = [entry for entry in whole.entries.values() if not entry.own]
    assert len(foreign) >= 20
    assert all(entry.name.startswith(("cmu_", "fair1_")) for entry in foreign)
    assert {"idle_groove", "walk_on"} <= set(own.entries)
    assert own.with_tag("final")
