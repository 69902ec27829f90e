"""The live show: one clock, one desk, one loop at 60 frames a second for all pages (a shell: time, tasks)."""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from motion.rig.pose import GRID_HZ
from performer.avatar.model import Vrm
from stage.server.client import CLOSE_AGAIN, Client
from stage.server.curtain import Curtain
from stage.server.describe import avatar_tables, song_info
from stage.server.live_voice import LiveVoice
from stage.server.meters import Meters
from stage.server.presses import press
from stage.server.programme import WARM_AHEAD, Programme
from stage.server.setlist import Listed
from stage.server.songs import SongSource
from stage.show.cues import PADS as CUE_PADS
from stage.show.desk import PADS, Desk, DeskError
from stage.show.moods import AS_IT_FITS, palette_names
from stage.show.shots import house_shots
from stage.show.show import Show
from stage.show.venues import DEFAULT_VENUE
from stage.show.waiting import waiting_performance
from stage.wire.codec import encode_frame
from stage.wire.messages import (
    Ack,
    AudioReport,
    ClientMessage,
    Next,
    Ping,
    Pong,
    Problem,
    Role,
    Seek,
    Select,
    ServerMessage,
    Sing,
    SongInfo,
    Transport,
    TransportEvent,
    Welcome,
    encode_message,
)

__all__ = ["LEAD", "LIVE_LEAD", "FrameSink", "LiveShow"]

# Frames leave this long before they are due, so that a page has two to interpolate between. Whole ticks.
LEAD = 0.1
LIVE_LEAD = 2.0 / GRID_HZ
_TICK = 1.0 / GRID_HZ
_STATE_EVERY = 6
# A loop that fell behind further than this goes on from now instead of hurrying after.
_GIVE_UP = 0.25
_WARM_EVERY = 60


class FrameSink(Protocol):
    """Where frames go: a page's line, or later a relay for many viewers or a recorder. Must return at once."""

    def frame(self, data: bytes, sequence: int, now: float) -> None: ...


