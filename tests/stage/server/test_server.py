"""The server over real sockets: who is let in, what is given out, what a bad client does to the others."""

import asyncio
import contextlib
import json
import time

import httpx
import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from stage.server.app import MAX_MESSAGES
from stage.server.client_example import watch
from stage.server.errors import PortError
from stage.server.run import listen_on
from stage.server.tokens import Tokens
from stage.wire.codec import decode_frame
from tests.stage.server.conftest import Running, raw_upgrade, running


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def next_of(line: ClientConnection, kind: str, seconds: float = 5.0) -> dict[str, object]:
    """The next control message of that kind; frames on the way are acknowledged."""
    async with asyncio.timeout(seconds):
        async for data in line:
            if isinstance(data, str):
                message = json.loads(data)
                if message["type"] == kind:
                    return message
            else:
                await acknowledge(line, data)
    raise AssertionError(f"no {kind} came")


async def acknowledge(line: ClientConnection, data: bytes) -> None:
    await line.send(json.dumps({"type": "ack", "sequence": int.from_bytes(data[4:8], "little")}))


async def frames(line: ClientConnection, count: int) -> list[tuple[float, bytes]]:
    """Frames with their arrival times, each acknowledged."""
    found: list[tuple[float, bytes]] = []
    async with asyncio.timeout(30):
        async for data in line:
            if isinstance(data, bytes):
                found.append((time.monotonic(), data))
                await acknowledge(line, data)
                if len(found) == count:
                    return found
    raise AssertionError("the line ended")


def test_a_page_signs_in_and_gets_files_by_its_cookie(server: Running) -> None:
    with httpx.Client(base_url=server.http, headers={"Origin": server.http}) as page:
        assert page.get("/stage").status_code == 200
        assert page.get("/files/avatar/0").status_code == 401
        assert page.post("/auth", json={"token": "wrong"}).status_code == 401
        answer = page.post("/auth", json={"token": server.tokens.stage})
        assert answer.json() == {"role": "stage"}
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()
        assert page.get("/files/avatar/0").content[:4] == b"glTF"
        part = page.get("/files/song/made", headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"RIFF")
        assert page.post("/songs?name=a.wav", content=b"x").status_code == 401


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Host": "evil.example"}, "not called by that name"),
        ({"Origin": "http://evil.example"}, "other sites"),
    ],
)
def test_foreign_names_and_sites_are_refused(server: Running, headers: dict[str, str], why: str) -> None:
    answer = httpx.get(f"{server.http}/stage", headers=headers)
    assert answer.status_code == 403
    assert why in answer.text


def test_a_line_without_origin_needs_a_token(server: Running) -> None:
    async def go() -> None:
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            async with connect(server.ws) as line:
                await line.recv()
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            async with connect(server.ws, additional_headers=bearer("wrong")) as line:
                await line.recv()

    asyncio.run(go())


def test_frames_come_with_their_tables_first(server: Running) -> None:
    async def go() -> None:
        async with connect(server.ws, additional_headers=bearer(server.tokens.viewer)) as line:
            kinds, weights = [], {}
            async for data in line:
                if isinstance(data, bytes):
                    frame = decode_frame(data, weights)
                    break
                message = json.loads(data)
                kinds.append(message["type"])
                if message["type"] == "avatar_table":
                    weights[message["number"]] = len(message["expressions"])
            assert kinds[:2] == ["welcome", "avatar_table"]
            assert "song_info" in kinds
            assert len(frame.performers) == 1
            assert np.isfinite(frame.performers[0].rotations).all()

    asyncio.run(go())


def test_the_operator_runs_the_show_and_a_viewer_may_not(server: Running) -> None:
    async def go() -> None:
        async with (
            connect(server.ws, additional_headers=bearer(server.tokens.operator)) as desk,
            connect(server.ws, additional_headers=bearer(server.tokens.viewer)) as seat,
        ):
            await next_of(desk, "transport")
            await next_of(seat, "transport")
            await seat.send(json.dumps({"type": "pause"}))
            assert "may not run the show" in str((await next_of(seat, "problem"))["message"])
            await desk.send(json.dumps({"type": "seek", "mediaTime": 10.0}))
            told = await next_of(seat, "transport")
            assert told["event"] == "seek"
            assert told["mediaTime"] == pytest.approx(10.0)
            await desk.send(json.dumps({"type": "pause"}))
            assert (await next_of(seat, "transport"))["playing"] is False
            # Reports from before the press may still be under way.
            reports = [await next_of(desk, "show_state") for _ in range(30)]
            assert reports[-1]["playing"] is False
            await desk.send(json.dumps({"type": "panic", "on": True}))
            assert (await next_of(seat, "transport"))["panic"] is True
            await desk.send(json.dumps({"type": "shot", "name": "nowhere"}))
            assert "there is no shot nowhere" in str((await next_of(desk, "problem"))["message"])

    asyncio.run(go())


