"""A microphone sings in a show: its process feeds the mouth on the wire, dies without harm, and lets go when told."""

import asyncio
import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect

from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from performer.voice.convert.voice_file import Card, PitchRange, VoiceFile, write_voice_file
from performer.voice.sound import Sound, write_wav
from stage.server.describe import avatar_tables
from stage.server.live_voice import LiveVoice, VoiceSource
from stage.server.tokens import Tokens
from stage.wire.codec import decode_frame
from stage.wire.frame import PERFORMER_LIVE, PERFORMER_TRACKED
from tests.stage.server.conftest import PATIENCE, running
from tests.stage.server.test_server import acknowledge, bearer, next_of

RATE = 48_000
NAMES = {table.number: table.expressions for table in avatar_tables((read_vrm(avatar_path("mannequin")),))}


def _hummed(path: Path, seconds: float = 60.0) -> Path:
    """Half a second of a tone, half a second of nothing, on and on."""
    t = np.arange(round(seconds * RATE)) / RATE
    tone = 0.2 * np.sin(2 * np.pi * 220 * t) * ((t % 1.0) < 0.5)
    write_wav(path, Sound(tone.astype(np.float32)[:, None], RATE))
    return path


async def _mouths(line: ClientConnection, columns: list[int], seconds: float) -> tuple[np.ndarray, int]:
    """Sum of the vowels in each frame that comes within so many seconds, and all flags seen."""
    sums: list[float] = []
    flags = 0
    end = asyncio.get_running_loop().time() + seconds
    while (left := end - asyncio.get_running_loop().time()) > 0:
        try:
            data = await asyncio.wait_for(line.recv(), left)
        except TimeoutError:
            break
        if isinstance(data, bytes):
            await acknowledge(line, data)
            lead = decode_frame(data, {number: len(names) for number, names in NAMES.items()}).performers[0]
            sums.append(float(lead.weights[columns].sum()))
            flags |= lead.flags
    return np.array(sums), flags


async def _state(line: ClientConnection, wanted: str) -> dict[str, object]:
    """The voice as the console is told of it, once it fits."""
    async with asyncio.timeout(PATIENCE):
        while True:
            voice = (await next_of(line, "show_state"))["voice"]
            assert isinstance(voice, dict)
            if (wanted == "sings" and voice["microphone"]) or (wanted == "trouble" and voice["trouble"]):
                return voice


def test_the_mouth_on_the_wire_follows_the_microphone(tmp_path: Path, tokens: Tokens) -> None:
    source = VoiceSource("none", file=str(_hummed(tmp_path / "hum.wav")))
    names = next(iter(NAMES.values()))
    columns = [names.index(name) for name in ("aa", "ih", "ou", "ee", "oh")]

    async def run(ws: str) -> None:
        async with connect(ws, additional_headers=bearer(tokens.operator)) as line:
            assert not (await next_of(line, "show_state"))["voice"]["on"]  # type: ignore[index]
            await line.send(json.dumps({"type": "sing", "on": True}))
            voice = await _state(line, "sings")
            assert voice["microphone"] == "hum.wav"
            assert voice["delayMs"] == pytest.approx(0, abs=60)
            open_mouths, flags = await _mouths(line, columns, 3.0)
            assert flags & PERFORMER_LIVE
            assert not flags & PERFORMER_TRACKED
            # Open half of the time, shut half of the time.
            assert 0.25 < float((open_mouths > 0.25).mean()) < 0.75
            assert float((open_mouths < 0.05).mean()) > 0.2
            await line.send(json.dumps({"type": "sing", "on": False}))
            await asyncio.sleep(1.0)
            _, flags = await _mouths(line, columns, 1.5)
            _, flags = await _mouths(line, columns, 0.5)
            assert not flags & PERFORMER_LIVE

    with running(tmp_path, tokens, voice=source) as here:
        asyncio.run(run(here.ws))


def test_a_voice_that_cannot_be_had_says_why_and_the_show_goes_on(tmp_path: Path, tokens: Tokens) -> None:
    source = VoiceSource("none", file=str(tmp_path / "nowhere.wav"))

    async def run(ws: str) -> None:
        async with connect(ws, additional_headers=bearer(tokens.operator)) as line:
            await line.send(json.dumps({"type": "sing", "on": True}))
            voice = await _state(line, "trouble")
            assert "nowhere.wav" in str(voice["trouble"])
            sums, flags = await _mouths(line, [0], 1.0)
            assert len(sums) > 20
            assert not flags & PERFORMER_LIVE

    with running(tmp_path, tokens, voice=source) as here:
        asyncio.run(run(here.ws))


def test_a_killed_voice_comes_back_by_itself(tmp_path: Path) -> None:
    async def run() -> None:
        voice = LiveVoice(VoiceSource("none", file=str(_hummed(tmp_path / "hum.wav"))))
        task = asyncio.create_task(voice.run())
        voice.switch(True)
        seen: set[int] = set()
        try:
            async with asyncio.timeout(PATIENCE):
                while len(seen) < 2:
                    process = voice._process
                    if process is not None and process.pid not in seen and voice.state().microphone:
                        if voice.mouth(0.0) is None:
                            await asyncio.sleep(0.05)
                            continue
                        seen.add(process.pid)
                        if len(seen) == 1:
                            os.kill(process.pid, signal.SIGKILL)
                            voice._state = type(voice._state)()
                    await asyncio.sleep(0.02)
            voice.switch(False)
            await asyncio.sleep(0.3)
            assert voice.mouth(0.0) is None
            assert voice._process is None
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


def test_a_show_without_a_voice_says_so(tmp_path: Path, tokens: Tokens) -> None:
    async def run(ws: str) -> None:
        async with connect(ws, additional_headers=bearer(tokens.operator)) as line:
            await line.send(json.dumps({"type": "sing", "on": True}))
            problem = await next_of(line, "problem")
            assert "--voice" in str(problem["message"])

    with running(tmp_path, tokens) as here:
        asyncio.run(run(here.ws))


def test_the_console_is_told_the_voices_name_not_a_path(tmp_path: Path) -> None:
    card = Card("轻灵", "designed", "CC0-1.0", PitchRange(150.0, 210.0, 420.0))
    write_voice_file(tmp_path / "mine.voice", VoiceFile(card, {"decoder.onnx": b"x"}))
    assert LiveVoice(VoiceSource(str(tmp_path / "mine.voice"))).state().name == "轻灵"
    assert LiveVoice(VoiceSource(str(tmp_path / "gone.voice"))).state().name == "gone"
    # The page says "as it is" of the microphone's own sound.
    assert LiveVoice(VoiceSource("none")).state().name == "none"
