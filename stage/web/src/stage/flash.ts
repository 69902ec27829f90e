/** Which beats may be seen as a pulse of light: never more than three in any second (WCAG 2.3.1). */

export class FlashLimiter {
  readonly #gap: number;
  #last = Number.NEGATIVE_INFINITY;
  #now = Number.NEGATIVE_INFINITY;
  #phase = 0;
  #lit = true;

  constructor(flashesPerSecond = 3) {
    // A little more than a third of a second, so that rounding cannot fit in a fourth flash.
    this.#gap = flashesPerSecond > 0 ? 1 / flashesPerSecond + 0.005 : Number.POSITIVE_INFINITY;
  }

  /** May something flash at `time` (seconds)? A yes is counted. */
  ask(time: number): boolean {
    if (time < this.#last) this.#last = Number.NEGATIVE_INFINITY;
    const rested = this.#gap < Number.POSITIVE_INFINITY && time - this.#last >= this.#gap;
    if (!rested) return false;
    this.#last = time;
    return true;
  }

  /** Height of the beat's pulse, 0..1, for a beat phase 0..1; beats that come too fast are left dark. */
  pulse(time: number, phase: number, decay: number): number {
    const jumped = time < this.#now || time > this.#now + 1;
    if (jumped || phase < this.#phase - 0.25) this.#lit = this.ask(time);
    this.#now = time;
    this.#phase = phase;
    return this.#lit ? Math.exp(-decay * phase) : 0;
  }
}
