/** The colours of the room now: one palette fading into the next. */
import { GRID_HZ, type Stepped } from "./grid";
import { type Palette, pick } from "./venue";

/** Half-life of a change that is seen as a cut, seconds: two steps of the picture soften it. */
const AT_ONCE = 0.02;
const keepOf = (halfLife: number): number => 0.5 ** (1 / (GRID_HZ * halfLife));

export class PaletteFade implements Stepped {
  /** Colours now: main, second, deep, near white, 12 display values; and the share of the rainbow. */
  readonly now: Float32Array;
  readonly #palettes: readonly Palette[];
  readonly #slow: number;
  #keep: number;
  #goal: Palette;

  /** halfLife: seconds until half of the difference is gone. */
  constructor(palettes: readonly Palette[], halfLife: number) {
    this.#palettes = palettes;
    this.#slow = this.#keep = keepOf(halfLife);
    this.#goal = palettes[0]!;
    this.now = Float32Array.from(this.#goal);
  }

  /** atOnce: with the downbeat, as into a chorus; else at the venue's pace. */
  aim(number: number, atOnce = false): void {
    const goal = pick(this.#palettes, number);
    if (goal === this.#goal) return;
    this.#goal = goal;
    this.#keep = atOnce ? keepOf(AT_ONCE) : this.#slow;
  }

  step(): void {
    for (let i = 0; i < this.now.length; i++) {
      this.now[i] = this.#goal[i]! + (this.now[i]! - this.#goal[i]!) * this.#keep;
    }
  }

  reset(): void {
    this.now.set(this.#goal);
  }
}
