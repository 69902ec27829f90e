/** Where the words of one lyric line stand: size, one or two rows, and which share of the singing each row holds. */

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

/** Smaller than this share of the wanted size is hard to read: break the line before. */
const SMALLEST = 0.72;

/** Best place to break: a space or mark of punctuation near the middle; in scripts without spaces the middle. */
export function breakAt(text: string): number {
  const letters = [...text];
  const middle = letters.length / 2;
  let best = -1;
  letters.forEach((letter, i) => {
    const here = /[\s、。，,！!？?・…]/.test(letter) ? i + 1 : -1;
    if (here > 0 && here < letters.length && (best < 0 || Math.abs(here - middle) < Math.abs(best - middle))) best = here;
  });
  if (best < 0 || Math.abs(best - middle) > letters.length * 0.35) {
    const dense = /[\u3040-\u30ff\u3400-\u9fff]/.test(text);
    if (best < 0 || dense) best = Math.ceil(middle);
  }
  return letters.slice(0, best).join("").length;
}

/**
 * Args:
 *   measure: width in pixels of a text at size 1. wanted: size in pixels. room: pixels there are.
 */
export function layoutLyric(text: string, measure: (text: string) => number, wanted: number, room: number): LyricLayout {
  const whole = measure(text) * wanted;
  if (whole <= room) return { size: wanted, rows: [{ text, width: whole, from: 0, to: 1 }] };
  if (whole * SMALLEST <= room || [...text].length < 4) {
    const size = Math.floor((wanted * room) / whole);
    return { size, rows: [{ text, width: measure(text) * size, from: 0, to: 1 }] };
  }
  const at = breakAt(text);
  const parts = [text.slice(0, at).trim(), text.slice(at).trim()];
  const widths = parts.map((part) => measure(part));
  const size = Math.min(wanted, Math.floor(room / Math.max(...widths)));
  const cut = widths[0]! / (widths[0]! + widths[1]!);
  return {
    size,
    rows: [
      { text: parts[0]!, width: widths[0]! * size, from: 0, to: cut },
      { text: parts[1]!, width: widths[1]! * size, from: cut, to: 1 },
    ],
  };
}

/** How far a row is sung, 0..1. */
export function rowProgress(row: LyricRow, progress: number): number {
  return Math.min(1, Math.max(0, (progress - row.from) / (row.to - row.from)));
}
