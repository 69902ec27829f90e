"""Who is let in at all: Host and Origin are checked before any page, file or line is given out (ASGI, no socket).

A page of another site may point a browser at a loopback port; the two checks keep it out (DNS rebinding, cross-site
requests). Programs send no Origin: they show a token in the Authorization header instead.
"""

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stage.server.tokens import ROLES, Tokens
from stage.wire.messages import Role

__all__ = ["Guard", "cookie_name", "role_of", "token_of_header"]

# WebAssembly (the mesh simplifier) is compiled from bytes that lie in the script itself; 'unsafe-eval' stays shut.
_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; font-src 'self' data:; "
    "frame-ancestors 'self'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", _POLICY.encode()),
)


def cookie_name(role: Role) -> str:
    """A cookie a role: stage page and console share one browser."""
    return f"nichang_{role}"


def token_of_header(headers: Headers) -> str:
    """The token of `Authorization: Bearer TOKEN`, or ""."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def role_of(connection: HTTPConnection, tokens: Tokens, wanted: str = "") -> Role | None:
    """The role that a request proves, by header or cookie; with `wanted`, only that role's cookie counts."""
    by_header = tokens.role(token_of_header(connection.headers))
    if by_header is not None:
        return by_header
    # The strongest cookie first, when it does not matter which.
    for role in reversed(ROLES):
        if (not wanted or wanted == role) and tokens.role(connection.cookies.get(cookie_name(role), "")) == role:
            return role
    return None


class Guard:
    """ASGI middleware. hosts: names (without port) by which this server may be called."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], tokens: Tokens) -> None:
        self._app = app
        self._hosts = hosts
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        why = self._refusal(scope)
        if why and scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4403, "reason": why})
            return
        if why:
            body = (why + "\n").encode()
            length = (b"content-length", str(len(body)).encode())
            headers = [(b"content-type", b"text/plain; charset=utf-8"), length]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return

        if scope["type"] == "websocket":
            # Nothing to add, sixty times a second.
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if name.lower() not in self._hosts:
            return "this server is not called by that name; start it with --host to allow it"
        origin = headers.get("origin")
        if origin is not None:
            return "" if origin in (f"http://{host}", f"https://{host}") else "pages of other sites are not let in"
        changes = scope["type"] == "websocket" or scope.get("method") not in ("GET", "HEAD")
        if changes and scope["path"] != "/auth" and self._tokens.role(token_of_header(headers)) is None:
            return "without an Origin header an Authorization header with a token is needed"
        return ""
