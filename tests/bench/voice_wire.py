"""A live voice in a show: from a sound at the microphone to the mouth on the wire, and the mouth against what is heard.

python -m tests.bench voice_wire --json voice=PATH file=SPEECH.wav seconds=30

`nichang show --voice` runs with PyAudio on a null sink of PulseAudio (`_pulse`), a real client reads its frames. The
sound is a made vowel on and off at random times, or a file. An onset is where the sound comes up to 20 dB under its
loud parts after 80 ms of quiet; the mouth has opened where it comes up to a quarter of how wide it gets. Frames count
when they arrive (`wire_ms`) and when they are due, as a page shows them (`mouth_late_ms`: against the loudspeaker).
Recording and arrivals are on one clock but for the 5 ms of a sound server's block.
"""

import asyncio
import contextlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks
from websockets.asyncio.client import ClientConnection, connect

from performer.voice.live.roundtrip import bursts, find_bursts
from performer.voice.sound import read_sound, resample
from stage.server.live import LIVE_LEAD
from stage.wire.codec import decode_frame
from stage.wire.frame import PERFORMER_LIVE
from stage.wire.messages import Ack, Ping, Play, Sing, encode_message
from tests.bench._pulse import RATE, Recording, missing, sound_server
from tests.bench._voices import bench_voice
from tests.bench.wire import show_process

__all__ = ["run"]

_VOWELS = ("aa", "ih", "ou", "ee", "oh")
_PATIENCE, _SETTLES_SECONDS = 300.0, 2.0
_MS = RATE // 1000
# Decibels under the loud parts; milliseconds.
_ONSET_DB, _QUIET_DB, _QUIET_MS, _HOLDS_MS = -20.0, -26.0, 80, 60
_OPENS, _LEAST_MOUTH, _LOOK_SECONDS, _STRAY_MS = 0.25, 0.08, 0.35, 60
_WIRE_MS, _MOUTH_MS = 120.0, 30.0


@dataclass(slots=True)
class _Seen:
    """Of each frame with a live mouth: monotonic arrival, show time at which it is due, sum of the vowels. born: what
    monotonic time show time began at, by the quickest ping; voice: what the console was told last; prepared: a song is
    on the desk."""

    arrived: list[float] = field(default_factory=list[float])
    due: list[float] = field(default_factory=list[float])
    mouth: list[float] = field(default_factory=list[float])
    born: float = 0.0
    quickest: float = np.inf
    voice: dict[str, Any] = field(default_factory=dict[str, Any])
    delays: list[float] = field(default_factory=list[float])
    prepared: bool = False


async def _read(line: ClientConnection, seen: _Seen) -> None:
    tables: dict[int, list[str]] = {}
    async for data in line:
        now = time.monotonic()
        if isinstance(data, bytes):
            await line.send(encode_message(Ack(sequence=int.from_bytes(data[4:8], "little"))))
            frame = decode_frame(data, {number: len(names) for number, names in tables.items()})
            lead = frame.performers[0]
            if lead.flags & PERFORMER_LIVE:
                columns = [tables[lead.avatar].index(name) for name in _VOWELS]
                seen.arrived.append(now)
                seen.due.append(frame.show_time)
                seen.mouth.append(float(lead.weights[columns].sum()))
            continue
        said = json.loads(data)
        if said["type"] == "avatar_table":
            tables[said["number"]] = said["expressions"]
        elif said["type"] == "pong":
            took = now - said["clientTime"]
            if took < seen.quickest:
                seen.quickest, seen.born = took, now - took / 2 - said["showTime"]
        elif said["type"] == "song_info":
            seen.prepared = True
        elif said["type"] == "show_state" and said["voice"]:
            seen.voice = said["voice"]
            seen.delays.append(said["voice"]["delayMs"])


