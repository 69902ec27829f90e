"""Find a Chromium and run it as a process of ours (a shell: starts and ends processes, makes a temporary folder).

Nothing about pages or frames belongs here: the page reports over a WebSocket of its own, no driver is needed.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from stage.render.errors import BrowserError

__all__ = ["BROWSER_ENV", "Browser", "browser_version", "find_browser", "start_browser"]

BROWSER_ENV = "NICHANG_BROWSER"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_MAC = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
# What a browser does by itself when it starts is noise here: no update, no sync, no first-run pages, no QUIC.
_QUIET = (
    *("--no-first-run", "--no-default-browser-check", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-quic", "--disable-extensions"),
    *("--disable-domain-reliability", "--disable-breakpad", "--metrics-recording-only", "--mute-audio"),
    "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider",
)
# A page that nobody looks at must not be slowed down.
_AWAKE = (
    *("--disable-background-timer-throttling", "--disable-renderer-backgrounding"),
    "--disable-backgrounding-occluded-windows",
)
# A drawing process that waits for its turn on a busy machine is no hung one: its watchdog would end it after some
# seconds, and the browser would go on with another rasteriser, whose pixels differ.
_PATIENT = ("--disable-gpu-watchdog",)
# Mesa through ANGLE: a GPU where there is one, llvmpipe where there is none (3 times as fast as SwiftShader). Where it
# does not work we want to hear of it, and choose SwiftShader ourselves.
_MESA = ("--use-gl=angle", "--use-angle=gl-egl", "--ignore-gpu-blocklist", "--disable-software-rasterizer")
_SWIFTSHADER = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
_LOCK = "/org.chromium.Chromium.XXXXXX/SingletonSocket"
_GRACE_SECONDS = 3.0


def find_browser(name: str = "") -> Path:
    """The browser to use: `name` or the variable NICHANG_BROWSER, else the first Chromium on the path.

    Raises:
        BrowserError: none is there, or the named one is not.
    """
    wanted = name or os.environ.get(BROWSER_ENV, "")
    if wanted:
        found = shutil.which(wanted)
        if found is None:
            raise BrowserError(f"{wanted}: no such browser; name a Chromium or Chrome in {BROWSER_ENV}")
        return Path(found)
    for candidate in (*_NAMES, *_MAC):
        if found := shutil.which(candidate):
            return Path(found)
    raise BrowserError(
        f"no Chromium or Chrome found; 'make setup' installs one, or name yours in the variable {BROWSER_ENV}"
    )


def browser_version(browser: Path) -> str:
    """What the browser says of itself, e.g. "Chromium 130.0.6723.91"; empty if it does not answer."""
    try:
        done = subprocess.run([browser, "--version"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"(\S+(?: Chrome)?) (\d+(?:\.\d+)+)", done.stdout.decode(errors="replace"))
    return f"{found.group(1)} {found.group(2)}" if found else ""


def _shader_cache() -> Path | None:
    """Where Mesa keeps the machine code of shaders between runs: some 4 s of CPU on llvmpipe, 1 MB."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    try:
        folder = (Path(home) if home else Path.home() / ".cache") / "nichang" / "shaders"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder


def _own_tmp(profile: Path) -> dict[str, str]:
    """What keeps the browser's temporary folders in its profile: it leaves them behind when it is ended by a signal.

    Its lock is a socket in one of them, and the name of a socket may have 107 letters.
    """
    return {"TMPDIR": str(profile)} if len(os.fsencode(profile)) + len(_LOCK) <= 107 else {}


class Browser:
    """A running browser with its own profile and process group; `close` (or leaving `with`) leaves nothing behind."""

    def __init__(self, process: subprocess.Popen[bytes], profile: Path, log: IO[bytes]) -> None:
        self._process = process
        self._profile = profile
        self._log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        """True while the main process runs (a crashed page or GPU process is not seen here)."""
        return self._process.poll() is None

    def complaint(self) -> str:
        """The last line that the browser wrote which looks like a reason, for an error message."""
        self._log.flush()
        self._log.seek(0)
        lines = self._log.read()[-8000:].decode(errors="replace").splitlines()
        reasons = [line for line in lines if re.search(r"FATAL|error while loading|sandbox|cannot open", line, re.I)]
        return reasons[-1].strip() if reasons else ""

    def close(self) -> None:
        """End every process of the group and remove the profile; may be called twice."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=_GRACE_SECONDS)
        self._log.close()
        shutil.rmtree(self._profile, ignore_errors=True)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def start_browser(
    url: str, *, browser: Path | None = None, software: str = "mesa", extra: Sequence[str] = ()
) -> Browser:
    """Start a headless browser on `url`.

    Args:
        software: "mesa" (a GPU, else llvmpipe) or "swiftshader" (the browser's own rasteriser, slower).
        extra: further flags.
    Raises:
        BrowserError: it is not there or does not start.
    """
    path = find_browser() if browser is None else browser
    profile = Path(tempfile.mkdtemp(prefix="nichang-browser-"))
    flags = ["--headless=new", f"--user-data-dir={profile}", *_QUIET, *_AWAKE, *_PATIENT]
    flags += _MESA if software == "mesa" else _SWIFTSHADER
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium refuses to run its sandbox as root, and only then do we go without.
        flags.append("--no-sandbox")
    log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the browser
    try:
        process = subprocess.Popen(
            [path, *flags, *extra, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            # An own group: Ctrl-C in the terminal reaches us, and we end the browser in order.
            start_new_session=True,
            # The profile also is the home of whatever the browser's libraries want to cache.
            env={
                **os.environ,
                **_own_tmp(profile),
                "XDG_CACHE_HOME": str(profile),
                "XDG_CONFIG_HOME": str(profile),
                "MESA_SHADER_CACHE_DIR": str(_shader_cache() or profile),
                "MESA_SHADER_CACHE_MAX_SIZE": "64M",
            },
        )
    except OSError as error:
        log.close()
        shutil.rmtree(profile, ignore_errors=True)
        raise BrowserError(f"{path} does not start: {error.strerror or error}") from error
    return Browser(process, profile, log)
