"""Who may do what: one secret a role, kept between runs so that open pages find back after a restart (a shell: a file).

Tokens never appear in a log: the access log is off, and pages carry them in the fragment, which browsers do not send.
"""

import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from performer.voice.home import home_folder
from stage.wire.messages import Role

__all__ = ["ROLES", "Tokens", "load_tokens", "state_folder"]

ROLES: tuple[Role, ...] = ("viewer", "stage", "performer", "operator")


def state_folder() -> Path:
    """Where tokens and caches of this user lie (NICHANG_HOME, else XDG's cache folder)."""
    return home_folder()


@dataclass(frozen=True, slots=True)
class Tokens:
    """One token a role."""

    viewer: str
    stage: str
    performer: str
    operator: str

    def of(self, role: Role) -> str:
        return str(getattr(self, role))

    def role(self, token: str) -> Role | None:
        """The role that `token` opens, or None. Compares in constant time."""
        found: Role | None = None
        for role in ROLES:
            if hmac.compare_digest(self.of(role).encode(), token.encode("utf-8", "replace")):
                found = role
        return found


def load_tokens(folder: Path) -> Tokens:
    """Read the tokens of the last run, or make new ones, readable by this user alone."""
    path = folder / "tokens.json"
    try:
        known = json.loads(path.read_text())
        tokens = Tokens(**{role: str(known[role]) for role in ROLES})
        if all(len(tokens.of(role)) >= 20 for role in ROLES):
            return tokens
    except (OSError, ValueError, KeyError, TypeError):
        pass  # None yet, or a file that is not ours any more: new ones are as good.
    tokens = Tokens(**{role: secrets.token_urlsafe(24) for role in ROLES})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps({role: tokens.of(role) for role in ROLES}))
        temporary.replace(path)
    except OSError:
        pass  # A read-only home: the tokens live as long as this run.
    return tokens
