import { expect, test } from "vitest";
import * as THREE from "../../../../stage/web/node_modules/three";
import { contactOf } from "../../../../stage/web/src/stage/contact";

const REST = { ankle: 0.1, toes: 0.02 };
const at = (ankle: number, toes: number | null): THREE.Vector3 =>
  contactOf(new THREE.Vector3(), new THREE.Vector3(0.1, ankle, 0), toes === null ? null : new THREE.Vector3(0.1, toes, 0.12), REST);

test("a foot that stands touches in its middle, one on its toes under the ball, one on its heel behind", () => {
  expect(at(0.1, 0.02).toArray()).toEqual([0.1, 0, expect.closeTo(0.06)]);
  const tiptoe = at(0.2, 0.02);
  expect(tiptoe.y).toBe(0);
  expect(tiptoe.z).toBeGreaterThan(0.1);
  const heel = at(0.1, 0.1);
  expect(heel.y).toBe(0);
  expect(heel.z).toBeLessThan(0.03);
});

test("a foot in the air is as high as its lower end, and moves without a jump", () => {
  expect(at(0.3, 0.17).y).toBeCloseTo(0.15);
  let last = at(0.1, 0.02).z;
  for (let up = 0; up <= 0.2; up += 0.005) {
    const now = at(0.1 + up, 0.02).z;
    expect(now - last).toBeLessThan(0.01);
    last = now;
  }
});

test("without toes it is the ankle", () => {
  expect(at(0.15, null).toArray()).toEqual([0.1, expect.closeTo(0.05), 0]);
});
