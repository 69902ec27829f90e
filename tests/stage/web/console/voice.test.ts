import { describe, expect, it } from "vitest";
import { shareOfDb, voiceNews } from "../../../../stage/web/src/console/voice";
import type { VoiceState } from "../../../../stage/web/src/wire/gen";

const voice: VoiceState = {
  name: "anna",
  on: true,
  microphone: "USB",
  microphoneDb: -20,
  voiceDb: -18,
  delayMs: 61.4,
  load: 0.2,
  drops: 0,
  trouble: "",
};

describe("the console's live voice", () => {
  it("says what is wrong before anything else", () => {
    expect(voiceNews({ ...voice, trouble: "the microphone is gone" })).toBe("the microphone is gone");
  });
  it("says which microphone sings and how late", () => {
    expect(voiceNews(voice)).toBe("USB, 61 ms");
    expect(voiceNews({ ...voice, on: false })).toContain("song");
    expect(voiceNews({ ...voice, microphone: "" })).toContain("loaded");
  });
  it("shows decibels on the meters' scale", () => {
    expect(shareOfDb(-120)).toBe(0);
    expect(shareOfDb(0)).toBeCloseTo(1);
    expect(shareOfDb(-20)).toBeGreaterThan(shareOfDb(-40));
  });
});
