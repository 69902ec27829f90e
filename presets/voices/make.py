"""Makes the built-in voices from the base: python -m presets.voices.make [NAME...] [--data FOLDER] (a shell).

Designed voices need the base and the phrases beside this file alone, and take 15 s of a core each; cloned ones
need recordings too (--data) and minutes of training. Needs the extra `train`.
"""

import argparse
import sys
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from swift_f0 import SwiftF0

from motion.errors import UserError
from performer.voice.bands import CONTENT_RATE
from performer.voice.consent import Consent, consent_to_toml
from performer.voice.convert.voice_file import Card, PitchRange, VoiceFile, write_voice_file
from performer.voice.mark.files import write_sound
from performer.voice.mark.label import SoundLabel
from performer.voice.mix.turn import TURNED_RATE, turn
from performer.voice.songs import song_folder
from performer.voice.sound import Sound, read_sound, resample
from performer.voice.style.style import Style
from performer.voice.train.base_file import Base, read_base
from performer.voice.train.clone import CloneTrainer
from performer.voice.train.corpus import Features, analyse, clip_samples, clips_of
from performer.voice.train.design import Wish, design, designed_voice, hear_reference
from performer.voice.train.studio import set_threads, shipped_base
from performer.voice.train.voice_statistics import range_of, statistics_of

__all__ = ["main"]

_HERE = Path(__file__).parent
_STEPS_A_MINUTE = 300
_Range = Annotated[tuple[float, float, float], "low, middle, high in hertz"]


class _Designed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    languages: tuple[str, ...]
    range: _Range
    wish: Wish


class _Cloned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    languages: tuple[str, ...]
    sets: tuple[str, ...]
    licence: str
    credit: str
    recordings: str
    consent: Consent


class _Donors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    licence: str
    credit: str


class _Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    song: str
    start: float
    stop: float


class _Voices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `voices.toml` holds."""

    donors: _Donors
    designed: dict[str, _Designed]
    cloned: dict[str, _Cloned]
    sample: _Sample


def _read_table() -> _Voices:
    return msgspec.convert(tomllib.loads((_HERE / "voices.toml").read_text(encoding="utf-8")), _Voices)


def _reference() -> list[Features]:
    """The phrases of `reference/`, by six readers whom the base never heard."""
    detector = SwiftF0(threads=1, spin=False)
    paths = sorted((_HERE / "reference").glob("*.opus"))
    return [analyse(_heard(read_sound(path)), detector) for path in paths]


def _heard(sound: Sound) -> NDArray[np.float32]:
    return resample(sound.mono, sound.rate, CONTENT_RATE)


def _singer(sample: _Sample) -> Sound:
    """What the samples sing, by the built-in songs' own computed singer."""
    vocal = song_folder(sample.song).vocal
    if vocal is None:
        raise UserError(f"the built-in song {sample.song} has no voice; name another in voices.toml")
    sound = read_sound(vocal)
    return Sound(sound.samples[round(sample.start * sound.rate) : round(sample.stop * sound.rate)], sound.rate)


def _with_sample(voice: VoiceFile, singer: Sound) -> VoiceFile:
    """The phrase in this voice, moved by octaves into its range, marked and labelled as all sounds are."""
    sung = turn(singer.mono, singer.rate, voice, Style(transpose="auto"), octaves_only=True).parts[0].samples
    loud = 0.5 * sung / (float(np.abs(sung).max()) + 1e-9)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.opus"
        write_sound(path, loud, TURNED_RATE, SoundLabel(voice.card.name, "sample", credit=voice.card.credit))
        return replace(voice, sample=path.read_bytes())


def _design(base: Base, clips: Sequence[Features], table: _Voices, name: str) -> VoiceFile:
    wanted = table.designed[name]
    reference = hear_reference(base, clips)
    found = design(base, reference, wanted.wish)
    card = Card(
        name=wanted.name,
        kind="designed",
        licence=table.donors.licence,
        range=PitchRange(*wanted.range),
        languages=wanted.languages,
        credit=table.donors.credit,
        recordings=f"none of its own: a place between {len(found.donors)} of {base.decoder.speaker.num_embeddings} "
        "speakers of the base; it belongs to nobody",
        made=date.today().isoformat(),
    )
    traits = found.traits
    print(
        f"{name}: throat {traits.throat:+.1f} semitones, tilt {traits.tilt_db:.1f} dB an octave, movement "
        f"{traits.movement:.2f}, strength {found.strength:.2f}; {found.apart_db:.1f} dB from the nearest known "
        f"speaker (among themselves {found.usual_db:.1f}); donors {', '.join(map(str, found.donors))}"
    )
    return designed_voice(base, reference, found, card)


