"""Where the built-in voices lie, and how a name or a path from the user becomes a voice (a shell)."""

from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

from motion.errors import UserError, names_and_nearest
from performer.voice.consent import ConsentError, Use, parse_consent
from performer.voice.convert.voice_file import VoiceFile, read_voice_file

__all__ = ["find_voice", "open_voice", "own_content", "voice_names"]

_ENDING = ".voice"
_LARGEST_KEPT = 60_000_000


def _folder() -> Path:
    return Path(str(resources.files("presets"))) / "voices"


def voice_names() -> tuple[str, ...]:
    """Names of the built-in voices, sorted."""
    return tuple(sorted(path.stem for path in _folder().glob(f"*/*{_ENDING}")))


def find_voice(name_or_path: str | Path) -> Path:
    """The file that a built-in name or a path means.

    Raises:
        UserError: neither a built-in voice nor a file.
    """
    # As a card writes it will do: Hitsuboku Kumi is hitsuboku-kumi.
    name = str(name_or_path)
    plain = name.strip().lower().replace(" ", "-")
    if plain in voice_names():
        return _folder() / plain / f"{plain}{_ENDING}"
    path = Path(name_or_path).expanduser()
    if path.exists():
        return path
    nearest = names_and_nearest(plain, voice_names())
    raise UserError(f"there is no voice '{name}': give a .voice file or a built-in name {nearest}")


@dataclass(frozen=True, slots=True)
class _Kept:
    """The voice that was read last, and by what its file would show that it is another."""

    stamp: tuple[Path, int, int, int]
    voice: VoiceFile


_last: list[_Kept] = []


def _read(path: Path) -> VoiceFile:
    """As `read_voice_file`. A command asks for one voice by turns: to check it, to name it, to sing with it."""
    try:
        stat = path.stat()
        stamp = path.resolve(), stat.st_ino, stat.st_size, stat.st_mtime_ns
    except OSError:
        return read_voice_file(path)
    # A copy of the list, since shows make covers in threads.
    for kept in tuple(_last):
        if kept.stamp == stamp:
            return kept.voice
    voice = read_voice_file(path)
    # Models of other projects may have a gigabyte; they are not held beside what is made of them.
    _last[:] = [_Kept(stamp, voice)] if stat.st_size <= _LARGEST_KEPT else []
    return voice


def own_content() -> bytes | None:
    """The network of the built-in voices that hears what is said, as ONNX; None where there are no such voices."""
    name = next(iter(voice_names()), None)
    return None if name is None else _read(find_voice(name)).members["content.onnx"]


def open_voice(name_or_path: str | Path, use: Use | None = None) -> VoiceFile:
    """Found, read and checked. use: what for; a voice that belongs to nobody may be used for everything.

    Asked for again while its file is the same, it is not read again; consent and day are looked at each time.

    Raises:
        UserError: not there, damaged, newer, of another kind.
        ConsentError: the person did not allow that use, or not today.
    """
    voice = _read(find_voice(name_or_path))
    if use is not None and voice.card.kind != "designed":
        name = voice.card.name
        if not voice.consent:
            raise ConsentError(f"the voice {name} carries no consent; make it anew with the consent of its person")
        if refusal := parse_consent(voice.consent, f"the consent in {name}").allows(use, date.today()):
            raise ConsentError(refusal)
    return voice
