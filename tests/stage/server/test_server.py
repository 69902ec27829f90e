"""The server over real sockets: who is let in, what is given out, what a bad client does to the others."""

import asyncio
import contextlib
import json
import socket
from pathlib import Path

import httpx
import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from stage.server import app
from stage.server.client import CLOSE_SLOW
from stage.server.client_example import watch
from stage.server.errors import PortError
from stage.server.flood import MAX_MESSAGES, FloodGate
from stage.server.serving import listen_on
from stage.server.tokens import Tokens
from stage.wire import session
from stage.wire.codec import decode_frame
from stage.wire.session import MAX_UNACKED
from tests.stage.server.conftest import PATIENCE, Running, masked, raw_upgrade, running


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def next_of(line: ClientConnection, kind: str, seconds: float = PATIENCE) -> dict[str, object]:
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


async def frames(line: ClientConnection, count: int) -> list[bytes]:
    """The next frames, each acknowledged."""
    found: list[bytes] = []
    async with asyncio.timeout(PATIENCE):
        async for data in line:
            if isinstance(data, bytes):
                found.append(data)
                await acknowledge(line, data)
                if len(found) == count:
                    return found
    raise AssertionError("the line ended")


def frames_seen(address: str, token: str, more_than: int = 0) -> int:
    """How many frames the example client sees; it is given more time on a machine that needs it."""
    seen = 0
    for seconds in (1.0, 4.0, 16.0, 64.0):
        seen = asyncio.run(watch(address, token, seconds))
        if seen > more_than:
            break
    return seen


def test_pages_may_compile_web_assembly_and_no_text(server: Running) -> None:
    policy = httpx.get(f"{server.http}/stage", timeout=PATIENCE).headers["content-security-policy"]
    scripts = next(rule for rule in policy.split("; ") if rule.startswith("script-src")).split()
    assert set(scripts[1:]) == {"'self'", "'wasm-unsafe-eval'"}


def test_a_page_signs_in_and_gets_files_by_its_cookie(server: Running) -> None:
    with httpx.Client(base_url=server.http, headers={"Origin": server.http}, timeout=PATIENCE) as page:
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
    answer = httpx.get(f"{server.http}/stage", headers=headers, timeout=PATIENCE)
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
            else:
                raise AssertionError("the line ended before a frame came")
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
            async with asyncio.timeout(PATIENCE):
                while (await next_of(desk, "show_state"))["playing"]:
                    pass
            await desk.send(json.dumps({"type": "panic", "on": True}))
            assert (await next_of(seat, "transport"))["panic"] is True
            await desk.send(json.dumps({"type": "shot", "name": "nowhere"}))
            assert "there is no shot nowhere" in str((await next_of(desk, "problem"))["message"])

    asyncio.run(go())


def test_the_console_is_told_which_page_nobody_sees(server: Running) -> None:
    async def go() -> list[object]:
        told: list[object] = []
        async with (
            connect(server.ws, additional_headers=bearer(server.tokens.operator)) as desk,
            connect(server.ws, additional_headers=bearer(server.tokens.stage)) as stage,
        ):
            number = (await next_of(stage, "welcome"))["client"]
            for ack in ({"quality": "lite", "fps": 30.0}, {"quality": "lite", "fps": 30.0, "hidden": True}):
                await stage.send(json.dumps({"type": "ack", "sequence": 0, **ack}))
                wanted = "hidden" if "hidden" in ack else "lite"
                pages: dict[object, dict[str, object]] = {}
                while pages.get(number, {}).get("quality") != wanted:
                    clients = (await next_of(desk, "show_state"))["clients"]
                    pages = {client["client"]: client for client in clients}  # type: ignore[attr-defined]
                told.append(pages[number]["fps"])
        return told

    assert asyncio.run(go()) == [30.0, 0.0]


