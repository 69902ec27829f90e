"""Where this user's caches lie (a shell: reads the environment)."""

import os
from pathlib import Path

__all__ = ["home_folder"]


def home_folder() -> Path:
    """NICHANG_HOME, else XDG's cache folder. Not made here."""
    home = os.environ.get("NICHANG_HOME")
    if home:
        return Path(home)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nichang"
