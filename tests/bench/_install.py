"""What the base install weighs: the package's own requirements and theirs, whatever else lies in the environment."""

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

__all__ = ["base_install_mb", "base_packages"]

# As `du` with these left out: pip brings itself, and compiled files come with the first run.
_LEFT_OUT = ("pip", "setuptools", "wheel")


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def base_packages(root: str = "nichang") -> set[str]:
    """Names of what `root` needs without extras, and what that needs in turn; `root` itself is not in it."""
    found: set[str] = set()
    wanted: list[tuple[str, frozenset[str]]] = [(root, frozenset())]
    done: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        one = wanted.pop()
        if one in done:
            continue
        done.add(one)
        name, extras = one
        for line in metadata.requires(name) or []:
            need = Requirement(line)
            if need.marker and not any(need.marker.evaluate({"extra": extra}) for extra in (extras or {""})):
                continue
            found.add(_name(need.name))
            wanted.append((_name(need.name), frozenset(need.extras)))
    return found


def base_install_mb() -> dict[str, float]:
    """Megabytes (10^6) of each package and of all: files on the disk without __pycache__."""
    sizes: dict[str, float] = {}
    for name in base_packages() - set(_LEFT_OUT):
        files = [Path(str(file.locate())) for file in metadata.files(name) or [] if "__pycache__" not in file.parts]
        sizes[name] = round(sum(file.stat().st_size for file in files if file.is_file()) / 1e6, 1)
    return {"all": round(sum(sizes.values()), 1), **dict(sorted(sizes.items(), key=lambda item: -item[1]))}
