"""`nichang voice import`: a model, its encoder and a consent become one file; what is missing is said."""

import json
from datetime import date
from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from motion.errors import UserError
from performer.voice.consent import Consent, consent_to_toml
from performer.voice.convert.voice_file import read_voice_file
from stage.cli.voice_import import import_voice
from tests.performer.voice.foreign import graphs

_APP = typer.Typer()
_APP.command()(import_voice)
_CONSENT = Consent(
    person="Aki",
    recordings="a model",
    uses=("live",),
    from_=date(2020, 1, 1),
    contact="aki@example.org",
    signature="Aki",
    signed=date(2020, 1, 1),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.onnx").write_bytes(graphs.okada())
    (tmp_path / "vec.onnx").write_bytes(graphs.content())
    (tmp_path / "consent.toml").write_text(consent_to_toml(_CONSENT), encoding="utf-8")
    return tmp_path


def _run(folder: Path, *more: str, model: str = "model.onnx", content: str = "vec.onnx") -> tuple[str, object]:
    words = [str(folder / model), "--content", str(folder / content), "--consent", str(folder / "consent.toml")]
    words += ["--licence", "by permission", "-o", str(folder / "aki.voice"), *more]
    result = CliRunner().invoke(_APP, words)
    return result.output, result.exception


def test_a_model_becomes_a_voice_with_its_consent(folder: Path) -> None:
    output, problem = _run(folder, "--json")
    assert problem is None
    told = json.loads(output)
    assert (told["family"], told["rate"], told["channels"], told["name"]) == ("w-okada", 40_000, 768, "aki")
    voice = read_voice_file(folder / "aki.voice")
    assert (voice.card.kind, voice.card.licence, voice.card.person) == ("foreign", "by permission", "Aki")
    assert "Aki" in voice.consent
    assert _run(folder)[0].startswith(str(folder / "aki.voice"))


@pytest.mark.parametrize(
    ("model", "content", "why"),
    [
        ("none.onnx", "vec.onnx", "cannot read .*No such file"),
        ("consent.toml", "vec.onnx", "not an ONNX graph"),
        ("vec.onnx", "vec.onnx", "inputs are source"),
        ("model.onnx", "model.onnx", "content encoder takes feats"),
        (".", "vec.onnx", "is no file"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(folder: Path, model: str, content: str, why: str) -> None:
    _, problem = _run(folder, model=model, content=content)
    assert isinstance(problem, UserError)
    with pytest.raises(UserError, match=why):
        raise problem
    assert not (folder / "aki.voice").exists()


def test_without_a_consent_that_holds_there_is_no_voice(folder: Path) -> None:
    ended = msgspec.structs.replace(_CONSENT, until=date(2021, 1, 1))
    (folder / "consent.toml").write_text(consent_to_toml(ended), encoding="utf-8")
    _, problem = _run(folder)
    assert "ended on 2021-01-01" in str(problem)
    (folder / "consent.toml").unlink()
    _, problem = _run(folder)
    assert "there is no consent" in str(problem)
    assert not (folder / "aki.voice").exists()
