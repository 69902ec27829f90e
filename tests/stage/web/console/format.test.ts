import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  decibels,
  formatDelay,
  formatTime,
  isSoundFile,
  keyAction,
  meterShare,
  METER_FLOOR_DB,
  padLabel,
  refusal,
  runningTime,
  seekShare,
  seekTime,
  sectionColour,
  shotNames,
  swatch,
} from "../../../../stage/web/src/console/format";

describe("formatTime", () => {
  it.each([
    [0, "0:00"],
    [59.99, "0:59"],
    [60, "1:00"],
    [221.4, "3:41"],
    [2400, "40:00"],
    [-12.2, "−0:12"],
  ])("%f s", (seconds, text) => expect(formatTime(seconds)).toBe(text));

  it("carries tenths into minutes", () => {
    expect(formatTime(59.96, true)).toBe("1:00.0");
    expect(formatTime(61.44, true)).toBe("1:01.4");
  });

  it("has a sign for what is no time", () => {
    expect(formatTime(Number.NaN)).toBe("–:––");
    expect(formatTime(Number.POSITIVE_INFINITY)).toBe("–:––");
  });
});

describe("the seek bar", () => {
  it("maps pixels to time and back", () => {
    for (const t of [0, 1, 57.3, 220]) {
      const x = 40 + seekShare(t, 220) * 600;
      expect(seekTime(x, 40, 600, 220)).toBeCloseTo(t, 9);
    }
  });

  it("stays inside the song and survives an empty one", () => {
    expect(seekTime(-50, 0, 600, 220)).toBe(0);
    expect(seekTime(9000, 0, 600, 220)).toBe(220);
    expect(seekTime(10, 0, 0, 220)).toBe(0);
    expect(seekShare(5, 0)).toBe(0);
  });
});

describe("the level meter", () => {
  it("is linear in decibels between its floor and full scale", () => {
    expect(meterShare(1)).toBe(1);
    expect(meterShare(10 ** (METER_FLOOR_DB / 40))).toBeCloseTo(0.5, 9);
    expect(meterShare(0)).toBe(0);
    expect(meterShare(1e-9)).toBe(0);
    expect(meterShare(2)).toBe(1);
    expect(decibels(0.1)).toBeCloseTo(-20, 9);
  });
});

describe("runningTime", () => {
  it("runs on from the last report while playing, and not beyond a second or the end", () => {
    expect(runningTime(10, 100, true, 100.25, 60)).toBeCloseTo(10.25);
    expect(runningTime(10, 100, false, 105, 60)).toBe(10);
    expect(runningTime(10, 100, true, 130, 60)).toBe(11);
    expect(runningTime(59.9, 100, true, 100.5, 60)).toBe(60);
    expect(runningTime(10, 100, true, 99, 60)).toBe(10);
  });
});

describe("keys", () => {
  it("act once, outside fields, without modifiers", () => {
    expect(keyAction(" ", false, false, false)).toBe("toggle");
    expect(keyAction("n", false, false, false)).toBe("next");
    expect(keyAction("Escape", false, false, false)).toBe("panic");
    expect(keyAction("ArrowLeft", false, false, false)).toBe("back");
    expect(keyAction(" ", true, false, false)).toBeNull();
    expect(keyAction("Escape", false, true, false)).toBeNull();
    expect(keyAction("n", false, false, true)).toBeNull();
    expect(keyAction("x", false, false, false)).toBeNull();
  });
});

describe("words", () => {
  it("names pads, delays and sections", () => {
    expect(padLabel("full-left")).toBe("Full left");
    expect(padLabel("blink")).toBe("Eyes shut");
    expect(formatDelay(3.14)).toBe("3.1 ms");
    expect(formatDelay(310.4)).toBe("310 ms");
    expect(formatDelay(Number.NaN)).toBe("–");
    expect(sectionColour("chorus")).not.toBe(sectionColour("verse"));
    expect(sectionColour("who knows")).toMatch(/^#/);
  });

  it("knows sound files by name", () => {
    expect(["a.WAV", "b.opus", "c.m4a"].every(isSoundFile)).toBe(true);
    expect(["a.txt", "mp3", "b.vrm"].some(isSoundFile)).toBe(false);
  });

  it("offers the server's shots, or the shipped ones before there is a song", () => {
    const table = readFileSync(new URL("../../../../presets/shows/shots.toml", import.meta.url), "utf8");
    expect(shotNames([], table)).toContain("medium-orbit");
    expect(shotNames([], table).length).toBe(table.split("[[shots]]").length - 1);
    expect(shotNames(["auto", "wide"], table)).toEqual(["wide"]);
  });

  it("passes on the server's own sentence on a file", () => {
    expect(refusal('{"error":"a.txt is not a sound file"}', 415)).toBe("a.txt is not a sound file");
    expect(refusal("sign in first\nmore", 401)).toBe("sign in first");
    expect(refusal("", 502)).toBe("the server said 502");
    expect(refusal("[]", 500)).toBe("[]");
  });
});

it("a palette shows both its main colours, an unknown one none", () => {
  const table = readFileSync(new URL("../../../../presets/venues/palettes.toml", import.meta.url), "utf8");
  expect(swatch("pink", table)).toBe("linear-gradient(120deg, #ff4fa8 50%, #46c8ff 50%)");
  expect(swatch("plaid", table)).toBe("none");
});
