"""Makes the base of all voices from free recordings: `python -m performer.voice.train.make_base --help`.

Analysis, the teacher's features and the phones are kept under the working folder, and so is the training's state:
an interrupted run goes on where it was.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from swift_f0 import SwiftF0

from performer.voice.train.align import Aligner
from performer.voice.train.base import Item, Plan, Trainer
from performer.voice.train.base_file import Base, read_base, write_base
from performer.voice.train.corpus import Clip, clip_samples, clips_of, features_of
from performer.voice.train.networks import half_is_fast
from performer.voice.train.probe import Lesson, Probe, fit_probe
from performer.voice.train.teacher import Teacher

__all__ = ["main"]

# Sets that may enter shipped weights, and of these the ones with a text that the English aligner can read.
SETS = ("many_speakers", "many_speakers_vctk", "one_speaker/ljspeech_en", "sung/yuki_ja", "sung/erithacus_ja")
_READ = ("many_speakers", "one_speaker/ljspeech_en")
# Readers that no lesson uses: three women, three men.
HELD = frozenset({"1088", "1737", "1898", "118", "163", "1867"})
_LEVEL = 0.07


def _file(work: Path, kind: str, clip: Clip, ending: str) -> Path:
    return work / kind / (clip.key.replace("/", "__") + ending)


def _levelled(clip: Clip) -> NDArray[np.float32]:
    samples = clip_samples(clip)
    return samples * np.float32(_LEVEL / (np.sqrt(np.mean(np.square(samples))) + 1e-6))


def prepare(clips: Sequence[Clip], work: Path, whisper: Path) -> None:
    """Features, teacher and phones of every clip that has none yet."""
    for kind in ("cache", "teach", "phones"):
        (work / kind).mkdir(parents=True, exist_ok=True)
    detector = SwiftF0(threads=1, spin=False)
    missing = [clip for clip in clips if not _file(work, "cache", clip, ".npz").is_file()]
    for count, clip in enumerate(missing, 1):
        features_of(clip, work / "cache", detector)
        if count % 50 == 0 or count == len(missing):
            print(f"analysed {count} of {len(missing)}", flush=True)
    untaught = [clip for clip in clips if not _file(work, "teach", clip, ".npy").is_file()]
    if untaught:
        sounds: Iterator[tuple[str, NDArray[np.float32]]] = ((clip.key, _levelled(clip)) for clip in untaught)
        for count, (key, heard) in enumerate(Teacher(whisper).hear(sounds), 1):
            np.save(work / "teach" / (key.replace("/", "__") + ".npy"), heard)
            if count % 50 == 0:
                print(f"taught {count} of {len(untaught)}", flush=True)
    aligner = Aligner()
    for clip in clips:
        # An empty file stands for a text that did not fit, so that it is not tried again.
        path = _file(work, "phones", clip, ".npy")
        if clip.text and clip.key.startswith(_READ) and not path.is_file():
            phones = aligner.align(_levelled(clip), clip.text)
            np.save(path, np.zeros(0, np.int8) if phones is None else phones)


def _phones(clip: Clip, work: Path) -> NDArray[np.int8] | None:
    path = _file(work, "phones", clip, ".npy")
    phones = np.load(path) if path.is_file() else np.zeros(0, np.int8)
    return phones if len(phones) else None


def probe_of(clips: Sequence[Clip], work: Path) -> tuple[Probe, float]:
    """Fitted once and kept; its share of phones right on the held-out readers."""
    path = work / "probe.pt"
    if path.is_file():
        kept = torch.load(path, weights_only=True)
        probe = Probe()
        probe.load_state_dict(kept["probe"])
        return probe, float(kept["right"])
    lessons: dict[bool, list[Lesson]] = {False: [], True: []}
    for clip in clips:
        if (phones := _phones(clip, work)) is not None:
            taught = np.load(_file(work, "teach", clip, ".npy"))
            lessons[clip.speaker in HELD].append(Lesson(taught, phones))
    torch.manual_seed(0)
    probe, right = fit_probe(lessons[False], lessons[True])
    torch.save({"probe": probe.state_dict(), "right": right}, path)
    return probe, right


def items_of(clips: Sequence[Clip], work: Path, probe: Probe) -> list[Item]:
    """What the trainer learns from; clips that were too short to analyse are left out."""
    items: list[Item] = []
    for clip in clips:
        features, heard = _file(work, "cache", clip, ".npz"), _file(work, "teach", clip, ".npy")
        if not (features.is_file() and heard.is_file()):
            continue
        taught, likely = probe.teach(np.load(heard))
        with np.load(features) as kept:
            item = Item(
                f"{clip.key.split('/')[0]}/{clip.speaker}",
                kept["envelope"],
                kept["bands"],
                kept["hertz"],
                kept["noise"],
                taught,
                likely,
                _phones(clip, work),
            )
        items.append(item)
    return items


def main(arguments: Sequence[str] | None = None) -> None:
    reader = argparse.ArgumentParser(description="Train the base of all voices from free recordings.")
    reader.add_argument("data", type=Path, help="folder of the sets, each with an index.tsv")
    reader.add_argument("work", type=Path, help="folder for what is kept between runs (3 GB)")
    reader.add_argument("--whisper", type=Path, required=True, help="folder of a CTranslate2 Whisper base")
    reader.add_argument("--minutes", type=float, default=120, help="stop after so many minutes of training")
    reader.add_argument("--steps", type=int, default=20_000, help="steps over which the learning rate falls to nothing")
    reader.add_argument("--rate", type=float, default=Plan().rate, help="learning rate at its highest")
    reader.add_argument("--judge", type=float, default=Plan().weight_judge, help="weight of who speaks (reversed)")
    reader.add_argument("--turned", type=float, default=Plan().turned, help="share of crops that another voice says")
    reader.add_argument("--begin", type=Path, help="a base (.npz) to begin from where no run is kept in the folder")
    reader.add_argument("--threads", type=int, default=2)
    given = reader.parse_args(arguments)
    torch.set_num_threads(given.threads)
    torch.set_flush_denormal(True)
    clips = list(clips_of(given.data, SETS))
    prepare(clips, given.work, given.whisper)
    probe, right = probe_of(clips, given.work)
    print(f"probe: {right:.3f} of the phones right on readers it never heard", flush=True)
    learning = [clip for clip in clips if clip.speaker not in HELD]
    held = items_of([clip for clip in clips if clip.speaker in HELD], given.work, probe)
    plan = Plan(given.steps, rate=given.rate, weight_judge=given.judge, turned=given.turned, half=half_is_fast())
    trainer = Trainer(items_of(learning, given.work, probe), plan)
    state = given.work / "base.pt"
    if state.is_file():
        trainer.load(state)
    elif given.begin is not None:
        trainer.begin(read_base(given.begin.read_bytes()))
    print(f"{len(learning)} clips of {len(trainer.speakers)} speakers from step {trainer.step} on", flush=True)
    trainer.run(given.minutes, lambda line: print(line, flush=True), state, held)
    write_base(given.work / "base.npz", Base(trainer.content, trainer.decoder))


if __name__ == "__main__":
    main()
