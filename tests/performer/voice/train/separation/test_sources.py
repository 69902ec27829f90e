"""What voices are made of: readings as recorded, of no held reader, with air above where their recordings end."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

pytest.importorskip("torch", reason="the extra train is not installed")
pytest.importorskip("pocketsphinx", reason="the extra train is not installed")
pytest.importorskip("mido", reason="the extra dev is not installed")

from performer.voice.train.make_base import HELD
from performer.voice.train.separation import sources

RATE = sources.RATE


def _band(sound: np.ndarray, low: float, high: float) -> float:
    """Power between two frequencies."""
    spectrum = np.square(np.abs(np.fft.rfft(sound)))
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(spectrum[(hertz >= low) & (hertz < high)].sum())


def _buzz(seconds: float, rate: int, top: float) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return 0.05 * np.sum([np.sin(2 * np.pi * 180 * k * t) for k in range(1, int(top / 180))], axis=0)


def test_air_lies_above_what_was_recorded_and_changes_nothing_below() -> None:
    sound = _buzz(1.0, RATE, 7000.0).astype(np.float32)
    aired = sources.with_air(sound, 7300.0, np.random.default_rng(0))
    assert len(aired) == len(sound)
    assert _band(sound, 8000, 12000) < 1e-6 * _band(sound, 4000, 7000)
    assert 1e-3 * _band(sound, 4000, 7000) < _band(aired, 8000, 12000) < _band(sound, 4000, 7000)
    inner = slice(4096, -4096)
    assert _band(aired[inner] - sound[inner], 0, 6500) < 1e-3 * _band(sound[inner], 0, 6500)


def test_recordings_are_few_of_each_reader_and_none_of_a_held_one(tmp_path: Path) -> None:
    held = sorted(HELD)[0]
    for name in ("many_speakers/19", f"many_speakers/{held}", "many_speakers_vctk/p225", "one_speaker/ljspeech_en",
                 "one_speaker/kerstin_de"):  # fmt: skip
        (tmp_path / name).mkdir(parents=True)
        for number in range(5):
            (tmp_path / name / f"{number}.opus").touch()
    named = [path.parent.name for path, _ in sources.recordings(tmp_path)]
    assert held not in named
    assert named.count("19") == named.count("p225") == 2
    assert named.count("ljspeech_en") == 5


def test_a_reading_and_a_phrase_are_sounds_of_one_level(tmp_path: Path) -> None:
    folder = tmp_path / "sung" / "erithacus_ja"
    folder.mkdir(parents=True)
    path = folder / "a.opus"
    soundfile.write(path, _buzz(0.7, 48_000, 5000.0), 48_000, format="OGG", subtype="OPUS")
    lengths = set[int]()
    for seed in range(6):
        spoken = sources.make_spoken(path, 7600.0, np.random.default_rng(seed))
        assert np.abs(spoken).max() == pytest.approx(0.5, rel=1e-3)
        lengths.add(len(spoken))
    # Some are slower, some faster, some as they were.
    assert min(lengths) < 0.68 * RATE or max(lengths) > 0.72 * RATE
    phrase = sources.make_phrase(tmp_path, 3.0, np.random.default_rng(1))
    assert 3.0 * RATE <= len(phrase) < 5.0 * RATE
    assert np.isfinite(phrase).all()
