"""Reading avatars: real files, odd files, broken bytes."""

import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rig.bones import BONE_INDEX
from performer.avatar.geometry import Flesh
from performer.avatar.hull import crown_height
from performer.avatar.mannequin import build_mannequin
from performer.avatar.model import AvatarError
from performer.avatar.permissions import meta0
from performer.avatar.vrm import decode_vrm, read_vrm

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("NICHANG_SHARED", ROOT.parent / "shared")) / "data" / "visual"
# Odd, yet they can dance.
ODD_BUT_USABLE = {
    "odd_multi_root_vrm1.vrm",
    "odd_no_mesh_minimal_cc0.vrm",
    "odd_non_humanoid_blender.vrm",
    "odd_unknown_constraint_vrm1.vrm",
}
FILES = [p for d in ("vrm", "vrm-odd") for p in sorted((SHARED / d).glob("*.*")) if p.suffix in (".vrm", ".glb")]
MANNEQUIN = build_mannequin()
JSON_END = 20 + struct.unpack_from("<I", MANNEQUIN, 12)[0]


@pytest.mark.skipif(not FILES, reason="the shared avatars are not here")
@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_files_of_others(path: Path) -> None:
    if path.parent.name == "vrm" or path.name in ODD_BUT_USABLE:
        vrm = read_vrm(path)
        assert 0.2 < vrm.skeleton.height < 3.0
        assert all("\n" not in line for line in vrm.warnings)
        return
    with pytest.raises(AvatarError) as caught:
        read_vrm(path)
    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, JSON_END - 1), st.integers(0, 255)), min_size=1, max_size=5))
def test_mutated_bytes_are_accepted_or_refused(changes: list[tuple[int, int]]) -> None:
    data = bytearray(MANNEQUIN)
    for at, value in changes:
        data[at] = value
    try:
        vrm = decode_vrm(bytes(data))
    except AvatarError as error:
        assert str(error).startswith("avatar.vrm cannot be used")
    else:
        assert vrm.skeleton.height > 0.0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, JSON_END), st.sampled_from([b"-1", b"1e99", b"null", b"[]", b'""', b"99999999", b"true"]))
def test_mutated_numbers_are_accepted_or_refused(at: int, put: bytes) -> None:
    """A number of the JSON becomes another value; the chunk keeps its length rules."""
    text = MANNEQUIN[20:JSON_END]
    first = next((i for i in range(at, len(text)) if text[i : i + 1].isdigit()), None)
    if first is None:
        return
    last = first
    while last < len(text) and text[last : last + 1].isdigit():
        last += 1
    text = text[:first] + put + text[last:]
    text += b" " * (-len(text) % 4)
    rest = MANNEQUIN[JSON_END:]
    data = struct.pack("<4sIIII", b"glTF", 2, 20 + len(text) + len(rest), len(text), 0x4E4F534A) + text + rest
    try:
        assert decode_vrm(data).skeleton.height > 0.0
    except AvatarError as error:
        assert str(error)


@pytest.mark.parametrize("length", [0, 3, 11, 19, 21, 5000, len(MANNEQUIN) - 1])
def test_truncated_files_are_refused(length: int) -> None:
    with pytest.raises(AvatarError):
        decode_vrm(MANNEQUIN[:length])


def test_a_missing_bone_is_named() -> None:
    document = json.loads(MANNEQUIN[20:JSON_END])
    del document["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"]["leftHand"]
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    rest = MANNEQUIN[JSON_END:]
    data = struct.pack("<4sIIII", b"glTF", 2, 20 + len(text) + len(rest), len(text), 0x4E4F534A) + text + rest
    with pytest.raises(AvatarError, match="leftHand"):
        decode_vrm(data)


def test_huge_textures_are_a_warning_that_says_what_to_do() -> None:
    """The header of a picture is enough: 6000 x 6000 pixels take 192 MB on the GPU, whatever the file weighs."""
    data = bytearray(MANNEQUIN)
    at = data.index(b"\x89PNG")
    struct.pack_into(">II", data, at + 16, 6000, 6000)
    vrm = decode_vrm(bytes(data))
    assert any("textures take 192 MB" in line and "1024" in line for line in vrm.warnings)


def test_a_chibi_is_as_tall_as_her_head_and_a_hat_adds_little() -> None:
    joint, bone = 0.4, BONE_INDEX["head"]

    def crown(heights: np.ndarray) -> float | None:
        points = np.stack((0.0 * heights, heights, 0.0 * heights), axis=-1)
        count = len(heights)
        return crown_height(Flesh(points, np.full(count, bone), np.ones(count, np.bool_)), joint)

    assert crown(np.linspace(0.4, 1.0, 200)) == pytest.approx(0.94)
    hat = np.concatenate((np.linspace(0.4, 0.53, 200), [1.0]))
    assert crown(hat) == pytest.approx(0.54)
    assert crown(np.zeros(0)) is None


def test_the_conditions_of_vroid_hub_are_read_from_its_address() -> None:
    base = "https://hub.vroid.com/license?credit=unnecessary&redistribution=disallow&modification=allow"
    terms = {"licenseName": "Other", "commercialUssageName": "Disallow"}
    meta = meta0(
        {**terms, "otherLicenseUrl": f"{base}&personal_commercial_use=profit&corporate_commercial_use=disallow"}
    )
    assert meta.commercial == "persons may earn with it, companies not"
    assert (meta.redistribution, meta.modification) == ("may not be passed on", "may be changed")
    assert meta.credit == "no credit needed"
    assert meta0({**terms, "otherLicenseUrl": "https://[broken"}).commercial == "not for money"
