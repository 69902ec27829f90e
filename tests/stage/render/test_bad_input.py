"""What a person may hand to a render by mistake: one sentence, or a sensible result. Nothing here is drawn.

Nor are words heard: a recogniser takes seconds for each of these, and none of them is about words.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import soundfile

from motion.dance.check import check_plan
from motion.dance.library import load_library
from motion.dance.plan import Plan, Step, decode_plan, encode_plan
from motion.errors import UserError
from motion.music.song_map import Bar, Curve, Section, SongMap, encode_song_map
from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from performer.face import song_words
from stage.render import job
from stage.render.job import render
from stage.render.options import RenderOptions
from stage.render.session import pages_folder
from stage.render.song_input import read_song
from stage.show.prepare import prepare

RATE = 22_050
SECONDS = 8.0


def _why_not() -> str:
    try:
        pages_folder()
        avatar_path(RenderOptions().avatar)
    except UserError as error:
        return str(error)
    return "" if shutil.which("ffmpeg") else "no ffmpeg"


WHY_NOT = _why_not()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that ends at once stands for the browser: what is wrong must be said before anything is drawn."""
    monkeypatch.setenv("NICHANG_BROWSER", shutil.which("true") or "true")


@pytest.fixture(autouse=True)
def no_recogniser(monkeypatch: pytest.MonkeyPatch) -> None:
    def heard(*given: object, **named: object) -> None:
        raise AssertionError("this took seconds")

    monkeypatch.setattr(song_words, "hear_words", heard)


@pytest.fixture(autouse=True, scope="module")
def read_once() -> Iterator[None]:
    """The same few avatars are read for every mistake; each is read once."""
    once = cache(read_vrm)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job, "read_vrm", once)
        yield


def _asked(**changes: Any) -> RenderOptions:
    """A small avatar and no words, where nothing else is said."""
    return replace(RenderOptions(avatar="mannequin", lyrics="none"), **changes)


def _map(seconds: float) -> SongMap:
    beats = [0.5 * k for k in range(int(2 * seconds))]
    return SongMap(
        duration=seconds,
        bpm=120.0,
        beats=beats,
        downbeats=beats[::4],
        bars=[Bar(start, start + 2.0, 4) for start in beats[::4]],
        sections=[Section(0.0, seconds, "chorus", 0)],
        energy=Curve(0.5, [0.8] * int(2 * seconds)),
        vocal=Curve(0.5, [0.0] * int(2 * seconds)),
    )


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("song")
    t = np.arange(int(SECONDS * RATE)) / RATE
    soundfile.write(folder / "song.wav", (0.4 * np.sin(2 * np.pi * 220 * t) * (t % 0.5 < 0.2)).astype(np.float32), RATE)
    (folder / "map.json").write_bytes(encode_song_map(_map(SECONDS)))
    return folder / "song.wav"


def _refused(song: Path, folder: Path, options: RenderOptions) -> str:
    """The sentence with which a render is refused; it leaves nothing behind."""
    out = folder / "out"
    out.mkdir()
    with pytest.raises(UserError) as caught:
        render(song, out / "video.mp4", options)
    assert list(out.iterdir()) == []
    said = str(caught.value)
    assert "\n" not in said
    assert "browser ended" not in said
    return said


def _plan(**changes: object) -> bytes:
    step = msgspec.to_builtins(Step(bar=0, bars=1, move="step_touch")) | changes
    return msgspec.json.encode({"version": 1, "seed": 0, "steps": [step]})


