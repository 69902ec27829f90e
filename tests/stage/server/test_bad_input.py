"""What goes wrong around a show: each a sentence that says what to do, and the show goes on."""

import asyncio
import errno
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from performer.avatar.presets import avatar_path
from stage.server import dropped, worker
from stage.server.client import CLOSE_REFUSED
from stage.server.dropped import DropError, keep_dropped
from stage.server.errors import DamagedCache, ServerError, SongError, no_room
from stage.server.preparing import run_worker
from stage.server.serving import check_home
from stage.server.songs import cache_of, find_song, forget, heard_words_of, load_performance, prepared_seconds, store
from tests.stage.server.conftest import Running, made_performance, made_source
from tests.stage.server.test_server import bearer, frames_seen, next_of


def wav(seconds: float, rate: int = 8000, level: float = 0.2) -> bytes:
    """A WAV file by hand: 16 bit, one channel."""
    t = np.arange(round(seconds * rate)) / rate
    data = (level * 32767 * np.sin(2 * np.pi * 220 * t)).astype("<i2").tobytes()
    head = b"RIFF" + (36 + len(data)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += (1).to_bytes(2, "little") * 2 + rate.to_bytes(4, "little") + (2 * rate).to_bytes(4, "little")
    return (
        head + (2).to_bytes(2, "little") + (16).to_bytes(2, "little") + b"data" + len(data).to_bytes(4, "little") + data
    )


async def blocks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def drop(folder: Path, name: str, *parts: bytes) -> Path:
    return asyncio.run(keep_dropped(name, blocks(*parts), folder))


@pytest.mark.parametrize(
    ("name", "data", "status", "why"),
    [
        ("", b"x", 400, "no name"),
        ("../..", b"x", 400, "no name"),
        ("song.mp3", b"this is not sound", 415, "song.mp3 is not a sound file"),
        ("song.wav", b"", 415, "song.wav is empty"),
    ],
)
def test_a_dropped_file_that_is_no_song_leaves_nothing(
    tmp_path: Path, name: str, data: bytes, status: int, why: str
) -> None:
    with pytest.raises(DropError, match=why) as caught:
        drop(tmp_path, name, data)
    assert caught.value.status == status
    assert str(tmp_path) not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_too_much_is_refused_before_it_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropped, "MAX_SONG_BYTES", 1_000_000)
    with pytest.raises(DropError, match="larger than 1 MB"):
        drop(tmp_path, "a.wav", b"x" * 600_000, b"x" * 600_000)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_upload_leaves_nothing(tmp_path: Path) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield b"RIFF"
        raise ConnectionResetError(errno.ECONNRESET, "gone")

    with pytest.raises(DropError):
        asyncio.run(keep_dropped("a.wav", breaks(), tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_the_place_of_a_dropped_file_is_named_by_its_bytes(tmp_path: Path) -> None:
    one = drop(tmp_path, "a/b\\../x y.wav", wav(1.0))
    again = drop(tmp_path, "a/b\\../x y.wav", wav(1.0))
    other = drop(tmp_path, "a/b\\../x y.wav", wav(1.5))
    assert one == again
    assert one != other
    assert one.read_bytes() == wav(1.0)
    assert one.parent.parent == tmp_path
    # The longest name that a file system takes, in letters of four bytes.
    assert drop(tmp_path, "\N{CJK UNIFIED IDEOGRAPH-20000}" * 250 + ".wav", wav(1.0)).exists()


def test_a_full_disk_is_said_with_what_to_do() -> None:
    full = no_room(OSError(errno.ENOSPC, "No space left on device"), Path("/cache"))
    assert "free some" in full
    assert "NICHANG_HOME" in full
    closed = no_room(OSError(errno.EACCES, "Permission denied"), Path("/cache"))
    assert "cannot write to /cache (Permission denied)" in closed


def test_a_home_that_cannot_be_written_to_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ServerError, match="set NICHANG_HOME to a folder that can be written to"):
        check_home(tmp_path / "file" / "home")
    assert list(check_home(tmp_path / "new").iterdir()) == []


def test_a_disk_that_fills_up_while_a_song_is_stored_leaves_room_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = made_source(home)
    folder = cache_of(source)
    store(folder, made_performance())
    heard_words_of(folder).write_text("[00:01.00]la\n")
    save = np.save

    def fills_up(path: Path, array: np.ndarray) -> None:
        save(path, array)
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(np, "save", fills_up)
    with pytest.raises(OSError, match="No space"):
        store(folder, made_performance())
    assert prepared_seconds(folder) is None
    # Words that a person may have corrected stay.
    assert [path.name for path in folder.iterdir()] == ["lyrics.lrc"]

    monkeypatch.setattr(worker, "prepare", lambda *_, **__: made_performance())
    with pytest.raises(SongError, match=r"Made: no room is left for .* free some"):
        worker.prepare_song(source, avatar_path("mannequin"), folder)


@pytest.mark.parametrize("name", ["face.npz", "rotations.npy", "exact.json", "plan.json", "contacts.npy"])
@pytest.mark.parametrize("how", ["cut off", "emptied", "gone", "another's"])
def test_a_damaged_cache_is_known_as_one(home: Path, name: str, how: str) -> None:
    source = made_source(home)
    folder = cache_of(source)
    store(folder, made_performance())
    assert load_performance(source, folder, ()).frames == 1200
    path = folder / name
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "another's":
        other = home / "other"
        store(other, made_performance(4.0))
        # A plan of another song is as good a plan; lengths tell the rest.
        path.write_bytes(b"{}" if name == "plan.json" else (other / name).read_bytes())
    else:
        path.write_bytes(data[: len(data) // 2] if how == "cut off" else b"")
    with pytest.raises(DamagedCache, match="what was prepared is damaged"):
        load_performance(source, folder, ())
    forget(folder)
    assert prepared_seconds(folder) is None


def test_a_song_that_has_gone_is_said(home: Path) -> None:
    source = made_source(home)
    source.path.unlink()
    with pytest.raises(SongError, match="cannot read"):
        cache_of(source)


def test_a_worker_that_dies_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = made_source(home)
    monkeypatch.setattr("sys.executable", str(home / "no-python"))
    with pytest.raises(SongError, match="could not begin"):
        asyncio.run(run_worker(source, home, home / "cache", lambda share, what: None))


def test_a_page_with_a_wrong_cookie_is_sent_away_for_good(server: Running) -> None:
    async def go() -> int:
        headers = {"Cookie": "nichang_stage=guessed"}
        async with connect(server.ws + "?role=stage", origin=server.http, additional_headers=headers) as line:  # type: ignore[arg-type]
            with pytest.raises(ConnectionClosed) as caught:
                await line.recv()
        assert caught.value.rcvd is not None
        return caught.value.rcvd.code

    assert asyncio.run(go()) == CLOSE_REFUSED


def test_after_bad_files_the_show_goes_on(server: Running) -> None:
    with httpx.Client(base_url=server.http, headers={"Origin": server.http}, timeout=120.0) as page:
        page.post("/auth", json={"token": server.tokens.operator})
        assert page.post("/songs?name=", content=b"x").status_code == 400
        answer = page.post("/songs?name=../../not%20sound.wav", content=b"this is not sound")
        assert (answer.status_code, "not sound.wav is not a sound file" in answer.json()["error"]) == (415, True)
        # Its header is right; that it is too short is found by whoever reads it.
        short = page.post("/songs?name=short.wav", content=wav(0.2))
        assert short.status_code == 200

    async def go() -> dict[str, object]:
        async with connect(server.ws, additional_headers=bearer(server.tokens.operator)) as line:
            while True:
                songs = (await next_of(line, "song_list"))["songs"]
                added = [s for s in songs if s["id"] == short.json()["id"]]  # type: ignore[attr-defined]
                if added and added[0]["state"] == "failed":
                    await line.send(json.dumps({"type": "select", "id": short.json()["id"]}))
                    while "at least" not in str((await next_of(line, "problem"))["message"]):
                        pass
                    return added[0]

    assert "at least" in str(asyncio.run(go())["note"])
    assert frames_seen(server.ws, server.tokens.viewer) > 0


def test_a_song_whose_stem_or_words_are_missing_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav(1.0))
    with pytest.raises(SongError, match="no vocal stem"):
        find_song("a.wav", base=tmp_path, vocal="v.wav")
    with pytest.raises(SongError, match="no lyrics file"):
        find_song("a.wav", base=tmp_path, lyrics="w.lrc")
