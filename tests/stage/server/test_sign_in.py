"""Whoever asks to sign in has shown nothing yet: what they send is read as far as a token needs, and no further."""

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette

from stage.server import sign_in
from stage.server.sign_in import sign_in_route
from stage.server.tokens import Tokens

TOKENS = Tokens(*(f"token-of-{role}-0123456789" for role in ("viewer", "stage", "performer", "operator")))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "_GUESS_SECONDS", 0.0)


def post(*blocks: bytes, more: bytes = b"") -> tuple[int, int]:
    """Status, and how many blocks were asked for; after `blocks` comes `more` without an end, if there is any."""
    asked, status = 0, 0

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        assert asked < 1000, "a body without an end is read without an end"
        body = blocks[asked - 1] if asked <= len(blocks) else more
        return {"type": "http.request", "body": body, "more_body": bool(more) or asked < len(blocks)}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    scope = {"type": "http", "method": "POST", "path": "/auth", "query_string": b"", "headers": [], "root_path": ""}
    asyncio.run(Starlette(routes=[sign_in_route(TOKENS)])(scope, receive, send))
    return status, asked


def test_a_token_opens_however_it_is_cut() -> None:
    whole = f'{{"token": "{TOKENS.stage}"}}'.encode()
    assert post(whole) == (200, 1)
    assert post(whole[:5], b"", whole[5:]) == (200, 3)
    assert post(b'{"token": "guessed"}')[0] == 401
    assert post(b"") == (401, 1)


@pytest.mark.parametrize("block", [b"x" * 10, b" " * 999, b" " * 65_536])
def test_a_body_without_an_end_is_not_read_to_its_end(block: bytes) -> None:
    status, asked = post(more=block)
    assert status == 401
    assert asked == -(-1000 // len(block))
