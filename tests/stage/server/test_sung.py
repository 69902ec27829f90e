"""Songs of a show in another voice: a place of their own in the cache, the new sound, a name on the title card."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from motion.errors import UserError
from performer.avatar.presets import avatar_path
from performer.face.song_words import SongWords
from performer.voice.convert.voice_file import write_voice_file
from performer.voice.sound import Sound, read_sound, write_wav
from stage.server import worker
from stage.server.show_file import read_show_file
from stage.server.songs import SongSource, cache_of, find_song, keep_sung, sound_file, sung_by
from stage.server.worker import prepare_song
from stage.show.performance import Performance
from tests.performer.voice.convert.made import made_voice, sung
from tests.stage.server.conftest import made_performance


@pytest.fixture
def source(home: Path) -> SongSource:
    song = home / "song.mp3"
    song.write_bytes(b"any")
    return SongSource("song", song, None, None, "Song", "", 0, credits=("Somebody",))


def test_a_voice_is_another_place_in_the_cache_and_named(source: SongSource, home: Path) -> None:
    voice = home / "made.voice"
    write_voice_file(voice, made_voice())
    sung = sung_by(source, str(voice))
    assert cache_of(sung) != cache_of(source)
    assert cache_of(sung) != cache_of(sung_by(source, "qingling"))
    assert sung.credits == ("Somebody", "歌声 Voice · Nobody")
    assert sung_by(source, "") is source


def test_pages_play_what_was_sung(source: SongSource, tmp_path: Path) -> None:
    sung, folder = sung_by(source, "qingling"), tmp_path / "place"
    for made in (tmp_path / "one.flac", tmp_path / "two.wav"):
        made.write_bytes(made.stem.encode())
        keep_sung(made, folder)
        assert sound_file(sung, folder).read_bytes() == made.stem.encode()
        # The song itself is as it was.
        assert sound_file(source, folder) == source.path
    assert len(list(folder.iterdir())) == 1


def test_a_voice_that_there_is_not_is_said_before_the_show(source: SongSource) -> None:
    with pytest.raises(UserError, match=r"Did you mean hitsuboku-kumi\?"):
        sung_by(source, "hitsuboku-kum")


def test_a_show_file_names_a_voice_for_a_song(tmp_path: Path) -> None:
    (tmp_path / "song.wav").write_bytes(b"any")
    write_voice_file(tmp_path / "mine.voice", made_voice())
    show = tmp_path / "a.show.toml"
    show.write_text(
        '[[songs]]\nfile = "song.wav"\nvoice = "mine.voice"\n[[songs]]\nfile = "yuyi"\nvoice = "qingling"\n'
    )
    first, second = read_show_file(show).songs
    # Beside the show file, as the song.
    assert find_song(first.file, base=tmp_path, voice=first.voice).voice == str((tmp_path / "mine.voice").resolve())
    assert find_song(second.file, base=tmp_path, voice=second.voice).voice == "qingling"


def test_a_file_beside_the_show_wins_over_a_built_in_voice_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_voice_file(tmp_path / "qingling", made_voice())
    monkeypatch.chdir(tmp_path)
    for base in (Path(), tmp_path):
        source = find_song("yuyi", base=base, voice="qingling")
        assert sung_by(source, source.voice).credits[-1] == "歌声 Voice · Nobody"


def test_wrong_words_are_said_before_anybody_sings(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song, words, voice = home / "song.wav", home / "song.lrc", home / "made.voice"
    write_wav(song, Sound(sung(0.5)[:, None], 48_000))
    words.write_text("no time at all\n")
    write_voice_file(voice, made_voice())
    source = sung_by(find_song("song.wav", base=home), str(voice))
    with pytest.raises(UserError, match="no line with a time"):
        prepare_song(source, avatar_path("mannequin"), home / "place")
    assert capsys.readouterr().out == ""
    assert not (home / "home" / "covers").exists()


def test_words_are_heard_in_the_song_and_the_dance_is_to_its_cover(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vocal, folder = sung(1.0), home / "place"
    write_wav(home / "song.wav", Sound(vocal[:, None], 48_000))
    write_voice_file(home / "made.voice", made_voice())
    source = sung_by(find_song("song.wav", base=home), str(home / "made.voice"))
    heard: list[NDArray[np.float32]] = []
    danced: list[NDArray[np.float32]] = []

    def hear(path: Path, voice: NDArray[np.float32], rate: int, *, keep: Path) -> SongWords:
        heard.append(voice)
        return SongWords()

    def prepare(samples: NDArray[np.float32], *_: object, **__: object) -> Performance:
        danced.append(samples.mean(axis=1))
        return made_performance(1.0)

    monkeypatch.setattr(worker, "song_words", hear)
    monkeypatch.setattr(worker, "prepare", prepare)
    prepare_song(source, avatar_path("mannequin"), folder)
    assert np.allclose(heard[0], vocal, atol=1e-3)
    assert not np.allclose(danced[0][: len(vocal)], vocal[: len(danced[0])], atol=0.01)
    assert np.array_equal(read_sound(sound_file(source, folder)).mono, danced[0])
