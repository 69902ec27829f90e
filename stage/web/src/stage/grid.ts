/** The fixed grid of media time on which everything with a memory is stepped: springs, fading colours. */

export const GRID_HZ = 120;
/** A longer way forward than this, or any way back, is a seek: what has a memory starts anew. Seconds. */
export const SEEK_SECONDS = 1;

export interface Stepped {
  /** One grid step; `step` is its number, so its time is `step / GRID_HZ`. */
  step(step: number): void;
  /** Forget the past. */
  reset(step: number): void;
}

/** Steps its parts so that the result depends on where it is, not on how often it was asked. */
export class Grid {
  #at = Number.NaN;

  /** Number of the last step taken; NaN before the first. */
  get at(): number {
    return this.#at;
  }

  /** Walk to `time` (seconds), taking every grid step up to it once. Returns the number of steps taken. */
  advanceTo(time: number, part: Stepped): number {
    // The tiny lift makes 1/30 s land on step 4 and not on 3.9999.
    const goal = Math.floor(time * GRID_HZ + 1e-6);
    const missing = goal - this.#at;
    if (!(missing >= 0 && missing <= SEEK_SECONDS * GRID_HZ)) {
      this.#at = goal;
      part.reset(goal);
      return 0;
    }
    for (let step = this.#at + 1; step <= goal; step++) part.step(step);
    this.#at = goal;
    return missing;
  }
}
