"""Files that appear whole or not at all (a shell: files)."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

from stage.render.errors import RenderError
from stage.render.options import OptionError
from stage.render.sink import WORKSHOP_SUFFIX, disk_error

__all__ = ["check_poses", "publish", "workshop", "write_file"]


@contextlib.contextmanager
def workshop(out: Path) -> Generator[Path, None, None]:
    """A folder beside `out` for all that is half done: the same disk, so the last step is a rename."""
    if out.is_dir():
        raise OptionError(f"{out} is a folder; name a file in it, such as {out / 'video.mp4'}")
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{out.stem}-", suffix=WORKSHOP_SUFFIX, dir=out.parent))
    except OSError as error:
        raise RenderError(
            f"cannot write to {out.parent} ({error.strerror or error}); name a folder that exists with -o"
        ) from error
    try:
        yield folder
    except OSError as error:
        raise disk_error(error, out) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_poses(poses: Path | None, out: Path) -> None:
    """Raises before the work what would fail after it."""
    if poses is None:
        return
    if poses.suffix.lower() != ".npz":
        raise OptionError(f"--poses {poses}: name a file that ends with .npz")
    if poses.is_dir() or not poses.parent.is_dir() or not os.access(poses.parent, os.W_OK):
        raise RenderError(f"cannot write {poses}; name a file in a folder that exists and may be written to")
    if poses.resolve() == out.resolve():
        raise OptionError("--poses and -o name the same file")


def write_file(path: Path, data: bytes) -> None:
    """Under a temporary name, then renamed."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise disk_error(error, path) from error


def publish(made: Path, out: Path) -> None:
    """The finished file gets its name."""
    try:
        made.replace(out)
    except OSError as error:
        raise disk_error(error, out) from error
