"""A small song through the whole desk: level, stems, pumping, time, and the same again from the same seed."""

from pathlib import Path

import numpy as np
import pytest

from presets.songs.studio.band import play_instrument
from presets.songs.studio.desk import LOUDNESS_LUFS, REFERENCE_LUFS, Mixed, mix_song
from presets.songs.studio.effects import from_db, loudness_lufs, true_peak
from presets.songs.studio.electronic import RATE
from presets.songs.studio.errors import ScoreError
from presets.songs.studio.parts import play_all
from presets.songs.studio.score import read_score

SCORE = """
title = "T"
bpm = 120
[mix]
tail = 1.0
[instrument]
kick = { play = "drum:kick", kind = "drum", stem = "drums", level = -3.0, loose_ms = 0.0 }
bass = { play = "synth:bass", kind = "bass", low = 36, stem = "bass", level = -6.0, duck = 0.8, gate = 1.0 }
pluck = { play = "synth:pluck", low = 60, level = -6.0, pan = -0.8, sweep = true }
[pattern.all]
kick = "X...X...X...X..."
bass = "1---------------"
pluck = "1.2.3.2.1.2.3.2."
[[section]]
name = "a"
label = "verse"
bars = 2
chords = "Am | F"
bright = 0.0
play = ["all"]
effects = ["riser:2"]
[[section]]
name = "b"
same_as = "a"
label = "chorus"
bars = 2
bright = 1.0
effects = []
"""


def _mix(tmp_path: Path, text: str = SCORE, seed: int = 1) -> Mixed:
    path = tmp_path / "score.toml"
    path.write_text(text, encoding="utf-8")
    return mix_song(read_score(path), seed)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Mixed:
    return _mix(tmp_path_factory.mktemp("score"))


def test_the_song_has_its_length_loudness_and_peak(mixed: Mixed) -> None:
    assert len(mixed.total) == 9 * RATE
    assert loudness_lufs(mixed.total) == pytest.approx(LOUDNESS_LUFS, abs=0.4)
    assert true_peak(mixed.total) <= from_db(-1.5)
    assert mixed.vocal is None


def test_parts_stand_at_their_levels(mixed: Mixed) -> None:
    assert mixed.log["drums"] == pytest.approx(REFERENCE_LUFS - 3.0, abs=0.2)
    # Ducked by the kick after it was levelled.
    assert REFERENCE_LUFS - 12.0 < mixed.log["bass"] < REFERENCE_LUFS - 6.5


def test_the_stems_make_the_song(mixed: Mixed) -> None:
    assert set(mixed.stems) == {"drums", "bass", "music"}
    whole = np.sum(list(mixed.stems.values()), axis=0)
    likeness = np.corrcoef(whole.ravel(), mixed.total.ravel())[0, 1]
    # The master's high-pass and limiter bend a bare kick; any stem left out tells.
    assert likeness > 0.8
    for name, stem in mixed.stems.items():
        assert np.corrcoef((whole - stem).ravel(), mixed.total.ravel())[0, 1] < likeness, name


def test_the_bass_makes_way_for_the_kick(mixed: Mixed) -> None:
    bass = mixed.stems["bass"].mean(axis=1)

    def level(t: float) -> float:
        return float(np.sqrt(np.mean(bass[int(t * RATE) : int((t + 0.08) * RATE)] ** 2)))

    assert level(0.52) < 0.55 * level(0.42)


def test_a_filter_opens_and_pan_is_to_the_left(mixed: Mixed) -> None:
    music = mixed.stems["music"]
    bright = [np.abs(np.fft.rfft(music[int(t * RATE) : int((t + 1.5) * RATE), 0]))[4500:].sum() for t in (0.2, 4.2)]
    assert bright[1] > 3.0 * bright[0]
    later = music[4 * RATE : 8 * RATE]
    assert np.mean(later[:, 0] ** 2) > 2.0 * np.mean(later[:, 1] ** 2)


def test_the_same_seed_makes_the_same_song(mixed: Mixed, tmp_path: Path) -> None:
    assert np.array_equal(_mix(tmp_path).total, mixed.total)
    assert not np.array_equal(_mix(tmp_path, seed=2).total, mixed.total)


def test_an_unknown_sound_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScoreError, match="drum:gong"):
        _mix(tmp_path, SCORE.replace("drum:kick", "drum:gong"))
    with pytest.raises(ScoreError, match="no effect 'rise'"):
        _mix(tmp_path, SCORE.replace("riser:2", "rise:2"))


def test_a_slow_instrument_begins_ahead_of_the_beat(tmp_path: Path) -> None:
    path = tmp_path / "score.toml"
    late: dict[float, float] = {}
    for early in (0.0, 100.0):
        path.write_text(SCORE.replace("loose_ms = 0.0", f"loose_ms = 0.0, early_ms = {early}"), encoding="utf-8")
        score = read_score(path)
        sound = play_instrument(score, "kick", play_all(score)["kick"][1:2], RATE, 1)
        late[early] = float(np.argmax(np.abs(sound).max(axis=1) > 0.05)) / RATE
    assert late[0.0] - late[100.0] == pytest.approx(0.1, abs=0.002)
    assert late[0.0] == pytest.approx(0.5, abs=0.005)
