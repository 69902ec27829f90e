import { expect, test } from "vitest";
import { PaletteFade } from "../../../../stage/web/src/stage/palette";

const DARK = new Float32Array(12);
const LIGHT = new Float32Array(12).fill(1);

/** What is left of the way after some steps of 1/120 s. */
function left(atOnce: boolean, steps: number): number {
  const fade = new PaletteFade([DARK, LIGHT], 0.4);
  fade.aim(1, atOnce);
  for (let i = 0; i < steps; i++) fade.step();
  return 1 - fade.now[0]!;
}

test("a palette comes over about a bar, into a chorus with the downbeat", () => {
  expect(left(false, 48)).toBeCloseTo(0.5, 2);
  expect(left(false, 240)).toBeLessThan(0.05);
  expect(left(true, 12)).toBeLessThan(0.05);
});

test("a palette that is told again keeps the pace it came with", () => {
  const fade = new PaletteFade([DARK, LIGHT], 0.4);
  fade.aim(1, true);
  fade.aim(1, false);
  for (let i = 0; i < 12; i++) fade.step();
  expect(fade.now[0]).toBeGreaterThan(0.95);
});
