/** The colours of the room now: one palette fading into the next. */
import { GRID_HZ, type Stepped } from "./grid";
import { type Palette, pick } from "./venue";

export class PaletteFade implements Stepped {
  /** Colours now: main, second, deep, near white; 12 display values. */
  readonly now: Float32Array;
  readonly #palettes: readonly Palette[];
  readonly #keep: number;
  #goal: Palette;

  /** halfLife: seconds until half of the difference is gone. */
  constructor(palettes: readonly Palette[], halfLife: number) {
    this.#palettes = palettes;
    this.#keep = 0.5 ** (1 / (GRID_HZ * halfLife));
    this.#goal = palettes[0]!;
    this.now = Float32Array.from(this.#goal);
  }

  aim(number: number): void {
    this.#goal = pick(this.#palettes, number);
  }

  step(): void {
    for (let i = 0; i < 12; i++) {
      this.now[i] = this.#goal[i]! + (this.now[i]! - this.#goal[i]!) * this.#keep;
    }
  }

  reset(): void {
    this.now.set(this.#goal);
  }
}
