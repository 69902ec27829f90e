"""The record page's server: one person, one page, one folder, on the loopback (a shell: HTTP, WebSocket, files).

The sound goes from the page to the session's folder and nowhere else. It listens on 127.0.0.1 only and asks for the
token that the command prints.
"""

import asyncio
import contextlib
import io
import signal
from collections.abc import Callable, Generator
from pathlib import Path

import msgspec
import numpy as np
import soundfile
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from motion.errors import UserError
from performer.voice.record.desk import Desk
from performer.voice.record.guide import guide_tone
from performer.voice.record.session import RATE, Session
from stage.server.client import CLOSE_REFUSED
from stage.server.errors import ServerError
from stage.server.guard import Guard, cookie_name, role_of
from stage.server.run import MAX_MESSAGE_BYTES, built_pages, check_home, listen_on
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

__all__ = ["CLOSE_TAKEN", "RecordDesk", "make_record_app", "serve_record"]

_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
# Another page has taken over the recording.
CLOSE_TAKEN = 4409
_ROLE = "performer"


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


class _SignIn(msgspec.Struct):
    token: str


def make_record_app(recording: RecordDesk, tokens: Tokens, pages: Path, hosts: frozenset[str] = _HOSTS) -> Starlette:
    """The web side of one recording. pages: the built pages."""
    lines = {line.id: line for line in recording.session.script.lines}

    async def page(request: Request) -> Response:
        return FileResponse(pages / "record.html", headers={"cache-control": "no-cache"})

    async def home(request: Request) -> Response:
        return RedirectResponse("/record")

    async def sign_in(request: Request) -> Response:
        body = await request.body()
        try:
            role = tokens.role(msgspec.json.decode(body[:1000], type=_SignIn).token)
        except msgspec.DecodeError:
            role = None
        if role != _ROLE:
            # Guessing is slow, whoever asks.
            await asyncio.sleep(0.5)
            return JSONResponse({"error": "this token opens nothing here"}, status_code=401)
        answer = JSONResponse({"role": role})
        answer.set_cookie(cookie_name(_ROLE), tokens.performer, httponly=True, samesite="strict", max_age=30 * 86_400)
        return answer

    def refusal(request: Request) -> Response | None:
        if role_of(request, tokens, _ROLE) != _ROLE:
            said = "sign in first: open the page by the address that nichang voice record prints\n"
            return PlainTextResponse(said, status_code=401)
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
            Route("/auth", sign_in, methods=["POST"]),
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


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals are ours: uvicorn would raise them again after the page has ended."""
        yield


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
    pages = built_pages()
    if not (pages / "record.html").exists():
        raise ServerError("the record page is not built; run: make setup")
    tokens = load_tokens(check_home(state_folder()))
    sock = listen_on("127.0.0.1", port)
    address = f"http://127.0.0.1:{int(sock.getsockname()[1])}/record#token={tokens.performer}"
    app = make_record_app(RecordDesk(session, hush=hush, start=start), tokens, pages)

    async def main() -> None:
        config = uvicorn.Config(
            app,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=MAX_MESSAGE_BYTES,
            ws_ping_interval=None,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=1,
            lifespan="off",
        )
        server = _Server(config)
        events = asyncio.get_running_loop()

        def end() -> None:
            server.should_exit = True

        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError, ValueError):
                events.add_signal_handler(number, end)

        async def tell_ready() -> None:
            while not server.started and not server.should_exit:
                await asyncio.sleep(0.02)
            if on_ready and server.started:
                on_ready(address)

        ready = asyncio.create_task(tell_ready())
        await server.serve(sockets=[sock])
        ready.cancel()
        await asyncio.gather(ready, return_exceptions=True)

    try:
        asyncio.run(main())
    finally:
        sock.close()
