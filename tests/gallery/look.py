"""Contact sheet of an avatar: python -m tests.gallery.look FILE.vrm|NAME -o SHEET.png [--views turn,face,...].

Drawn by three-vrm in a headless Chromium, as other programs would show the file. Prints what was counted and every
warning that three-vrm gave.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from performer.avatar.presets import avatar_path
from stage.render.browser import find_browser
from tests.gallery.views import GROUPS, views

__all__ = ["look", "sheet"]

_HERE = Path(__file__).parent
_LABEL = 16


def look(
    model: Path,
    wanted: list[dict[str, Any]],
    *,
    size: tuple[int, int] = (360, 480),
    background: str = "#c9d2ea",
    outline: bool = True,
) -> tuple[list[Image.Image], dict[str, Any]]:
    """A picture per view, and what the page counted (triangles, height, low, springs, expressions, said)."""
    with tempfile.TemporaryDirectory() as folder:
        job = Path(folder) / "job.json"
        job.write_text(
            json.dumps(
                {
                    "model": str(model.resolve()),
                    "views": wanted,
                    "width": size[0],
                    "height": size[1],
                    "browser": str(find_browser()),
                    "folder": folder,
                    "background": background,
                    "outline": outline,
                }
            )
        )
        run = subprocess.run(
            ["node", str(_HERE / "look.mjs"), str(job)], capture_output=True, text=True, check=False, timeout=600
        )
        if run.returncode:
            raise RuntimeError(f"the browser failed: {run.stderr.strip()[-600:]}")
        pictures = [Image.open(Path(folder) / f"{i:03d}.png").convert("RGB") for i in range(len(wanted))]
        return pictures, json.loads(run.stdout)


def sheet(pictures: list[Image.Image], names: list[str], *, columns: int = 6) -> Image.Image:
    """All pictures side by side, a name under each."""
    width, height = pictures[0].size
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (columns * width, rows * (height + _LABEL)), "#20222c")
    pen = ImageDraw.Draw(whole)
    for i, (picture, name) in enumerate(zip(pictures, names, strict=True)):
        x, y = i % columns * width, i // columns * (height + _LABEL)
        whole.paste(picture, (x, y))
        pen.text((x + 4, y + height + 2), name, fill="#e0e4f0")
    return whole


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gallery.look", description=__doc__)
    parser.add_argument("model", help="a VRM file, or the name of a built-in avatar")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--views", default="turn,face", help=f"any of {','.join(GROUPS)}")
    parser.add_argument("--size", default="360x480", help="pixels of each picture")
    parser.add_argument("--columns", type=int, default=6)
    parser.add_argument("--background", default="#c9d2ea")
    parser.add_argument("--no-outline", action="store_true")
    wish = parser.parse_args()
    width, height = map(int, wish.size.split("x"))
    wanted = views(wish.views.split(","))
    pictures, said = look(
        avatar_path(wish.model),
        wanted,
        size=(width, height),
        background=wish.background,
        outline=not wish.no_outline,
    )
    sheet(pictures, [view["name"] for view in wanted], columns=wish.columns).save(wish.out)
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
