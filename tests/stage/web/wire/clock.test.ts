import { describe, expect, it } from "vitest";
import { ClockOffset } from "../../../../stage/web/src/wire/clock";

/** A line whose way there and back takes what `ways` says; the server runs `ahead` seconds ahead. */
function ask(clock: ClockOffset, at: number, there: number, back: number, ahead: number): void {
  clock.add(at, at + there + ahead, at + there + back);
}

describe("the server's clock", () => {
  it("is exact over a line that is as fast there as back", () => {
    const clock = new ClockOffset();
    ask(clock, 100, 0.02, 0.02, 7);
    expect(clock.offset).toBeCloseTo(7, 9);
    expect(clock.roundTrip).toBeCloseTo(0.04, 9);
  });

  it("believes the quickest answer and no held-up one", () => {
    const clock = new ClockOffset();
    ask(clock, 0, 0.3, 0.01, -3);
    ask(clock, 1, 0.005, 0.005, -3);
    ask(clock, 2, 0.01, 0.5, -3);
    expect(Math.abs(clock.offset + 3)).toBeLessThan(1e-9);
  });

  it("forgets old answers, so that a clock that drifts is followed", () => {
    const clock = new ClockOffset();
    ask(clock, 0, 0.001, 0.001, 5);
    for (let i = 1; i <= 20; i++) ask(clock, i, 0.01, 0.01, 5.2);
    expect(clock.offset).toBeCloseTo(5.2, 9);
  });

  it("takes no answer from before its question, and is unknown after a reset", () => {
    const clock = new ClockOffset();
    clock.add(10, 3, 9);
    expect(clock.known).toBe(false);
    ask(clock, 0, 0.1, 0.1, 1);
    clock.reset();
    expect(clock.known).toBe(false);
    expect(clock.offset).toBe(0);
  });
});
