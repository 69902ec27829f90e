import { expect, test } from "vitest";
import { LIFT, liftHeight, readCues } from "../../../../stage/web/src/stage/set/particles";
import { createFrame, CUE } from "../../../../stage/web/src/wire/frame";

const none = () => ({ confetti: -1, sparks: -1, lift: -1, petals: 0 });
const light = (a: number, valueA: number, b = 0, valueB = 0) => ({
  ...createFrame().light,
  cueA: a,
  cueValueA: valueA,
  cueB: b,
  cueValueB: valueB,
});

test("two slots are seen at once, and an empty one leaves nothing of what was there", () => {
  const shown = readCues(light(CUE.sparks, 0.5, CUE.petals, 0.75), none());
  expect(shown).toEqual({ confetti: -1, sparks: 0.5, lift: -1, petals: 0.75 });
  expect(readCues(light(0, 0), shown)).toEqual(none());
});

test("a finale is confetti and sparks of one age", () => {
  expect(readCues(light(CUE.finale, 1.25, CUE.lift, 0.1), none())).toEqual({ confetti: 1.25, sparks: 1.25, lift: 0.1, petals: 0 });
});

test("a lift is one flash: up at once, down without a step, gone after three tenths of a second", () => {
  expect(liftHeight(-0.01)).toBe(0);
  expect(liftHeight(0)).toBeCloseTo(LIFT.gain);
  for (let age = 0; age < 0.3; age += 0.01) expect(liftHeight(age + 0.01)).toBeLessThan(liftHeight(age));
  expect(liftHeight(0.3)).toBe(0);
  expect(LIFT.seconds).toBeLessThanOrEqual(0.3);
  expect(LIFT.gain).toBeLessThan(0.3);
});
