"""Runs the worker for one song after another and reports how far it is (a shell: processes)."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from stage.server.errors import SongError
from stage.server.songs import SongSource

__all__ = ["run_worker"]


async def run_worker(
    source: SongSource, avatar: Path, folder: Path, tell: Callable[[float, str], None], *, hurry: bool = False
) -> None:
    """Prepare `source` in another process into `folder`; `tell(share, what)` is called on the way.

    hurry: somebody waits for just this song; else it steps aside for the song that is played.

    Raises:
        SongError: in the worker's own words.
    """
    request = {
        "id": source.id,
        "path": str(source.path.resolve()),
        "vocal": None if source.vocal is None else str(source.vocal.resolve()),
        "lyrics": None if source.lyrics is None else str(source.lyrics.resolve()),
        "title": source.title,
        "artist": source.artist,
        "seed": source.seed,
        "own_moves_only": source.own_moves_only,
        "hear": source.hear,
        "song_map": None if source.song_map is None else str(source.song_map),
        "voice": source.voice,
        "avatar": str(avatar.resolve()),
        "hurry": hurry,
        # Named here: an engine that is edited meanwhile must not make the worker look elsewhere.
        "folder": str(folder),
    }
    try:
        with tempfile.TemporaryDirectory(prefix="nichang-") as scratch:
            path = Path(scratch) / "request.json"
            path.write_text(json.dumps(request))
            why, done = await _follow(path, tell)
    except OSError as error:
        raise SongError(f"{source.title}: preparing it could not begin ({error.strerror or error})") from error
    if not done:
        raise SongError(
            why if why else f"{source.title}: preparing it failed; run nichang doctor to see what is missing"
        )


async def _follow(request: Path, tell: Callable[[float, str], None]) -> tuple[str, bool]:
    """The worker's life: what it said went wrong, and whether it finished."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stage.server.worker", str(request)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # A Ctrl-C in the terminal is the server's to handle; it ends the worker below.
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    why, done = "", False
    try:
        async for line in process.stdout:
            with suppress(ValueError):
                said = json.loads(line)
                why = said.get("error", why)
                done = said.get("done", done)
                if "share" in said:
                    tell(float(said["share"]), str(said["what"]))
        await process.wait()
    finally:
        if process.returncode is None:
            # Its own children too, an ffmpeg that reads for it.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    trace = (await errors).decode(errors="replace").strip().splitlines()
    if not done and not why and trace:
        why = f"preparing the song failed ({trace[-1]})"
    return why, done
