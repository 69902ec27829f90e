import { expect, test } from "vitest";
import { Governor, isSoftware, LEVELS } from "../../../../stage/web/src/stage/governor";

const GPU = "ANGLE (NVIDIA)";
const LLVMPIPE = "llvmpipe (LLVM 15.0.6, 256 bits)";

/** Feed pictures that take as long as the level costs; returns the level numbers after every change. */
function run(governor: Governor, seconds: number, cost: (level: number) => number): number[] {
  const changes: number[] = [];
  for (let spent = 0; spent < seconds * 1000; ) {
    const interval = cost(LEVELS.indexOf(governor.level));
    spent += interval;
    if (governor.feed(interval)) changes.push(LEVELS.indexOf(governor.level));
  }
  return changes;
}

test("software starts lean, a card starts rich, and the address may say otherwise", () => {
  expect(isSoftware(LLVMPIPE)).toBe(true);
  expect(new Governor(LLVMPIPE).level.quality).toBe("lite");
  expect(new Governor(LLVMPIPE, "full").level.quality).toBe("full");
  expect(new Governor(GPU).level.quality).toBe("full");
  expect(new Governor(GPU, "lite").level.quality).toBe("lite");
});

test("it steps down while pictures take too long, and no further than the last level", () => {
  const governor = new Governor(GPU);
  expect(run(governor, 60, () => 90)).toEqual([1, 2, 3]);
  expect(run(governor, 60, () => 90)).toEqual([]);
});

test("after a slow moment it comes all the way back", () => {
  const governor = new Governor(GPU);
  run(governor, 40, () => 90);
  expect(governor.level).toBe(LEVELS[3]);
  expect(run(governor, 120, () => 16.7)).toEqual([2, 1, 0]);
});

test("a page that began lean never becomes rich by itself", () => {
  const governor = new Governor(LLVMPIPE);
  run(governor, 40, () => 90);
  expect(run(governor, 600, () => 16.7)).toEqual([2, 1]);
});

test("a machine on the edge settles: tries become rare, and most of the time nothing changes", () => {
  // Too slow for the first level, comfortable below it: the case that would swing for ever.
  const cost = (level: number): number => (level === 0 ? 60 : 17);
  const governor = new Governor(GPU);
  const changes = run(governor, 1200, cost);
  expect(changes[0]).toBe(1);
  expect(changes.length).toBeLessThanOrEqual(15);
  expect(run(governor, 300, cost).length).toBeLessThanOrEqual(2);
  expect(governor.level).toBe(LEVELS[1]);
});

test("a picture that the next level would make too slow is left as it is", () => {
  const governor = new Governor(LLVMPIPE);
  run(governor, 5, () => 50);
  expect(run(governor, 600, () => 30)).toEqual([]);
});

test("a page in the background tells nothing", () => {
  const governor = new Governor(GPU);
  for (let i = 0; i < 1000; i++) expect(governor.feed(1500)).toBe(false);
});

test("who asks for the rich picture keeps it", () => {
  const governor = new Governor(GPU, "full");
  expect(run(governor, 60, () => 90)).toEqual([]);
  expect(governor.level.quality).toBe("full");
});
