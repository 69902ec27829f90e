"""`nichang voice live`: a microphone (or a file) through a voice, while it is spoken or sung. Parses, wires, prints."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from performer.voice.device import Device, Direction
    from performer.voice.front.chain import Front
    from performer.voice.live.loop import LiveLoop
    from performer.voice.live.meters import LiveMeters
    from performer.voice.stream import VoiceStream

__all__ = ["live"]

_VOICE = typer.Option("--voice", help="A built-in voice's name or a .voice file; without it the sound passes as it is.")
_IN = typer.Option("--in", help="Microphone: a number of --devices or a part of its name.")
_OUT = typer.Option("--out", help="Loudspeaker, likewise; with --file the WAV file to write.")
_DEVICES = typer.Option("--devices", "--list", help="List microphones and loudspeakers, and end.")
_FILE = typer.Option("--file", help="Take a sound file for the microphone, as fast as it goes; --out names the result.")
_REALTIME = typer.Option("--realtime", help="With --file: at the speed at which it sounds.")
_MONITOR = typer.Option("--monitor", help="Hear the cleaned microphone itself, without the voice.")
_NO_FRONT = typer.Option("--no-front", help="Leave out gate, noise reduction, howl and click suppression.")
_FRONT = typer.Option("--front", help="TOML settings of the clean-up (see performer/voice/front/front.toml).")
_TRANSPOSE = typer.Option("--transpose", min=-24.0, max=24.0, help="Semitones.")
_BUFFER = typer.Option("--buffer-ms", min=2.0, max=200.0, help="What waits for the loudspeaker at the least.")
_MEASURE = typer.Option("--measure-delay", help="Play a chirp, hear it come back, print the delay, and end.")
_SECONDS = typer.Option("--seconds", min=0.1, help="End after so long.")
_JSON = typer.Option("--json", help="Print one object at the end instead of meters.")


def live(
    voice: Annotated[str | None, _VOICE] = None,
    microphone: Annotated[str | None, _IN] = None,
    loudspeaker: Annotated[str | None, _OUT] = None,
    devices: Annotated[bool, _DEVICES] = False,
    file: Annotated[Path | None, _FILE] = None,
    realtime: Annotated[bool, _REALTIME] = False,
    monitor: Annotated[bool, _MONITOR] = False,
    no_front: Annotated[bool, _NO_FRONT] = False,
    front: Annotated[Path | None, _FRONT] = None,
    transpose: Annotated[float, _TRANSPOSE] = 0.0,
    buffer_ms: Annotated[float, _BUFFER] = 10.0,
    measure_delay: Annotated[bool, _MEASURE] = False,
    seconds: Annotated[float | None, _SECONDS] = None,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Sing or speak live with an idol's voice: microphone, clean-up, voice, loudspeaker; Ctrl-C ends.

    Use headphones, or the loudspeaker feeds the microphone (a howl is notched, but better never heard).
    """
    from performer.voice.front.chain import Front
    from performer.voice.front.settings import read_front

    if devices:
        _list_devices(as_json)
        return
    if (file is not None) != (loudspeaker is not None) and file is not None:
        raise typer.BadParameter("--file needs --out for the result")
    chain = None if no_front else Front(read_front(front) if front else None)
    stream = _open_voice(None if monitor else voice, transpose)
    if measure_delay:
        _measure(stream if voice else None, chain, microphone, loudspeaker, buffer_ms, as_json)
    elif file is not None and loudspeaker is not None:
        _from_file(file, Path(loudspeaker), stream, chain, realtime, seconds, as_json)
    else:
        _from_devices(microphone, loudspeaker, stream, chain, buffer_ms, seconds, as_json)


def _open_voice(name: str | None, semitones: float) -> "VoiceStream":
    from performer.voice.live.loop import Bypass

    if name is None:
        return Bypass()
    from performer.voice.library import open_voice
    from performer.voice.streams import stream_of

    return stream_of(open_voice(name, use="live"), semitones)


def _list_devices(as_json: bool) -> None:
    from performer.voice.device import PyAudioSounds

    sounds = PyAudioSounds()
    found = sounds.devices()
    sounds.close()
    if as_json:
        print(json.dumps([asdict(device) for device in found], ensure_ascii=False))
        return
    titles: dict[Direction, str] = {"in": "Microphones (--in)", "out": "Loudspeakers (--out)"}
    for direction, title in titles.items():
        fitting = [device for device in found if device.channels(direction)]
        print(f"{title}:" if fitting else f"{title}: none")
        for device in fitting:
            print(_line(device, direction in device.default, device.channels(direction)))


def _line(device: "Device", default: bool, channels: int) -> str:
    mark = "*" if default else " "
    return f" {mark}{device.number:>3}  {device.name}  ({device.host}, {channels} channels, {device.rate} Hz)"


