"""Whose voice it is and what may be done with it: the file `consent.toml` (a shell: reads it).

A voice is a person's. The file says who that is, who signs, which uses they allow and for how long; the card of a
`.voice` file carries it, cloning and live use ask it first. Nothing here guesses: what is not allowed is not allowed.
"""

import json
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import msgspec

from motion.errors import UserError
from performer.voice.toml_file import TomlFile

__all__ = ["USES", "VERSION", "Consent", "ConsentError", "Use", "consent_to_toml", "parse_consent", "read_consent"]

VERSION = 1
Use = Literal["train", "live", "commercial", "deceased-estate"]
USES: tuple[Use, ...] = get_args(Use)
_DOING: dict[Use, str] = {
    "train": "making a voice from the recordings",
    "live": "speaking and singing with it, live and in files",
    "commercial": "earning money with it",
    "deceased-estate": "use after the person's death",
}


class ConsentError(UserError):
    """There is no consent that can be used; the message says why and what to do."""


_FILE = TomlFile(
    "a consent",
    "mend it or write it anew with `nichang voice consent`",
    ConsentError,
    "there is no consent; `nichang voice consent -o FILE` asks the questions and writes it",
)


class Consent(msgspec.Struct, frozen=True, rename={"from_": "from"}, kw_only=True, forbid_unknown_fields=True):
    """What a person allows with their voice.

    person: whose voice it is. recordings: which recordings are meant, in words. uses: what is allowed. from_, until:
    first and last day, both included; no `until`: without an end. revoked: the day from which nothing is allowed any
    more. pass_on: may the voice file be given to others. deceased: the person has died, an heir signs.
    """

    person: str
    recordings: str
    uses: tuple[Use, ...]
    from_: date
    contact: str
    signature: str
    signed: date
    until: date | None = None
    revoked: date | None = None
    pass_on: bool = False
    deceased: bool = False
    version: int = VERSION

    def allows(self, use: Use, day: date) -> str | None:
        """None where `use` is allowed on `day`, else one sentence that says why not and what would help."""
        who = self.person
        if self.revoked is not None and day >= self.revoked:
            return f"{who} revoked the consent on {self.revoked}; this voice may not be used any more"
        if day < self.from_:
            return f"the consent of {who} begins on {self.from_}; wait until then or ask for an earlier day"
        if self.until is not None and day > self.until:
            return f"the consent of {who} ended on {self.until}; ask {self.contact} for a new one"
        if self.deceased and "deceased-estate" not in self.uses:
            return (
                f"{who} has died and the estate has not allowed use after death (deceased-estate); ask {self.contact}"
            )
        if use not in self.uses:
            given = ", ".join(self.uses)
            return f"{who} allows {given}, not {use} ({_DOING[use]}); ask {self.contact}"
        return None


def parse_consent(text: str, name: str = "consent.toml") -> Consent:
    """The consent that a TOML text holds; `name` stands in messages.

    Raises:
        ConsentError: no TOML, a field is missing, of the wrong kind or contradicts another.
    """
    fields = _FILE.table(text, name)
    version = fields.get("version", VERSION)
    if isinstance(version, int) and version > VERSION:
        raise ConsentError(
            f"{name} is of version {version}, this nichang reads up to {VERSION}; install a newer nichang"
        )
    consent = _FILE.record(fields, Consent, name)
    wrong = _contradiction(consent)
    if wrong:
        raise ConsentError(f"{name}: {wrong}")
    return consent


def _contradiction(consent: Consent) -> str:
    for field in ("person", "recordings", "contact", "signature"):
        if not getattr(consent, field).strip():
            return f"`{field}` is empty; a consent names it"
    if not consent.uses:
        return f"`uses` is empty; it allows nothing (there are {', '.join(USES)})"
    if consent.until is not None and consent.until < consent.from_:
        return f"it ends ({consent.until}) before it begins ({consent.from_}); mend one of the two days"
    if consent.version < 1:
        return f"there is no version {consent.version}"
    return ""


def read_consent(path: Path) -> Consent:
    """Read and check a consent file.

    Raises:
        ConsentError: missing, not readable, damaged, contradictory.
    """
    return parse_consent(_FILE.text(path), str(path))


def consent_to_toml(consent: Consent) -> str:
    """The same as a TOML page that `parse_consent` reads back equal and a person can read and mend."""
    rows = [
        "# What a person allows with their voice. Read by nichang; change it by hand only together with that person.",
        f"version = {consent.version}",
        "",
        "# Whose voice it is, and which recordings are meant.",
        f"person = {_quoted(consent.person)}",
        f"recordings = {_quoted(consent.recordings)}",
        f"deceased = {_flag(consent.deceased)}",
        "",
        f"# What is allowed: {', '.join(f'{use} ({_DOING[use]})' for use in USES)}.",
        f"uses = [{', '.join(map(_quoted, consent.uses))}]",
        "# May the finished voice be given to others?",
        f"pass_on = {_flag(consent.pass_on)}",
        "",
        "# First and last day. Without `until` there is no end. From the day `revoked` on nothing is allowed any more.",
        f"from = {consent.from_.isoformat()}",
        f"until = {consent.until.isoformat()}" if consent.until else "# until =",
        f"revoked = {consent.revoked.isoformat()}" if consent.revoked else "# revoked =",
        "",
        f"contact = {_quoted(consent.contact)}",
        f"signature = {_quoted(consent.signature)}",
        f"signed = {consent.signed.isoformat()}",
    ]
    return "\n".join(rows) + "\n"


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, but for the delete character, which only TOML wants escaped; what no UTF-8 file can
    # hold (half a surrogate pair, from a terminal with another encoding) becomes a question mark.
    whole = text.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def _flag(value: bool) -> str:
    return "true" if value else "false"
