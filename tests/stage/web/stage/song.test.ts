import { expect, test } from "vitest";
import { barAt, barOfPart } from "../../../../stage/web/src/stage/song";

const downbeats = Array.from({ length: 24 }, (_, i) => 2 * i);

test("bars count from where their part begins", () => {
  const sections = [
    { start: 0, label: "verse" },
    { start: 16, label: "pre" },
  ];
  expect([0, 3, 15.9, 16, 19].map((time) => barOfPart({ sections, downbeats }, time))).toEqual([0, 1, 7, 0, 1]);
});

test("two choruses in a row and their ending are one part; an ending after a verse is its own", () => {
  const loud = ["chorus", "chorus", "outro"].map((label, i) => ({ start: 8 * i, label }));
  expect(barOfPart({ sections: loud, downbeats }, 17)).toBe(8);
  const quiet = ["verse", "outro"].map((label, i) => ({ start: 8 * i, label }));
  expect(barOfPart({ sections: quiet, downbeats }, 9)).toBe(0);
});

test("the first picture of a part, with the cut a little before its downbeat, already counts as its own", () => {
  const sections = [
    { start: 0, label: "verse" },
    { start: 8, label: "chorus" },
  ];
  expect(barOfPart({ sections, downbeats }, 8 - 1 / 30)).toBe(0);
});

test("a song whose parts nobody knows counts from its beginning, and never below nothing", () => {
  expect(barOfPart({ downbeats }, 17)).toBe(barAt(downbeats, 17));
  expect(barOfPart({ downbeats: [5, 7] }, 1)).toBe(0);
});
