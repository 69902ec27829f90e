"""The live show: one clock, one desk, one loop at 60 frames a second for all pages (a shell: time, tasks)."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np

from motion.errors import UserError
from motion.rig.pose import GRID_HZ
from performer.avatar.model import Vrm
from stage.server.client import CLOSE_AGAIN, Client
from stage.server.describe import avatar_tables, song_info
from stage.server.preparing import run_worker
from stage.server.songs import SongSource, is_prepared, load_performance
from stage.show.desk import PADS, Desk, DeskError
from stage.show.shots import house_shots
from stage.show.show import Show
from stage.wire.codec import encode_frame
from stage.wire.messages import (
    Ack,
    AudioReport,
    ClientMessage,
    Express,
    Intensity,
    Next,
    Panic,
    Pause,
    Ping,
    Play,
    Pong,
    Problem,
    Role,
    Seek,
    Select,
    ServerMessage,
    ShotChoice,
    ShowState,
    SongEntry,
    SongInfo,
    SongList,
    Stop,
    Transport,
    TransportEvent,
    Welcome,
    Wink,
    encode_message,
)

__all__ = ["LEAD", "FrameSink", "LiveShow"]

# Frames leave this long before they are due, so that a page has two to interpolate between.
LEAD = 0.1
_TICK = 1.0 / GRID_HZ
_STATE_EVERY = 6
# A loop that fell behind further than this goes on from now instead of hurrying after.
_GIVE_UP = 0.25
_WARM_AHEAD = 6.0


class FrameSink(Protocol):
    """Where frames go: a page's line, or later a relay for many viewers or a recorder. Must return at once."""

    def frame(self, data: bytes, sequence: int, now: float) -> None: ...


