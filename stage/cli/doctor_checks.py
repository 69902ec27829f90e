"""What the doctor looks at, each as one function that returns findings (a shell: processes, devices, files)."""

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from motion.errors import UserError

__all__ = ["CHECKS", "EXTRAS", "LATER", "Finding", "examine"]


@dataclass(frozen=True, slots=True)
class Finding:
    """state: "ok", "note" (not needed, or slower without) or "missing" (needed). mend: what to do, empty if nothing."""

    name: str
    state: Literal["ok", "note", "missing"]
    found: str
    mend: str = ""

    def to_json(self) -> dict[str, str]:
        return asdict(self)


# Extra -> module that it brings, and what it is for; those of LATER serve parts of the engine that are not built yet.
EXTRAS: dict[str, tuple[str, str]] = {
    "live": ("pyaudio", "microphone and loudspeaker of this machine"),
    "capture": ("mediapipe", "a webcam that drives the avatar"),
    "words": ("faster_whisper", "words of a song, heard with their times"),
    "plot": ("matplotlib", "nichang listen --plot"),
    "geometry": ("open3d", "body and clothes of an avatar, measured"),
    "train": ("torch", "cloning voices"),
}
LATER = frozenset({"capture", "geometry"})
_NODE = (20, 19)


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else ""


def python_here() -> list[Finding]:
    version = platform.python_version()
    return [Finding("python", "ok", f"{version} on {platform.platform(terse=True)}, {os.cpu_count()} cores")]


def browser_here(*, start: bool) -> list[Finding]:
    from stage.render.browser import browser_version, find_browser
    from stage.render.probe import probe_browser

    try:
        path = find_browser()
    except UserError as error:
        return [Finding("browser", "missing", str(error), "make setup")]
    version = browser_version(path)
    findings = [Finding("browser", "ok", f"{version or 'version unknown'} ({path})")]
    if not start:
        return findings
    try:
        probe = probe_browser(path)
    except UserError as error:
        return [*findings, Finding("browser starts", "missing", str(error), f"try: {path} --headless about:blank")]
    if not probe.webgl:
        mend = "make setup (installs libgl1-mesa-dri and libegl1)"
        return [*findings, Finding("WebGL 2", "missing", probe.renderer or probe.error or "none", mend)]
    what = "software, no GPU: choose --quality lite" if probe.software else "GPU"
    findings.append(Finding("WebGL 2", "ok", f"{probe.renderer} ({what}), answered after {probe.seconds:.1f} s"))
    if probe.h264:
        findings.append(Finding("H.264 encoder", "ok", f"in the browser ({probe.h264})"))
    else:
        mend = "renders go through ffmpeg, 3 times slower; Debian's chromium or Google Chrome have it"
        findings.append(Finding("H.264 encoder", "note", probe.error or "not in this browser", mend))
    return findings


def ffmpeg_here() -> list[Finding]:
    path = shutil.which("ffmpeg")
    if path is None:
        return [Finding("ffmpeg", "missing", "not found", "make setup (Debian: apt install ffmpeg)")]
    words = _output(path, "-version").split()
    encoders = _output(path, "-hide_banner", "-encoders").split()
    lacking = [name for name in ("aac", "libx264", "libvpx-vp9", "libopus") if name not in encoders]
    version = words[2] if len(words) > 2 else "version unknown"
    if "aac" in lacking:
        return [Finding("ffmpeg", "missing", f"{version} without AAC", "install the distribution's full ffmpeg")]
    if lacking:
        mend = "install the distribution's full ffmpeg; without it --crf or --transparent fail"
        return [Finding("ffmpeg", "note", f"{version} without {', '.join(lacking)}", mend)]
    return [Finding("ffmpeg", "ok", f"{version} with AAC, x264, VP9, Opus ({path})")]


def pages_here() -> list[Finding]:
    import stage

    dist = Path(stage.__file__).parent / "web" / "dist"
    lacking = [page for page in ("stage", "console", "render") if not (dist / f"{page}.html").is_file()]
    if lacking:
        return [Finding("pages", "missing", f"not built: {', '.join(lacking)}", "make setup")]
    return [Finding("pages", "ok", f"stage, console, render ({dist})")]


