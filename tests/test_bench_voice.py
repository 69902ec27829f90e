"""The live benches' own measuring: made onsets and mouths with known delays; no sound server is a reason, no error."""

import numpy as np
import pytest

from performer.voice.live.roundtrip import bursts
from tests.bench import _pulse, voice_loop, voice_wire
from tests.bench._pulse import RATE, Recording

SILENCE = np.zeros(RATE // 2, np.float32)


@pytest.mark.parametrize("late", [-20, 0, 40])
def test_delays_of_a_made_mouth_are_found(late: int) -> None:
    sound = np.concatenate([SILENCE, bursts(6.0), SILENCE])
    heard = np.concatenate([np.zeros(RATE // 10, np.float32), sound])[: len(sound)]
    # Open as the loudspeaker's sound is loud, `late` milliseconds behind it; frames leave 33 ms before they are due.
    wide = np.clip((voice_wire._level(heard) + 30) / 21, 0, 1)
    due = np.arange(0.0, len(wide) / 1000 - 0.1, 1 / 60)
    mouth = np.interp(due - late / 1000, np.arange(len(wide)) / 1000, wide)
    seen = voice_wire._Seen(
        arrived=list(7.0 + due - 0.033), due=list(due - 3.0), mouth=[float(m) for m in mouth], born=10.0
    )
    figures = voice_wire._figures(seen, Recording(sound, heard, 7.0))
    assert figures["onsets"] > 12
    assert figures["sound_ms"]["p50"] == pytest.approx(100, abs=1)
    assert figures["mouth_late_ms"]["p50"] == pytest.approx(late, abs=8)
    assert figures["mouth_behind_loudspeaker_ms"] == pytest.approx(late, abs=3)
    # A frame is on the wire up to a sixtieth after the mouth would have been known.
    assert figures["wire_ms"]["p50"] == pytest.approx(100 + late - 33 + 8, abs=10)


def test_a_mouth_that_never_opens_is_said() -> None:
    sound = np.concatenate([SILENCE, bursts(3.0), SILENCE])
    times = list(np.arange(0.0, 4.0, 1 / 60))
    shut = voice_wire._Seen(arrived=times, due=times, mouth=[0.0] * len(times))
    with pytest.raises(RuntimeError, match="no mouth opened"):
        voice_wire._figures(shut, Recording(sound, sound, 0.0))


def test_without_a_sound_server_the_benches_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pulse.shutil, "which", lambda program: None)
    for bench in (voice_wire, voice_loop):
        assert "pulseaudio is not installed" in bench.run()["skipped"]
