"""The built-in voices are whole: small, with cards that are true, and samples that can be heard."""

from pathlib import Path

import numpy as np
import pytest

from motion.errors import UserError
from performer.voice.convert.offline import convert
from performer.voice.convert.voice_file import VoiceFile, read_voice_file
from performer.voice.library import find_voice, open_voice, voice_names
from performer.voice.mark.files import read_label
from performer.voice.sound import read_sound
from tests.performer.voice.convert.made import sung

NAMES = ("chenyun", "hitsuboku-kumi", "qingling")
MOST_BYTES, MOST_IN_ALL = 8_000_000, 12_000_000


@pytest.fixture(scope="module", params=NAMES)
def voice(request: pytest.FixtureRequest) -> VoiceFile:
    return read_voice_file(find_voice(request.param))


def test_they_are_there_and_small() -> None:
    assert set(NAMES) <= set(voice_names())
    sizes = [find_voice(name).stat().st_size for name in voice_names()]
    assert max(sizes) <= MOST_BYTES
    folder = find_voice(NAMES[0]).parents[1]
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= MOST_IN_ALL


def test_a_card_says_whose_voice_it_is(voice: VoiceFile) -> None:
    card = voice.card
    assert card.licence
    assert card.credit
    assert card.languages
    assert 50 < card.range.low < card.range.middle < card.range.high < 1200
    if card.kind == "designed":
        assert not card.person
        assert not voice.consent
        assert "belongs to nobody" in card.recordings
        assert "CC BY 4.0" in card.credit
    else:
        assert card.name == "Hitsuboku Kumi"
        assert "Cubialpha" in card.credit
        assert "https://cubialpha.wixsite.com/koomstar/character" in card.credit
        assert "cut, re-encoded" in card.credit


def test_a_sample_can_be_heard_and_carries_the_label(voice: VoiceFile, tmp_path: Path) -> None:
    path = tmp_path / "sample.opus"
    path.write_bytes(voice.sample)
    sound = read_sound(path)
    assert 3 < sound.seconds < 15
    assert np.abs(sound.samples).max() > 0.2
    label = read_label(path)
    assert label is not None


@pytest.mark.parametrize("use", ["train", "live", "commercial"])
@pytest.mark.parametrize("name", NAMES)
def test_each_may_be_used(name: str, use: str) -> None:
    open_voice(name, use)  # pyright: ignore[reportArgumentType]


def test_it_sings(voice: VoiceFile) -> None:
    sound = convert(sung(0.5, voice.card.range.middle), 48_000, voice)
    assert len(sound) == 24_000
    assert np.isfinite(sound).all()
    level = 20 * np.log10(np.sqrt(np.square(sound[8000:20_000]).mean()))
    # What went in is at -20 dB.
    assert -32 < level < -12


def test_a_name_is_found_as_its_card_writes_it_and_a_wrong_one_is_answered() -> None:
    assert find_voice("Hitsuboku Kumi") == find_voice("hitsuboku-kumi")
    with pytest.raises(UserError, match=r"Did you mean chenyun\?"):
        find_voice("chenyung")
    with pytest.raises(UserError, match="there is no voice 'nobody at all'"):
        find_voice("nobody at all")
