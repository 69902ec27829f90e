"""All there is to look at, on one page: python -m tests.gallery [-o FOLDER] [--only avatars,stage] (`make gallery`).

avatars: each built-in avatar from all sides, its face, every expression, pairs of them, its widest poses.
stage: each venue with every shot, each section, lite beside full; a strip of the song. Writes index.html and sheets.
"""

import argparse
import html
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from performer.avatar.presets import avatar_names, avatar_path
from stage.show.shots import house_shots
from stage.show.show import Inputs, ShotChoice
from tests.gallery.look import look, sheet
from tests.gallery.sheet import Still, draw_stills, lay_out, prepared
from tests.gallery.views import views

__all__ = ["main"]

ROOT = Path(__file__).resolve().parents[2]
AVATAR_SHEETS = {
    "from all sides": (["turn"], (360, 520), 6),
    "face and crown": (["face", "crown"], (480, 480), 4),
    "bust": (["bust"], (480, 480), 4),
    "expressions": (["expressions", "expressions34", "pairs"], (240, 260), 8),
    "ARKit shapes": (["arkit"], (180, 190), 13),
    "poses": (["poses", "poses-back"], (300, 380), 6),
}
_HALF_WAY = 6.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture of the gallery and what it shows."""

    chapter: str
    title: str
    file: str


def _avatars(out: Path, only: list[str]) -> Iterator[Sheet]:
    for name in only or avatar_names():
        for title, (groups, size, columns) in AVATAR_SHEETS.items():
            wanted = views(groups)
            pictures, seen = look(avatar_path(name), wanted, size=size)
            file = f"{name}-{title.replace(' ', '-')}.jpg"
            sheet(pictures, [view["name"] for view in wanted], columns=columns).save(out / file, quality=88)
            yield Sheet(name, f"{title} ({seen['triangles']:.0f} triangles)", file)


def _save(pictures: list[Image.Image], captions: list[str], columns: int, path: Path) -> None:
    lay_out(pictures, captions, columns).save(path, quality=88)


def _stage(out: Path, avatar: str, song: str) -> Iterator[Sheet]:
    performance = prepared(song, avatar)
    song_map = performance.map
    moment = max(song_map.sections, key=lambda s: (s.label == "chorus", s.start)).start + 8.0
    venues = sorted(path.parent.name for path in (ROOT / "presets" / "venues").glob("*/card.toml"))
    for venue in venues:
        shots = [shot.name for shot in house_shots(venue).shots]
        for quality in ("lite", "full"):
            stills = [Still(moment, Inputs(shot=ShotChoice(name, moment - _HALF_WAY, False)), name) for name in shots]
            pictures = draw_stills(performance, avatar, stills, quality=quality, venue=venue)
            file = f"stage-{venue}-{quality}-shots.jpg"
            _save(pictures, [still.caption for still in stills], 4, out / file)
            yield Sheet(f"venue {venue}", f"every shot, {quality}", file)
            stills = [
                Still(0.5 * (s.start + s.end), Inputs(shot=ShotChoice("wide", s.start, False)), s.label)
                for s in song_map.sections
            ]
            pictures = draw_stills(performance, avatar, stills, quality=quality, venue=venue)
            file = f"stage-{venue}-{quality}-sections.jpg"
            _save(pictures, [still.caption for still in stills], 4, out / file)
            yield Sheet(f"venue {venue}", f"every section, {quality}", file)
    times = [2.0 * i for i in range(int(song_map.duration // 2))]
    pictures = draw_stills(performance, avatar, [Still(t) for t in times], size=(480, 270))
    _save(pictures, [f"{t:.0f} s" for t in times], 6, out / "song.jpg")
    yield Sheet("the song", "a picture every two seconds", "song.jpg")


def _page(sheets: list[Sheet]) -> str:
    parts = ["<!doctype html><meta charset=utf-8><title>nichang: gallery</title>"]
    parts.append("<style>body{background:#14151c;color:#e4e6f0;font:16px sans-serif}img{max-width:100%}</style>")
    chapter = ""
    for one in sheets:
        if one.chapter != chapter:
            chapter = one.chapter
            parts.append(f"<h2>{html.escape(chapter)}</h2>")
        parts.append(f"<h3>{html.escape(one.title)}</h3><a href={one.file}><img src={one.file} loading=lazy></a>")
    return "\n".join(parts)


def main() -> int:
    """Draw what was asked for, tell each sheet as it comes."""
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument("-o", "--out", type=Path, default=ROOT / "build" / "gallery")
    parser.add_argument("--only", default="avatars,stage", help="avatars, stage or both")
    parser.add_argument("--avatar", default="", help="only this avatar")
    parser.add_argument("--song", default="yuyi")
    wish = parser.parse_args()
    wish.out.mkdir(parents=True, exist_ok=True)
    sheets: list[Sheet] = []
    chapters: list[Iterator[Sheet]] = []
    if "avatars" in wish.only:
        chapters.append(_avatars(wish.out, [wish.avatar] if wish.avatar else []))
    if "stage" in wish.only:
        chapters.append(_stage(wish.out, wish.avatar or "niyu", wish.song))
    for chapter in chapters:
        for one in chapter:
            sheets.append(one)
            print(f"{one.chapter}: {one.title}", flush=True)
            # Written anew with each sheet: what is there after Ctrl-C can be looked at.
            (wish.out / "index.html").write_text(_page(sheets), encoding="utf-8")
    print(f"gallery: {wish.out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
