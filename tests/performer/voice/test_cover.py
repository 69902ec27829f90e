"""A song sung by another voice: made once, found again, anew for another voice; what is wrong is said."""

import os
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from motion.errors import UserError
from performer.voice import cover as module
from performer.voice.consent import ConsentError
from performer.voice.convert.voice_file import write_voice_file
from performer.voice.cover import cover_credit, make_cover
from performer.voice.mark.files import read_label
from performer.voice.songs import song_folder
from performer.voice.sound import Sound, SoundError, read_sound, write_wav
from tests.performer.voice.convert.made import made_voice, sung

RATE = 44_100


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """song.wav, vocal.wav of it, a voice."""
    folder = tmp_path_factory.mktemp("songs")
    vocal = sung(2.0, 220.0, RATE)
    band = 0.02 * np.random.default_rng(1).standard_normal((len(vocal), 2))
    write_wav(folder / "vocal.wav", Sound(vocal[:, None], RATE))
    write_wav(folder / "song.wav", Sound((0.7 * vocal[:, None] + band).astype(np.float32), RATE))
    write_voice_file(folder / "made.voice", made_voice())
    return folder


def quiet(what: str, share: float) -> None:
    del what, share


def test_a_song_is_sung_anew_once_and_then_kept(folder: Path, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    song, vocal, voice = folder / "song.wav", folder / "vocal.wav", str(folder / "made.voice")
    path = make_cover(song, vocal, voice, tmp_path, lambda what, share: told.append((what, share)))
    made, before = read_sound(path), read_sound(song)
    assert made.seconds == pytest.approx(before.seconds, abs=0.001)
    assert made.samples.shape[1] == 2
    assert not np.allclose(made.samples[: len(before.samples)], before.samples, atol=0.02)
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert {what for what, _ in told} == {"Nobody sings"}
    label = read_label(path)
    assert label is not None
    again: list[float] = []
    assert make_cover(song, vocal, voice, tmp_path, lambda what, share: again.append(share)) == path
    assert again == []
    # With another voice it is another work.
    other = replace(made_voice(), card=msgspec.structs.replace(made_voice().card, name="Another"))
    write_voice_file(tmp_path / "other.voice", other)
    assert make_cover(song, vocal, str(tmp_path / "other.voice"), tmp_path, quiet) != path


def test_a_mix_without_a_stem_is_parted(folder: Path, tmp_path: Path) -> None:
    # Real singing: what parts a mix takes a steady tone for an instrument.
    stem = song_folder("yuyi").vocal
    assert stem is not None
    whole = read_sound(stem)
    rate = whole.rate
    vocal = whole.mono[40 * rate : 43 * rate]
    bass = read_sound(stem.with_name("bass.opus")).mono[40 * rate : 43 * rate]
    song, mixed = tmp_path / "mix.wav", 0.5 * vocal + 0.2 * bass
    write_wav(song, Sound(mixed[:, None].astype(np.float32), rate))
    write_wav(tmp_path / "stem.wav", Sound(vocal[:, None], rate))
    voice = str(folder / "made.voice")
    path = make_cover(song, None, voice, tmp_path / "kept", quiet)
    made, before = read_sound(path), read_sound(song)
    assert made.seconds == pytest.approx(3.0, abs=0.001)
    assert not np.allclose(made.samples[: len(before.samples)], before.samples, atol=0.02)
    # With its stem it is another work.
    assert make_cover(song, tmp_path / "stem.wav", voice, tmp_path / "kept", quiet) != path


def test_what_is_wrong_is_said_before_any_work(folder: Path, tmp_path: Path) -> None:
    song = folder / "song.wav"
    with pytest.raises(UserError, match=r"Did you mean qingling\?"):
        make_cover(song, None, "qingqing", tmp_path, quiet)
    cloned = replace(made_voice(), card=msgspec.structs.replace(made_voice().card, kind="cloned"))
    write_voice_file(tmp_path / "cloned.voice", cloned)
    with pytest.raises(ConsentError, match="carries no consent"):
        make_cover(song, None, str(tmp_path / "cloned.voice"), tmp_path, quiet)
    with pytest.raises(SoundError, match="cannot read"):
        make_cover(tmp_path / "none.wav", None, str(folder / "made.voice"), tmp_path, quiet)
    assert not (tmp_path / "covers").exists()


def test_only_the_songs_used_last_are_kept(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 2)
    covers = tmp_path / "covers"
    covers.mkdir()
    for age, name in enumerate(("new", "old", "older")):
        (covers / f"{name}.flac").write_bytes(b"")
        os.utime(covers / f"{name}.flac", (1_000_000 - age, 1_000_000 - age))
    path = make_cover(folder / "song.wav", folder / "vocal.wav", str(folder / "made.voice"), tmp_path, quiet)
    assert {path.name, "new.flac"} == {kept.name for kept in covers.iterdir()}


def test_the_title_card_says_whose_voice_sings(folder: Path) -> None:
    assert cover_credit(str(folder / "made.voice")) == "歌声 Voice · Nobody"
    assert "Cubialpha" in cover_credit("Hitsuboku Kumi")
