"""The voice of a bench: the one that was asked for, the first built-in one, or the tests' random networks."""

from pathlib import Path

from performer.voice.convert.voice_file import read_voice_file, write_voice_file
from performer.voice.library import find_voice, voice_names
from tests.performer.voice.convert.made import made_voice

__all__ = ["bench_voice"]


def bench_voice(asked: str | None, folder: Path) -> tuple[str, str]:
    """(path of a .voice file, what it is called). folder: for one that has to be written."""
    if asked or voice_names():
        path = find_voice(asked or voice_names()[0])
        return str(path.absolute()), read_voice_file(path).card.name
    path = folder / "made.voice"
    write_voice_file(path, made_voice())
    return str(path), "random networks of the tests"
