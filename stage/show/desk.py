"""The operator's desk: what was pressed when, turned into media time and `Inputs`. It reads no clock; `now` is given.

Every switch of what moves the body (play, pause, seek, song, panic) leaves a bridge, so nothing jumps; everything else
is a fade. The same presses at the same show times give the same frames, whenever frames are asked for in between.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError
from performer.face.track import ARKIT, MOUTH
from stage.show.body import Bridge, Face, Pose, bridge
from stage.show.cues import PADS as CUE_PADS
from stage.show.cues import Cue, fire
from stage.show.mixer import FADE, FOREVER, Fade, Mixer
from stage.show.moods import palette_names
from stage.show.show import EMOTIONS, FRAME_IDLE, FRAME_PANIC, FRAME_PLAYING, Inputs, LiveLayer, ShotChoice, Show
from stage.wire.frame import Frame

__all__ = ["NO_SONG", "PADS", "Desk", "DeskError", "DeskState"]

PADS: tuple[str, ...] = (*EMOTIONS, "blink", "blinkLeft", "blinkRight")
"""What an expression pad may name. A wink is blinkLeft or blinkRight for WINK seconds."""
WINK = 0.45
SWITCH = 0.5
PANIC = 1.0
MAX_INTENSITY = 1.5
NO_SONG = 0xFFFF_FFFF
"""Number of the song in frames while there is none: its media time is nobody's sound."""
_NOTHING_LOADED = "no song is loaded; choose one from the list"
_OPERATOR = "operator"
_VOICE = "voice"
# A live mouth that is not heard of for so long fades back to the planned one.
_MOUTH_LEASE = 0.25
_Change = Callable[[], None]
_Bodies = dict[int, tuple[Pose, Face]]


