"""The recording in the terminal: shows the desk, reads keys, plays tones (a shell: terminal, a thread for playing).

What is recorded and judged is `performer/voice/record/desk`; here is only how it looks and which key is which.
"""

import os
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rich.align import Align
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from motion.errors import UserError
from performer.voice.record.desk import Desk, Effect, Press
from performer.voice.record.guide import guide_tone, note_name
from performer.voice.record.meter import SILENCE_LUFS, Level
from performer.voice.record.script import Line
from performer.voice.record.session import RATE, Session
from performer.voice.record.source import Blocks, Player
from performer.voice.sound import read_sound

__all__ = ["KEYS", "TerminalRecorder", "keys_of", "typed_keys"]

# Bytes of a key -> what it means; "quit" is ours, the rest the desk's.
KEYS: dict[str, Press] = {
    "\r": "go",
    "\n": "go",
    " ": "go",
    "r": "again",
    "p": "play",
    "g": "guide",
    "b": "back",
    "n": "skip",
    "\x1b": "stop",
    "\x1b[A": "higher",
    "\x1b[B": "lower",
    "\x1b[C": "skip",
    "\x1b[D": "back",
}
_QUIT = ("q", "\x03", "\x04")
_METER_LOW, _METER_HIGH, _METER_WIDTH = -70.0, -6.0, 48
_HELP = "enter begin, end · r again · p play · b back · n skip · g tone · ↑↓ its pitch · esc stop · q quit"
_STYLES = {"good": "bold green", "fair": "bold yellow", "again": "bold dark_orange"}


def keys_of(text: str) -> list[str]:
    """Keys in what a terminal sent: letters, and arrows as one key each."""
    keys: list[str] = []
    at = 0
    while at < len(text):
        size = 3 if text[at : at + 2] == "\x1b[" and at + 2 < len(text) else 1
        keys.append(text[at : at + size].lower() if size == 1 else text[at : at + size])
        at += size
    return keys


@contextmanager
def typed_keys() -> Generator[Callable[[], str]]:
    """While it lasts keys come at once and unseen; the function gives what was typed since it was asked last."""
    if sys.platform == "win32":
        import msvcrt

        yield lambda: "".join(msvcrt.getwch() for _ in iter(msvcrt.kbhit, False))
        return
    import select
    import termios
    import tty

    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)

    def typed() -> str:
        if not select.select([number], [], [], 0.0)[0]:
            return ""
        return os.read(number, 64).decode(errors="ignore")

    try:
        tty.setcbreak(number)
        yield typed
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)


@dataclass
class _Playing:
    """What plays in its thread. over: it has come to its end or failed."""

    effect: Effect
    over: threading.Event = field(default_factory=threading.Event)
    problem: str = ""


