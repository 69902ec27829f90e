/** Where the words of one line stand: size, one to three rows, which share of the singing each row holds; and when. */
import type { LyricLine } from "./song";

export interface LyricRow {
  readonly text: string;
  /** Pixels at the layout's size. */
  readonly width: number;
  /** Share of the line's progress at the row's left and right end. */
  readonly from: number;
  readonly to: number;
  /** Where each letter begins, and the row ends; shares of its width. */
  readonly stops: readonly number[];
}

export interface LyricLayout {
  readonly size: number;
  readonly rows: readonly LyricRow[];
}

export const MOST_ROWS = 3;
/** Smaller than this share of the wanted size is hard to read: break the line before. */
const SMALLEST = 0.72;

/** Best place to break: a space or mark of punctuation near `share` of the text; in scripts without spaces there. */
export function breakAt(text: string, share = 0.5): number {
  const letters = [...text];
  const wanted = letters.length * share;
  let best = -1;
  letters.forEach((letter, i) => {
    const here = /[\s、。，,！!？?・…]/.test(letter) ? i + 1 : -1;
    if (here > 0 && here < letters.length && (best < 0 || Math.abs(here - wanted) < Math.abs(best - wanted))) best = here;
  });
  if (best < 0 || Math.abs(best - wanted) > letters.length * 0.7 * share) {
    const dense = /[\u3040-\u30ff\u3400-\u9fff]/.test(text);
    if (best < 0 || dense) best = Math.ceil(wanted);
  }
  return letters.slice(0, best).join("").length;
}

function split(text: string, rows: number): string[] {
  if (rows === 1) return [text];
  const at = breakAt(text, 1 / rows);
  return [text.slice(0, at).trim(), ...split(text.slice(at).trim(), rows - 1)];
}

/**
 * Args:
 *   measure: width in pixels of a text at size 1. wanted: size in pixels. room: pixels there are.
 */
export function layoutLyric(text: string, measure: (text: string) => number, wanted: number, room: number): LyricLayout {
  const most = Math.min(MOST_ROWS, Math.max(1, Math.floor([...text].length / 4)));
  for (let count = 1; ; count++) {
    const parts = split(text, count);
    const widths = parts.map(measure);
    const widest = Math.max(...widths);
    const size = widest * wanted <= room ? wanted : Math.floor(room / widest);
    if (size < wanted * SMALLEST && count < most) continue;
    const letters = parts.map((part) => [...part].length);
    const all = letters.reduce((sum, count_) => sum + count_, 0);
    let from = 0;
    const rows = parts.map((part, i) => {
      const to = i === parts.length - 1 ? 1 : from + letters[i]! / all;
      const row = { text: part, width: widths[i]! * size, from, to, stops: stopsOf(part, measure, widths[i]!) };
      from = to;
      return row;
    });
    return { size, rows };
  }
}

function stopsOf(text: string, measure: (text: string) => number, width: number): number[] {
  const stops = [0];
  let read = "";
  for (const letter of text) {
    read += letter;
    stops.push(width > 0 ? Math.min(1, measure(read) / width) : 1);
  }
  return stops;
}

/** How far a row is sung, as a share of its width: the voice goes by letters, and letters are not alike in width. */
export function rowProgress(row: LyricRow, progress: number): number {
  const share = Math.min(1, Math.max(0, (progress - row.from) / (row.to - row.from)));
  const at = share * (row.stops.length - 1);
  const i = Math.min(Math.floor(at), row.stops.length - 2);
  return i < 0 ? share : row.stops[i]! + (row.stops[i + 1]! - row.stops[i]!) * (at - i);
}

/** A line is there this long before and after it is sung, if its neighbours leave the room; as in stage/show/words.py. */
const LEAD = 0.8;
const TAIL = 0.6;
/** Words come and go in two pictures, and never fainter than LEAST: half-transparent letters look like dirt. Seconds. */
const FADE_IN = 0.08;
const FADE_OUT = 0.05;
const LEAST = 0.7;

const shown = { alpha: 0, entering: 0 };

/** How much of line `number` is there at a media time, 0..1; `entering`: only its coming. Valid until the next call. */
export function lineShown(lines: readonly LyricLine[], number: number, time: number): Readonly<typeof shown> {
  shown.alpha = shown.entering = 0;
  const line = lines[number];
  if (!line) return shown;
  const appear = Math.min(Math.max(line.start - LEAD, lines[number - 1]?.end ?? -Infinity), line.start);
  const next = lines[number + 1];
  const nextAppears = next ? Math.min(Math.max(next.start - LEAD, line.end), next.start) : Infinity;
  const vanish = Math.min(line.end + TAIL, nextAppears);
  shown.entering = Math.min(1, Math.max(0, (time - appear) / FADE_IN));
  // A line that the next one follows at once gives way to it without a picture between.
  const left = time < vanish ? (vanish < nextAppears ? (vanish - time) / FADE_OUT : 1) : 0;
  const share = Math.min(shown.entering, left);
  shown.alpha = share > 0 ? LEAST + (1 - LEAST) * share : 0;
  return shown;
}

/** How surely no words are there, 0..1: 1 from half a second after a line until half a second before the next. */
export function wordless(lines: readonly LyricLine[], time: number): number {
  let room = Infinity;
  for (const { start, end, text } of lines)
    if (text.trim() !== "") room = Math.min(room, Math.max(start - LEAD - time, time - end - TAIL));
  return Math.min(1, Math.max(0, 2 * room));
}

/** One row that fits: smaller down to SMALLEST, then cut off with an ellipsis. */
export function fitLine(
  text: string,
  measure: (text: string) => number,
  wanted: number,
  room: number,
): { text: string; size: number; width: number } {
  const whole = measure(text);
  if (whole * wanted <= room) return { text, size: wanted, width: whole * wanted };
  const size = Math.max(SMALLEST * wanted, Math.floor(room / whole));
  const letters = [...text];
  let shown = text;
  while (measure(shown) * size > room && letters.length > 1) {
    letters.pop();
    shown = `${letters.join("").trimEnd()}…`;
  }
  return { text: shown, size, width: measure(shown) * size };
}

/**
 * A title: one row, or two of one size where one would be cut off. Sizes in pixels, as `fitLine` gives them.
 * narrow, small: room and size of two rows. They reach as high as her face, and must end beside it.
 */
export function fitTitle(
  text: string,
  measure: (text: string) => number,
  wanted: number,
  room: number,
  narrow = room,
  small = wanted * SMALLEST,
): { text: string; size: number; width: number }[] {
  const one = fitLine(text, measure, wanted, room);
  if (one.text === text) return [one];
  const at = breakAt(text);
  const rows = [text.slice(0, at).trim(), text.slice(at).trim()];
  const size = Math.min(...rows.map((row) => fitLine(row, measure, small, narrow).size));
  return rows.map((row) => fitLine(row, measure, size, narrow));
}