def test_a_pages_sound_is_measured_against_the_song_as_it_runs_now(server: Running) -> None:
    async def go() -> list[object]:
        async with (
            connect(server.ws, additional_headers=bearer(server.tokens.operator)) as desk,
            connect(server.ws, additional_headers=bearer(server.tokens.stage)) as stage,
        ):
            number = (await next_of(stage, "welcome"))["client"]

            async def measured(want: object) -> object:
                """The first offset that the console is told which is (not) None as wanted."""
                while True:
                    clients = (await next_of(desk, "show_state"))["clients"]
                    # What was told before the page had come does not name it.
                    for client in clients:  # type: ignore[attr-defined]
                        if client["client"] == number and (client["soundOffsetMs"] is None) == (want is None):
                            return client["soundOffsetMs"]

            async def report(late: float, after: dict[str, object], seconds: float) -> None:
                when = float(str(after["showTime"])) + seconds
                media = float(str(after["mediaTime"])) + seconds - late
                data = {"type": "audio_report", "song": 0, "mediaTime": media, "showTime": when}
                await stage.send(json.dumps(data))

            first = await next_of(stage, "transport")
            await report(0.030, first, 0.0)
            offsets = [await measured(0)]
            await desk.send(json.dumps({"type": "seek", "mediaTime": 10.0}))
            second = await next_of(stage, "transport")
            offsets.append(await measured(None))
            # Said before the seek, come after it: tells nothing. Of another song: nothing either.
            await report(0.0, second, -0.5)
            await stage.send(json.dumps({"type": "audio_report", "song": 7, "mediaTime": 1.0, "showTime": 1e6}))
            await report(0.012, second, 0.5)
            offsets.append(await measured(0))
            return offsets

    early, gone, late = asyncio.run(go())
    assert early == pytest.approx(-30.0, abs=0.2)
    assert gone is None
    assert late == pytest.approx(-12.0, abs=0.2)


def test_the_end_of_a_song_is_told_once(server: Running) -> None:
    async def go() -> list[object]:
        async with connect(server.ws, additional_headers=bearer(server.tokens.operator)) as desk:
            await next_of(desk, "transport")
            await desk.send(json.dumps({"type": "seek", "mediaTime": 19.7}))
            told: list[object] = []
            after = 0
            # Three seconds of the show's own reports after the end: time enough to say it again.
            async with asyncio.timeout(PATIENCE):
                async for data in desk:
                    if isinstance(data, bytes):
                        await acknowledge(desk, data)
                        continue
                    message = json.loads(data)
                    if message["type"] == "transport":
                        told.append(message["event"])
                    after += message["type"] == "show_state" and told[-1:] == ["end"]
                    if after == 30:
                        return told
        raise AssertionError("the line ended")

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


def test_too_large_a_message_ends_the_line(server: Running) -> None:
    async def go() -> None:
        async with connect(server.ws, additional_headers=bearer(server.tokens.viewer)) as line:
            with pytest.raises(ConnectionClosed):
                await line.send("x" * 70_000)
                await next_of(line, "never")

    asyncio.run(go())


