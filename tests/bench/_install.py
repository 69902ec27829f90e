"""What the base install weighs: the package's own requirements and theirs, whatever else lies in the environment."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

__all__ = ["base_install_mb", "base_packages"]

ROOT = Path(__file__).resolve().parents[2]
# As `du` with these left out: pip brings itself, and compiled files come with the first run.
_LEFT_OUT = ("pip", "setuptools", "wheel")


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def base_packages() -> set[str]:
    """Names of what pyproject.toml asks for without extras, and of what that needs in turn."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [(Requirement(line), "") for line in project["dependencies"]]
    done: set[tuple[str, str]] = set()
    while wanted:
        need, extra = wanted.pop()
        if need.marker and not need.marker.evaluate({"extra": extra}):
            continue
        name = _name(need.name)
        for asked in ("", *need.extras):
            if (name, asked) not in done:
                done.add((name, asked))
                wanted += [(Requirement(line), asked) for line in metadata.requires(name) or []]
    return {name for name, _ in done}


def base_install_mb() -> dict[str, float]:
    """Megabytes (10^6) of each package and of all: files on the disk without __pycache__."""
    sizes: dict[str, float] = {}
    for name in base_packages() - set(_LEFT_OUT):
        files = [Path(str(file.locate())) for file in metadata.files(name) or [] if "__pycache__" not in file.parts]
        sizes[name] = round(sum(file.stat().st_size for file in files if file.is_file()) / 1e6, 1)
    return {"all": round(sum(sizes.values()), 1), **dict(sorted(sizes.items(), key=lambda item: -item[1]))}
