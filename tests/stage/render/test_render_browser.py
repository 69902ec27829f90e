"""A real browser draws a short clip; what comes out is read back from the file."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from motion.errors import UserError
from motion.music.song_map import Bar, Curve, Section, SongMap, encode_song_map
from performer.avatar.presets import avatar_path
from stage.render import job, session
from stage.render.browser import find_browser
from stage.render.feed import Feed
from stage.render.job import render
from stage.render.options import RenderOptions
from stage.render.report import RenderReport
from stage.render.session import pages_folder

SECONDS = 4.0
RATE = 44_100


def _why_not() -> str:
    try:
        find_browser()
        pages_folder()
        avatar_path(RenderOptions().avatar)
    except UserError as error:
        return str(error)
    return "" if shutil.which("ffmpeg") and shutil.which("ffprobe") else "no ffmpeg"


WHY_NOT = _why_not()
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """A browser that is slow to start, on a machine that does other things as well, is no crash here."""
    with pytest.MonkeyPatch.context() as patch:
        for limit in ("_START_SECONDS", "_LOAD_SECONDS", "_SILENCE_SECONDS"):
            patch.setattr(session, limit, 900.0)
        yield


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A beat at 120 bpm with a hummed vowel, and its map beside it, so that nothing has to be listened to."""
    folder = tmp_path_factory.mktemp("song")
    t = np.arange(int(SECONDS * RATE)) / RATE
    kick = np.sin(2 * np.pi * 60 * t) * np.exp(-(t % 0.5) / 0.05)
    hum = 0.3 * np.sin(2 * np.pi * 220 * t) * (t % 2.0 < 1.5)
    soundfile.write(folder / "song.wav", 0.5 * (kick + hum).astype(np.float32), RATE)
    beats = [0.5 * k for k in range(int(2 * SECONDS))]
    song_map = SongMap(
        duration=SECONDS,
        bpm=120.0,
        beats=beats,
        downbeats=beats[::4],
        bars=[Bar(start, start + 2.0, 4) for start in beats[::4]],
        sections=[Section(0.0, SECONDS, "chorus", 0)],
        energy=Curve(0.5, [0.8] * int(2 * SECONDS)),
        vocal=Curve(0.5, [1.0] * int(2 * SECONDS)),
    )
    (folder / "song.json").write_bytes(encode_song_map(song_map))
    (folder / "song.lrc").write_text("[00:00.50]la la la\n[00:02.00]霓裳\n", encoding="utf-8")
    return folder / "song.wav"


def _options(song: Path, **changes: Any) -> RenderOptions:
    base: dict[str, Any] = {"width": 320, "height": 180, "song_map": song.with_name("song.json"), "hash_frames": True}
    return RenderOptions(**base | changes)


def _probe(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-of", "json", "-count_frames", "-show_streams", "-show_format", str(path)]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def _decoded(path: Path, width: int = 320, height: int = 180) -> np.ndarray:
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width)


