"""The loopback line to one browser page: static files over HTTP and one WebSocket (a shell: sockets, threads).

It hands out named folders and single files under a secret path, and passes messages; what they mean is not known here.
"""

import hmac
import http
import logging
import mimetypes
import queue
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

__all__ = ["Closed", "PageLink"]

_INBOX = 64
_MAX_MESSAGE = 256 * 2**20
_TYPES = {".js": "text/javascript", ".vrm": "model/gltf-binary", ".wasm": "application/wasm", ".woff2": "font/woff2"}


@dataclass(frozen=True, slots=True)
class Closed:
    """The page's WebSocket ended."""


def _silent_logger() -> logging.Logger:
    # Connections that a browser opens ahead and drops are normal, not worth a line on the user's terminal.
    logger = logging.getLogger("nichang.render.link")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return logger


class PageLink:
    """Serve `folder` and `files` to one page and talk with it.

    Args:
        folder: what lies under the secret path (the built pages), or None.
        files: further single files, URL name -> path or bytes.
        greeting: what the page is told as soon as it is there.
    """

    def __init__(self, folder: Path | None, files: Mapping[str, Path | bytes], greeting: str = "") -> None:
        self._folder = None if folder is None else folder.resolve()
        self._files = dict(files)
        self._greeting = greeting
        self._secret = secrets.token_urlsafe(24)
        self._inbox: queue.Queue[str | bytes | Closed] = queue.Queue(_INBOX)
        self._page: ServerConnection | None = None
        self._closing = threading.Event()
        self._server: Server = serve(
            self._talk,
            "127.0.0.1",
            0,
            process_request=self._answer,
            compression=None,
            max_size=_MAX_MESSAGE,
            ping_interval=None,
            server_header=None,
            logger=_silent_logger(),
        )
        self._port = int(self._server.socket.getsockname()[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="render-link", daemon=True)
        self._thread.start()

    def url(self, name: str) -> str:
        """Address of a file for the browser."""
        return f"http://127.0.0.1:{self._port}/{self._secret}/{name}"

    @property
    def connected(self) -> bool:
        """True once the page has opened its WebSocket."""
        return self._page is not None

    def send(self, message: str | bytes) -> bool:
        """Send to the page; False when it is gone."""
        page = self._page
        if page is None:
            return False
        try:
            page.send(message)
        except (ConnectionClosed, OSError):
            return False
        return True

    def receive(self, timeout: float) -> str | bytes | Closed | None:
        """Next message of the page, `Closed` at its end, None if nothing came within `timeout` seconds."""
        try:
            return self._inbox.get(timeout=timeout)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Close the line and the port."""
        self._closing.set()
        if self._page is not None:
            self._page.close_socket()
        self._server.shutdown()
        self._thread.join(timeout=5.0)

    def __enter__(self) -> "PageLink":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _put(self, message: str | bytes | Closed) -> None:
        # A full inbox holds the page back (it is the disk or ffmpeg that is slow); a closed link lets go.
        while not self._closing.is_set():
            try:
                self._inbox.put(message, timeout=0.5)
                return
            except queue.Full:
                continue

    def _talk(self, connection: ServerConnection) -> None:
        if self._page is not None:
            return
        try:
            if self._greeting:
                connection.send(self._greeting)
            # Only now may others speak to the page: the greeting comes first.
            self._page = connection
            for message in connection:
                self._put(message if isinstance(message, str) else bytes(message))
        except (ConnectionClosed, OSError):
            pass
        finally:
            self._put(Closed())

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        del connection
        host = request.headers.get("Host", "")
        if host != f"127.0.0.1:{self._port}":
            return _response(http.HTTPStatus.FORBIDDEN, b"", "text/plain")
        parts = unquote(urlsplit(request.path).path).lstrip("/").split("/", 1)
        if len(parts) != 2 or not hmac.compare_digest(parts[0].encode(), self._secret.encode()):
            return _response(http.HTTPStatus.NOT_FOUND, b"", "text/plain")
        name = parts[1]
        if name == "ws":
            return None
        body = self._body(name)
        if body is None:
            return _response(http.HTTPStatus.NOT_FOUND, b"", "text/plain")
        suffix = Path(name).suffix.lower()
        kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        return _response(http.HTTPStatus.OK, body, kind)

    def _body(self, name: str) -> bytes | None:
        source = self._files.get(name)
        if isinstance(source, bytes):
            return source
        if source is None:
            if self._folder is None:
                return None
            source = (self._folder / name).resolve()
            if not source.is_relative_to(self._folder):
                return None
        try:
            return source.read_bytes()
        except OSError:
            return None


def _response(status: http.HTTPStatus, body: bytes, kind: str) -> Response:
    headers = Headers()
    headers["Date"] = formatdate(usegmt=True)
    headers["Connection"] = "close"
    headers["Content-Length"] = str(len(body))
    headers["Content-Type"] = kind
    headers["Cache-Control"] = "no-store"
    headers["X-Content-Type-Options"] = "nosniff"
    return Response(status.value, status.phrase, headers, body)
