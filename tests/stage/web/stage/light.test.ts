import { expect, test } from "vitest";
import { FlashLimiter } from "../../../../stage/web/src/stage/flash";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { BEAMS, HOUSE, hexToRgb, pick } from "../../../../stage/web/src/stage/venue";

const TOML = readFileSync(resolve(import.meta.dirname, "../../../../presets/venues/house/house.toml"), "utf8");

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

test("the house has five palettes and looks that the page knows", () => {
  expect(HOUSE.paletteNames).toEqual(["pink", "blue", "gold", "mint", "violet"]);
  expect([...HOUSE.palettes[0]!.slice(0, 3)]).toEqual([...Float32Array.from(hexToRgb("#ff4fa8"))]);
  for (const look of HOUSE.looks) {
    expect(look.pattern).toBeGreaterThanOrEqual(0);
    expect(BEAMS).toContain(look.beams);
  }
  expect(pick(HOUSE.looks, 250).name).toBe("finale");
});

test("every value of the house lies in the range that stands behind it", () => {
  const rows = [...TOML.matchAll(/^(\w+) = ([\d.]+)\s*#.*\[([\d.]+), ([\d.]+)\]/gm)];
  expect(rows.length).toBeGreaterThan(10);
  for (const [, name, value, low, high] of rows) {
    expect(Number(value), name).toBeGreaterThanOrEqual(Number(low));
    expect(Number(value), name).toBeLessThanOrEqual(Number(high));
  }
});

test("stage.show and the page mean the same numbers", () => {
  const python = readFileSync(resolve(import.meta.dirname, "../../../../stage/show/light.py"), "utf8");
  const names = (table: string): string[] => new RegExp(`${table} = \\(([^)]*)\\)`).exec(python)![1]!.match(/\w+/g)!;
  expect(names("PALETTES")).toEqual(HOUSE.paletteNames);
  expect(names("LOOKS")).toEqual(HOUSE.looks.map((look) => look.name));
});