def _from_file(
    source: Path,
    target: Path,
    voice: "VoiceStream",
    front: "Front | None",
    realtime: bool,
    seconds: float | None,
    as_json: bool,
) -> None:
    from performer.voice.live.clock import SystemClock
    from performer.voice.live.files import FileSink, FileSource
    from performer.voice.live.loop import LiveLoop

    clock = SystemClock()
    with FileSink(target) as sink:
        loop = LiveLoop(FileSource(source, clock if realtime else None), sink, voice, clock, front=front)
        began = clock.now()
        while (seconds is None or loop.t < seconds) and loop.step():
            pass
        took = clock.now() - began
    _report(loop.meters, loop.t, as_json, {"seconds": round(loop.t, 3), "took": round(took, 3), "file": str(target)})


def _from_devices(
    microphone: str | None,
    loudspeaker: str | None,
    voice: "VoiceStream",
    front: "Front | None",
    buffer_ms: float,
    seconds: float | None,
    as_json: bool,
) -> None:
    from rich.live import Live

    with _Rig(microphone, loudspeaker, buffer_ms) as rig:
        loop = rig.loop(voice, front, guarded=True)
        if as_json:
            meters = rig.play(loop, seconds, lambda: None)
        else:
            with Live(_table(rig, loop.meters), refresh_per_second=8) as view:
                meters = rig.play(loop, seconds, lambda: view.update(_table(rig, loop.meters)))
        _report(meters, loop.t, as_json, rig.says())


class _Rig:
    """Both devices, opened and looked after."""

    def __init__(self, microphone: str | None, loudspeaker: str | None, buffer_ms: float) -> None:
        from performer.voice.device import PyAudioSounds
        from performer.voice.live.astray import Astray
        from performer.voice.live.clock import SystemClock
        from performer.voice.live.keeper import Keeper, Loudspeaker, Microphone
        from performer.voice.priority import prefer_this_thread

        # The sound system's threads begin with the same precedence; and all of Python's take turns at one interpreter,
        # so that one which is held up while it has it holds up the sound.
        prefer_this_thread()
        self._stack = ExitStack()
        self._clock = SystemClock()
        sounds = PyAudioSounds()
        self._stack.callback(sounds.close)
        self.microphone = Microphone(sounds, self._clock, microphone)
        self.loudspeaker = Loudspeaker(sounds, self._clock, loudspeaker, target=round(buffer_ms * 48))
        self._keeper = Keeper(sounds, self._clock, self.microphone, self.loudspeaker, Astray())

    def __enter__(self) -> "_Rig":
        try:
            self._stack.enter_context(self._keeper)
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def loop(self, voice: "VoiceStream", front: "Front | None", *, guarded: bool = False) -> "LiveLoop":
        """guarded: taken down where it runs away; not where a chirp shall come back."""
        from performer.voice.live.loop import LiveLoop
        from performer.voice.live.runaway import Runaway

        runaway = Runaway() if guarded else None
        return LiveLoop(self.microphone, self.loudspeaker, voice, self._clock, front=front, runaway=runaway)

    def play(
        self,
        loop: "LiveLoop",
        seconds: float | None,
        tell: Callable[[], None],
        done: Callable[[], bool] = lambda: False,
    ) -> "LiveMeters":
        """The loop in a thread of its own; `tell` eight times a second here, until Ctrl-C, the time or `done`.

        Returns: the meters as they stood when it ended; later, what still comes in would count as waiting.
        """
        import threading

        stop = threading.Event()
        failed: list[BaseException] = []

        def run() -> None:
            try:
                loop.run(stop)
            except BaseException as error:  # told in the main thread
                failed.append(error)

        thread = threading.Thread(target=run, name="voice", daemon=True)
        end = None if seconds is None else self._clock.now() + seconds
        thread.start()
        try:
            while thread.is_alive() and not done() and (end is None or self._clock.now() < end):
                thread.join(0.125)
                tell()
        except KeyboardInterrupt:
            pass
        finally:
            meters = loop.meters
            stop.set()
            thread.join(2.0)
        if failed:
            raise failed[0]
        return meters

    def says(self) -> dict[str, Any]:
        return {
            "microphone": self.microphone.name,
            "loudspeaker": self.loudspeaker.name,
            "microphone_lost": self.microphone.lost,
            "loudspeaker_lost": self.loudspeaker.lost,
            "xruns": self.microphone.xruns + self.loudspeaker.xruns,
        }


