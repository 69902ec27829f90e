"""The code-made mannequin: the same bytes every time, light, complete, and valid by Khronos' own tool."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from performer.avatar.mannequin import build_mannequin
from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from performer.face.track import PRESETS

WEB = Path(__file__).resolve().parents[3] / "stage" / "web"
SCRIPT = """
const { createRequire } = require("node:module");
const validator = createRequire(process.argv[1])("gltf-validator");
const bytes = new Uint8Array(require("node:fs").readFileSync(process.argv[2]));
validator.validateBytes(bytes).then((report) => console.log(JSON.stringify(report.issues)));
"""


@pytest.fixture(scope="module")
def built() -> bytes:
    return build_mannequin()


def test_the_same_bytes_on_every_call(built: bytes) -> None:
    assert build_mannequin() == built


def test_the_shipped_file_is_the_built_one(built: bytes) -> None:
    shipped = avatar_path("mannequin").read_bytes()
    assert shipped == built, "run: nichang avatar build mannequin -o presets/avatars/mannequin/mannequin.vrm"


def test_it_is_light_and_read_without_warnings() -> None:
    vrm = read_vrm(avatar_path("mannequin"))
    assert vrm.version == "1.0"
    assert vrm.warnings == ()
    assert vrm.weight.triangles <= 12_000
    assert vrm.weight.materials <= 4
    assert vrm.weight.file_bytes <= 2_000_000


def test_every_preset_is_there_and_moves_the_face() -> None:
    found = {expression.name: expression for expression in read_vrm(avatar_path("mannequin")).expressions}
    assert len(PRESETS) == 18
    assert set(PRESETS) <= found.keys()
    must_move = [name for name in PRESETS if name != "neutral" and not name.startswith("look")]
    assert [name for name in must_move if not found[name].bound] == []


def test_the_validator_finds_no_errors(built: bytes, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules" / "gltf-validator").is_dir():
        pytest.skip("node or gltf-validator is not installed (run npm ci in stage/web)")
    path = tmp_path / "mannequin.vrm"
    path.write_bytes(built)
    command = [node, "-e", SCRIPT, str(WEB / "package.json"), str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    issues = json.loads(answer.stdout)
    assert issues["numErrors"] == 0, issues["messages"]
