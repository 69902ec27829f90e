"""`nichang voice`: record, check, clone, convert, sing live, import, list, verify."""

import typer

from stage.cli.voice_check import voice_check
from stage.cli.voice_clone import clone
from stage.cli.voice_consent import consent
from stage.cli.voice_convert import convert
from stage.cli.voice_import import import_voice
from stage.cli.voice_list import list_voices
from stage.cli.voice_live import live
from stage.cli.voice_record import record
from stage.cli.voice_verify import verify

__all__ = ["app"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    # Joins the lines of a paragraph; the default keeps the source's line ends in a terminal of any width.
    rich_markup_mode="markdown",
    help="Make an idol's voice from recordings, and turn singing or speech into it, live or from files.",
)
app.command()(consent)
app.command()(record)
app.command("check")(voice_check)
app.command()(clone)
app.command("list")(list_voices)
app.command()(convert)
app.command()(live)
app.command("import")(import_voice)
app.command()(verify)