async def _watch(about: dict[str, Any], play: Callable[[], None], song: bool, prepared: bool) -> _Seen:
    """Switch the voice on, wait until it sings, let `play` play; what was seen meanwhile."""
    seen = _Seen()
    headers = {"Authorization": f"Bearer {about['tokens']['operator']}"}
    async with connect(about["ws"], additional_headers=headers, ping_interval=None) as line:
        reader = asyncio.create_task(_read(line, seen))

        async def ping() -> None:
            while True:
                await line.send(encode_message(Ping(client_time=time.monotonic())))
                await asyncio.sleep(0.25)

        pings = asyncio.create_task(ping())
        try:
            async with asyncio.timeout(_PATIENCE):
                # A song that is still being prepared takes the processor that the voice needs.
                while not seen.voice or (prepared and not seen.prepared):
                    await asyncio.sleep(0.1)
                if song:
                    await line.send(encode_message(Play()))
                await line.send(encode_message(Sing(on=True)))
                while not seen.mouth:
                    if trouble := seen.voice["trouble"]:
                        raise RuntimeError(f"the voice does not sing: {trouble}")
                    await asyncio.sleep(0.1)
            await asyncio.sleep(_SETTLES_SECONDS)
            seen.delays.clear()
            await asyncio.to_thread(play)
        finally:
            for task in (reader, pings):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(reader, pings)
    return seen


