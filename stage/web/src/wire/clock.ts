/** The server's clock, guessed from questions and answers: the answer with the least delay tells most. */

const KEPT = 16;

export class ClockOffset {
  readonly #delays: number[] = [];
  readonly #offsets: number[] = [];

  /** A question asked at `asked` was answered by `server` and came back at `now` (all seconds). */
  add(asked: number, server: number, now: number): void {
    const delay = now - asked;
    if (delay < 0) return;
    this.#delays.push(delay);
    this.#offsets.push(server - (asked + now) / 2);
    if (this.#delays.length > KEPT) {
      this.#delays.shift();
      this.#offsets.shift();
    }
  }

  /** Begin anew, after a reconnect. */
  reset(): void {
    this.#delays.length = 0;
    this.#offsets.length = 0;
  }

  get known(): boolean {
    return this.#delays.length > 0;
  }

  /** Server time minus own time, seconds. */
  get offset(): number {
    let best = 0;
    for (let i = 1; i < this.#delays.length; i++) if (this.#delays[i]! < this.#delays[best]!) best = i;
    return this.#offsets[best] ?? 0;
  }

  /** Smallest round trip seen, seconds. */
  get roundTrip(): number {
    return this.#delays.length ? Math.min(...this.#delays) : Number.NaN;
  }
}
