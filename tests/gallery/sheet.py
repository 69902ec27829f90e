"""A contact sheet of moments of a song: real frames, drawn by the real render page, laid side by side with a caption.

    python -m tests.gallery.sheet shots -o shots.jpg                     every shot of the table at one moment
    python -m tests.gallery.sheet times 0 2 4.5 -o times.jpg             these moments, as the show has them
    python -m tests.gallery.sheet strip 30 40 -o strip.jpg --fps 3       a stretch of the song
    python -m tests.gallery.sheet cues 32 -o cues.jpg --shots wide,full  every cue at some ages

A shell: files, browser. What was prepared of a song is kept under $NICHANG_HOME/sheets, until a source or a preset
that it came from changes.
"""

import argparse
import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from motion.music.song_map import decode_song_map
from performer.avatar.expressions import expression_table
from performer.avatar.model import Vrm
from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from stage.render.feed import Feed
from stage.render.options import parse_size
from stage.render.page_song import page_song
from stage.render.protocol import AvatarJob, Chunk, Go, Job
from stage.render.session import Page, draw
from stage.server.songs import SongSource, find_song, load_performance, store
from stage.show.cues import LASTS, Cue
from stage.show.director import cut_at
from stage.show.performance import Performance
from stage.show.shots import house_shots
from stage.show.show import NO_INPUTS, Inputs, ShotChoice, Show
from stage.wire.codec import encode_frame
from stage.wire.frame import Frame

__all__ = ["Still", "draw_stills", "lay_out", "prepared"]

_ROOT = Path(__file__).resolve().parents[2]
# A held shot is looked at in the middle of its way.
_HALF_WAY = 6.0


@dataclass(frozen=True, slots=True)
class Still:
    """One picture: media time (seconds), what the operator holds, and the words under it."""

    time: float
    inputs: Inputs = NO_INPUTS
    caption: str = ""


class _Pictures:
    """A sink that keeps every picture as RGB."""

    def __init__(self, width: int, height: int) -> None:
        self.next = 0
        self.pictures: list[NDArray[np.uint8]] = []
        self._size = (width, height)

    def accept(self, chunk: Chunk) -> None:
        self.pictures.append(i420_to_rgb(np.frombuffer(chunk.data, np.uint8), *self._size))
        self.next += 1

    def rewind(self) -> int:
        return self.next

    def finish(self) -> Path:
        return Path()

    def abandon(self) -> None:
        self.pictures.clear()


