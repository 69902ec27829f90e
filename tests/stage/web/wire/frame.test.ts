import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { createFrame, decodeFrame, FrameError } from "../../../../stage/web/src/wire/frame";

interface Case {
  hex: string;
  weights: Record<string, number>;
  sequence: number;
  mediaTime: number;
  showTime: number;
  camera: { position: number[]; fov: number };
  light: { beatPhase: number; lyricLine: number; lyricProgress: number };
  performers: { rotations: number[]; expressionWeights: number[]; gaze: number[]; root: number[]; hips: number[] }[];
}

const cases = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../wire/golden/frames.json"), "utf8")) as Case[];
const bytes = (hex: string): ArrayBuffer => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)).buffer;
const counts = (c: Case): Map<number, number> => new Map(Object.entries(c.weights).map(([k, v]) => [Number(k), v]));
function close(actual: ArrayLike<number>, expected: number[]): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThan(2e-6);
}

describe("frames from bytes", () => {
  it.each(cases.map((c, i) => [i, c] as const))("reads golden frame %i as Python does", (_, c) => {
    const frame = decodeFrame(bytes(c.hex), counts(c));
    expect(frame.sequence).toBe(c.sequence);
    expect(frame.mediaTime).toBe(c.mediaTime);
    expect(frame.showTime).toBe(c.showTime);
    close(frame.camera.position, c.camera.position);
    expect(frame.light.beatPhase).toBe(c.light.beatPhase);
    expect(frame.light.lyricLine).toBe(c.light.lyricLine);
    expect(frame.performers.length).toBe(c.performers.length);
    c.performers.forEach((expected, i) => {
      const performer = frame.performers[i]!;
      close(performer.rotations, expected.rotations);
      close(performer.weights, expected.expressionWeights);
      close(performer.gaze, expected.gaze);
      close(performer.root, expected.root);
      close(performer.hips, expected.hips);
    });
  });

  it("reads tables of one length without being told", () => {
    const c = cases[1]!;
    expect(decodeFrame(bytes(c.hex)).performers[0]!.weights.length).toBe(c.weights["0"]);
  });

  it("keeps its arrays from frame to frame", () => {
    const c = cases[1]!;
    const into = createFrame();
    decodeFrame(bytes(c.hex), counts(c), into);
    const rotations = into.performers[0]!.rotations;
    decodeFrame(bytes(c.hex), counts(c), into);
    expect(into.performers[0]!.rotations).toBe(rotations);
  });

  it("refuses what is cut off, too long or of another version", () => {
    const whole = bytes(cases[1]!.hex);
    expect(() => decodeFrame(whole.slice(0, 50))).toThrow(FrameError);
    expect(() => decodeFrame(whole.slice(0, 200), counts(cases[1]!))).toThrow(FrameError);
    const other = whole.slice(0);
    new Uint8Array(other)[0] = 9;
    expect(() => decodeFrame(other)).toThrow(/version 9/);
  });
});
