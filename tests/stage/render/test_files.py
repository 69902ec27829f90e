"""What ffmpeg is told, what is written into the file, and what the page may say."""

import errno
import json
import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from performer.voice.mark.label import aigc_value
from stage.render.errors import BrowserError, RenderError
from stage.render.ffmpeg import container_of, mux_command, raw_command, sound_command
from stage.render.options import OptionError
from stage.render.poses_file import encode_poses
from stage.render.protocol import CHUNK_H264, Chunk, decode_chunk, decode_message, encode_batch
from stage.render.sink import H264File, disk_error
from stage.wire.frame import Frame, PerformerFrame


def test_the_name_of_the_file_decides_what_is_written() -> None:
    assert container_of(Path("a.mp4"), transparent=False).suffix == ".mp4"
    assert container_of(Path("A.MP4"), transparent=False).suffix == ".mp4"
    assert container_of(Path("a.webm"), transparent=True).alpha
    for name, transparent, words in (
        ("a.avi", False, "video file"),
        ("a", False, "video file"),
        ("a.mp4", True, "--transparent writes"),
        ("a.webm", False, "name the file .mp4"),
    ):
        with pytest.raises(OptionError, match=words):
            container_of(Path(name), transparent=transparent)


def test_pictures_are_copied_and_the_label_survives_the_mp4_muxer() -> None:
    command = mux_command(
        "ffmpeg",
        container_of(Path("a.mp4"), transparent=False),
        video=Path("v.h264"),
        sound=Path("s.m4a"),
        fps=Fraction(30000, 1001),
        tags={"title": "霓裳", "artist": "", "AIGC": aigc_value(produce_id="7")},
        out=Path("o.mp4"),
    )
    assert command[command.index("-framerate") + 1] == "30000/1001"
    assert command[command.index("-c") + 1] == "copy"
    assert "use_metadata_tags+faststart" in command
    assert "title=霓裳" in command
    assert not any(word.startswith("artist=") for word in command)


def test_the_label_is_the_json_of_the_standard() -> None:
    value = json.loads(aigc_value(produce_id="42", marks={"ContentProducer": "studio", "Label": "1", "Other": "x"}))
    assert list(value) == [
        *("Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2")
    ]
    assert value["Label"] == "1"
    assert value["ProduceID"] == "42"
    assert value["ContentProducer"] == "studio"


def test_sound_keeps_44100_in_mp4_and_is_48000_where_opus_wants_it() -> None:
    mp4, webm = container_of(Path("a.mp4"), transparent=False), container_of(Path("a.webm"), transparent=True)
    for container, rate, expected in ((mp4, 44_100, "44100"), (mp4, 8_000, "48000"), (webm, 44_100, "48000")):
        command = sound_command("ffmpeg", container, rate=rate, channels=2, out=Path("s"))
        assert command[len(command) - command[::-1].index("-ar")] == expected


def test_transparent_pictures_are_made_straight_before_they_are_encoded() -> None:
    words = " ".join(
        raw_command("ffmpeg", width=64, height=64, fps=Fraction(30), transparent=True, crf=None, out=Path("v.webm"))
    )
    assert "unpremultiply" in words
    assert "yuva420p" in words
    assert "libvpx-vp9" in words


def test_a_full_disk_is_named_as_one() -> None:
    assert "no space left" in str(disk_error(OSError(errno.ENOSPC, "x"), Path("/films/a.mp4")))
    assert "/films" in str(disk_error(OSError(errno.EIO, "bad"), Path("/films/a.mp4")))


def _chunk(index: int, *, key: bool, data: bytes) -> Chunk:
    return Chunk(CHUNK_H264, key, index, memoryview(data))


def test_after_a_crash_the_file_ends_before_the_last_key_frame(tmp_path: Path) -> None:
    sink = H264File(tmp_path / "v.h264", first=10)
    for index, key in ((10, True), (11, False), (12, True), (13, False)):
        sink.accept(_chunk(index, key=key, data=bytes([index])))
    assert sink.rewind() == 12
    sink.accept(_chunk(12, key=True, data=b"A"))
    sink.accept(_chunk(13, key=False, data=b"B"))
    assert sink.finish().read_bytes() == bytes([10, 11]) + b"AB"


def test_frames_come_in_order_or_not_at_all(tmp_path: Path) -> None:
    sink = H264File(tmp_path / "v.h264", first=0)
    with pytest.raises(BrowserError, match="frame 1 where frame 0"):
        sink.accept(_chunk(1, key=True, data=b"x"))
    sink.abandon()


@given(st.binary(max_size=64))
def test_whatever_bytes_the_page_sends_are_a_chunk_or_our_error(data: bytes) -> None:
    try:
        chunk = decode_chunk(data)
    except BrowserError:
        return
    assert len(chunk.data) > 0


@given(st.text(max_size=64))
def test_whatever_text_the_page_sends_is_a_message_or_our_error(text: str) -> None:
    try:
        decode_message(text)
    except RenderError:
        return


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=10))
def test_a_batch_can_be_taken_apart_again(frames: list[bytes]) -> None:
    batch, at, found = encode_batch(frames), 0, []
    while at < len(batch):
        (size,) = struct.unpack_from("<I", batch, at)
        found.append(batch[at + 4 : at + 4 + size])
        at += 4 + size
    assert found == frames


def test_poses_are_the_frames_as_arrays() -> None:
    def frame(k: int) -> Frame:
        who = PerformerFrame(
            id=0,
            flags=0,
            avatar=0,
            root=np.full(4, k, np.float32),
            hips=np.zeros(3, np.float32),
            rotations=np.zeros((55, 4), np.float32),
            gaze=np.zeros(2, np.float32),
            weights=np.array([0.5], np.float32),
        )
        return Frame(sequence=k, show_time=k / 30, media_time=k / 30, performers=(who,))

    import io

    with np.load(io.BytesIO(encode_poses([frame(0), frame(1)], fps=30.0, expressions=[["aa"]]))) as arrays:
        assert arrays["time"].tolist() == [0.0, 1 / 30]
        assert arrays["root_0"].shape == (2, 4)
        assert arrays["rotations_0"].shape == (2, 55, 4)
        assert arrays["camera"].shape == (2, 9)
        assert arrays["expressions_0"].tolist() == ["aa"]
