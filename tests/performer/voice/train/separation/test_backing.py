"""Made accompaniments: notes inside the piece, and what is kept for tests is not in lessons."""

from pathlib import Path

import numpy as np
import pytest

mido = pytest.importorskip("mido", reason="the extra dev is not installed")

from performer.voice.train.separation.backing import HELD_PROGRAMS, HELD_SYNTHS, Part, compose, render  # noqa: E402
from presets.songs.studio.soundfont import Played  # noqa: E402


@pytest.fixture
def drummer(tmp_path: Path) -> tuple[Path, float]:
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    for _ in range(64):
        track.append(mido.Message("note_on", channel=9, note=36, velocity=90, time=0))
        track.append(mido.Message("note_off", channel=9, note=36, velocity=0, time=480))
    file.tracks.append(track)
    file.save(tmp_path / "drums.mid")
    return tmp_path / "drums.mid", 120.0


@pytest.mark.parametrize("held", [False, True])
def test_lessons_and_tests_have_other_instruments(drummer: tuple[Path, float], held: bool) -> None:
    roles = set[str]()
    for seed in range(12):
        for part in compose([drummer], 10.0, held, np.random.default_rng(seed)):
            roles.add(part.role)
            assert all(0 <= note.start < 10.0 and 0 <= note.pitch < 128 for note in part.notes)
            if part.role != "drums":
                assert (part.synth in HELD_SYNTHS if part.synth else part.program in HELD_PROGRAMS) == held
    assert roles == {"drums", "bass", "chords", "figure", "tune"}


def test_a_part_sounds_where_its_notes_are() -> None:
    part = Part("bass", 0, "sub", [Played(0.5, 0.4, 40, 100)])
    sound = render(part, 96_000, np.random.default_rng(0))
    assert sound.shape == (96_000, 2)
    assert np.abs(sound).max() == pytest.approx(0.5)
    assert np.abs(sound[:23_000]).max() == 0.0
    assert np.abs(sound[24_000:40_000]).max() > 0.3
    assert np.abs(sound[60_000:]).max() == 0.0
