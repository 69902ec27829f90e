"""A song is the same file when it is made again."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from presets.songs.studio.ogg import with_gain, with_serial


def _opus(path: Path) -> bytes:
    sound = np.random.default_rng(1).normal(0.0, 0.1, (24_000, 2))
    soundfile.write(path, sound, 48_000, format="OGG", subtype="OPUS")
    return path.read_bytes()


def test_two_encodings_differ_by_their_serial_number_only(tmp_path: Path) -> None:
    first, second = _opus(tmp_path / "a.opus"), _opus(tmp_path / "b.opus")
    assert with_serial(first, 7) == with_serial(second, 7)
    assert with_serial(first, 7) != with_serial(first, 8)


def test_the_checksum_is_the_encoders(tmp_path: Path) -> None:
    data = _opus(tmp_path / "a.opus")
    assert with_serial(data, int.from_bytes(data[14:18], "little")) == data
    (tmp_path / "c.opus").write_bytes(with_serial(data, 5))
    again, rate = soundfile.read(tmp_path / "c.opus")
    assert rate == 48_000
    np.testing.assert_array_equal(again, soundfile.read(tmp_path / "a.opus")[0])


def test_players_apply_the_gain_in_the_head(tmp_path: Path) -> None:
    data = _opus(tmp_path / "a.opus")
    (tmp_path / "soft.opus").write_bytes(with_gain(data, -6.0))
    loud, soft = (soundfile.read(tmp_path / f"{name}.opus")[0] for name in ("a", "soft"))
    assert np.std(soft) / np.std(loud) == pytest.approx(10 ** (-6.0 / 20.0), rel=0.01)
    with pytest.raises(ValueError, match="no Opus"):
        with_gain(b"OggS....", 1.0)


def test_what_is_no_ogg_is_refused() -> None:
    with pytest.raises(ValueError, match="byte 0"):
        with_serial(b"RIFF....", 1)
