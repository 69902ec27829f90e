"""Backing voices: harmonies from the chord, doubles that are late and nearly in tune."""

from pathlib import Path

import numpy as np

from presets.songs.studio.choir import doubled_track, harmony_pitch, sing_all
from presets.songs.studio.electronic import RATE
from presets.songs.studio.score import read_score

SCORE = """
title = "T"
bpm = 120
[instrument]
[pattern]
[[section]]
name = "a"
label = "verse"
bars = 1
chords = "C F"
[[section.sing]]
text = "啦 啦"
say = "la1 la1"
notes = "E4:4 A4:4"
[[section]]
name = "b"
same_as = "a"
label = "chorus"
bars = 1
harmony = [-1]
"""


def test_harmonies_are_chord_tones_a_third_away_or_more(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCORE, encoding="utf-8")
    score = read_score(tmp_path / "s.toml")
    first, second = score.sections[0].lines[0].notes
    assert [harmony_pitch(score, first, step) for step in (-1, -2, 1)] == [60, 55, 67]
    assert [harmony_pitch(score, second, step) for step in (-1, -2, 1)] == [65, 60, 72]


def test_only_the_section_with_harmony_has_backing_voices(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCORE, encoding="utf-8")
    choir = sing_all(read_score(tmp_path / "s.toml"), 5 * RATE, 3)
    assert choir is not None
    assert np.sqrt(np.mean(choir.lead[: 2 * RATE] ** 2)) > 0.01
    assert np.sqrt(np.mean(choir.backing[: int(1.6 * RATE)] ** 2)) < 1e-3
    assert np.sqrt(np.mean(choir.backing[2 * RATE : 4 * RATE] ** 2)) > 0.01


def test_a_double_is_late_and_a_few_cents_off() -> None:
    click = np.zeros(RATE)
    click[RATE // 2] = 1.0
    for side in doubled_track(click).T:
        assert 0.012 < np.argmax(np.abs(side)) / RATE - 0.5 < 0.026
    t = np.arange(4 * RATE) / RATE
    side = doubled_track(np.sin(2.0 * np.pi * 440.0 * t))[:, 0]
    rising = np.flatnonzero((side[:-1] < 0.0) & (side[1:] >= 0.0))
    exact = rising + side[rising] / (side[rising] - side[rising + 1])
    cents = 1200.0 * np.log2(RATE / np.diff(exact) / 440.0)
    assert 2.0 < np.abs(cents[10:]).max() < 25.0
