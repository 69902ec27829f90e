"""Training of the base: networks that look no further ahead than they say, lessons that are learnt, runs that go on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from performer.voice.bands import BANDS  # noqa: E402
from performer.voice.convert.centre import Centre, at_unit  # noqa: E402
from performer.voice.phones import PHONES, arpabet_of_ipa  # noqa: E402
from performer.voice.synth import synthesise  # noqa: E402
from performer.voice.train.augment import (  # noqa: E402
    BINS,
    bands_of_envelope,
    heard_by_a_stranger,
    levelled,
    loud_level,
)
from performer.voice.train.base import Item, Plan, Trainer  # noqa: E402
from performer.voice.train.base_file import Base, read_base, write_base  # noqa: E402
from performer.voice.train.corpus import Features  # noqa: E402
from performer.voice.train.networks import CONTENT_SHAPE, LOOK_AHEAD, Content, Decoder  # noqa: E402
from performer.voice.train.probe import Lesson, fit_probe  # noqa: E402
from performer.voice.train.voice_statistics import centred, chances_of, means_by_phone  # noqa: E402

FRAMES = 240


def item(speaker: str, seed: int) -> Item:
    """Two "vowels" in turn, whose formants tell them apart, with what a teacher would say of them."""
    draw = np.random.default_rng(seed)
    which = np.repeat(draw.integers(0, 2, FRAMES // 20), 20)
    hertz = np.linspace(0, 8000, BINS)
    shapes = np.stack([-6 + 5 * np.exp(-(((hertz - f) / 300) ** 2)) - hertz / 2000 for f in (500.0, 1700.0)])
    envelope = shapes[which] + draw.normal(0, 0.1, (FRAMES, 1))
    bands = bands_of_envelope(torch.from_numpy(envelope.astype(np.float32))).numpy()
    taught = np.where(which[::2, None] == 0, 1.0, -1.0) * np.resize([1.0, -1.0, 1.0], 64)
    likely = np.zeros((FRAMES // 2, len(PHONES)))
    likely[np.arange(FRAMES // 2), which[::2] + 1] = 8
    return Item(
        speaker,
        envelope.astype(np.float16),
        bands.astype(np.float16),
        np.full(FRAMES, 150 + 20 * seed, np.float32),
        np.full((FRAMES, 8), 0.1, np.float16),
        taught.astype(np.float16),
        likely.astype(np.float16),
        (which + 1).astype(np.int8),
    )


ITEMS = [item("ann", 0), item("bob", 1), item("ann", 2)]


def test_content_looks_twenty_milliseconds_ahead_and_no_further() -> None:
    torch.manual_seed(0)
    network = Content().eval()
    bands = torch.randn(1, 60, BANDS)
    changed = bands.clone()
    changed[:, 30:] += 1.0
    with torch.no_grad():
        before, after = network(bands), network(changed)
    same = (before.content - after.content).abs().amax((0, 2))
    assert same[: 30 - LOOK_AHEAD].max() == 0
    assert same[30 - LOOK_AHEAD] > 0
    assert torch.allclose(before.content.square().mean(2), torch.ones(1, 60), atol=0.01)


def test_the_decoder_does_not_look_ahead() -> None:
    torch.manual_seed(0)
    network = Decoder(2).eval()
    content, prosody = torch.randn(1, 40, 64), torch.randn(1, 40, 3)
    changed = content.clone()
    changed[:, 20:] += 1.0
    with torch.no_grad():
        before = network(content, prosody, torch.tensor([0]))
        after = network(changed, prosody, torch.tensor([0]))
        other = network(content, prosody, torch.tensor([1]))
    assert (before.envelope - after.envelope).abs()[:, :20].max() == 0
    assert (before.envelope - after.envelope).abs()[:, 20].max() > 0
    assert (before.envelope - other.envelope).abs().max() > 0


def test_a_stranger_says_the_same_in_another_colour() -> None:
    torch.manual_seed(1)
    clip = ITEMS[0]
    envelope = torch.from_numpy(clip.envelope.astype(np.float32))[None].repeat(4, 1, 1)
    bands = torch.from_numpy(clip.bands.astype(np.float32))[None].repeat(4, 1, 1)
    hertz = torch.from_numpy(clip.hertz)[None].repeat(4, 1)
    heard = heard_by_a_stranger(envelope, hertz, bands, real=0.0)
    assert heard.shape == (4, FRAMES, BANDS)
    assert heard.isfinite().all()
    assert heard.abs().max() <= 4
    own = levelled(bands, loud_level(bands))
    assert (heard[0] - heard[1]).abs().mean() > 0.05
    assert (heard - own).abs().mean() > 0.05
    # What is said is still there: the two vowels differ more than a vowel does within itself.
    kind = torch.from_numpy(clip.phones.astype(np.int64)) if clip.phones is not None else torch.zeros(FRAMES)
    one, two = heard[0][kind == 1], heard[0][kind == 2]
    assert (one.mean(0) - two.mean(0)).abs().mean() > 2 * 0.05


def test_repitched_power_is_what_a_synthesised_voice_shows() -> None:
    from performer.voice.bands import log_areas, log_bands
    from performer.voice.train import augment

    envelope = torch.from_numpy(ITEMS[0].envelope.astype(np.float32))[None, :100]
    hertz = torch.full((1, 100), 210.0)
    power = augment._power(envelope, hertz, torch.zeros(1, 1), torch.zeros(1, 1))  # pyright: ignore[reportPrivateUsage]
    made = torch.log(power @ augment._mel() + 1e-7)[0].numpy()  # pyright: ignore[reportPrivateUsage]
    density = bands_of_envelope(envelope)[0].numpy() - log_areas()
    sound = synthesise(hertz[0].numpy(), density, np.zeros((100, 8), np.float32), 16_000)
    shown = log_bands(sound)
    loud = made[50] > made[50].max() - 6
    off = (made[20:80] - made[20:80].mean()) - (shown[20:80] - shown[20:80].mean())
    assert np.abs(off[:, loud]).mean() < 0.5


def test_the_probe_learns_phones() -> None:
    torch.manual_seed(0)
    draw = np.random.default_rng(0)
    centres = draw.normal(size=(5, 512))

    def lesson() -> Lesson:
        phones = np.repeat(draw.integers(0, 5, 60), 4).astype(np.int8)
        features = centres[phones[::2]] + 0.5 * draw.normal(size=(120, 512))
        return Lesson(features.astype(np.float16), phones)

    _, right = fit_probe([lesson() for _ in range(4)], [lesson()], steps=120)
    assert right > 0.9


def test_losses_fall_and_a_run_that_was_cut_goes_on_where_it_was(tmp_path: Path) -> None:
    plan = Plan(steps=40, batch=4)
    whole = Trainer(ITEMS, plan)
    first = dict(whole.advance())
    for _ in range(23):
        whole.advance()
    whole.save(tmp_path / "base.pt")
    for _ in range(4):
        whole.advance()
    assert whole.means["voice"] < first["voice"]
    assert whole.means["phones"] < first["phones"]
    again = Trainer(ITEMS, plan)
    again.load(tmp_path / "base.pt")
    assert again.step == 24
    for _ in range(4):
        again.advance()
    for name, value in whole.content.state_dict().items():
        assert torch.allclose(value, again.content.state_dict()[name], atol=1e-6), name
    with pytest.raises(ValueError, match="other speakers"):
        Trainer(ITEMS[:1], plan).load(tmp_path / "base.pt")
    assert set(whole.check(ITEMS[:1])) == {"cosine", "phones"}


def test_ipa_reads_as_arpabet() -> None:
    assert arpabet_of_ipa("ˈhɛləʊ") == ["HH", "EH", "L", "OW"]
    assert arpabet_of_ipa("tʃˈɜːtʃ") == ["CH", "ER", "CH"]


def test_a_base_of_fewer_blocks_begins_a_deeper_one_that_hears_the_same(tmp_path: Path) -> None:
    torch.manual_seed(0)
    shallow = replace(CONTENT_SHAPE, dilations=CONTENT_SHAPE.dilations[:2])
    base = Base(Content(shallow).eval(), Decoder(2).eval())
    write_base(tmp_path / "base.npz", base)
    read = read_base((tmp_path / "base.npz").read_bytes())
    assert len(read.content.stack.blocks) == 2
    trainer = Trainer(ITEMS, Plan(steps=2, batch=1))
    trainer.begin(read)
    bands = torch.randn(1, 80, BANDS)
    with torch.no_grad():
        assert torch.allclose(trainer.content.eval()(bands).content, read.content(bands).content, atol=1e-4)


def test_the_means_of_phones_are_the_streams() -> None:
    draw = np.random.default_rng(4)
    network, count = Content().eval(), 400
    content = draw.standard_normal((count, 64)).astype(np.float32)
    content /= np.sqrt(np.square(content).mean(1, keepdims=True))
    bands = draw.normal(0, 0.1, (count, BANDS)).astype(np.float16)
    clip = Features(bands, np.zeros((count, BINS), np.float16), np.full(count, 200, np.float32), bands[:, :8])
    chances = chances_of(network, content)
    means = means_by_phone([content + 1], [chances])
    assert means.shape == (len(PHONES), 64)
    # Whoever lies one beside the target everywhere is moved by nearly one.
    moved = centred(network, content, clip, means).astype(np.float32)
    streamed = at_unit(Centre(means).feed(content, chances, np.ones(count, bool)))
    wanted = at_unit(content + 1)
    assert np.abs(moved - wanted).mean() < 0.35 * np.abs(content - wanted).mean()
    assert np.abs(streamed[-50:] - moved[-50:]).mean() < 0.05


def test_lessons_that_are_no_numbers_change_nothing() -> None:
    broken = replace(
        ITEMS[0], bands=np.full_like(ITEMS[0].bands, np.nan), envelope=np.full_like(ITEMS[0].envelope, np.nan)
    )
    trainer = Trainer([broken], Plan(steps=3, batch=1, turned=0.0))
    parts = {"content": trainer.content, "decoder": trainer.decoder}
    before = {name: {key: value.clone() for key, value in part.state_dict().items()} for name, part in parts.items()}
    trainer.advance()
    for name, part in parts.items():
        assert all(torch.equal(value, before[name][key]) for key, value in part.state_dict().items())
