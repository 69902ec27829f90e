"""The record page's server: one person, one page, one folder, on the loopback (a shell: HTTP, WebSocket, files).

The sound goes from the page to the session's folder and nowhere else. It listens on 127.0.0.1 only and asks for the
token that the command prints.
"""

import asyncio
import contextlib
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import soundfile
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from motion.errors import UserError
from performer.voice.record.desk import Desk
from performer.voice.record.guide import guide_tone
from performer.voice.record.session import RATE, Session
from stage.server.client import CLOSE_REFUSED
from stage.server.errors import ServerError
from stage.server.guard import Guard, role_of
from stage.server.serving import LOOPBACK, WebServer, built_pages, check_home, end_on_signals, listen_on
from stage.server.sign_in import sign_in_first, sign_in_route
from stage.server.tokens import Tokens, load_tokens, state_folder
from stage.server.voice_record_messages import (
    GuideDone,
    Open,
    ProblemMessage,
    decode_page_message,
    level_of,
    play_of,
    view_of,
)
from stage.wire.messages import Role

__all__ = ["CLOSE_TAKEN", "RecordDesk", "make_record_app", "serve_record"]

# Another page has taken over the recording.
CLOSE_TAKEN = 4409
_ROLE: Role = "performer"


class RecordDesk:
    """The recording that pages see, one page after another. start: line to begin with, from 1; None: the first open."""

    def __init__(self, session: Session, *, hush: bool = True, start: int | None = None) -> None:
        self.session = session
        self._hush = hush
        self._start = start
        self._line: WebSocket | None = None

    def desk(self, rate: int) -> Desk:
        """A desk for a microphone of that rate. Only the first one begins where the command said."""
        start, self._start = self._start, None
        return Desk(self.session, rate, hush=self._hush, start=start)

    async def take_over(self, line: WebSocket) -> None:
        """From now on `line` records; the page before it is told and let go."""
        before, self._line = self._line, line
        if before is not None:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await before.close(CLOSE_TAKEN, "another page records now")

    def leave(self, line: WebSocket) -> None:
        if self._line is line:
            self._line = None

    def records(self, line: WebSocket) -> bool:
        return self._line is line


def make_record_app(recording: RecordDesk, tokens: Tokens, pages: Path, hosts: frozenset[str] = LOOPBACK) -> Starlette:
    """The web side of one recording. pages: the built pages."""
    lines = {line.id: line for line in recording.session.script.lines}

    async def page(request: Request) -> Response:
        return FileResponse(pages / "record.html", headers={"cache-control": "no-cache"})

    async def home(request: Request) -> Response:
        return RedirectResponse("/record")

    def refusal(request: Request) -> Response | None:
        if role_of(request, tokens, _ROLE) != _ROLE:
            return sign_in_first("nichang voice record")
        if request.path_params["id"] not in lines:
            return PlainTextResponse("there is no such line\n", status_code=404)
        return None

    async def take(request: Request) -> Response:
        refused = refusal(request)
        if refused is not None:
            return refused
        path = recording.session.path(lines[request.path_params["id"]])
        if not path.is_file():
            return PlainTextResponse("this line has not been recorded yet\n", status_code=404)
        return FileResponse(path, media_type="audio/wav", headers={"cache-control": "no-store"})

    async def guide(request: Request) -> Response:
        refused = refusal(request)
        if refused is not None:
            return refused
        tone = guide_tone(lines[request.path_params["id"]].notes, RATE, recording.session.transpose)
        sound = io.BytesIO()
        soundfile.write(sound, tone, RATE, subtype="PCM_16", format="WAV")
        return Response(sound.getvalue(), media_type="audio/wav", headers={"cache-control": "no-store"})

    async def line(socket: WebSocket) -> None:
        allowed = role_of(socket, tokens, _ROLE) == _ROLE
        await socket.accept()
        if not allowed:
            await socket.close(CLOSE_REFUSED, "no valid token")
            return
        await recording.take_over(socket)
        try:
            await _listen(recording, socket)
        except (WebSocketDisconnect, RuntimeError):
            # It went while something was being said to it.
            pass
        finally:
            recording.leave(socket)

    return Starlette(
        routes=[
            Route("/", home),
            Route("/record", page),
            sign_in_route(tokens, (_ROLE,)),
            Route("/takes/{id:str}", take),
            Route("/guides/{id:str}", guide),
            WebSocketRoute("/record/line", line),
            Mount("/", StaticFiles(directory=pages)),
        ],
        middleware=[Middleware(Guard, hosts=hosts, tokens=tokens)],
    )


async def _listen(recording: RecordDesk, socket: WebSocket) -> None:
    """Hear one page until it goes. A take that runs when it goes is dropped: nobody has judged it."""
    desk: Desk | None = None
    while True:
        message = await socket.receive()
        if message["type"] != "websocket.receive" or not recording.records(socket):
            return
        try:
            data = message.get("bytes")
            if data is not None:
                if desk is None:
                    raise ServerError("say `open` with the microphone's rate before its sound")
                await _hear_sound(desk, data, socket)
                continue
            said = decode_page_message(message.get("text") or "")
            if isinstance(said, Open):
                desk = recording.desk(said.rate)
            elif desk is None:
                raise ServerError("say `open` with the microphone's rate first")
            elif isinstance(said, GuideDone):
                desk.guide_done()
            else:
                effect = desk.press(said.press)
                if effect is not None:
                    await _send(socket, play_of(effect, desk))
            await _send(socket, view_of(desk))
        except UserError as error:
            await _send(socket, ProblemMessage(str(error)))


async def _hear_sound(desk: Desk, data: bytes, socket: WebSocket) -> None:
    if len(data) % 4:
        raise ServerError("sound comes as float32: four bytes a sample")
    phase = desk.phase
    level = desk.feed(np.frombuffer(data, "<f4").astype(np.float32))
    await _send(socket, level_of(level, desk))
    if desk.phase != phase:
        await _send(socket, view_of(desk))


async def _send(socket: WebSocket, message: msgspec.Struct) -> None:
    await socket.send_text(msgspec.json.encode(message).decode())


def serve_record(
    session: Session,
    *,
    port: int = 0,
    hush: bool = True,
    start: int | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the record page until Ctrl-C or SIGTERM.

    Args:
        on_ready: called once with the address that opens the page (its token in the fragment).

    Raises:
        ServerError: the pages are not built, the port is taken, the home folder cannot be written to.
    """
    pages = built_pages("record")
    tokens = load_tokens(check_home(state_folder()))
    sock = listen_on("127.0.0.1", port)
    address = f"http://127.0.0.1:{int(sock.getsockname()[1])}/record#token={tokens.performer}"
    app = make_record_app(RecordDesk(session, hush=hush, start=start), tokens, pages)

    async def main() -> None:
        server = WebServer(app)
        end_on_signals(server.end)
        await server.run(sock, None if on_ready is None else partial(on_ready, address))

    try:
        asyncio.run(main())
    finally:
        sock.close()
