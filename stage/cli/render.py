"""`nichang render`: a song file becomes a dance video. Parses, calls `stage.render.job.render`, prints."""

import json
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from performer.avatar.presets import IDOL
from stage.render.options import LANDSCAPE, PORTRAIT, RenderOptions, parse_fps, parse_size, parse_time

__all__ = ["app"]

app = typer.Typer(add_completion=False)

_SONG = typer.Argument(help="Sound file (WAV, FLAC, OGG, Opus, MP3, M4A, …) or the name of a built-in song.")
_OUT = typer.Option("--out", "-o", help="Video to write: .mp4, .mov, .mkv; .webm or .mov with --transparent.")
_SIZE = typer.Option("--size", help="Width x height in pixels, both even. Default 1280x720.", metavar="WxH")
_PORTRAIT = typer.Option("--portrait", help="Upright 9:16: 720x1280, or --size turned if it lies.")
_FPS = typer.Option("--fps", help="Pictures a second, 1 to 120; 29.97 means 30000/1001.")
_FROM = typer.Option("--from", help="Where to begin, seconds or m:ss. The frames are those of the whole run.")
_TO = typer.Option("--to", help="Where to end, seconds or m:ss. Default: the song's end.")
_SEED = typer.Option("--seed", min=0, help="Another number, another dance, camera and look.")
_AVATAR = typer.Option("--avatar", help="VRM file (0.x or 1.0) or the name of a built-in avatar.")
_PLAN = typer.Option("--plan", help="Dance this plan (from 'nichang dance plan', edited as you like).")
_MAP = typer.Option("--map", help="Take this song map (from 'nichang listen') instead of listening again.")
_VOCAL = typer.Option("--vocal", help="The voice alone, as long as the song: the lips follow it.")
_VOICE = typer.Option(
    "--voice",
    help="Who sings instead: a built-in voice (nichang voice list) or a .voice file. Made once for a song, then kept.",
)
_LYRICS = typer.Option(
    "--lyrics",
    help="LRC or UltraStar file; 'auto': the file beside the song, else what the extra words hears, "
    "written beside the song as .lrc; 'none'.",
)
_POSES = typer.Option(
    "--poses",
    help="Write the frames as numbers too: FILE.npz for numpy, one row per picture: time, camera, and per performer "
    "root (x z yaw lift), hips, rotations (55 bones, xyzw), gaze, weights, with the names of bones and expressions.",
)
_TRANSPARENT = typer.Option("--transparent", help="No stage, see-through background: .webm (VP9) or .mov (ProRes).")
_QUALITY = typer.Option(
    "--quality", help="lite: quick on machines without a GPU. full: outlines, smooth edges, slower."
)
_VENUE = typer.Option("--venue", help="The stage: arena (a large hall) or livehouse (a small club).")
_CRF = typer.Option(
    "--crf", help="Encode by x264 at this quality (0 best to 51; 18 is fine) instead of quickly.", min=0, max=51
)
_LABEL = typer.Option("--label/--no-label", help="The AI label in the picture. Whoever leaves it out answers for it.")
_OWN = typer.Option("--own-moves-only", help="Leave out moves derived from the CMU motion data.")
_JSON = typer.Option("--json", help="Print one object with what was made and where the time went.")


@app.command()
def render(
    song: Annotated[str, _SONG],
    out: Annotated[Path, _OUT],
    size: Annotated[str | None, _SIZE] = None,
    portrait: Annotated[bool, _PORTRAIT] = False,
    fps: Annotated[str, _FPS] = "30",
    start: Annotated[str, _FROM] = "0",
    stop: Annotated[str | None, _TO] = None,
    seed: Annotated[int, _SEED] = 0,
    avatar: Annotated[str, _AVATAR] = IDOL,
    plan: Annotated[Path | None, _PLAN] = None,
    song_map: Annotated[Path | None, _MAP] = None,
    vocal: Annotated[Path | None, _VOCAL] = None,
    voice: Annotated[str, _VOICE] = "",
    lyrics: Annotated[str, _LYRICS] = "auto",
    poses: Annotated[Path | None, _POSES] = None,
    transparent: Annotated[bool, _TRANSPARENT] = False,
    venue: Annotated[str, _VENUE] = "",
    quality: Annotated[Literal["lite", "full"], _QUALITY] = "lite",
    crf: Annotated[int | None, _CRF] = None,
    label: Annotated[bool, _LABEL] = True,
    own_moves_only: Annotated[bool, _OWN] = False,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Turn a song into a dance video: she listens, plans a dance, moves her lips, and is filmed.

    Examples:

      nichang render song.mp3 -o dance.mp4

      nichang render song.mp3 -o clip.mp4 --from 0:45 --to 1:15 --portrait --avatar me.vrm --seed 7

      nichang render song.wav -o me.webm --transparent --vocal voice.wav --lyrics song.lrc

      nichang render yuyi -o cover.mp4 --voice hitsuboku-kumi
    """
    from stage.render.job import render as make
    from stage.show.venues import find_venue

    width, height = parse_size(size) if size else (PORTRAIT if portrait else LANDSCAPE)
    if portrait and width > height:
        width, height = height, width
    options = RenderOptions(
        width=width,
        height=height,
        fps=parse_fps(fps),
        start=parse_time(start),
        stop=None if stop is None else parse_time(stop),
        seed=seed,
        avatar=avatar,
        plan=plan,
        song_map=song_map,
        vocal=vocal,
        voice=voice,
        lyrics=lyrics,
        poses=poses,
        transparent=transparent,
        venue=find_venue(venue),
        quality=quality,
        crf=crf,
        label=label,
        own_moves_only=own_moves_only,
    )
    # Being ended by a supervisor must leave as little behind as Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    from stage.cli.render_progress import RenderProgress

    with RenderProgress(quiet=as_json and not sys.stderr.isatty()) as progress:
        report = make(song, out, options, progress)
    if as_json:
        print(json.dumps(report.to_json(), ensure_ascii=False))
        return
    from rich.console import Console

    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in report.stages.items())
    spent = ", ".join(f"{name} {ms:.1f}" for name, ms in report.per_frame_ms.items())
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"[bold]{report.out}[/]  {report.seconds:.2f} s, {report.frames} frames, {report.width}x{report.height} at "
        f"{report.fps:g} fps, {report.bytes / 1e6:.1f} MB"
    )
    console.print(f"{report.wall:.1f} s of work: {report.realtime:.2f} x real time ({stages})")
    console.print(f"ms a frame: {spent}  (poses and encoding run beside the drawing)")
    console.print(f"{report.encoder}; drawn by {report.renderer} in {report.browser}")
    if report.crashes:
        console.print(f"The browser ended {report.crashes} times in the middle and was started again.")


def _interrupt(number: int, frame: Any) -> None:
    del number, frame
    raise KeyboardInterrupt
