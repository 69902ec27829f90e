/** Pictures that nobody sees: everyone in the middle of the picture, lyrics on, every cue; then an empty stage. */

import type { Frame } from "../stage/frame";
import { CUE } from "../wire/frame";
import type { AvatarJob } from "./protocol";

const BONES = 55;

/** The last one is empty, so that everyone comes on with springs at rest in the first frame of the song. */
export function warmUpFrames(avatars: readonly AvatarJob[]): Frame[] {
  const rotations = Float32Array.from({ length: 4 * BONES }, (_, i) => (i % 4 === 3 ? 1 : 0));
  const base = {
    sequence: 0,
    showTime: 0,
    // Before the song: nothing of it may be left standing at the first frame.
    mediaTime: -1,
    song: 0,
    flags: 0,
    camera: { position: Float32Array.of(0, 1.2, 5), target: Float32Array.of(0, 1, 0), fov: 0.6, roll: 0, focus: 5 },
  };
  const light = {
    look: 0,
    palette: 0,
    intensity: 1,
    strobe: 0,
    beatPhase: 0,
    barPhase: 0,
    energy: 0.8,
    section: 0,
    lyricLine: 0,
    lyricProgress: 0.5,
    cueA: CUE.finale,
    cueValueA: 0.8,
    cueB: CUE.petals,
    cueValueB: 1,
  };
  const lift = { ...light, cueA: CUE.lift, cueValueA: 0.05 };
  const dark = { ...light, lyricLine: 65535, lyricProgress: 0, cueA: 0, cueValueA: 0, cueB: 0, cueValueB: 0 };
  const performers = avatars.map((avatar) => ({
    id: avatar.id,
    flags: 0,
    avatar: avatar.id,
    root: new Float32Array(4),
    hips: Float32Array.of(0, 0.9, 0),
    rotations,
    gaze: new Float32Array(2),
    weights: new Float32Array(avatar.expressions.length),
  }));
  return [
    { ...base, light, performers },
    { ...base, light: lift, performers },
    { ...base, light: dark, performers: [] },
  ];
}