def fonts_here() -> list[Finding]:
    import stage

    dist = Path(stage.__file__).parent / "web" / "dist"
    fonts = sorted(path.name for kind in ("woff2", "woff", "ttf") for path in dist.rglob(f"*.{kind}"))
    if not fonts:
        return [Finding("fonts", "missing", "no font in the pages", "make setup")]
    return [Finding("fonts", "ok", f"{len(fonts)} files in the pages, for Chinese, Japanese and Latin")]


def node_here() -> list[Finding]:
    # The wheel's own node stands beside this Python; the system's may be too old for the page build.
    for node in (str(Path(sys.executable).with_name("node")), "node"):
        version = _output(node, "--version").removeprefix("v")
        numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
        if numbers >= _NODE:
            return [Finding("node", "ok", f"{version} (only to build the pages)")]
    return [Finding("node", "note", version or "not found", "only needed to build the pages; make setup brings one")]


def avatars_here() -> list[Finding]:
    from performer.avatar.presets import avatar_names

    names = avatar_names()
    if not names:
        return [Finding("built-in avatar", "missing", "none", "make setup; the folder presets/avatars is empty")]
    return [Finding("built-in avatars", "ok", ", ".join(names))]


def sound_here() -> list[Finding]:
    if importlib.util.find_spec("pyaudio") is None:
        return [Finding("sound devices", "note", "not looked for; the page plays the sound by itself")]
    from performer.voice.device import PyAudioSounds

    try:
        sounds = PyAudioSounds()
        devices = sounds.devices()
        sounds.close()
    except (OSError, UserError) as error:
        return [Finding("sound devices", "note", f"PortAudio: {error}", "the page plays the sound by itself")]
    inputs = sum(1 for device in devices if device.inputs)
    outputs = sum(1 for device in devices if device.outputs)
    if not devices:
        return [Finding("sound devices", "note", "none on this machine", "the page plays the sound by itself")]
    return [Finding("sound devices", "ok", f"{inputs} to record, {outputs} to play")]


def camera_here() -> list[Finding]:
    if sys.platform != "linux":
        return [Finding("camera", "note", "is found when capture starts")]
    cameras = sorted(Path("/dev").glob("video[0-9]*"))
    if not cameras:
        return [Finding("camera", "note", "none at /dev/video*; nothing uses one yet")]
    closed = [str(path) for path in cameras if not os.access(path, os.R_OK | os.W_OK)]
    if closed:
        return [Finding("camera", "note", f"no permission for {', '.join(closed)}", "add yourself to the group video")]
    return [Finding("camera", "ok", ", ".join(map(str, cameras)))]


def gpu_here() -> list[Finding]:
    nodes = sorted(Path("/dev/dri").glob("renderD*")) if Path("/dev/dri").is_dir() else []
    name = _output("nvidia-smi", "--query-gpu=name", "--format=csv,noheader").splitlines()
    if name:
        return [Finding("GPU", "ok", ", ".join(name))]
    if nodes:
        return [Finding("GPU", "ok", ", ".join(map(str, nodes)))]
    return [Finding("GPU", "note", "none; software draws", "a stage page on another machine's browser is smoother")]


def extras_here() -> list[Finding]:
    findings: list[Finding] = []
    for extra, (module, purpose) in EXTRAS.items():
        if importlib.util.find_spec(module) is None:
            mend = "" if extra in LATER else f"make setup EXTRAS={extra}"
            why = f"for {purpose}; nothing uses it yet" if extra in LATER else purpose
            findings.append(Finding(f"extra {extra}", "note", f"not installed ({why})", mend))
            continue
        try:
            version = metadata.version(module.replace("_", "-"))
        except metadata.PackageNotFoundError:
            version = ""
        findings.append(Finding(f"extra {extra}", "ok", f"{module} {version}".strip() + f" ({purpose})"))
    return findings


CHECKS: tuple[Callable[[], list[Finding]], ...] = (
    *(ffmpeg_here, pages_here, fonts_here, avatars_here, node_here),
    *(gpu_here, sound_here, camera_here, extras_here),
)


def examine(*, try_browser: bool = True) -> list[Finding]:
    """Everything the doctor knows to look at. try_browser: start it for real (some seconds)."""
    findings = [*python_here(), *browser_here(start=try_browser)]
    for check in CHECKS:
        findings += check()
    return findings
