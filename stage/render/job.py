"""A song becomes a video: the order of the work (a shell: files, processes, clock). Each step's craft is elsewhere."""

import contextlib
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import msgspec

from motion.rig.pose import GRID_HZ
from performer.avatar.expressions import expression_table
from performer.avatar.model import Vrm
from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from performer.voice.mark.label import AIGC_TAG, aigc_value
from stage.render.browser import browser_version, find_browser
from stage.render.feed import Feed
from stage.render.ffmpeg import (
    Container,
    Pump,
    container_of,
    find_ffmpeg,
    mux_command,
    raw_command,
)
from stage.render.options import FrameRange, RenderOptions
from stage.render.page_song import page_song, song_text
from stage.render.poses_file import encode_poses
from stage.render.protocol import AvatarJob, Go, Job
from stage.render.report import RenderReport, Stopwatch
from stage.render.session import Drawn, NoH264, Page, draw, pages_folder
from stage.render.sink import H264File, RawPump
from stage.render.song_input import SongInput, read_song
from stage.render.sound_job import SoundJob
from stage.render.workshop import check_poses, publish, workshop, write_file
from stage.show.performance import Performance
from stage.wire.codec import encode_frame
from stage.wire.frame import Frame

__all__ = ["Progress", "render"]

_KEY_SECONDS = 2.0


class Progress(Protocol):
    """Told what is being done: a stage's name, and `done` of `total` (frames while drawing, else a share of 1).

    With a total of 0 it is no stage but a remark for the user.
    """

    def __call__(self, stage: str, done: float, total: float) -> None: ...


def _quiet(stage: str, done: float, total: float) -> None:
    del stage, done, total


def render(
    song: str | Path, out: str | Path, options: RenderOptions | None = None, progress: Progress | None = None
) -> RenderReport:
    """Turn a song into a dance video.

    Args:
        song: a sound file, or the name of a built-in song.
        out: .mp4, .mov, .mkv; .webm or .mov when transparent. Appears only when it is whole.
    Raises:
        UserError: one sentence; nothing is left behind.
    """
    options = options or RenderOptions()
    tell = progress or _quiet
    out = Path(out).expanduser()
    clock = time.monotonic
    watch = Stopwatch(clock())
    # All that can be known to be missing is looked for before the work starts.
    container = container_of(out, transparent=options.transparent)
    ffmpeg, browser, pages = find_ffmpeg(), find_browser(), pages_folder()
    check_poses(options.poses, out)
    with workshop(out) as folder, contextlib.ExitStack() as after:
        errors = after.enter_context(tempfile.TemporaryFile())
        tell("reading", 0.0, 1.0)
        # Before the song: that one may have to be sung first, which takes minutes.
        vrm = read_vrm(avatar_path(options.avatar))
        given = read_song(song, options, lambda what, share: tell(what, share, 1.0))
        if given.advice:
            tell(given.advice, 0.0, 0.0)
        watch.lap("read", clock())
        window = FrameRange.of(options, given.sound.seconds)
        # The sound is encoded on the other core while the song is listened to.
        sound_file = folder / f"sound{'.mka' if container.suffix == '.webm' else '.m4a'}"
        sound = SoundJob(ffmpeg, container, given, window, sound_file, errors)
        after.callback(sound.kill)
        # The browser starts, reads the model and compiles its shaders meanwhile, too.
        page = Page(_job(given, vrm, options), {_avatar_url(0): vrm.path}, pages=pages, browser=browser)
        after.callback(page.close)
        performance = _perform(given, vrm, options, tell)
        watch.lap("listen and plan", clock())
        kept: list[Frame] = []

        def keep(index: int, frame: Frame) -> None:
            if options.poses is not None and index >= window.first:
                kept.append(frame)

        show_step = _stepper(performance, options)
        feed = Feed(show_step, encode_frame, total=window.last, fps=options.fps, watch=keep)
        after.callback(feed.close)

        def drew(due: int) -> None:
            sound.check()
            tell("drawing", due - window.first, len(window))

        tell("drawing", 0, len(window))
        video, drawn, encoder = _draw(
            page,
            Go(window.first, window.last, page_song(performance)),
            feed,
            _Studio(options, folder, ffmpeg, errors, container),
            drew,
        )
        watch.lap("draw", clock())
        tell("writing", 0.0, 1.0)
        sound.finish()
        made = folder / f"whole{container.suffix}"
        mux = Pump(
            mux_command(ffmpeg, container, video=video, sound=sound_file, fps=options.fps, tags=_tags(given), out=made),
            errors=errors,
            takes_input=False,
        )
        after.callback(mux.kill)
        mux.finish()
        if options.poses is not None:
            names = [performer.expressions for performer in performance.performers]
            write_file(options.poses, encode_poses(kept, fps=float(options.fps), expressions=names))
        publish(made, out)
        tell("writing", 1.0, 1.0)
        watch.lap("write", clock())
    return _report(out, options, window, watch, drawn, feed, encoder, browser_version(browser))


