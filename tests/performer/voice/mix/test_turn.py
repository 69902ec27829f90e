"""A recording through a voice and a style: pitch, length and parts are what was asked, whoever sings."""

import numpy as np
import pytest
from numpy.typing import NDArray

from performer.voice.convert.voice_file import VoiceFile
from performer.voice.mix.turn import TURNED_RATE, Turned, turn
from performer.voice.pitch import track
from performer.voice.sound import resample
from performer.voice.style.style import Style
from tests.performer.voice.convert.made import made_voice, sung

SOUND = sung(0.8, 200.0, 44_100)


def heard(turned: Turned, part: int = 0) -> float:
    """Median pitch of what sounds, by the live tracker, which the way there does not use."""
    hertz = track(resample(turned.parts[part].samples, TURNED_RATE, 16_000)).hertz
    return float(np.median(hertz[hertz > 0]))


def level(sound: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.square(sound).mean() + 1e-12))


@pytest.mark.parametrize("voice", [None, made_voice()], ids=["own", "made"])
@pytest.mark.parametrize(("semitones", "hertz"), [(0.0, 200.0), (12.0, 400.0), (-5.0, 149.8)])
def test_pitch_goes_where_it_was_asked_and_the_length_stays(
    voice: VoiceFile | None, semitones: float, hertz: float
) -> None:
    told: list[tuple[str, float]] = []
    turned = turn(
        SOUND, 44_100, voice, Style(transpose=semitones), tell=lambda stage, share: told.append((stage, share))
    )
    assert [sung.part.name for sung in turned.parts] == ["lead"]
    assert len(turned.parts[0].samples) == round(0.8 * TURNED_RATE)
    assert heard(turned) == pytest.approx(hertz, rel=0.01)
    assert np.median(turned.hertz[turned.hertz > 0]) == pytest.approx(hertz, rel=0.01)
    assert turned.semitones == semitones
    assert turned.scale is None
    assert told[-1] == ("singing", 1.0)


def test_one_s_own_voice_is_as_loud_as_it_was() -> None:
    turned = turn(SOUND, 44_100, None, Style())
    assert level(turned.parts[0].samples) == pytest.approx(level(SOUND), abs=1.0)


def test_auto_goes_into_the_voice_s_range_and_by_octaves_for_a_song() -> None:
    low = sung(0.8, 90.0)
    voice = made_voice()
    free = turn(low, TURNED_RATE, voice, Style(transpose="auto"))
    assert free.semitones > 0
    assert voice.card.range.low <= heard(free) <= voice.card.range.high
    octaves = turn(low, TURNED_RATE, voice, Style(transpose="auto"), octaves_only=True)
    assert octaves.semitones % 12 == 0
    assert octaves.semitones > 0
    # Nobody's range to go to.
    assert turn(low, TURNED_RATE, None, Style(transpose="auto")).semitones == 0.0


def test_what_a_stem_keeps_of_its_band_between_phrases_decides_no_octave() -> None:
    voice = made_voice()
    reach = voice.card.range
    band = 0.01 * sung(2.0, 2 * reach.high)
    stem = np.concatenate([band, sung(0.8, reach.middle), band])
    assert turn(stem, TURNED_RATE, voice, Style(transpose="auto"), octaves_only=True).semitones == 0.0


def test_takes_and_harmonies_are_parts_of_their_own() -> None:
    turned = turn(SOUND, 44_100, None, Style(double=1, harmony=("octave",), tune="chromatic"), seed=3)
    assert len(turned.parts) == 3
    assert len({len(sung.samples) for sung in turned.parts}) == 1
    # 200 Hz is nearest to a G that lies at 196 Hz.
    assert heard(turned) == pytest.approx(196.0, rel=0.01)
    assert heard(turned, 2) == pytest.approx(392.0, rel=0.02)
    assert turned.scale is not None
    same = turn(SOUND, 44_100, None, Style(double=1, harmony=("octave",), tune="chromatic"), seed=3)
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(turned.parts, same.parts, strict=True))


@pytest.mark.parametrize("voice", [None, made_voice()], ids=["own", "made"])
def test_silence_stays_as_long_and_silent(voice: VoiceFile | None) -> None:
    turned = turn(np.zeros(22_050, np.float32), 44_100, voice, Style(transpose="auto", double=2))
    assert len(turned.parts[0].samples) == TURNED_RATE // 2
    assert not turned.parts[0].samples.any()
