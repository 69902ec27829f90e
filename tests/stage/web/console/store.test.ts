import { afterEach, expect, test, vi } from "vitest";
import { addFiles, coming, problem, receive, song, songs, state, upload } from "../../../../stage/web/src/console/store";

const asked: string[] = [];

/** Answers every upload: sound files are taken, "bad" ones are refused by the server. */
class FakeRequest {
  upload: { onprogress?: (event: ProgressEvent) => void } = {};
  onload: () => void = () => undefined;
  onerror: () => void = () => undefined;
  status = 0;
  responseText = "";
  #address = "";
  open(_: string, address: string): void {
    this.#address = address;
  }
  send(): void {
    asked.push(this.#address);
    const bad = this.#address.includes("bad");
    this.status = bad ? 415 : 200;
    this.responseText = bad ? '{"error":"bad.wav is not a sound file"}' : '{"id":"a"}';
    queueMicrotask(() => this.onload());
  }
}

vi.stubGlobal("XMLHttpRequest", FakeRequest);
vi.stubGlobal("window", { setTimeout: () => 0 });

afterEach(() => {
  asked.length = 0;
  problem.value = "";
});

test("all dropped files go up, though the browser empties its list when the event is over", async () => {
  const list = [new File(["x"], "a b.wav"), new File(["x"], "c.mp3")];
  const going = addFiles(list);
  list.length = 0;
  await going;
  expect(asked).toEqual(["/songs?name=a%20b.wav", "/songs?name=c.mp3"]);
  expect(upload.value).toBeNull();
});

test("a refused file is said in the server's words, and the next one goes up", async () => {
  await addFiles([new File(["x"], "bad.wav"), new File(["x"], "c.mp3")]);
  expect(problem.value).toBe("bad.wav is not a sound file.");
  expect(asked).toHaveLength(2);
});

test("what cannot be sound is not sent at all", async () => {
  await addFiles([new File(["x"], "notes.txt")]);
  expect(asked).toEqual([]);
  expect(problem.value).toContain("notes.txt is not a sound file");
});

test("a press is seen at once, before the next report", () => {
  receive({ type: "transport", event: "pause", playing: false, panic: true, song: 0, mediaTime: 12, showTime: 40 });
  expect(state.value).toMatchObject({ playing: false, panic: true, mediaTime: 12, showTime: 40 });
  receive({ type: "song_list", songs: [], current: "a", wanted: "b" });
  expect(songs.value.wanted).toBe("b");
});

test("another server's stage is empty until it tells its song; which comes next is known", () => {
  song.value = { title: "of before" } as NonNullable<typeof song.value>;
  receive({ type: "welcome" } as Parameters<typeof receive>[0]);
  expect(song.value).toBeNull();
  receive({ type: "song_list", songs: [{ id: "b", title: "B" }], current: "", wanted: "b" } as unknown as Parameters<typeof receive>[0]);
  expect(coming.value?.title).toBe("B");
});