def i420_to_rgb(data: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """A picture in I420 (BT.709, limited range) to (height, width, 3)."""
    luma = data[: width * height].reshape(height, width).astype(np.float32)
    half = (height // 2, width // 2)
    u, v = data[width * height :].reshape(2, *half).astype(np.float32) - 128.0
    y = 1.1644 * (luma - 16.0)
    u, v = (np.repeat(np.repeat(plane, 2, 0), 2, 1) for plane in (u, v))
    rgb = np.stack((y + 1.7927 * v, y - 0.2132 * u - 0.5329 * v, y + 2.1124 * u), axis=-1)
    return np.clip(rgb, 0.0, 255.0).astype(np.uint8)


def prepared(song: str, avatar: str, seed: int = 0) -> Performance:
    """The song made ready; listened to and planned once, then from disk."""
    source = find_song(song, seed=seed)
    vrm = read_vrm(avatar_path(avatar))
    told = b"" if source.song_map is None else source.song_map.read_bytes()
    key = hashlib.sha256(source.path.read_bytes() + told + f"{seed} {vrm.dance} {_makers()}".encode()).hexdigest()[:16]
    folder = Path(os.environ.get("NICHANG_HOME", tempfile.gettempdir())) / "sheets" / key
    if not (folder / "done").exists():
        store(folder, _prepare(source, vrm))
    return load_performance(source, folder, (vrm,))


def _makers() -> str:
    """Digest of all that a plan is made by: an old plan would be looked at, and kept as a golden, for the new one."""
    digest = hashlib.sha256()
    for top in ("motion", "performer", "stage", "presets"):
        for folder, folders, names in os.walk(_ROOT / top):
            folders[:] = sorted(name for name in folders if name != "web")
            for name in sorted(names):
                if name.endswith((".py", ".toml", ".json", ".npz", ".txt")):
                    digest.update((Path(folder) / name).read_bytes())
    return digest.hexdigest()


def _prepare(source: SongSource, vrm: Vrm) -> Performance:
    from performer.voice.sound import read_sound
    from stage.server.songs import read_words
    from stage.show.prepare import prepare

    sound = read_sound(source.path)
    vocal = None if source.vocal is None else read_sound(source.vocal).mono[: len(sound.mono)]
    words = read_words(source, Path(), sound.seconds)
    song = None if source.song_map is None else decode_song_map(source.song_map.read_bytes())
    return prepare(sound.samples, sound.rate, vrm, song=song, vocal=vocal, lyrics=words, seed=source.seed)


def draw_stills(
    performance: Performance,
    avatar: str,
    stills: Sequence[Still],
    *,
    size: tuple[int, int] = (640, 360),
    quality: str = "lite",
    venue: str = "livehouse",
    pages: Path | None = None,
    paint: bool = True,
) -> list[NDArray[np.uint8]]:
    """One (height, width, 3) picture a still, in order. paint: as `Job.paint`."""
    width, height = size
    vrm = read_vrm(avatar_path(avatar))
    show = Show(performance, aspect=width / height, shots=house_shots(venue))

    def step(index: float) -> Frame:
        still = stills[round(index)]
        return show.step(still.time, still.inputs)

    job = Job(
        width=width,
        height=height,
        fps=30.0,
        quality="full" if quality == "full" else "lite",
        venue=venue,
        transparent=False,
        label=True,
        encode="raw",
        bitrate=1_000_000,
        key_interval=1,
        hash=False,
        song=page_song(performance),
        avatars=[AvatarJob(0, "files/avatar-0.vrm", list(expression_table(vrm)))],
        paint=paint,
    )
    page = Page(job, {"files/avatar-0.vrm": vrm.path}, pages=pages)
    feed = Feed(step, encode_frame, total=len(stills), fps=Fraction(1))
    sink = _Pictures(width, height)
    try:
        draw(page, Go(0, len(stills), job.song), feed=feed, sink=sink, progress=lambda due: None)
    finally:
        feed.close()
        page.close()
    return sink.pictures


def lay_out(pictures: Sequence[NDArray[np.uint8]], captions: Sequence[str], columns: int) -> Image.Image:
    """The pictures in rows, each with its caption in the corner."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + 4), rows * (height + 4)), "black")
    pen = ImageDraw.Draw(sheet)
    for i, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        at = ((i % columns) * (width + 4), (i // columns) * (height + 4))
        sheet.paste(Image.fromarray(picture), at)
        pen.text((at[0] + 4, at[1] + 2), caption, fill="yellow")
    return sheet


def _stills(arguments: argparse.Namespace, show: Show) -> list[Still]:
    if arguments.what == "shots":
        moment = float(arguments.moments[0]) if arguments.moments else 32.0
        names = arguments.shots.split(",") if arguments.shots else [shot.name for shot in house_shots().shots]
        return [
            Still(moment, Inputs(shot=ShotChoice(name, moment - _HALF_WAY, arguments.mirrored)), name) for name in names
        ]
    if arguments.what == "cues":
        return _cue_stills(float(arguments.moments[0]), arguments.shots.split(",") if arguments.shots else ["wide"])
    moments = [float(moment) for moment in arguments.moments]
    if arguments.what == "strip":
        moments = [float(t) for t in np.arange(moments[0], moments[1], 1.0 / arguments.fps)]
    return [Still(t, NO_INPUTS, f"{t:.2f} {cut_at(show.cuts, t).shot.name}") for t in moments]


def _cue_stills(moment: float, shots: Sequence[str]) -> list[Still]:
    ages = {"confetti": (0.35, 1.0, 3.0, 7.0), "sparks": (0.3, 0.9, 2.0), "petals": (6.0,), "lift": (0.05,)}
    return [
        Still(moment, Inputs(shot=ShotChoice(shot, moment - _HALF_WAY), cues=(fired,)), f"{shot} {kind} {age}")
        for shot in shots
        for kind, row in ages.items()
        for age in row
        for fired in (Cue(kind, moment - age, moment - age + LASTS[kind]),)
    ]


def main() -> None:
    """Read the arguments, draw, write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("shots", "times", "strip", "cues"))
    parser.add_argument("moments", nargs="*")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--song", default="firstlight")
    parser.add_argument("--avatar", default="mannequin")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shots", default="")
    parser.add_argument("--mirrored", action="store_true")
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--quality", default="lite")
    parser.add_argument("--venue", default="livehouse")
    parser.add_argument("--columns", type=int, default=3)
    parser.add_argument("--fps", type=float, default=3.0)
    parser.add_argument("--pages", type=Path)
    arguments = parser.parse_args()
    performance = prepared(arguments.song, arguments.avatar, arguments.seed)
    size = parse_size(arguments.size)
    stills = _stills(arguments, Show(performance, aspect=size[0] / size[1]))
    pictures = draw_stills(
        performance,
        arguments.avatar,
        stills,
        size=size,
        quality=arguments.quality,
        venue=arguments.venue,
        pages=arguments.pages,
    )
    lay_out(pictures, [still.caption for still in stills], arguments.columns).save(arguments.out, quality=90)


if __name__ == "__main__":
    main()
