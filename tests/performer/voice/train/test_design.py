"""Voices that belong to nobody: throats are measured right, donors fit the wish, nobody's own voice comes out."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from performer.voice.bands import BANDS, band_centres  # noqa: E402
from performer.voice.convert.offline import convert  # noqa: E402
from performer.voice.convert.voice_file import Card, PitchRange  # noqa: E402
from performer.voice.train.base_file import Base  # noqa: E402
from performer.voice.train.corpus import Features  # noqa: E402
from performer.voice.train.design import (  # noqa: E402
    Reference,
    ThroatScale,
    Wish,
    design,
    designed_voice,
    hear_reference,
)
from performer.voice.train.networks import Content, Decoder  # noqa: E402
from tests.performer.voice.convert.made import sung  # noqa: E402

WISH = Wish(200.0, 0.0, -8.0, donors=4)


def vowels(semitones: float) -> np.ndarray:
    """(40, 80) log bands: three formants that move from frame to frame, in a throat so much shorter."""
    octaves = np.log2(band_centres(BANDS))
    rows = []
    for frame in range(40):
        formants = np.array([500 + 8 * frame, 1100 + 20 * (frame % 13), 2600 + 10 * frame]) * 2 ** (semitones / 12)
        bumps = [2.0 * np.exp(-np.square((octaves - np.log2(hertz)) / 0.2)) for hertz in formants]
        rows.append(sum(bumps) - 0.4 * (octaves - 8))
    return np.array(rows, np.float32)


@pytest.mark.parametrize("semitones", [-2.0, -0.4, 0.0, 1.3, 3.0])
def test_a_shorter_throat_is_heard_as_such(semitones: float) -> None:
    scale = ThroatScale.of(vowels(0.0))
    assert scale.throat(vowels(semitones)) == pytest.approx(semitones, abs=0.25)
    # Louder and brighter is no other throat.
    assert scale.throat(vowels(semitones) * np.float32(1.2) + 3) == pytest.approx(semitones, abs=0.25)


@pytest.fixture(scope="module")
def base() -> Base:
    torch.manual_seed(0)
    content, decoder = Content(), Decoder(40)
    # As real speakers do, each has its like.
    with torch.no_grad():
        kinds = torch.randn(8, 32).repeat(5, 1)
        decoder.speaker.weight.copy_(kinds + 0.2 * torch.randn(40, 32))
    content.eval()
    decoder.eval()
    return Base(content, decoder)


@pytest.fixture(scope="module")
def reference(base: Base) -> Reference:
    rng = np.random.default_rng(0)
    clips = []
    for count in (80, 95):
        voiced = (np.arange(count) // 15) % 3 != 2
        envelope = -8 - 0.004 * np.arange(513) + rng.standard_normal((count, 513)) * 0.3
        bands = -6 - 0.03 * np.arange(80) + rng.standard_normal((count, 80)) * 0.5
        hertz = np.where(voiced, 180 + 20 * np.sin(np.arange(count) / 9), 0).astype(np.float32)
        clips.append(
            Features(bands.astype(np.float16), envelope.astype(np.float16), hertz, np.full((count, 8), 0.2, np.float16))
        )
    return hear_reference(base, clips)


def test_the_new_one_is_nobody(base: Base, reference: Reference) -> None:
    found = design(base, reference, WISH)
    assert len(found.donors) == 4
    assert found.apart_db >= found.usual_db
    assert found.strength >= WISH.strength
    again = design(base, reference, WISH)
    assert torch.equal(found.who, again.who)


def test_a_single_donor_is_left_behind(base: Base, reference: Reference) -> None:
    """At its own place a voice would be the donor's."""
    own = design(base, reference, replace(WISH, donors=1, strength=1.0))
    assert own.apart_db >= own.usual_db
    assert own.strength > 1.0


def test_another_wish_takes_other_donors(base: Base, reference: Reference) -> None:
    longer, shorter = (design(base, reference, replace(WISH, throat=throat)) for throat in (-4.0, 4.0))
    assert longer.donors != shorter.donors
    assert shorter.traits.throat >= longer.traits.throat


def test_it_sings_at_what_it_was_given_as_a_range(base: Base, reference: Reference) -> None:
    card = Card("Nobody", "designed", "CC0-1.0", PitchRange(150.0, 200.0, 300.0))
    voice = designed_voice(base, reference, design(base, reference, WISH), card)
    assert voice.codebook is None
    assert voice.statistics is not None
    assert voice.statistics.lift is not None
    assert (voice.statistics.lift >= 1).all()
    sound = convert(sung(0.4), 48_000, voice)
    assert np.isfinite(sound).all()
    assert sound[6000:15_000].std() > 0.005
