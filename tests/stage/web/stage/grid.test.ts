import { expect, test } from "vitest";
import { Grid, GRID_HZ } from "../../../../stage/web/src/stage/grid";
import { PaletteFade } from "../../../../stage/web/src/stage/palette";
import { VENUES } from "../../../../stage/web/src/stage/venue";
import { makeSpring } from "./spring_probe";

/** Times from 0 to `end`: one step, even steps, and steps of any length, always ending at `end`. */
function splits(end: number): number[][] {
  const even = (hz: number): number[] => Array.from({ length: Math.round(end * hz) }, (_, i) => (i + 1) / hz);
  const odd: number[] = [];
  let state = 12345;
  for (let t = 0; t < end; ) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    t = Math.min(end, t + (state % 1000) / 9000);
    odd.push(t);
  }
  return [[end], even(30), even(60), even(144), odd];
}

test("springs end where they end, however the way is cut", () => {
  const ends = splits(0.9).map((times) => {
    const spring = makeSpring();
    const grid = new Grid();
    grid.advanceTo(0, spring);
    spring.push();
    for (const t of times) grid.advanceTo(t, spring);
    return spring.state();
  });
  for (const end of ends) expect(end).toEqual(ends[0]);
  const still = makeSpring();
  expect(ends[0]).not.toEqual(still.state());
});

test("colours fade the same, however the way is cut", () => {
  const ends = splits(0.7).map((times) => {
    const fade = new PaletteFade(VENUES["arena"]!.palettes, 0.18);
    const grid = new Grid();
    grid.advanceTo(0, fade);
    fade.aim(2);
    for (const t of times) grid.advanceTo(t, fade);
    return [...fade.now];
  });
  for (const end of ends) expect(end).toEqual(ends[0]);
});

test("half of the difference is gone after the half-life", () => {
  const fade = new PaletteFade(VENUES["arena"]!.palettes, 0.25);
  const grid = new Grid();
  grid.advanceTo(0, fade);
  fade.aim(1);
  grid.advanceTo(0.25, fade);
  const [from, to] = [VENUES["arena"]!.palettes[0]![0]!, VENUES["arena"]!.palettes[1]![0]!];
  expect(fade.now[0]).toBeCloseTo((from + to) / 2, 4);
});

test("every grid step is taken once; a way back or a long way forward starts anew", () => {
  const seen: string[] = [];
  const part = { step: (n: number) => seen.push(`s${n}`), reset: (n: number) => seen.push(`r${n}`) };
  const grid = new Grid();
  grid.advanceTo(0, part);
  expect(grid.advanceTo(3 / GRID_HZ, part)).toBe(3);
  expect(grid.advanceTo(3 / GRID_HZ, part)).toBe(0);
  grid.advanceTo(1 / GRID_HZ, part);
  grid.advanceTo(10, part);
  expect(seen).toEqual(["r0", "s1", "s2", "s3", "r1", "r1200"]);
});

test("a frame at k/30 s lands on step 4k", () => {
  const grid = new Grid();
  const part = { step: () => undefined, reset: () => undefined };
  for (let k = 0; k < 3000; k++) {
    grid.advanceTo(k / 30, part);
    expect(grid.at).toBe(4 * k);
  }
});
