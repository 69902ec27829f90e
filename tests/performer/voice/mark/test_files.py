"""Files with label and mark in every format that we write: both read back; nothing half-written where it fails."""

import shutil
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from performer.voice.mark.files import SUFFIXES, label_file, read_label, write_sound
from performer.voice.mark.label import SoundLabel, payload_of
from performer.voice.mark.verify import verify_file
from performer.voice.sound import SoundError, read_sound
from tests.performer.voice.mark.made import RATE, voice

LABEL = SoundLabel("霓羽", "abc", title="雨后", credit="her own voice")


@pytest.fixture(scope="module")
def song() -> NDArray[np.float32]:
    return voice(10.5, channels=2)


def need_ffmpeg(suffix: str = "") -> None:
    if suffix != ".wav" and not (shutil.which("ffmpeg") and shutil.which("ffprobe")):
        pytest.skip("ffmpeg is not installed")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_keeps_label_and_mark(tmp_path: Path, song: NDArray[np.float32], suffix: str) -> None:
    need_ffmpeg(suffix)
    path = tmp_path / f"song{suffix}"
    write_sound(path, song, RATE, LABEL)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    verdict = verify_file(path)
    assert verdict.seconds == pytest.approx(10.5, abs=0.1)
    assert verdict.mark.payload == payload_of("霓羽")
    assert verdict.label is not None
    assert verdict.label.fields["ProduceID"] == "abc"
    assert "霓羽" in verdict.label.comment
    assert verdict.label.source.endswith("compositeWithTrainedAlgorithmicMedia")
    sound = read_sound(path)
    # Labelled anew: other words, the same sound.
    label_file(path, SoundLabel("other", "def"))
    again = read_label(path)
    assert again is not None
    assert again.fields["ProduceID"] == "def"
    assert again.fields["ReservedCode1"] == ""
    assert "other" in again.comment
    assert np.array_equal(read_sound(path).samples, sound.samples)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_without_the_mark_sound_is_what_was_given(tmp_path: Path, song: NDArray[np.float32]) -> None:
    write_sound(tmp_path / "a.wav", song, RATE, LABEL, mark=False)
    assert np.max(np.abs(read_sound(tmp_path / "a.wav").samples - song)) < 2.0**-22
    verdict = verify_file(tmp_path / "a.wav")
    assert verdict.mark.payload is None
    assert verdict.label is not None
    assert verdict.label.fields["ReservedCode1"] == ""


def test_full_scale_does_not_clip_by_the_mark(tmp_path: Path, song: NDArray[np.float32]) -> None:
    loud = np.clip(song * np.float32(4.0), -1.0, 1.0)
    write_sound(tmp_path / "a.wav", loud, RATE, LABEL)
    read = read_sound(tmp_path / "a.wav").samples
    assert np.mean(np.abs(read) > 0.9999) < 0.2 * np.mean(np.abs(loud) > 0.9999)
    assert np.max(np.abs(read)) > 0.99
    assert verify_file(tmp_path / "a.wav").mark.payload == payload_of("霓羽")


def test_a_long_sound_is_written_in_the_room_of_one_more(tmp_path: Path) -> None:
    sound = np.random.default_rng(3).uniform(-0.2, 0.2, (60 * RATE, 1)).astype(np.float32)
    before = sound.copy()
    tracemalloc.start()
    write_sound(tmp_path / "long.wav", sound, RATE, LABEL)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2.5 * sound.nbytes
    assert np.array_equal(sound, before)


def test_a_plain_file_has_no_label(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(8000), 8000)
    assert read_label(tmp_path / "a.wav") is None
    need_ffmpeg()
    soundfile.write(tmp_path / "a.flac", np.zeros(8000), 8000)
    assert read_label(tmp_path / "a.flac") is None
    (tmp_path / "a.mp3").write_bytes(b"no sound at all")
    assert read_label(tmp_path / "a.mp3") is None


def test_wrong_names_and_places_are_refused_and_leave_nothing(tmp_path: Path, song: NDArray[np.float32]) -> None:
    short = song[:9000]
    with pytest.raises(SoundError, match=r"a\.txt: name a sound file that ends with \.wav"):
        write_sound(tmp_path / "a.txt", short, RATE, LABEL)
    with pytest.raises(SoundError, match="cannot write"):
        write_sound(tmp_path / "none" / "a.wav", short, RATE, LABEL)
    with pytest.raises(SoundError, match="no such file"):
        label_file(tmp_path / "a.wav", LABEL)
    with pytest.raises(SoundError, match="cannot read"):
        read_label(tmp_path / "a.wav")
    (tmp_path / "a.wav").write_bytes(b"OggS not a wave")
    with pytest.raises(SoundError, match="no plain WAV"):
        label_file(tmp_path / "a.wav", LABEL)
    assert [file.name for file in tmp_path.iterdir()] == ["a.wav"]
    need_ffmpeg()
    with pytest.raises(SoundError, match="cannot write"):
        write_sound(tmp_path / "none" / "a.mp3", short, RATE, LABEL)
    (tmp_path / "a.mp3").write_bytes(b"no sound at all")
    with pytest.raises(SoundError, match="cannot write") as caught:
        label_file(tmp_path / "a.mp3", LABEL)
    assert "\n" not in str(caught.value)
    assert (tmp_path / "a.mp3").read_bytes() == b"no sound at all"


def test_without_ffmpeg_wav_works_and_others_say_what_is_missing(
    tmp_path: Path, song: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    write_sound(tmp_path / "a.wav", song[:9000], RATE, LABEL)
    assert read_label(tmp_path / "a.wav") is not None
    with pytest.raises(SoundError, match="needs ffmpeg"):
        write_sound(tmp_path / "a.mp3", song[:9000], RATE, LABEL)
    (tmp_path / "b.mp3").write_bytes(b"ID3")
    with pytest.raises(SoundError, match="needs ffprobe"):
        read_label(tmp_path / "b.mp3")
