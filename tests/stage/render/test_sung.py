"""A render in another voice: the sound is the new one, lips, words and name stay the song's."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from motion.errors import UserError
from performer.face.song_words import SongWords
from performer.voice import cover
from performer.voice.convert.voice_file import write_voice_file
from performer.voice.sound import Sound, write_wav
from stage.render import song_input
from stage.render.options import RenderOptions
from stage.render.song_input import read_song
from tests.performer.voice.convert.made import made_voice, sung

RATE = 44_100


def test_the_sound_is_another_and_the_lips_are_the_song_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NICHANG_HOME", str(tmp_path / "home"))
    vocal = sung(1.5, 220.0, RATE)
    write_wav(tmp_path / "vocal.wav", Sound(vocal[:, None], RATE))
    write_wav(tmp_path / "Some Song.wav", Sound(0.5 * vocal[:, None], RATE))
    write_voice_file(tmp_path / "made.voice", made_voice())
    options = RenderOptions(vocal=tmp_path / "vocal.wav", lyrics="none", voice=str(tmp_path / "made.voice"))
    told: list[str] = []
    given = read_song(tmp_path / "Some Song.wav", options, lambda what, share: told.append(what))
    plain = read_song(tmp_path / "Some Song.wav", RenderOptions(vocal=tmp_path / "vocal.wav", lyrics="none"))
    assert given.sound.seconds == pytest.approx(plain.sound.seconds, abs=0.001)
    assert not np.allclose(given.sound.mono, plain.sound.mono, atol=0.01)
    assert given.vocal is not None
    assert plain.vocal is not None
    assert np.array_equal(given.vocal, plain.vocal)
    assert (given.title, given.sha256) == (plain.title, plain.sha256)
    assert given.credits == ("歌声 Voice · Nobody",)
    assert "Nobody sings" in told


def test_an_unknown_voice_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"Did you mean qingling\?"):
        read_song("yuyi", RenderOptions(lyrics="none", voice="qinglin"))


@pytest.mark.parametrize("wrong", ["vocal", "song_map", "plan", "lyrics"])
def test_a_wrong_file_is_said_before_anybody_sings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("NICHANG_HOME", str(tmp_path / "home"))
    write_wav(tmp_path / "song.wav", Sound(sung(0.5, 220.0, RATE)[:, None], RATE))
    write_voice_file(tmp_path / "made.voice", made_voice())
    none = tmp_path / "none"
    options = RenderOptions(lyrics="none", voice=str(tmp_path / "made.voice"))
    told: list[str] = []
    with pytest.raises(UserError, match=r"(?i)none: no such file"):
        read_song(
            tmp_path / "song.wav",
            replace(options, **{wrong: str(none) if wrong == "lyrics" else none}),
            lambda what, share: told.append(what),
        )
    assert told == []
    assert not (tmp_path / "home").exists()


def test_words_are_heard_in_the_song_and_not_in_its_cover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NICHANG_HOME", str(tmp_path / "home"))
    vocal = sung(0.5, 220.0, RATE)
    write_wav(tmp_path / "song.wav", Sound(0.5 * vocal[:, None], RATE))
    write_voice_file(tmp_path / "made.voice", made_voice())
    heard: list[NDArray[np.float32]] = []

    def hear(path: Path, voice: NDArray[np.float32], rate: int) -> SongWords:
        heard.append(voice)
        return SongWords()

    monkeypatch.setattr(song_input, "song_words", hear)
    # A tone without words is no voice to what parts a mix: here all of it is.
    monkeypatch.setattr(cover, "_parted", lambda mix: (mix.samples, np.zeros_like(mix.samples)))
    given = read_song(tmp_path / "song.wav", RenderOptions(voice=str(tmp_path / "made.voice")))
    assert np.allclose(heard[0], 0.5 * vocal, atol=1e-3)
    assert not np.allclose(given.sound.mono[: len(vocal)], 0.5 * vocal, atol=0.01)
