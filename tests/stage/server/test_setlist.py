"""The list of songs: who is who, who comes next, who is made ready first."""

from pathlib import Path

import pytest

from stage.server.setlist import Setlist
from stage.server.songs import SongSource
from stage.show.desk import DeskError


def source(name: str, file: str = "") -> SongSource:
    return SongSource(name, Path(file or f"{name}.wav"), None, None, name.title(), "", 0)


def listed(*names: str) -> Setlist:
    songs = Setlist()
    for name in names:
        songs.add(source(name), Path("cache") / name, seconds=None)
    return songs


def test_songs_of_one_name_get_ids_of_their_own() -> None:
    songs = listed("a")
    assert songs.add(source("a", "other.wav"), Path("cache/b"), seconds=61.5) == "a-2"
    assert songs.add(source("a", "third.wav"), Path("cache/c"), seconds=61.5) == "a-3"
    assert [song.entry.state for song in songs] == ["waiting", "ready", "ready"]
    assert [song.entry.duration for song in songs] == [0.0, 61.5, 61.5]


def test_the_same_song_once_more_is_the_one_that_is_there() -> None:
    songs = listed("a", "b")
    assert songs.add(source("b"), Path("cache/b"), seconds=None) == "b"
    assert len(songs) == 2


def test_the_wanted_song_is_made_ready_first() -> None:
    songs = listed("a", "b", "c")

    def following(first: str | None) -> str:
        song = songs.waiting(first)
        assert song is not None
        return song.source.id

    assert following(None) == "a"
    assert following("c") == "c"
    songs.update("c", state="ready", share=1.0)
    assert following("c") == "a"
    for name in "ab":
        songs.update(name, state="ready")
    assert songs.waiting("a") is None


def test_next_goes_round_and_leaves_failed_songs_out() -> None:
    songs = listed("a", "b", "c")
    assert [songs.after(n).source.id for n in (-1, 0, 1, 2)] == ["a", "b", "c", "a"]
    songs.update("b", state="failed", note="b is empty")
    assert [songs.after(n).source.id for n in (-1, 0, 1, 2)] == ["a", "c", "c", "a"]
    for name in "ac":
        songs.update(name, state="failed")
    assert songs.after(0).source.id == "b"


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(DeskError, match="there is no song x"):
        listed("a").find("x")
    with pytest.raises(DeskError, match="drop a sound file"):
        listed().after(-1)


def test_pages_are_told_the_song_on_the_desk() -> None:
    songs = listed("a", "b")
    assert songs.message(-1).current == ""
    told = songs.message(1, "a")
    assert (told.current, told.wanted, [entry.title for entry in told.songs]) == ("b", "a", ["A", "B"])
