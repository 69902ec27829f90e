import { expect, test } from "vitest";
import type { Frame } from "../../../../stage/web/src/wire/frame";
import { Playback } from "../../../../stage/web/src/stage/playback";

function frame(sequence: number, showTime: number, change: Partial<Frame> = {}, angle = 0): Frame {
  const rotations = new Float32Array(220);
  for (let i = 0; i < 55; i++) rotations.set([0, Math.sin(angle / 2), 0, Math.cos(angle / 2)], 4 * i);
  return {
    sequence,
    showTime,
    mediaTime: showTime - 5,
    song: 0,
    flags: 0,
    camera: { position: Float32Array.of(0, 1, 5), target: Float32Array.of(0, 1, 0), fov: 0.5, roll: 0, focus: 5 },
    light: {
      ...{ look: 0, palette: 0, intensity: 1, strobe: 0, beatPhase: 0.9, barPhase: 0.2, energy: 0, section: 0 },
      ...{ lyricLine: 65535, lyricProgress: 0 },
    },
    performers: [{ id: 0, flags: 2, avatar: 0, root: Float32Array.of(0, 0, 0, 0), hips: Float32Array.of(0, 1, 0), rotations, gaze: Float32Array.of(0, 0), weights: Float32Array.of(0) }],
    ...change,
  };
}

test("between two frames the pose is between them, with unit rotations", () => {
  const playback = new Playback();
  playback.push(frame(1, 10, {}, 0));
  playback.push(frame(2, 10.1, {}, 0.4));
  const q = playback.sample(10.05)!.performers[0]!.rotations;
  expect(2 * Math.asin(q[1]!)).toBeCloseTo(0.2, 4);
  expect(Math.hypot(q[0]!, q[1]!, q[2]!, q[3]!)).toBeCloseTo(1, 6);
  expect(playback.mediaAt(10.05)).toBeCloseTo(5.05, 6);
});

test("q and -q are the same rotation", () => {
  const playback = new Playback();
  playback.push(frame(1, 10, {}, 0.3));
  const other = frame(2, 10.1, {}, 0.3);
  const turned = other.performers[0]!.rotations as Float32Array;
  for (let i = 0; i < 220; i++) turned[i]! *= -1;
  playback.push(other);
  expect(2 * Math.asin(playback.sample(10.05)!.performers[0]!.rotations[1]!)).toBeCloseTo(0.3, 5);
});

test("phases wrap forward", () => {
  const playback = new Playback();
  playback.push(frame(1, 10));
  const after = frame(2, 10.1);
  after.light.beatPhase = 0.1;
  playback.push(after);
  expect(playback.sample(10.075)!.light.beatPhase).toBeCloseTo(0.05, 5);
});

test("a cut of the camera is a cut, not a flight", () => {
  const playback = new Playback();
  playback.push(frame(1, 10));
  playback.push(frame(2, 10.1, { camera: { position: Float32Array.of(4, 1, 2), target: Float32Array.of(0, 1, 0), fov: 0.5, roll: 0, focus: 5 } }));
  expect(playback.sample(10.09)!.camera.position[0]).toBe(0);
});

test("it holds the last pose and never guesses", () => {
  const playback = new Playback();
  expect(playback.sample(1)).toBeUndefined();
  playback.push(frame(1, 10, {}, 0.1));
  playback.push(frame(2, 10.1, {}, 0.2));
  expect(2 * Math.asin(playback.sample(99)!.performers[0]!.rotations[1]!)).toBeCloseTo(0.2, 5);
  expect(playback.sample(0)!.sequence).toBe(1);
});

test("what is pushed may be reused at once; a hundred frames more than it holds are no harm", () => {
  const playback = new Playback();
  const same = frame(0, 0);
  for (let k = 0; k < 196; k++) {
    same.sequence = k;
    same.showTime = k / 60;
    playback.push(same);
  }
  expect(playback.newest!.sequence).toBe(195);
  expect(playback.sample(150 / 60 + 1e-6)!.sequence).toBe(150);
});

test("a jump back in show time starts anew; a replaced frame replaces", () => {
  const playback = new Playback();
  playback.push(frame(1, 10));
  playback.push(frame(2, 3));
  expect(playback.sample(11)!.sequence).toBe(2);
  playback.push(frame(3, 3));
  expect(playback.sample(11)!.sequence).toBe(3);
});

test("between songs and over seeks nothing is mixed", () => {
  const playback = new Playback();
  playback.push(frame(1, 10, {}, 0));
  playback.push(frame(2, 10.1, { mediaTime: 60 }, 1));
  expect(playback.sample(10.05)!.performers[0]!.rotations[1]).toBe(0);
  playback.push(frame(3, 10.2, { song: 1, mediaTime: 60.1 }, 2));
  expect(playback.sample(10.19)!.sequence).toBe(2);
});
