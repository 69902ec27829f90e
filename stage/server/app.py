"""Routes: pages, files, sign-in, dropped-in songs and the line (a shell: HTTP, WebSocket, files)."""

import asyncio
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from motion.errors import UserError
from stage.server.client import CLOSE_REFUSED, CLOSE_SLOW, Client
from stage.server.dropped import DropError, keep_dropped
from stage.server.flood import FloodGate
from stage.server.guard import Guard, role_of
from stage.server.live import LiveShow
from stage.server.sign_in import sign_in_first, sign_in_route
from stage.server.songs import cache_of, find_song, sound_file, sung_by
from stage.server.tokens import Tokens, state_folder
from stage.wire.messages import Problem, decode_client_message

__all__ = ["MAX_CLIENTS", "make_app"]

MAX_CLIENTS = 64
_TYPES = {".opus": "audio/ogg", ".ogg": "audio/ogg", ".m4a": "audio/mp4", ".flac": "audio/flac"}


def make_app(show: LiveShow, tokens: Tokens, pages: Path, hosts: frozenset[str], cover: str = "") -> Starlette:
    """The whole web side of one live show. pages: the built pages. hosts: names it may be called by.
    cover: the voice that sings dropped songs; "" = their own."""

    async def stage_page(request: Request) -> Response:
        return FileResponse(pages / "stage.html", headers={"cache-control": "no-cache"})

    async def console_page(request: Request) -> Response:
        return FileResponse(pages / "console.html", headers={"cache-control": "no-cache"})

    async def home(request: Request) -> Response:
        return RedirectResponse("/stage")

    async def avatar(request: Request) -> Response:
        if role_of(request, tokens) is None:
            return sign_in_first("nichang show")
        if request.path_params["number"] != 0:
            return PlainTextResponse("there is no such avatar\n", status_code=404)
        return FileResponse(show.avatar.path, media_type="model/gltf-binary")

    async def song(request: Request) -> Response:
        if role_of(request, tokens) is None:
            return sign_in_first("nichang show")
        found = show.programme.setlist.get(request.path_params["id"])
        path = None if found is None else sound_file(found.source, found.folder)
        if path is None or not path.is_file():
            return PlainTextResponse("there is no such song\n", status_code=404)
        return FileResponse(path, media_type=_TYPES.get(path.suffix.lower()))

    async def drop(request: Request) -> Response:
        """A sound file dropped onto the console: POST /songs?name=FILE with the bytes as body."""
        if role_of(request, tokens, "operator") != "operator":
            return sign_in_first("nichang show")
        try:
            path = await keep_dropped(
                request.query_params.get("name", ""), request.stream(), state_folder() / "dropped"
            )
            # Reading and hashing a long file takes a moment, and the show must go on.
            source = await asyncio.to_thread(lambda: sung_by(find_song(str(path)), cover))
            ident = show.programme.add(source, await asyncio.to_thread(cache_of, source, show.programme.manner))
        except DropError as error:
            return JSONResponse({"error": str(error)}, status_code=error.status)
        except UserError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse({"id": ident})

    async def line(socket: WebSocket) -> None:
        role = role_of(socket, tokens, socket.query_params.get("role", "viewer"))
        await socket.accept()
        if role is None:
            await socket.close(CLOSE_REFUSED, "no valid token")
            return
        if len(show.clients) >= MAX_CLIENTS:
            await socket.close(CLOSE_SLOW, "too many pages are open")
            return
        client = Client(show.number(), role, socket, show.now())
        show.join(client)
        pump = asyncio.create_task(client.pump())
        listen = asyncio.create_task(_listen(show, client, socket))
        try:
            await asyncio.wait((pump, listen), return_when=asyncio.FIRST_COMPLETED)
        finally:
            show.leave(client)
            for task in (pump, listen):
                task.cancel()
            await asyncio.gather(pump, listen, return_exceptions=True)

    return Starlette(
        routes=[
            Route("/", home),
            Route("/stage", stage_page),
            Route("/console", console_page),
            sign_in_route(tokens),
            Route("/songs", drop, methods=["POST"]),
            Route("/files/avatar/{number:int}", avatar),
            Route("/files/song/{id:str}", song),
            WebSocketRoute("/ws", line),
            Mount("/", StaticFiles(directory=pages)),
        ],
        middleware=[Middleware(Guard, hosts=hosts, tokens=tokens)],
    )


async def _listen(show: LiveShow, client: Client, socket: WebSocket) -> None:
    """Hear one page until it goes; garbage is answered in a sentence, a flood cuts the line."""
    gate = FloodGate()
    while True:
        try:
            message = await socket.receive()
        except (WebSocketDisconnect, RuntimeError):
            return
        if message["type"] != "websocket.receive":
            return
        if not gate.lets_in(show.now()):
            client.close(CLOSE_SLOW)
            return
        text = message.get("text")
        if text is None:
            client.tell(Problem(message="this server takes no binary messages"))
            continue
        try:
            await show.hear(client, decode_client_message(text))
        except UserError as error:
            client.tell(Problem(message=str(error)))
