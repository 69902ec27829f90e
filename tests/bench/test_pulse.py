"""What the benches of sound start is gone when they end, however they end."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.bench import _pulse
from tests.bench._pulse import CHANNELS, SoundServer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the benches need PulseAudio")
# Ignores being asked to end, and says so once it does.
_STUBBORN = "trap '' TERM; echo ready; while :; do sleep 0.05; done"


@pytest.fixture
def server(tmp_path: Path) -> SoundServer:
    """Whose parec tells four samples of each channel, then waits."""
    parec = tmp_path / "parec"
    parec.write_text(f"#!/bin/sh\nhead -c {4 * 4 * CHANNELS} /dev/zero\nexec sleep 600\n")
    parec.chmod(0o755)
    return SoundServer({"PATH": f"{tmp_path}:{os.environ['PATH']}"})


def test_what_does_not_end_when_asked_is_made_to() -> None:
    with subprocess.Popen(["sh", "-c", _STUBBORN], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        _pulse._end(process, 0.2)
        assert process.returncode == -9


def test_a_recorder_ends_with_its_block_and_is_asked_twice(server: SoundServer) -> None:
    with server.record() as recorder:
        end = time.monotonic() + 20
        while not recorder._blocks and time.monotonic() < end:
            time.sleep(0.01)
        heard = recorder.stop()
    assert np.array_equal(heard.microphone, np.zeros(4, np.float32))
    assert np.array_equal(recorder.stop().loudspeaker, heard.loudspeaker)


def test_a_bench_that_fails_leaves_no_recorder(server: SoundServer) -> None:
    with pytest.raises(RuntimeError, match="the client failed"), server.record() as recorder:
        assert recorder._process.poll() is None
        raise RuntimeError("the client failed")
    assert recorder._process.returncode is not None
