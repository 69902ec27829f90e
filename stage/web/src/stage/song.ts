/** What the stage knows about the song that plays: words for the screen, bars for the lamps. Times in seconds. */

export interface LyricLine {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly translation?: string;
}

export interface SongInfo {
  readonly number: number;
  readonly title: string;
  readonly artist: string;
  readonly lines: readonly LyricLine[];
  /** A recogniser wrote the lines, so wrong words are to be expected and the picture says so. */
  readonly heardByMachine?: boolean;
  /** Lines for the title card: who sings, who made it; without them the artist stands there. */
  readonly credits?: readonly string[];
  /** Starts of bars; without them a bar counts as two seconds. */
  readonly downbeats?: readonly number[];
  /** Parts of the song, in order; without them bars count from its beginning. */
  readonly sections?: readonly { readonly start: number; readonly label: string }[];
  /** False only where the show's file answers for leaving the AI label out. */
  readonly label?: boolean;
}

export const NO_LINE = 65535;

/** Number of the bar that holds `time`; negative before the first. */
export function barAt(downbeats: readonly number[] | undefined, time: number): number {
  if (!downbeats || downbeats.length === 0) return Math.floor(time / 2);
  let low = 0;
  let high = downbeats.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (downbeats[middle]! <= time + 1e-6) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A section's picture is on the wall so much before its downbeat, seconds: a cut that is seen ahead of the beat shows the new one. */
const AHEAD = 0.06;

/**
 * Bars since the part of the song that holds `time` began, as a whole number. Sections of one name in a row are one
 * part, and an ending goes on with the chorus before it.
 */
export function barOfPart({ sections, downbeats }: Pick<SongInfo, "sections" | "downbeats">, time: number): number {
  const now = barAt(downbeats, time + AHEAD);
  if (!sections) return Math.max(0, now);
  let start = 0;
  let label = "";
  for (const section of sections) {
    if (section.start > time + AHEAD) break;
    if (section.label === label || (section.label === "outro" && label === "chorus")) continue;
    ({ start, label } = section);
  }
  return Math.max(0, now - Math.max(0, barAt(downbeats, start + AHEAD)));
}
