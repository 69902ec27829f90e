"""Sound files of every kind, good and bad: sound at the right length, or one sentence that says what to do."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from performer.voice.sound import (
    BLOCK_SECONDS,
    Sound,
    SoundError,
    file_sha256,
    open_sound,
    read_sound,
    resample,
    write_wav,
    write_wav_blocks,
)

RATE = 44_100


def tone(seconds: float = 2.0, rate: int = RATE, channels: int = 2) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return np.repeat((0.4 * np.sin(2.0 * np.pi * 440.0 * t))[:, None], channels, axis=1)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp3", ["-c:a", "libmp3lame"]),
        ("a.m4a", ["-c:a", "aac"]),
        ("a.opus", ["-c:a", "libopus"]),
        ("a.ogg", ["-c:a", "libvorbis"]),
        ("a.flac", ["-c:a", "flac"]),
    ],
)
def test_formats_made_by_ffmpeg_are_read(tmp_path: Path, name: str, codec: list[str]) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    soundfile.write(tmp_path / "a.wav", tone(), RATE)
    command = ["ffmpeg", "-v", "error", "-i", str(tmp_path / "a.wav"), *codec, str(tmp_path / name)]
    subprocess.run(command, check=True)
    sound = read_sound(tmp_path / name)
    assert sound.seconds == pytest.approx(2.0, abs=0.06)
    assert sound.samples.dtype == np.float32
    spectrum = np.abs(np.fft.rfft(sound.mono))
    assert np.argmax(spectrum) * sound.rate / len(sound.mono) == pytest.approx(440.0, abs=2.0)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"this is not sound\n" * 50, "not a sound file"), (b"RIFF\x00\x00\x00\x00WAVE", "song.wav")],
)
def test_what_is_no_sound_is_refused_in_one_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(content)
    with pytest.raises(SoundError, match=says) as caught:
        read_sound(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["song.mp3", "song.wav", "song"])
@pytest.mark.parametrize("content", [b"this is not sound\n" * 500, b"ID3\x04\x00" + bytes(9000), b"\xff\xfb\x90" * 900])
def test_no_decoder_speaks_to_the_user_behind_our_back(
    tmp_path: Path, name: str, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SoundError, match=r"not a sound file|needs ffmpeg|at least"):
        read_sound(path)
    assert capfd.readouterr().err == ""


def test_standard_error_is_back_after_reading(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "song.mp3").write_bytes(b"words " * 900)
    with pytest.raises(SoundError):
        read_sound(tmp_path / "song.mp3")
    os.write(2, b"heard again")
    assert capfd.readouterr().err == "heard again"


@pytest.mark.parametrize(("name", "channels"), [("a.wav", 1), ("a.flac", 2), ("a.wav", 6)])
def test_blocks_joined_are_the_whole_and_can_be_had_twice(tmp_path: Path, name: str, channels: int) -> None:
    rate = 8000
    noise = np.random.default_rng(2).normal(0.0, 0.2, (int(2.4 * BLOCK_SECONDS * rate), channels))
    soundfile.write(tmp_path / name, np.clip(noise, -1.0, 1.0), rate)
    reader = open_sound(tmp_path / name)
    whole = read_sound(tmp_path / name)
    for _ in range(2):
        blocks = list(reader.blocks())
        assert len(blocks) == 3
        assert np.array_equal(np.concatenate(blocks), whole.samples)
    assert reader.channels == whole.samples.shape[1] == min(channels, 2)
    assert reader.seconds == pytest.approx(whole.seconds)


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    noise = np.random.default_rng(2).normal(0.0, 0.1, (12 * 8000, 1))
    soundfile.write(tmp_path / "a.flac", noise, 8000)
    data = bytearray((tmp_path / "a.flac").read_bytes())
    (tmp_path / "cut.flac").write_bytes(data[: len(data) * 2 // 3])
    whole, cut = read_sound(tmp_path / "a.flac"), read_sound(tmp_path / "cut.flac")
    assert 7.0 < cut.seconds < 8.1
    assert np.array_equal(cut.samples, whole.samples[: len(cut.samples)])


def test_an_opus_file_is_decoded_once_and_from_its_start_again_where_it_tears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    path = tmp_path / "a.opus"
    soundfile.write(path, tone(2.5 * BLOCK_SECONDS, 48000), 48000, format="OGG", subtype="OPUS")
    blocks: list[int] = []
    real = soundfile.SoundFile.read

    def read(self: soundfile.SoundFile, *args: Any, **kwargs: Any) -> Any:
        block = real(self, *args, **kwargs)
        blocks.append(len(block))
        return block

    monkeypatch.setattr(soundfile.SoundFile, "read", read)
    whole = read_sound(path)
    assert sum(blocks) == len(whole.samples)

    def torn(self: soundfile.SoundFile, *args: Any, **kwargs: Any) -> Any:
        if self.tell() > 0:
            raise soundfile.LibsndfileError(1)
        return read(self, *args, **kwargs) + 0.5

    monkeypatch.setattr(soundfile.SoundFile, "read", torn)
    again = read_sound(path)
    assert again.seconds == pytest.approx(whole.seconds, abs=0.1)
    assert abs(again.samples[: BLOCK_SECONDS * again.rate].mean()) < 0.05


def test_a_header_that_promises_more_than_there_is_costs_no_memory(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(1.0), RATE)
    data = bytearray((tmp_path / "a.wav").read_bytes())
    data[40:44] = (2**32 - 256).to_bytes(4, "little")
    (tmp_path / "a.wav").write_bytes(data)
    assert read_sound(tmp_path / "a.wav").seconds == pytest.approx(1.0)


def test_missing_path_folder_and_too_short_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match="no such file"):
        read_sound(tmp_path / "none.wav")
    with pytest.raises(SoundError, match="folder"):
        read_sound(tmp_path)
    with pytest.raises(SoundError, match="regular file"):
        read_sound(Path("/dev/null"))
    soundfile.write(tmp_path / "short.wav", tone(0.2), RATE)
    with pytest.raises(SoundError, match=r"at least 0\.5 s"):
        read_sound(tmp_path / "short.wav")


def test_eight_bit_mono_eight_kilohertz(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "old.wav", tone(1.0, 8000, 1), 8000, subtype="PCM_U8")
    sound = read_sound(tmp_path / "old.wav")
    assert sound.samples.shape == (8000, 1)
    assert np.max(np.abs(sound.mono)) == pytest.approx(0.4, abs=0.02)


def test_six_channels_become_two_and_keep_the_centre(tmp_path: Path) -> None:
    samples = np.zeros((RATE, 6))
    samples[:, 2] = tone(1.0, RATE, 1)[:, 0]
    soundfile.write(tmp_path / "six.wav", samples, RATE)
    sound = read_sound(tmp_path / "six.wav")
    assert sound.samples.shape[1] == 2
    assert np.max(np.abs(sound.samples)) > 0.02


@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_read_as_one_channel_is_their_mean(tmp_path: Path, channels: int) -> None:
    sound = np.random.default_rng(5).uniform(-0.5, 0.5, (RATE, channels)).astype(np.float32)
    write_wav(tmp_path / "a.wav", Sound(sound, RATE))
    whole, one = read_sound(tmp_path / "a.wav"), read_sound(tmp_path / "a.wav", mono=True)
    assert one.samples.shape == (RATE, 1)
    assert np.array_equal(one.mono, whole.mono)
    assert np.allclose(one.mono, sound.mean(axis=1), atol=1e-4)


def test_samples_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    samples = tone(1.0)
    samples[100:200] = np.nan
    samples[300] = np.inf
    soundfile.write(tmp_path / "nan.wav", samples, RATE, subtype="FLOAT")
    sound = read_sound(tmp_path / "nan.wav")
    assert np.isfinite(sound.samples).all()
    assert not np.any(sound.samples[100:200])


def test_silence_is_a_sound(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "silence.wav", np.zeros((RATE, 2)), RATE)
    assert not np.any(read_sound(tmp_path / "silence.wav").samples)


def test_wav_comes_back_and_a_closed_path_leaves_nothing(tmp_path: Path) -> None:
    sound = Sound((3.0 * tone(1.0)).astype(np.float32), RATE)
    write_wav(tmp_path / "out.wav", sound)
    back = read_sound(tmp_path / "out.wav")
    assert back.samples.shape == sound.samples.shape
    assert np.max(np.abs(back.samples - np.clip(sound.samples, -1.0, 1.0))) < 1e-4
    with pytest.raises(SoundError, match="cannot write"):
        write_wav(tmp_path / "none" / "out.wav", sound)
    assert [path.name for path in tmp_path.iterdir()] == ["out.wav"]


def test_writing_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def blocks() -> Iterator[np.ndarray]:
        yield np.zeros((100, 2), np.float32)
        raise SoundError("broken off")

    with pytest.raises(SoundError, match="broken off"):
        write_wav_blocks(tmp_path / "out.wav", RATE, 2, blocks())
    assert list(tmp_path.iterdir()) == []


def test_resample_keeps_time_and_hash_knows_content(tmp_path: Path) -> None:
    assert len(resample(np.zeros(RATE, np.float32), RATE, 16_000)) == 16_000
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "b").write_bytes(b"two")
    assert file_sha256(tmp_path / "a") != file_sha256(tmp_path / "b")