def _level(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n,) -> (n // 48,) decibels under the loud parts at each millisecond, over 10 ms around it."""
    window = np.hanning(10 * _MS)
    power = np.convolve(np.square(sound.astype(np.float64)), window / window.sum(), "same")[::_MS]
    level = 10 * np.log10(power + 1e-12)
    return level - np.percentile(level[level > level.max() - 40], 85)


def _onsets(level: NDArray[np.float64]) -> NDArray[np.intp]:
    """Milliseconds at which sound begins after quiet, and stays."""
    loud = level > _ONSET_DB
    rises = np.flatnonzero(loud[1:] & ~loud[:-1]) + 1
    fits = [
        at
        for at in rises
        if at >= _QUIET_MS
        and level[at - _QUIET_MS : at - 15].max() < _QUIET_DB
        and loud[at : at + _HOLDS_MS].mean() > 0.9
    ]
    return np.array(fits, np.intp)


def _opens(times: NDArray[np.float64], mouth: NDArray[np.float64], onset: float, linear: bool) -> float | None:
    """When the mouth has opened after `onset`; linear: between two frames, as a page draws them; None: not at all."""
    first, stop = np.searchsorted(times, [onset - 0.05, onset + _LOOK_SECONDS])
    part = mouth[first:stop]
    if len(part) < 5:
        return None
    tops = find_peaks(np.append(part, 0.0), height=_LEAST_MOUTH)[0]
    if not len(tops):
        return None
    wide, least = float(part[tops[0]]), float(part[: tops[0] + 1].min())
    limit = least + _OPENS * (wide - least)
    over = np.flatnonzero(part >= limit)
    over = over[over > part[: tops[0] + 1].argmin()]
    if not len(over) or wide - least < _LEAST_MOUTH:
        return None
    at = int(over[0])
    if not linear or at == 0:
        return float(times[first + at])
    share = (limit - part[at - 1]) / max(part[at] - part[at - 1], 1e-9)
    return float(times[first + at - 1] + share * (times[first + at] - times[first + at - 1]))


def _likest(level: NDArray[np.float64], began: float, times: NDArray[np.float64], mouth: NDArray[np.float64]) -> float:
    """Milliseconds by which the whole line of the mouth lags behind the level of a sound: where both are most alike."""
    at = np.arange(len(level)) / 1000 + began
    inside = (at > times[0] + 0.3) & (at < times[-1] - 0.3)
    wide = np.clip((level + 30) / 21, 0, 1)[inside]
    scores = [np.corrcoef(wide, np.interp(at[inside] + lag / 1000, times, mouth))[0, 1] for lag in range(-200, 300)]
    return float(np.argmax(scores) - 200)


def _percentiles(values: list[float]) -> dict[str, float]:
    each = np.percentile(values, [5, 50, 95, 99])
    found = {name: round(float(value), 1) for name, value in zip(("p5", "p50", "p95", "p99"), each, strict=True)}
    return {**found, "n": len(values)}


def _figures(seen: _Seen, heard: Recording) -> dict[str, Any]:
    arrived, due, mouth = (np.array(line) for line in (seen.arrived, seen.due, seen.mouth))
    due = due + seen.born
    sent, out = _level(heard.microphone), _level(heard.loudspeaker)
    wire: list[float] = []
    late: list[float] = []
    sound: list[float] = []
    onsets, answers = _onsets(sent), _onsets(out)
    # Which answer belongs to which onset: a slow voice may answer when the next but one has begun.
    usual = 1000 * find_bursts(heard.microphone, heard.loudspeaker, longest=1.5).seconds
    for onset in onsets:
        near = answers[np.abs(answers - onset - usual) < _STRAY_MS]
        if not len(near):
            continue
        sound.append(float(near[0] - onset))
        began, sounds = heard.began + onset / 1000, heard.began + near[0] / 1000
        # Frames leave before they are due.
        if (opened := _opens(arrived, mouth, sounds - LIVE_LEAD, linear=False)) is not None:
            wire.append(1000 * (opened - began))
        if (shown := _opens(due, mouth, sounds, linear=True)) is not None:
            late.append(1000 * (shown - sounds))
    if not wire or not late:
        raise RuntimeError(f"no mouth opened at any of {len(onsets)} onsets; was the sound heard?")
    return {
        "onsets": len(onsets),
        "wire_ms": _percentiles(wire),
        "mouth_late_ms": _percentiles(late),
        "sound_ms": _percentiles(sound),
        "mouth_behind_microphone_ms": _likest(sent, heard.began, arrived, mouth),
        "mouth_behind_loudspeaker_ms": _likest(out, heard.began, due, mouth),
        "frames_per_s": round((len(arrived) - 1) / float(arrived[-1] - arrived[0]), 1),
        "told": {**seen.voice, "delayMs": round(float(np.median(seen.delays or [0.0])), 1)},
    }


def _row(what: str, measured: Any, aim: str, holds: bool) -> dict[str, Any]:
    return {"what": what, "measured": measured, "aim": aim, "holds": bool(holds)}


def _sound(file: str | None, seconds: float) -> NDArray[np.float32]:
    if file is None:
        return bursts(seconds)
    whole = read_sound(Path(file))
    mono = resample(whole.mono, whole.rate, RATE)[: round(seconds * RATE)]
    return (0.5 * mono / max(1e-6, float(np.abs(mono).max()))).astype(np.float32)


def run(
    voice: str | None = None,
    file: str | None = None,
    seconds: float = 30.0,
    song: str | None = None,
    prepared: bool = True,
    keep: str = "",
) -> dict[str, Any]:
    """voice: a .voice file, a built-in name, or none for the microphone's own sound; without it the first built-in one.
    file: speech or singing for the microphone. song: played meanwhile; none: she stands idle. prepared: wait
    until the first song is. keep: a NumPy file for
    what was recorded and seen."""
    if why := missing():
        return {"skipped": why}
    silence = np.zeros(RATE // 2, np.float32)
    sound = np.concatenate([silence, _sound(file, seconds), silence])
    with tempfile.TemporaryDirectory() as folder, sound_server() as server:
        path, name = ("none", "none") if voice == "none" else bench_voice(voice, Path(folder))
        more = ["--voice", path, "--microphone", "default", *([] if song else ["--no-play"])]
        with show_process(0, song, more, server.environment) as (_, about), server.record() as recorder:
            seen = asyncio.run(_watch(about, lambda: server.play(sound), song is not None, prepared))
            heard = recorder.stop()
    if keep:
        np.savez(keep, microphone=heard.microphone, loudspeaker=heard.loudspeaker, began=heard.began, born=seen.born,
                 arrived=seen.arrived, due=seen.due, mouth=seen.mouth)  # fmt: skip
    figures = _figures(seen, heard)
    wire, late = figures["wire_ms"], figures["mouth_late_ms"]
    sides = [late["p5"], late["p95"]]
    return {
        "rows": [
            _row("microphone to wire, p95, ms", wire["p95"], "<= 120", wire["p95"] <= _WIRE_MS),
            _row("mouth against sound, median, ms", late["p50"], "within 30", abs(late["p50"]) <= _MOUTH_MS),
            _row("the same, 5 and 95 of 100, ms", sides, "within 30", max(-sides[0], sides[1]) <= _MOUTH_MS),
        ],
        "voice": name,
        "load_average": round(os.getloadavg()[0], 1),
        **figures,
    }
