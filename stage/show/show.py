"""The show as a function of time: media time and the operator's state in, one frame out.

`Show.step` keeps nothing that changes its answers: any order of times gives the same frames. Live, render, replay and
tests call this one function; only the clock that asks differs.
"""

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from motion.rig.bones import BONE_INDEX
from motion.rig.pose import GRID_HZ
from performer.avatar.expressions import fold_weights
from performer.face.contact import gaze_at
from performer.face.track import EXPRESSION_INDEX, FaceTrack
from stage.show.body import Bridge, Face, Pose, blend_face, blend_mouth, blend_pose, scale_reach, toward
from stage.show.camera import Subject, aim, travel
from stage.show.cues import Cue, cue_slots, plan_cues
from stage.show.director import cut_at, plan_cuts
from stage.show.idle import LOOP_FRAMES, idle_face, idle_motion
from stage.show.light import IDLE_LEVEL, plan_light
from stage.show.moods import find_mood, palette_names
from stage.show.performance import Performance, Performer
from stage.show.pose_store import BLOCK, PoseStore
from stage.show.shots import Shot, Shots, house_shots
from stage.show.sight import rehearse
from stage.show.words import Sung, Words
from stage.wire.frame import PERFORMER_LIVE, PERFORMER_TRACKED, Camera, Frame, LightBlock, PerformerFrame

__all__ = [
    "EMOTIONS",
    "FRAME_IDLE",
    "FRAME_PANIC",
    "FRAME_PLAYING",
    "Inputs",
    "LiveLayer",
    "NO_INPUTS",
    "Show",
    "ShotChoice",
    "pose_hash",
]

FRAME_PLAYING = 1
FRAME_IDLE = 2
FRAME_PANIC = 4
EMOTIONS = ("happy", "angry", "sad", "relaxed", "surprised")
_EMOTION_COLUMNS = np.array([EXPRESSION_INDEX[name] for name in EMOTIONS])
# A named shot goes to and fro on its path in this time, so that a long hold lives.
_HOLD_PERIOD = 24.0
# Moves that speak with hands before the chest, bow, or turn their back for a while: those that carry the tag heart, bow
# or turn, by name, because a process that only steps a prepared show needs no library (a test compares them with it).
_SPOKEN = frozenset(
    (
        *("heart", "heart_big", "finger_heart", "hand_on_heart", "fist_to_heart", "blossom_hands"),
        *("bow", "curtsy", "palace_bow", "step_back_bow"),
        *("turn_full", "turn_slow", "half_turn_back", "silk_turn", "coat_turn"),
        *("feather_wings", "rainbow_skirt", "ink_stroke"),
    )
)


