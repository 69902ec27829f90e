"""Recordings to a .voice file, stage by stage, each kept so that a killed run goes on where it was (a shell).

What is kept lies in a folder beside the result: features of every phrase, the decoder's training, samples to listen
to. The preview is the voice whose decoder has not learnt yet: the codebook alone carries the timbre.
"""

import hashlib
import json
import shutil
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import resources
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from swift_f0 import SwiftF0

from motion.errors import UserError
from performer.voice.bands import CONTENT_RATE
from performer.voice.check.report import Report
from performer.voice.check.slices import Slice, read_slices, slices
from performer.voice.convert.voice_file import Card, VoiceFile, write_voice_file
from performer.voice.mark.files import write_sound
from performer.voice.mark.label import SoundLabel
from performer.voice.sound import SoundError
from performer.voice.train.base_file import Base, read_base
from performer.voice.train.clone import CloneTrainer
from performer.voice.train.corpus import Features, analyse
from performer.voice.train.trial import TRIAL_RATE, Trial, put_to_the_proof, said_again
from performer.voice.train.voice_statistics import codebook_of, range_of, statistics_of

__all__ = ["Job", "Lesson", "Made", "Tell", "forget", "make_voice", "set_threads", "shipped_base"]

# One phrase of so many is heard by nobody until the report.
_HELD_EVERY = 12
_STEPS_A_MINUTE = 100
_SAMPLE_SECONDS = 150.0
# Phrases that are said again: in the report, in a preview's, and when a training lets hear how it goes.
_REPORT_PHRASES, _PREVIEW_PHRASES, _SAMPLE_PHRASES = 4, 2, 2
# Steps between two looks at the loss of phrases that are not learnt from, and of how many of them.
_LISTEN_EVERY, _LISTENED = 25, 6
# A preview's decoder is to be asked how much it moves, not how well.
_PREVIEW_EVERY = 4
# A decoder that has not learnt yet speaks like somebody else: the target's own frames do most of it.
_PREVIEW_NEAREST = 0.8


@dataclass(frozen=True, slots=True)
class Job:
    """What to make. minutes: of training, at most; steps: a hundred a minute, if not given, which two slow cores do.
    credit, licence, languages: for the card. threads: cores that may be taken."""

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
    threads: int = 1

    @property
    def work(self) -> Path:
        """Where the run is kept until it is done."""
        return self.out.with_name(f".{self.out.name}.work")


@dataclass(frozen=True, slots=True)
class Lesson:
    """After `step` steps. loss: running mean on what is learnt. unheard: on phrases that are not, NaN where none."""

    step: int
    loss: float
    unheard: float


@dataclass(slots=True)
class Made:
    """seconds: of each stage. learnt, held: phrases that the training saw and that it never saw. hertz: (n,) pitch of
    all that was learnt, every 10 ms, voiced frames. lessons: how the loss went, those before a stop included. trials:
    held phrases put to the proof."""

    voice: VoiceFile
    seconds: dict[str, float]
    learnt: int
    held: int
    hertz: NDArray[np.float32]
    trials: list[Trial]
    steps: int = 0
    lessons: list[Lesson] = field(default_factory=list[Lesson])


Tell = Callable[[str, float, float, str], None]
"""Stage, done, of how much, and what else is known of it; a total of 0 marks a remark that stays."""


def shipped_base() -> Base:
    """The base that lies in the package."""
    path = Path(str(resources.files("performer.voice"))) / "models" / "base.npz"
    if not path.is_file():
        raise UserError(f"the base of all voices is missing ({path}); install nichang anew")
    return read_base(path.read_bytes())


def _key(piece: Slice) -> str:
    kept = (str(piece.path.resolve()), piece.path.stat().st_mtime_ns, piece.start, piece.stop, piece.weights)
    return hashlib.sha256(repr(kept).encode()).hexdigest()[:20]


def _heard(samples: NDArray[np.float32], detector: SwiftF0, path: Path) -> None:
    """Features of a phrase into a file."""
    found = analyse(samples, detector)
    part = path.with_suffix(".part.npz")
    np.savez(part, bands=found.bands, envelope=found.envelope, hertz=found.hertz, noise=found.noise)
    part.replace(path)


