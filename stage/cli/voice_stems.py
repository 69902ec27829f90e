"""Vocal and accompaniment of a song: the user's own, our network's, or demucs' where it is installed (a shell)."""

import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from motion.errors import UserError

if TYPE_CHECKING:
    from performer.voice.sound import Sound

__all__ = ["SeparatorName", "StemsError", "Stems", "given_stems", "part_song"]

SeparatorName = Literal["own", "demucs"]
# Seconds by which exports of one song differ at their ends.
_MOST_APART = 2.0


class StemsError(UserError):
    """A song that cannot be taken apart."""


class Stems(tuple["Sound", "Sound"]):
    """(vocal, accompaniment); both begin together."""

    __slots__ = ()


def given_stems(vocal: Path, accompaniment: Path) -> Stems:
    """The user's own. Raises StemsError where they cannot be of one song, SoundError."""
    from performer.voice.sound import read_sound

    voice, band = read_sound(vocal), read_sound(accompaniment)
    if abs(voice.seconds - band.seconds) > _MOST_APART:
        raise StemsError(
            f"{vocal} lasts {voice.seconds:.1f} s, {accompaniment} {band.seconds:.1f} s; "
            "both stems must start and end together"
        )
    return Stems((voice, band))


def part_song(song: Path, separator: SeparatorName) -> Stems:
    """Raises StemsError, SoundError."""
    from performer.voice.sound import Sound, read_sound

    if separator == "demucs":
        return _by_demucs(song)
    from motion.music.separate import separate
    from motion.music.separate_network import shipped_network

    mix = read_sound(song)
    try:
        network = shipped_network()
    except FileNotFoundError:
        raise StemsError(
            "this installation has no network that parts songs; give --stems VOCAL ACCOMPANIMENT or --separator demucs"
        ) from None
    parted = separate(mix.samples, network, mix.rate)
    return Stems((Sound(parted.voice, mix.rate), Sound(parted.backing, mix.rate)))


def _by_demucs(song: Path) -> Stems:
    from performer.voice.sound import read_sound

    program = shutil.which("demucs")
    words = [program] if program else [sys.executable, "-m", "demucs"] if find_spec("demucs") else None
    if words is None:
        raise StemsError("demucs is not installed; get it with: pip install demucs, or leave --separator away")
    with tempfile.TemporaryDirectory(prefix="nichang-demucs-") as folder:
        command = [*words, "--two-stems", "vocals", "-o", folder, str(song.absolute())]
        # The process is killed when this one is stopped: `run` does so for any exception.
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        vocal = next(Path(folder).rglob("vocals.*"), None)
        band = next(Path(folder).rglob("no_vocals.*"), None)
        if done.returncode or vocal is None or band is None:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise StemsError(f"demucs could not part {song}: {said[-1] if said else 'it left no stems'}")
        return Stems((read_sound(vocal), read_sound(band)))