class DeskError(UserError):
    """A press that cannot be followed; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class DeskState:
    """What the console shows. media: seconds. pads: target weights. shot, palette: "" = automatic."""

    song: int
    media: float
    duration: float
    playing: bool
    panic: bool
    ended: bool
    intensity: float
    shot: str
    pads: tuple[tuple[str, float], ...]
    palette: str = ""


class Desk:
    """One show's desk. All times are seconds on the show's own clock, never going back."""

    def __init__(self) -> None:
        self._show: Show | None = None
        self._waiting = False
        self._song = 0
        self._playing = False
        self._stopped = True
        self._panic = False
        self._media0 = 0.0
        self._show0 = 0.0
        self._mixer = Mixer()
        self._intensity = Fade(target=1.0, high=MAX_INTENSITY)
        self._rest = Fade(target=1.0)
        self._light_left = Fade(low=-1.0)
        self._ended = False
        self._shot: ShotChoice | None = None
        self._palette = ""
        self._cues: tuple[Cue, ...] = ()
        self._bridges: tuple[tuple[int, Bridge], ...] = ()
        self._mouth = np.zeros(len(MOUTH), np.float32)
        self._sequence = 0

    @property
    def show(self) -> Show | None:
        return self._show

    # -- time ------------------------------------------------------------------------------------------------------

    def media(self, now: float) -> float:
        """Media time at show time `now`, held at the song's ends; runs by itself, round and round, before the first."""
        if self._waiting and self._show is not None:
            return max(now - self._show0, 0.0) % self._show.duration
        t = self._media0 + (now - self._show0 if self._playing else 0.0)
        return min(max(t, 0.0), self._show.duration if self._show else 0.0)

    def ended(self, now: float) -> bool:
        """Has the song been played to its end?"""
        self._end(now)
        return self._ended

    def correct(self, now: float, seconds: float) -> None:
        """Move media time by a small measured correction (slewed by the caller); no switch, no bridge."""
        self._media0 += seconds if self._playing else 0.0

    # -- transport -------------------------------------------------------------------------------------------------

    def wait(self, show: Show, now: float) -> None:
        """Let her be seen before there is a song: idle on `show`, which nobody can play."""
        self._show, self._waiting, self._song, self._show0 = show, True, NO_SONG, now

    def load(self, show: Show, song: int, now: float) -> None:
        """Put another song on the desk, stopped at its start."""

        def change() -> None:
            self._show, self._song, self._waiting = show, song, False
            self._playing, self._stopped = False, True
            self._media0, self._show0 = 0.0, now

        self._switch(change, now)

    def play(self, now: float) -> None:
        """Go on from where it is; from the start after the end."""
        if self._show is None or self._waiting:
            raise DeskError(_NOTHING_LOADED)

        def change() -> None:
            media = self.media(now)
            if self._show is not None and media >= self._show.duration - 1e-6:
                media = 0.0
            self._playing, self._stopped = True, False
            self._media0, self._show0 = media, now

        self._switch(change, now)

    def pause(self, now: float) -> None:
        """Hold media time; she goes over into the idle loop."""

        def change() -> None:
            self._media0, self._show0, self._playing = self.media(now), now, False

        self._switch(change, now)

    def stop(self, now: float) -> None:
        """Back to the song's start, idle."""

        def change() -> None:
            self._media0, self._show0, self._playing, self._stopped = 0.0, now, False, True

        self._switch(change, now)

    def seek(self, t: float, now: float) -> None:
        """Jump to media time `t`."""
        if not math.isfinite(t):
            raise DeskError(f"cannot seek to {t}; name seconds from the song's start")

        def change() -> None:
            self._media0, self._show0 = max(t, 0.0), now
            self._media0 = self.media(now)

        self._switch(change, now)

    def panic(self, on: bool, now: float) -> None:
        """Fade to the idle loop within a second, whatever is on; and back. The song itself runs on."""
        if on == self._panic:
            return

        def change() -> None:
            self._panic = on

        self._switch(change, now, PANIC)

    # -- pads ------------------------------------------------------------------------------------------------------

    def express(self, name: str, weight: float, now: float, *, lease: float = FOREVER, seconds: float = FADE) -> None:
        """Press or let go (weight 0) an expression pad; a lease lets go by itself unless it is pressed again."""
        if name not in PADS and name not in ARKIT:
            raise DeskError(f"there is no expression pad {name}; there are {', '.join(PADS)}")
        if not 0.0 <= weight <= 1.0:
            raise DeskError(f"an expression of {weight}; allowed are 0 to 1")
        self._mixer = self._mixer.claim("face", _OPERATOR, name, now, weight=weight, lease=lease, seconds=seconds)

    def wink(self, now: float, side: str = "Left") -> None:
        """One eye shuts and opens again."""
        if side not in ("Left", "Right"):
            raise DeskError(f"a wink of the {side} eye; there are Left and Right")
        self.express(f"blink{side}", 1.0, now, lease=WINK)

    def choose_shot(self, name: str, now: float) -> None:
        """Hold a named shot; "" or "auto" gives the camera back to the automatic one."""
        if name in ("", "auto"):
            self._shot = None
            return
        if self._show is not None and self._show.shots.named(name) is None:
            raise DeskError(f"there is no shot {name}; there are {', '.join(s.name for s in self._show.shots.shots)}")
        self._shot = ShotChoice(name, now)

    def choose_palette(self, name: str, now: float) -> None:
        """Hold a palette; "" or "auto" gives the colours back to the plan."""
        if name in ("", "auto"):
            self._palette = ""
            return
        if name not in palette_names():
            raise DeskError(f"there is no palette {name}; there are {', '.join(palette_names())}")
        self._palette = name

    def fire(self, kind: str, now: float) -> None:
        """Fire a cue; a lift that would come too soon after another is left out."""
        if kind not in CUE_PADS:
            raise DeskError(f"there is no cue {kind}; there are {', '.join(CUE_PADS)}")
        self._cues = fire(self._cues, kind, now)

    def set_intensity(self, value: float, now: float) -> None:
        """0 small and dim, 1 as planned, up to 1.5."""
        if not 0.0 <= value <= MAX_INTENSITY:
            raise DeskError(f"an intensity of {value}; allowed are 0 to {MAX_INTENSITY}")
        self._intensity = self._intensity.towards(value, now, 0.3)

    # -- live voice ------------------------------------------------------------------------------------------------

    def sing(self, mouth: NDArray[np.float32], now: float) -> None:
        """What a live voice's mouth is, (5,) vowels; it takes the lead's mouth and lets go when nothing more comes."""
        self._mixer = self._mixer.claim("mouth", _VOICE, "microphone", now, lease=_MOUTH_LEASE)
        self._mouth = mouth

    def _live(self, now: float) -> tuple[LiveLayer, ...]:
        weight = self._mixer.weight("mouth", _VOICE, now)
        if weight <= 0.0 or self._show is None or not self._show.performance.performers:
            return ()
        return (LiveLayer(self._show.performance.performers[0].id, weight, mouth=self._mouth),)

    # -- out -------------------------------------------------------------------------------------------------------

    def inputs(self, now: float) -> Inputs:
        """The operator's state at show time `now`."""
        idle = self._idle(now)
        flags = (FRAME_PLAYING if self._playing else 0) | (FRAME_IDLE if idle else 0)
        return Inputs(
            show_time=now,
            sequence=self._sequence,
            song=self._song,
            flags=flags | (FRAME_PANIC if self._panic else 0),
            idle=idle,
            intensity=self._intensity.at(now),
            rest=self._rest.at(now),
            light_left=self._light_left.at(now),
            lyric=not self._stopped,
            expressions=tuple(
                (claim.owner, claim.weight(now)) for claim in self._mixer.claims if claim.source == _OPERATOR
            ),
            bridges=tuple((who, b) for who, b in self._bridges if b.left(now) > 0.0),
            shot=self._shot,
            palette=self._palette,
            cues=tuple(cue for cue in self._cues if cue.start <= now < cue.end),
            live=self._live(now),
        )

    def frame(self, now: float) -> Frame:
        """The frame at show time `now`; each call takes the next sequence number.

        Raises:
            DeskError: no song is loaded.
        """
        if self._show is None:
            raise DeskError(_NOTHING_LOADED)
        self._end(now)
        self._sequence += 1
        return self._show.step(self.media(now), self.inputs(now))

    def state(self, now: float) -> DeskState:
        """What the console shows at `now`."""
        self._end(now)
        return DeskState(
            song=0 if self._waiting else self._song,
            media=0.0 if self._waiting else self.media(now),
            duration=0.0 if self._waiting or self._show is None else self._show.duration,
            playing=self._playing,
            panic=self._panic,
            ended=self._ended,
            intensity=self._intensity.target,
            shot=self._shot.name if self._shot else "",
            pads=tuple(
                (c.owner, c.fade.target) for c in self._mixer.claims if now <= c.expires and c.source == _OPERATOR
            ),
            palette=self._palette,
        )

    def _idle(self, now: float) -> bool:
        return self._panic or not self._playing or self._over(now)

    def _over(self, now: float) -> bool:
        """Has a running song passed its end?"""
        return self._show is not None and self._media0 + now - self._show0 >= self._show.duration

    def _end(self, now: float) -> None:
        """Leave the last pose by a bridge, measured at the very moment of the end, whenever that is noticed."""
        if self._show is None or not self._playing or not self._over(now):
            return
        self._stop_at_end(self._show, self._show0 + self._show.duration - self._media0)

    def _stop_at_end(self, show: Show, moment: float) -> None:
        def change() -> None:
            self._media0, self._show0, self._playing, self._ended = show.duration, moment, False, True

        before = self._bodies(show, show.duration, moment, replace(self.inputs(moment), idle=self._panic))
        change()
        self._leave_bridges(show, before, moment, SWITCH)

    def _switch(self, change: _Change, now: float, seconds: float = SWITCH) -> None:
        """Do `change` and bridge every body from what it was at `now` to what it will be."""
        self._end(now)
        old = self._show
        before = {} if old is None else self._bodies(old, self.media(now), now, self.inputs(now))
        glow = None if old is None else old.light(self.media(now), self.inputs(now)).intensity
        self._ended = False
        change()
        if self._show is None:
            return
        if self._playing and self._over(now):
            # Sought past the end: nothing of the dance is left to end later, so the bridge must lead from here.
            self._media0, self._show0, self._playing, self._ended = self._show.duration, now, False, True
        same = {
            p.id
            for p in self._show.performance.performers
            for q in (old or self._show).performance.performers
            if p.id == q.id and p.sha256 == q.sha256
        }
        self._leave_bridges(self._show, {who: was for who, was in before.items() if who in same}, now, seconds)
        if glow is not None:
            # A seek must not flash: brightness goes over like the body.
            self._light_left = Fade(low=-1.0)
            gap = glow - self._show.light(self.media(now), self.inputs(now)).intensity
            self._light_left = Fade(value=gap, start=now, seconds=seconds, low=-1.0)

    def _bodies(self, show: Show, t: float, now: float, inputs: Inputs) -> _Bodies:
        return {
            performer.id: show.bridged(who, t, now, inputs) for who, performer in enumerate(show.performance.performers)
        }

    def _leave_bridges(self, show: Show, before: _Bodies, now: float, seconds: float) -> None:
        self._bridges = ()
        rest = float(self._idle(now))
        if rest != self._rest.target:
            self._rest = self._rest.towards(rest, now, seconds)
        inputs = self.inputs(now)
        self._bridges = tuple(
            (performer.id, bridge(before[performer.id], show.body(who, self.media(now), now, inputs), now, seconds))
            for who, performer in enumerate(show.performance.performers)
            if performer.id in before
        )
