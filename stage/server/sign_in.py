"""A page shows its token once and gets a cookie for it (HTTP only, no socket)."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from stage.server.guard import cookie_name
from stage.server.tokens import ROLES, Tokens
from stage.wire.messages import Role

__all__ = ["sign_in_first", "sign_in_route"]

_GUESS_SECONDS = 0.5
_COOKIE_SECONDS = 30 * 86_400
_MOST_BYTES = 1000


class _SignIn(msgspec.Struct):
    token: str


def sign_in_route(tokens: Tokens, roles: tuple[Role, ...] = ROLES) -> Route:
    """POST /auth with {"token": ...}: a cookie for the token's role, if it is one of `roles`; else 401, slowly."""

    async def sign_in(request: Request) -> Response:
        try:
            role = tokens.role(msgspec.json.decode(await _beginning(request), type=_SignIn).token)
        except msgspec.DecodeError:
            role = None
        if role not in roles:
            # Guessing is slow, whoever asks.
            await asyncio.sleep(_GUESS_SECONDS)
            return JSONResponse({"error": "this token opens nothing here"}, status_code=401)
        answer = JSONResponse({"role": role})
        answer.set_cookie(cookie_name(role), tokens.of(role), httponly=True, samesite="strict", max_age=_COOKIE_SECONDS)
        return answer

    return Route("/auth", sign_in, methods=["POST"])


async def _beginning(request: Request) -> bytes:
    """What a token needs; the rest of a longer body is not kept, as whoever sends it has shown nothing yet."""
    body = b""
    async for block in request.stream():
        body += block[:_MOST_BYTES]
        if len(body) >= _MOST_BYTES:
            break
    return body[:_MOST_BYTES]


def sign_in_first(command: str) -> Response:
    """What who shows no token is told. command: the one that prints the address."""
    return PlainTextResponse(f"sign in first: open the page by the address that {command} prints\n", status_code=401)
