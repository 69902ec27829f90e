"""`nichang voice consent`: asks whose voice it is and what may be done with it, and writes `consent.toml`."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from performer.voice.consent import Consent

__all__ = ["consent"]

_USES = (
    ("train", "make a voice from the recordings"),
    ("live", "speak and sing live with it, and in files"),
    ("commercial", "earn money with it"),
    ("deceased-estate", "go on after the person has died, as the estate decides"),
)


def consent(
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the consent goes.")] = Path("consent.toml"),
    person: Annotated[str, typer.Option(help="Whose voice it is; without this option everything is asked.")] = "",
    recordings: Annotated[str, typer.Option(help="Which recordings are meant, in words.")] = "",
    use: Annotated[
        list[str] | None, typer.Option(help="train, live, commercial or deceased-estate; may be given again.")
    ] = None,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="First day, as 2026-11-22; else today.")] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="Last day; else without an end.")] = "",
    contact: Annotated[str, typer.Option(help="How the person can be reached.")] = "",
    signature: Annotated[str, typer.Option(help="Who signs: the person, or who may sign for them.")] = "",
    signed: Annotated[str, typer.Option(metavar="DAY", help="Day of the signature; else today.")] = "",
    pass_on: Annotated[bool, typer.Option("--pass-on", help="The finished voice may be given to others.")] = False,
    deceased: Annotated[
        bool,
        typer.Option("--deceased", help="The person has died; an heir signs, and --use deceased-estate is needed."),
    ] = False,
    revoke: Annotated[
        str, typer.Option(metavar="DAY", help="End an existing consent on that day, as 2026-11-22.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over a consent that is there.")] = False,
) -> None:
    """Write down what a person allows with their voice: the first step, since cloning asks for this file.

    Without options the questions are asked one by one; answer them together with that person, also where it is you. The
    finished voice carries the answers within it, and every later use asks them. An end by --revoke is in the file: make
    the voice anew, or delete it, for it to count.

    Examples:

    nichang voice consent -o lin.toml

    nichang voice consent --person "Lin Yu" --recordings "half an hour, November 2026" --use train --use live
    --contact lin@example.org --signature "Lin Yu"

    nichang voice consent -o lin.toml --revoke 2027-01-01
    """
    import msgspec

    from performer.voice.consent import consent_to_toml, parse_consent, read_consent
    from stage.cli.result_files import OutputError, check_writable, write_bytes

    if revoke:
        ended = msgspec.structs.replace(read_consent(out), revoked=_day(revoke, "--revoke"))
        check_writable(out)
        write_bytes(out, consent_to_toml(ended).encode())
        typer.echo(f"{out}: the consent of {ended.person} ends on {ended.revoked}; from then on it allows nothing")
        return
    check_writable(out)
    if out.exists() and not force:
        raise OutputError(f"{out} is there already; end it with --revoke DAY, name another with -o, or give --force")
    if person:
        given = _from_options(
            person=person,
            recordings=recordings,
            use=use,
            first=first,
            until=until,
            contact=contact,
            signature=signature,
            signed=signed,
            pass_on=pass_on,
            deceased=deceased,
        )
    elif sys.stdin.isatty():
        given = _asked(input, typer.echo)
    else:
        raise typer.BadParameter("without a terminal to ask in, name everything by options; begin with --person")
    page = consent_to_toml(given)
    # What cannot be read again is not written.
    parse_consent(page, str(out))
    write_bytes(out, page.encode())
    typer.echo(f"{out}: {given.person} allows {', '.join(given.uses)}, {_span(given)}")
    refused = [given.allows(one, date.today()) for one in given.uses]
    if all(refused):
        typer.echo(f"  today it allows nothing: {refused[0]}")


def _from_options(
    *,
    person: str,
    recordings: str,
    use: list[str] | None,
    first: str,
    until: str,
    contact: str,
    signature: str,
    signed: str,
    pass_on: bool,
    deceased: bool,
) -> "Consent":
    from performer.voice.consent import USES, Consent

    missing = [
        name
        for name, value in (
            ("--recordings", recordings),
            ("--use", use),
            ("--contact", contact),
            ("--signature", signature),
        )
        if not value
    ]
    if missing:
        raise typer.BadParameter(f"{', '.join(missing)} missing; a consent names all of them")
    known = dict(_USES)
    for one in use or ():
        if one not in known:
            raise typer.BadParameter(f"there is no use '{one}'; there are {', '.join(known)}")
    return Consent(
        person=person,
        recordings=recordings,
        uses=tuple(one for one in USES if one in (use or ())),
        from_=_day(first, "--from"),
        until=_day(until, "--until") if until else None,
        contact=contact,
        signature=signature,
        signed=_day(signed, "--signed"),
        pass_on=pass_on,
        deceased=deceased,
    )


def _asked(ask: "Callable[[str], str]", say: "Callable[[str], None]") -> "Consent":
    """The questions, one by one, each until it has an answer. ask: shows a prompt and gives the line typed."""
    from performer.voice.consent import USES, Consent

    def text(question: str, default: str = "") -> str:
        while True:
            answer = ask(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
            if answer:
                return answer
            say("  Please answer; a consent without it is none.")

    def yes(question: str, *, default: bool) -> bool:
        while True:
            answer = ask(f"{question} [{'Y/n' if default else 'y/N'}]: ").strip().lower()
            if answer in ("", "y", "yes", "n", "no"):
                return default if not answer else answer.startswith("y")
            say("  Please answer y or n.")

    def day(question: str, default: date | None) -> date | None:
        while True:
            answer = ask(f"{question} [{default or 'no end'}]: ").strip()
            if not answer:
                return default
            try:
                return date.fromisoformat(answer)
            except ValueError:
                say("  Please write a day as 2026-11-22.")

    today = date.today()
    say("What does the person allow? Answer together with them; enter takes what stands in brackets.\n")
    person = text("Whose voice is it (full name)")
    deceased = yes(f"Has {person} died, and an heir signs", default=False)
    recordings = text("Which recordings are meant")
    uses: list[str] = []
    while not uses:
        for name, meaning in _USES:
            wanted = name in ("train", "live") or (deceased and name == "deceased-estate")
            if yes(f"Allowed: {name} ({meaning})", default=wanted):
                uses.append(name)
        if not uses:
            say("  Nothing is allowed then, and there is nothing to write; allow at least one use or press Ctrl-C.")
    pass_on = yes("May the finished voice be given to others", default=False)
    first = day("First day", today) or today
    while (last := day("Last day", None)) is not None and last < first:
        say(f"  That is before the first day, {first}.")
    contact = text(f"How can {'the heirs' if deceased else person} be reached (mail, phone)")
    signature = text("Signed by", "" if deceased else person)
    signed = day("Signed on", today) or today
    return Consent(
        person=person,
        recordings=recordings,
        uses=tuple(one for one in USES if one in uses),
        from_=first,
        until=last,
        contact=contact,
        signature=signature,
        signed=signed,
        pass_on=pass_on,
        deceased=deceased,
    )


def _day(text: str, option: str) -> date:
    """Today where nothing was given."""
    if not text:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} '{text}' is no day; write it as 2026-11-22") from error


def _span(given: "Consent") -> str:
    return f"from {given.from_} " + (f"until {given.until}" if given.until else "without an end")