def _mean_color(path: Path) -> np.ndarray:
    """(3,) mean of R, G, B as a player shows them."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, 3).mean(axis=0)


@pytest.fixture(scope="module")
def whole(song: Path) -> tuple[Path, RenderReport]:
    out = song.with_name("whole.mp4")
    return out, render(song, out, _options(song, poses=song.with_name("whole.npz")))


def test_the_file_holds_picture_sound_and_label(whole: tuple[Path, RenderReport]) -> None:
    path, report = whole
    found = _probe(path)
    video, sound = found["streams"]
    assert (video["codec_name"], sound["codec_name"]) == ("h264", "aac")
    assert (video["width"], video["height"], video["r_frame_rate"]) == (320, 180, "30/1")
    assert int(video["nb_read_frames"]) == report.frames == 120
    assert abs(float(video["duration"]) - float(sound["duration"])) < 1 / 30
    assert abs(float(found["format"]["duration"]) - SECONDS) < 1 / 30
    assert json.loads(found["format"]["tags"]["AIGC"])["Label"] == "1"
    assert report.realtime > 0.0
    assert all(report.per_frame_ms[part] >= 0.0 for part in ("pose", "draw", "read", "encode"))


def test_the_sound_is_heard_in_it(whole: tuple[Path, RenderReport]) -> None:
    command = ["ffmpeg", "-i", str(whole[0]), "-af", "volumedetect", "-vn", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, check=True).stderr.decode()
    found = re.search(r"mean_volume: (-?[\d.]+) dB", said)
    assert found
    assert -30.0 < float(found.group(1)) < -5.0


def test_there_is_a_picture_and_it_moves(whole: tuple[Path, RenderReport]) -> None:
    frames = _decoded(whole[0]).astype(np.float32)
    assert frames.std() > 10.0
    assert len(set(whole[1].hashes.values())) > 100
    assert np.abs(np.diff(frames[::10], axis=0)).mean() > 0.5


def test_two_runs_give_identical_decoded_frames(song: Path, whole: tuple[Path, RenderReport]) -> None:
    again = song.with_name("again.mp4")
    report = render(song, again, _options(song))
    assert report.hashes == whole[1].hashes
    assert np.array_equal(_decoded(again), _decoded(whole[0]))


def test_a_slice_holds_the_very_frames_of_the_whole(song: Path, whole: tuple[Path, RenderReport]) -> None:
    part, poses = song.with_name("part.mp4"), song.with_name("part.npz")
    report = render(song, part, _options(song, start=2.0, stop=3.0, poses=poses))
    assert sorted(report.hashes) == list(range(60, 90))
    assert report.hashes == {k: whole[1].hashes[k] for k in range(60, 90)}
    # 2 s is where the encoder starts afresh, so even the coded pictures are the same.
    assert np.array_equal(_decoded(part), _decoded(whole[0])[60:90])
    with np.load(poses) as some, np.load(song.with_name("whole.npz")) as every:
        assert np.array_equal(some["rotations_0"], every["rotations_0"][60:90])
        assert np.array_equal(some["time"], every["time"][60:90])


def test_a_slice_from_any_time_holds_the_very_pictures_of_the_whole(
    song: Path, whole: tuple[Path, RenderReport]
) -> None:
    report = render(song, song.with_name("odd.mp4"), _options(song, start=3.37, stop=3.71))
    assert report.hashes == {k: whole[1].hashes[k] for k in range(101, 111)}


def test_a_large_picture_over_its_small_background(song: Path) -> None:
    """From 480 pixels across the background is drawn smaller, and put under on the processor."""
    size = {"width": 642, "height": 362}
    quick, slice_, fine = (song.with_name(name) for name in ("large.mp4", "large-slice.mp4", "fine.mp4"))
    every = render(song, quick, _options(song, stop=1.0, **size))
    some = render(song, slice_, _options(song, start=0.57, stop=0.9, **size))
    assert some.hashes == {k: every.hashes[k] for k in range(17, 27)}
    # The same pictures through x264, which are drawn alike and look alike: planes, rows and colours are in place.
    other = render(song, fine, _options(song, stop=1.0, crf=12, **size))
    assert other.encoder == "ffmpeg"
    assert other.hashes == every.hashes
    a, b = (_decoded(path, 642, 362).astype(np.float32) for path in (quick, fine))
    assert a.shape == b.shape == (30, 362, 642)
    assert np.abs(a - b).mean() < 4.0
    assert a.std() > 10.0
    colors = [_mean_color(path) for path in (quick, fine)]
    assert np.abs(colors[0] - colors[1]).max() < 3.0
    video = _probe(fine)["streams"][0]
    assert (video["codec_name"], video["pix_fmt"], video["color_range"]) == ("h264", "yuv420p", "tv")
    assert video["color_space"] == _probe(quick)["streams"][0]["color_space"] == "bt709"


def test_a_browser_without_h264_sends_its_pictures_to_ffmpeg(
    song: Path, whole: tuple[Path, RenderReport], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pages = Path(shutil.copytree(pages_folder(), tmp_path / "pages"))
    text = (pages / "render.html").read_text(encoding="utf-8")
    # Classic scripts run before modules.
    (pages / "render.html").write_text(
        text.replace("<head>", "<head><script>delete window.VideoEncoder</script>"), encoding="utf-8"
    )
    monkeypatch.setattr(job, "pages_folder", lambda: pages)
    out = song.with_name("no-h264.mp4")
    report = render(song, out, _options(song, stop=0.5))
    assert report.encoder == "ffmpeg"
    assert report.hashes == {k: whole[1].hashes[k] for k in range(15)}
    assert _probe(out)["streams"][0]["codec_name"] == "h264"
    assert np.abs(_decoded(out).astype(float) - _decoded(whole[0])[:15]).mean() < 6.0


def test_without_a_working_opengl_the_browser_draws_by_itself(
    song: Path, whole: tuple[Path, RenderReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = session.start_browser
    asked: list[str] = []

    def start(*args: Any, software: str = "mesa", **words: Any) -> Any:
        asked.append(software)
        return real(*args, software=software, extra=("--disable-gpu",) if software == "mesa" else (), **words)

    monkeypatch.setattr(session, "start_browser", start)
    out = song.with_name("swiftshader.mp4")
    report = render(song, out, _options(song, stop=0.5))
    assert asked == ["mesa", "swiftshader"]
    assert "swiftshader" in report.renderer.lower()
    # Another rasteriser rounds otherwise, but it is the same picture.
    assert np.abs(_decoded(out).astype(float) - _decoded(whole[0])[:15]).mean() < 6.0


def test_transparent_prores_has_alpha_too(song: Path) -> None:
    out = song.with_name("clear.mov")
    render(song, out, _options(song, transparent=True, stop=0.3))
    video, sound = _probe(out)["streams"]
    assert (video["codec_name"], sound["codec_name"]) == ("prores", "aac")
    assert video["pix_fmt"].startswith("yuva444p")
    command = ["ffmpeg", "-v", "error", "-i", str(out), "-vf", "alphaextract,format=gray", "-f", "rawvideo", "-"]
    alpha = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.uint8)
    alpha = alpha.reshape(-1, 180, 320)
    assert len(alpha) == 9
    assert 0.01 < (alpha > 128).mean() < 0.7
    assert (alpha < 16).mean() > 0.2


def test_another_seed_is_another_dance(song: Path, whole: tuple[Path, RenderReport]) -> None:
    poses = song.with_name("seed.npz")
    render(song, song.with_name("seed.mp4"), _options(song, seed=5, stop=3.0, poses=poses))
    with np.load(poses) as other, np.load(song.with_name("whole.npz")) as first:
        assert np.abs(other["rotations_0"] - first["rotations_0"][:90]).max() > 0.1


def test_transparent_video_has_alpha_that_holds_the_figure(song: Path) -> None:
    out = song.with_name("clear.webm")
    render(song, out, _options(song, transparent=True, stop=0.5))
    found = _probe(out)
    assert found["streams"][0]["codec_name"] == "vp9"
    assert found["streams"][0]["tags"].get("alpha_mode", found["streams"][0]["tags"].get("ALPHA_MODE")) == "1"
    command = ["ffmpeg", "-v", "error", "-c:v", "libvpx-vp9", "-i", str(out)]
    command += ["-vf", "alphaextract,format=gray", "-f", "rawvideo", "-"]
    alpha = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.uint8)
    alpha = alpha.reshape(-1, 180, 320)
    assert 0.01 < (alpha > 128).mean() < 0.7
    assert (alpha < 16).mean() > 0.2


def test_a_browser_that_is_killed_in_the_middle_is_replaced(
    song: Path, whole: tuple[Path, RenderReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    killed: list[int] = []
    real = session.start_browser

    def start(*args: Any, **words: Any) -> Any:
        browser = real(*args, **words)
        started.append(browser.pid)
        return browser

    monkeypatch.setattr(session, "start_browser", start)

    def take(feed: Feed, start: int, count: int) -> list[bytes]:
        # The first browser gets no more than 90 frames, so that it is in the middle whoever is the faster of us.
        return whole_take(feed, start, count if len(started) > 1 else max(0, min(count, 90 - start)))

    whole_take = Feed.take
    monkeypatch.setattr(Feed, "take", take)

    def kill_at(stage: str, done: float, total: float) -> None:
        del total
        # Chunks that were on their way still come in after it is dead.
        if stage == "drawing" and done >= 70 and len(started) == 1 and not killed:
            killed.append(started[0])
            os.killpg(started[0], signal.SIGKILL)

    out = song.with_name("killed.mp4")
    report = render(song, out, _options(song), kill_at)
    assert whole[1].crashes == 0
    assert killed == started[:1]
    assert len(started) == 2
    assert report.crashes == 1
    assert report.renderer == whole[1].renderer
    assert report.hashes == whole[1].hashes
    assert np.array_equal(_decoded(out), _decoded(whole[0]))


def test_ctrl_c_leaves_nothing_half_written(song: Path, tmp_path: Path) -> None:
    out = tmp_path / "stopped.mp4"
    words = ["render", str(song), "-o", str(out), "--size", "320x180", "--map", str(song.with_name("song.json"))]
    code = f"from stage.cli.main import main; main({words!r})"
    # Not in tmp_path: its name is too long for the browser's lock.
    scratch = Path(tempfile.mkdtemp(prefix="n-"))
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    assert process.stderr is not None
    said: list[bytes] = []

    def listen() -> None:
        assert process.stderr is not None
        said.extend(iter(process.stderr.readline, b""))

    listener = threading.Thread(target=listen)
    listener.start()
    deadline = time.monotonic() + 120
    while not any(b"drawing" in line for line in said) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) != 0
    listener.join()
    process.stderr.close()
    assert b"Traceback" not in b"".join(said)
    assert list(tmp_path.iterdir()) == []
    scratch.rmdir()  # the browser left nothing in it either


def test_what_cannot_be_written_is_said_before_the_work(song: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot write to"):
        render(song, tmp_path / "nowhere" / "a.mp4", _options(song))
    (tmp_path / "a.mp4").mkdir()
    with pytest.raises(UserError, match="is a folder"):
        render(song, tmp_path / "a.mp4", _options(song))
    with pytest.raises(UserError, match="no such file"):
        render(tmp_path / "none.wav", tmp_path / "b.mp4", _options(song))
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_no_browser_is_one_sentence(song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NICHANG_BROWSER", "no-such-browser-here")
    with pytest.raises(UserError, match="no such browser"):
        render(song, tmp_path / "b.mp4", _options(song))


def test_a_browser_that_ends_at_once_is_named(song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NICHANG_BROWSER", shutil.which("true") or "true")
    with pytest.raises(UserError, match="nichang doctor"):
        render(song, tmp_path / "b.mp4", _options(song))
    assert list(tmp_path.iterdir()) == []