TWO = [Step(bar=0, bars=2, move="step_touch"), Step(bar=1, bars=2, move="step_touch")]


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (b"", "plan"),
        (b"\x00\xff rubbish", "plan"),
        (b'{"steps": 7}', "plan"),
        (_plan(move="no such move"), "no such move"),
        (_plan(bar=-1), "counted from 0"),
        (_plan(bars=0), "1 or more"),
        (_plan(bar=99), "the song has"),
        (_plan(energy=99.0), "energy"),
        (_plan(offset=-3), "offset"),
        (_plan(x="left"), "plan"),
        (_plan().replace(b'"x":0.0', b'"x":NaN'), "plan"),
        (_plan().replace(b'"x":0.0', b'"x":1e999'), "plan"),
        (encode_plan(Plan(steps=TWO)), "step before it"),
        (encode_plan(Plan(steps=[], sound_sha256="0" * 64)), "another sound file"),
    ],
)
def test_a_plan_edited_into_nonsense_is_told_in_one_line(song: Path, tmp_path: Path, plan: bytes, words: str) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(plan)
    options = _asked(plan=path, song_map=None if words.startswith("another") else song.with_name("map.json"))
    assert words in _refused(song, tmp_path, options)


def test_the_plans_above_are_wrong_only_in_what_was_changed() -> None:
    check_plan(decode_plan(_plan()), _map(SECONDS), load_library())


def test_a_map_of_another_song_a_stem_of_another_length_and_files_that_are_not_there(
    song: Path, tmp_path: Path
) -> None:
    long = tmp_path / "map.json"
    long.write_bytes(encode_song_map(_map(60.0)))
    short = tmp_path / "stem.wav"
    soundfile.write(short, np.zeros(RATE, np.float32), RATE)
    none = tmp_path / "none"
    for number, (options, words) in enumerate(
        [
            (_asked(song_map=long), "60.0 s"),
            (_asked(song_map=short), "song map"),
            (_asked(song_map=none), "cannot read the song map"),
            (_asked(plan=none), "cannot read the plan"),
            (_asked(lyrics=str(none)), "cannot read the lyrics"),
            (_asked(vocal=short), "start and end together"),
            (_asked(vocal=none), "no such file"),
            (_asked(avatar=str(none) + ".vrm"), "none.vrm"),
            (_asked(avatar=str(short)), "stem.wav"),
            (_asked(start=99.0), "after the end"),
            (_asked(poses=tmp_path / "poses.json"), ".npz"),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert words in _refused(song, folder, options)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.mp3", b"not a sound at all, but long enough to be read as one" * 40),
        ("empty.wav", b""),
        ("cut.wav", b"RIFF\x10\x00"),
    ],
)
def test_what_is_no_sound_is_told_in_one_line(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert name in _refused(tmp_path / name, tmp_path, _asked())


def _noise(seconds: float, channels: int, rate: int) -> np.ndarray:
    return np.random.default_rng(1).uniform(-0.3, 0.3, (int(seconds * rate), channels)).astype(np.float32)


def _holes(sound: np.ndarray) -> np.ndarray:
    sound[::100] = np.nan
    return sound


ODD: dict[str, Callable[[], tuple[np.ndarray, int, str]]] = {
    "silence": lambda: (np.zeros((3 * 44_100, 2), np.float32), 44_100, "PCM_16"),
    "8-bit mono 8 kHz": lambda: (_noise(3.0, 1, 8_000), 8_000, "PCM_U8"),
    "six channels": lambda: (_noise(3.0, 6, 48_000), 48_000, "FLOAT"),
    "not numbers": lambda: (_holes(_noise(3.0, 2, 44_100)), 44_100, "FLOAT"),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_sound_is_danced_to_all_the_same(tmp_path: Path, kind: str) -> None:
    samples, rate, subtype = ODD[kind]()
    path = tmp_path / "odd.wav"
    soundfile.write(path, samples, rate, subtype=subtype)
    given = read_song(path, _asked(lyrics="none"))
    shown = prepare(given.sound.samples, given.sound.rate, read_vrm(avatar_path("mannequin")))
    assert abs(shown.song.duration - 3.0) < 0.05
    assert np.isfinite(given.sound.samples).all()


def test_a_fifth_of_a_second_is_too_short_or_fine_but_never_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "short.wav"
    soundfile.write(path, _noise(0.2, 2, 44_100), 44_100)
    try:
        given = read_song(path, _asked(lyrics="none"))
    except UserError as error:
        assert "short" in str(error)
        return
    prepare(given.sound.samples, given.sound.rate, read_vrm(avatar_path("mannequin")))
