import * as THREE from "../../../../stage/web/node_modules/three";
import { expect, test } from "vitest";
import { exposure, leanMaterial, partOf } from "../../../../stage/web/src/stage/lean";
import { StageLight } from "../../../../stage/web/src/stage/light";
import { VENUES } from "../../../../stage/web/src/stage/venue";

type Vec = { value: THREE.Vector4 & THREE.Color };

/** Lit and shaded display values of a material under every palette, at the height of a beat in the chorus. */
function tones(material: THREE.Material): { lit: number[]; shade: number[]; glow: number[] }[] {
  const light = new StageLight();
  const camera = new THREE.PerspectiveCamera();
  const lean = leanMaterial(material, "", light);
  return VENUES["arena"]!.palettes.map((palette) => {
    light.update(palette, 1, 1, 1, 1, camera);
    lean.follow(light);
    const { lit, shade, glow } = lean.uniforms as unknown as Record<string, Vec>;
    return {
      lit: lit!.value.toArray().slice(0, 3),
      shade: (shade as unknown as { value: THREE.Color }).value.toArray(),
      glow: (glow as unknown as { value: THREE.Color }).value.toArray(),
    };
  });
}

const shown = (tone: number[], glow: number[]): number[] => tone.map((value, i) => Math.sqrt(value ** 2 + glow[i]!));

test.each([
  ["plain white", new THREE.MeshStandardMaterial()],
  ["white that glows a little", new THREE.MeshStandardMaterial({ emissive: new THREE.Color(0.113, 0.113, 0.113) })],
  ["white that glows a lot", new THREE.MeshStandardMaterial({ emissive: new THREE.Color(1, 1, 1), emissiveIntensity: 3 })],
  ["unlit white", new THREE.MeshBasicMaterial()],
])("%s is not burnt out under any palette", (_, material) => {
  for (const { lit, shade, glow } of tones(material)) {
    for (const value of shown(lit, glow)) expect(value).toBeLessThan(0.95);
    for (const value of shown(lit, glow)) expect(value).toBeGreaterThan(0.7);
    for (const [i, value] of shown(shade, glow).entries()) expect(value).toBeLessThanOrEqual(shown(lit, glow)[i]!);
  }
});

test("white keeps its form: the shade is clearly darker than the light, and never black", () => {
  for (const { lit, shade } of tones(new THREE.MeshStandardMaterial())) {
    const share = Math.max(...shade) / Math.max(...lit);
    expect(share).toBeGreaterThan(0.45);
    expect(share).toBeLessThan(0.8);
  }
});

test("a surface without a painting gets a form, one with a painting does not", () => {
  const light = new StageLight();
  const map = new THREE.Texture();
  expect(leanMaterial(new THREE.MeshStandardMaterial(), "", light).defines).toHaveProperty("FORM");
  expect(leanMaterial(new THREE.MeshStandardMaterial({ map }), "", light).defines).not.toHaveProperty("FORM");
  const lamps = leanMaterial(new THREE.MeshStandardMaterial({ map, emissiveMap: map }), "", light);
  expect(lamps.defines).toHaveProperty("GLOW_MAP");
});

test("shade on skin is firm and red, whatever shade the model and the room have", () => {
  const skin = new THREE.MeshStandardMaterial({ name: "face", map: new THREE.Texture() });
  for (const { lit, shade } of tones(skin)) {
    expect(Math.max(...lit)).toBeLessThan(0.995);
    const share = shade.map((value, i) => value / lit[i]!);
    expect(share[0]).toBeGreaterThan(0.6);
    expect(share[0]).toBeLessThan(0.92);
    for (const i of [1, 2]) {
      expect(share[i]).toBeGreaterThan(0.7 * share[0]!);
      expect(share[i]).toBeLessThan(0.93 * share[0]!);
    }
  }
});

test("exposure leaves dim colours alone and brings bright ones to the ceiling", () => {
  expect(exposure([0.5, 0.4, 0.3], [0, 0, 0], 0.9)).toBe(1);
  const share = exposure([1, 0.5, 0.5], [0.44, 0, 0], 0.9);
  expect(Math.sqrt((1 * share) ** 2 + 0.44 * share ** 2)).toBeCloseTo(0.9);
});

test("names say what a material paints", () => {
  expect([partOf("N00_Face_SKIN"), partOf("EyeIris"), partOf("Headphones"), partOf("瞳"), partOf("Tops"), partOf("fringe")]).toEqual(
    ["skin", "eyes", "cloth", "eyes", "cloth", "hair"],
  );
});

test("lines with edges of their own are not blurred by small copies of their picture", () => {
  const light = new StageLight();
  const map = new THREE.Texture();
  expect(leanMaterial(new THREE.MeshStandardMaterial({ name: "eyes", map, transparent: true }), "", light).defines).toHaveProperty("SHARP");
  expect(leanMaterial(new THREE.MeshStandardMaterial({ name: "hair", map }), "", light).defines).not.toHaveProperty("SHARP");
});

test("only a surface that is seen from both sides is lit as its back: one with a front alone keeps its rim beyond the outline", () => {
  const turned = (side: THREE.Side): number => leanMaterial(new THREE.MeshStandardMaterial({ side }), "", new StageLight()).uniforms["turned"]!.value;
  // Cosines reach from -1.
  expect(turned(THREE.FrontSide)).toBeLessThan(-1);
  for (const side of [THREE.DoubleSide, THREE.BackSide]) {
    expect(turned(side)).toBeLessThan(0);
    expect(turned(side)).toBeGreaterThan(-0.3);
  }
});
