"""Names of sections on made songs whose parts are known: singing tells verse from interlude, loudness the chorus."""

import numpy as np
import pytest
from numpy.typing import NDArray

from motion.music.energy import energy_curve
from motion.music.section_labels import Part, label_parts
from motion.music.sections import find_sections
from motion.music.song_map import Curve
from motion.music.spectrum import RATE, analyse
from motion.music.vocal import stem_activity
from performer.voice.songs import song_folder
from performer.voice.sound import read_sound
from presets.songs.studio.effects import shelf
from presets.songs.studio.electronic import RATE as STUDIO_RATE
from tests.motion.music.made import progression

VERSE = ((9, "m"), (5, "M"), (0, "M"), (7, "M")) * 2
CHORUS = ((5, "M"), (7, "M"), (4, "m"), (9, "m")) * 2
BREAK = ((2, "m"), (2, "m"), (11, "m"), (11, "m")) * 2
PARTS = ((VERSE, 0.4), (CHORUS, 0.8), (BREAK, 0.9), (VERSE, 0.4), (CHORUS, 0.8), (BREAK, 0.9), (CHORUS, 0.8))


def song() -> NDArray[np.float32]:
    """Parts of eight bars of a second: verse, chorus, a louder break, and again. The louder, the more hiss."""
    rng = np.random.default_rng(5)
    made = [gain * (progression(0, chords) + rng.normal(0.0, 0.15 * gain, 8 * RATE)) for chords, gain in PARTS]
    return (0.5 * np.concatenate(made)).astype(np.float32)


@pytest.mark.parametrize("level", [1.0, 0.45])
def test_singing_decides_verse_or_interlude_and_which_repeat_is_the_chorus(level: float) -> None:
    spectrum = analyse(song(), RATE)
    voice = [0.05 if PARTS[min(int(t // 8), 6)][0] is BREAK else level for t in np.arange(0.0, 56.0, 0.5)]
    found = find_sections(np.arange(57.0), spectrum, energy_curve(spectrum), Curve(0.5, voice))
    labels = [section.label for section in found]
    assert [section.start for section in found] == [8.0 * i for i in range(7)]
    assert labels == ["verse", "chorus", "interlude", "verse", "chorus", "interlude", "chorus"]


def test_one_part_sung_more_surely_does_not_silence_the_others() -> None:
    spectrum = analyse(song(), RATE)
    level = (0.45, 0.4, 0.05, 1.0, 0.4, 0.05, 0.4)
    voice = [level[min(int(t // 8), 6)] for t in np.arange(0.0, 56.0, 0.5)]
    found = find_sections(np.arange(57.0), spectrum, energy_curve(spectrum), Curve(0.5, voice))
    at = {section.start: section.label for section in found}
    assert (at[8.0], at[16.0], at[24.0], at[32.0]) == ("chorus", "interlude", "verse", "chorus")


def test_the_built_in_song_changes_where_it_was_composed_to_change() -> None:
    files = song_folder("firstlight")
    assert files.vocal is not None
    mix, stem = read_sound(files.path), read_sound(files.vocal)
    spectrum = analyse(mix.mono, mix.rate)
    vocal = stem_activity(stem.mono, stem.rate, mix.seconds)
    bar = 4 * 60.0 / 128.0
    found = find_sections(np.linspace(0.0, 36 * bar, 37), spectrum, energy_curve(spectrum), vocal)
    at = {round(section.start / bar): section for section in found}
    assert {0, 12, 20, 24, 32} <= set(at)
    assert found[0].label == "intro"
    assert at[12].label == at[24].label == "chorus"
    assert at[12].group == at[24].group
    assert found[-1].label == "outro"
    assert sum(section.label == "verse" for section in found) >= 1
    assert len(found) <= 7


def _starts(name: str, decibels: float) -> list[float]:
    """Where a built-in song's sections begin, in bars, when its treble is turned up or down."""
    files = song_folder(name)
    assert files.vocal is not None
    mix, stem = read_sound(files.path), read_sound(files.vocal)
    bar = 4 * 60.0 / 128.0
    assert mix.rate == STUDIO_RATE
    spectrum = analyse(shelf(mix.mono[:, None], 8000.0, decibels)[:, 0].astype(np.float32), mix.rate)
    vocal = stem_activity(stem.mono, stem.rate, mix.seconds)
    edges = np.arange(0.0, mix.seconds, bar)
    return [section.start / bar for section in find_sections(edges, spectrum, energy_curve(spectrum), vocal)]


@pytest.mark.parametrize("name", ["firstlight", "yuyi"])
def test_more_or_less_treble_leaves_the_sections_where_they_are(name: str) -> None:
    plain = _starts(name, 0.0)
    assert len(plain) >= 5
    for decibels in (3.0, -3.0):
        changed = _starts(name, decibels)
        assert len(changed) == len(plain), decibels
        np.testing.assert_allclose(changed, plain, atol=0.5, err_msg=f"{decibels} dB")


def test_a_song_that_rings_out_keeps_its_other_sections() -> None:
    ringing = np.concatenate([song(), 1e-4 * song()[: 3 * RATE]])
    spectrum = analyse(ringing, RATE)
    voice = [0.05 if PARTS[min(int(t // 8), 6)][0] is BREAK else 1.0 for t in np.arange(0.0, 59.0, 0.5)]
    found = find_sections(np.arange(60.0), spectrum, energy_curve(spectrum), Curve(0.5, voice))
    assert [section.start for section in found][:7] == [8.0 * i for i in range(7)]


def test_a_repeat_is_found_however_far_away_it_is_and_no_single_bar_is_left_at_the_end() -> None:
    spectrum = analyse(np.tile(song(), 3), RATE)
    flat = Curve(0.5, [0.5] * 337)
    found = find_sections(np.arange(169.0), spectrum, energy_curve(spectrum), flat)
    by_start = {section.start: section for section in found}
    assert by_start[8.0].group == by_start[64.0].group == by_start[120.0].group
    assert found[-1].end - found[-1].start > 1.0


def part(first: int, stop: int, group: int, energy: float, vocal: float) -> Part:
    return Part(first, stop, group, energy, vocal)


def test_an_unsung_quiet_start_on_the_verses_chords_is_an_intro_and_makes_no_chorus_of_the_verse() -> None:
    parts = [part(0, 3, 0, 0.4, 0.0), part(3, 13, 0, 0.7, 0.8), part(13, 21, 1, 0.8, 0.8), part(21, 30, 2, 0.4, 0.2)]
    assert label_parts(parts) == ["intro", "verse", "chorus", "outro"]


def test_the_loudest_and_longest_part_at_the_end_of_an_instrumental_is_no_outro() -> None:
    parts = [part(0, 5, 0, 0.3, 0.0), part(5, 13, 1, 0.6, 0.0), part(13, 21, 1, 0.6, 0.0), part(21, 33, 2, 0.9, 0.0)]
    assert label_parts(parts)[0] == "intro"
    assert label_parts(parts)[-1] != "outro"


def test_silence_inside_a_song_is_silence() -> None:
    parts = [part(0, 8, 0, 0.5, 0.0), part(8, 16, 1, 0.0, 0.0), part(16, 24, 0, 0.5, 0.0)]
    assert label_parts(parts)[1] == "silence"
