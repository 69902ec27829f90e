import { expect, test } from "vitest";
import { farness } from "../../../../stage/web/src/stage/avatar";

test("an edge fades over a pixel: nothing in a close-up, more with every metre, and no further than it was drawn for", () => {
  expect(farness(0)).toBe(0);
  expect(farness(0.0005)).toBeLessThan(0.15);
  expect(farness(0.005)).toBeCloseTo(1);
  expect(farness(0.004)).toBeLessThan(farness(0.005));
  expect(farness(0.05)).toBe(farness(0.02));
  // What lies behind the lens has no width.
  expect(farness(-1)).toBe(0);
});