def _perform(given: SongInput, vrm: Vrm, options: RenderOptions, tell: Progress) -> Performance:
    from stage.show.prepare import prepare

    return prepare(
        given.sound.samples,
        given.sound.rate,
        vrm,
        title=given.title,
        artist=given.artist,
        credits=given.credits,
        staging=given.staging,
        sound_sha256=given.sha256,
        song=given.song_map,
        plan=given.plan,
        lyrics=given.lyrics,
        vocal=given.vocal,
        seed=options.seed,
        own_moves_only=options.own_moves_only,
        progress=lambda share, what: tell(what, share, 1.0),
    )


def _stepper(performance: Performance, options: RenderOptions) -> Callable[[float], Frame]:
    from stage.show.shots import house_shots
    from stage.show.show import Show

    show = Show(performance, aspect=options.width / options.height, shots=house_shots(options.venue))
    end = performance.frames / GRID_HZ
    # The last picture may lie a frame's length behind the last pose; the pose is held, the picture's time is its own.
    return lambda t: show.step(min(t, end))


def _avatar_url(number: int) -> str:
    return f"files/avatar-{number}.vrm"


def _job(given: SongInput, vrm: Vrm, options: RenderOptions) -> Job:
    return Job(
        width=options.width,
        height=options.height,
        fps=float(options.fps),
        quality=options.quality,
        transparent=options.transparent,
        venue=options.venue,
        label=options.label,
        encode="raw" if options.transparent or options.crf is not None else "h264",
        bitrate=options.bitrate,
        key_interval=max(1, round(_KEY_SECONDS * float(options.fps))),
        hash=options.hash_frames,
        song=song_text(given.title, given.artist, given.lyrics),
        avatars=[AvatarJob(0, _avatar_url(0), list(expression_table(vrm)))],
    )


@dataclass(frozen=True, slots=True)
class _Studio:
    """What encoding needs."""

    options: RenderOptions
    folder: Path
    ffmpeg: str
    errors: IO[bytes]
    container: Container


def _draw(page: Page, go: Go, feed: Feed, studio: _Studio, progress: Callable[[int], None]) -> tuple[Path, Drawn, str]:
    """Draw by the browser's own encoder, or through ffmpeg where it has none or cannot do what is asked."""
    options = studio.options
    if page.job.encode == "h264":
        sink = H264File(studio.folder / "video.h264", go.first)
        try:
            drawn = draw(page, go, feed=feed, sink=sink, progress=progress)
            return sink.finish(), drawn, "H.264 in the browser"
        except NoH264:
            page = page.renew(job=msgspec.structs.replace(page.job, encode="raw"))
        finally:
            sink.abandon()
    video = studio.folder / ("video" + (studio.container.suffix if options.transparent else ".mp4"))
    command = raw_command(
        studio.ffmpeg,
        width=options.width,
        height=options.height,
        fps=options.fps,
        transparent=options.transparent,
        crf=options.crf,
        out=video,
    )
    pump = RawPump(Pump(command, errors=studio.errors), video, go.first)
    try:
        drawn = draw(page, go, feed=feed, sink=pump, progress=progress)
        return pump.finish(), drawn, "ffmpeg"
    finally:
        pump.abandon()
        page.close()


def _tags(given: SongInput) -> dict[str, str]:
    return {"title": given.title, "artist": given.artist, AIGC_TAG: aigc_value(produce_id=uuid.uuid4().hex)}


def _report(
    out: Path,
    options: RenderOptions,
    window: FrameRange,
    watch: Stopwatch,
    drawn: Drawn,
    feed: Feed,
    encoder: str,
    browser: str,
) -> RenderReport:
    spent = drawn.spent
    per_frame = {
        name: round(getattr(spent, name) / max(spent.frames, 1), 2)
        for name in ("step", "draw", "read", "encode", "wait")
    }
    stages = dict(watch.stages)
    drawing = stages.pop("draw", 0.0)
    stages["wait for the browser"] = round(drawn.wait_seconds, 3)
    stages["draw"] = round(drawing - drawn.wait_seconds, 3)
    return RenderReport(
        out=out,
        frames=len(window),
        fps=float(options.fps),
        width=options.width,
        height=options.height,
        seconds=window.seconds,
        wall=round(watch.total, 3),
        encoder=encoder,
        renderer=drawn.renderer,
        browser=browser,
        crashes=drawn.crashes,
        bytes=out.stat().st_size,
        poses=options.poses,
        stages=stages,
        per_frame_ms={"pose": round(1000.0 * feed.pose_seconds / max(window.last, 1), 2), **per_frame},
        hashes=drawn.hashes,
    )
