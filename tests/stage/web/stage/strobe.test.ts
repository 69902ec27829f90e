import { expect, test } from "vitest";
import { Strobe } from "../../../../stage/web/src/stage/strobe";

test("a flash begins at its height, is gone in a third of a second, and only a new number is a new flash", () => {
  const strobe = new Strobe(3, 0.2);
  expect(strobe.height(1)).toBe(0);
  strobe.follow(1, 10);
  expect(strobe.height(10)).toBeCloseTo(0.2);
  expect(strobe.height(10.15)).toBeCloseTo(0.1);
  strobe.follow(1, 10.29);
  expect(strobe.height(10.31)).toBe(0);
  strobe.follow(0, 12);
  expect(strobe.height(12)).toBe(0);
});

test("a finger that hammers makes three flashes a second, not more", () => {
  const strobe = new Strobe(3, 0.2);
  const begun: number[] = [];
  let before = 0;
  for (let k = 0; k < 600; k++) {
    const t = k / 100;
    strobe.follow(1 + (k % 200), t);
    const height = strobe.height(t);
    if (height > before + 0.05) begun.push(t);
    before = height;
  }
  expect(begun.length).toBeGreaterThan(12);
  for (const t of begun) expect(begun.filter((u) => u >= t && u < t + 1).length).toBeLessThanOrEqual(3);
});

test("a venue without flashes has none", () => {
  const strobe = new Strobe(0, 0.2);
  strobe.follow(5, 1);
  expect(strobe.height(1)).toBe(0);
});