def _measure(
    voice: "VoiceStream | None",
    front: "Front | None",
    microphone: str | None,
    loudspeaker: str | None,
    buffer_ms: float,
    as_json: bool,
) -> None:
    import numpy as np

    from performer.voice.device import DeviceError
    from performer.voice.live.loop import BLOCK
    from performer.voice.live.roundtrip import Prober, bursts, chirp, find_bursts, find_chirp, voice_delay
    from performer.voice.stream import VoiceBlock

    class Both:
        """Front and voice as one, for what they add together."""

        rate = 48_000
        latency = 0.0

        def feed(self, block: Any, t: float) -> VoiceBlock:
            clean = front.feed(block) if front else block
            return voice.feed(clean, t) if voice else VoiceBlock(clean)

        def reset(self) -> None:
            for part in (front, voice):
                if part:
                    part.reset()

    with _Rig(microphone, loudspeaker, buffer_ms) as rig:
        sweep = Prober(chirp())
        rig.play(rig.loop(sweep, None), 30.0, lambda: None, lambda: sweep.done)
        found = find_chirp(chirp(), sweep.heard)
        if not found.found:
            raise DeviceError(
                "the chirp did not come back; put the microphone before the loudspeaker and turn it up "
                f"(peak over background {found.clear:.1f}, 8 is needed)"
            )
        spoken = Prober(bursts())
        rig.play(rig.loop(spoken, None), 40.0, lambda: None, lambda: spoken.done)
        plain = find_bursts(bursts(), spoken.heard)
        through = Both()
        through.reset()
        made = [through.feed(spoken.heard[k : k + BLOCK], k / 48_000).audio for k in range(0, len(spoken.heard), BLOCK)]
        whole = find_bursts(bursts(), np.concatenate(made))
        alone = voice_delay(through, bursts())
    figures = {
        "round_trip_ms": round(1000 * found.seconds, 2),
        "bursts_ms": round(1000 * plain.seconds, 2),
        "with_voice_ms": round(1000 * whole.seconds, 2),
        "voice_adds_ms": round(1000 * (whole.seconds - plain.seconds), 2),
        "voice_alone_ms": round(1000 * alone.seconds, 2),
        "declared_ms": round(1000 * ((voice.latency if voice else 0.0) + (front.latency if front else 0.0)), 2),
        "likeness": round(whole.clear, 3),
        **rig.says(),
    }
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    print(f"loudspeaker to microphone, devices and buffers: {figures['round_trip_ms']} ms")
    if not whole.found:
        print(f"what the voice adds could not be read off: too little of the probe came through ({whole.clear:.2f})")
    else:
        print(f"clean-up and voice add {figures['voice_adds_ms']} ms (they declare {figures['declared_ms']} ms)")
        print(f"in all {round(figures['round_trip_ms'] + figures['voice_adds_ms'], 1)} ms")


def _bar(db: float) -> str:
    return "█" * round(max(0.0, min(1.0, (db + 60) / 60)) * 24)


def _table(rig: _Rig, meters: "LiveMeters") -> "Table":
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column()
    clip = f"  clipped {meters.clipped} times: step back" if meters.clipped else ""
    table.add_row(
        "microphone", f"{rig.microphone.name}  {meters.microphone_db:6.1f} dB {_bar(meters.microphone_db)}{clip}"
    )
    table.add_row("voice", f"{rig.loudspeaker.name}  {meters.voice_db:6.1f} dB {_bar(meters.voice_db)}")
    table.add_row("load", f"median {meters.load_p50:.0%}, p99 {meters.load_p99:.0%} of 10 ms, {meters.late} late")
    table.add_row(
        "delay", f"{1000 * meters.algorithm:.0f} ms computing + {1000 * meters.buffers:.0f} ms buffers (as drivers say)"
    )
    lost = f"microphone {meters.microphone_drops}, loudspeaker {meters.loudspeaker_drops} samples"
    table.add_row("drops", f"{lost}; {rig.says()['xruns']} xruns")
    for stage in meters.stages:
        state = "off" if not stage.on else (f"-{stage.db:.0f} dB" if stage.active else "rests")
        table.add_row(stage.name, f"{state}  {stage.says}")
    if meters.music > 0.5:
        table.add_row("", "music is heard: it is not taken for noise")
    for text in meters.trouble:
        table.add_row("[red]!", f"[red]{text}")
    return table


def _report(meters: "LiveMeters", seconds: float, as_json: bool, more: dict[str, Any]) -> None:
    if as_json:
        print(json.dumps({**more, **asdict(meters)}, ensure_ascii=False))
        return
    length = f"{seconds:.1f} s" if "took" not in more else f"{seconds:.1f} s in {more['took']} s"
    print(f"{length}; load median {meters.load_p50:.0%}, p99 {meters.load_p99:.0%} of 10 ms; {meters.late} blocks late")
    if meters.silent or meters.loudspeaker_drops or meters.microphone_drops:
        print(
            f"{meters.silent} blocks without a microphone; lost samples: microphone {meters.microphone_drops}, "
            f"loudspeaker {meters.loudspeaker_drops}"
        )
