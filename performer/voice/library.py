"""Where the built-in voices lie, and how a name or a path from the user becomes a voice (a shell)."""

from datetime import date
from importlib import resources
from pathlib import Path

from motion.errors import UserError, names_and_nearest
from performer.voice.consent import ConsentError, Use, parse_consent
from performer.voice.convert.voice_file import VoiceFile, read_voice_file

__all__ = ["find_voice", "open_voice", "own_content", "voice_names"]

_ENDING = ".voice"


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


def own_content() -> bytes | None:
    """The network of the built-in voices that hears what is said, as ONNX; None where there are no such voices."""
    name = next(iter(voice_names()), None)
    return None if name is None else read_voice_file(find_voice(name)).members["content.onnx"]


def open_voice(name_or_path: str | Path, use: Use | None = None) -> VoiceFile:
    """Found, read and checked. use: what for; a voice that belongs to nobody may be used for everything.

    Raises:
        UserError: not there, damaged, newer, of another kind.
        ConsentError: the person did not allow that use, or not today.
    """
    voice = read_voice_file(find_voice(name_or_path))
    if use is not None and voice.card.kind != "designed":
        name = voice.card.name
        if not voice.consent:
            raise ConsentError(f"the voice {name} carries no consent; make it anew with the consent of its person")
        if refusal := parse_consent(voice.consent, f"the consent in {name}").allows(use, date.today()):
            raise ConsentError(refusal)
    return voice