def test_the_end_of_a_song_is_told_once(server: Running) -> None:
    async def go() -> list[object]:
        async with connect(server.ws, additional_headers=bearer(server.tokens.operator)) as desk:
            await next_of(desk, "transport")
            await desk.send(json.dumps({"type": "seek", "mediaTime": 19.7}))
            told: list[object] = []
            with contextlib.suppress(TimeoutError):
                while True:
                    told.append((await next_of(desk, "transport", 2.0))["event"])
            return told

    assert asyncio.run(go()) == ["seek", "end"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"type":"fly"}', '{"type":"seek"}', '{"type":"seek","mediaTime":"x"}']
)
def test_garbage_is_answered_in_a_sentence(server: Running, text: str) -> None:
    async def go() -> None:
        async with connect(server.ws, additional_headers=bearer(server.tokens.operator)) as line:
            await line.send(text)
            assert "not a message" in str((await next_of(line, "problem"))["message"])
            await line.send(b"\x00\x01")
            assert "binary" in str((await next_of(line, "problem"))["message"])

    asyncio.run(go())


def test_too_large_a_message_and_a_flood_end_the_line(server: Running) -> None:
    async def go() -> None:
        async with connect(server.ws, additional_headers=bearer(server.tokens.viewer)) as line:
            with pytest.raises(ConnectionClosed):
                await line.send("x" * 70_000)
                await next_of(line, "never")
        async with connect(server.ws, additional_headers=bearer(server.tokens.viewer)) as line:
            with pytest.raises(ConnectionClosed):
                for _ in range(MAX_MESSAGES + 50):
                    await line.send('{"type":"ping","clientTime":0}')
                await next_of(line, "never")

    asyncio.run(go())


def test_a_client_that_never_reads_changes_nothing_for_the_others(server: Running) -> None:
    async def go() -> tuple[list[float], int]:
        deaf = [raw_upgrade(server.port, server.tokens.viewer) for _ in range(3)]
        try:
            async with connect(server.ws, additional_headers=bearer(server.tokens.viewer)) as line:
                got = await frames(line, 180)
        finally:
            for sock in deaf:
                sock.close()
        sequences = [int.from_bytes(data[4:8], "little") for _, data in got]
        return list(np.diff(sequences)), len(got)

    steps, count = asyncio.run(go())
    assert count == 180
    # Every frame came: none was left out for the one that listens.
    assert float(np.mean(np.array(steps) == 1)) > 0.95


def test_a_page_finds_back_after_a_restart(home: object, tokens: Tokens) -> None:
    with running(home, tokens) as first:  # type: ignore[arg-type]
        port = first.port
        assert asyncio.run(watch(first.ws, tokens.viewer, 0.5)) > 0
    with running(home, tokens, port) as second:  # type: ignore[arg-type]
        assert asyncio.run(watch(second.ws, tokens.viewer, 0.5)) > 0


def test_the_example_client_counts_frames(server: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert asyncio.run(watch(server.ws, server.tokens.viewer, 1.5)) > 60
    assert "hips" in capsys.readouterr().out


def test_a_dropped_file_joins_the_list(server: Running) -> None:
    with httpx.Client(base_url=server.http, headers={"Origin": server.http}) as page:
        page.post("/auth", json={"token": server.tokens.operator})
        assert page.post("/songs?name=", content=b"x").status_code == 400
        answer = page.post("/songs?name=../../not%20sound.wav", content=b"this is not sound")
        assert answer.status_code == 200

    async def go() -> dict[str, object]:
        async with connect(server.ws, additional_headers=bearer(server.tokens.operator)) as line:
            while True:
                songs = (await next_of(line, "song_list", 40))["songs"]
                added = [s for s in songs if s["id"] == answer.json()["id"]]  # type: ignore[attr-defined]
                if added and added[0]["state"] == "failed":
                    return added[0]

    failed = asyncio.run(go())
    assert "not a sound file" in str(failed["note"])


def test_a_port_in_use_is_said_in_a_sentence() -> None:
    taken = listen_on("127.0.0.1", 0)
    try:
        with pytest.raises(PortError, match="choose another with --port"):
            listen_on("127.0.0.1", taken.getsockname()[1])
    finally:
        taken.close()
