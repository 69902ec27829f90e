"""BVH files: VRM bone names, centimetres, +y up, facing +z; channels Zrotation Xrotation Yrotation.

Writing gives what other programs read; reading takes any BVH whose joints bear VRM names (in any case), and says
which joint it missed otherwise. Fitting foreign skeletons is not done here.
"""

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX, BONE_PARENT, BONES, REQUIRED_BONES
from motion.rig.bvh_text import BvhError, BvhFile, parse_bvh
from motion.rig.pose import Motion
from motion.rig.skeleton import Skeleton

__all__ = ["decode_bvh", "encode_bvh"]

_CM = 100.0


def encode_bvh(motion: Motion, skeleton: Skeleton) -> str:
    """Motion as BVH text; the root's travel and turn are put into the hips, absent bones are left out."""
    lines = ["HIERARCHY"]
    order: list[int] = []
    offsets = skeleton.offsets * _CM
    children = [
        [b for b in range(1, len(BONES)) if BONE_PARENT[b] == p and _kept(skeleton, b)] for p in range(len(BONES))
    ]

    def write(bone: int, depth: int) -> None:
        pad = "\t" * depth
        order.append(bone)
        x, y, z = offsets[bone]
        lines.append(f"{pad}{'ROOT' if bone == 0 else 'JOINT'} {BONES[bone].name}")
        lines.append(pad + "{")
        lines.append(f"{pad}\tOFFSET {x:.6f} {y:.6f} {z:.6f}")
        rotation = "Zrotation Xrotation Yrotation"
        lines.append(
            f"{pad}\tCHANNELS 6 Xposition Yposition Zposition {rotation}"
            if bone == 0
            else f"{pad}\tCHANNELS 3 {rotation}"
        )
        for child in children[bone]:
            write(child, depth + 1)
        if not children[bone]:
            # The end of a chain goes on in the direction of its own bone.
            lines.extend((f"{pad}\tEnd Site", pad + "\t{", f"{pad}\t\tOFFSET {_end(offsets, bone)}", pad + "\t}"))
        lines.append(pad + "}")

    write(0, 0)
    turn = quat.from_yaw(motion.root[:, 2])
    ground = np.stack((motion.root[:, 0], motion.root[:, 3], motion.root[:, 1]), axis=-1).astype(np.float64)
    hips = (ground + quat.rotate(turn, motion.hips.astype(np.float64))) * _CM
    rotations = motion.rotations.astype(np.float64)
    rotations[:, 0] = quat.mul(turn, rotations[:, 0])
    angles = np.degrees(_euler_zxy(rotations[:, order]))
    values = np.concatenate((hips, angles.reshape(len(motion), 3 * len(order))), axis=1)
    lines += ["MOTION", f"Frames: {len(motion)}", f"Frame Time: {1.0 / motion.rate:.8f}"]
    lines += [" ".join(f"{v:.5f}" for v in row) for row in values]
    return "\n".join(lines) + "\n"


def _kept(skeleton: Skeleton, bone: int) -> bool:
    """Absent bones stay in the file only where a present one hangs on them; they do not turn."""
    if skeleton.present[bone]:
        return True
    return any(skeleton.present[b] and _below(b, bone) for b in range(bone + 1, len(BONES)))


def _below(bone: int, ancestor: int) -> bool:
    while bone > ancestor:
        bone = BONE_PARENT[bone]
    return bone == ancestor


def _end(offsets: NDArray[np.float64], bone: int) -> str:
    if BONES[bone].name == "head":
        return "0.000000 18.000000 0.000000"
    x, y, z = offsets[bone] * 0.8
    return f"{x:.6f} {y:.6f} {z:.6f}"


def _euler_zxy(q: NDArray[np.floating]) -> NDArray[np.float64]:
    """Rz Rx Ry (as the channels stand) of (..., 4): (..., 3) radians in the order z, x, y."""
    x, y, z, w = np.moveaxis(np.asarray(q, np.float64), -1, 0)
    sine = 2.0 * (y * z + x * w)
    rx = np.arcsin(np.clip(sine, -1.0, 1.0))
    # At +-90 degrees about x only the sum of the two others is known: put all of it into z.
    locked = np.abs(sine) > 1.0 - 1e-12
    ry = np.where(locked, 0.0, np.arctan2(2.0 * (y * w - x * z), 1.0 - 2.0 * (x * x + y * y)))
    rz = np.where(
        locked,
        np.arctan2(2.0 * (x * y + z * w), 1.0 - 2.0 * (y * y + z * z)),
        np.arctan2(2.0 * (z * w - x * y), 1.0 - 2.0 * (x * x + z * z)),
    )
    return np.stack((rz, rx, ry), axis=-1)