def test_a_flood_ends_the_line(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Window and patience are made an hour: a flood however slow this machine is, and no other reason to be cut off."""
    monkeypatch.setattr(app, "FloodGate", lambda: FloodGate(window=3600.0))
    monkeypatch.setattr(session, "QUIET_SECONDS", 3600.0)
    ping = masked('{"type":"ping","clientTime":0}')
    with contextlib.closing(raw_upgrade(server.port, server.tokens.viewer)) as sock:
        came = b""

        def read_until(what: bytes, count: int) -> None:
            nonlocal came
            while came.count(what) < count:
                data = sock.recv(65_536)
                assert data, "the line ended too early"
                came += data

        # Nobody may speak before the handshake is answered.
        read_until(b"\r\n\r\n", 1)
        sock.sendall(ping * MAX_MESSAGES)
        read_until(b'"pong"', MAX_MESSAGES)
        sock.sendall(ping * 100)
        read_until(b"\x88\x02" + CLOSE_SLOW.to_bytes(2, "big"), 1)
        assert came.count(b'"pong"') == MAX_MESSAGES


def test_a_client_that_never_reads_changes_nothing_for_the_others(server: Running) -> None:
    async def go() -> list[bytes]:
        async with connect(server.ws, additional_headers=bearer(server.tokens.viewer)) as line:
            own = {(await next_of(line, "welcome"))["client"]}
            deaf = [raw_upgrade(server.port, server.tokens.viewer) for _ in range(3)]
            try:
                async with asyncio.timeout(PATIENCE):
                    while len(server.show.clients) < 4:
                        await frames(line, 1)
                got = await frames(line, 180)
                others = [client for number, client in server.show.clients.items() if number not in own]
                assert [client.session.counts.sent for client in others] == [MAX_UNACKED] * 3
                assert all(client.session.counts.skipped > 100 for client in others)
            finally:
                for sock in deaf:
                    sock.close()
            return got

    got = asyncio.run(go())
    sequences = [int.from_bytes(data[4:8], "little") for data in got]
    # In order, and far more than the six that one gets who is not heard.
    assert (np.diff(sequences) > 0).all()


def test_a_page_finds_back_after_a_restart(home: object, tokens: Tokens) -> None:
    with running(home, tokens) as first:  # type: ignore[arg-type]
        port = first.port
        assert frames_seen(first.ws, tokens.viewer) > 0
    with running(home, tokens, port) as second:  # type: ignore[arg-type]
        assert frames_seen(second.ws, tokens.viewer) > 0


def test_the_example_client_counts_frames(server: Running, capsys: pytest.CaptureFixture[str]) -> None:
    # Without acknowledgements it would be six.
    assert frames_seen(server.ws, server.tokens.viewer, more_than=MAX_UNACKED) > MAX_UNACKED
    assert "hips" in capsys.readouterr().out


def test_a_song_dropped_twice_is_one_song(server: Running) -> None:
    made = server.show.programme.setlist[0].source.path.read_bytes()
    with httpx.Client(base_url=server.http, headers={"Origin": server.http}, timeout=PATIENCE) as page:
        page.post("/auth", json={"token": server.tokens.operator})
        first = page.post("/songs?name=mine.wav", content=made)
        again = page.post("/songs?name=mine.wav", content=made)
        assert first.json() == again.json() == {"id": "mine"}
        assert page.get("/files/song/mine").content == made
        assert page.get("/files/song/none").status_code == 404


def test_a_dropped_song_is_sung_by_the_show_s_voice(home: Path, tokens: Tokens) -> None:
    with running(home, tokens, cover="qingling") as here:
        made = here.show.programme.setlist[0].source.path.read_bytes()
        with httpx.Client(base_url=here.http, headers={"Origin": here.http}, timeout=PATIENCE) as page:
            page.post("/auth", json={"token": tokens.operator})
            assert page.post("/songs?name=mine.wav", content=made).json() == {"id": "mine"}
        source = here.show.programme.setlist.find("mine").source
        assert source.voice == "qingling"
        assert source.credits[-1].startswith("歌声 Voice · ")


def test_a_frame_behind_a_message_does_not_wait() -> None:
    listening = listen_on("127.0.0.1", 0)
    listening.setblocking(True)
    try:
        with socket.create_connection(listening.getsockname(), PATIENCE):
            line, _ = listening.accept()
            line.setblocking(False)

            async def sends_at_once() -> int:
                _, writer = await asyncio.open_connection(sock=line)
                taken = writer.get_extra_info("socket")
                found = taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                writer.close()
                return int(found)

            assert asyncio.run(sends_at_once())
    finally:
        listening.close()


def test_a_port_in_use_is_said_in_a_sentence() -> None:
    taken = listen_on("127.0.0.1", 0)
    try:
        with pytest.raises(PortError, match="choose another with --port"):
            listen_on("127.0.0.1", taken.getsockname()[1])
    finally:
        taken.close()
