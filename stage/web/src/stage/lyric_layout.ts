/** Where the words of one line stand: size, one to three rows, and which share of the singing each row holds. */

export interface LyricRow {
  readonly text: string;
  /** Pixels at the layout's size. */
  readonly width: number;
  /** Share of the line's progress at the row's left and right end. */
  readonly from: number;
  readonly to: number;
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
    const all = widths.reduce((sum, width) => sum + width, 0);
    let from = 0;
    const rows = parts.map((part, i) => {
      const to = i === parts.length - 1 ? 1 : from + widths[i]! / all;
      const row = { text: part, width: widths[i]! * size, from, to };
      from = to;
      return row;
    });
    return { size, rows };
  }
}

/** How far a row is sung, 0..1. */
export function rowProgress(row: LyricRow, progress: number): number {
  return Math.min(1, Math.max(0, (progress - row.from) / (row.to - row.from)));
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
