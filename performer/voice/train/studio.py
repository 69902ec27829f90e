"""Recordings to a .voice file, stage by stage, each kept so that a killed run goes on where it was (a shell).

What is kept lies in a folder beside the result: features of every phrase, the decoder's training, samples to listen
to. The preview is the voice whose decoder has not learnt yet: the codebook alone carries the timbre.
"""

import hashlib
import io
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import resources
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from swift_f0 import SwiftF0

from motion.errors import UserError
from performer.voice.bands import CONTENT_RATE
from performer.voice.check.report import Report
from performer.voice.check.slices import Slice, read_slices, slices
from performer.voice.convert.offline import convert
from performer.voice.convert.voice_file import Card, VoiceFile, write_voice_file
from performer.voice.sound import Sound, write_wav
from performer.voice.train.base_file import Base, read_base
from performer.voice.train.clone import CloneTrainer, codebook_of, range_of, statistics_of
from performer.voice.train.corpus import Features, analyse

__all__ = ["Job", "Made", "make_voice", "set_threads", "shipped_base"]

# One phrase of so many is heard by nobody until the report.
_HELD_EVERY = 12
_STEPS_A_MINUTE = 100
_SAMPLE_SECONDS = 150.0
_RATE_OUT = 48_000
_SAMPLE_PHRASES = 2
# A decoder that has not learnt yet speaks like somebody else: the target's own frames do most of it.
_PREVIEW_NEAREST = 0.8


@dataclass(frozen=True, slots=True)
class Job:
    """What to make. minutes: of training, at most; steps: as many as fit into them, if not given. credit, licence,
    languages: for the card."""

    name: str
    report: Report
    consent: str
    person: str
    out: Path
    minutes: float = 8.0
    preview_only: bool = False
    licence: str = "as the consent says"
    credit: str = ""
    languages: tuple[str, ...] = ()
    steps: int | None = None

    @property
    def work(self) -> Path:
        """Where the run is kept until it is done."""
        return self.out.with_name(f".{self.out.name}.work")


@dataclass(slots=True)
class Made:
    """seconds: of each stage. held: phrases that the training never saw, (n,) at 16 kHz."""

    voice: VoiceFile
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    loss: float = 0.0
    steps: int = 0
    held: list[NDArray[np.float32]] = field(default_factory=list[NDArray[np.float32]])


Tell = Callable[[str, float, float], None]
"""Stage, done, of how much; a total of 0 marks a remark that stays."""


def shipped_base() -> Base:
    """The base that lies in the package."""
    path = Path(str(resources.files("performer.voice"))) / "models" / "base.npz"
    if not path.is_file():
        raise UserError(f"the base of all voices is missing ({path}); install nichang anew")
    return read_base(path.read_bytes())


def _key(piece: Slice) -> str:
    kept = (str(piece.path.resolve()), piece.path.stat().st_mtime_ns, piece.start, piece.stop, piece.weights)
    return hashlib.sha256(repr(kept).encode()).hexdigest()[:20]


