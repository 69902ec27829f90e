import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { clock, GOOD_HIGH, GOOD_LOW, goWord, keyPress, meterShare, noteBoxes, peaks, phraseSize } from "../../../../stage/web/src/record/format";
import type { LineView, NoteView, ViewMessage } from "../../../../stage/web/src/record/messages";

const root = resolve(import.meta.dirname, "../../../..");
const note = (pitch: number, seconds: number, to = 0): NoteView => ({ name: "x", pitch, to, seconds, sung: "" });
const line: LineView = { id: "a", kind: "speech", text: "a", reading: "", mood: "", hint: "", seconds: 2, notes: [], take: "" };
const view = (phase: ViewMessage["phase"], more: Partial<LineView> = {}) => ({ phase, line: { ...line, ...more } }) as ViewMessage;

describe("keys", () => {
  it("mean what the buttons say, in either case", () => {
    expect(keyPress("Enter", false, false)).toBe("go");
    expect(keyPress(" ", false, false)).toBe("go");
    expect(keyPress("R", false, false)).toBe("again");
    expect(keyPress("ArrowLeft", false, false)).toBe("back");
  });
  it("leave shortcuts of the browser and held keys alone", () => {
    expect(keyPress("r", false, true)).toBeNull();
    expect(keyPress("Enter", true, false)).toBeNull();
    expect(keyPress("x", false, false)).toBeNull();
    expect(keyPress("toString", false, false)).toBeNull();
  });
});

describe("meter", () => {
  it("rises with the level and stays within its ends", () => {
    expect(meterShare(-120)).toBe(0);
    expect(meterShare(0)).toBe(1);
    expect(meterShare(GOOD_LOW)).toBeLessThan(meterShare(GOOD_HIGH));
  });
  it("shows the zone by which takes are judged", () => {
    const limits = readFileSync(resolve(root, "presets/voices/scripts/recording.toml"), "utf8");
    expect(limits).toMatch(new RegExp(`^soft = ${GOOD_LOW}\\.0\\b`, "m"));
    expect(limits).toMatch(new RegExp(`^loud = ${GOOD_HIGH}\\.0\\b`, "m"));
  });
});

describe("notes", () => {
  it("lie side by side, higher ones further up, rests left out", () => {
    const boxes = noteBoxes([note(60, 1), note(0, 1), note(72, 2)]);
    expect(boxes).toHaveLength(2);
    expect(boxes[1]?.left).toBeCloseTo(0.5);
    expect(boxes[1]?.width).toBeCloseTo(0.5);
    expect(boxes[1]?.top).toBeLessThan(boxes[0]?.top ?? 0);
    for (const box of boxes) expect(box.top).toBeGreaterThanOrEqual(0);
  });
  it("a glide ends where it goes to", () => {
    const [box] = noteBoxes([note(60, 1, 72)]);
    expect(box?.topEnd).toBeLessThan(box?.top ?? 0);
  });
  it("of nothing are none", () => expect(noteBoxes([])).toEqual([]));
});

describe("words", () => {
  it("time as minutes and seconds", () => expect([clock(0), clock(59.9), clock(754), clock(-1)]).toEqual(["0:00", "0:59", "12:34", "0:00"]));
  it("the button says what it does next", () => {
    expect(goWord(view("ready"))).toBe("Record");
    expect(goWord(view("taking"))).toBe("Done");
    expect(goWord(view("ready", { notes: [note(60, 1)] }))).toBe("Listen, then sing");
    expect(goWord(view("guide", { notes: [note(60, 1)] }))).toBe("Begin now");
  });
  it("longer phrases are written smaller, Chinese counts double", () => {
    expect(phraseSize("short")).toBeGreaterThan(phraseSize("a".repeat(70)));
    expect(phraseSize("霓".repeat(20))).toBe(phraseSize("a".repeat(40)));
  });
});

describe("waveform", () => {
  it("keeps the largest of each part, negative ones too", () => {
    expect(peaks(Float32Array.from([0, 0.5, 0, -0.75, 0.25, 0]), 3)).toEqual([0.5, 0.75, 0.25]);
  });
});

describe("messages", () => {
  // What the server's structs are called here; fields must be the same, in the same order.
  const python = readFileSync(resolve(root, "stage/server/voice_record_messages.py"), "utf8");
  const types = readFileSync(resolve(root, "stage/web/src/record/messages.ts"), "utf8");
  const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  for (const name of ["NoteView", "LineView", "VerdictView", "ViewMessage", "LevelMessage", "PlayMessage", "ProblemMessage"]) {
    it(`${name} has the server's fields`, () => {
      const there = new RegExp(`^class ${name}\\([\\s\\S]*?"""[\\s\\S]*?"""\\n([\\s\\S]*?)\\n\\n`, "m").exec(python)?.[1] ?? "";
      const here = new RegExp(`^export interface ${name} \\{\\n([\\s\\S]*?)^\\}`, "m").exec(types)?.[1] ?? "";
      const fields = Array.from(there.matchAll(/^ {4}(\w+): /gm), (match) => camel(match[1] ?? ""));
      const ours = Array.from(here.matchAll(/^ {2}(\w+): /gm), (match) => match[1] ?? "").filter((field) => field !== "type");
      expect(fields.length).toBeGreaterThan(0);
      expect(ours).toEqual(fields);
    });
  }
  it("the presses are those of the desk", () => {
    const desk = readFileSync(resolve(root, "performer/voice/record/desk.py"), "utf8");
    const theirs = /^Press = Literal\[(.*)\]$/m.exec(desk)?.[1]?.match(/\w+/g);
    const ours = /^export type Press = (.*);$/m.exec(types)?.[1]?.match(/\w+/g);
    expect(theirs?.length).toBeGreaterThan(5);
    expect(ours).toEqual(theirs);
  });
});
