"""Phones for a voice that tells none: at the time when its sound is heard, whatever the blocks."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from performer.voice import streams
from performer.voice.convert.beside import WithPhones
from performer.voice.convert.chain import Converter
from performer.voice.foreign.voice import import_model
from performer.voice.stream import Phone, VoiceBlock, VoiceStream
from tests.performer.voice.convert.made import content_model, made_voice, sung
from tests.performer.voice.foreign import graphs

RATE = 48_000


class Late:
    """Says nothing; 0.3 s late."""

    rate = RATE
    latency = 0.3

    def feed(self, block: NDArray[np.float32], t: float) -> VoiceBlock:
        del t
        return VoiceBlock(np.asarray(0.5 * block, np.float32), latency=self.latency)

    def reset(self) -> None:
        pass


def _phones(voice: VoiceStream, sound: NDArray[np.float32], size: int) -> list[Phone]:
    found: list[Phone] = []
    for at in range(0, len(sound), size):
        found += voice.feed(sound[at : at + size], 5.0 + at / RATE).phones
    return found


def _frames(phones: list[Phone]) -> list[tuple[int, str]]:
    """(number of 10 ms, name), long phones cut into their frames."""
    return [
        (round((phone.start + 0.01 * step) * 1000), phone.name)
        for phone in phones
        for step in range(round((phone.end - phone.start) / 0.01))
    ]


@pytest.mark.parametrize("size", [160, 480, 4801])
def test_phones_are_those_of_our_own_voices_at_the_voices_own_delay(size: int) -> None:
    sound = np.concatenate([sung(0.3, 220.0), np.zeros(4800, np.float32), sung(0.3, 330.0)])
    own = Converter(made_voice())
    beside = WithPhones(Late(), content_model())
    later = round(1000 * (beside.latency - own.latency))
    wanted = [(at + later, name) for at, name in _frames(_phones(own, sound, size))]
    found = _frames(_phones(beside, sound, size))
    assert [name for _, name in found] == [name for _, name in wanted]
    assert max(abs(a[0] - b[0]) for a, b in zip(found, wanted, strict=True)) <= 1
    beside.reset()
    assert _frames(_phones(beside, sound, size)) == found


def test_sound_and_delay_are_the_voices_own() -> None:
    beside = WithPhones(Late(), content_model())
    block = beside.feed(np.full(480, 0.5, np.float32), 0.0)
    assert (block.latency, beside.latency, beside.rate) == (0.3, 0.3, RATE)
    assert np.all(block.audio == 0.25)


def test_a_foreign_voice_moves_lips_where_there_is_a_network_to_hear_with(monkeypatch: pytest.MonkeyPatch) -> None:
    voice, _ = import_model(
        graphs.rvc(), graphs.content(), name="N", licence="CC0-1.0", consent="person = 'A'\n", person="A"
    )
    monkeypatch.setattr(streams, "time", SimpleNamespace(perf_counter=lambda: 0.0))
    sound = sung(0.5, 220.0)
    monkeypatch.setattr(streams, "own_content", content_model)
    phones = _phones(streams.stream_of(voice), sound, 480)
    assert phones
    assert min(phone.start for phone in phones) > 5.25
    monkeypatch.setattr(streams, "own_content", lambda: None)
    assert not _phones(streams.stream_of(voice), sound, 480)
