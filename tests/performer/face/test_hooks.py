"""The hook is the short line that stands alone and opens other lines."""

import pytest

from performer.face.hooks import hook_times
from performer.face.lyric_sheet import LyricLine, Lyrics


def lines(*texts: str) -> Lyrics:
    return Lyrics(tuple(LyricLine(float(i), i + 0.9, text) for i, text in enumerate(texts)))


def test_a_short_line_that_opens_others_is_the_hook() -> None:
    sung = lines("I walk alone at night", "Light me up", "Light me up: we shine", "It is late", "light me UP, again")
    assert hook_times(sung) == (1.0, 2.0, 4.0)


@pytest.mark.parametrize("texts", [(), ("Oh",) * 6, ("Light me up", "I walk", "Light me up"), ("a b c d e f",) * 4])
def test_songs_without_one(texts: tuple[str, ...]) -> None:
    assert hook_times(lines(*texts)) == ()
    assert hook_times(None) == ()
