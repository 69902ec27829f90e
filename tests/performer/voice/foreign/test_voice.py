"""Foreign models as .voice files: in, out, and what is wrong with them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motion.errors import UserError
from performer.voice.convert.voice_file import VoiceFile, read_voice_file, write_voice_file
from performer.voice.foreign.kinds import ForeignError
from performer.voice.foreign.offline import convert
from performer.voice.foreign.voice import convert_recording, import_model, live_voice, open_foreign
from tests.performer.voice.foreign import graphs


def _voice(**options: object) -> VoiceFile:
    given = {"name": "她", "licence": "CC-BY-4.0", "consent": "person = 'A'\n", "person": "A"} | options
    return import_model(graphs.rvc(), graphs.content(), **given)[0]  # pyright: ignore


def test_a_voice_comes_back_as_it_went(tmp_path: Path) -> None:
    path = tmp_path / "她.voice"
    voice = _voice(middle=330.0, speaker=2, pitch=graphs.rmvpe())
    write_voice_file(path, voice)
    back = read_voice_file(path)
    assert back.card == voice.card
    assert (back.card.kind, back.card.range.middle, back.consent) == ("foreign", 330.0, "person = 'A'\n")
    opened = open_foreign(back, 1)
    assert opened.model.rate == 40_000
    sound = np.full(16_000, 0.25, np.float32)
    again = convert(sound, 16_000, open_foreign(voice, 1).model, pitch=opened.pitch)
    assert np.array_equal(convert(sound, 16_000, opened.model, pitch=opened.pitch), again)
    whole = convert_recording(sound, 16_000, back, threads=1)
    assert np.array_equal(whole, again)
    assert live_voice(back, rate=44_100, threads=1).rate == 44_100
    ticks = iter(np.arange(0.0, 9.0, 0.4))
    assert live_voice(back, lambda: float(next(ticks)), threads=1).latency > 0.5


def test_what_is_not_whole_or_not_foreign_or_newer_is_refused() -> None:
    voice = _voice()
    with pytest.raises(ForeignError, match=r"content\.onnx is missing"):
        open_foreign(replace(voice, members={k: v for k, v in voice.members.items() if k != "content.onnx"}))
    with pytest.raises(ForeignError, match="a voice of our own"):
        card = voice.card.__class__(name="N", kind="cloned", licence="x", range=voice.card.range)
        open_foreign(replace(voice, card=card))
    for broken, why in ((b"{", "cannot be read"), (b'{"rate":40000,"format":9}', "newer nichang")):
        with pytest.raises(ForeignError, match=why):
            open_foreign(replace(voice, members=voice.members | {"foreign.json": broken}))


def test_a_large_model_may_be_kept(tmp_path: Path) -> None:
    """RVC's v2 is 110 MB, its encoder 380 MB: own voices' limits do not hold for them."""
    voice = _voice()
    padded = replace(voice, members=voice.members | {"padding": bytes(130_000_000)})
    write_voice_file(tmp_path / "large.voice", padded)
    assert len(read_voice_file(tmp_path / "large.voice").members["padding"]) == 130_000_000


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=5), st.floats(0.0, 1.0))
def test_a_damaged_file_is_read_or_refused_in_a_sentence(
    tmp_path: Path, changes: list[tuple[int, int]], kept: float
) -> None:
    path = tmp_path / "damaged.voice"
    write_voice_file(path, _WHOLE)
    raw = bytearray(path.read_bytes())
    for place, value in changes:
        raw[place % len(raw)] = value
    path.write_bytes(raw if kept > 0.3 else raw[: round(kept / 0.3 * len(raw))])
    try:
        open_foreign(read_voice_file(path), 1)
    except UserError as error:
        assert len(str(error)) > 20


_WHOLE = _voice()