@dataclass(frozen=True, slots=True)
class _Song:
    source: SongSource
    entry: SongEntry


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
    ) -> None:
        self.avatar = avatar
        self.clients: dict[int, Client] = {}
        self.sinks: list[FrameSink] = []
        self.ready = asyncio.Event()
        self._born = time.monotonic()
        self._desk = Desk()
        self._songs: list[_Song] = []
        for source in sources:
            self._append(source)
        self._current = -1
        self._info: SongInfo | None = None
        self._on_song = on_song or (lambda news: None)
        self._autoplay = autoplay
        self._ended = False
        self._loop = loop
        self._next_client = 1
        self._desk_time = 0.0
        self._ticks: deque[float] = deque(maxlen=600)
        self._cpu = (time.monotonic(), time.process_time(), 0.0)
        self._wanted: str | None = sources[0].id if sources else None
        self._work = asyncio.Event()
        self._tables = avatar_tables((avatar,))
        self._busy = asyncio.Lock()

    # -- clock -----------------------------------------------------------------------------------------------------

    def now(self) -> float:
        """Show time: seconds since this server began."""
        return time.monotonic() - self._born

    def _press_time(self) -> float:
        """The moment at which a press takes effect: the newest frame's, as the desk never goes back."""
        self._desk_time = max(self._desk_time, self.now() + LEAD)
        return self._desk_time

    # -- clients ---------------------------------------------------------------------------------------------------

    def join(self, client: Client) -> None:
        """Greet a new page: who it is, avatars, songs, the song on the desk, where it stands."""
        self.clients[client.number] = client
        shots = [shot.name for shot in house_shots().shots]
        client.tell(
            Welcome(role=client.role, client=client.number, show_time=self.now(), shots=shots, pads=[*PADS, "wink"])
        )
        for table in self._tables:
            client.tell(table)
        client.tell(self._song_list())
        if self._info is not None:
            client.tell(self._info)
            client.tell(self._transport("now"))

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

    # -- songs -----------------------------------------------------------------------------------------------------

    def song_path(self, ident: str) -> Path | None:
        """The sound file of a song of the list."""
        return next((song.source.path for song in self._songs if song.source.id == ident), None)

    def source(self, ident: str) -> SongSource | None:
        return next((song.source for song in self._songs if song.source.id == ident), None)

    def add(self, source: SongSource) -> str:
        """Append a song; returns its id (made unlike the others')."""
        ident = self._append(source)
        self.tell_all(self._song_list())
        self._work.set()
        return ident

    def _append(self, source: SongSource) -> str:
        taken = {song.source.id for song in self._songs}
        ident, count = source.id, 2
        while ident in taken:
            ident, count = f"{source.id}-{count}", count + 1
        source = replace(source, id=ident)
        state = "ready" if is_prepared(source) else "waiting"
        entry = SongEntry(id=ident, title=source.title, artist=source.artist, duration=0.0, state=state)
        self._songs.append(_Song(source, entry))
        return ident

    def _update(self, ident: str, **changes: str | float) -> None:
        for i, song in enumerate(self._songs):
            if song.source.id == ident:
                self._songs[i] = _Song(song.source, msgspec.structs.replace(song.entry, **changes))
        self.tell_all(self._song_list())

    def _song_list(self) -> SongList:
        current = self._songs[self._current].source.id if self._current >= 0 else ""
        return SongList(songs=[song.entry for song in self._songs], current=current)

    async def prepare_all(self) -> None:
        """Make songs ready, the wanted one first, for as long as the show lasts."""
        while True:
            self._work.clear()
            waiting = [song for song in self._songs if song.entry.state == "waiting"]
            waiting.sort(key=lambda song: song.source.id != self._wanted)
            if waiting:
                await self._prepare(waiting[0].source)
            elif self._wanted is not None and self._find(self._wanted).entry.state == "ready":
                await self._put_on(self._wanted)
            else:
                await self._work.wait()

    async def _prepare(self, source: SongSource) -> None:
        def tell(share: float, what: str) -> None:
            self._update(source.id, state="preparing", share=share, note=what)
            self._on_song(f"{source.title}: {what} ({share:.0%})")

        tell(0.0, "starting")
        try:
            await run_worker(source, self.avatar.path, tell)
        except UserError as error:
            self._update(source.id, state="failed", note=str(error))
            self._on_song(str(error))
            self.tell_all(Problem(message=str(error)), "operator")
            if self._wanted == source.id:
                self._wanted = None
                self.ready.set()
            return
        self._update(source.id, state="ready", share=1.0, note="")

    def _find(self, ident: str) -> _Song:
        song = next((song for song in self._songs if song.source.id == ident), None)
        if song is None:
            raise DeskError(f"there is no song {ident} in this show")
        return song

    async def _put_on(self, ident: str) -> None:
        """Put a ready song on the desk, and play it if something played or the show shall begin."""
        song = self._find(ident)
        self._wanted = None

        def load() -> Show:
            show = Show(load_performance(song.source, (self.avatar,)))
            show.warm(0.0, _WARM_AHEAD)
            return show

        again = self._current >= 0 and self._songs[self._current].source.id == ident and self._desk.show is not None
        try:
            # The same song once more needs no loading: everything is there.
            show = self._desk.show if again and self._desk.show is not None else await asyncio.to_thread(load)
        except UserError as error:
            self._update(ident, state="failed", note=str(error))
            self.tell_all(Problem(message=str(error)), "operator")
            self.ready.set()
            return
        playing = self._autoplay or self._desk.state(self._press_time()).playing
        self._autoplay = False
        self._current = next(i for i, known in enumerate(self._songs) if known.source.id == ident)
        at = self._press_time()
        self._desk.load(show, self._current, at)
        self._info = song_info(show.performance, song.source, self._current)
        self._update(ident, duration=show.duration)
        self.tell_all(self._info)
        self.tell_all(self._transport("load"))
        self._on_song(f"{song.source.title} is on the stage")
        if playing:
            self._desk.play(self._press_time())
            self.tell_all(self._transport("play"))
        self.ready.set()

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
        elif isinstance(message, AudioReport):
            client.sound_offset = message.media_time - self._media_at(message.show_time)
        elif client.role != "operator":
            raise DeskError(f"a {client.role} page may not run the show; open the console")
        elif isinstance(message, Select | Next):
            await self._choose(message)
        else:
            await self._press(message)

    async def _choose(self, message: Select | Next) -> None:
        if isinstance(message, Select):
            ident = self._find(message.id).source.id
        elif self._songs:
            ident = self._songs[(self._current + 1) % len(self._songs)].source.id
        else:
            raise DeskError("the list of songs is empty; drop a sound file onto the console")
        if self._find(ident).entry.state == "failed":
            raise DeskError(self._find(ident).entry.note)
        self._wanted = ident
        self._work.set()

    async def _press(self, message: ClientMessage) -> None:
        desk = self._desk
        event: TransportEvent | None = None
        if isinstance(message, Seek) and desk.show is not None:
            # Bake what comes first, else the seek would hold up every page.
            await asyncio.to_thread(desk.show.warm, max(0.0, min(message.media_time, desk.show.duration)), 1.0)
        at = self._press_time()
        match message:
            case Play():
                desk.play(at)
                event = "play"
            case Pause():
                desk.pause(at)
                event = "pause"
            case Stop():
                desk.stop(at)
                event = "stop"
            case Seek():
                desk.seek(message.media_time, at)
                event = "seek"
            case Panic():
                desk.panic(message.on, at)
                event = "panic"
            case ShotChoice():
                desk.choose_shot(message.name, at)
            case Express():
                desk.express(message.name, message.weight, at)
            case Wink():
                desk.wink(at, message.side)
            case Intensity():
                desk.set_intensity(message.value, at)
            case _:
                raise DeskError("this message is not a press")
        if event:
            self.tell_all(self._transport(event, at))

    # -- loop ------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Sixty frames a second until cancelled."""
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

    def _step(self, tick: int) -> None:
        now = self.now()
        self._ticks.append(now)
        if self._desk.show is None:
            if tick % _STATE_EVERY == 0:
                self._report(now)
            return
        at = self._desk_time = max(self._desk_time, tick * _TICK + LEAD)
        ended = self._desk.ended(at)
        frame = self._desk.frame(at)
        data = encode_frame(frame)
        for sink in (*self.clients.values(), *self.sinks):
            sink.frame(data, frame.sequence, now)
        # The desk says "ended" until something else is played; the news goes out once.
        if ended and not self._ended:
            self._after_end()
        self._ended = ended
        if tick % _STATE_EVERY == 0:
            self._report(now)
        if tick % 60 == 0:
            self._look_ahead(at)

    def _after_end(self) -> None:
        self.tell_all(self._transport("end"))
        last = self._current + 1 >= len(self._songs)
        if last and not self._loop:
            return
        following = self._songs[(self._current + 1) % len(self._songs)]
        if following.entry.state != "failed":
            self._autoplay = True
            self._wanted = following.source.id
            self._work.set()

    def _look_ahead(self, at: float) -> None:
        show = self._desk.show
        if show is None or self._busy.locked():
            return

        async def warm() -> None:
            async with self._busy:
                await asyncio.to_thread(show.warm, self._desk.media(at), _WARM_AHEAD)

        self._warming = asyncio.create_task(warm())

    def _media_at(self, show_time: float) -> float:
        return self._desk.media(show_time)

    def _transport(self, event: TransportEvent, at: float | None = None) -> Transport:
        at = self._press_time() if at is None else at
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
        state = self._desk.state(self._press_time())
        media = self._desk.media(max(now, 0.0))
        level = (0.0, 0.0)
        show = self._desk.show
        if show is not None and state.playing and len(show.performance.level):
            at = min(int(media * GRID_HZ), len(show.performance.level) - 1)
            level = (float(show.performance.level[at, 0]), float(show.performance.level[at, 1]))
        gaps = np.diff(np.array(self._ticks)) if len(self._ticks) > 2 else np.array([_TICK])
        recent = gaps[-60:]
        message = ShowState(
            show_time=now,
            media_time=media,
            duration=state.duration,
            song=state.song,
            playing=state.playing and not state.ended,
            panic=state.panic,
            ended=state.ended,
            intensity=state.intensity,
            shot=state.shot,
            pads=dict(state.pads),
            level=level,
            pose_rate=round(float(1.0 / max(recent.mean(), 1e-6)), 2),
            pose_p99_ms=round(float(np.percentile(gaps, 99)) * 1000.0, 2),
            cpu=self._measure_cpu(),
            clients=[client.info for client in self.clients.values()],
        )
        text = encode_message(message)
        for client in operators:
            client.tell_text(text)

    def _measure_cpu(self) -> float:
        """Share of one core over the last second or so."""
        wall, used, share = self._cpu
        now = time.monotonic()
        if now - wall >= 1.0:
            share = round((time.process_time() - used) / (now - wall), 3)
            self._cpu = (now, time.process_time(), share)
        return share

    def close(self) -> None:
        """Tell every page that the show ends; they try to come back."""
        for client in list(self.clients.values()):
            client.close(CLOSE_AGAIN)
