/** How richly to draw, from the measured time between pictures. Only ever steps down: a show must not pump. */
import type { Quality } from "./avatar";

export interface Level {
  readonly quality: Quality;
  /** Pixels drawn along a side, of those shown. */
  readonly scale: number;
}

export const LEVELS: readonly Level[] = [
  { quality: "full", scale: 1 },
  { quality: "lite", scale: 1 },
  { quality: "lite", scale: 0.8 },
  { quality: "lite", scale: 0.62 },
];

/** Pictures that are looked at before a decision, and the time per picture that is too long (below 22 a second). */
const WINDOW = 60;
const TOO_LONG_MS = 45;
/** After a change the first pictures compile shaders; they tell nothing. */
const REST = 40;

/** Software drawing starts lean. */
export function isSoftware(renderer: string): boolean {
  return /llvmpipe|softpipe|swiftshader|software|basic render/i.test(renderer);
}

export class Governor {
  #level: number;
  #sum = 0;
  #count = -REST;

  constructor(renderer: string, forced?: Quality) {
    this.#level = forced === "lite" || (forced === undefined && isSoftware(renderer)) ? 1 : 0;
  }

  get level(): Level {
    return LEVELS[this.#level]!;
  }

  /** Time between two pictures in ms. True if the level has changed. A page in the background tells nothing. */
  feed(interval_ms: number): boolean {
    if (interval_ms > 1000) return false;
    this.#count += 1;
    if (this.#count <= 0) return false;
    this.#sum += interval_ms;
    if (this.#count < WINDOW) return false;
    const mean = this.#sum / this.#count;
    this.#sum = 0;
    this.#count = 0;
    if (mean <= TOO_LONG_MS || this.#level === LEVELS.length - 1) return false;
    this.#level += 1;
    this.#count = -REST;
    return true;
  }
}
