"""Where a performer's tails of hair fly while the project's song is danced, springs alive:
python -m tests.performer.avatar.tails [NAME] [--song yuyi] [--spans 40-50,60-70]
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from motion.dance.library import load_library
from motion.dance.planner import plan_dance
from motion.dance.player import Dance
from motion.rig import quat
from motion.rig.bones import BONES
from motion.rig.pose import GRID_HZ, Motion
from motion.rig.quat import Array
from performer.avatar.build.assembly import Assembly
from performer.avatar.build.core import assemble_avatar
from performer.avatar.build.spec import read_spec
from performer.avatar.fit import fit
from performer.avatar.presets import avatar_path, preset_path
from performer.avatar.vrm import read_vrm
from performer.face.hooks import hook_times
from stage.server.songs import find_song, read_words
from tests.performer.avatar.face_cover import song_of
from tests.performer.avatar.posing import Figure
from tests.performer.avatar.swinging import Swinging
from tests.performer.avatar.twice import twice

__all__ = ["Flight", "danced_tails", "fly"]

# Metres in the head's frame of a 1.58 m figure: half the width of cheeks, chin and brows, the plane of the cheeks.
# A tail is some 3 cm thick on either side of its joints.
_WIDE, _CHIN, _BROWS, _CHEEKS = 0.075, -0.02, 0.14, 0.045
_ALONG = np.linspace(0.0, 1.0, 4)[1:]


@dataclass(frozen=True, slots=True)
class Flight:
    """Of each 1/60 s and motion: is some part of a tail before the face; before throat and collar; degrees off its rest
    of each tail, (frames, motions, tails)."""

    face: Array
    throat: Array
    degrees: Array


def fly(assembly: Assembly, motions: Sequence[Motion]) -> Flight:
    """Dance `motions` (60 Hz, fitted to her, equally long) and follow her tails of hair."""
    tails = [chain for chain in assembly.chains if chain.joints[0].startswith("hair_tail")]
    rows = [list(row) for row in zip(*(chain.joints for chain in tails), strict=True)]
    most = 2 * len(motions[0].rotations)
    turns = np.concatenate([twice(m.rotations[:, None], most, turns=True) for m in motions], axis=1)
    root = np.concatenate([twice(m.root[:, None], most) for m in motions], axis=1)
    hips = np.concatenate([twice(m.hips[:, None], most) for m in motions], axis=1)
    yaw = quat.from_yaw(root[..., 2])
    local = {bone.name: np.asarray(turns[:, :, b], np.float64) for b, bone in enumerate(BONES)}
    local["hips"] = np.asarray(quat.mul(yaw, local["hips"]), np.float64)
    figure = Figure(assembly, ("hips", "pine", "hest", "neck", "head", "Shoulder", "Arm", "Hand", "tail"))
    place = quat.rotate(yaw, hips) + root[..., [0, 3, 1]]
    rest = figure.pose({})
    placed = figure.pose(local, np.asarray(place - figure.joints["hips"].place, np.float64))
    swung = Swinging(assembly, rows[:-1]).swing(placed, local)
    (skull, turn), (skull_still, _) = placed["head"], rest["head"]
    face, throat = np.zeros(root.shape[:2], bool), np.zeros(root.shape[:2], bool)
    degrees: list[Array] = []
    for chain in tails:
        line: list[Array] = []
        for above, name in zip(chain.joints, chain.joints[1:], strict=False):
            base, own = swung[above]
            step = figure.joints[name].place - figure.joints[above].place
            line += [base + share * quat.rotate(own, np.broadcast_to(step, base.shape)) for share in _ALONG]
        here = quat.rotate(quat.conj(turn)[None], np.stack(line) - skull[None])
        before = (np.abs(here[..., 0]) < _WIDE) & (here[..., 2] > _CHEEKS)
        face |= (before & (here[..., 1] > _CHIN) & (here[..., 1] < _BROWS)).any(axis=0)
        throat |= (before & (here[..., 1] > _CHIN - 0.09) & (here[..., 1] <= _CHIN)).any(axis=0)
        still = np.array(figure.joints[chain.joints[-1]].place - skull_still)
        top = np.array(figure.joints[chain.joints[0]].place - skull_still)
        way, was = here[-1] - top, still - top
        cosine = way @ was / np.linalg.norm(way, axis=-1) / np.linalg.norm(was)
        degrees.append(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
    return Flight(face[::2], throat[::2], np.stack(degrees, axis=-1)[::2])


def danced_tails(avatar: str, song_name: str, spans: Sequence[tuple[float, float]]) -> Flight:
    """What `fly` finds in equally long spans of seconds of a song; a second before each to settle is left out."""
    song, library = song_of(song_name), load_library()
    plan = plan_dance(song, library, hooks=hook_times(read_words(find_song(song_name), Path(), song.duration)))
    dance, skeleton = Dance(plan, song, library), read_vrm(avatar_path(avatar)).skeleton
    settle = round(GRID_HZ)
    motions: list[Motion] = []
    for start, stop in spans:
        frames = dance.frames(round(start * GRID_HZ) - settle, round(stop * GRID_HZ))
        motions.append(fit(frames.motion, frames.contacts, skeleton))
    found = fly(assemble_avatar(read_spec(preset_path(avatar)), "lite"), motions)
    return Flight(found.face[settle:], found.throat[settle:], found.degrees[settle:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("avatar", nargs="?", default="niyu")
    parser.add_argument("--song", default="yuyi")
    parser.add_argument("--spans", default="40-50,60-70", help="seconds, all equally long")
    told = parser.parse_args()
    spans = [(float(start), float(stop)) for start, stop in (s.split("-") for s in told.spans.split(","))]
    found = danced_tails(told.avatar, told.song, spans)
    for k, (start, stop) in enumerate(spans):
        face, throat, off = found.face[:, k], found.throat[:, k], found.degrees[:, k]
        rms, most = np.sqrt((off**2).mean()), np.percentile(off, 99)
        print(
            f"{start:g}-{stop:g} s, {len(face)} frames: {face.sum()} before the face, {throat.sum()} the throat;",
            end="",
        )
        print(f" off their rest {rms:.1f} deg rms, {most:.0f} at the 99th percentile")


if __name__ == "__main__":
    main()
