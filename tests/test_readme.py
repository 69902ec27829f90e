"""The README is kept true: its client is the tested one, its links lead somewhere, its commands exist."""

import re
from pathlib import Path

from stage.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_client_is_the_one_that_the_server_tests_run() -> None:
    shown = re.search(r"```python\n(.*?)```", README, re.S)
    assert shown is not None
    assert shown.group(1) == (ROOT / "stage" / "server" / "client_example.py").read_text(encoding="utf-8")
    assert len(shown.group(1).splitlines()) <= 60


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#\s]+)\)", README)
    assert links
    for link in links:
        if "://" not in link:
            assert (ROOT / link).exists(), link


def test_commands_exist() -> None:
    for name in re.findall(r"`?nichang ([a-z]+)", README):
        assert name in COMMANDS, name


def test_make_verbs_exist() -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    for name in re.findall(r"\bmake ([a-z-]+)", README):
        assert name in verbs, name