@dataclass(frozen=True, slots=True)
class ShotChoice:
    """A shot that the operator holds since show time `since`."""

    name: str
    since: float
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class LiveLayer:
    """A live source (a webcam, a tracker, a voice) over the planned body of one performer. weight: 0..1.

    mouth: (5,) weights of the vowels alone, where a voice drives nothing else of the face.
    """

    performer: int
    weight: float
    pose: Pose | None = None
    face: Face | None = None
    mouth: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything about one moment that the plan does not hold.

    show_time: seconds on the show's own clock; None: the same as the media time, as in a render.
    idle: the idle loop instead of the dance. rest: 0..1, how far camera and light have gone over to it.
    intensity: 0..1.5, 1 = as planned. light: gain on brightness; light_left: what is left of a
    switch in it.
    expressions: (name, weight 0..1) from the pads. bridges: (performer id, what is left of a switch).
    shot: a held shot, None = the automatic camera. lyric: whether the lyrics line is shown.
    palette: name of a held palette, "" = as planned. cues: what the operator fired, by show time.
    """

    show_time: float | None = None
    sequence: int = 0
    song: int = 0
    flags: int = FRAME_PLAYING
    idle: bool = False
    rest: float = 0.0
    intensity: float = 1.0
    light: float = 1.0
    light_left: float = 0.0
    lyric: bool = True
    expressions: tuple[tuple[str, float], ...] = ()
    bridges: tuple[tuple[int, Bridge], ...] = ()
    shot: ShotChoice | None = None
    palette: str = ""
    cues: tuple[Cue, ...] = ()
    live: tuple[LiveLayer, ...] = field(default=())


NO_INPUTS = Inputs()


class Show:
    """One performance on one stage. aspect: width over height of the picture that the camera composes for."""

    def __init__(self, performance: Performance, *, aspect: float = 16.0 / 9.0, shots: Shots | None = None) -> None:
        self.performance = performance
        self.aspect = aspect
        self.shots = shots or house_shots()
        self.store = PoseStore(performance)
        self._words = Words(performance.lyrics)
        table = self.shots.only(performance.staging.shots)
        self.cuts = plan_cuts(
            performance.song,
            table,
            performance.seed,
            self._words.ends,
            _gestures(performance),
            rehearse(performance.dance, performance.frames),
        )
        mood = find_mood(performance.song, performance.staging)
        self.cues = plan_cues(performance.song, mood, self._words.hooks)
        self._light = plan_light(performance.song, mood)
        self._idle_motions = tuple(idle_motion(performer.skeleton) for performer in performance.performers)
        self._idle_face = idle_face()

    @property
    def duration(self) -> float:
        return self.performance.duration

    @property
    def frames(self) -> int:
        """Poses on the 60 Hz grid."""
        return self.performance.frames

    def step(self, t: float, inputs: Inputs = NO_INPUTS) -> Frame:
        """The frame at media time `t` (seconds; held before 0 and after the end)."""
        now = t if inputs.show_time is None else inputs.show_time
        camera = self.camera(t, now, inputs)
        performers = tuple(
            self._performer(who, performer, t, now, inputs, camera)
            for who, performer in enumerate(self.performance.performers)
        )
        return Frame(
            sequence=inputs.sequence,
            show_time=now,
            media_time=t,
            song=inputs.song,
            flags=inputs.flags,
            camera=camera,
            light=self.light(t, inputs),
            performers=performers,
        )

    def body(self, who: int, t: float, now: float, inputs: Inputs) -> tuple[Pose, Face]:
        """Pose and face of performer number `who` before pads and bridges: dance or idle, live layers over it."""
        if inputs.idle:
            pose, face = self._idle(who, now)
        else:
            # Half of the fader's way reaches the body: at 0 she still dances, small.
            gain = 1.0 if inputs.intensity == 1.0 else 0.5 + 0.5 * min(inputs.intensity, 1.3)
            pose, face = scale_reach(self.store.pose(who, t), gain), _face_at(self.performance.face, t)
        performer = self.performance.performers[who].id
        for layer in inputs.live:
            if layer.performer == performer:
                pose = pose if layer.pose is None else blend_pose(pose, layer.pose, layer.weight)
                face = face if layer.face is None else blend_face(face, layer.face, layer.weight)
                face = face if layer.mouth is None else blend_mouth(face, layer.mouth, layer.weight)
        return pose, face

    def bridged(self, who: int, t: float, now: float, inputs: Inputs) -> tuple[Pose, Face]:
        """The same, with what is left of earlier switches."""
        pose, face = self.body(who, t, now, inputs)
        performer = self.performance.performers[who].id
        for number, bridge in inputs.bridges:
            if number == performer:
                pose, face = bridge.pose(pose, now), bridge.face(face, now)
        return pose, face

    def camera(self, t: float, now: float, inputs: Inputs) -> Camera:
        shot, u, mirrored = self._shot(t, now, inputs)
        if not self.performance.performers:
            return Camera()
        place, head, radius = self.store.framing(t)
        filmed = self.performance.performers[0]
        ball = filmed.head_ball
        if inputs.rest > 0.0:
            start = filmed.start
            high = float(filmed.skeleton.rest[BONE_INDEX["head"], 1]) + ball.rise
            head = head + (np.array([start[0], high, start[1]]) - head) * inputs.rest
            place = place + (np.array(start) - place) * inputs.rest
            radius = max(radius, 0.05)
        at, middle = (place[0], place[1]), (head[0], head[1], head[2])
        subject = Subject(at, middle, radius + ball.half_width, radius + ball.half_height, filmed.stature)
        return aim(shot, u, mirrored, subject, now, self.aspect)

    def light(self, t: float, inputs: Inputs) -> LightBlock:
        gain = inputs.light * (1.0 if inputs.intensity == 1.0 else 0.6 + 0.4 * min(inputs.intensity, 1.25))
        gain *= 1.0 + (IDLE_LEVEL - 1.0) * inputs.rest
        sung = self._words.at(t) if inputs.lyric else Sung()
        palette = palette_names().index(inputs.palette) if inputs.palette in palette_names() else None
        now = t if inputs.show_time is None else inputs.show_time
        fired = [replace(cue, start=cue.start - now + t, end=cue.end - now + t) for cue in inputs.cues]
        # Nothing that was planned falls over an idle body.
        planned = () if inputs.idle else self.cues
        cues = cue_slots((*planned, *fired), t)
        return self._light.at(t, gain=gain, left=inputs.light_left, sung=sung, palette=palette, cues=cues)

    def warm(self, t: float, seconds: float = 2.0) -> None:
        """Bake what `step` needs around media time `t`; a server calls this from a thread, ahead of the clock."""
        first, last = (int(max(x, 0.0) * GRID_HZ) // BLOCK for x in (t, t + seconds))
        for block in range(first, min(last, self.store.blocks - 1) + 1):
            self.store.warm(block)

    def bake(self, progress: Callable[[float, str], None] | None = None) -> None:
        """Bake the whole song."""
        for block in range(self.store.blocks):
            self.store.warm(block)
            if progress:
                progress((block + 1) / self.store.blocks, "baking the dance")

    def _performer(
        self, who: int, performer: Performer, t: float, now: float, inputs: Inputs, camera: Camera
    ) -> PerformerFrame:
        pose, face = self.bridged(who, t, now, inputs)
        weights = _with_pads(face.weights, inputs.expressions)
        layers = [layer for layer in inputs.live if layer.performer == performer.id and layer.weight > 0.0]
        live = bool(layers)
        tracked = any(layer.pose is not None or layer.face is not None for layer in layers)
        # A live face brings its own gaze.
        planned = math.prod(1.0 - layer.weight for layer in layers if layer.face is not None)
        gaze = gaze_at(face.gaze, toward(pose, performer.skeleton, camera.position), share=planned)
        return PerformerFrame(
            id=performer.id,
            flags=(PERFORMER_LIVE if live else 0) | (PERFORMER_TRACKED if tracked else 0),
            avatar=performer.avatar,
            root=pose.root,
            hips=pose.hips,
            rotations=pose.rotations,
            gaze=gaze,
            weights=fold_weights(weights[None], performer.expressions)[0],
        )

    def _idle(self, who: int, now: float) -> tuple[Pose, Face]:
        x = (now * GRID_HZ) % LOOP_FRAMES
        i, w = int(x) % LOOP_FRAMES, x - int(x)
        j, motion, face = (i + 1) % LOOP_FRAMES, self._idle_motions[who], self._idle_face
        a = Pose(motion.rotations[i], motion.hips[i], motion.root[i])
        b = Pose(motion.rotations[j], motion.hips[j], motion.root[j])
        pose = blend_pose(a, b, w)
        start = self.performance.performers[who].start
        root = pose.root + np.array([start[0], start[1], 0.0, 0.0], np.float32)
        mixed = blend_face(Face(face.weights[i], face.gaze[i]), Face(face.weights[j], face.gaze[j]), w)
        return Pose(pose.rotations, pose.hips, root), mixed

    def _shot(self, t: float, now: float, inputs: Inputs) -> tuple[Shot, float, bool]:
        if inputs.shot is not None:
            shot = self.shots.named(inputs.shot.name)
            if shot is not None:
                u = 0.5 - 0.5 * np.cos(2.0 * np.pi * (now - inputs.shot.since) / _HOLD_PERIOD)
                return shot, float(u), inputs.shot.mirrored
        cut = cut_at(self.cuts, t)
        return cut.shot, travel(t, cut.start, cut.end), cut.mirrored


def _gestures(performance: Performance) -> list[tuple[float, float]]:
    """When her hands say something, by the names of the moves; media times."""
    bars = performance.song.bars
    steps = performance.plan.steps if performance.plan else []
    told = [step for step in steps if step.move in _SPOKEN and step.bar + step.bars <= len(bars)]
    return [(bars[step.bar].start, bars[step.bar + step.bars - 1].end) for step in told]


def _face_at(track: FaceTrack, t: float) -> Face:
    x = min(max(t * track.rate, 0.0), len(track) - 1.0)
    k = round(x)
    if abs(x - k) < 1e-6:
        return Face(track.weights[k], track.gaze[k])
    k = int(x)
    w = x - k
    return blend_face(Face(track.weights[k], track.gaze[k]), Face(track.weights[k + 1], track.gaze[k + 1]), w)


def _with_pads(weights: NDArray[np.float32], pads: Iterable[tuple[str, float]]) -> NDArray[np.float32]:
    """Pads over a face: an emotion on a pad takes the place of planned emotions, everything else is the larger."""
    held = [(name, weight) for name, weight in pads if weight > 0.0]
    if not held:
        return weights
    mixed = weights.copy()
    emotion = max((weight for name, weight in held if name in EMOTIONS), default=0.0)
    mixed[_EMOTION_COLUMNS] *= np.float32(1.0 - emotion)
    for name, weight in held:
        column = EXPRESSION_INDEX[name]
        mixed[column] = max(mixed[column], weight)
    return mixed


def pose_hash(show: Show, *, start: int = 0, stop: int | None = None) -> str:
    """SHA-256 over every performer's pose and face at k / 60 s for k in start..stop, as little-endian float32.

    The gaze is left out: it answers the camera, which is another one in an upright picture.
    """
    digest = hashlib.sha256()
    for k in range(start, show.frames if stop is None else min(stop, show.frames)):
        for performer in show.step(k / GRID_HZ).performers:
            for array in (performer.root, performer.hips, performer.rotations, performer.weights):
                digest.update(np.ascontiguousarray(array, dtype="<f4").tobytes())
    return digest.hexdigest()
