"""Recordings to a voice file: whole, resumable, honest about what it lacks."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from motion.errors import UserError  # noqa: E402
from performer.voice.check.report import FileReport, Measures, Report, Span  # noqa: E402
from performer.voice.convert.offline import convert  # noqa: E402
from performer.voice.convert.voice_file import read_voice_file  # noqa: E402
from performer.voice.mark.files import read_label  # noqa: E402
from performer.voice.sound import Sound, write_wav  # noqa: E402
from performer.voice.synth import synthesise  # noqa: E402
from performer.voice.train.base_file import Base, read_base, write_base  # noqa: E402
from performer.voice.train.clone import CloneTrainer  # noqa: E402
from performer.voice.train.corpus import Features  # noqa: E402
from performer.voice.train.networks import Content, Decoder  # noqa: E402
from performer.voice.train.studio import Job, forget, make_voice, shipped_base  # noqa: E402

PHRASES = 4
SECONDS = 2.5
MEASURES = Measures(
    PHRASES * SECONDS, 48_000, 1, (1.0, 0.0), 9.0, 8.0, -6.0, -23.0, -70.0, 45.0, 8000.0, None, 150.0, 200.0, 250.0, 0.0
)


@pytest.fixture(scope="module")
def base() -> Base:
    torch.manual_seed(0)
    content, decoder = Content(), Decoder(3)
    content.eval()
    decoder.eval()
    return Base(content, decoder)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A made voice: vowels of changing colour and pitch, with hisses between."""
    frames = round(PHRASES * SECONDS * 100) + 1
    t = np.arange(frames) / 100
    hertz = np.where((t % 0.5) < 0.4, 200 + 40 * np.sin(2 * np.pi * 0.7 * t), 0).astype(np.float32)
    band = np.arange(80)[None]
    density = -9 - band * 0.06 + 2 * np.cos(band * 0.2 + 3 * np.sin(2 * np.pi * 0.9 * t)[:, None])
    sound = synthesise(hertz, density.astype(np.float32), np.full((frames, 8), 0.05, np.float32))
    path = tmp_path_factory.mktemp("takes") / "take.wav"
    write_wav(path, Sound((0.2 * sound / np.abs(sound).max())[:, None].astype(np.float32), 48_000))
    phrases = tuple(Span(k * SECONDS, (k + 1) * SECONDS) for k in range(PHRASES))
    return Report((FileReport(path, MEASURES, (), phrases),), ())


def _job(report: Report, out: Path) -> Job:
    return Job("Made", report, "", "nobody", out, minutes=30, steps=5)


def test_recordings_become_a_voice_that_speaks(report: Report, base: Base, tmp_path: Path) -> None:
    told: list[str] = []
    job = _job(report, tmp_path / "made.voice")
    made = make_voice(job, lambda stage, done, total, note: told.append(stage), base)
    voice = read_voice_file(job.out)
    assert voice.card.name == "Made"
    assert 150 < voice.card.range.low < voice.card.range.middle < voice.card.range.high < 250
    assert voice.statistics is not None
    assert voice.statistics.lift is not None
    assert made.steps == 5
    assert {"hearing the phrases", "learning"} <= set(told)
    # The phrase that was kept aside was said again, by the voice and by a stranger, in time with the recording.
    assert made.held == len(made.trials) == 1
    trial = made.trials[0]
    assert len(trial.said) == len(trial.stranger) == len(trial.turned) == 3 * len(trial.own)
    assert np.isfinite(made.lessons[-1].unheard)
    (tmp_path / "sample.opus").write_bytes(voice.sample)
    assert read_label(tmp_path / "sample.opus") is not None
    assert job.work.exists()
    forget(job)
    assert not job.work.exists()
    assert job.out.stat().st_size < 30_000_000
    t = np.arange(48_000) / 48_000
    said = convert((0.2 * np.sign(np.sin(2 * np.pi * 180 * t))).astype(np.float32), 48_000, voice)
    assert len(said) == 48_000
    assert np.isfinite(said).all()
    assert said[12_000:36_000].std() > 0.01


def test_a_stopped_training_goes_on(report: Report, base: Base, tmp_path: Path) -> None:
    job = _job(report, tmp_path / "made.voice")
    seen: list[int] = []

    def stop_at_three(stage: str, done: float, total: float, note: str) -> None:
        if stage == "learning":
            seen.append(int(done))
            if len(seen) == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_voice(job, stop_at_three, base)
    assert not job.out.exists()
    assert (job.work / "preview.voice").exists()
    kept = sorted((job.work / "features").iterdir())
    times = [path.stat().st_mtime_ns for path in kept]
    again: list[str] = []
    made = make_voice(job, lambda stage, done, total, note: again.append(stage), base)
    assert made.steps == 5
    assert job.out.exists()
    assert times
    # What was heard before was not heard again, and what was learnt was not learnt again.
    assert "hearing the phrases" not in again
    assert any(line.startswith("going on from step") for line in again)
    assert again.count("learning") < 5
    assert [lesson.step for lesson in made.lessons] == [1, 5]


def test_a_preview_takes_its_timbre_from_the_target(report: Report, base: Base, tmp_path: Path) -> None:
    job = replace(_job(report, tmp_path / "preview.voice"), preview_only=True)
    make_voice(job, lambda stage, done, total, note: None, base)
    assert read_voice_file(job.out).card.nearest > 0.5


def test_nothing_to_learn_from_is_said(report: Report, base: Base, tmp_path: Path) -> None:
    empty = Report((replace(report.files[0], phrases=()),), ())
    with pytest.raises(UserError, match="no phrase"):
        make_voice(_job(empty, tmp_path / "none.voice"), lambda stage, done, total, note: None, base)


def test_the_base_keeps_its_numbers(base: Base, tmp_path: Path) -> None:
    write_base(tmp_path / "base.npz", base)
    again = read_base((tmp_path / "base.npz").read_bytes())
    for one, two in zip(base.content.parameters(), again.content.parameters(), strict=True):
        assert torch.allclose(one, two, atol=2e-3)
    assert again.decoder.speaker.num_embeddings == 3


def test_the_shipped_base_hears_and_speaks() -> None:
    shipped = shipped_base()
    assert shipped.decoder.speaker.num_embeddings > 100
    heard = shipped.content(torch.zeros(1, 20, 80))
    assert torch.isfinite(heard.content).all()


def test_lessons_that_are_no_numbers_end_with_a_sentence_and_spoil_nothing(base: Base, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    count = 300
    envelope = draw.normal(-8, 1, (count, 513)).astype(np.float16)
    bands = draw.normal(-3, 1, (count, 80)).astype(np.float16)
    clip = Features(bands, envelope, np.full(count, 200, np.float32), np.full((count, 8), 0.2, np.float16))
    trainer = CloneTrainer([clip], base, steps=40, views=1)
    trainer.clips = [replace(clip, envelope=np.full_like(envelope, np.nan))]
    kept = tmp_path / "kept.pt"
    with pytest.raises(UserError, match="astray"):
        trainer.run(5.0, lambda _step, _loss: None, kept)
    assert all(bool(value.isfinite().all()) for value in torch.load(kept, weights_only=True)["decoder"].values())
