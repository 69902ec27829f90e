import { expect, test } from "vitest";
import { FlashLimiter } from "../../../../stage/web/src/stage/flash";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as THREE from "../../../../stage/web/node_modules/three";
import { GRID_HZ } from "../../../../stage/web/src/stage/grid";
import { FoundLight, openingLight, StageLight } from "../../../../stage/web/src/stage/light";
import { aimLamp, lampsOf } from "../../../../stage/web/src/stage/set/lamps";
import { BEAMS, hexToRgb, motifOf, PATTERNS, pick, VENUES, venueNamed } from "../../../../stage/web/src/stage/venue";

const PRESETS = resolve(import.meta.dirname, "../../../../presets");

test.each([60, 120, 174, 180, 240, 400, 900])("at %i bpm no second holds more than three pulses", (bpm) => {
  const limiter = new FlashLimiter(3);
  const lit: number[] = [];
  let before = 0;
  for (let k = 0; k < 60 * 20; k++) {
    const t = k / 60;
    const pulse = limiter.pulse(t, ((t * bpm) / 60) % 1, 3.2);
    if (pulse > before + 0.2) lit.push(t);
    before = pulse;
  }
  for (const t of lit) expect(lit.filter((u) => u >= t && u < t + 1).length).toBeLessThanOrEqual(3);
  expect(lit.length).toBeGreaterThan(8);
});

test("at a usual tempo every beat is seen", () => {
  const limiter = new FlashLimiter(3);
  let peaks = 0;
  for (let k = 0; k < 600; k++) if (limiter.pulse(k / 60, (k / 30) % 1, 3.2) > 0.99) peaks++;
  expect(peaks).toBe(20);
});

test("asking all the time is answered three times a second, and never with 0 allowed", () => {
  const limiter = new FlashLimiter(3);
  const yes = Array.from({ length: 1000 }, (_, k) => k / 100).filter((t) => limiter.ask(t));
  for (const t of yes) expect(yes.filter((u) => u >= t && u < t + 1).length).toBeLessThanOrEqual(3);
  expect(new FlashLimiter(0).ask(1)).toBe(false);
});

const NAMES = ["arena", "livehouse"] as const;

test.each(NAMES)("%s has its palettes, looks that the page knows and lamps", (name) => {
  const venue = VENUES[name]!;
  expect(venue.paletteNames).toEqual(["pink", "blue", "gold", "mint", "violet", "radiant", "sunset", "crimson", "aurora", "daybreak"]);
  expect([...venue.palettes[0]!.slice(0, 3)]).toEqual([...Float32Array.from(hexToRgb("#ff4fa8"))]);
  for (const look of venue.looks) {
    expect(look.patterns.length).toBeGreaterThan(0);
    for (const pattern of look.patterns) expect([...PATTERNS, "motif"]).toContain(pattern);
    expect(BEAMS).toContain(look.beams);
  }
  expect(pick(venue.looks, 250).name).toBe("finale");
  expect(venue.lamps.reduce((sum, row) => sum + row.count, 0)).toBeGreaterThan(12);
});

test.each(NAMES)("the last chorus of %s shows every hue, other palettes their own two", (name) => {
  const shares = VENUES[name]!.palettes.map((palette) => palette[12]!);
  expect(shares[VENUES[name]!.paletteNames.indexOf("radiant")]).toBeGreaterThan(0.5);
  expect(shares.filter((share) => share > 0).length).toBe(1);
});

test("a song opens on a silhouette, and the light finds her within three seconds", () => {
  const beats = [0, 1.9, 3.8];
  expect(openingLight(0.5, beats)).toBeLessThan(0.35);
  expect(openingLight(1.7, beats)).toBeLessThan(0.35);
  expect(openingLight(2.1, beats)).toBe(1);
  for (let t = 0; t < 3; t += 0.02) expect(openingLight(t + 0.02, beats)).toBeGreaterThanOrEqual(openingLight(t, beats));
  // A first downbeat that is far off leaves nobody in the dark.
  expect(openingLight(0.5, [6, 8])).toBe(1);
  expect(openingLight(0.5, undefined)).toBe(1);
});

test("skin takes some of the room's colour under every palette, and stays skin", () => {
  const light = new StageLight();
  const casts = new Set<string>();
  const camera = new THREE.PerspectiveCamera();
  for (const palette of VENUES["arena"]!.palettes) {
    light.update(palette, 1, 1, 1, 1, camera);
    const { r, g, b } = light.skin;
    expect(Math.max(r, g, b)).toBeLessThanOrEqual(1);
    // Neither green nor leather.
    expect(g).toBeLessThanOrEqual(0.98 * r);
    expect(Math.min(g, b)).toBeGreaterThan(0.89 * r);
    expect(b).toBeLessThan(1.04 * r);
    casts.add(`${(g / r).toFixed(2)} ${(b / r).toFixed(2)} ${r.toFixed(2)}`);
  }
  expect(casts.size).toBeGreaterThan(4);
});