class LiveShow:
    """Everything that runs between start and end of a show; pages come and go."""

    def __init__(
        self,
        sources: Sequence[SongSource],
        avatar: Vrm,
        *,
        autoplay: bool = True,
        loop: bool = False,
        on_song: Callable[[str], None] | None = None,
        venue: str = DEFAULT_VENUE,
        curtain: bool = False,
        voice: LiveVoice | None = None,
    ) -> None:
        """curtain: the first song waits until a stage page has loaded it. voice: a microphone that may sing."""
        self.avatar = avatar
        self.venue = venue
        self.clients: dict[int, Client] = {}
        self.sinks: list[FrameSink] = []
        self.ready = asyncio.Event()
        self._born = time.monotonic()
        self.voice = voice
        self._desk = Desk()
        self._desk_time = 0.0
        # Show time from which media time runs as it does now.
        self._switched = 0.0
        # Number of the song on the desk.
        self._current = -1
        self._info: SongInfo | None = None
        self._on_song = on_song or (lambda news: None)
        self._curtain = Curtain() if curtain else None
        self._audience = asyncio.Event()
        self.programme = Programme(
            sources,
            avatar,
            put_on=self._put_on,
            refused=self._refused,
            changed=self._tell_songs,
            news=self._on_song,
            venue=venue,
            audience=self._audience if curtain else None,
        )
        self._autoplay = autoplay
        self._loop = loop
        self._ended = False
        self._next_client = 1
        self._meters = Meters(self.now(), time.process_time())
        self._tables = avatar_tables((avatar,))
        self._busy = asyncio.Lock()

    # -- clock -----------------------------------------------------------------------------------------------------

    def now(self) -> float:
        """Show time: seconds since this server began."""
        return time.monotonic() - self._born

    def _lead(self) -> float:
        """How long frames leave before they are due: a mouth that is sung live cannot be known so early."""
        return LIVE_LEAD if self.voice is not None and self.voice.on else LEAD

    def _press_time(self) -> float:
        """The moment at which a press takes effect: the newest frame's or the next tick's, as the desk never goes back.

        On a tick, so that media time runs in whole frames of the grid: what was planned is sent as it is.
        """
        self._desk_time = max(self._desk_time, math.ceil((self.now() + self._lead()) * GRID_HZ) * _TICK)
        return self._desk_time

    # -- pages -----------------------------------------------------------------------------------------------------

    def join(self, client: Client) -> None:
        """Greet a new page: who it is, avatars, songs, the song on the desk, where it stands."""
        self.clients[client.number] = client
        shots = [shot.name for shot in house_shots().shots]
        client.tell(
            Welcome(
                role=client.role,
                client=client.number,
                show_time=self.now(),
                shots=shots,
                pads=[*PADS, "wink"],
                cues=list(CUE_PADS),
                palettes=list(palette_names()),
                venue=self.venue,
            )
        )
        for table in self._tables:
            client.tell(table)
        client.tell(self.programme.message(self._current))
        if self._info is not None:
            client.tell(self._info)
            client.tell(self._transport("now", self._press_time()))

    def leave(self, client: Client) -> None:
        self.clients.pop(client.number, None)

    def number(self) -> int:
        """A number for the next page."""
        self._next_client += 1
        return self._next_client - 1

    def tell_all(self, message: ServerMessage, role: Role | None = None) -> None:
        """A control message to every page (of one role)."""
        text = encode_message(message)
        for client in list(self.clients.values()):
            if role is None or client.role == role:
                client.tell_text(text)

    def close(self) -> None:
        """Tell every page that the show ends; they try to come back."""
        for client in list(self.clients.values()):
            client.close(CLOSE_AGAIN)

    # -- songs -----------------------------------------------------------------------------------------------------

    def _tell_songs(self) -> None:
        self.tell_all(self.programme.message(self._current))

    def _refused(self, why: str) -> None:
        """A song cannot be played: said to the operator; the show goes on with what it has."""
        self._on_song(why)
        self.tell_all(Problem(message=why), "operator")
        self.ready.set()

    def _put_on(self, song: Listed, show: Show) -> None:
        """Put a song on the desk, and play it if something played or the show shall begin."""
        at = self._press_time()
        # Another song may be chosen while the first still waits for its audience: then that one waits.
        held = self._curtain is not None and self._curtain.down
        playing = self._autoplay or held or self._desk.state(at).playing
        first = self._current < 0
        self._autoplay = False
        self._current = self.programme.setlist.number(song.source.id)
        self._desk.load(show, self._current, at)
        self._info = song_info(show.performance, song.source, self._current)
        self._tell_songs()
        self.tell_all(self._info)
        self._tell_switch("load", at)
        self._on_song(f"{song.source.title} is on the stage")
        if playing and (first or held) and self._curtain is not None:
            self._curtain.lower(self._current, at)
        elif playing:
            self._play(at)
        self.ready.set()

    def _play(self, at: float) -> None:
        self._desk.play(at)
        self._tell_switch("play", at)

    # -- presses ---------------------------------------------------------------------------------------------------

    async def hear(self, client: Client, message: ClientMessage) -> None:
        """Do what a page says, if its role allows it.

        Raises:
            DeskError: a press that cannot be followed, or one from a page that may not press.
        """
        if isinstance(message, Ping):
            client.tell(Pong(client_time=message.client_time, show_time=self.now()))
        elif isinstance(message, Ack):
            client.session.ack(message.sequence, self.now())
            client.fps, client.quality = message.fps, message.quality[:16]
            client.loaded, client.hidden = message.loaded, message.hidden
            # A page has a quality from its first picture on; a hidden one draws none that could be held up.
            if client.role == "stage" and (message.quality or message.hidden):
                self._audience.set()
        elif isinstance(message, AudioReport):
            # A report from before the last switch is measured against a song that runs elsewhere now.
            if message.show_time >= self._switched and message.song == self._current:
                client.sound_offset = message.media_time - self._desk.media(message.show_time)
        elif client.role != "operator":
            raise DeskError(f"a {client.role} page may not run the show; open the console")
        elif isinstance(message, Select | Next):
            setlist = self.programme.setlist
            self.programme.want(
                setlist.find(message.id) if isinstance(message, Select) else setlist.after(self._current)
            )
        elif isinstance(message, Sing):
            if self.voice is None:
                raise DeskError("this show has no live voice; start it with --voice and --microphone")
            self.voice.switch(message.on)
        else:
            await self._press(message)

    async def _press(self, message: ClientMessage) -> None:
        show = self._desk.show
        if isinstance(message, Seek) and show is not None and math.isfinite(message.media_time):
            # Bake what comes first, else the seek would hold up every page.
            await asyncio.to_thread(show.warm, max(0.0, min(message.media_time, show.duration)), 1.0)
        at = self._press_time()
        event = press(self._desk, message, at)
        if event and self._curtain is not None:
            self._curtain.lift()
        if event:
            self._tell_switch(event, at)

    # -- loop ------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Sixty frames a second until cancelled."""
        await self._wait()
        tick = int(self.now() / _TICK) + 1
        while True:
            due = tick * _TICK
            now = self.now()
            if due > now:
                await asyncio.sleep(due - now)
            elif now - due > _GIVE_UP:
                tick = int(now / _TICK)
            else:
                await asyncio.sleep(0)
            self._step(tick)
            tick += 1

    async def _wait(self) -> None:
        """Put her on the stage, idle, where no song can come at once."""
        first = next(iter(self.programme.setlist), None)
        if first is not None and first.entry.state == "ready":
            return

        def make() -> Show:
            staging = AS_IT_FITS if first is None else first.source.staging
            show = Show(waiting_performance((self.avatar,), staging), shots=house_shots(self.venue))
            show.warm(0.0, WARM_AHEAD)
            return show

        show = await asyncio.to_thread(make)
        if self._desk.show is None:
            self._desk.wait(show, self._press_time())

    def _step(self, tick: int) -> None:
        now = self.now()
        self._meters.tick(now)
        if self._curtain is not None and self._curtain.may_rise(self.clients.values(), now):
            self._curtain.lift()
            self._play(self._press_time())
        if self._desk.show is not None:
            due = tick * _TICK + self._lead()
            if due < self._desk_time - 0.5 * _TICK:
                # The lead has just become shorter: what was sent still covers the next moments.
                return
            at = self._desk_time = max(self._desk_time, due)
            if self.voice is not None and (mouth := self.voice.mouth(at + self._born)) is not None:
                self._desk.sing(mouth, at)
            ended = self._desk.ended(at)
            frame = self._desk.frame(at)
            data = encode_frame(frame)
            for sink in (*self.clients.values(), *self.sinks):
                sink.frame(data, frame.sequence, now)
            # The desk says "ended" until something else is played; the news goes out once.
            if ended and not self._ended:
                self._after_end(at)
            self._ended = ended
            if tick % _WARM_EVERY == 0:
                self._look_ahead(self._desk.show, at)
        if tick % _STATE_EVERY == 0:
            self._report(now)

    def _after_end(self, at: float) -> None:
        self._tell_switch("end", at)
        following = self.programme.setlist.after(self._current)
        last = self.programme.setlist.number(following.source.id) <= self._current
        if following.entry.state != "failed" and (self._loop or not last):
            self._autoplay = True
            self.programme.want(following)

    def _look_ahead(self, show: Show, at: float) -> None:
        if self._busy.locked():
            return

        async def warm() -> None:
            async with self._busy:
                await asyncio.to_thread(show.warm, self._desk.media(at), WARM_AHEAD)

        # Kept: the loop holds tasks only weakly.
        self._warming = asyncio.create_task(warm())

    def _tell_switch(self, event: TransportEvent, at: float) -> None:
        """Tell every page that media time goes on otherwise from `at`; how far its sound is off is not known then."""
        self._switched = at
        for client in self.clients.values():
            client.sound_offset = None
        self.tell_all(self._transport(event, at))

    def _transport(self, event: TransportEvent, at: float) -> Transport:
        state = self._desk.state(at)
        return Transport(
            event=event,
            playing=state.playing and not state.ended,
            panic=state.panic,
            song=state.song,
            media_time=state.media,
            show_time=at,
        )

    def _report(self, now: float) -> None:
        operators = [client for client in self.clients.values() if client.role == "operator"]
        if not operators:
            return
        show = self._desk.show
        message = self._meters.report(
            self._desk.state(self._press_time()),
            now=now,
            used=time.process_time(),
            media=self._desk.media(max(now, 0.0)),
            performance=None if show is None else show.performance,
            clients=(client.info for client in self.clients.values()),
            voice=None if self.voice is None else self.voice.state(),
        )
        text = encode_message(message)
        for client in operators:
            client.tell_text(text)
