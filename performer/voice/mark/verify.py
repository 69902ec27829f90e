"""Is a file's sound made by a machine, as far as label and mark say? (a shell: reads files)"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from performer.voice.mark.detect import Detector, Found
from performer.voice.mark.files import read_label
from performer.voice.mark.label import FoundLabel
from performer.voice.mark.pattern import LEAST_RATE
from performer.voice.sound import SoundError, open_sound

__all__ = ["Verdict", "verify_file"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """label: what the metadata says, None where it says nothing. mark: what the sound says. seconds: how much of it."""

    label: FoundLabel | None
    mark: Found
    seconds: float


def verify_file(path: Path, tell: Callable[[float], None] | None = None) -> Verdict:
    """Read label and mark of any file with sound in it, of any length. tell: seconds of sound that were listened to.

    Raises:
        SoundError: no sound, or sampled below 8000 Hz.
    """
    sound = open_sound(path)
    if sound.rate < LEAST_RATE:
        raise SoundError(f"{path} has {sound.rate} samples a second; the mark is read from {LEAST_RATE} on")
    detector = Detector(sound.rate, sound.channels)
    frames = 0
    for block in sound.blocks():
        detector.feed(block)
        frames += len(block)
        if tell is not None:
            tell(frames / sound.rate)
    return Verdict(read_label(path), detector.finish(), frames / sound.rate)
