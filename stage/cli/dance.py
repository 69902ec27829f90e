"""`nichang dance`: plan a dance, export it, look at the moves. Parses, calls motion.dance, prints."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motion.errors import UserError

if TYPE_CHECKING:
    from motion.dance.plan import Plan
    from motion.music.song_map import SongMap

__all__ = ["app"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Plan a dance to a song, export it for other programs, and look at the moves.",
)

_SONG = typer.Argument(help="A song: a sound file, the name of a built-in song, or a song.json from 'nichang listen'.")
_SOURCE = typer.Argument(help="A song (sound file, built-in name or song.json), or an edited plan.json with --song.")
_SEED = typer.Option("--seed", min=0, help="Another number gives another dance; the same number the same dance.")
_MANNER = typer.Option(
    "--manner", help="How the performer dances: idol, classical, hiphop, cool; default: as it sounds."
)
_OWN = typer.Option("--own-moves-only", help="Leave out moves derived from captured motion (CMU), which need a notice.")
_JSON = typer.Option("--json", help="Print one JSON object instead of text.")


class DanceUseError(UserError):
    """The command was used wrongly; the message says what to give instead."""

    exit_code = 2


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DanceUseError(f"cannot read {path}: {error.strerror or error}") from error


def _song_map(name: str) -> "SongMap":
    """A song map from a song.json, a sound file or a built-in song's name; listening shows its progress."""
    from motion.music.song_map import decode_song_map

    path = Path(name).expanduser()
    if path.suffix.lower() == ".json":
        return decode_song_map(_read(path))
    from performer.voice.songs import built_in_song

    files = built_in_song(name)
    if files is not None:
        if files.song_map is not None:
            return decode_song_map(_read(files.song_map))
        path = files.path
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from motion.music.listen import listen
    from performer.voice.sound import file_sha256, read_sound
    from performer.voice.titles import song_title

    sound = read_sound(path)
    console = Console(stderr=True)
    # Where nobody watches, the bar would leave an empty line behind.
    bar = Progress(
        *(TextColumn("{task.description:<10}"), BarColumn()),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task("listening", total=1.0)
        return listen(
            sound.mono,
            sound.rate,
            **song_title(path)._asdict(),
            sha256=file_sha256(path),
            progress=lambda share, what: bar.update(task, completed=share, description=what),
        )


def _is_plan(path: Path) -> bool:
    if path.suffix.lower() != ".json" or not path.exists():
        return False
    try:
        return "steps" in json.loads(_read(path))
    except ValueError:
        return False


@app.command()
def plan(
    song: Annotated[str, _SONG],
    out: Annotated[Path, typer.Option("--out", "-o", help="Plan to write: a JSON file that you can edit.")],
    seed: Annotated[int, _SEED] = 0,
    manner: Annotated[str, _MANNER] = "",
    own_moves_only: Annotated[bool, _OWN] = False,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Choose moves for every bar of a song and write them as a readable, editable plan.

    Example: nichang dance plan song.mp3 -o plan.json --seed 7
    """
    from motion.dance.library import load_library
    from motion.dance.plan import encode_plan
    from motion.dance.planner import plan_dance
    from stage.cli.result_files import check_writable, write_bytes

    check_writable(out)
    heard = _song_map(song)
    made = plan_dance(heard, load_library(own_moves_only=own_moves_only), seed=seed, manner=manner)
    write_bytes(out, encode_plan(made))
    moves = len({step.move for step in made.steps})
    if as_json:
        print(json.dumps({"plan": str(out), "steps": len(made.steps), "moves": moves, "bars": len(heard.bars)}))
    else:
        print(f"{out}: {len(made.steps)} steps of {moves} moves over {len(heard.bars)} bars")


@app.command()
def export(
    source: Annotated[str, _SOURCE],
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write: .bvh or .vrma.")],
    song: Annotated[str | None, typer.Option("--song", help="The song of a plan.json (sound or song.json).")] = None,
    fps: Annotated[float, typer.Option("--fps", help="Frames a second, 1 to 240.")] = 60.0,
    seed: Annotated[int | None, _SEED] = None,
    manner: Annotated[str, _MANNER] = "",
    own_moves_only: Annotated[bool, _OWN] = False,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Dance a song and write the motion for other programs.

    BVH: VRM bone names, centimetres, Y up, facing +Z. VRMA: opens in VRM viewers and three-vrm-animation.

    Examples:

      nichang dance export song.mp3 -o dance.vrma

      nichang dance export plan.json --song song.json -o dance.bvh --fps 30
    """
    from motion.dance.check import check_plan
    from motion.dance.export import notice_of, sample_dance, with_notice
    from motion.dance.library import load_library
    from motion.dance.planner import plan_dance
    from motion.rig.bvh import encode_bvh
    from motion.rig.skeleton import CANONICAL
    from motion.rig.vrma import encode_vrma
    from stage.cli.result_files import check_writable, write_bytes

    kind = out.suffix.lower()
    if kind not in (".bvh", ".vrma"):
        raise DanceUseError(f"{out.name}: a dance is written as .bvh or .vrma")
    if not 1.0 <= fps <= 240.0:
        raise DanceUseError(f"--fps is {fps:g}; allowed are 1 to 240")
    check_writable(out)
    library = load_library(own_moves_only=own_moves_only)
    made: Plan | None = None
    if _is_plan(Path(source)):
        if song is None:
            raise DanceUseError(f"{source} is a plan; say with --song which song (or song.json) it belongs to")
        if seed is not None or manner:
            raise DanceUseError(f"{source} is a plan and has its seed and manner; leave out --seed and --manner")
        made = _plan_file(Path(source))
        source = song
    heard = _song_map(source)
    if made is None:
        made = plan_dance(heard, library, seed=seed or 0, manner=manner)
    check_plan(made, heard, library)
    motion = sample_dance(made, heard, library, fps=fps)
    notice = notice_of(made, library)
    if kind == ".bvh":
        write_bytes(out, encode_bvh(motion, CANONICAL).encode())
        if notice:
            # BVH has no room for remarks, so the notice lies beside it.
            write_bytes(out.with_name(out.name + ".notice.txt"), (notice + "\n").encode())
    else:
        write_bytes(out, with_notice(encode_vrma(motion, CANONICAL), notice))
    if as_json:
        print(json.dumps({"file": str(out), "frames": len(motion), "fps": fps, "notice": notice}))
    else:
        print(f"{out}: {len(motion)} frames at {fps:g} fps")
        if notice:
            print(f"Please pass this on with the file: {notice}")


def _plan_file(path: Path) -> "Plan":
    from motion.dance.plan import decode_plan

    return decode_plan(_read(path))


@app.command("list")
def list_moves(own_moves_only: Annotated[bool, _OWN] = False, as_json: Annotated[bool, _JSON] = False) -> None:
    """Show all moves: counts, style, energy, tags, and whether they are our own or derived from captured motion."""
    from motion.dance.library import load_library

    library = load_library(own_moves_only=own_moves_only)
    rows = [
        {
            "name": entry.name,
            "counts": entry.counts,
            "style": entry.style,
            "energy": round(entry.energy, 2),
            "tags": sorted(entry.tags),
            "own": entry.own,
        }
        for entry in library.entries.values()
    ]
    if as_json:
        print(json.dumps({"moves": rows}))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("move", "counts", "style", "energy", "tags", "from", box=None)
    for row in rows:
        tags = ", ".join(sorted(library[str(row["name"])].tags - {"clip"}))
        origin = "own" if row["own"] else "captured"
        table.add_row(str(row["name"]), str(row["counts"]), str(row["style"]), f"{row['energy']}", tags, origin)
    Console().print(table)


@app.command()
def sheet(
    move: Annotated[str, typer.Argument(help="Name of a move; 'nichang dance list' shows them.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Picture to write, .png.")],
    mirror: Annotated[bool, typer.Option("--mirror", help="The mirrored twin.")] = False,
) -> None:
    """Draw a move as stick figures over its counts, from the front and from the side."""
    import io

    from motion.dance.library import load_library
    from motion.dance.sheet import move_sheet
    from stage.cli.result_files import check_writable, write_bytes

    library = load_library()
    if move not in library:
        raise DanceUseError(f"there is no move '{move}'; 'nichang dance list' shows them")
    check_writable(out)
    data = io.BytesIO()
    move_sheet(move, library, mirror=mirror).save(data, format="PNG")
    write_bytes(out, data.getvalue())
    print(out)
