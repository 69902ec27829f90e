"""The record page's server: who is let in, a whole take over the line, and what a bad page cannot break."""

import asyncio
import json
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from motion.errors import UserError
from performer.voice.record.session import Session
from stage.server.client import CLOSE_REFUSED
from stage.server.serving import WebServer, listen_on
from stage.server.tokens import Tokens
from stage.server.voice_record import CLOSE_TAKEN, RecordDesk, make_record_app
from stage.server.voice_record_messages import decode_page_message
from tests.performer.voice.record.made import LINES, RATE, Sound, made_session, room, take

ROOM, FIRST, SECOND, HELD, _ = LINES
PATIENCE = 60.0


class Browser(httpx.Client):
    """A page: its requests and its line carry its origin and its cookies."""

    def line(self, origin: str = "") -> ClientConnection:
        base = str(self.base_url).rstrip("/")
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies} if cookies else {}
        address = base.replace("http", "ws", 1) + "/record/line"
        return connect(address, origin=origin or base, additional_headers=headers, compression=None)  # type: ignore[arg-type]


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    return made_session(tmp_path / "takes", monkeypatch)


@pytest.fixture
def browser(session: Session, tokens: Tokens, tmp_path: Path) -> Iterator[Browser]:
    """A page, not signed in yet, of a server in a thread of its own."""
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "record.html").write_text("<title>record</title>")
    sock = listen_on("127.0.0.1", 0)

    server = WebServer(make_record_app(RecordDesk(session), tokens, pages), log_level="error")
    thread = threading.Thread(target=lambda: asyncio.run(server.run(sock)), daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{sock.getsockname()[1]}"
    try:
        with Browser(base_url=base, headers={"Origin": base}, timeout=PATIENCE) as page:
            yield page
    finally:
        server.end()
        thread.join(PATIENCE)
        sock.close()
    assert not thread.is_alive(), "the server did not end"


def sign_in(browser: Browser, tokens: Tokens) -> None:
    assert browser.post("/auth", json={"token": tokens.performer}).status_code == 200


def heard(line: ClientConnection, kind: str) -> dict[str, Any]:
    """The next message of a kind; levels on the way are read over."""
    for _ in range(2000):
        message = json.loads(line.recv(PATIENCE))
        if message["type"] == kind:
            return message
        assert message["type"] == "level", message
    raise AssertionError(f"no {kind} came")


def opened(line: ClientConnection, rate: int = RATE) -> dict[str, Any]:
    line.send(json.dumps({"type": "open", "rate": rate}))
    return heard(line, "view")


def press(line: ClientConnection, what: str) -> None:
    line.send(json.dumps({"type": "press", "press": what}))


def say(line: ClientConnection, sound: Sound, block: int = 4096) -> None:
    """Sends sound as the page does."""
    for first in range(0, len(sound), block):
        line.send(sound[first : first + block].astype("<f4").tobytes())


def test_without_the_token_nothing_is_given_out(browser: Browser, session: Session, tokens: Tokens) -> None:
    assert browser.get("/record").status_code == 200
    assert browser.get("/takes/en-001").status_code == 401
    assert browser.get("/guides/en-hold-69").status_code == 401
    # Neither guesses nor the tokens of other pages open it.
    for wrong in ("guess", tokens.viewer, tokens.stage, tokens.operator):
        assert browser.post("/auth", json={"token": wrong}).status_code == 401
    assert browser.post("/auth", content=b"{").status_code == 401
    with browser.line() as line, pytest.raises(ConnectionClosed) as end:
        line.recv(PATIENCE)
    assert end.value.rcvd is not None
    assert end.value.rcvd.code == CLOSE_REFUSED


def test_pages_of_other_sites_and_names_are_refused(browser: Browser, tokens: Tokens) -> None:
    sign_in(browser, tokens)
    assert browser.get("/record", headers={"Origin": "http://evil.example"}).status_code == 403
    assert browser.get("/record", headers={"Host": "evil.example"}).status_code == 403
    with pytest.raises((InvalidStatus, ConnectionClosed)), browser.line("http://evil.example") as line:
        line.recv()


def test_a_take_over_the_line(browser: Browser, session: Session, tokens: Tokens) -> None:
    sign_in(browser, tokens)
    with browser.line() as line:
        view = opened(line)
        assert (view["number"], view["total"], view["phase"], view["map"]) == (1, 5, "ready", ".....")
        press(line, "go")
        assert heard(line, "view")["phase"] == "taking"
        say(line, room(2.5))
        view = heard(line, "view")
        assert (view["phase"], view["verdict"]["grade"], view["number"], view["map"]) == ("ready", "good", 2, "g....")
        press(line, "go")
        heard(line, "view")
        say(line, take(before=0.0))
        press(line, "go")
        view = heard(line, "view")
        assert view["verdict"]["sentence"].startswith("its beginning is cut off")
        assert (view["line"]["id"], view["line"]["take"], view["map"]) == (FIRST.id, "again", "ga...")
        press(line, "again")
        heard(line, "view")
        say(line, take())
        press(line, "go")
        view = heard(line, "view")
        assert (view["verdict"]["grade"], view["verdict"]["number"]) == ("good", 2)
        assert (view["line"]["id"], view["done"], view["map"]) == (SECOND.id, 2, "gg...")
        press(line, "play")
        played = heard(line, "play")
        heard(line, "view")
    assert played["kind"] == "take"
    sound, rate = soundfile.read(BytesIO(browser.get(played["url"]).content))
    assert rate == RATE
    assert np.abs(sound).max() > 0.05
    assert session.is_done(FIRST)


def test_a_page_that_goes_within_a_take_leaves_no_half_of_it(
    browser: Browser, session: Session, tokens: Tokens
) -> None:
    sign_in(browser, tokens)
    with browser.line() as line:
        opened(line)
        press(line, "go")
        heard(line, "view")
        say(line, room(1.0))
    with browser.line() as line:
        assert opened(line)["map"] == "....."
    assert not list(session.folder.glob("*.wav"))


def test_guides_are_sound_in_the_singers_range(browser: Browser, session: Session, tokens: Tokens) -> None:
    sign_in(browser, tokens)
    session.set_transpose(-12)
    sound, rate = soundfile.read(BytesIO(browser.get(f"/guides/{HELD.id}").content))
    spectrum = np.abs(np.fft.rfft(sound[:rate] * np.hanning(rate)))
    assert int(spectrum.argmax()) == pytest.approx(220, abs=2)
    assert browser.get("/guides/none").status_code == 404
    assert browser.get("/takes/none").status_code == 404
    assert browser.get(f"/takes/{FIRST.id}").status_code == 404
    assert browser.get("/takes/..%2Fsession.json").status_code == 404


def test_the_guide_comes_first_and_the_page_says_when_it_is_over(browser: Browser, tokens: Tokens) -> None:
    sign_in(browser, tokens)
    with browser.line() as line:
        opened(line)
        for _ in range(3):
            press(line, "skip")
            heard(line, "view")
        press(line, "go")
        assert heard(line, "play")["kind"] == "guide"
        view = heard(line, "view")
        assert (view["phase"], view["line"]["notes"][0]["name"]) == ("guide", "A4")
        line.send('{"type": "guideDone"}')
        assert heard(line, "view")["phase"] == "taking"


def test_a_newer_page_takes_over(browser: Browser, tokens: Tokens) -> None:
    sign_in(browser, tokens)
    with browser.line() as old:
        opened(old)
        with browser.line() as new:
            opened(new)
            with pytest.raises(ConnectionClosed) as end:
                old.recv(PATIENCE)
            assert end.value.rcvd is not None
            assert end.value.rcvd.code == CLOSE_TAKEN
            press(new, "skip")
            assert heard(new, "view")["number"] == 2


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "no message"),
        ("[]", "no message"),
        ('{"type": "fly"}', "no message"),
        ('{"type": "press", "press": "fly"}', "no message"),
        ('{"type": "open", "rate": 1}', "no message"),
        ('{"type": "press", "press": "go"}', "say `open`"),
        (b"\0\0\0\0", "say `open`"),
    ],
)
def test_nonsense_is_answered_and_the_line_lives(browser: Browser, tokens: Tokens, said: str | bytes, why: str) -> None:
    sign_in(browser, tokens)
    with browser.line() as line:
        line.send(said)
        assert why in heard(line, "problem")["message"]
        assert opened(line)["number"] == 1
        line.send(b"\0\0\0")
        assert "four bytes" in heard(line, "problem")["message"]
        line.send(np.array([np.nan, np.inf, 1e30, -1e30], "<f4").tobytes())
        assert heard(line, "level")["peak"] > 0


@given(st.text() | st.binary())
def test_any_message_is_one_of_ours_or_our_error(text: str | bytes) -> None:
    try:
        decode_page_message(text)
    except UserError as error:
        assert str(error)
