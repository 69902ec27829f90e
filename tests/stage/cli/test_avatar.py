"""`nichang avatar` from the outside."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from performer.avatar.build.draw import draw_spec
from performer.avatar.build.spec import read_spec
from performer.avatar.mannequin import build_mannequin
from stage.cli.main import main


def run(*args: object) -> int:
    with pytest.raises(SystemExit) as end:
        main(["avatar", *map(str, args)])
    return int(end.value.code or 0)


def rewritten(path: Path, change: Any) -> Path:
    """The mannequin with its JSON changed by `change(document) -> bytes to append`."""
    data = build_mannequin()
    size = struct.unpack_from("<I", data, 12)[0]
    document, binary = json.loads(data[20 : 20 + size]), data[28 + size :]
    binary += change(document, len(binary)) or b""
    binary += b"\0" * (-len(binary) % 4)
    document["buffers"][0]["byteLength"] = len(binary)
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)
    return path


def test_check_has_no_empty_heading(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "mannequin") == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("bones: ") for line in lines)
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        assert not line.endswith(":") or after.startswith("  - ")


def test_check_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "mannequin", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["version"] == "VRM 1.0"
    assert report["weight"]["triangles"] > 0


def test_list_and_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert "mannequin" in capsys.readouterr().out
    out = tmp_path / "made.vrm"
    assert run("build", "mannequin", "-o", out) == 0
    assert out.read_bytes() == build_mannequin()
    assert [p.name for p in tmp_path.iterdir()] == ["made.vrm"]
    assert run("build", "nobody", "-o", out) == 1


def test_a_person_drawn_by_lot_is_written_beside_you_and_her_preset_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("random", "--seed", "3") == 0
    said = capsys.readouterr()
    assert [path.name for path in tmp_path.iterdir()] == ["random-3.vrm"]
    assert "random-3.vrm" in said.err
    preset = tmp_path / "she.toml"
    preset.write_text(said.out, encoding="utf-8")
    assert read_spec(preset) == draw_spec(3)


def test_what_cannot_be_written_is_said_before_anything_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> bytes:
        raise AssertionError("built for nothing")

    monkeypatch.setattr("performer.avatar.build.core.build_avatar", never)
    for words in (("build", "niyu"), ("random", "--seed", "3")):
        assert run(*words, "-o", tmp_path / "nowhere" / "she.vrm") == 1
        assert "make it first" in capsys.readouterr().err
    assert run("random", "--seed", "3", "-o", tmp_path / "she.vrm", "--preset-out", tmp_path) == 1
    assert "name a file in it" in capsys.readouterr().err


def test_a_wrong_option_names_the_command_whose_help_tells_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("build", "niyu", "-o", "she.vrm", "--level", "huge") == 2
    said = capsys.readouterr().err
    assert "nichang avatar build --help" in said
    assert "'lite', 'full'" in said
    assert "error" not in said


def test_heavy_textures_are_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Only the head of a PNG: its size is read from there.
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 8192, 8192, 8, 6, 0, 0, 0) + b"\0" * 4

    def change(document: dict[str, Any], length: int) -> bytes:
        document["bufferViews"].append({"buffer": 0, "byteOffset": length, "byteLength": len(png)})
        image = {"bufferView": len(document["bufferViews"]) - 1, "mimeType": "image/png"}
        document.setdefault("images", []).append(image)
        document.setdefault("textures", []).append({"source": len(document["images"]) - 1})
        return png

    assert run("check", rewritten(tmp_path / "heavy.vrm", change)) == 0
    assert "MB on the GPU" in capsys.readouterr().out


def test_a_truncated_file_and_a_missing_bone_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = tmp_path / "cut.vrm"
    cut.write_bytes(build_mannequin()[:9000])
    assert run("check", cut) == 1
    assert "cut off" in capsys.readouterr().err

    def change(document: dict[str, Any], length: int) -> None:
        del document["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"]["head"]

    assert run("check", rewritten(tmp_path / "headless.vrm", change)) == 1
    err = capsys.readouterr().err
    assert "required bone head" in err
    assert err.count("\n") == 1
    assert run("check", "manequin") == 1
    assert "Did you mean mannequin" in capsys.readouterr().err
