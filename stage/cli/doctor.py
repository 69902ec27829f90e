"""`nichang doctor`: what is installed, what is missing, how to mend it. Prints; what is checked stands in `checks`."""

import json
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(add_completion=False)

_JSON = typer.Option("--json", help="Print one object with every finding.")
_QUICK = typer.Option("--quick", help="Do not start the browser.")
_MARKS = {"ok": "[green]ok[/]", "note": "[cyan]--[/]", "missing": "[red]missing[/]"}


@app.command()
def doctor(as_json: Annotated[bool, _JSON] = False, quick: Annotated[bool, _QUICK] = False) -> None:
    """Is everything here? Looks for what shows and renders need, tries the browser, and says how to mend what lacks.

    Ends with code 1 if something that is needed is missing; extras that are not installed are only named.
    """
    from stage.cli.doctor_checks import examine

    findings = examine(try_browser=not quick)
    failed = any(finding.state == "missing" for finding in findings)
    if as_json:
        print(
            json.dumps({"ok": not failed, "findings": [finding.to_json() for finding in findings]}, ensure_ascii=False)
        )
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for finding in findings:
            text = finding.found + (f"  [yellow]→ {finding.mend}[/]" if finding.mend else "")
            table.add_row(_MARKS[finding.state], finding.name, text)
        console = Console(highlight=False)
        console.print(table)
        console.print("Something needed is missing." if failed else "Everything needed is here.")
    if failed:
        raise typer.Exit(1)
