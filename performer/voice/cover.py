"""A song with its voice sung by another: the file that a render or a show plays, made once and kept (a shell: files).

Kept by the bytes of song, stem and voice. The voice's stem is taken out of the mix where there is one; a finished song
is parted by our network.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from performer.voice.consent import Use
from performer.voice.library import find_voice, open_voice
from performer.voice.sound import Sound, SoundError, file_sha256, read_sound
from performer.voice.stem import stem_beside

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Tell", "cover_credit", "make_cover"]

Tell = Callable[[str, float], None]
"""What is being done, and the share of it that is done, 0..1."""
# To be raised when covers of old must not be taken for new ones.
_RECIPE = 3
# How far the work is when the voice is taken out, and what each part of singing is of the rest: begin and share.
_TAKEN = 0.15
_SHARES = {"converting": (0.2, 0.55), "singing": (0.75, 0.2)}
# Songs that are kept; the ones that were used longest ago go first.
_KEPT = 12


def cover_credit(voice: str) -> str:
    """A line for the title card: whose voice sings."""
    card = open_voice(voice).card
    return f"歌声 Voice · {card.person or card.name}"


def make_cover(song: Path, vocal: Path | None, voice: str, folder: Path, tell: Tell, use: Use = "live") -> Path:
    """The song sung by `voice`, from what is kept or made now.

    Args:
        vocal: the song's voice alone, where there is such a file.
        voice: a built-in name or a file.
        folder: of the user's caches; covers lie in one of its folders.
        use: what the voice's consent is asked for.

    Raises:
        UserError: no such voice, no consent, a sound that cannot be read, a full disk.
    """
    opened = open_voice(voice, use)
    path = _place(song, vocal, find_voice(voice), folder)
    if path.is_file():
        with suppress(OSError):
            os.utime(path)
        return path
    # Loaded only where a song is made: what is kept needs none of it.
    import numpy as np

    from performer.voice.mark.files import write_sound
    from performer.voice.mark.label import SoundLabel
    from performer.voice.mix.lay import lay
    from performer.voice.mix.take_out import take_out
    from performer.voice.mix.turn import TURNED_RATE, turn
    from performer.voice.style.style import Style
    from performer.voice.titles import song_title

    stage = f"{opened.card.name} sings"
    tell(stage, 0.0)
    mix = read_sound(song)
    if vocal is None:
        voiced, backing = _parted(mix)
        dry = voiced.mean(axis=1)
    else:
        dry = stem_beside(read_sound(vocal), mix, str(vocal))
        taken = take_out(mix.samples, dry, mix.rate)
        voiced, backing = taken.voice, taken.backing

    def share(what: str, done: float) -> None:
        first, part = _SHARES.get(what, (_TAKEN, 0.0))
        tell(stage, first + part * done)

    turned = turn(np.asarray(dry, np.float32), mix.rate, opened, Style(transpose="auto"), octaves_only=True, tell=share)
    tell(stage, 0.95)
    whole = lay(turned.parts, TURNED_RATE, Sound(voiced, mix.rate), Sound(backing, mix.rate))
    name = song_title(song)
    number = hashlib.sha256(whole.samples.tobytes()).hexdigest()[:16]
    card = opened.card
    label = SoundLabel(card.name, number, title=name.title, artist=name.artist, credit=card.credit, whole=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_sound(path, whole.samples, whole.rate, label)
    except OSError as error:
        raise SoundError(
            f"cannot keep the song in {path.parent} ({error.strerror or error}); make room there"
        ) from error
    _tidy(path.parent)
    tell(stage, 1.0)
    return path


def _parted(mix: Sound) -> tuple["NDArray[np.float32]", "NDArray[np.float32]"]:
    from motion.music.separate import separate
    from motion.music.separate_network import shipped_network

    try:
        network = shipped_network()
    except FileNotFoundError:
        raise SoundError(
            "this installation has no network that parts songs; give the song's voice alone with --vocal"
        ) from None
    parted = separate(mix.samples, network, mix.rate)
    return parted.voice, parted.backing


def _place(song: Path, vocal: Path | None, voice: Path, folder: Path) -> Path:
    digest = hashlib.sha256(f"{_RECIPE}".encode())
    for path in (song, vocal, voice):
        try:
            digest.update(b"-" if path is None else file_sha256(path).encode())
        except OSError as error:
            raise SoundError(f"cannot read {path}: {error.strerror or error}") from error
    # Ours is the writing of WAV; for the smaller one ffmpeg is needed.
    ending = ".flac" if shutil.which("ffmpeg") else ".wav"
    return folder / "covers" / f"{digest.hexdigest()[:20]}{ending}"


def _tidy(folder: Path) -> None:
    """The oldest go, beyond so many."""
    with suppress(OSError):
        kept = sorted((path for path in folder.iterdir() if path.suffix in (".flac", ".wav")), key=_used)
        for path in kept[:-_KEPT]:
            path.unlink(missing_ok=True)


def _used(path: Path) -> float:
    return path.stat().st_mtime
