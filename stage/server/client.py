"""One connected page: its session, what waits to be sent to it, and the task that sends (a shell: socket)."""

import asyncio
from collections import deque
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from stage.wire.messages import ClientInfo, Role, ServerMessage, encode_message
from stage.wire.session import Session

__all__ = ["CLOSE_AGAIN", "CLOSE_REFUSED", "CLOSE_SLOW", "Client"]

CLOSE_REFUSED = 4401
CLOSE_SLOW = 4408
CLOSE_AGAIN = 1012


class Client:
    """Frames wait in one slot, the newest wins; control messages wait in order and are never left out."""

    def __init__(self, number: int, role: Role, socket: WebSocket, now: float) -> None:
        self.number = number
        self.role: Role = role
        self.session = Session(now)
        self.fps = 0.0
        self.quality = ""
        # Number of the song that this page could play at once.
        self.loaded = -1
        # A tab behind another: it draws nothing.
        self.hidden = False
        self.sound_offset: float | None = None
        self._socket = socket
        self._control: deque[str] = deque()
        self._frame: bytes | None = None
        self._wake = asyncio.Event()
        self._closing: int | None = None

    def frame(self, data: bytes, sequence: int, now: float) -> None:
        """Offer a frame."""
        if self.session.gone(now):
            self.close(CLOSE_SLOW)
        elif self.session.offer(sequence, now):
            self._frame = data
            self._wake.set()

    def tell(self, message: ServerMessage) -> None:
        """Queue a control message."""
        self.tell_text(encode_message(message))

    def tell_text(self, text: str) -> None:
        if not self.session.control_queued():
            self.close(CLOSE_SLOW)
            return
        self._control.append(text)
        self._wake.set()

    def close(self, code: int) -> None:
        """Cut the line after what is being sent."""
        self._closing = code
        self._wake.set()

    async def pump(self) -> None:
        """Send until the line is cut; ends quietly when the page has gone."""
        with suppress(WebSocketDisconnect, RuntimeError, OSError):
            while self._closing is None:
                await self._wake.wait()
                self._wake.clear()
                while self._control and self._closing is None:
                    await self._socket.send_text(self._control.popleft())
                    self.session.control_sent()
                frame, self._frame = self._frame, None
                if frame is not None:
                    await self._socket.send_bytes(frame)
            # A client that does not read does not answer a close either.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._socket.close(self._closing), 1.0)

    @property
    def info(self) -> ClientInfo:
        counts = self.session.counts
        return ClientInfo(
            client=self.number,
            role=self.role,
            fps=0.0 if self.hidden else round(self.fps, 1),
            delay_ms=round(counts.delay * 1000.0, 1),
            skipped=counts.skipped,
            quality="hidden" if self.hidden else self.quality,
            sound_offset_ms=None if self.sound_offset is None else round(self.sound_offset * 1000.0, 1),
        )