class TerminalRecorder:
    """One recording on a terminal. show: draws a renderable; typed: keys since the last call."""

    def __init__(
        self, session: Session, source: Blocks, player: Player, *, hush: bool = True, start: int | None = None
    ) -> None:
        self.desk = Desk(session, source.rate, hush=hush, start=start)
        self._source = source
        self._player = player
        self._playing: _Playing | None = None
        self._problem = ""
        self._level = Level(SILENCE_LUFS, 0.0, False)

    def run(self, show: Callable[[RenderableType], None], typed: Callable[[], str]) -> None:
        """Until the person quits or the microphone ends."""
        show(self.picture())
        for block in self._source:
            for key in keys_of(typed()):
                if key in _QUIT:
                    return
                press = KEYS.get(key)
                if press is not None:
                    self._press(press)
            self._see_playing()
            self._level = self.desk.feed(block)
            show(self.picture())

    def _press(self, press: Press) -> None:
        self._problem = ""
        # Nothing may sound into a take: while a take plays or a tone is only listened to, recording waits.
        if self._playing is not None and self.desk.phase != "guide" and press in ("go", "again"):
            self._problem = "wait until it has been played"
            return
        if self._playing is not None and self.desk.phase == "guide" and press == "go":
            return
        try:
            effect = self.desk.press(press)
            if effect is not None and self._playing is None:
                self._play(effect)
        except UserError as error:
            # A take that was removed meanwhile, a full disk: said, and the recording goes on.
            self._problem = str(error)

    def _play(self, effect: Effect) -> None:
        playing = _Playing(effect)
        samples, rate = self._sound_of(effect)

        def play() -> None:
            try:
                self._player.play(samples, rate)
            except UserError as error:
                playing.problem = str(error)
            finally:
                playing.over.set()

        self._playing = playing
        threading.Thread(target=play, daemon=True).start()

    def _sound_of(self, effect: Effect) -> tuple[NDArray[np.float32], int]:
        session = self.desk.session
        if effect.kind == "guide":
            return guide_tone(effect.line.notes, RATE, session.transpose), RATE
        sound = read_sound(session.path(effect.line))
        return sound.mono, sound.rate

    def _see_playing(self) -> None:
        playing = self._playing
        if playing is None or not playing.over.is_set():
            return
        self._playing = None
        if playing.problem:
            self._problem = playing.problem
        if playing.effect.kind == "guide":
            # Without a loudspeaker the line can still be sung from its notes.
            self.desk.guide_done()

    def picture(self) -> RenderableType:
        """What the terminal shows now."""
        desk, line = self.desk, self.desk.line
        rows: list[RenderableType] = [Align.center(self._head(line)), Text("")]
        rows.append(Align.center(Text(line.text, style="bold white", justify="center")))
        if line.reading:
            rows.append(Align.center(Text(line.reading, style="bright_black", justify="center")))
        if line.notes:
            rows.append(Align.center(Text(self._notes(line), style="cyan", justify="center")))
        style = {"ready": "bright_black", "guide": "cyan", "taking": "magenta"}[desk.phase]
        box = Panel(Group(*rows), border_style=style, padding=(1, 2))
        return Group(box, self._said(), self._meter(), self._foot(), Text(_HELP, style="bright_black"))

    def _head(self, line: Line) -> Text:
        words = {"room": "silence", "speech": "read", "vowel": "held tone"}
        head = Text(words.get(line.kind, line.kind), style="bold magenta" if line.kind == "speech" else "bold cyan")
        for more in (line.mood, line.hint):
            if more:
                head.append(f"  {more}", "not bold bright_black")
        note = self.desk.session.note(line)
        if note is not None:
            head.append("  to be recorded again" if note.grade == "again" else "  recorded", _STYLES[note.grade])
        return head

    def _notes(self, line: Line) -> str:
        transpose = self.desk.session.transpose
        words: list[str] = []
        for note in line.notes:
            name = note_name(note.pitch + transpose) if note.pitch else "–"
            name += f"→{note_name(note.to + transpose)}" if note.to else ""
            words.append(f"{note.sung} {name}".strip())
        return "   ".join(words)

    def _said(self) -> Text:
        desk = self.desk
        if self._problem:
            return Text(f"  {self._problem}", style="bold dark_orange")
        if desk.phase == "taking":
            more = " keep still" if desk.line.kind == "room" else ""
            return Text(f"  ● {desk.seconds:4.1f} s{more}", style="bold red")
        if desk.phase == "guide":
            return Text("  ♪ listen, then it is your turn", style="bold cyan")
        if desk.verdict is None or desk.judged is None:
            return Text("  every line is recorded, thank you" if desk.finished else "  enter begins")
        of = "" if desk.judged is desk.line else f"line {desk.session.script.lines.index(desk.judged) + 1}: "
        mark = "↻" if desk.verdict.grade == "again" else "✓"
        return Text(f"  {mark} {of}{desk.verdict.sentence}", style=_STYLES[desk.verdict.grade])

    def _meter(self) -> Text:
        level = self.desk.session.limits.level
        bar = Text("  ")
        for cell in range(_METER_WIDTH):
            lufs = _METER_LOW + (_METER_HIGH - _METER_LOW) * (cell + 0.5) / _METER_WIDTH
            good = level.soft <= lufs <= level.loud
            colour = "green" if good else "red" if lufs > level.loud else "bright_black"
            bar.append("█" if lufs <= self._level.lufs else "▁" if good else "·", colour)
        bar.append("  no sound " if self._level.lufs <= SILENCE_LUFS + 1 else f"  {self._level.lufs:4.0f} LUFS")
        if self._level.clipped:
            bar.append("  CLIP", "bold white on red")
        return bar

    def _foot(self) -> Text:
        session = self.desk.session
        lines = session.script.lines
        minutes, seconds = divmod(int(session.seconds), 60)
        foot = Text(f"  {session.done} of {len(lines)} lines", style="bold")
        foot.append(f" · {minutes}:{seconds:02d} recorded · line {self.desk.number}", "not bold")
        if session.transpose and self.desk.line.notes:
            foot.append(f" · tones {session.transpose:+d} semitones", "not bold cyan")
        return foot