test("in a hush one rim is warm under every palette, and shade has the room's colour always", () => {
  const light = new StageLight();
  const camera = new THREE.PerspectiveCamera();
  for (const palette of VENUES["arena"]!.palettes) {
    light.update(palette, 1, 0, 1, 1, camera, 1, 1);
    expect(light.rimColorB.r).toBeGreaterThan(1.5 * light.rimColorB.b);
    const main = [...palette.slice(0, 3)];
    const tint = light.shadeTint.toArray();
    expect(Math.max(...tint) - Math.min(...tint)).toBeGreaterThan(0.3 * (Math.max(...main) - Math.min(...main)));
  }
});

test("an old name still finds its venue, an unknown one the default", () => {
  expect(venueNamed("house").name).toBe("livehouse");
  expect(venueNamed("no such hall")).toBe(venueNamed(undefined));
  expect(venueNamed("livehouse").name).toBe("livehouse");
});

test.each(NAMES)("every value of %s lies in the range that stands behind it", (name) => {
  const text = readFileSync(resolve(PRESETS, `venues/${name}/${name}.toml`), "utf8");
  const rows = [...text.matchAll(/^(\w+) = (-?[\d.]+)\s*#.*\[(-?[\d.]+), (-?[\d.]+)\]/gm)];
  expect(rows.length).toBeGreaterThan(35);
  for (const [, key, value, low, high] of rows) {
    expect(Number(value), key).toBeGreaterThanOrEqual(Number(low));
    expect(Number(value), key).toBeLessThanOrEqual(Number(high));
  }
});

test("what is mirrored stands on both sides", () => {
  const [, ...wings] = [null, ...VENUES["arena"]!.screens];
  const left = wings.find((screen) => screen.at[0] < -5)!;
  const right = wings.find((screen) => screen.at[0] === -left.at[0])!;
  expect(left.turn).toBe(-right.turn);
  expect(left.u[0]).toBeCloseTo(1 - right.u[1]);
});

test.each([
  ["First Light", "dawn"],
  ["初光", "dawn"],
  ["Night Train", "stars"],
  ["雨后", "rain"],
  ["借月", "moon"],
  ["羽衣的光", "dawn"],
  ["羽", "wings"],
  ["霓裳", "silk"],
])("%s stands for itself on the wall as %s", (title, motif) => {
  expect(motifOf(VENUES["arena"]!.motifs, title)).toBe(motif);
});

test("lamps turn their heads: from one bar to the next they point elsewhere, and never at her", () => {
  for (const name of NAMES) {
    const now = new THREE.Vector3();
    const later = new THREE.Vector3();
    for (const lamp of lampsOf(VENUES[name]!).filter((one) => one.group === "top")) {
      aimLamp(lamp, "sweep", 0, now);
      aimLamp(lamp, "sweep", Math.PI / 2, later);
      expect(now.angleTo(later)).toBeGreaterThan(0.05);
      expect(now.length()).toBeCloseTo(1);
      // Her head is at 1.4 m over the origin; a beam that crosses it makes it milky.
      const head = new THREE.Vector3(-lamp.x, 1.4 - lamp.y, -lamp.z).normalize();
      for (const beams of BEAMS) {
        aimLamp(lamp, beams, 0.7, now);
        expect(now.angleTo(head)).toBeGreaterThan(0.12);
      }
    }
  }
});

test("stage.show and every venue mean the same looks", () => {
  const python = readFileSync(resolve(import.meta.dirname, "../../../../stage/show/light.py"), "utf8");
  const looks = /LOOKS = \(([^)]*)\)/.exec(python)![1]!.match(/\w+/g)!;
  for (const name of NAMES) expect(VENUES[name]!.looks.map((look) => look.name)).toEqual(looks);
});

test("a song that begins or is held eases her light, and the hit itself is at once", () => {
  const light = new FoundLight();
  light.aim(0.25, true);
  light.step();
  expect(light.now).toBeGreaterThan(0.95);
  for (let i = 0; i < GRID_HZ; i++) light.step();
  expect(light.now).toBe(0.25);
  light.aim(1, false);
  light.step();
  expect(light.now).toBeLessThan(0.3);
  light.aim(1, true);
  light.step();
  expect(light.now).toBe(1);
  light.aim(0.25, true);
  light.reset();
  expect(light.now).toBe(0.25);
});