def _features(pieces: Sequence[Slice], folder: Path, tell: Tell, threads: int) -> list[Features | None]:
    """Of every phrase, from what is kept or by analysis; None for one that is too short or has hardly a voice."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{_key(piece)}.npz" for piece in pieces]
    missing = [piece for piece, path in zip(pieces, paths, strict=True) if not path.is_file()]
    detector = SwiftF0(threads=1, spin=False)
    done = 0
    # Threads do: transforms, networks and sums over arrays let the others run.
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[None]] = deque()
        try:
            for piece, samples in read_slices(missing, CONTENT_RATE):
                waiting.append(pool.submit(_heard, samples, detector, folder / f"{_key(piece)}.npz"))
                while len(waiting) > 2 * threads:
                    waiting.popleft().result()
                    done += 1
                    tell("hearing the phrases", done, len(missing), f"{done} of {len(missing)}")
            for last in waiting:
                last.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [_kept(path) for path in paths]


def _kept(path: Path) -> Features | None:
    if not path.is_file():
        return None
    with np.load(path) as kept:
        clip = Features(kept["bands"], kept["envelope"], kept["hertz"], kept["noise"])
    return clip if len(clip.hertz) > 20 and (clip.hertz > 0).sum() > 10 else None


def _card(job: Job, clips: Sequence[Features], nearest: float) -> Card:
    used = job.report.used
    return Card(
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


def _voice(
    job: Job, trainer: CloneTrainer, clips: Sequence[Features], nearest: float = 0.0, every: int = 1
) -> VoiceFile:
    return VoiceFile(
        _card(job, clips, nearest),
        trainer.networks(),
        trainer.lifted(statistics_of(clips), every),
        codebook_of(clips, trainer.base, contents=trainer.contents),
        job.consent,
    )


def _label(job: Job) -> SoundLabel:
    return SoundLabel(
        job.name, f"{job.name}-sample", f"A sample of the voice {job.name}", credit=job.credit, whole=True
    )


def _sample(job: Job, sound: NDArray[np.float32], path: Path) -> bool:
    """Phrases through the voice as a sound file; False where there are none or it cannot be written."""
    try:
        if len(sound):
            write_sound(path, sound, TRIAL_RATE, _label(job))
    except SoundError:
        return False
    return len(sound) > 0


def _parted(pieces: Sequence[Slice]) -> tuple[list[Slice], list[Slice]]:
    """What is learnt from, and what nobody hears until the report."""
    held = list(pieces[_HELD_EVERY // 2 :: _HELD_EVERY]) or list(pieces[-1:] if len(pieces) > 2 else ())
    kept = set(held)
    return [piece for piece in pieces if piece not in kept], held


class _Diary:
    """How the loss goes: a line a lesson in a file, so that a training that goes on knows how it began."""

    def __init__(self, path: Path, until: int) -> None:
        """until: the step from which the training goes on; what was learnt after it was lost in the stop."""
        self.lessons: list[Lesson] = []
        self._path = path
        with suppress(OSError, ValueError):
            for line in path.read_text().splitlines():
                step, loss, unheard = line.split("\t")
                if int(step) <= until:
                    self.lessons.append(Lesson(int(step), float(loss), float(unheard)))
        path.write_text("".join(map(self._line, self.lessons)))

    def add(self, lesson: Lesson) -> None:
        self.lessons.append(lesson)
        with self._path.open("a") as file:
            file.write(self._line(lesson))

    @staticmethod
    def _line(lesson: Lesson) -> str:
        return f"{lesson.step}\t{lesson.loss:.5f}\t{lesson.unheard:.5f}\n"


def make_voice(job: Job, tell: Tell, base: Base | None = None) -> Made:
    """The voice file at `job.out`. What is in `job.work` stays until `forget`, so that a report may still be made.

    Raises:
        UserError: what was recorded does not do for a voice.
    """
    clock = time.monotonic()
    made_seconds: dict[str, float] = {}

    def lap(stage: str) -> None:
        nonlocal clock
        made_seconds[stage] = round(time.monotonic() - clock, 1)
        clock = time.monotonic()

    learning, held_pieces = _parted(slices(job.report))
    if not learning:
        raise UserError("there is no phrase to learn from; `nichang voice check` says what the recordings lack")
    job.work.mkdir(parents=True, exist_ok=True)
    heard = _features([*learning, *held_pieces], job.work / "features", tell, job.threads)
    clips = [clip for clip in heard[: len(learning)] if clip is not None]
    unheard = [clip for clip in heard[len(learning) :] if clip is not None]
    if not clips:
        raise UserError("no pitch is found in any phrase; `nichang voice check` says what is in the recordings")
    held = [samples for _, samples in read_slices(held_pieces, CONTENT_RATE)]
    lap("hearing")
    steps = job.steps or max(1, round(job.minutes * _STEPS_A_MINUTE))
    known = base or shipped_base()
    state = job.work / f"{_recipe(learning, steps, known)}.pt"
    views = 0 if job.preview_only else None
    trainer = CloneTrainer(
        clips,
        known,
        steps,
        views=views,
        unheard=unheard[:_LISTENED],
        heard_at=None if job.preview_only else state.with_suffix(".npz"),
        tell=lambda done: tell("listening for what is said", done, len(clips), f"{done} of {len(clips)}"),
    )
    hertz = np.concatenate([clip.hertz[clip.hertz > 0] for clip in clips])
    made = Made(VoiceFile(_card(job, clips, 0.0), {}), made_seconds, len(learning), len(held_pieces), hertz, [])
    if job.preview_only or not state.is_file():
        made.voice = _voice(job, trainer, clips, _PREVIEW_NEAREST, _PREVIEW_EVERY)
        if job.preview_only:
            return _finished(job, made, known, held, _PREVIEW_PHRASES, lap)
        write_voice_file(job.work / "preview.voice", made.voice)
        sample = job.work / "sample-preview.wav"
        if _sample(job, said_again(made.voice, held, _SAMPLE_PHRASES), sample):
            tell(f"a first impression, before any lesson: {sample}", 0, 0, "")
        lap("preview")
    if state.is_file():
        trainer.load(state)
        tell(f"going on from step {trainer.step} of {steps}", 0, 0, "")
    diary = _Diary(state.with_suffix(".tsv"), trainer.step)
    sampled_at = time.monotonic()

    def step(number: int, loss: float) -> None:
        nonlocal sampled_at
        if number % _LISTEN_EVERY == 0 or number in (1, steps):
            diary.add(Lesson(number, loss, trainer.loss_unheard()))
        tell("learning", trainer.share, 1.0, f"step {number}, loss {loss:.3f}")
        if time.monotonic() - sampled_at > _SAMPLE_SECONDS:
            path = job.work / f"sample-{number}.wav"
            if _sample(job, said_again(_voice(job, trainer, clips), held, _SAMPLE_PHRASES), path):
                tell(f"step {number}, loss {loss:.3f}: listen to {path}", 0, 0, "")
            sampled_at = time.monotonic()

    trainer.run(job.minutes, step, state)
    lap("learning")
    tell("saying phrases again", 0, 1, "")
    made.voice = _voice(job, trainer, clips)
    made.steps, made.lessons = trainer.step, diary.lessons
    return _finished(job, made, known, held, _REPORT_PHRASES, lap)


def _finished(
    job: Job,
    made: Made,
    base: Base,
    held: Sequence[NDArray[np.float32]],
    phrases: int,
    lap: Callable[[str], None],
) -> Made:
    """Put to the proof, given a sample, and written."""
    made.trials = put_to_the_proof(made.voice, base, held, phrases)
    sample = job.work / "sample.opus"
    if made.trials and _sample(job, made.trials[0].said, sample):
        made.voice = replace(made.voice, sample=sample.read_bytes())
    write_voice_file(job.out, made.voice)
    lap("proof")
    return made


def forget(job: Job) -> None:
    """Take away what was kept to go on from."""
    shutil.rmtree(job.work, ignore_errors=True)


def _recipe(pieces: Sequence[Slice], steps: int, base: Base) -> str:
    """A name for a training that only the same phrases, length and base continue."""
    kept = hashlib.sha256(json.dumps([[_key(piece) for piece in pieces], steps]).encode())
    for weight in (base.content.last.weight, base.decoder.last.weight):
        kept.update(weight.detach().numpy().tobytes())
    return f"learning-{kept.hexdigest()[:12]}"


def set_threads(count: int) -> None:
    """How many cores the training takes; tiny numbers are taken for zero, which they slow down a lot."""
    torch.set_num_threads(count)
    torch.set_flush_denormal(True)
