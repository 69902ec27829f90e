import { expect, test } from "vitest";
import type { Frame } from "../../../../stage/web/src/wire/frame";
import { LiveStage } from "../../../../stage/web/src/stage/live";
import type { SongSound } from "../../../../stage/web/src/stage/sound";
import type { StageView } from "../../../../stage/web/src/stage/view";

/** A loudspeaker that is `late` seconds behind what it was told. */
class FakeSound {
  late = 0;
  media = Number.NaN;
  fault = "";
  follow(media: number, playing: boolean): void {
    this.media = playing ? media : Number.NaN;
  }
  heard(): number {
    return this.media - this.late;
  }
  async load(): Promise<void> {}
}

class FakeView {
  shown: Frame[] = [];
  fail = "";
  setFrame(frame: Frame): void {
    this.shown.push({ ...frame });
  }
  advanceTo(): void {}
  draw(): void {}
  setSong(): void {}
  async loadAvatar(): Promise<void> {
    if (this.fail) throw new Error(this.fail);
  }
}

function stage() {
  const sound = new FakeSound();
  const view = new FakeView();
  const live = new LiveStage(view as unknown as StageView, sound as unknown as SongSound);
  live.song({ number: 3, title: "", artist: "", lines: [] }, "/files/song");
  return { sound, view, live };
}

const frame = (k: number, media = k / 60, weights: number[] = []): Frame => ({
  sequence: k,
  showTime: 100 + k / 60,
  mediaTime: media,
  song: 3,
  flags: 0,
  camera: { position: Float32Array.of(0, 1, 5), target: Float32Array.of(0, 1, 0), fov: 0.5, roll: 0, focus: 5 },
  light: {
    ...{ look: 0, palette: 0, intensity: 1, strobe: 0, beatPhase: 0, barPhase: 0, energy: 0, section: 0 },
    ...{ lyricLine: 65535, lyricProgress: 0 },
  },
  performers: [
    { id: 0, flags: 2, avatar: 7, root: Float32Array.of(0, 0, 0, 0), hips: Float32Array.of(0, 1, 0), rotations: new Float32Array(220), gaze: Float32Array.of(0, 0), weights: Float32Array.from(weights) },
  ],
});

test("the picture is the moment that is heard, not the one the clock says", () => {
  const { sound, view, live } = stage();
  sound.late = 0.08;
  for (let k = 0; k < 180; k++) {
    live.frame(frame(k + 6));
    live.picture(100 + k / 60);
  }
  const drawn = view.shown.at(-1)!.mediaTime;
  // In the middle of the time that the picture stands, at sixty pictures a second.
  expect(drawn).toBeCloseTo(sound.heard() + 1 / 120, 3);
});

test("late frames do not stop the song; a dead line does after three seconds", () => {
  const { sound, live } = stage();
  live.transport(true);
  for (let k = 0; k < 60; k++) {
    live.frame(frame(k));
    live.picture(100 + k / 60);
  }
  live.picture(102.4);
  expect(sound.media).toBeCloseTo(2.4, 1);
  live.picture(105);
  expect(sound.media).toBeNaN();
});

test("a pause is silent, and so is a song whose sound is not the one on the desk", () => {
  const { sound, live } = stage();
  for (let k = 0; k < 60; k++) {
    live.frame(frame(k, 5));
    live.picture(100 + k / 60);
  }
  expect(sound.media).toBeNaN();
  live.transport(true);
  live.frame(frame(61, 5));
  live.picture(101);
  expect(sound.media).toBeCloseTo(5, 1);
  live.frame({ ...frame(62, 0), song: 4 });
  live.picture(101.02);
  expect(sound.media).toBeNaN();
});

test("the probe's mouth is the widest vowel that was drawn", async () => {
  const { live } = stage();
  await live.avatar({ number: 7, url: "/a.vrm", title: "A", expressions: ["happy", "aa", "oh"] });
  live.frame(frame(0, 0, [0.9, 0.2, 0.6]));
  live.picture(100);
  expect(live.mouth()).toBeCloseTo(0.6, 5);
});

test("a model that does not load is said in one line, and the show goes on", async () => {
  const { live, view } = stage();
  view.fail = "it is a glTF file, but not a VRM avatar";
  let said = "";
  live.onProblem = (line) => (said = line);
  await live.avatar({ number: 7, url: "/a.vrm", title: "Box", expressions: [] });
  expect(said).toBe("The avatar “Box” did not load: it is a glTF file, but not a VRM avatar.");
  live.frame(frame(0));
  expect(live.picture(100)).toBe(true);
});

test("after a reconnect to a server with another clock nothing of the old one is left", () => {
  const { sound, view, live } = stage();
  live.transport(true);
  for (let k = 0; k < 60; k++) {
    live.frame(frame(k));
    live.picture(100 + k / 60);
  }
  live.forget();
  expect(live.picture(7)).toBe(false);
  expect(sound.media).toBeNaN();
  for (let k = 0; k < 12; k++) live.frame({ ...frame(k, 20 + k / 60), showTime: 7 + k / 60 });
  live.picture(7.1);
  expect(sound.media).toBeCloseTo(20.1, 2);
  expect(view.shown.at(-1)!.mediaTime).toBeCloseTo(20.114, 2);
});