def _features(pieces: Sequence[Slice], folder: Path, tell: Tell) -> list[Features]:
    """Of every phrase, from what is kept or by analysis."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{_key(piece)}.npz" for piece in pieces]
    missing = [piece for piece, path in zip(pieces, paths, strict=True) if not path.is_file()]
    detector = SwiftF0(threads=1, spin=False)
    for done, (piece, samples) in enumerate(read_slices(missing, CONTENT_RATE)):
        tell("hearing the phrases", done, len(missing))
        found = analyse(samples, detector)
        path = folder / f"{_key(piece)}.npz"
        part = path.with_suffix(".part.npz")
        np.savez(part, bands=found.bands, envelope=found.envelope, hertz=found.hertz, noise=found.noise)
        part.replace(path)
    out: list[Features] = []
    for path in paths:
        if path.is_file():
            with np.load(path) as kept:
                out.append(Features(kept["bands"], kept["envelope"], kept["hertz"], kept["noise"]))
    return [clip for clip in out if len(clip.hertz) > 20 and (clip.hertz > 0).sum() > 10]


def _voice(job: Job, trainer: CloneTrainer, clips: Sequence[Features], nearest: float = 0.0) -> VoiceFile:
    used = job.report.used
    card = Card(
        name=job.name,
        kind="cloned",
        licence=job.licence,
        range=range_of(clips),
        languages=job.languages,
        credit=job.credit,
        recordings=f"{len(used)} recordings, {job.report.speech / 60:.1f} minutes of voice",
        minutes=round(job.report.speech / 60, 1),
        made=date.today().isoformat(),
        person=job.person,
        nearest=nearest,
    )
    return VoiceFile(
        card,
        trainer.networks(),
        trainer.lifted(statistics_of(clips)),
        codebook_of(clips, trainer.base),
        job.consent,
    )


def _sample(voice: VoiceFile, held: Sequence[NDArray[np.float32]], path: Path) -> None:
    """Phrases that the training did not see, through the voice."""
    if held:
        sound = np.concatenate([convert(phrase, CONTENT_RATE, voice) for phrase in held[:_SAMPLE_PHRASES]])
        write_wav(path, Sound(sound[:, None], _RATE_OUT))


def _encoded(sound: NDArray[np.float32]) -> bytes:
    """Ogg Opus."""
    out = io.BytesIO()
    soundfile.write(out, sound, _RATE_OUT, format="OGG", subtype="OPUS")
    return out.getvalue()


def make_voice(job: Job, tell: Tell, base: Base | None = None) -> Made:
    """The voice file at `job.out`; `job.work` is gone afterwards.

    Raises:
        UserError: what was recorded does not do for a voice.
    """
    clock = time.monotonic()
    made_seconds: dict[str, float] = {}

    def lap(stage: str) -> None:
        nonlocal clock
        made_seconds[stage] = round(time.monotonic() - clock, 1)
        clock = time.monotonic()

    pieces = slices(job.report)
    held_pieces = pieces[_HELD_EVERY // 2 :: _HELD_EVERY]
    learning = [piece for piece in pieces if piece not in held_pieces]
    if not learning:
        raise UserError("there is no phrase to learn from; `nichang voice check` says what the recordings lack")
    job.work.mkdir(parents=True, exist_ok=True)
    clips = _features(learning, job.work / "features", tell)
    held = [samples for _, samples in read_slices(held_pieces, CONTENT_RATE)]
    lap("hearing")
    tell("listening for what is said", 0, 1)
    steps = job.steps or max(1, round(job.minutes * _STEPS_A_MINUTE))
    trainer = CloneTrainer(clips, base or shipped_base(), steps, views=0 if job.preview_only else None)
    preview = _voice(job, trainer, clips, _PREVIEW_NEAREST)
    write_voice_file(job.work / "preview.voice", preview)
    _sample(preview, held, job.work / "sample-preview.wav")
    lap("preview")
    if job.preview_only:
        write_voice_file(job.out, preview)
        return Made(preview, made_seconds, held=held)
    state = job.work / f"{_recipe(learning, steps)}.pt"
    if state.is_file():
        trainer.load(state)
        tell(f"going on from step {trainer.step}", 0, 0)
    sampled_at = time.monotonic()

    def step(number: int, loss: float) -> None:
        nonlocal sampled_at
        tell("learning", number, steps)
        if time.monotonic() - sampled_at > _SAMPLE_SECONDS:
            _sample(_voice(job, trainer, clips), held, job.work / f"sample-{number}.wav")
            tell(f"step {number}, loss {loss:.3f}: listen to {job.work / f'sample-{number}.wav'}", 0, 0)
            sampled_at = time.monotonic()

    trainer.run(job.minutes, step, state)
    voice = _voice(job, trainer, clips)
    if held:
        voice = replace(voice, sample=_encoded(convert(held[0], CONTENT_RATE, voice)))
    write_voice_file(job.out, voice)
    lap("learning")
    shutil.rmtree(job.work, ignore_errors=True)
    return Made(voice, made_seconds, trainer.mean, trainer.step, held)


def _recipe(pieces: Sequence[Slice], steps: int) -> str:
    """A name for a training that only the same phrases and length continue."""
    kept = json.dumps([[_key(piece) for piece in pieces], steps])
    return "learning-" + hashlib.sha256(kept.encode()).hexdigest()[:12]


def set_threads(count: int) -> None:
    """How many cores the training takes; tiny numbers are taken for zero, which they slow down a lot."""
    torch.set_num_threads(count)
    torch.set_flush_denormal(True)
