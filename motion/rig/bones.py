"""The 55 humanoid bones of VRM 1.0, in the order of every array and of the wire.

Only the table lives here; rest positions are in `skeleton`.
Source: VRMC_vrm-1.0 humanoid specification.
"""

from dataclasses import dataclass

__all__ = ["BONES", "BONE_INDEX", "BONE_PARENT", "REQUIRED_BONES", "Bone", "FINGER_BONES", "MIRROR_BONE"]


@dataclass(frozen=True, slots=True)
class Bone:
    """One humanoid bone: VRM name, name of its parent ("" for hips), and whether VRM 1.0 requires it."""

    name: str
    parent: str
    required: bool = False


def _arm(side: str) -> list[Bone]:
    bones = [
        Bone(f"{side}Shoulder", "upperChest"),
        Bone(f"{side}UpperArm", f"{side}Shoulder", True),
        Bone(f"{side}LowerArm", f"{side}UpperArm", True),
        Bone(f"{side}Hand", f"{side}LowerArm", True),
    ]
    for finger in ("Thumb", "Index", "Middle", "Ring", "Little"):
        joints = ("Metacarpal", "Proximal", "Distal") if finger == "Thumb" else ("Proximal", "Intermediate", "Distal")
        parent = f"{side}Hand"
        for joint in joints:
            bones.append(Bone(f"{side}{finger}{joint}", parent))
            parent = bones[-1].name
    return bones


def _leg(side: str) -> list[Bone]:
    return [
        Bone(f"{side}UpperLeg", "hips", True),
        Bone(f"{side}LowerLeg", f"{side}UpperLeg", True),
        Bone(f"{side}Foot", f"{side}LowerLeg", True),
        Bone(f"{side}Toes", f"{side}Foot"),
    ]


BONES: tuple[Bone, ...] = (
    Bone("hips", "", True),
    Bone("spine", "hips", True),
    Bone("chest", "spine"),
    Bone("upperChest", "chest"),
    Bone("neck", "upperChest"),
    Bone("head", "neck", True),
    Bone("leftEye", "head"),
    Bone("rightEye", "head"),
    Bone("jaw", "head"),
    *_leg("left"),
    *_leg("right"),
    *_arm("left"),
    *_arm("right"),
)

BONE_INDEX: dict[str, int] = {bone.name: i for i, bone in enumerate(BONES)}

# Parents stand before their children, so one pass in order does forward kinematics. -1 for hips.
BONE_PARENT: tuple[int, ...] = tuple(BONE_INDEX.get(bone.parent, -1) for bone in BONES)

REQUIRED_BONES: tuple[str, ...] = tuple(bone.name for bone in BONES if bone.required)

FINGER_BONES: tuple[str, ...] = tuple(
    bone.name for bone in BONES if any(f in bone.name for f in ("Thumb", "Index", "Middle", "Ring", "Little"))
)


def _mirrored(name: str) -> str:
    if name.startswith("left"):
        return "right" + name[4:]
    if name.startswith("right"):
        return "left" + name[5:]
    return name


# Index of the bone on the other side; a mirrored pose is q[MIRROR_BONE] with y and z of each quaternion negated.
MIRROR_BONE: tuple[int, ...] = tuple(BONE_INDEX[_mirrored(bone.name)] for bone in BONES)
