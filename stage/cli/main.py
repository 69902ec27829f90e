"""The command `nichang`: finds the subcommand, runs it, turns errors into one line.

Each subcommand lives in a module of its own and is imported only when it is used, so that --help is quick.
A subcommand's module offers `app`, a typer application; it parses, calls one library function and prints.
"""

import errno
import importlib
import os
import sys
from dataclasses import dataclass
from typing import Any, NoReturn

from motion.errors import UserError

__all__ = ["COMMANDS", "main"]

# What a shell reports for a program that Ctrl-C ended.
_STOPPED = 130
# What any command may meet wherever it writes; the machine is to blame, not the program.
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


@dataclass(frozen=True, slots=True)
class Command:
    """Where a subcommand lives and what `nichang --help` says of it."""

    module: str
    help: str


COMMANDS: dict[str, Command] = {
    "show": Command("stage.cli.show", "Run a live show: stage page and console page on one port."),
    "render": Command("stage.cli.render", "Turn a song file into a dance video."),
    "listen": Command("stage.cli.listen", "Hear a song: beats, bars, sections, energy, key, vocal -> song.json."),
    "dance": Command("stage.cli.dance", "Plan a dance, or export it as BVH or VRMA."),
    "lipsync": Command("stage.cli.lipsync", "Make lips, eyes and expression from sound -> face.json."),
    "voice": Command(
        "stage.cli.voice", "Clone a voice, turn singing into it, live or from files; record, check, list."
    ),
    "separate": Command("stage.cli.separate", "Part a song into voice.wav and backing.wav."),
    "avatar": Command("stage.cli.avatar", "Build an avatar by code, check a VRM file, list the built-in ones."),
    "doctor": Command("stage.cli.doctor", "What is installed, what is missing, how to mend it."),
}


def _usage() -> str:
    width = max(map(len, COMMANDS))
    rows = "\n".join(f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items())
    return (
        "Usage: nichang COMMAND [ARGS]...\n\n"
        "A song goes in; an avatar sings and dances to it on a stage in the browser.\n\n"
        f"Commands:\n{rows}\n\n"
        "First steps:\n"
        "  nichang show                       the built-in show in your browser\n"
        "  nichang render SONG -o VIDEO.mp4   a dance video from any sound file\n"
        "  nichang doctor                     is everything here?\n\n"
        "nichang COMMAND --help explains a command. --debug shows tracebacks; --version the version."
    )


def _stop() -> NoReturn:
    print("nichang: stopped", file=sys.stderr)
    sys.exit(_STOPPED)


def _not_lost(unraisable: Any) -> None:
    """Ctrl-C that met a finaliser or a weak reference's callback, where Python drops errors: say it again."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        # Imported here: only a lost Ctrl-C needs them. A little later: in here it would be dropped once more.
        import _thread
        import threading

        again = threading.Timer(0.05, _thread.interrupt_main)
        again.daemon = True
        again.start()
        return
    sys.__unraisablehook__(unraisable)


def main(argv: list[str] | None = None) -> None:
    """Run the command line `argv` (default: the process's own) and exit with its code."""
    args = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in args
    args = [arg for arg in args if arg != "--debug"]
    if not args or args[0] in ("-h", "--help"):
        print(_usage())
        sys.exit(0 if args else 2)
    if args[0] == "--version":
        from importlib.metadata import version

        print(f"nichang {version('nichang')}")
        sys.exit(0)
    command = COMMANDS.get(args[0])
    if command is None:
        print(f"nichang: there is no command '{args[0]}'. Commands: {', '.join(COMMANDS)}", file=sys.stderr)
        sys.exit(2)
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _not_lost
    try:
        app: Any = importlib.import_module(command.module).app
        # Not standalone: a wrong option is told in one line like every other mistake, not in a framed box.
        code = app(args=args[1:], prog_name=f"nichang {args[0]}", standalone_mode=False)
        if code == _STOPPED:
            # Typer has turned Ctrl-C into a code.
            raise KeyboardInterrupt
        sys.exit(code if isinstance(code, int) else 0)
    except UserError as error:
        if debug:
            raise
        print(f"nichang: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _stop()
    except BrokenPipeError:
        # The reader went away (| head); closing quietly is what it expects.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        # Told apart by name: typer takes longer to load than --help may take in all.
        if type(error).__name__ == "Abort":
            _stop()
        if debug:
            raise
        told: Any = getattr(error, "format_message", None)
        if told is not None:
            # Typer's own: a wrong option or argument. Without arguments it shows the help, which is no mistake to name.
            if type(error).__name__ != "NoArgsIsHelpError":
                # Of a value that a type refuses the name of the exception stands in the sentence.
                said = " ".join(str(told()).replace("Value error, ", "").split())
                where = getattr(getattr(error, "ctx", None), "command_path", None) or f"nichang {args[0]}"
                print(f"nichang: {said} ({where} --help shows what there is)", file=sys.stderr)
            sys.exit(getattr(error, "exit_code", 2))
        if isinstance(error, OSError) and error.errno in _DISK:
            name = f"{error.filename}: " if error.filename else ""
            print(f"nichang: {name}{error.strerror}; make room or write elsewhere", file=sys.stderr)
            sys.exit(1)
        said = " ".join(str(error).split())
        print(
            f"nichang: internal error, please report it: {type(error).__name__}: {said} (--debug shows where)",
            file=sys.stderr,
        )
        sys.exit(1)