def decode_bvh(text: str, *, unit: float = 0.01) -> tuple[Motion, Skeleton]:
    """Read a BVH with VRM bone names.

    Args:
        unit: metres per unit of the file.

    Returns:
        Motion (all travel in `hips`, root at the stage's centre) and the skeleton of the file.

    Raises:
        BvhError: broken, or a required bone is not among its joints.
    """
    file = parse_bvh(text)
    lower = {bone.name.lower(): i for i, bone in enumerate(BONES)}
    joint_of: dict[int, int] = {}
    for joint, name in enumerate(file.names):
        bone = lower.get(name.lower())
        if bone is not None:
            joint_of.setdefault(bone, joint)
    missing = [name for name in REQUIRED_BONES if BONE_INDEX[name] not in joint_of]
    if missing:
        raise BvhError(
            f"the BVH has no joint named {', '.join(missing)}; only BVH files with VRM bone names can be read"
        )
    local, moved = _channel_values(file)
    frames, joints = len(file.values), len(file.names)
    world: NDArray[np.float64] = np.zeros((frames, joints, 4))
    placed: NDArray[np.float64] = np.zeros((frames, joints, 3))
    rest: NDArray[np.float64] = np.zeros((joints, 3))
    for joint, parent in enumerate(file.parents):
        if parent < 0:
            world[:, joint], placed[:, joint], rest[joint] = local[:, joint], moved[:, joint], file.offsets[joint]
        else:
            world[:, joint] = quat.mul(world[:, parent], local[:, joint])
            placed[:, joint] = placed[:, parent] + quat.rotate(world[:, parent], moved[:, joint])
            rest[joint] = rest[parent] + file.offsets[joint]
    points: NDArray[np.float64] = np.zeros((len(BONES), 3))
    present = np.zeros(len(BONES), np.bool_)
    turned: NDArray[np.float64] = np.zeros((frames, len(BONES), 4))
    for bone in range(len(BONES)):
        joint = joint_of.get(bone)
        present[bone] = joint is not None
        if joint is None:
            points[bone] = points[BONE_PARENT[bone]]
            turned[:, bone] = turned[:, BONE_PARENT[bone]]
        else:
            points[bone] = rest[joint] * unit
            turned[:, bone] = world[:, joint]
    rotations = turned.copy()
    rotations[:, 1:] = quat.mul(quat.conj(turned[:, list(BONE_PARENT[1:])]), turned[:, 1:])
    rotations[:, ~present] = quat.IDENTITY
    feet = points[[BONE_INDEX["leftFoot"], BONE_INDEX["rightFoot"]], 1].min()
    top = points[BONE_INDEX["head"], 1]
    if abs(points[0, 1]) < 1e-6 and feet < 0.0:
        # Many programs put the root's offset at the origin: stand the skeleton on its feet.
        points[:, 1] -= feet
        top = points[BONE_INDEX["head"], 1]
    hips = (placed[:, joint_of[0]] * unit).astype(np.float32)
    skeleton = Skeleton(points, present, float(max(top * 1.13, 1e-3)))
    root = np.zeros((frames, 4), np.float32)
    return Motion(quat.normalize(rotations).astype(np.float32), hips, root, 1.0 / file.frame_time), skeleton


def _channel_values(file: BvhFile) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Local rotations (frames, joints, 4) and translations (frames, joints, 3), in the file's unit."""
    frames = len(file.values)
    local = np.tile(quat.IDENTITY, (frames, len(file.names), 1))
    moved = np.tile(file.offsets, (frames, 1, 1))
    column = 0
    for joint, channels in enumerate(file.channels):
        for channel in channels:
            values = file.values[:, column]
            column += 1
            axis = "XYZ".index(channel[0])
            if channel.endswith("position"):
                moved[:, joint, axis] = values
            else:
                local[:, joint] = quat.mul(local[:, joint], quat.from_axis_angle(np.eye(3)[axis], np.radians(values)))
    return local, moved
