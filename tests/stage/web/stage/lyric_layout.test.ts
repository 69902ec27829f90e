import { expect, test } from "vitest";
import { sameWords } from "../../../../stage/web/src/stage/lyrics";
import { breakAt, fitLine, fitTitle, layoutLyric, lineShown, rowProgress, wordless } from "../../../../stage/web/src/stage/lyric_layout";
import { barAt } from "../../../../stage/web/src/stage/song";

/** A font in which every letter is as wide as it is high. */
const square = (text: string): number => [...text].length;

test("a short line stands in one row at the wanted size", () => {
  const row = { text: "hello", width: 200, from: 0, to: 1 };
  expect(layoutLyric("hello", square, 40, 400)).toMatchObject({ size: 40, rows: [row] });
});

test("a line a little too long shrinks", () => {
  const layout = layoutLyric("a".repeat(12), square, 40, 400);
  expect(layout.rows).toHaveLength(1);
  expect(layout.size).toBe(33);
});

test.each([
  [2, "在这片星光之下我们一起跳舞直到天亮也不停下脚步"],
  [3, "Every little light becomes a river of stars tonight"],
  [3, "ひとりきりのよるにもきこえてくるこのうたをわすれないでいてほしいといつまでもねがっている"],
])("a long line breaks in %i rows that fit: %s", (count, text) => {
  const { rows, size } = layoutLyric(text, square, 40, 500);
  expect(rows).toHaveLength(count);
  for (const row of rows) expect(row.width).toBeLessThanOrEqual(500);
  expect(size).toBeGreaterThan(20);
  expect(rows.map((row) => row.text).join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
  expect(rows[0]!.from).toBe(0);
  for (let i = 1; i < count; i++) expect(rows[i]!.from).toBe(rows[i - 1]!.to);
  expect(rows.at(-1)!.to).toBe(1);
  // No row is a leftover of a word or two.
  const widths = rows.map((row) => row.width);
  expect(Math.min(...widths)).toBeGreaterThan(0.45 * Math.max(...widths));
});

test("however long a line is, it fits in three rows", () => {
  const { rows } = layoutLyric("la ".repeat(200), square, 40, 500);
  expect(rows).toHaveLength(3);
  for (const row of rows) expect(row.width).toBeLessThanOrEqual(500);
});

test("a title that is too long shrinks, then ends in an ellipsis", () => {
  expect(fitLine("short", square, 40, 400)).toEqual({ text: "short", size: 40, width: 200 });
  expect(fitLine("a".repeat(12), square, 40, 400)).toMatchObject({ text: "a".repeat(12), size: 33 });
  const long = fitLine("word ".repeat(30), square, 40, 400);
  expect(long.text.endsWith("…")).toBe(true);
  expect(long.width).toBeLessThanOrEqual(400);
  expect(long.size).toBeGreaterThan(28);
});

test("a title that would be cut off stands in two rows of one size", () => {
  expect(fitTitle("short", square, 40, 400)).toEqual([{ text: "short", size: 40, width: 200 }]);
  const rows = fitTitle("dance of the sugar", square, 40, 400);
  expect(rows.map((row) => row.text)).toEqual(["dance of", "the sugar"]);
  expect(rows[0]!.size).toBe(rows[1]!.size);
  const endless = fitTitle("word ".repeat(30), square, 40, 400, 300);
  expect(endless).toHaveLength(2);
  for (const row of endless) expect(row.width).toBeLessThanOrEqual(300);
});

test("western words are not cut", () => {
  const text = "shine a light";
  expect(["shine", "shine a"]).toContain(text.slice(0, breakAt(text)).trim());
});

test("the wipe fills the first row, then the second", () => {
  const { rows } = layoutLyric("abcdefgh ijklmnop", square, 40, 330);
  const [a, b] = [rows[0]!, rows[1]!];
  expect(rowProgress(a, 0)).toBe(0);
  expect(rowProgress(a, a.to)).toBe(1);
  expect(rowProgress(b, b.from)).toBe(0);
  expect(rowProgress(b, 1)).toBe(1);
});

test("bars are found by their downbeats", () => {
  const bars = [1, 3, 5];
  expect([0.5, 1, 2.9, 3, 99].map((t) => barAt(bars, t))).toEqual([-1, 0, 0, 1, 2]);
  expect(barAt(undefined, 4.5)).toBe(2);
});

test("the wipe goes by letters, however wide they are", () => {
  // Han letters twice as wide as the others.
  const mixed = (text: string): number => [...text].reduce((sum, letter) => sum + (letter > "z" ? 2 : 1), 0);
  const row = layoutLyric("光光ab", mixed, 10, 400).rows[0]!;
  expect(rowProgress(row, 0.25)).toBeCloseTo(2 / 6);
  expect(rowProgress(row, 0.5)).toBeCloseTo(4 / 6);
  expect(rowProgress(row, 0.75)).toBeCloseTo(5 / 6);
  expect(rowProgress(row, 1)).toBe(1);
});

test("a line comes before it is sung, stays a little, and makes room for the next", () => {
  const lines = [
    { start: 8, end: 12, text: "one" },
    { start: 12.3, end: 15, text: "two" },
  ];
  expect(lineShown(lines, 0, 7.1).alpha).toBe(0);
  expect(lineShown(lines, 0, 7.6).alpha).toBe(1);
  expect(lineShown(lines, 0, 11.5).alpha).toBe(1);
  // The next one comes as soon as this one is sung.
  expect(lineShown(lines, 0, 11.99).alpha).toBe(1);
  expect(lineShown(lines, 0, 12.01).alpha).toBe(0);
  expect(lineShown(lines, 1, 12.01).alpha).toBeGreaterThan(0);
  expect(lineShown(lines, 1, 15.3).alpha).toBe(1);
  expect(lineShown(lines, 1, 15.7).alpha).toBe(0);
  expect(lineShown(lines, 65535, 9).alpha).toBe(0);
});

test("words are never faint, and the room of theirs is free only well between two lines", () => {
  const lines = [{ start: 2, end: 3, text: "a" }, { start: 9, end: 10, text: "b" }];
  for (let t = 0; t < 12; t += 0.01) {
    const { alpha } = lineShown(lines, t < 6 ? 0 : 1, t);
    expect(alpha === 0 || alpha >= 0.7).toBe(true);
    if (wordless(lines, t) > 0) expect(alpha).toBe(0);
  }
  expect([2.5, 6, 9.5, 15].map((t) => wordless(lines, t))).toEqual([0, 1, 0, 1]);
  expect(wordless([], 3)).toBe(1);
});

test("words are half-transparent for a tenth of a second at most", () => {
  const lines = [{ start: 2, end: 3, text: "a" }, { start: 9, end: 10, text: "b" }];
  const pictures = Array.from({ length: 360 }, (_, i) => lineShown(lines, 0, i / 60).alpha);
  expect(pictures.filter((alpha) => alpha > 0 && alpha < 1).length).toBeLessThanOrEqual(12);
  expect(Math.max(...pictures)).toBe(1);
});

test.each([
  [true, "Light me up!", "light me up"],
  [true, "点亮 我", "点亮我。"],
  [false, "点亮我", "Light me up"],
])("a translation is the line itself: %s (%s | %s)", (same, line, translation) => {
  expect(sameWords(line, translation)).toBe(same);
});
