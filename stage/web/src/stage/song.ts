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
