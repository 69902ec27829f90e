"""Chunks of WAV files: sound untouched, other chunks kept, ours in place of older ones; broken files end well."""

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from performer.voice.mark.label import AIGC_TAG, SOURCE_TAG, SoundLabel, label_tags
from performer.voice.mark.riff import copy_wav, is_wav, read_wav_tags

TAGS = label_tags(SoundLabel("霓羽 & <co>", "7", title='a "song"', artist="x"), marked=True)


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def wav(path: Path, *, subtype: str = "PCM_16", extra: bytes = b"") -> np.ndarray:
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, 801)
    soundfile.write(path, sound, 8000, subtype=subtype, format="WAV")
    if extra:
        data = path.read_bytes() + extra
        path.write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])
    return soundfile.read(path)[0]


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_U8", "FLOAT"])
def test_sound_stays_and_the_label_is_read_back(tmp_path: Path, subtype: str) -> None:
    sound = wav(tmp_path / "a.wav", subtype=subtype)
    copy_wav(tmp_path / "a.wav", tmp_path / "b.wav", TAGS)
    assert is_wav(tmp_path / "b.wav")
    assert np.array_equal(soundfile.read(tmp_path / "b.wav")[0], sound)
    assert soundfile.info(tmp_path / "b.wav").subtype == subtype
    read = read_wav_tags(tmp_path / "b.wav")
    assert {name: read[name] for name in TAGS} == TAGS
    data = (tmp_path / "b.wav").read_bytes()
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8


def test_a_second_label_takes_the_place_of_the_first_and_other_chunks_stay(tmp_path: Path) -> None:
    info = b"INFO" + chunk(b"INAM", b"old\0") + chunk(b"ICRD", b"2026\0")
    wav(tmp_path / "a.wav", extra=chunk(b"smpl", b"odd") + chunk(b"LIST", info) + chunk(b"LIST", b"adtlxyz"))
    assert read_wav_tags(tmp_path / "a.wav") == {"title": "old"}
    copy_wav(tmp_path / "a.wav", tmp_path / "b.wav", TAGS)
    copy_wav(tmp_path / "b.wav", tmp_path / "c.wav", {**TAGS, "comment": "new"})
    data = (tmp_path / "c.wav").read_bytes()
    for kept in (chunk(b"smpl", b"odd"), chunk(b"LIST", b"adtlxyz"), chunk(b"ICRD", b"2026\0")):
        assert data.count(kept) == 1
    assert data.count(chunk(AIGC_TAG.encode(), TAGS[AIGC_TAG].encode())) == 1
    assert data.count(b"_PMX") == data.count(b"INFO") == 1
    assert read_wav_tags(tmp_path / "c.wav")["comment"] == "new"


def test_a_file_that_promises_more_than_it_holds_is_labelled_as_far_as_it_goes(tmp_path: Path) -> None:
    sound = wav(tmp_path / "a.wav")
    data = bytearray((tmp_path / "a.wav").read_bytes())
    data[40:44] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(data)
    copy_wav(tmp_path / "a.wav", tmp_path / "b.wav", TAGS)
    assert np.array_equal(soundfile.read(tmp_path / "b.wav")[0], sound)
    assert read_wav_tags(tmp_path / "b.wav")[AIGC_TAG] == TAGS[AIGC_TAG]


chunks = st.lists(
    st.tuples(
        st.sampled_from([b"LIST", b"AIGC", b"_PMX", b"data", b"zzzz"]),
        st.binary(max_size=40)
        | st.just(b"INFOINAM\xff\xff\xff\xffx")
        | st.just(f'{SOURCE_TAG}="'.encode())
        | st.binary(max_size=9).map(lambda text: b"INFO" + chunk(b"ICMT", text)),
    ),
    max_size=5,
)


@given(chunks, st.integers(0, 60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_after_the_head_is_read_and_labelled(
    tmp_path: Path, parts: list[tuple[bytes, bytes]], cut: int
) -> None:
    body = b"WAVE" + b"".join(chunk(*part) for part in parts)
    data = b"RIFF" + struct.pack("<I", len(body)) + body
    (tmp_path / "a.wav").write_bytes(data[: max(12, len(data) - cut)])
    tags = read_wav_tags(tmp_path / "a.wav")
    assert set(tags) <= {"title", "artist", "comment", "software", AIGC_TAG, SOURCE_TAG}
    copy_wav(tmp_path / "a.wav", tmp_path / "b.wav", TAGS)
    assert {name: read_wav_tags(tmp_path / "b.wav")[name] for name in TAGS} == TAGS
