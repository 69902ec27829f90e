"""`nichang separate`: a song becomes voice.wav and backing.wav. Parses, calls the library, prints."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motion.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from motion.music.separate import Parted
    from performer.voice.sound import SoundReader

__all__ = ["app", "write_parted"]

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")

VOICE, BACKING = "voice.wav", "backing.wav"
# Blocks that may wait for the second file: it is written beside the first.
_WAITING = 4


class SeparateError(UserError):
    """A wrong use of the command; the message says what to give instead."""


class _Second:
    """Writes one file in a thread of its own while the other is written here, so that nothing is parted twice."""

    def __init__(self, path: Path, reader: "SoundReader") -> None:
        self._blocks: queue.Queue[NDArray[np.float32] | None] = queue.Queue(_WAITING)
        self._path, self._reader = path, reader
        self.failed: Exception | None = None
        self._ended = False
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def _write(self) -> None:
        from performer.voice.sound import write_wav_blocks

        try:
            write_wav_blocks(self._path, self._reader.rate, self._reader.channels, self._given())
        except Exception as error:
            self.failed = error
            # Told by whoever feeds, who must not wait for a reader that is gone.
            while not self._ended:
                self._ended = self._blocks.get() is None

    def _given(self) -> "Iterator[NDArray[np.float32]]":
        while (block := self._blocks.get()) is not None:
            yield block
        self._ended = True

    def feed(self, block: "NDArray[np.float32]") -> None:
        self._blocks.put(block)

    def finish(self) -> None:
        self._blocks.put(None)
        self._thread.join()


def write_parted(reader: "SoundReader", parts: "Iterator[Parted]", folder: Path) -> None:
    """Both files whole, or neither."""
    from performer.voice.sound import write_wav_blocks

    second = _Second(folder / BACKING, reader)

    def voices() -> "Iterator[NDArray[np.float32]]":
        for part in parts:
            second.feed(part.backing)
            if second.failed:
                raise second.failed
            yield part.voice

    done = False
    try:
        write_wav_blocks(folder / VOICE, reader.rate, reader.channels, voices())
        done = True
    finally:
        second.finish()
        if not done or second.failed:
            for name in (VOICE, BACKING):
                with suppress(OSError):
                    (folder / name).unlink(missing_ok=True)
    if second.failed:
        raise second.failed


@app.command(no_args_is_help=True)
def separate(
    song: Annotated[Path, typer.Argument(help="A mix: WAV, FLAC, OGG, Opus, MP3, M4A.", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for voice.wav and backing.wav; made if missing.")],
    threads: Annotated[int, typer.Option(min=1, max=64, help="Processor cores to use.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a sentence.")] = False,
) -> None:
    """Part a song into its voice and its accompaniment; added up, the two files are the song again.

    A small network of our own does it; other instruments that sing (flute, violin, lead guitar) may leak into the
    voice. Where you have the stems, use those instead.

    Example: nichang separate song.mp3 -o stems
    """
    from motion.music.separate import parted_blocks
    from motion.music.separate_network import shipped_network
    from performer.voice.sound import open_sound

    reader = open_sound(song)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SeparateError(f"cannot make the folder {out}: {error.strerror or error}; name another with -o") from error
    for name in (VOICE, BACKING):
        if (out / name).exists() and song.samefile(out / name):
            raise SeparateError(f"{song} would be overwritten; name another folder with -o")
    parts = parted_blocks(reader.blocks(), shipped_network(threads), reader.rate, reader.channels)
    write_parted(reader, parts, out)
    if as_json:
        print(json.dumps({"voice": str(out / VOICE), "backing": str(out / BACKING), "rate": reader.rate}))
    else:
        print(f"{song.name}: the voice is in {out / VOICE}, the accompaniment in {out / BACKING}.")
