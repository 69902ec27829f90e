/**
 * How richly to draw, from the measured time between pictures: down as soon as it stutters, up again only after a long
 * calm, and after every try that failed the next one waits twice as long. A show must not pump.
 */
import type { Quality } from "./avatar";

export interface Level {
  readonly quality: Quality;
  /** Pixels drawn along a side, of those shown. */
  readonly scale: number;
  /** What a picture costs, roughly, beside the other levels. */
  readonly cost: number;
}

export const LEVELS: readonly Level[] = [
  { quality: "full", scale: 1, cost: 4 },
  { quality: "lite", scale: 1, cost: 1 },
  { quality: "lite", scale: 0.8, cost: 0.7 },
  { quality: "lite", scale: 0.62, cost: 0.5 },
];

/** Pictures that are looked at before a decision, and the time per picture that is too long (below 22 a second). */
const WINDOW = 60;
const TOO_LONG_MS = 45;
/** After a change the first pictures compile shaders; they tell nothing. */
const REST = 40;
/** What the next richer level may be expected to take; the gap to TOO_LONG_MS is what keeps it from swinging. */
const ROOM_MS = 34;
/** As fast as a usual screen: then nobody can tell how much room there is, and it is tried. */
const SMOOTH_MS = 18.5;
/** Calm before a step up: at first, and at most. */
const CALM_MS = 10_000;
const LONGEST_CALM_MS = 320_000;
/** A step down this soon after a step up means that the try failed. */
const FAILED_MS = 30_000;

/** Software drawing starts lean. */
export function isSoftware(renderer: string): boolean {
  return /llvmpipe|softpipe|swiftshader|software|basic render/i.test(renderer);
}

export class Governor {
  /** The richest level that this page may have. */
  readonly #best: number;
  /** Somebody asked for the rich picture: then it stays. */
  readonly #fixed: boolean;
  #level: number;
  #sum = 0;
  #count = -REST;
  #calm = 0;
  #needed = CALM_MS;
  #sinceUp = Number.POSITIVE_INFINITY;

  constructor(renderer: string, forced?: Quality) {
    this.#best = forced === "lite" || (forced === undefined && isSoftware(renderer)) ? 1 : 0;
    this.#level = this.#best;
    this.#fixed = forced === "full";
  }

  get level(): Level {
    return LEVELS[this.#level]!;
  }

  /** Time between two pictures in ms. True if the level has changed. A page in the background tells nothing. */
  feed(interval_ms: number): boolean {
    if (this.#fixed || interval_ms > 1000) return false;
    this.#sinceUp += interval_ms;
    this.#count += 1;
    if (this.#count <= 0) return false;
    this.#sum += interval_ms;
    if (this.#count < WINDOW) return false;
    const spent = this.#sum;
    const mean = spent / this.#count;
    this.#sum = 0;
    this.#count = 0;
    if (mean > TOO_LONG_MS) return this.#stepDown();
    this.#calm = this.#roomy(mean) ? this.#calm + spent : 0;
    return this.#calm >= this.#needed && this.#change(this.#level - 1);
  }

  #stepDown(): boolean {
    if (this.#sinceUp < FAILED_MS) this.#needed = Math.min(2 * this.#needed, LONGEST_CALM_MS);
    return this.#change(this.#level + 1);
  }

  #roomy(mean_ms: number): boolean {
    const richer = LEVELS[this.#level - 1];
    return richer !== undefined && (mean_ms < SMOOTH_MS || (mean_ms * richer.cost) / this.level.cost < ROOM_MS);
  }

  #change(level: number): boolean {
    this.#calm = 0;
    if (level < this.#best || level >= LEVELS.length) return false;
    this.#sinceUp = level < this.#level ? 0 : Number.POSITIVE_INFINITY;
    this.#level = level;
    this.#count = -REST;
    return true;
  }
}
