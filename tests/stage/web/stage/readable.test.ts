import * as THREE from "../../../../stage/web/node_modules/three";
import { expect, test } from "vitest";
import { leanMaterial } from "../../../../stage/web/src/stage/lean";
import { StageLight } from "../../../../stage/web/src/stage/light";
import { keyLift, paintedAt, rimLift } from "../../../../stage/web/src/stage/readable";
import { VENUES } from "../../../../stage/web/src/stage/venue";

const flat = (value: number) => ({ mean: value, top: Math.min(1, 1.2 * value) });

test("light skin is lit as before, dark skin more the darker it is, and still darker than light skin", () => {
  for (const value of [0.95, 0.8, 0.6]) expect(keyLift(flat(value))).toBe(1);
  const shown = [0.5, 0.4, 0.3, 0.2, 0.12].map((value) => value * keyLift(flat(value)));
  for (let i = 1; i < shown.length; i++) expect(shown[i]!).toBeLessThan(shown[i - 1]!);
  expect(0.2 * keyLift(flat(0.2))).toBeGreaterThan(0.33);
});

test("what is brightest in the paint is not burnt out", () => {
  const painted = { mean: 0.2, top: 0.8 };
  expect(0.8 * keyLift(painted)).toBeLessThanOrEqual(0.98);
});

test("a dark surface has a stronger rim, a light one its own", () => {
  expect(rimLift(flat(0.1))).toBeGreaterThan(1.3);
  expect(rimLift(flat(0.5))).toBe(1);
});

test("paint is read where the surface lies, upside down where the file says so", () => {
  // Two by two pixels: bright above, dark below.
  const pixels = [...[255, 255, 255, 255], ...[255, 255, 255, 255], ...[51, 51, 51, 255], ...[51, 51, 51, 255]];
  const above = [0.25, 0.25, 0.75, 0.25];
  expect(paintedAt(pixels, 2, above, false, [1, 1, 1]).mean).toBeCloseTo(1);
  expect(paintedAt(pixels, 2, above, true, [1, 1, 1]).mean).toBeCloseTo(0.2);
  expect(paintedAt(pixels, 2, above, false, [0.5, 0.5, 0.5]).top).toBeCloseTo(0.5);
});

test("the lean dress gives a dark face its light and leaves cloth and light faces alone", () => {
  const light = new StageLight();
  light.update(VENUES["arena"]!.palettes[1]!, 1, 0, 1, 1, new THREE.PerspectiveCamera());
  const lit = (name: string, value: number): number => {
    const material = new THREE.MeshStandardMaterial({ name, map: new THREE.Texture() });
    const lean = leanMaterial(material, "", light, flat(value));
    lean.follow(light);
    return (lean.uniforms["lit"]!.value as THREE.Vector4).x;
  };
  expect(lit("face", 0.2)).toBeGreaterThan(1.4 * lit("face", 0.9));
  expect(lit("cloth", 0.2)).toBe(lit("cloth", 0.9));
});
