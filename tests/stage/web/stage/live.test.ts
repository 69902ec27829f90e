/** The live stage between socket and picture: what is loaded, and when a song's words come on. */
import { describe, expect, it } from "vitest";
import { LiveStage } from "../../../../stage/web/src/stage/live";
import type { SongInfo } from "../../../../stage/web/src/stage/song";
import type { SongSound } from "../../../../stage/web/src/stage/sound";
import type { StageView } from "../../../../stage/web/src/stage/view";
import { createFrame, type Frame, NO_SONG } from "../../../../stage/web/src/wire/frame";

const NOTICE = { number: 0, url: "/files/avatar/0", title: "Her", expressions: ["aa"] };
const SONG = { number: 3, title: "A song", artist: "" } as unknown as SongInfo;

function frame(song: number, sequence: number, mediaTime: number): Frame {
  return Object.assign(createFrame(), { song, sequence, mediaTime, showTime: sequence / 60 });
}

class View {
  songs: SongInfo[] = [];
  drawn = 0;
  finish: (() => void)[] = [];
  fails = false;
  setSong(song: SongInfo): void {
    this.songs.push(song);
  }
  setFrame(): void {}
  advanceTo(): void {}
  draw(): void {
    this.drawn += 1;
  }
  loadAvatar(): Promise<void> {
    return new Promise((done, fail) => this.finish.push(this.fails ? () => fail(new Error("it is damaged")) : done));
  }
}

class Sound {
  fault = "";
  done: () => void = () => undefined;
  asked: string[] = [];
  load(url: string): Promise<void> {
    this.asked.push(url);
    return new Promise((done) => (this.done = done));
  }
  runs = false;
  follow(_media: number, runs: boolean): void {
    this.runs = runs;
  }
  heard(): number {
    return Number.NaN;
  }
}

function make(): { live: LiveStage; view: View; sound: Sound } {
  const view = new View();
  const sound = new Sound();
  return { live: new LiveStage(view as unknown as StageView, sound as unknown as SongSound), view, sound };
}

describe("a song that is announced", () => {
  it("is written on the stage with its first picture, not over the one before", () => {
    const { live, view } = make();
    live.frame(frame(NO_SONG, 1, 4));
    live.song(SONG, "/files/song/a");
    live.picture(1 / 60);
    expect(view.songs).toEqual([]);
    live.frame(frame(3, 2, 0));
    live.picture(0.2);
    live.picture(0.3);
    expect(view.songs).toEqual([SONG]);
    expect(view.drawn).toBe(3);
  });

  it("is taken off the stage where another server has no song yet", () => {
    const { live, view } = make();
    live.song(SONG, "/files/song/a");
    live.frame(frame(3, 1, 0));
    live.picture(0.1);
    live.forget();
    live.frame(frame(NO_SONG, 2, 3));
    live.picture(0.2);
    live.picture(0.3);
    expect(view.songs.map((song) => song.title)).toEqual(["A song", ""]);
  });

  it("is loaded, its sound after the first picture, when that and everyone on the stage are here", async () => {
    const { live, view, sound } = make();
    live.song(SONG, "/files/song/a");
    void live.avatar(NOTICE);
    expect(live.loaded).toBe(-1);
    expect(sound.asked).toEqual([]);
    live.frame(frame(3, 1, 0));
    live.picture(0.1);
    live.picture(0.2);
    expect(sound.asked).toEqual(["/files/song/a"]);
    sound.done();
    await Promise.resolve();
    await Promise.resolve();
    expect(live.loaded).toBe(-1);
    view.finish[0]!();
    await new Promise((done) => setTimeout(done));
    expect(live.peopled).toBe(true);
    expect(live.loaded).toBe(3);
    live.song({ ...SONG, number: 4 }, "/files/song/b");
    expect(live.loaded).toBe(-1);
    expect(sound.asked.at(-1)).toBe("/files/song/b");
  });

  it("does not wait for someone who will never come", async () => {
    const { live, view } = make();
    view.fails = true;
    expect(live.peopled).toBe(false);
    const problems: string[] = [];
    live.onProblem = (line) => problems.push(line);
    void live.avatar(NOTICE);
    expect(live.peopled).toBe(false);
    view.finish[0]!();
    await new Promise((done) => setTimeout(done));
    expect(live.peopled).toBe(true);
    expect(problems[0]).toContain("it is damaged");
  });
});

describe("a page that nobody sees", () => {
  it("lets the sound go on, and stops it with the show", () => {
    const { live, view, sound } = make();
    live.song(SONG, "/files/song/a");
    live.transport(true);
    live.frame(frame(3, 60, 5));
    live.picture(0.9);
    expect(sound.runs).toBe(true);
    const drawn = view.drawn;
    live.unseen(1.1);
    expect(sound.runs).toBe(true);
    live.transport(false);
    live.unseen(1.2);
    expect(sound.runs).toBe(false);
    live.transport(true);
    live.unseen(1.3);
    expect(sound.runs).toBe(true);
    // The line has gone: nothing comes any more.
    live.unseen(9);
    expect(sound.runs).toBe(false);
    expect(view.drawn).toBe(drawn);
  });
});