def _clone(base: Base, wanted: _Cloned, data: Path, minutes: float) -> VoiceFile:
    detector = SwiftF0(threads=1, spin=False)
    recordings = list(clips_of(data, wanted.sets))
    samples = [clip_samples(clip) for clip in recordings]
    found = [analyse(one, detector) for one in samples]
    # Whispered ones carry no pitch to learn from.
    clips = [clip for clip in found if (clip.hertz > 0).mean() > 0.2 and len(clip.hertz) > 50]
    if not clips:
        raise UserError(f"there are no recordings of {wanted.name} in {data}; name the folder of the sets with --data")
    trainer = CloneTrainer(clips, base, steps=max(1, round(minutes * _STEPS_A_MINUTE)))
    trainer.run(minutes, _told(wanted.name, trainer.steps))
    seconds = sum(len(one) for one in samples) / CONTENT_RATE
    card = Card(
        name=wanted.name,
        kind="cloned",
        licence=wanted.licence,
        range=range_of(clips),
        languages=wanted.languages,
        credit=wanted.credit,
        recordings=wanted.recordings,
        minutes=round(seconds / 60, 1),
        made=date.today().isoformat(),
        person=wanted.consent.person,
    )
    # Without a codebook: only a preview asks for it, and it is more than the networks together.
    consent = consent_to_toml(wanted.consent)
    return VoiceFile(card, trainer.networks(), trainer.lifted(statistics_of(clips)), consent=consent)


def _told(name: str, steps: int) -> Callable[[int, float], None]:
    def tell(step: int, loss: float) -> None:
        if step % 100 == 0:
            print(f"{name}: step {step} of {steps}, loss {loss:.3f}", flush=True)

    return tell


def main(arguments: Sequence[str] | None = None) -> int:
    table = _read_table()
    names = [*table.designed, *table.cloned]
    parser = argparse.ArgumentParser(
        description="Make the built-in voices from the base of all voices. Designed ones need nothing else."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(names)}; none: all that can be")
    parser.add_argument(
        "--data", type=Path, help="folder of the sets of recordings; without it no cloned voice is made"
    )
    parser.add_argument("--base", type=Path, help="another base than the one in the package (.npz)")
    parser.add_argument("--minutes", type=float, default=5.0, help="of training for each cloned voice, at most")
    parser.add_argument("--threads", type=int, default=1, help="cores that may be taken")
    parser.add_argument("--to", type=Path, default=_HERE, help="folder for the voices' folders")
    wish = parser.parse_args(arguments)
    set_threads(wish.threads)
    try:
        _make(table, wish.names or names, wish)
    except UserError as error:
        print(f"voices: {error}", file=sys.stderr)
        return 2
    return 0


def _make(table: _Voices, names: Sequence[str], wish: argparse.Namespace) -> None:
    for name in names:
        if name not in (*table.designed, *table.cloned):
            there = ", ".join((*table.designed, *table.cloned))
            raise UserError(f"there is no voice {name} to make; there are: {there}")
        if name in table.cloned and wish.data is None and wish.names:
            raise UserError(f"{name} is made of recordings: name the folder of their sets with --data")
    base = shipped_base() if wish.base is None else read_base(wish.base.read_bytes())
    clips = _reference()
    singer = _singer(table.sample)
    for name in names:
        torch.manual_seed(0)
        data: Path | None = wish.data
        if name in table.designed:
            voice = _design(base, clips, table, name)
        elif data is not None:
            voice = _clone(base, table.cloned[name], data, wish.minutes)
        else:
            print(f"{name}: left as it is, since it is made of recordings (--data)")
            continue
        folder = wish.to / name
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.voice"
        write_voice_file(path, _with_sample(voice, singer))
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
