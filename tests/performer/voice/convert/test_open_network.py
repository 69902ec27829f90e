"""Voice files whose networks are missing, damaged or of another kind: one sentence, whichever way they are used."""

from dataclasses import replace

import numpy as np
import pytest

from motion.errors import UserError
from performer.voice.convert.chain import Converter
from performer.voice.convert.offline import convert
from performer.voice.convert.open_network import open_content, open_decoder
from performer.voice.convert.voice_file import VoiceFile
from tests.performer.voice.convert.made import made_voice

WHOLE = made_voice()


def changed(**members: bytes | None) -> VoiceFile:
    """The made voice with members put in, or taken out where None."""
    named = {name.replace("__", "."): data for name, data in members.items()}
    kept = {**WHOLE.members, **named}
    return replace(WHOLE, members={name: data for name, data in kept.items() if data is not None})


def test_a_whole_voice_opens() -> None:
    assert open_content(WHOLE).feed(bands=np.zeros((2, 80), np.float32))["content"].shape == (2, 64)
    assert open_decoder(WHOLE).fits({"content": 64, "prosody": 3}, {"envelope": 80, "noise": 8})


@pytest.mark.parametrize(
    ("voice", "says"),
    [
        (changed(content__onnx=None), r"lacks its content\.onnx; make it anew"),
        (changed(decoder__onnx=None), r"lacks its decoder\.onnx; make it anew"),
        (changed(decoder__onnx=b""), r"decoder\.onnx of the voice .* is damaged; make the voice anew"),
        (changed(content__onnx=b"nothing of the kind"), r"content\.onnx of the voice .* is damaged"),
        (changed(decoder__onnx=WHOLE.members["content.onnx"]), r"decoder\.onnx .* is of another kind than asked"),
        (changed(content__onnx=WHOLE.members["decoder.onnx"]), r"content\.onnx .* is of another kind than asked"),
        (replace(WHOLE, statistics=None), "lacks its statistics; make it anew"),
    ],
)
def test_what_cannot_sing_says_so_in_one_sentence(voice: VoiceFile, says: str) -> None:
    with pytest.raises(UserError, match=says) as live:
        Converter(voice)
    with pytest.raises(UserError) as offline:
        convert(np.zeros(4800, np.float32), 48_000, voice)
    assert str(live.value) == str(offline.value)
    assert "\n" not in str(live.value)
